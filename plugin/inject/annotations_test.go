package inject

import (
	"slices"
	"strings"
	"testing"
)

func TestCheckRoleARN(t *testing.T) {
	for _, c := range []struct {
		value string
		want  string // a part of the reason; empty: it is a role's ARN
	}{
		{"arn:aws:iam::111122223333:role/web", ""},
		{"arn:aws-cn:iam::111122223333:role/team/path/app", ""},
		{"arn:aws-us-gov:iam::111122223333:role/app@x+=,.-_1", ""},
		{"", ""},
		{" arn:aws:iam::111122223333:role/web", "around"},
		{"arn:aws:iam::111122223333:role/web\n", "around"},
		{"arn:aws:iam::111122223333:role/we b", "contains white space"},
		{"   ", "only white space"},
		{`"arn:aws:iam::111122223333:role/web"`, "quotes"},
		{"'arn:aws:iam::111122223333:role/web'", "quotes"},
		{"arn:aws:iam::${AWS_ACCOUNT_ID}:role/web", "variable"},
		{"arn:aws:iam::$(ACCOUNT):role/web", "variable"},
		{"arn:aws:iam::$ACCOUNT:role/web", "variable"},
		{"$ROLE_ARN", "variable"},
		{"arn:aws:iam::{{ .Values.account }}:role/web", "the template expression {{ .Values.account }}, which was not rendered (Helm"},
		{"arn:aws:iam::{{.Values.account}}:role/web", "the template expression {{.Values.account}}"},
		{"{{ inputs.parameters.role-arn }}", "the template expression {{ inputs.parameters.role-arn }}"},
		{"{{- include \"role\" . | quote }}", `the template expression {{- include "role" . | quote }}`},
		{"{% raw %}arn:aws:iam::111122223333:role/web{% endraw %}", "Jinja"},
		{"arn:aws:iam::<%= account %>:role/web", "ERB"},
		{"arn:aws:iam::${ var.account }:role/web", "the variable ${ var.account }, which was not replaced (envsubst"},
		{"arn:aws:iam::#{Account}:role/web", "the variable #{Account}"},
		{"arn:aws:iam::%AWS_ACCOUNT_ID%:role/web", "the variable %AWS_ACCOUNT_ID%"},
		{"arn:aws:iam::<account>:role/web", "the placeholder <account>"},
		{"arn:aws:iam::<your account>:role/web", "the placeholder <your account>"},
		{"arn:aws:iam::[account]:role/web", "the placeholder [account]"},
		{"arn:aws:iam::{account}:role/web", "the placeholder {account}"},
		{"arn:aws:iam::ACCOUNT_ID:role/web", "the placeholder ACCOUNT_ID"},
		{"arn:aws:iam::YOUR-ACCOUNT-ID:role/web", "the placeholder YOUR-ACCOUNT-ID"},
		{"arn:aws:iam::XXXXXXXXXXXX:role/web", "the placeholder XXXXXXXXXXXX"},
		{"arn:aws:iam::11112222333x:role/web", "12 digits"},
		{"arn:aws:iam::{{" + strings.Repeat("x", 200) + "}}:role/web", "…"},
		{"ROLE_ARN", "the placeholder ROLE_ARN"},
		{"arn:aws:iam::{{ .Values.account", "template expression"},
		{" {{ .Values.arn }} ", "template expression"},
		{"arn:aws::iam::111122223333:role/web", "an extra colon"},
		{"web", "role name"},
		{"role/web", "role name"},
		{"111122223333", "account ID"},
		{"111122223333:role/web", "start with arn:"},
		{"arn:aws:iam::111122223333", "5 of the 6"},
		{"arn:aws:sts::111122223333:assumed-role/web/session", "assumed-role"},
		{"arn:aws:iam::111122223333:assumed-role/web/session", "assumed-role"},
		{"arn:aws:iam::111122223333:user/bob", "user"},
		{"arn:aws:iam::111122223333:instance-profile/node", "instance profile"},
		{"arn:aws:iam::111122223333:policy/p", "policy"},
		{"arn:aws:iam::111122223333:root", "account"},
		{"arn:aws:iam::111122223333:rolle/web", "rolle"},
		{"arn:aws:iam::12345:role/short", "12 digits"},
		{"arn:aws:iam::1111-2222-3333:role/web", "12 digits"},
		{"arn:aws:iam:us-east-1:111122223333:role/web", "region"},
		{"arn:aws:s3:::bucket", "s3"},
		{"arn:amazon:iam::111122223333:role/web", "partition"},
		{"arn:aws-:iam::111122223333:role/web", "partition"},
		{"arn:aws-iso-b:iam::111122223333:role/web", ""},
		{"arn:aws:iam::111122223333:role/", "no role"},
		{"arn:aws:iam::111122223333:role", "no role"},
		{"arn:aws:iam::111122223333:role/web:1", `':'`},
		{"arn:aws:iam::111122223333:role/team:a/web", ""},
		{"arn:aws:iam::111122223333:role/tëam/web", `path has the character 'ë'`},
		{"arn:aws:iam::111122223333:role/" + strings.Repeat("x", 65), "64"},
		{strings.Repeat("x", 3000), "2048"},
	} {
		got := CheckRoleARN(c.value)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%q: %q, want %q", c.value, got, c.want)
		}
	}
}

