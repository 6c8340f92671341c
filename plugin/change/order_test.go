package change

import (
	"reflect"
	"testing"
)

func TestOrder(t *testing.T) {
	web, other := PodRef{Namespace: "shop", Name: "web-0"}, PodRef{Namespace: "shop", Name: "cart-0"}
	annotate := Annotate{Namespace: "shop", ServiceAccount: "web", Key: "k", Value: "v"}
	provider := CreateProvider{Arn: "arn:aws:iam::111122223333:oidc-provider/oidc.example.com", Issuer: "https://oidc.example.com"}
	account := SetServiceAccount{Pod: web, ServiceAccount: "web"}
	for _, c := range []struct {
		name  string
		plans [][]Change
		want  []Change
	}{
		{"nothing", nil, nil},
		{"what makes a pod anew comes last", [][]Change{{annotate, Recreate{web}}, {provider}}, []Change{annotate, provider, Recreate{web}}},
		{"one restart is enough", [][]Change{{Recreate{web}}, {provider, Recreate{web}}}, []Change{provider, Recreate{web}}},
		{"a change of the template restarts by itself", [][]Change{{Recreate{web}}, {account}}, []Change{account}},
		{"also one that comes before", [][]Change{{account}, {Recreate{web}}}, []Change{account}},
		{"another pod is restarted as well", [][]Change{{Recreate{web}}, {Recreate{other}}}, []Change{Recreate{web}, Recreate{other}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Order(c.plans...); len(got)+len(c.want) > 0 && !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
