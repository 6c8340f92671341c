// Package sdk knows the default credential chain of each AWS SDK: which source of credentials it
// asks first, what makes it go on to the next one and what makes it stop.
//
// The chains are data (chains.go), read by one evaluator (evaluate.go). Nothing here does I/O: what
// a container offers its SDK is given as an Environment.
package sdk

import (
	"fmt"
	"slices"
	"strings"
)

// A Name is an SDK as a report calls it.
type Name string

// The SDKs, in the order in which a report lists them.
const (
	GoV2   Name = "go-v2"
	GoV1   Name = "go-v1" // its session; a chain made by hand does not know web identity
	JavaV2 Name = "java-v2"
	JavaV1 Name = "java-v1"
	Python Name = "python" // boto3, botocore and the AWS CLI
	JSV3   Name = "js-v3"
	JSV2   Name = "js-v2"
	DotNet Name = "dotnet" // versions 3 and 4, which differ
	Ruby   Name = "ruby"
	PHP    Name = "php"
	Cpp    Name = "cpp"
	Rust   Name = "rust"
	Kotlin Name = "kotlin"
	Swift  Name = "swift"
)

// Names returns every SDK in the order of a report.
func Names() []Name {
	return []Name{GoV2, GoV1, JavaV2, JavaV1, Python, JSV3, JSV2, DotNet, Ruby, PHP, Cpp, Rust, Kotlin, Swift}
}

// ParseNames reads a comma-separated list of SDK names and returns them without duplicates in the
// order of a report. An empty list means all of them. An unknown name is an error that says which
// names there are.
func ParseNames(list string) ([]Name, error) {
	if strings.TrimSpace(list) == "" {
		return Names(), nil
	}
	wanted := make(map[Name]bool)
	for item := range strings.SplitSeq(list, ",") {
		name := Name(strings.TrimSpace(item))
		if !slices.Contains(Names(), name) {
			return nil, fmt.Errorf("SDK %q: not one of %s", string(name), listed(Names()))
		}
		wanted[name] = true
	}
	return slices.DeleteFunc(Names(), func(n Name) bool { return !wanted[n] }), nil
}

func listed(names []Name) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}
