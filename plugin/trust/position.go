package trust

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Position is a place in a policy's text. The zero Position means that there is none.
type Position struct {
	Offset int // bytes before it, from 0
	Line   int // from 1
	Column int // characters, not bytes, from 1
}

// Known reports whether there is a place.
func (p Position) Known() bool { return p.Line > 0 }

// String is the place in words, "line 3, column 14".
func (p Position) String() string {
	if !p.Known() {
		return "<unknown>"
	}
	return fmt.Sprintf("line %d, column %d", p.Line, p.Column)
}

// A ruler turns byte offsets into positions. Both lists are sorted, so that a position costs two
// binary searches whatever the document looks like: a megabyte on one line included.
type ruler struct {
	lines []int // where each line starts
	tails []int // every byte that continues a character
}

// rule makes a ruler of a text; wide says that not every byte of it is a character of its own.
func rule(text string, wide bool) ruler {
	r := ruler{lines: make([]int, 1, strings.Count(text, "\n")+1)}
	for at := 0; ; {
		next := strings.IndexByte(text[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
		r.lines = append(r.lines, at)
	}
	if !wide {
		return r
	}
	for i := range len(text) {
		if !utf8.RuneStart(text[i]) {
			r.tails = append(r.tails, i)
		}
	}
	return r
}

func (r ruler) at(at int32) Position {
	offset := int(at)
	line, found := slices.BinarySearch(r.lines, offset)
	if !found {
		line--
	}
	start := r.lines[line]
	first, _ := slices.BinarySearch(r.tails, start)
	last, _ := slices.BinarySearch(r.tails, offset)
	return Position{Offset: offset, Line: line + 1, Column: offset - start - (last - first) + 1}
}

// A span is a stretch of the text, end excluded. Documents are not larger than maxDocument, so it may be small.
type span struct{ start, end int32 }
