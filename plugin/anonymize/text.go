package anonymize

import (
	"net/netip"
	"regexp"
	"strings"
)

// Parts of a text that are no names: dates, managed policies of AWS, and the names of what is the same in
// every cluster.
var (
	kept = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT[\d:.]+Z?|arn:[\w-]+:iam::aws:[^\s"',]*|<redacted>`)
	ipv4 = regexp.MustCompile(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:/\d{1,2})?\b`)
	// The host names of instances have the address: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hostname-types.html
	ipName = regexp.MustCompile(`\bip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}\b`)
	ipv6   = regexp.MustCompile(`\[[0-9a-fA-F:]*:[0-9a-fA-F:]*\]`)
	number = regexp.MustCompile(`\$\(([^)]*)\)`)
	// Variables of policies, with a tag and a default: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
	policyVariable = regexp.MustCompile(`(\$\{(?i:aws|sts):[\w-]+)(?:(/)([^},]*))?([^}]*\})`)
)

// text replaces the names, ids, accounts, hosts and addresses in a text.
func (a *anonymizer) text(text string) string {
	if whole, ok := a.names.meant[text]; ok {
		return whole
	}
	type part struct {
		form *regexp.Regexp
		with func(string) string
	}
	rest := []part{
		{kept, func(s string) string { return s }},
		{policyVariable, a.policyVariable},
		{ipName, func(s string) string {
			return "ip-" + strings.ReplaceAll(a.address(strings.ReplaceAll(strings.TrimPrefix(s, "ip-"), "-", ".")), ".", "-")
		}},
		{ipv4, a.address},
		{ipv6, func(s string) string { return "[" + a.address(strings.Trim(s, "[]")) + "]" }},
		{number, func(s string) string { return "$(" + a.variable(s[2:len(s)-1]) + ")" }},
	}
	var in func(text string, parts []part) string
	in = func(text string, parts []part) string {
		if len(parts) == 0 {
			return a.segments(text)
		}
		var out strings.Builder
		at := 0
		for _, place := range parts[0].form.FindAllStringIndex(text, -1) {
			out.WriteString(in(text[at:place[0]], parts[1:]))
			out.WriteString(parts[0].with(text[place[0]:place[1]]))
			at = place[1]
		}
		out.WriteString(in(text[at:], parts[1:]))
		return out.String()
	}
	return in(text, rest)
}

// policyVariable replaces the key of a tag in a variable, as where a condition has it, and its default.
func (a *anonymizer) policyVariable(text string) string {
	parts := policyVariable.FindStringSubmatch(text)
	return parts[1] + parts[2] + a.labelKey(parts[3]) + a.names.of(parts[4])
}

// segments replaces the names between colons and slashes, each as a whole where it is nearly another.
func (a *anonymizer) segments(text string) string {
	var out strings.Builder
	for {
		end := strings.IndexAny(text, ":/")
		if end < 0 {
			out.WriteString(a.names.of(text))
			return out.String()
		}
		out.WriteString(a.names.of(text[:end]) + text[end:end+1])
		text = text[end+1:]
	}
}

// fixed are the addresses that answers read: of the metadata service, of the Pod Identity agent, and of the host itself.
var fixed = []netip.Prefix{
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("0.0.0.0/32"),
	netip.MustParsePrefix("fd00:ec2::/32"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::/127"),
}

// ranges are the networks whose addresses stay in them.
var ranges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
}

// address replaces an address or a block of addresses. What was in a block still is: addresses that begin alike are replaced
// by such that do. The first byte stays, of IPv6 the first two.
func (a *anonymizer) address(text string) string {
	prefix, err := netip.ParsePrefix(text)
	block := err == nil
	if !block {
		one, err := netip.ParseAddr(text)
		if err != nil {
			return a.names.of(text)
		}
		prefix = netip.PrefixFrom(one, one.BitLen())
	}
	addr := prefix.Addr()
	first := 8
	if addr.Is6() {
		first = 16
	}
	for _, p := range fixed {
		if p.Overlaps(prefix) {
			return text
		}
	}
	for _, p := range ranges {
		if p.Contains(addr) {
			first = p.Bits()
		}
	}
	last := prefix.Bits()
	if prefix != prefix.Masked() {
		last = addr.BitLen()
	}
	bytes := addr.AsSlice()
	for bit := first; bit < last; bit++ {
		begun, _ := addr.Prefix(bit)
		if a.names.random("address", begun.String())&1 == 1 {
			bytes[bit/8] ^= 1 << (7 - bit%8)
		}
	}
	replaced, _ := netip.AddrFromSlice(bytes)
	if block {
		return netip.PrefixFrom(replaced, prefix.Bits()).String()
	}
	return replaced.String()
}
