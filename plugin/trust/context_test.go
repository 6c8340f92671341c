package trust

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestKeys: which condition keys the two kinds of request carry, by what a condition on each makes of an Allow that
// matches otherwise: allowed, denied, or open with its reason.
func TestKeys(t *testing.T) {
	at := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	web := WebIdentityRequest{Issuer: usualIssuer, Subject: usualSubject, RoleARN: usualRole}
	known := web
	known.Region, known.Time, known.SessionName, known.SourceIP = "eu-west-1", at, "api", "203.0.113.10"
	china := WebIdentityRequest{Issuer: "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/A1", Subject: usualSubject, RoleARN: "arn:aws-cn:iam::111122223333:role/web"}
	several := web
	several.Audiences = []string{"sts.amazonaws.com", "vault"}
	nobody := web
	nobody.Subject = ""
	pod := PodIdentityRequest{ClusterARN: "arn:aws:eks:eu-west-1:111122223333:cluster/prod", Namespace: "payments", ServiceAccount: "api", RoleARN: usualRole}
	untagged := pod
	untagged.DisableSessionTags = true
	empty := PodIdentityRequest{}
	issuer := TrimScheme(usualIssuer)

	for _, c := range []struct {
		request   any
		condition string
		want      Verdict
		why       string // part of the reason where it is open
	}{
		{web, `"StringEquals": {"` + issuer + `:sub": "` + usualSubject + `"}`, Allowed, ""},
		{web, `"StringEquals": {"` + issuer + `:aud": "sts.amazonaws.com"}`, Allowed, ""},
		{web, `"StringEquals": {"` + strings.ToUpper(issuer) + `:AUD": "sts.amazonaws.com"}`, Allowed, ""},
		{several, `"StringEquals": {"` + issuer + `:aud": "sts.amazonaws.com"}`, Undetermined, "several values"},
		{several, `"ForAnyValue:StringEquals": {"` + issuer + `:aud": "sts.amazonaws.com"}`, Allowed, ""},
		{several, `"ForAllValues:StringEquals": {"` + issuer + `:aud": "sts.amazonaws.com"}`, ImplicitlyDenied, ""},
		{nobody, `"StringEquals": {"` + issuer + `:sub": "` + usualSubject + `"}`, Undetermined, "subject is unknown"},
		{nobody, `"StringLike": {"` + issuer + `:sub": "*"}`, Allowed, ""},
		{china, `"StringEquals": {"oidc.eks.cn-north-1.amazonaws.com.cn/id/A1:aud": "sts.amazonaws.com"}`, Allowed, ""},
		{web, `"Null": {"` + issuer + `:amr": "true", "` + issuer + `:oaud": "true", "` + issuer + `:iss": "true"}`, Allowed, ""},
		{web, `"Bool": {"aws:SecureTransport": "true"}`, Allowed, ""},
		{web, `"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}`, Undetermined, "source of the call"},
		{web, `"NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}`, Undetermined, "source of the call"},
		{known, `"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}`, Allowed, ""},
		{known, `"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}`, Allowed, ""},
		{web, `"StringEquals": {"aws:SourceVpce": "vpce-1"}`, Undetermined, "source of the call"},
		{known, `"StringEquals": {"aws:SourceVpce": "vpce-1"}`, ImplicitlyDenied, ""},
		{web, `"StringEquals": {"aws:RequestedRegion": "eu-west-1"}`, Undetermined, "region"},
		{known, `"StringEquals": {"aws:RequestedRegion": "eu-west-1"}`, Allowed, ""},
		{known, `"StringEquals": {"aws:RequestedRegion": "us-east-1"}`, ImplicitlyDenied, ""},
		{web, `"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}`, Undetermined, "time"},
		{known, `"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}`, Allowed, ""},
		{known, `"NumericLessThan": {"aws:EpochTime": "1781524801"}`, Allowed, ""},
		{web, `"StringLike": {"sts:RoleSessionName": "*"}`, Allowed, ""},
		{web, `"StringLike": {"sts:RoleSessionName": "api*"}`, Undetermined, "SDK"},
		{known, `"StringLike": {"sts:RoleSessionName": "api*"}`, Allowed, ""},
		{web, `"StringEquals": {"aws:ResourceAccount": "111122223333"}`, Allowed, ""},
		{web, `"StringEquals": {"aws:ResourceOrgID": "o-1"}`, Undetermined, "belongs to the role"},
		{web, `"StringEquals": {"aws:ResourceTag/env": "prod"}`, Undetermined, "belongs to the role"},
		{web, `"Bool": {"sts:RoleAuthorizedByIdp": "true"}`, ImplicitlyDenied, ""},
		{web, `"Bool": {"sts:RoleAuthorizedByIdp": "false"}`, Undetermined, "possibly does not have"},
		{web, `"BoolIfExists": {"aws:ViaAWSService": "false"}`, Allowed, ""},
		{web, `"Bool": {"aws:ViaAWSService": "true"}`, ImplicitlyDenied, ""},
		{web, `"StringEquals": {"aws:PrincipalOrgID": "o-1"}`, ImplicitlyDenied, ""},
		{web, `"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}`, Allowed, ""},
		{web, `"Null": {"aws:PrincipalTag/a": "true", "aws:RequestTag/a": "true", "aws:TagKeys": "true", "sts:ExternalId": "true", "aws:SourceArn": "true", "aws:MultiFactorAuthPresent": "true"}`, Allowed, ""},
		{web, `"StringEquals": {"aws:InventedLater": "x"}`, Undetermined, "does not document"},
		{web, `"StringEquals": {"sts:InventedLater": "x"}`, Undetermined, "does not document"},
		{web, `"StringEquals": {"s3:prefix": "x"}`, ImplicitlyDenied, ""},

		{pod, `"StringEquals": {"aws:RequestTag/kubernetes-namespace": "payments", "aws:RequestTag/kubernetes-service-account": "api"}`, Allowed, ""},
		{pod, `"StringEquals": {"aws:RequestTag/eks-cluster-name": "prod", "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-west-1:111122223333:cluster/prod"}`, Allowed, ""},
		{pod, `"StringEquals": {"aws:RequestTag/kubernetes-pod-name": "api-1"}`, Undetermined, "unknown"},
		{pod, `"StringEquals": {"aws:RequestTag/kubernetes-namespace": "billing"}`, ImplicitlyDenied, ""},
		{pod, `"ForAnyValue:StringEquals": {"aws:TagKeys": "kubernetes-namespace", "sts:TransitiveTagKeys": "eks-cluster-arn"}`, Allowed, ""},
		{pod, `"StringEquals": {"aws:SourceAccount": "111122223333"}, "ArnLike": {"aws:SourceArn": "arn:aws:eks:*:*:cluster/*"}`, Allowed, ""},
		{pod, `"StringEquals": {"aws:SourceOrgID": "o-1"}`, Undetermined, "organization"},
		{pod, `"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "payments"}`, ImplicitlyDenied, ""},
		{pod, `"StringEquals": {"aws:RequestTag/other": "x"}`, ImplicitlyDenied, ""},
		{pod, `"StringEquals": {"` + issuer + `:sub": "` + usualSubject + `"}`, ImplicitlyDenied, ""},
		{pod, `"StringEquals": {"sts:ExternalId": "x"}`, ImplicitlyDenied, ""},
		{untagged, `"StringEquals": {"aws:RequestTag/kubernetes-namespace": "payments"}`, ImplicitlyDenied, ""},
		{untagged, `"StringEqualsIfExists": {"aws:RequestTag/kubernetes-namespace": "payments"}, "Null": {"aws:TagKeys": "true"}`, Allowed, ""},
		{empty, `"ArnLike": {"aws:SourceArn": "arn:aws:eks:*:*:cluster/*"}`, Undetermined, "unknown"},
	} {
		t.Run(fmt.Sprintf("%T/%s", c.request, c.condition), func(t *testing.T) {
			var r Request
			switch w := c.request.(type) {
			case WebIdentityRequest:
				r = WebIdentity(w)
			case PodIdentityRequest:
				r = PodIdentity(w)
			}
			d := mustParse(t, fmt.Appendf(nil,
				`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{%q:%q},"Action":"sts:*","Condition":{%s}}}`,
				string(r.principal.Type), r.principal.ID, c.condition)).Evaluate(r)
			if d.Verdict != c.want {
				t.Fatalf("%v (%s: %s), want %v", d.Verdict, d.Where, d.Reason, c.want)
			}
			if c.want == Undetermined && (len(d.Conditions) != 1 || !strings.HasPrefix(d.Conditions[0], "allowed if ") || !strings.Contains(d.Conditions[0], c.why)) {
				t.Errorf("conditions %q, want …%s…", d.Conditions, c.why)
			}
		})
	}
}

