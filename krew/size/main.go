// Command size prints what takes the space in a binary that still has its symbols, by package: the largest packages
// and the whole.
package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// listed is how many packages are printed.
const listed = 40

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: size BINARY")
		os.Exit(2)
	}
	symbols, err := exec.Command("go", "tool", "nm", "-size", os.Args[1]).Output()
	if err != nil {
		fmt.Fprintf(os.Stderr, "go tool nm %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
	fmt.Print(report(sizes(string(symbols))))
}

// sizes adds up the symbols of each package. The input is what `go tool nm -size` prints: address, size, type and name;
// symbols of type U and B take no space in the file.
func sizes(symbols string) map[string]int {
	bytes := map[string]int{}
	for line := range strings.Lines(symbols) {
		fields := strings.Fields(line)
		if len(fields) < 4 || strings.ContainsAny(fields[2], "UBb") {
			continue
		}
		size, err := strconv.Atoi(fields[1])
		if err != nil {
			continue
		}
		bytes[packageOf(strings.Join(fields[3:], " "))] += size
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
	path, _, _ := strings.Cut(strings.TrimLeft(symbol, "*[]"), "[") // type arguments have paths of their own
	path, _, _ = strings.Cut(path, "(")
	slash := strings.LastIndex(path, "/")
	dot := strings.Index(path[slash+1:], ".")
	if dot < 0 {
		return "(" + path + ")"
	}
	return strings.ReplaceAll(path[:slash+1+dot], "%2e", ".") // full stops of the path's last part are escaped
}

func report(bytes map[string]int) string {
	names := slices.SortedFunc(maps.Keys(bytes), func(a, b string) int {
		return cmp.Or(cmp.Compare(bytes[b], bytes[a]), strings.Compare(a, b))
	})
	total := 0
	for _, size := range bytes {
		total += size
	}
	var out strings.Builder
	for _, name := range names[:min(listed, len(names))] {
		out.WriteString(fmt.Sprintf("%8.2f MB  %4.1f %%  %s\n", float64(bytes[name])/1e6, 100*float64(bytes[name])/float64(total), name))
	}
	out.WriteString(fmt.Sprintf("%8.2f MB  in %d packages\n", float64(total)/1e6, len(names)))
	return out.String()
}
