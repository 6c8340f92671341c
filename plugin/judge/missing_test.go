package judge_test

import (
	"slices"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A decisive fact is one that a verdict may depend on: how it is named where it is missing, and what removes it.
type decisiveFact struct {
	missing snapshot.Missing
	remove  func(*snapshot.Document)
}

func kubernetesFact(resource, namespace, name string, kinds ...string) decisiveFact {
	return decisiveFact{snapshot.Missing{Resource: resource, Namespace: namespace, Name: name}, func(d *snapshot.Document) {
		d.Kubernetes = slices.DeleteFunc(slices.Clone(d.Kubernetes), func(o snapshot.Object) bool {
			return slices.Contains(kinds, o.GetObjectKind().GroupVersionKind().Kind) && (name == "" || o.GetName() == name)
		})
	}}
}

func awsFact(operation, name string, remove func(*snapshot.AWS)) decisiveFact {
	return decisiveFact{snapshot.Missing{Resource: operation, Name: name}, func(d *snapshot.Document) {
		aws := *d.AWS
		remove(&aws)
		d.AWS = &aws
	}}
}

const webRoleARN = "arn:aws:iam::111122223333:role/web"

// decisiveFacts are the facts that are removed one by one.
func decisiveFacts(node string) map[string]decisiveFact {
	return map[string]decisiveFact{
		"service account": kubernetesFact("serviceaccounts", "shop", "web", "ServiceAccount"),
		"node":            kubernetesFact("nodes", "", node, "Node"),
		"namespace":       kubernetesFact("namespaces", "", "shop", "Namespace"),
		"webhooks":        kubernetesFact("mutatingwebhookconfigurations", "", "", "MutatingWebhookConfiguration"),
		"issuer": {snapshot.Missing{Resource: "openid-configuration"}, func(d *snapshot.Document) {
			d.Cluster.Issuer = ""
			if d.AWS != nil {
				aws := *d.AWS
				aws.EKSCluster = nil
				d.AWS = &aws
			}
		}},
		"role": awsFact("iam:GetRole", webRoleARN, func(a *snapshot.AWS) {
			a.Roles = slices.DeleteFunc(slices.Clone(a.Roles), func(r snapshot.Role) bool { return r.Arn == webRoleARN })
		}),
		"provider":         awsFact("iam:GetOpenIDConnectProvider", "", func(a *snapshot.AWS) { a.OpenIDConnectProviders = nil }),
		"associations":     awsFact("eks:ListPodIdentityAssociations", "shop/web", func(a *snapshot.AWS) { a.PodIdentityAssociations = nil }),
		"instance":         awsFact("ec2:DescribeInstances", "", func(a *snapshot.AWS) { a.Instances = nil }),
		"instance profile": awsFact("iam:GetInstanceProfile", "", func(a *snapshot.AWS) { a.InstanceProfiles = nil }),
		"EKS cluster":      awsFact("eks:DescribeCluster", "", func(a *snapshot.AWS) { a.EKSCluster = nil }),
	}
}

// runningOnWhatItHas are verdicts that do not need the fact: it is about new pods only.
var runningOnWhatItHas = map[string]judge.Verdict{
	"irsa without associations": judge.Works,
	"irsa without webhooks":     judge.Works,
	"irsa without namespace":    judge.Works,
}

// TestMissingFact holds that a fact which is missing leads to one verdict, whatever the reason why it is missing.
func TestMissingFact(t *testing.T) {
	for _, base := range []string{"irsa", "podidentity", "noderole"} {
		s := cases.Patched(t, base, nil)
		pod, _ := s.Pod("shop", "web-0").Get()
		for name, fact := range decisiveFacts(pod.Spec.NodeName) {
			t.Run(base+" without "+name, func(t *testing.T) {
				for _, whole := range []bool{false, true} {
					verdicts := map[string]judge.Verdict{}
					for reason, say := range map[string]func(*snapshot.Document, snapshot.Missing){
						"refused":   func(d *snapshot.Document, m snapshot.Missing) { d.Unreadable = append(d.Unreadable, m) },
						"not asked": func(d *snapshot.Document, m snapshot.Missing) { d.NotAsked = append(d.NotAsked, m) },
					} {
						d, missing := s.Document(), fact.missing
						if missing.Error = reason; whole {
							missing.Name, missing.Namespace = "", ""
						}
						fact.remove(&d)
						say(&d, missing)
						verdicts[reason] = verdictOf(t, d)
					}
					same(t, verdicts)
					if want, ok := runningOnWhatItHas[base+" without "+name]; ok && verdicts["refused"] != want {
						t.Errorf("%s, want %s", verdicts["refused"], want)
					}
				}
			})
		}
		t.Run(base+" without AWS", func(t *testing.T) {
			verdicts := map[string]judge.Verdict{}
			nothing := s.Document()
			nothing.AWS = nil
			verdicts["no credentials"] = verdictOf(t, nothing)
			for reason, say := range map[string]func(*snapshot.Document, snapshot.Missing){
				"all refused":   func(d *snapshot.Document, m snapshot.Missing) { d.Unreadable = append(d.Unreadable, m) },
				"all not asked": func(d *snapshot.Document, m snapshot.Missing) { d.NotAsked = append(d.NotAsked, m) },
			} {
				d := s.Document()
				d.AWS = &snapshot.AWS{}
				for _, operation := range []string{
					"sts:GetCallerIdentity", "iam:GetRole", "iam:ListRoles", "iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders",
					"iam:GetInstanceProfile", "eks:DescribeCluster", "eks:ListPodIdentityAssociations", "ec2:DescribeInstances", "ec2:DescribeVpcEndpoints",
				} {
					say(&d, snapshot.Missing{Resource: operation, Error: reason})
				}
				verdicts[reason] = verdictOf(t, d)
			}
			same(t, verdicts)
		})
	}
}

func verdictOf(t *testing.T, d snapshot.Document) judge.Verdict {
	t.Helper()
	r, err := judge.Diagnose(snapshot.New(d), workload.Target{Kind: "Pod", Namespace: "shop", Name: "web-0"}, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Verdict
}

func same(t *testing.T, verdicts map[string]judge.Verdict) {
	t.Helper()
	all := map[judge.Verdict]bool{}
	for _, verdict := range verdicts {
		all[verdict] = true
	}
	if len(all) != 1 || all[""] {
		t.Errorf("the verdict depends on the reason: %v", verdicts)
	}
}