func TestMisspelledRole(t *testing.T) {
	for _, c := range []struct {
		key  string
		want bool
	}{
		{"eks.amazonaws.com/role-arn", false},
		{"eks.amazonaws.com/role_arn", true},
		{"eks.amazonaws.com/roleArn", true},
		{"eks.amazonaws.com/rolearn", true},
		{"eks.amazonaws.com/role-ARN", true},
		{"eks.amazonaws.com/role", true},
		{"eks.amazonaws.com/role-am", false},
		{"eks.amazonaws.com/role-anr", true},
		{"eks.amazonaws.com/role-arns", true},
		{"eks.amazonaws.com/iam-role-arn", true},
		{"eks.amazonaw.com/role-arn", true},
		{"eks.aws.amazon.com/role-arn", true},
		{"iam.amazonaws.com/role-arn", true},
		{"aws.amazonaws.com/role-arn", true},
		{"eks.amazon.com/role-arn", true},
		{"role-arn", true},
		{"role_arn", true},
		{"iam.amazonaws.com/role", false}, // a finding of its own
		{"eks.amazonaws.com/audience", false},
		{"eks.amazonaws.com/token-expiration", false},
		{"vault.example.com/role", false},
		{"vault.hashicorp.com/role", false},
		{"example.com/role-arn", false},
		{"meta.helm.sh/release-name", false},
		{"role", false},
	} {
		got := MisspelledRole(map[string]string{c.key: "arn:aws:iam::111122223333:role/web"}, DefaultPrefix)
		if (len(got) == 1) != c.want {
			t.Errorf("%s: %v, want %v", c.key, got, c.want)
		}
	}
	many := map[string]string{"role-arn": "", "eks.amazonaws.com/roleArn": "", "eks.amazonaws.com/role_arn": ""}
	if got := MisspelledRole(many, DefaultPrefix); !slices.IsSorted(got) || len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestNotes(t *testing.T) {
	s := EKS("us-west-2")
	for _, c := range []struct {
		what  string
		notes []Note
		want  []string // a part of each
	}{
		{"all well on an account", s.AccountNotes(map[string]string{
			"eks.amazonaws.com/token-expiration": "3600", "eks.amazonaws.com/sts-regional-endpoints": "True", "eks.amazonaws.com/audience": "",
		}), nil},
		{"expiration no number", s.AccountNotes(map[string]string{"eks.amazonaws.com/token-expiration": "1h"}), []string{"ignored"}},
		{"expiration too low", s.AccountNotes(map[string]string{"eks.amazonaws.com/token-expiration": "-5"}), []string{"raised to 600"}},
		{"expiration too high", s.PodNotes(map[string]string{"eks.amazonaws.com/token-expiration": "90000"}, nil), []string{"86400"}},
		{"a boolean that is none", s.AccountNotes(map[string]string{"eks.amazonaws.com/sts-regional-endpoints": "yes"}), []string{"ignored"}},
		{"skip list on an account", s.AccountNotes(map[string]string{"eks.amazonaws.com/skip-containers": "a"}), []string{"from a pod"}},
		{"audience on a pod", s.PodNotes(map[string]string{"eks.amazonaws.com/audience": "x"}, nil), []string{"service account only"}},
		{"skip list as it should be", s.PodNotes(map[string]string{"eks.amazonaws.com/skip-containers": "a,b"}, []string{"a", "b"}), nil},
		{"skip list with a blank", s.PodNotes(map[string]string{"eks.amazonaws.com/skip-containers": "a, b"}, []string{"a", "b"}), []string{"b is not skipped"}},
		{"skip list with a stranger", s.PodNotes(map[string]string{"eks.amazonaws.com/skip-containers": "c"}, []string{"a"}), []string{`no container "c"`}},
		{"skip list with two of them", s.PodNotes(map[string]string{"eks.amazonaws.com/skip-containers": "c,d"}, []string{"a"}), []string{`no container "c"; the pod has no container "d"`}},
		{"skip list of two lines", s.PodNotes(map[string]string{"eks.amazonaws.com/skip-containers": "a\nb\n"}, []string{"a", "b"}), []string{"only its first line"}},
		{"skip list of one line", s.PodNotes(map[string]string{"eks.amazonaws.com/skip-containers": "a,b\n"}, []string{"a", "b"}), nil},
		{"skip list of very many", s.PodNotes(map[string]string{"eks.amazonaws.com/skip-containers": strings.Repeat("c,", 100_000)}, []string{"a"}), []string{"and 99993 more"}},
		{"skip list that is no CSV", s.PodNotes(map[string]string{"eks.amazonaws.com/skip-containers": `"a`}, []string{"a"}), []string{"no container is skipped"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			if len(c.notes) != len(c.want) {
				t.Fatalf("%v, want %v", c.notes, c.want)
			}
			for i := range c.notes {
				if !strings.Contains(c.notes[i].Why, c.want[i]) {
					t.Errorf("%q, want %q", c.notes[i].Why, c.want[i])
				}
			}
		})
	}
}
