package trust

import (
	"slices"
	"testing"
)

func TestPrincipals(t *testing.T) {
	for _, c := range []struct {
		name, statements string
		want             []Principal
	}{
		{"a service", `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`, []Principal{{Service, "ec2.amazonaws.com"}}},
		{"several, one twice", `[
			{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","eks.amazonaws.com"]},"Action":"sts:AssumeRole"},
			{"Effect":"Allow","Principal":{"AWS":"111122223333","Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]`,
			[]Principal{{Service, "ec2.amazonaws.com"}, {Service, "eks.amazonaws.com"}, {AWS, "111122223333"}}},
		{"everyone", `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`, []Principal{{"", "*"}}},
		{"a Deny names nobody", `{"Effect":"Deny","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`, nil},
		{"none", `{"Effect":"Allow","Principal":{"AWS":[]},"Action":"sts:AssumeRole"}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Parse([]byte(`{"Version":"2012-10-17","Statement":` + c.statements + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Principals(); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
