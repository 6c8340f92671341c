package cmd_test

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// The picture's measures are pixels. Each piece of text has its place and its length, so that columns stand below each other in
// whatever font the reader has.
const (
	pictureColumn = 8.4
	pictureLine   = 20
	pictureMargin = 16
)

// pictureHead has the colours of a light and of a dark page: an image in a README follows the reader's setting. They are GitHub's
// own for text, danger, success, attention and muted (https://primer.style/foundations/color).
const pictureHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" width="%[1]d" height="%[2]d" role="img" aria-label="%[3]s">
<style>
  rect { fill: #f6f8fa; stroke: #d1d9e0 }
  text { fill: #1f2328; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
  .bold { font-weight: 600 } .dim { fill: #59636e } .c1 { fill: #cf222e } .c2 { fill: #1a7f37 } .c3 { fill: #9a6700 } .c4, .c6 { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    rect { fill: #151b23; stroke: #3d444d }
    text { fill: #f0f6fc }
    .dim { fill: #9198a1 } .c1 { fill: #f85149 } .c2 { fill: #3fb950 } .c3 { fill: #d29922 } .c4, .c6 { fill: #4493f8 }
  }
</style>
<rect x="0.5" y="0.5" width="%[4]d" height="%[5]d" rx="6"/>
`

// TestPicture holds that the picture of the README shows what the program prints.
func TestPicture(t *testing.T) {
	const file = "../docs/explain.svg"
	line := "explain shop/checkout"
	want := picture("$ kubectl irsa "+line, printedBy(t, line+" --snapshot demo --color always"))
	if *updateReadme {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
		t.Errorf("docs/explain.svg is stale: make picture (%v)", err)
	}
}

// picture draws a command and what it prints. That it answers from the demo is left out, also in the commands that it prints.
func picture(command, text string) []byte {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(text, " --snapshot demo", ""), "\n"), "\n")
	widest := 0
	for _, line := range lines {
		widest = max(widest, utf8.RuneCountInString(sgr.ReplaceAllString(line, "")))
	}
	width, height := int(float64(widest)*pictureColumn)+2*pictureMargin, (len(lines)+2)*pictureLine+2*pictureMargin
	var svg bytes.Buffer
	fmt.Fprintf(&svg, pictureHead, width, height, html.EscapeString(command), width-1, height-1)
	for i, line := range append([]string{command, ""}, lines...) {
		drawLine(&svg, line, pictureMargin+(i+1)*pictureLine-5)
	}
	svg.WriteString("</svg>\n")
	return svg.Bytes()
}

// sgr are the escape sequences that set how text looks (ECMA-48, SGR).
var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// words are words with a single blank between them: more, not every viewer keeps.
var words = regexp.MustCompile(`\S+(?: \S+)*`)

// drawLine draws the words of a line, each in the classes that are set where it stands.
func drawLine(svg *bytes.Buffer, line string, y int) {
	column, from, classes := 0, 0, []string(nil)
	piece := func(text string) {
		for _, at := range words.FindAllStringIndex(text, -1) {
			before, shown := utf8.RuneCountInString(text[:at[0]]), text[at[0]:at[1]]
			fmt.Fprintf(svg, `<text x="%.1f" y="%d" textLength="%.1f"`, pictureMargin+float64(column+before)*pictureColumn, y, float64(utf8.RuneCountInString(shown))*pictureColumn)
			if len(classes) > 0 {
				fmt.Fprintf(svg, ` class="%s"`, strings.Join(classes, " "))
			}
			fmt.Fprintf(svg, ">%s</text>\n", html.EscapeString(shown))
		}
		column += utf8.RuneCountInString(text)
	}
	for _, at := range sgr.FindAllStringSubmatchIndex(line, -1) {
		piece(line[from:at[0]])
		from = at[1]
		for code := range strings.SplitSeq(line[at[2]:at[3]], ";") {
			switch {
			case code == "" || code == "0":
				classes = nil
			case code == "1":
				classes = append(classes, "bold")
			case code == "2":
				classes = append(classes, "dim")
			case len(code) == 2 && code[0] == '3':
				classes = append(classes, "c"+code[1:])
			}
		}
	}
	piece(line[from:])
}
