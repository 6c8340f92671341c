package bind

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// webIdentity plans a binding by IRSA: provider, trust, annotation.
func (p *planner) webIdentity() error {
	list, known := p.snapshot.Associations(p.request.Namespace, p.request.ServiceAccount).Get()
	if len(list) > 0 {
		return refuseWith(p.command("unbind", p.request.account()),
			"service account %s has the Pod Identity association %s with role %s, which takes precedence over the annotation; "+
				"use --pod-identity to give the association this role, or remove it",
			p.request.account(), list[0].AssociationID, list[0].RoleArn)
	}
	if gap, ok := p.snapshot.Associations(p.request.Namespace, p.request.ServiceAccount).Gap(); ok && !known && p.onEKS() {
		p.plan.warn("whether a Pod Identity association takes precedence is unknown: %s: %s", gap.What, gap.Reason)
	}
	if err := p.lookForIssuer(); err != nil {
		return err
	}
	if err := p.refuseAPIServer(); err != nil {
		return err
	}
	if err := p.provider(); err != nil {
		return err
	}
	if err := p.trust(p.webIdentityRequest()); err != nil {
		return err
	}
	return p.annotate()
}

func (p *planner) onEKS() bool {
	issuer, known := p.snapshot.Issuer().Get()
	return !known || snapshot.IsEKSIssuer(issuer)
}

func (p *planner) lookForIssuer() error {
	f := p.snapshot.Issuer()
	issuer, ok := f.Get()
	switch {
	case f.Absent():
		return refusef("the cluster has no OIDC issuer, so AWS cannot accept its tokens")
	case !ok:
		gap, _ := f.Gap()
		return refusef("the cluster's OIDC issuer is unknown: %s: %s", gap.What, gap.Reason)
	case !strings.HasPrefix(issuer, "https://"):
		return refusef("the cluster's OIDC issuer is %s, and IAM accepts https:// issuers only", issuer)
	}
	switch fault := subject.IssuerFaultOf(p.snapshot); fault.Cause {
	case subject.IssuerUsable:
	case subject.IssuerLocalCluster:
		return refusef("the cluster is a local cluster on Outposts, whose tokens AWS cannot verify")
	default:
		return refusef("the cluster's OIDC issuer is %s, and AWS cannot fetch its keys: %s; start the API servers with a public --service-account-issuer first",
			issuer, check.WhyNotPublic(fault))
	}
	p.issuer = issuer
	return nil
}

// refuseAPIServer refuses a service account whose tokens are those for the API server: neither provider nor role may accept
// them.
func (p *planner) refuseAPIServer() error {
	if !inject.ForAPIServer(p.audience(), p.issuer) {
		return nil
	}
	return refusef("service account %s has the annotation %s/%s=%s, which requests tokens for the API server: AWS must not accept those, so remove the annotation first",
		p.request.account(), p.settings.AnnotationPrefix, inject.Audience, p.audience())
}

func (p *planner) providerARN() string {
	return snapshot.ProviderARN(p.role.Partition, p.role.Account, p.issuer)
}

// provider plans the OIDC provider in the role's account.
func (p *planner) provider() error {
	arn := p.providerARN()
	f := p.snapshot.OpenIDConnectProvider(arn)
	if gap, ok := f.Gap(); ok {
		return refusef("whether account %s has an OIDC provider for the cluster is unknown: %s: %s", p.role.Account, gap.What, gap.Reason)
	}
	provider, ok := f.Get()
	switch {
	case !ok:
		p.plan.add(change.CreateProvider{Arn: arn, Issuer: p.issuer, ClientID: p.audience()},
			"STS accepts the cluster's tokens only if account "+p.role.Account+" has an OIDC provider for their issuer")
	case !slices.Contains(provider.ClientIDList, p.audience()):
		p.plan.add(change.AddClientID{Arn: arn, ClientID: p.audience()}, "STS accepts a token only if its audience is one of the provider's client IDs")
	}
	return nil
}

func (p *planner) webIdentityRequest() trust.Request {
	return trust.WebIdentity(trust.WebIdentityRequest{
		Issuer: p.issuer, Subject: p.subject().String(), Audiences: []string{p.audience()},
		RoleARN: p.request.RoleARN, Region: p.snapshot.Cluster().Region, Time: p.snapshot.TakenAt(),
	})
}
