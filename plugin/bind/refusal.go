package bind

import "fmt"

// A Notice is a sentence, and the command to run about it as a line for a shell; empty where there is none.
type Notice struct{ Text, Command string }

func (n Notice) String() string {
	if n.Command == "" {
		return n.Text
	}
	return n.Text + ": " + n.Command
}

// A Refusal is why there is no plan: something speaks against the binding that only a person can decide on, or it
// is unknown whether something does.
type Refusal struct{ Notice }

// Error implements error.
func (r *Refusal) Error() string { return r.String() }

func refusef(format string, args ...any) error { return refuseWith("", format, args...) }

// refuseWith refuses, and says what to run about it.
func refuseWith(command, format string, args ...any) error {
	return &Refusal{Notice{fmt.Sprintf(format, args...), command}}
}