// TestProvider: the provider that a request comes from is that of the role's own account.
func TestProvider(t *testing.T) {
	for _, c := range []struct {
		request WebIdentityRequest
		want    string
	}{
		{WebIdentityRequest{Issuer: "https://oidc.example.com/a", RoleARN: "arn:aws:iam::111122223333:role/x"}, "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/a"},
		{WebIdentityRequest{Issuer: "oidc.example.com/a/", RoleARN: "arn:aws-us-gov:iam::111122223333:role/p/x"}, "arn:aws-us-gov:iam::111122223333:oidc-provider/oidc.example.com/a/"},
		{WebIdentityRequest{Issuer: "oidc.example.com", RoleARN: "arn:aws-cn:iam::444455556666:role/x"}, "arn:aws-cn:iam::444455556666:oidc-provider/oidc.example.com"},
		{WebIdentityRequest{Issuer: "oidc.example.com"}, ""},
		{WebIdentityRequest{RoleARN: usualRole}, ""},
		{WebIdentityRequest{}, ""},
	} {
		r := WebIdentity(c.request)
		if r.Principal() != (Principal{Federated, c.want}) {
			t.Errorf("%+v comes from %+v", c.request, r.Principal())
		}
	}
}

// TestIncomplete: what a request leaves open leaves the answer open, never denied or allowed for want of a rule; and no
// edit is made for it, which would leave out a condition.
func TestIncomplete(t *testing.T) {
	issuer := TrimScheme(usualIssuer)
	allowing := func(provider, condition string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::%s"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{%s}}}`, provider, condition)
	}
	subject := `"StringEquals":{"` + issuer + `:sub":"` + usualSubject + `"}`
	pods := func(condition string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{%s}}}`, condition)
	}
	noRole := WebIdentity(WebIdentityRequest{Issuer: usualIssuer, Subject: usualSubject})
	noIssuer := WebIdentity(WebIdentityRequest{RoleARN: usualRole, Subject: usualSubject})
	noSubject := WebIdentity(WebIdentityRequest{Issuer: usualIssuer, RoleARN: usualRole})
	noNamespace := PodIdentity(PodIdentityRequest{ServiceAccount: "api"})
	noAccount := PodIdentity(PodIdentityRequest{Namespace: "payments"})
	for _, c := range []struct {
		name     string
		request  Request
		document string
		want     Verdict
		why      string
	}{
		{"zero", Request{}, allowing("111122223333:oidc-provider/"+issuer, subject), Undetermined, "has no caller"},
		{"zero, for Pod Identity", Request{}, pods(``), Undetermined, "has no caller"},
		{"no role", noRole, allowing("111122223333:oidc-provider/"+issuer, subject), Undetermined, "role's account is unknown"},
		{"no role, another account", noRole, allowing("444455556666:oidc-provider/"+issuer, subject), Undetermined, "role's account is unknown"},
		{"no role, another issuer", noRole, allowing("111122223333:oidc-provider/"+issuer+"x", subject), ImplicitlyDenied, ""},
		{"no issuer", noIssuer, allowing("111122223333:oidc-provider/"+issuer, subject), Undetermined, "issuer is unknown"},
		{"no issuer, another account", noIssuer, allowing("444455556666:oidc-provider/"+issuer, subject), ImplicitlyDenied, ""},
		{"no issuer, another kind", noIssuer, pods(``), ImplicitlyDenied, ""},
		{"nothing", WebIdentity(WebIdentityRequest{}), allowing("111122223333:oidc-provider/"+issuer, subject), Undetermined, "issuer is unknown"},
		{"no subject", noSubject, allowing("111122223333:oidc-provider/"+issuer, subject), Undetermined, "subject is unknown"},
		{"no namespace", noNamespace, pods(`"StringEquals":{"aws:RequestTag/kubernetes-namespace":"payments"}`), Undetermined, "unknown"},
		{"no service account", noAccount, pods(`"StringEquals":{"aws:RequestTag/kubernetes-service-account":"api"}`), Undetermined, "unknown"},
		{"nothing of Pod Identity", PodIdentity(PodIdentityRequest{}), `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":"sts:AssumeRole"}}`, ImplicitlyDenied, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustParse(t, []byte(c.document))
			d := p.Evaluate(c.request)
			if d.Verdict != c.want || p.Verdict(c.request) != c.want || !strings.Contains(d.Reason, c.why) {
				t.Errorf("%v and %v (%s: %s), want %v", d.Verdict, p.Verdict(c.request), d.Where, d.Reason, c.want)
			}
			if c.want == Undetermined && d.Cause != CauseUnknowable {
				t.Errorf("cause %v", d.Cause)
			}
			for name, edit := range map[string]func() (Edit, error){
				"fix":    func() (Edit, error) { return p.Fix(c.request) },
				"repair": func() (Edit, error) { return p.Repair(c.request) },
				"grant":  func() (Edit, error) { return p.Grant(c.request) },
				"revoke": func() (Edit, error) { return p.Revoke(c.request) },
			} {
				if _, err := edit(); !errors.Is(err, ErrIncomplete) {
					t.Errorf("%s: error %v", name, err)
				}
			}
		})
	}
	p := mustParse(t, []byte(allowing("111122223333:oidc-provider/"+issuer, subject)))
	if e := p.Exposure(noIssuer); e.Any || len(e.Exact) != 1 {
		t.Errorf("without the issuer: %+v", e)
	}
	for name, r := range map[string]Request{"zero": {}, "no issuer": noIssuer, "no role": noRole} {
		if m := NewIndex([]Subject{{"payments", "api"}}).Match(p, r); len(m.Undetermined) != 1 {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if e := p.Exposure(Request{}); !e.Any {
		t.Errorf("the zero request: %+v", e)
	}
	deny := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/`+issuer+`"},"Action":"sts:*"},`+
		`{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"StringNotEquals":{"`+issuer+`:sub":"`+usualSubject+`"}}}]}`))
	if v := deny.Verdict(noIssuer); v != Undetermined {
		t.Errorf("a Deny on a key of an issuer that may be the cluster's: %v", v)
	}
	untagged := PodIdentity(PodIdentityRequest{DisableSessionTags: true})
	if _, err := mustParse(t, []byte(allowing("111122223333:oidc-provider/"+issuer, subject))).Grant(untagged); err != nil {
		t.Errorf("without session tags there is nothing to leave out: %v", err)
	}
}

