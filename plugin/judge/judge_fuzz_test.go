package judge_test

import (
	"hash/crc32"
	"reflect"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// A veil makes everything of one kind unreadable: what of the document it removes, and under which names it was refused.
type veil struct {
	resources []string
	remove    func(*snapshot.Document)
}

func kindVeil(resource, kind string) veil {
	return veil{[]string{resource}, func(d *snapshot.Document) {
		d.Kubernetes = slices.DeleteFunc(slices.Clone(d.Kubernetes), func(o snapshot.Object) bool {
			return o.GetObjectKind().GroupVersionKind().Kind == kind
		})
	}}
}

func awsVeil(remove func(*snapshot.AWS), operations ...string) veil {
	return veil{operations, func(d *snapshot.Document) {
		if d.AWS != nil {
			aws := *d.AWS
			remove(&aws)
			d.AWS = &aws
		}
	}}
}

var veils = []veil{
	kindVeil("serviceaccounts", "ServiceAccount"), kindVeil("nodes", "Node"), kindVeil("namespaces", "Namespace"),
	kindVeil("configmaps", "ConfigMap"), kindVeil("secrets", "Secret"), kindVeil("services", "Service"), kindVeil("events", "Event"),
	kindVeil("deployments", "Deployment"), kindVeil("replicasets", "ReplicaSet"), kindVeil("statefulsets", "StatefulSet"),
	kindVeil("daemonsets", "DaemonSet"), kindVeil("jobs", "Job"), kindVeil("cronjobs", "CronJob"),
	kindVeil("mutatingwebhookconfigurations", "MutatingWebhookConfiguration"), kindVeil("networkpolicies", "NetworkPolicy"),
	kindVeil("endpointslices", "EndpointSlice"),
	awsVeil(func(a *snapshot.AWS) { a.CallerAccount = "" }, "sts:GetCallerIdentity"),
	awsVeil(func(a *snapshot.AWS) { a.Roles = nil }, "iam:GetRole", "iam:ListRoles"),
	awsVeil(func(a *snapshot.AWS) { a.OpenIDConnectProviders = nil }, "iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"),
	awsVeil(func(a *snapshot.AWS) { a.PodIdentityAssociations = nil }, "eks:ListPodIdentityAssociations", "eks:DescribePodIdentityAssociation"),
	awsVeil(func(a *snapshot.AWS) { a.PolicySimulations = nil }, "iam:SimulatePrincipalPolicy"),
	awsVeil(func(a *snapshot.AWS) { a.Instances = nil }, "ec2:DescribeInstances"),
	awsVeil(func(a *snapshot.AWS) { a.InstanceProfiles = nil }, "iam:GetInstanceProfile"),
	awsVeil(func(a *snapshot.AWS) { a.VPCEndpoints = nil }, "ec2:DescribeVpcEndpoints"),
	{[]string{"openid-configuration", "eks:DescribeCluster"}, func(d *snapshot.Document) {
		d.Cluster.Issuer = ""
		if d.AWS != nil {
			aws := *d.AWS
			aws.EKSCluster = nil
			d.AWS = &aws
		}
	}},
}

// FuzzJudge: whatever is damaged in a snapshot, its pods are judged, twice the same, also after the snapshot was a file, and
// every open answer has a reason. What then becomes unreadable never turns works into broken or the other way round: at most the
// verdict is undetermined.
func FuzzJudge(f *testing.F) {
	pick := cases.NewPick(f)
	for i := range 40 {
		f.Add(pick.Sums[i*len(pick.Sums)/40], uint64(i), uint32(1)<<(i%len(veils)), i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, sum uint32, seed uint64, veiled uint32, damage bool) {
		name, text := pick.File(sum)
		if damage {
			text = cases.Damaged(t, text, seed)
		}
		s, _, err := snapshot.Read(text)
		if err != nil {
			return // it is no snapshot any more
		}
		holdVerdicts(t, s, veiled)
		if t.Failed() {
			t.Logf("this was %s, of checksum %d", name, crc32.ChecksumIEEE([]byte(name)))
		}
	})
}

// holdVerdicts judges all pods of a snapshot, as it is, from its own file, and behind veils.
func holdVerdicts(t *testing.T, s *snapshot.Snapshot, veiled uint32) {
	t.Helper()
	file, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := snapshot.Read(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	d := s.Document()
	names := []string{}
	for i, v := range veils {
		if veiled&(1<<i) == 0 {
			continue
		}
		v.remove(&d)
		names = append(names, v.resources...)
		for _, resource := range v.resources {
			// A name in notFound is knowledge too.
			d.NotFound = slices.DeleteFunc(slices.Clone(d.NotFound), func(m snapshot.Missing) bool { return m.Resource == resource })
			d.Unreadable = append(slices.Clip(d.Unreadable), snapshot.Missing{Resource: resource, Error: "refused"})
		}
	}
	behind := snapshot.New(d)
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s) {
		report := judge.Judge(s, pod, false, judge.Options{})
		for _, complaint := range unreasoned(report) {
			t.Errorf("%s: %s\n%s", pod.Name, complaint, file)
		}
		if second := judge.Judge(s, pod, false, judge.Options{}); !reflect.DeepEqual(report, second) {
			t.Errorf("%s: judged twice, the answers differ\n%s", pod.Name, file)
		}
		if copied, ok := again.Pod(pod.Namespace, pod.Name).Get(); ok {
			if verdict := judge.Judge(again, copied, false, judge.Options{NoFixes: true}).Verdict; verdict != report.Verdict {
				t.Errorf("%s: %s, and %s from its own file\n%s", pod.Name, report.Verdict, verdict, file)
			}
		}
		verdict := judge.Judge(behind, pod, false, judge.Options{NoFixes: true}).Verdict
		if verdict != report.Verdict && verdict != judge.Undetermined {
			t.Errorf("%s: %s becomes %s without %v\n%s", pod.Name, report.Verdict, verdict, names, file)
		}
	}
}
