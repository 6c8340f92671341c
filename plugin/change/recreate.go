package change

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Recreate recreates a pod, through its workload where it has one, so that the webhook sees it again.
type Recreate struct {
	Pod PodRef
	// RestsOn is what must be true for the new pod to differ from this one, where that is unknown; Probe is the command
	// that shows whether it is.
	RestsOn string
	Probe   []string
}

func (c Recreate) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c Recreate) Summary() string {
	commands, ok := c.Pod.replaced(false)
	resource, restarts := c.Pod.Owner.Resource()
	switch {
	case !ok || !restarts:
		return "recreate pod " + c.Pod.Namespace + "/" + c.Pod.Name
	case commands[0][1] == "delete":
		return "delete pod " + c.Pod.Namespace + "/" + c.Pod.Name + ", which " + resource + " replaces"
	case len(commands) > 1:
		return "resume and restart " + resource
	default:
		return "restart " + resource
	}
}

// Commands implements [Change].
func (c Recreate) Commands() [][]string {
	commands, _ := c.Pod.replaced(false)
	return commands
}

// Diff implements [Change].
func (c Recreate) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", ""
}

// Done implements [Change].
func (c Recreate) Done() string {
	if c.Pod.Owner.ReplacesDeleted() {
		return c.Object().String() + " deleted"
	}
	return c.Object().String() + " restarted"
}

// Object implements [Change].
func (c Recreate) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c Recreate) Apply(d *snapshot.Draft) bool {
	return c.Pod.renew(d, func(*corev1.Pod) {})
}
