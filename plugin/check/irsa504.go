package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa504 = Check{
	Code: IRSA504, Class: Breaks, Link: LinkProvider,
	Title: "the cluster has no OIDC issuer that IRSA can use",
	Doc: Doc{
		Means: `IRSA needs the cluster's OIDC issuer: AWS fetches the keys that verify the pods' tokens from it. This cluster has no
such issuer. EKS does not create one for a local cluster on Outposts, and EKS Pod Identity is not available there
either. Annotation, trust policy and injected variables can all be correct: STS accepts no token of this cluster.`,
		Example: `    $ aws eks describe-cluster --name edge --query 'cluster.[outpostConfig.outpostArns,identity]'
    [["arn:aws:outposts:us-west-2:111122223333:outpost/op-0a1b2c3d4e5f60718"], null]`,
		Fix: `On a local cluster, let the pod use the node's role through IMDS (this needs a hop limit of 2), or give the pod access
keys in a Secret:

    aws ec2 modify-instance-metadata-options --instance-id i-0a1b2c3d4e5f60718 --http-tokens required --http-put-response-hop-limit 2

Then remove the role annotation from the service account. On other clusters without an issuer, use EKS Pod Identity.`,
		Verify: `Read the issuer from EKS and from the API server. Neither of them is an https URL:

    aws eks describe-cluster --name edge --query cluster.identity.oidc.issuer
    kubectl get --raw /.well-known/openid-configuration`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutIssuer(s, IRSA504, issuerMissing) },
}

func issuerMissing(s *subject.Subject) Outcome {
	if s.IssuerFault.Cause == subject.IssuerLocalCluster {
		return Outcome{
			Result: Fail, Where: clusterWhere(s), Have: "a local cluster on Outposts", Need: "a cluster with an OIDC issuer that AWS can reach",
			Why:      "EKS creates no issuer for a local cluster, and EKS Pod Identity does not work there either",
			Advice:   issuerMissingAdvice(s),
			Evidence: []string{s.Snapshot.EKSCluster().Source()},
		}
	}
	return Outcome{
		Result: Fail, Where: clusterWhere(s), Have: "no OIDC issuer", Need: "identity.oidc.issuer in the response of eks:DescribeCluster",
		Why:      "without an issuer there is no IAM OIDC provider for the cluster, so STS accepts none of its tokens",
		Advice:   issuerMissingAdvice(s),
		Evidence: []string{s.Issuer.Source()},
	}
}
