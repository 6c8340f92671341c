// Package sdk knows the default credential chain of each AWS SDK: which source of credentials it
// asks first, what makes it go on to the next one and what makes it stop.
//
// The chains are data (chains.go), read by one evaluator (evaluate.go). Nothing here does I/O: what
// a container offers its SDK is given as an Environment.
package sdk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
)

// A Name is an SDK as a report calls it. One whose version is known has it behind an @, as in python@1.34.41.
type Name string

// SDK is the name without the version.
func (n Name) SDK() Name {
	name, _, _ := strings.Cut(string(n), "@")
	return Name(name)
}

// Version is the version that the name has; empty where it is unknown, which stands for the newest release.
func (n Name) Version() string {
	_, version, _ := strings.Cut(string(n), "@")
	return version
}

// The SDKs, in the order in which a report lists them.
const (
	GoV2   Name = "go-v2"
	GoV1   Name = "go-v1" // its session; a chain made by hand does not know web identity
	JavaV2 Name = "java-v2"
	JavaV1 Name = "java-v1"
	Python Name = "python" // boto3, botocore and the AWS CLI; a version is boto3's
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

// ParseNames reads a comma-separated list of SDK names, each with or without a version, and returns them without duplicates
// in the order of a report. An empty list means all of them. An unknown name is an error that says which
// names there are.
func ParseNames(list string) ([]Name, error) {
	if strings.TrimSpace(list) == "" {
		return Names(), nil
	}
	var wanted []Name
	for item := range strings.SplitSeq(list, ",") {
		name, err := parseName(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		wanted = added(wanted, name)
	}
	slices.SortFunc(wanted, Compare)
	return wanted, nil
}

func parseName(text string) (Name, error) {
	base, version, versioned := strings.Cut(text, "@")
	if !slices.Contains(Names(), Name(base)) {
		return "", unknownName(base)
	}
	if !versioned {
		return Name(base), nil
	}
	version = strings.TrimPrefix(version, "v")
	if !versionForm.MatchString(version) {
		return "", fmt.Errorf("version %q of SDK %s: not numbers with dots between them, such as %s@%s", version, base, base, versionExample(Name(base)))
	}
	return Name(base + "@" + version), nil
}

// alsoCalled are the words for an SDK that people use, and its package managers.
var alsoCalled = map[string]Name{
	"boto3": Python, "botocore": Python, "aws-cli": Python, "awscli": Python, "node": JSV3, "nodejs": JSV3, "javascript": JSV3,
	"typescript": JSV3, "golang": GoV2, "c++": Cpp, ".net": DotNet, "csharp": DotNet,
}

// unknownName says that no SDK has the name, and which one comes nearest, or else all of them.
func unknownName(typed string) error {
	if name, ok := alsoCalled[strings.ToLower(typed)]; ok {
		return fmt.Errorf("unknown SDK %q: did you mean %q?", typed, name)
	}
	var names []string
	for _, name := range Names() {
		names = append(names, string(name))
	}
	if name, ok := near.To(typed, names); ok {
		return fmt.Errorf("unknown SDK %q: did you mean %q?", typed, name)
	}
	return fmt.Errorf("unknown SDK %q: must be one of %s", typed, strings.Join(names, ", "))
}

// Compare orders names as a report lists them, those of unknown SDKs last, and of one SDK the older version first.
func Compare(a, b Name) int {
	place := func(n Name) int {
		if i := slices.Index(Names(), n.SDK()); i >= 0 {
			return i
		}
		return len(Names())
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), compareVersions(a.Version(), b.Version()), cmp.Compare(a, b))
}