func TestSubject(t *testing.T) {
	for text, want := range map[string]bool{
		"system:serviceaccount:payments:api":                              true,
		"system:serviceaccount:payments:api.v2":                           true,
		"system:serviceaccount:payments":                                  false,
		"system:serviceaccount::api":                                      false,
		"system:serviceaccount:payments:":                                 false,
		"system:serviceaccount:payments:a:b":                              false,
		"system:serviceaccount:Payments:api":                              false,
		"system:serviceaccount:a.b:api":                                   false,
		"system:serviceaccount:payments:*":                                false,
		"system:serviceaccount:payments:-api":                             false,
		"system:serviceaccounts:payments:api":                             false,
		"system:serviceaccount:" + strings.Repeat("n", 64) + ":api":       false,
		"system:serviceaccount:n:" + strings.Repeat("a", 254):             false,
		"system:serviceaccount:" + strings.Repeat("n", 63) + ":api":       true,
		"system:serviceaccount:payments:${aws:PrincipalTag/kubernetes-x}": false,
	} {
		s, ok := ParseSubject(text)
		if ok != want || ok && s.String() != text {
			t.Errorf("%s: %v, %v", text, s, ok)
		}
	}
}

// TestAnyNamespace: a pattern reaches over the namespace unless some part of it says which one it is.
func TestAnyNamespace(t *testing.T) {
	for pattern, want := range map[string]bool{
		"*": true, "*:api": true, "system:*": true, "system:serviceaccount:*": true, "system:serviceaccount:*:api": true,
		"system:serviceaccount:pay*": true, "system:serviceaccount:pay*:api": true, "system:serviceaccount:p?yments:*": true,
		"*payments:api": true, "*:serviceaccount:*": true, "system:serviceaccount:${aws:RequestTag/ns}:api": true,
		"system:serviceaccount:payments:*": false, "system:serviceaccount:payments:${aws:RequestTag/name}": false,
		"system:serviceaccount:serviceaccount:*": false, "*:payments:api": false, "system:*:payments:api": false,
		"*:payments:*": false, "*serviceaccount:payments:a?i": false,
	} {
		if got := anyNamespace(pattern); got != want {
			t.Errorf("%s: %v", pattern, got)
		}
	}
}

