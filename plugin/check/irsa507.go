package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa507 = Check{
	Code: IRSA507, Class: Note, Link: LinkProvider,
	Title: "a VPC endpoint for EKS hides the OIDC issuer hostname inside the VPC",
	Doc: Doc{
		Means: `The cluster's VPC has an interface endpoint for EKS with private DNS. Its private hosted zone covers all names under
eks.REGION.amazonaws.com and has no record for oidc.eks.REGION.amazonaws.com, so the OIDC issuer hostname does not
resolve inside the VPC. Pods are not affected: STS fetches the issuer's keys from outside the VPC. Tools that run in
the VPC and connect to the issuer fail, for example a tool that computes a thumbprint when it creates the OIDC
provider.`,
		Example: `    $ nslookup oidc.eks.us-west-2.amazonaws.com
    ** server can't find oidc.eks.us-west-2.amazonaws.com: NXDOMAIN
    $ aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.us-west-2.eks --query 'VpcEndpoints[].PrivateDnsEnabled'
    [true]`,
		Fix: `For pods, nothing is needed. Create the OIDC provider without a thumbprint, or from outside the VPC:

    aws iam create-open-id-connect-provider --client-id-list sts.amazonaws.com --url https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE`,
		Verify: `Fetch the discovery document from a machine outside the VPC:

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
						Result: Fail, Where: strings.TrimSpace("VPC endpoint " + e.VpcEndpointID), Have: e.ServiceName + " with private DNS", Need: host + ", for tools inside the VPC that connect to it",
						Why:      "the endpoint's private hosted zone has no record for the OIDC issuer hostname; STS fetches the keys from outside the VPC and is not affected, but tools inside the VPC are",
						Advice:   "keep the endpoint; create OIDC providers without a thumbprint, or from outside the VPC",
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
