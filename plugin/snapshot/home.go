package snapshot

import (
	"fmt"
	"strings"
)

// A Home is the AWS account that the cluster is in, as far as a snapshot tells it for sure. What is written into an account must
// not rest on a guess.
type Home struct {
	// Account is empty where it is unknown.
	Account string
	// Described says that EKS describes the cluster that was read, in the account of the credentials.
	Described bool
	// NotHere is what EKS said where the account of the credentials has no cluster of that name; empty where it has, or where
	// that is unknown.
	NotHere string
	// Doubt is why nothing may be written: what is known of the cluster contradicts itself, or is of one that need not be this one.
	Doubt string
}

// Home returns the cluster's account. These tell it, the most certain first:
//
//   - EKS: eks:DescribeCluster answers for the account of the credentials only, and with the cluster's ARN. It counts if the
//     cluster is the one that was read (see [Compare]).
//   - The kubeconfig: `aws eks update-kubeconfig` writes the cluster's ARN. It counts where EKS may not be asked, and never
//     against EKS. The account of a role that one logs in with is not the cluster's, and does not count.
//   - The cluster's OIDC provider in the account of the credentials, for a cluster that is not of EKS (kOps, kubeadm): its IAM is in
//     no account but for the provider. A cluster of EKS may have a provider in other accounts as well.
//
// Instances, node groups and annotations name accounts too, which need not be the cluster's: nodes can be in a VPC that is
// shared, and an annotation is what is about to be written.
func (s *Snapshot) Home() Home {
	cluster, caller := s.document.Cluster, ""
	if s.document.AWS != nil {
		caller = s.document.AWS.CallerAccount
	}
	eks := s.EKSCluster()
	if found, ok := eks.Get(); ok {
		return described(cluster, found)
	}
	h := Home{Account: cluster.Account}
	if gap, ok := eks.Gap(); ok && strings.Contains(gap.Reason, NoSuchCluster) {
		h.NotHere = gap.Reason
	}
	issuer, _ := s.Issuer().Get()
	switch {
	case h.NotHere != "" && h.Account != "" && h.Account == caller:
		h.Doubt = fmt.Sprintf("account %s has no EKS cluster %s: %s", caller, cluster.Name, h.NotHere)
	case h.Account == "" && h.NotHere == "" && caller != "" && issuer != "" && !IsEKSIssuer(issuer) &&
		s.OpenIDConnectProvider(ProviderARN(PartitionOf(cluster.Region), caller, issuer)).Known():
		h.Account = caller
	}
	return h
}

// NoSuchCluster is the error code of EKS for a name that it does not know:
// https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
const NoSuchCluster = "ResourceNotFoundException"

// described returns the home of a cluster that EKS describes.
func described(cluster Cluster, eks EKSCluster) Home {
	arn, ok := ParseARN(eks.Arn)
	if !ok {
		return Home{Account: cluster.Account}
	}
	match, text := Compare(cluster, eks)
	switch {
	case match == Differs:
		return Home{Doubt: text}
	case match == MatchUnknown && cluster.Server != "": // a file that is written by hand has neither issuer nor address
		return Home{Doubt: "whether " + eks.Title() + " is the cluster that was read is unknown: " + text}
	case cluster.Account != "" && cluster.Account != arn.Account:
		return Home{Doubt: fmt.Sprintf("account %s is named as the cluster's, and EKS describes the cluster in account %s", cluster.Account, arn.Account)}
	case cluster.Region != "" && cluster.Region != arn.Region:
		return Home{Doubt: fmt.Sprintf("the cluster that was read is in region %s, and EKS describes it in region %s", cluster.Region, arn.Region)}
	default:
		return Home{Account: arn.Account, Described: true}
	}
}
