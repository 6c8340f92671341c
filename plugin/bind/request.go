package bind

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// A Request says which service account gets which role, and what may be done for it.
type Request struct {
	Namespace, ServiceAccount string
	RoleARN                   string

	// CreateServiceAccount and CreateRole allow to create what does not exist; otherwise that is refused.
	CreateServiceAccount, CreateRole bool
	// PolicyARNs are managed policies that the role should have; those that are missing are attached.
	PolicyARNs []string
	// PermissionsBoundary (the ARN of a policy) and Tags are those of a role that is created.
	PermissionsBoundary string
	Tags                []change.Tag

	// PodIdentity selects EKS Pod Identity instead of IRSA.
	PodIdentity bool
	// Migrate moves a working IRSA binding to Pod Identity: the first time it adds, and once no pod uses the old parts
	// it removes them.
	Migrate bool

	// Restart makes the restart of the workloads that use the service account a part of the plan.
	Restart bool
	// AllowPattern accepts a trust policy that allows the service account by a pattern.
	AllowPattern bool
	// ForceConflicts changes a service account that Helm, Argo CD, Flux or another program manages.
	ForceConflicts bool
	// CrossAccount accepts a role of another account than the cluster's or that of the AWS credentials.
	CrossAccount bool
	// WriterRole is the name of the role that makes the changes in other accounts than that of the AWS credentials.
	WriterRole string
	// Export says that the plan is for another tool, which has credentials of its own.
	Export bool
	// offered says that the plan is only printed as a command, which finds out by itself whose credentials it runs with.
	offered bool
	// At says where printed commands act.
	At change.Coordinates
}

func (r Request) account() string { return r.Namespace + "/" + r.ServiceAccount }

func (r Request) mechanism() inject.Mechanism {
	if r.PodIdentity || r.Migrate {
		return inject.PodIdentity
	}
	return inject.WebIdentity
}
