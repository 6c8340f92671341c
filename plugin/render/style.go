package render

import "github.com/kubectl-irsa/kubectl-irsa/plugin/judge"

// A Style says how text is to look. The zero value is plain text in UTF-8 for a file or a pipe.
type Style struct {
	Width int  // columns of the terminal; 0 means that there is none
	Color bool // whether words may be coloured
	ASCII bool // whether the reader cannot be trusted with more than ASCII
	Wide  bool // whether to add evidence and the checks that do not apply
	// NoHeaders leaves the lines of a table alone: without its header, and without what is written above and below it.
	NoHeaders bool
	// Verdicts are those whose targets a table shows; empty are all.
	Verdicts []judge.Verdict
	// Source are the arguments that say where the answer is from, if not from the cluster: -f web.yaml. Commands that ask
	// about the same get them too.
	Source []string
}

// Text for a file or a pipe is laid out for unwrappedWidth columns; prose is never wider than proseWidth,
// since long lines are hard to read, and never narrower than narrowest.
const (
	unwrappedWidth = 100
	proseWidth     = 120
	narrowest      = 40
)

// cuts reports whether tables and summaries are cut to the terminal.
func (s Style) cuts() bool { return s.Width > 0 && !s.Wide }

func (s Style) proseWidth() int {
	if s.Width <= 0 {
		return unwrappedWidth
	}
	return max(narrowest, min(s.Width, proseWidth))
}
