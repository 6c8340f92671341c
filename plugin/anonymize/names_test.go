package anonymize

import (
	"net/netip"
	"path"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// learnt is an anonymizer that has learnt names.
func learnt(key string, names ...string) *anonymizer {
	a := &anonymizer{names: newNames([]byte(key)), key: []byte(key), subjects: map[string]bool{}, known: map[string]bool{}}
	for _, name := range names {
		a.account(name)
	}
	a.names.learning = false
	return a
}

// TestRelations holds what is still true of names when they are replaced.
func TestRelations(t *testing.T) {
	const account = "arn:aws:iam::111122223333:role/team/checkout"
	a := learnt("key", "checkout", "Checkout", "checkout-api", "checkout-api-5d4f8c-x2v9q", "check", "payments", account, "kube-system", "checkout ")
	got := a.text("checkout")
	switch {
	case got == "checkout" || len(got) != len("checkout"):
		t.Errorf("checkout is %q", got)
	case a.text("Checkout") == got || !strings.EqualFold(a.text("Checkout"), got):
		t.Errorf("the case is lost: %q and %q", a.text("Checkout"), got)
	case !strings.HasPrefix(got, a.text("check")):
		t.Errorf("the beginning is lost: %q and %q", a.text("check"), got)
	case !strings.HasPrefix(a.text("checkout-api-5d4f8c-x2v9q"), got+"-api-"):
		t.Errorf("a pod is not named after its workload: %q", a.text("checkout-api-5d4f8c-x2v9q"))
	case a.text("checkout ") != got+" ":
		t.Errorf("a blank is lost: %q", a.text("checkout "))
	case a.text("kube-system") != "kube-system":
		t.Errorf("kube-system is %q", a.text("kube-system"))
	case !strings.HasSuffix(a.text(account), ":role/"+a.names.of("team")+"/"+got) || strings.Contains(a.text(account), "111122223333"):
		t.Errorf("%s is %s", account, a.text(account))
	case a.text("checkout") > a.text("payments"):
		t.Error("the order is lost")
	case learnt("another", "checkout").text("checkout") == got:
		t.Error("another key gives the same name")
	}
}

// TestNearly holds that a name in a policy that is nearly another, or a pattern of some, still is.
func TestNearly(t *testing.T) {
	known := []string{"checkout", "checkout-api", "cobweb", "shop-web", "payments", "default"}
	for _, c := range []struct{ part, of string }{
		{"chekout", "checkout"}, {"checkoutt", "checkout"}, {"chekcout", "checkout"}, {"cheKout", "checkout"}, {"checkout-ap", "checkout-api"},
		{"checkoutapi", "checkout-api"}, {"defaul", "default"},
	} {
		a := learnt("key", known...)
		a.subjects[c.part] = true
		a.relate()
		if got, want := a.text(c.part), a.text(c.of); !trust.Near(got, want, slips) || got == want {
			t.Errorf("%s is %q, and %s is %q", c.part, got, c.of, want)
		}
	}
	for _, pattern := range []string{"*", "check*", "cob*eb", "c?bweb", "*-web", "shop-*", "ch*out", "pay?ents", "*ut", "nobody*"} {
		a := learnt("key", known...)
		a.subjects[pattern] = true
		a.relate()
		for _, name := range known {
			want, _ := path.Match(pattern, name)
			if got, _ := path.Match(a.text(pattern), a.text(name)); got != want {
				t.Errorf("%s is %q, %s is %q: match %v, want %v", pattern, a.text(pattern), name, a.text(name), got, want)
			}
		}
	}
}

// TestAddresses holds that addresses are still in the blocks in which they were, and that those that answers read stay.
func TestAddresses(t *testing.T) {
	a := learnt("key")
	for _, same := range []string{"169.254.170.23", "169.254.169.254/32", "127.0.0.1", "0.0.0.0/0", "::/0", "fd00:ec2::23", "10.0.0.0/8", "169.254.0.0/16"} {
		if got := a.address(same); got != same {
			t.Errorf("%s is %s", same, got)
		}
	}
	for _, c := range []struct {
		address, block string
		in             bool
	}{
		{"10.0.23.117", "10.0.0.0/16", true}, {"10.1.23.117", "10.0.0.0/16", false}, {"10.0.23.117", "10.0.23.0/24", true},
		{"192.168.4.5", "192.168.4.0/25", true}, {"54.12.13.14", "54.12.0.0/14", true}, {"2600:1f14::5", "2600:1f14::/35", true},
	} {
		address, block := a.address(c.address), a.address(c.block)
		if address == c.address || netip.MustParsePrefix(block).Contains(netip.MustParseAddr(address)) != c.in {
			t.Errorf("%s is %s, and %s is %s", c.address, address, c.block, block)
		}
	}
	if got := a.text("http://10.0.23.117:8080 and ip-10-0-23-117.us-west-2.compute.internal"); strings.Contains(got, "23") || !strings.HasSuffix(got, ".us-west-2.compute.internal") {
		t.Error(got)
	}
}

// TestPolicyText holds that a policy keeps its spelling, and a text that is none is replaced too.
func TestPolicyText(t *testing.T) {
	const policy = `{"Version":"2012-10-17",  "Statement":[{"Sid":"Shop","Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Service":"pods.eks.amazonaws.com"},` +
		"\n" + `"Condition":{"StringEquals":{"oidc.eks.us-west-2.amazonaws.com/id/ABCD1234:sub":"system:serviceaccount:shop:\u0077eb","aws:SourceAccount":"111122223333"}}}]}`
	a := &anonymizer{names: newNames([]byte("key")), subjects: map[string]bool{}, known: map[string]bool{}}
	a.policy(policy)
	a.names.learning = false
	got := a.policy(policy)
	for _, gone := range []string{"Shop", "shop", "web", "111122223333", "ABCD1234"} {
		if strings.Contains(got, gone) {
			t.Errorf("%s is in %s", gone, got)
		}
	}
	for _, stays := range []string{`{"Version":"2012-10-17",  "Statement":[{"Sid":"`, `"Service":"pods.eks.amazonaws.com"},` + "\n", `"oidc.eks.us-west-2.amazonaws.com/id/`, `:sub":"system:serviceaccount:`, `"aws:SourceAccount"`} {
		if !strings.Contains(got, stays) {
			t.Errorf("%s is not in %s", stays, got)
		}
	}
}
