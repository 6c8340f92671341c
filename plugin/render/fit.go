package render

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A column is a column of a table, and what becomes of it where the terminal is too narrow.
type column struct {
	title string
	// least are the widths to which it is cut, in the order of narrowing; with 0 it is not cut.
	least [4]int
	// leave is when it is left out: the column with the lowest number first, one with 0 never.
	leave int
}

// narrowings are tried in turn until a table fits: which columns are left out, and how far the others are cut.
var narrowings = []struct{ leave, cut int }{{0, 0}, {1, 1}, {2, 1}, {3, 1}, {3, 2}, {4, 2}, {4, 3}, {5, 3}}

// The blanks between columns, as kubectl has them, and on a terminal that is too narrow for that.
const (
	gutter       = 3
	narrowGutter = 2
)

// A layout is which columns a table shows, and how wide each of them is; 0 leaves one out.
type layout struct {
	widths []int
	gutter int
	cut    bool // whether longer cells are cut
}

// fit lays a table out for so many columns of the terminal. least are the widths that columns and cells take by themselves.
func fit(columns []column, natural []int, width int) layout {
	all := layout{natural, gutter, true}
	if all.width() <= width {
		return all
	}
	var l layout
	for _, n := range narrowings {
		l = layout{make([]int, len(columns)), narrowGutter, true}
		least := make([]int, len(columns))
		for i, c := range columns {
			if c.leave > 0 && c.leave <= n.leave {
				continue
			}
			l.widths[i], least[i] = natural[i], natural[i]
			if limit := c.least[n.cut]; limit > 0 {
				least[i] = min(natural[i], limit)
			}
		}
		if (layout{least, narrowGutter, true}).width() <= width {
			l.shrink(least, width)
			return l
		}
	}
	l.shrink(make([]int, len(columns)), width)
	return l
}

// width is the width of a whole line.
func (l layout) width() int {
	sum := -l.gutter
	for _, w := range l.widths {
		if w > 0 {
			sum += w + l.gutter
		}
	}
	return sum
}

// shrink takes from the columns that are the furthest above their least width, until the line fits.
func (l layout) shrink(least []int, width int) {
	for over := l.width() - width; over > 0; over-- {
		widest := -1
		for i, w := range l.widths {
			if w > max(1, least[i]) && (widest < 0 || w-least[i] > l.widths[widest]-least[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		l.widths[widest]--
	}
}

// cutCell shortens a list of codes behind one of them, an identity in front of its source, and any other text as cut does.
func (p *page) cutCell(text string, width int) string {
	short := p.cut(text, width)
	if short == text {
		return text
	}
	mark := p.plain("…")
	if role, source, ok := strings.Cut(short, " ("); ok && !strings.Contains(source, ")") {
		return role + mark
	}
	if i := strings.LastIndexByte(strings.TrimSuffix(short, mark), ','); i >= 0 && !strings.Contains(text, " ") {
		return short[:i+1] + mark
	}
	return short
}

// cut shortens an escaped text to so many columns of the terminal, and marks that.
func (p *page) cut(text string, width int) string {
	if columns(text) <= width {
		return text
	}
	mark := p.plain("…")
	if columns(mark) > width {
		mark = strings.Repeat(".", max(0, width))
	}
	return ansi.Truncate(text, width, mark)
}
