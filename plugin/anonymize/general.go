package anonymize

import "strings"

// general are the words that name nobody: those of AWS, Kubernetes and file systems, which answers read.
var general = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(`
		arn aws amazon amazonaws iam sts eks ec2 ecs ecr s3 irsa oidc saml provider role roles user assumed instance profile
		association podidentityassociation cluster policy service kms lambda codebuild ssm api amazonwebservices vpce vpc eni subnet
		compute internal fips gr7 ip com cn org net io eu us ap sa ca me af il mx gov iso isob isoe isof eusc de north south east west central
		northeast northwest southeast southwest assumerole assumerolewithwebidentity tagsession root id
		kube kubernetes k8s system public lease default serviceaccount serviceaccounts pod pods node nodes identity agent webhook
		svc local localhost app name karpenter fargate hybrid auto linux windows x86 host port tcp new
		token tokens var run secrets secret home config credentials dev null lib kubelet etc tmp opt usr mnt proc sys http https
		true false enabled disabled optional required regional legacy executor driver spark iat exp sub aud amr
		apps batch rollouts standard adaptive ipv4 ipv6 mobile environment ec2instancemetadata ecscontainer redacted akia asia github githubusercontent actions google accounts cognito
		helm argocd argoproj flux fluxcd toolkit kustomize controller managed by instance kubectl eksctl
		deployment replicaset statefulset daemonset job cronjob replicationcontroller rollout nodeclass nodegroup ec2nodeclass
		namespace session policies access key region file url relative uri full
		test invalid arpa intranet private corp lan elb int cloudfront graph facebook www`) {
		words[word] = true
	}
	return words
}()
