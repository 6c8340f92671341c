package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa507 = Check{
	Code: IRSA507, Class: Note, Link: LinkProvider,
	Title: "a VPC endpoint for EKS hides the issuer's host inside the VPC",
	Doc: Doc{
		Means: `The cluster's VPC has an interface endpoint for EKS with private DNS. Its private zone takes over all names under
eks.REGION.amazonaws.com, and has no record for oidc.eks.REGION.amazonaws.com, so that inside the VPC the issuer's
host does not resolve. Pods do not care: it is STS that fetches the issuer's keys, from AWS's own side. What fails
is a tool that runs in the VPC and looks at the issuer itself, such as one that computes a thumbprint while it
creates the OIDC provider.`,
		Example: `    $ nslookup oidc.eks.us-west-2.amazonaws.com
    ** server can't find oidc.eks.us-west-2.amazonaws.com: NXDOMAIN
    $ aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.us-west-2.eks --query 'VpcEndpoints[].PrivateDnsEnabled'
    [true]`,
		Fix: `Nothing, for pods. Create the provider without a thumbprint, which asks IAM only, or from outside the VPC:

    aws iam create-open-id-connect-provider --client-id-list sts.amazonaws.com --url https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE`,
		Verify: `From a machine outside the VPC the issuer answers:

    curl -sS https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE/.well-known/openid-configuration`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachFederation(s, func(*subject.RoleJudgement) Outcome {
			if !s.Issuer.Known() {
				return gap(s.Issuer)
			}
			host := subject.IssuerHost(subject.TrimScheme(issuerURL(s)))
			region, ok := strings.CutPrefix(host, "oidc.eks.")
			if !ok {
				return skip("the issuer is not one of EKS")
			}
			region, _, _ = strings.Cut(region, ".")
			endpoints := s.Snapshot.VPCEndpoints()
			list, known := endpoints.Get()
			if !known {
				return aside(endpoints)
			}
			for _, e := range list {
				if hides(s, e, region) {
					return Outcome{
						Result: Fail, Where: strings.TrimSpace("VPC endpoint " + e.VpcEndpointID), Have: e.ServiceName + " with private DNS", Need: host + ", where something inside the VPC is to reach it",
						Why:      "the endpoint's private zone has no record for the issuer's host; STS fetches the keys from outside and is not affected, but a tool that creates the OIDC provider from inside the VPC is",
						Advice:   "leave it; create OIDC providers without a thumbprint, or from outside the VPC",
						Evidence: []string{endpoints.Source()},
					}
				}
			}
			return pass(endpoints.Source())
		})
	},
}

// hides reports whether an endpoint is one for EKS in the cluster's VPC that answers for all of its names. In
// China the service's name has a prefix: cn.com.amazonaws.cn-north-1.eks.
func hides(s *subject.Subject, e snapshot.VPCEndpoint, region string) bool {
	eks, _ := s.Snapshot.EKSCluster().Get()
	if vpc := eks.ResourcesVpcConfig; vpc != nil && vpc.VpcID != "" && e.VpcID != "" && vpc.VpcID != e.VpcID {
		return false
	}
	return e.PrivateDNSEnabled && strings.EqualFold(e.State, "available") && strings.HasSuffix(e.ServiceName, "com.amazonaws."+region+".eks")
}
