package bind

import (
	"cmp"
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Place is where a plan acts, and who makes its changes.
type Place struct {
	Cluster snapshot.Cluster // its account is empty where it is unknown
	// Caller is the account of the AWS credentials, and CallerARN whose they are; empty where that is unknown.
	Caller, CallerARN string
	// WriterRole is the name of the role that makes the changes in other accounts than the caller's.
	WriterRole string
}

func placeOf(s *snapshot.Snapshot, r Request) Place {
	p := Place{Cluster: s.Cluster(), WriterRole: r.WriterRole}
	p.Cluster.Account = s.Home().Account
	if aws := s.AWS(); aws != nil {
		p.Caller, p.CallerARN = aws.CallerAccount, aws.CallerArn
	}
	return p
}

// Account returns the AWS account that a change is made in; empty for one that is made in the cluster.
func (p Place) Account(c change.Change) string {
	object := c.Object()
	if !object.InAWS {
		return ""
	}
	arn, _ := snapshot.ParseARN(object.ARN)
	return cmp.Or(arn.Account, p.Cluster.Account, p.Caller) // EKS is asked in the caller's account
}

// Writer returns the ARN of the role that makes a change in another account than the caller's; empty for all others.
func (p Place) Writer(c change.Change) string {
	account := p.Account(c)
	if account == "" || account == p.Caller || p.WriterRole == "" {
		return ""
	}
	arn, _ := snapshot.ParseARN(c.Object().ARN)
	return snapshot.RoleARN(arn.Partition, account, p.WriterRole)
}

// Crosses reports whether a plan changes another account than the cluster's or the caller's.
func (p *Plan) Crosses() bool {
	return slices.ContainsFunc(p.Steps, func(step Step) bool {
		account := p.Place.Account(step.Change)
		return differ(account, p.Place.Caller) || differ(account, p.Place.Cluster.Account)
	})
}

// differ reports whether two accounts are known to differ.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// Whose says in which account a change of a plan that crosses accounts is made, and by which role if not by the AWS credentials
// themselves; empty for a change of the cluster, and where all is in one account.
func (p *Plan) Whose(c change.Change) string {
	account, writer := p.Place.Account(c), p.Place.Writer(c)
	switch {
	case account == "" || !p.Crosses():
		return ""
	case writer != "":
		return "in account " + account + ", by " + writer
	case account == p.Place.Caller:
		return "in account " + account + ", by the AWS credentials"
	default:
		return "in account " + account
	}
}
