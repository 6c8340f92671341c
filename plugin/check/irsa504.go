package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa504 = Check{
	Code: IRSA504, Class: Breaks, Link: LinkProvider,
	Title: "the cluster has no issuer with which IRSA could work",
	Doc: Doc{
		Means: `IRSA rests on the cluster's OIDC issuer: AWS fetches the keys there with which it checks the pods' tokens. This
cluster has none. A local cluster on Outposts never gets one from EKS, and EKS Pod Identity does not exist there
either. The annotation, the role's trust policy and the injected variables may all be right; STS takes no token of
this cluster.`,
		Example: `    $ aws eks describe-cluster --name edge --query 'cluster.[outpostConfig.outpostArns,identity]'
    [["arn:aws:outposts:us-west-2:111122223333:outpost/op-0a1b2c3d4e5f60718"], null]`,
		Fix: `On a local cluster, let the pod use its node's role through IMDS, with a hop limit that lets pods in, or give it
access keys of its own in a Secret:

    aws ec2 modify-instance-metadata-options --instance-id i-0a1b2c3d4e5f60718 --http-tokens required --http-put-response-hop-limit 2

and take the role annotation off its service account. On another cluster without an issuer use EKS Pod Identity.`,
		Verify: `Ask EKS and the API server; neither names an https URL:

    aws eks describe-cluster --name edge --query cluster.identity.oidc.issuer
    kubectl get --raw /.well-known/openid-configuration`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutIssuer(s, IRSA504, issuerMissing) },
}

func issuerMissing(s *subject.Subject) Outcome {
	if s.IssuerFault.Cause == subject.IssuerLocalCluster {
		return Outcome{
			Result: Fail, Where: clusterWhere(s), Have: "a local cluster on Outposts", Need: "a cluster with an OIDC issuer that AWS can reach",
			Why:      "a local cluster has no issuer of EKS, and EKS Pod Identity does not work there either",
			Advice:   issuerMissingAdvice(s),
			Evidence: []string{s.Snapshot.EKSCluster().Source()},
		}
	}
	return Outcome{
		Result: Fail, Where: clusterWhere(s), Have: "no OIDC issuer", Need: "identity.oidc.issuer in the answer of eks:DescribeCluster",
		Why:      "without an issuer no IAM OIDC provider can stand for the cluster, so STS takes none of its tokens",
		Advice:   issuerMissingAdvice(s),
		Evidence: []string{s.Issuer.Source()},
	}
}
