package bind

import "fmt"

// A Refusal is why there is no plan: something stands against the binding that only a person can decide on, or it
// is not known whether something does.
type Refusal struct{ reason string }

// Error implements error.
func (r *Refusal) Error() string { return r.reason }

func refusef(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }
