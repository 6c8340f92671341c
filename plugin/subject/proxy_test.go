package subject

import (
	"net/netip"
	"strings"
	"testing"
)

func TestExempts(t *testing.T) {
	v4, v6 := netip.MustParseAddr(agentIPv4), netip.MustParseAddr(agentIPv6)
	for _, c := range []struct {
		list    string
		address netip.Addr
		want    bool
	}{
		{"", v4, false},
		{"*", v4, true},
		{"*", v6, true},
		{"169.254.170.23", v4, true},
		{" localhost ,169.254.170.23 ", v4, true},
		{"localhost 169.254.170.23", v4, true},
		{"169.254.170.23:80", v4, true},
		{"169.254.170.23:8080", v4, false},
		{"169.254.170.2", v4, false},
		{"169.254.170.230", v4, false},
		{"169.254.0.0/16", v4, true},
		{"169.254.169.0/24", v4, false},
		{"0.0.0.0/0", v6, false},
		{"fd00:ec2::23", v6, true},
		{"[fd00:ec2::23]", v6, true},
		{"[fd00:ec2::23]:80", v6, true},
		{"fd00:ec2::/32", v6, true},
		{"fd00:0ec2:0:0:0:0:0:23", v6, true},
		{"169.254.170.23", v6, false},
		{".169.254.170.23", v4, false},
		{"*.svc,169.254.*", v4, false},
		{strings.Repeat(",", 100_000), v4, false},
	} {
		if got := exempts(c.list, c.address); got != c.want {
			t.Errorf("%.40q exempts %s: %v, want %v", c.list, c.address, got, c.want)
		}
	}
}

// FuzzExempts: a list exempts what one of its entries exempts, and a range what it holds.
func FuzzExempts(f *testing.F) {
	f.Add("localhost,169.254.0.0/16,[fd00:ec2::23]:80,*.svc", "169.254.170.23", uint8(12))
	f.Add("*", "", uint8(33))
	f.Add("169.254.170.0/33, ::ffff:169.254.170.23", "[169.254.170.23]:80", uint8(0))
	address := netip.MustParseAddr(agentIPv4)
	f.Fuzz(func(t *testing.T, list, other string, bits uint8) {
		if exempts(list, address) && !strings.ContainsAny(list, "*/.:") {
			t.Errorf("%q exempts %s", list, address)
		}
		if !exempts(list+",169.254.170.23", address) {
			t.Errorf("%q and the address itself do not exempt it", list)
		}
		if got, want := exempts(list+","+other, address), exempts(list, address) || exempts(other, address); got != want {
			t.Errorf("%q and %q: %v, one by one %v", list, other, got, want)
		}
		if prefix, err := address.Prefix(int(bits % 33)); err != nil || !exempts(prefix.String(), address) {
			t.Errorf("%s does not exempt %s: %v", prefix, address, err)
		}
	})
}
