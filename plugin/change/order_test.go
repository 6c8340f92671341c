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
		{"what recreates a pod comes last", [][]Change{{annotate, Recreate{Pod: web}}, {provider}}, []Change{annotate, provider, Recreate{Pod: web}}},
		{"one restart is enough", [][]Change{{Recreate{Pod: web}}, {provider, Recreate{Pod: web}}}, []Change{provider, Recreate{Pod: web}}},
		{"a change of the template restarts by itself", [][]Change{{Recreate{Pod: web}}, {account}}, []Change{account}},
		{"also one that comes before", [][]Change{{account}, {Recreate{Pod: web}}}, []Change{account}},
		{"another pod is restarted as well", [][]Change{{Recreate{Pod: web}}, {Recreate{Pod: other}}}, []Change{Recreate{Pod: web}, Recreate{Pod: other}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Order(c.plans...); len(got)+len(c.want) > 0 && !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
