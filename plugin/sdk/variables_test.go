package sdk

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestVariablesListed holds that every variable that this package and the one of the webhook name is in the table.
func TestVariablesListed(t *testing.T) {
	name := regexp.MustCompile(`AWS_[A-Z0-9_]+|\b(HOME|USERPROFILE|[A-Z]+_PROXY)\b`)
	seen := map[string]bool{}
	for _, folder := range []string{".", "../inject"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") || path == "variables.go" {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				literal, ok := n.(*ast.BasicLit)
				if !ok || literal.Kind != token.STRING {
					return true
				}
				for _, variable := range name.FindAllString(literal.Value, -1) {
					seen[variable] = true
					if kinds[variable] == Unlisted {
						t.Errorf("%s names %s, which is not in the table", path, variable)
					}
				}
				return true
			})
		}
	}
	for _, want := range []string{"AWS_ROLE_ARN", "AWS_ACCESS_KEY_ID", "AWS_SHARED_CREDENTIALS_FILE", "HOME"} {
		if !seen[want] {
			t.Errorf("%s was not found in the code: the test looks in the wrong place", want)
		}
	}
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]Kind{
		"AWS_ROLE_ARN": Setting, "aws_role_arn": Unlisted, "HOME": Setting, "home": Unlisted,
		"AWS_ACCESS_KEY_ID": KeyID, "aws_access_key_id": Unlisted,
		"AWS_SECRET_ACCESS_KEY": Secret, "AWS_CONTAINER_AUTHORIZATION_TOKEN": Secret, "AWS_NEW": Unlisted, "DB_PASSWORD": Unlisted, "": Unlisted,
		"HTTPS_PROXY": Address, "https_proxy": Address, "No_Proxy": Address, "AWS_ENDPOINT_URL": Address, "aws_endpoint_url": Address,
	} {
		if got := KindOf(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	names := make([]string, len(variables))
	for i, v := range variables {
		names[i] = v.name
		if v.kind == Unlisted || v.name != strings.ToUpper(v.name) {
			t.Errorf("%s: want a kind, and upper case", v.name)
		}
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(variables) {
		t.Error("a variable is in the table twice")
	}
}

func TestReads(t *testing.T) {
	for name, want := range map[string]bool{
		"AWS_ROLE_ARN": true, "AWS_ANYTHING": true, "aws_role_arn": false, "aws_endpoint_url": false, "AWS": false,
		"HOME": true, "home": true, "https_proxy": true, "ALL_PROXY": true, "COLOUR": false, "": false,
	} {
		if got := Reads(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for prefix, want := range map[string]bool{
		"": true, "A": true, "AWS": true, "AWS_": true, "AWS_ROLE": true, "AWX": false, "aws_": false,
		"http_": true, "HOM": true, "HOMER": false, "No_": true, "APP_": false,
	} {
		if got := ReadsBehind(prefix); got != want {
			t.Errorf("prefix %q: %v, want %v", prefix, got, want)
		}
	}
}
