package render

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// A palette dresses single words. The zero palette leaves them as they are.
type palette struct {
	bad, good, warn, dim, strong, removed func(string) string
}

// newPalette returns the palette of a terminal. It uses the terminal's own sixteen colours, which its user
// has chosen to be readable.
func newPalette(color bool) palette {
	if !color {
		return palette{}
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.ANSI)
	style := r.NewStyle()
	dress := func(s lipgloss.Style) func(string) string {
		return func(word string) string { return s.Render(word) }
	}
	return palette{
		bad:     dress(style.Bold(true).Foreground(lipgloss.Color("1"))),
		removed: dress(style.Foreground(lipgloss.Color("1"))),
		good:    dress(style.Foreground(lipgloss.Color("2"))),
		warn:    dress(style.Foreground(lipgloss.Color("3"))),
		dim:     dress(style.Faint(true)),
		strong:  dress(style.Bold(true)),
	}
}

// columns returns how many columns of a terminal a text without line ends takes.
func columns(text string) int { return lipgloss.Width(text) }