func TestExposure(t *testing.T) {
	issuer := TrimScheme(usualIssuer)
	statement := func(principal, conditions string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Principal":{"Federated":%q},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{%s}}`, principal, conditions)
	}
	provider := usualWeb.principal.ID
	for _, c := range []struct {
		name       string
		statements []string
		want       Exposure
	}{
		{"exact", []string{statement(provider, `"StringEquals":{"`+issuer+`:sub":["a","b"],"`+issuer+`:aud":"sts.amazonaws.com"}`)}, Exposure{Exact: []string{"a", "b"}}},
		{"no audience", []string{statement(provider, `"StringEquals":{"`+issuer+`:sub":"a"}`)}, Exposure{Exact: []string{"a"}, AudienceUntested: []int{1}}},
		{"no subject", []string{statement(provider, `"StringEquals":{"`+issuer+`:aud":"sts.amazonaws.com"}`)}, Exposure{Any: true}},
		{"any audience", []string{statement(provider, `"StringLike":{"`+issuer+`:aud":"*","`+issuer+`:sub":"system:serviceaccount:a:*"}`)},
			Exposure{Patterns: []Pattern{{1, "system:serviceaccount:a:*", false}}, AudienceUntested: []int{1}}},
		{"over namespaces", []string{statement(provider, `"StringLike":{"`+issuer+`:sub":["system:serviceaccount:pay*","x:?"]},"StringEquals":{"`+issuer+`:aud":"x"}`)},
			Exposure{}},
		{"over namespaces with the audience", []string{statement(provider, `"StringLike":{"`+issuer+`:sub":["system:serviceaccount:pay*","x:?","system:serviceaccount:a:b"]},"StringEquals":{"`+issuer+`:aud":"sts.amazonaws.com"}`)},
			Exposure{Patterns: []Pattern{{1, "system:serviceaccount:pay*", true}, {1, "x:?", true}}, Exact: []string{"system:serviceaccount:a:b"}}},
		{"negated", []string{statement(provider, `"StringNotEquals":{"`+issuer+`:sub":"a","`+issuer+`:aud":"x"}`)}, Exposure{Any: true, AudienceUntested: []int{1}}},
		{"an audience that a Deny tests", []string{statement(provider, `"StringEquals":{"`+issuer+`:sub":"a"}`),
			`{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"StringNotEquals":{"` + issuer + `:aud":"sts.amazonaws.com"}}}`}, Exposure{Exact: []string{"a"}}},
		{"an audience that a Deny tests for some", []string{statement(provider, `"StringEquals":{"`+issuer+`:sub":"a"}`),
			`{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"StringNotEquals":{"` + issuer + `:aud":"sts.amazonaws.com","` + issuer + `:sub":"a"}}}`}, Exposure{Exact: []string{"a"}, AudienceUntested: []int{1}}},
		{"another provider's", []string{statement(provider+"x", ``), statement(provider, `"StringEquals":{"`+issuer+`:sub":"a","`+issuer+`:aud":"sts.amazonaws.com"}`)}, Exposure{Exact: []string{"a"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":[`+strings.Join(c.statements, ",")+`]}`))
			got := p.Exposure(usualWeb)
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			if got.Open() != (c.want.Any || len(c.want.Patterns) > 0) {
				t.Errorf("open: %v", got.Open())
			}
		})
	}
}
