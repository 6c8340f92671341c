package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

// ReadLog reads what a container wrote before it ended. It changes nothing: what follows from the log is for a person to decide.
type ReadLog struct {
	Namespace, Pod, Container string
	Previous                  bool   // the log of the run before the present one
	LookFor                   string // what to do with it
}

// Summary implements [Change].
func (c ReadLog) Summary() string {
	flag := ""
	if c.Previous {
		flag = " (kubectl logs --previous)"
	}
	return "read the log of container " + c.Container + flag + "; " + c.LookFor
}

// Commands implements [Change].
func (c ReadLog) Commands() [][]string {
	command := kubectl(c.Namespace, "logs", c.Pod, "-c", c.Container)
	if c.Previous {
		command = append(command, "--previous")
	}
	return [][]string{command}
}

// Diff implements [Change].
func (c ReadLog) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", ""
}

// Done implements [Change].
func (c ReadLog) Done() string { return c.Object().String() + " log read" }

// Object implements [Change].
func (c ReadLog) Object() Object { return Object{Kind: "pod", Name: c.Pod} }

// Apply implements [Change].
func (c ReadLog) Apply(*snapshot.Draft) bool { return false }
