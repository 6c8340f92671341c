// Command size prints what takes the space in a binary for Linux that still has its symbols: its sections, and the
// largest packages.
package main

import (
	"cmp"
	"debug/elf"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// listed is how many packages are printed.
const listed = 40

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: size BINARY")
		os.Exit(2)
	}
	text, err := describe(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(text)
}

func describe(path string) (string, error) {
	file, err := elf.Open(path)
	if err != nil {
		return "", err
	}
	symbols, err := file.Symbols()
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	sections := map[string]uint64{}
	for _, s := range file.Sections {
		if loaded(s) {
			sections[s.Name] = s.Size
		}
	}
	return "sections, without what stripping removes:\n" + table(sections) +
		"\npackages, without the tables of .gopclntab, which grow with the code:\n" + table(packages(symbols, file.Sections)), file.Close()
}

// loaded reports whether a section takes space in a stripped file: it is loaded, and from there.
func loaded(s *elf.Section) bool { return s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS }

// packages adds up the symbols of each package.
func packages(symbols []elf.Symbol, sections []*elf.Section) map[string]uint64 {
	bytes := map[string]uint64{}
	for _, s := range symbols {
		if int(s.Section) < len(sections) && loaded(sections[s.Section]) {
			bytes[packageOf(s.Name)] += s.Size
		}
	}
	return bytes
}

// packageOf is the package that a symbol's name begins with: all up to the first full stop after the last slash of the
// path. What the compiler makes of types has the type's package; what belongs to none keeps its name.
func packageOf(symbol string) string {
	for _, prefix := range []string{"type:.eq.", "type:.hash.", "type:", "go:itab.", "go:string", "go:"} {
		if rest, ok := strings.CutPrefix(symbol, prefix); ok {
			symbol = rest
			if prefix == "go:string" || prefix == "go:" {
				return "(" + strings.TrimSuffix(prefix, ":") + ")"
			}
			break
		}
	}
	path, _, _ := strings.Cut(strings.TrimLeft(symbol, "*[]"), "[") // type arguments have their own paths
	path, _, _ = strings.Cut(path, "(")
	slash := strings.LastIndex(path, "/")
	dot := strings.Index(path[slash+1:], ".")
	if dot < 0 {
		return "(" + path + ")"
	}
	return strings.ReplaceAll(path[:slash+1+dot], "%2e", ".") // full stops of the path's last part are escaped
}

// table lists sizes, the largest first, and their sum.
func table(bytes map[string]uint64) string {
	names := slices.SortedFunc(maps.Keys(bytes), func(a, b string) int {
		return cmp.Or(cmp.Compare(bytes[b], bytes[a]), strings.Compare(a, b))
	})
	var total uint64
	for _, size := range bytes {
		total += size
	}
	var out strings.Builder
	line := func(size uint64, name string) {
		fmt.Fprintf(&out, "%8.2f MB  %5.1f %%  %s\n", float64(size)/1e6, 100*float64(size)/float64(max(total, 1)), name)
	}
	for _, name := range names[:min(listed, len(names))] {
		line(bytes[name], name)
	}
	line(total, fmt.Sprintf("all %d", len(names)))
	return out.String()
}
