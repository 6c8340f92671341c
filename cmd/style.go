package cmd

import (
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// style finds out how text for a stream looks. Each stream is judged on its own: one may be a terminal and the other a file.
func (p *program) style(stream io.Writer) render.Style {
	width := terminalWidth(stream)
	return render.Style{Width: width, Color: p.color.colors(os.Getenv, width > 0), ASCII: !utf8Locale(os.Getenv)}
}

// terminalWidth returns the columns of the terminal that a stream is, and 0 if it is none.
func terminalWidth(stream any) int {
	file, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		const usual = 80
		return usual
	}
	return width
}

// utf8Locale reports whether the locale's characters are UTF-8: the first of LC_ALL, LC_CTYPE and LANG that
// is set and not empty decides (POSIX.1-2024, Base Definitions, 8.2). Windows has no such variables.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := getenv(name); value != "" {
			plain := strings.ReplaceAll(strings.ToLower(value), "-", "")
			return strings.Contains(plain, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}
