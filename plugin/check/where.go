package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// few joins the first of several texts, and counts the others.
func few(texts []string) string {
	const most = 5
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), len(texts)-most)
}

func issuerURL(s *subject.Subject) string {
	issuer, _ := s.Issuer.Get()
	return issuer
}

// Describe returns what a variable is set to, or where its value comes from.
func Describe(v subject.Variables, name string) string {
	variable := v.Get(name)
	switch {
	case variable.Known && variable.Value != snapshot.Redacted:
		return name + "=" + variable.Value
	case variable.From == "env":
		return name + ", set in the pod's env"
	default:
		return name + " from " + variable.From
	}
}

// nodeRoleText names the node's role as far as it is known.
func nodeRoleText(s *subject.Subject) string {
	role, known := s.Node.Role.Get()
	switch {
	case known:
		return "the node's role " + role
	case s.Node.Role.Absent():
		return "the node, which has no role"
	default:
		return "the node's role"
	}
}

// instanceWhere names the pod's instance.
func instanceWhere(s *subject.Subject) string {
	if s.Node.InstanceID == "" {
		return "node " + s.Node.Name
	}
	return "instance " + s.Node.InstanceID + " of node " + s.Node.Name
}

// optionsText shows those metadata options that decide who reaches the service.
func optionsText(o *snapshot.MetadataOptions) string {
	if o == nil {
		return ""
	}
	if o.HTTPEndpoint == "disabled" {
		return "HttpEndpoint=disabled"
	}
	return fmt.Sprintf("HttpTokens=%s, HttpPutResponseHopLimit=%d", o.HTTPTokens, o.HTTPPutResponseHopLimit)
}

// where names a container, and a part of it.
func where(c *subject.Container, part string) string { return "container " + c.Name + ", " + part }

func trustWhere(j *subject.RoleJudgement) string {
	return "role " + j.ARN.RoleName() + ", trust policy"
}

// The objects that findings are about, in the user's terms.

func accountWhere(s *subject.Subject) string {
	return "service account " + s.Pod.Namespace + "/" + s.AccountName
}

func podWhere(s *subject.Subject) string { return "pod " + s.Pod.Namespace + "/" + s.Pod.Name }

func clusterWhere(s *subject.Subject) string {
	if name := s.Snapshot.Cluster().Name; name != "" {
		return "cluster " + name
	}
	return "the cluster"
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// injection is what the webhook gives a container.
const injection = "AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and the volume " + inject.WebIdentityVolume

// Impossible returns why Pod Identity does not work where a pod runs.
func Impossible(i subject.Impossibility) string {
	switch i {
	case subject.OnFargate:
		return "the pod runs on Fargate"
	case subject.OnWindows:
		return "the pod runs on a Windows node"
	case subject.OnOutposts:
		return "the cluster is a local cluster on Outposts"
	default:
		return ""
	}
}

// Reach describes what decides whether the pod, or a container, reaches the node's metadata service.
func Reach(s *subject.Subject, r subject.Reach) string {
	switch r.Cause {
	case subject.NoMetadataService:
		if s.Node.Platform == subject.PlatformHybrid {
			return "a hybrid node has no instance metadata service"
		}
		return string(s.Node.Platform) + " has no instance metadata service"
	case subject.NoInstance:
		return "the node is not an EC2 instance"
	case subject.EndpointDisabled:
		return "the instance's metadata endpoint is disabled"
	case subject.OnHostNetwork:
		return "the pod uses the host network, so the hop limit does not block it"
	case subject.TokensOptional:
		return "HttpTokens is optional, so IMDSv1 responds regardless of the hop limit"
	case subject.HopLimitOne:
		return "HttpTokens is required and the hop limit is 1, so the response to the IMDSv2 PUT does not reach the pod network"
	case subject.HopLimitMore:
		return fmt.Sprintf("with a hop limit of %d, the response to the IMDSv2 PUT reaches the pod network", s.MetadataOptions().HTTPPutResponseHopLimit)
	case subject.IPv6Disabled:
		return "the container uses the metadata service's IPv6 address, and HttpProtocolIpv6 is disabled"
	default:
		return ""
	}
}
