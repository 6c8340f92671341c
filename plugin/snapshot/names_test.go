package snapshot_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// TestMisspelled holds that a name which somebody typed wrong is an error that says what was probably meant: taken for
// nothing, it would make what is unknown absent.
func TestMisspelled(t *testing.T) {
	for have, want := range map[string]string{
		"serviceaccount":                 "serviceaccounts",
		"ServiceAccount":                 "serviceaccounts",
		"service-accounts":               "serviceaccounts",
		"serviceacounts":                 "serviceaccounts",
		"sa":                             "serviceaccounts",
		"secret":                         "secrets",
		"pod":                            "pods",
		"Nodes":                          "nodes",
		"deployments.apps":               "deployments",
		"networkpolicy":                  "networkpolicies",
		"mutatingwebhooks":               "mutatingwebhookconfigurations",
		"webhookconfigurations":          "mutatingwebhookconfigurations",
		"openidconfiguration":            "openid-configuration",
		"role":                           "iam:GetRole",
		"GetRole":                        "iam:GetRole",
		"iam:GetRoles":                   "iam:GetRole",
		"iam:getrole":                    "iam:GetRole",
		"IAM:GetRole":                    "iam:GetRole",
		"iam:DescribeRole":               "iam:GetRole",
		"sts:GetRole":                    "iam:GetRole",
		"iam:ListOIDCProviders":          "iam:ListOpenIDConnectProviders",
		"eks:DescribeClusters":           "eks:DescribeCluster",
		"eks:ListPodIdentityAssociation": "eks:ListPodIdentityAssociations",
		"ec2:DescribeInstance":           "ec2:DescribeInstances",
		"sts:GetCalleridentity":          "sts:GetCallerIdentity",
	} {
		for _, list := range []string{"unreadable", "notAsked", "notFound"} {
			_, _, err := snapshot.Read([]byte(head + list + ": [{resource: '" + have + "', name: x, error: forbidden}]\n"))
			if err == nil || !strings.HasSuffix(err.Error(), `did you mean "`+want+`"?`) || !strings.HasPrefix(err.Error(), list+"[0]: ") {
				t.Errorf("%s, resource %q: %v, want %q", list, have, err, want)
			}
		}
	}
}

func TestMisspelledKind(t *testing.T) {
	for _, c := range []struct{ apiVersion, kind, want string }{
		{"v1", "Serviceaccount", `apiVersion "v1", kind "ServiceAccount"`},
		{"v1", "Pods", `apiVersion "v1", kind "Pod"`},
		{"v1", "SeviceAccount", `apiVersion "v1", kind "ServiceAccount"`},
		{"v1", "Deployment", `apiVersion "apps/v1", kind "Deployment"`},
		{"apps/v1beta2", "Deployment", `apiVersion "apps/v1", kind "Deployment"`},
		{"apps/v1", "ServiceAccount", `apiVersion "v1", kind "ServiceAccount"`},
		{"", "Pod", `apiVersion "v1", kind "Pod"`},
		{"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", `apiVersion "admissionregistration.k8s.io/v1", kind "MutatingWebhookConfiguration"`},
	} {
		_, _, err := snapshot.Read([]byte(head + "kubernetes: [{apiVersion: '" + c.apiVersion + "', kind: " + c.kind + "}]\n"))
		if err == nil || !strings.HasSuffix(err.Error(), "did you mean "+c.want+"?") {
			t.Errorf("%s %s: %v, want %s", c.apiVersion, c.kind, err, c.want)
		}
	}
}

// TestOtherNames holds that what is like no name, as a later version may write it, is ignored with a warning.
func TestOtherNames(t *testing.T) {
	s, warnings, err := snapshot.Read([]byte(head + `
kubernetes:
- {apiVersion: serving.knative.dev/v1, kind: Service}
- {apiVersion: crd.projectcalico.org/v1, kind: NetworkPolicy}
- {apiVersion: stable.example.com/v1, kind: CronTab}
- {apiVersion: policy/v1, kind: PodDisruptionBudget}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: Role}
- {apiVersion: v1, kind: ReplicationController}
unreadable:
- {resource: ec2nodeclasses, error: forbidden}
- {resource: "organizations:LookUp", error: forbidden}
`))
	if err != nil || s == nil || len(warnings) != 8 {
		t.Errorf("%v, warnings %q, want eight", err, warnings)
	}
}

func TestNamesOfMissing(t *testing.T) {
	for entry, want := range map[string]string{
		"{error: forbidden}": "has no resource name",
		"{resource: eks:ListPodIdentityAssociations, name: web}":       "NAMESPACE/SERVICEACCOUNT",
		"{resource: iam:GetOpenIDConnectProvider, name: oidc.eks.com}": "the ARN of the provider",
		"{resource: ec2:DescribeInstances, name: ip-10-0-0-1}":         "the id of the instance",
	} {
		if _, _, err := snapshot.Read([]byte(head + "unreadable: [" + entry + "]\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", entry, err, want)
		}
	}
}

// TestOperations holds that every operation that is read, and so may be missing, is one that a file may name.
func TestOperations(t *testing.T) {
	named := regexp.MustCompile(`"((?:iam|eks|ec2|sts|organizations):[A-Z][A-Za-z]+)"`)
	var files []string
	for _, dir := range []string{".", "../collect"} {
		found, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(found) == 0 {
			t.Fatal(err, found)
		}
		files = append(files, found...)
	}
	for _, file := range slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") }) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range named.FindAllStringSubmatch(string(text), -1) {
			_, warnings, err := snapshot.Read([]byte(head + "notAsked: [{resource: '" + match[1] + "'}]\n"))
			if err != nil || len(warnings) > 0 {
				t.Errorf("%s: %s: %v %q: add it to operations in names.go", file, match[1], err, warnings)
			}
		}
	}
}

// TestNotAnObject holds that what has neither apiVersion nor kind is refused: it is the rest of an object, not one of a later version.
func TestNotAnObject(t *testing.T) {
	for _, entry := range []string{"null", "{}", "{metadata: {name: web}}", "1"} {
		_, _, err := snapshot.Read([]byte("apiVersion: irsa/v1alpha1\nkind: Snapshot\ncluster: {name: prod}\nkubernetes:\n- " + entry + "\n"))
		if err == nil || err.Error() != "kubernetes[0]: not an object with apiVersion and kind" {
			t.Errorf("%s: %v", entry, err)
		}
	}
}
