package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/partition"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa616 = Check{
	Code: IRSA616, Class: Breaks, Link: LinkEnvironment,
	Title: "the STS endpoint is in a different partition than the role",
	Doc: Doc{
		Means: `AWS has partitions: the commercial Regions (aws), China (aws-cn), GovCloud (aws-us-gov), the European Sovereign Cloud
(aws-eusc) and the isolated ones (aws-iso, aws-iso-b, aws-iso-e, aws-iso-f). Each partition has its own IAM and STS
and cannot use a role of another one; the role's ARN names its partition. An SDK calls STS in the Region of AWS_REGION
or AWS_DEFAULT_REGION, which the webhook sets to the cluster's Region, unless a variable such as AWS_ENDPOINT_URL_STS
names another endpoint. If the partitions differ, STS refuses every token, regardless of the trust policy.`,
		Example: `A cluster in GovCloud and a role in a commercial account:

    env:
    - {name: AWS_REGION, value: us-gov-west-1}
    - {name: AWS_ROLE_ARN, value: arn:aws:iam::111122223333:role/web}

    InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.us-gov-west-1.amazonaws.com/id/…`,
		Fix: `Annotate the service account with a role of the partition whose services the program calls. If the role is correct,
set a Region of its partition in the workload's template. The webhook does not change variables that the template
sets:

    kubectl set env deployment/web -n shop -c app AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1

In both cases the role's account needs an OIDC provider for the cluster's issuer, and STS must be able to reach the
issuer.`,
		Verify: `Compare the partition in the role's ARN with the Region:

    kubectl exec web-0 -n shop -c app -- sh -c 'env | grep -E "AWS_(ROLE_ARN|REGION|DEFAULT_REGION|ENDPOINT)"'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			switch _, known := partition.ByID(c.Environment.STS.Role); {
			case !c.AsksSTS():
				return skip(whyNotInjected(s))
			case inject.CheckRoleARN(c.RoleARN) != "":
				return skip(IRSA106)
			case isOfOtherPartition(s, c.RoleARN):
				return skip(IRSA305)
			case c.RoleARN == "" || c.RoleARN == snapshot.Redacted:
				return unknown(fact.Gap{What: "AWS_ROLE_ARN of container " + c.Name, Reason: "its value is unknown"})
			case !known:
				return skip("the SDKs do not know the role's partition")
			}
			here, elsewhere := callsSTS(s, c)
			gaps := c.Variables.Gaps(subject.Region, subject.DefaultRegion, subject.StsEndpointURL, subject.EndpointURL)
			switch {
			case len(gaps) > 0:
				return unknown(gaps...)
			case len(elsewhere) == 0:
				return pass()
			case len(here) > 0:
				return skip(IRSA604)
			}
			return otherPartition(s, c, elsewhere[0])
		}, inject.WebIdentity)
	},
}

// isOfOtherPartition reports whether a role exists that differs from the one that an ARN names by its partition alone, so that
// the ARN is what is wrong.
func isOfOtherPartition(s *subject.Subject, arn string) bool {
	for _, r := range s.NamedRoles() {
		if r.RoleARN == arn && r.Other != nil {
			named, _ := snapshot.ParseARN(arn)
			return named.Partition != r.ARN.Partition
		}
	}
	return false
}

func otherPartition(s *subject.Subject, c *subject.Container, one sdk.Name) Outcome {
	called, role := c.Environment.STS.Partition(one), c.Environment.STS.Role
	home, _ := partition.ByID(role)
	out := Outcome{
		Result: Fail, Where: where(c, "env"), Need: "STS of partition " + role,
		Why: fmt.Sprintf("each partition has its own IAM and STS, and STS of %s cannot use a role of %s; for the services of %[1]s the pod needs a role of that partition", called, role),
	}
	if custom := c.CustomSTS(); custom != "" && c.Environment.STS.Endpoint == called {
		out.Have = Describe(c.Variables, custom) + ", of partition " + called
		out.Fix = unset(s, c, custom)
		out.Advice = "remove " + custom + " from the container, or name an STS endpoint of partition " + role
		return out
	}
	variables := []string{subject.Region, subject.DefaultRegion}
	out.Have = Describe(c.Variables, firstSet(c, variables)) + ", of partition " + called
	out.Advice = fmt.Sprintf("use a role of partition %s, or set %s and %s to a Region of partition %s, such as %s", called, variables[0], variables[1], role, home.Home)
	if !s.Predicted {
		out.Fix = []change.Change{change.SetVariables{Pod: podRef(s), Container: c.Name, Variables: []change.Variable{
			{Name: variables[0], Value: home.Home}, {Name: variables[1], Value: home.Home},
		}}}
	}
	return out
}

// firstSet is the first of some variables that the container has.
func firstSet(c *subject.Container, names []string) string {
	for _, name := range names {
		if _, set := c.Variables.Known(name); set {
			return name
		}
	}
	return names[0]
}
