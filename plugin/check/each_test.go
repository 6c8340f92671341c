package check

import (
	"reflect"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

func TestAside(t *testing.T) {
	if got, want := aside(fact.Unasked[string]("list", "nobody needed it")), (Outcome{Result: Unknown, Why: "list: nobody needed it"}); !reflect.DeepEqual(got, want) {
		t.Errorf("not asked: %+v, want %+v", got, want)
	}
	want := Outcome{Result: Unknown, Gaps: []fact.Gap{{What: "list", Reason: "AccessDenied"}}}
	if got := aside(fact.Unreadable[string]("list", "AccessDenied")); !reflect.DeepEqual(got, want) {
		t.Errorf("refused: %+v, want %+v", got, want)
	}
}

func TestTogether(t *testing.T) {
	one := Outcome{Result: Fail, Containers: []string{"app"}, Where: "role a", Have: "x", Need: "y", Why: "because", Evidence: []string{"iam:GetRole a"}}
	two := Outcome{Result: Fail, Containers: []string{"other"}, Where: "role b", Have: "z", Need: "y", Why: "because", Evidence: []string{"iam:GetRole b"}}
	open := unknown(fact.Gap{What: "iam:GetRole c", Reason: "AccessDenied"})
	for _, c := range []struct {
		name string
		all  []Outcome
		want Outcome
	}{
		{"what fails comes first", []Outcome{pass("a"), open, one}, one},
		{"then what is not known", []Outcome{pass("a"), skip("IRSA301"), open}, open},
		{"then what passes", []Outcome{skip("IRSA301"), pass("a")}, pass("a")},
		{"skips name the first reason", []Outcome{skip("IRSA301"), skip("IRSA106")}, skip("IRSA301")},
		{"two that fail are told as one", []Outcome{one, two}, Outcome{
			Result: Fail, Containers: []string{"app", "other"}, Where: "role a; role b", Have: "x; z", Need: "y", Why: "because",
			Evidence: []string{"iam:GetRole a", "iam:GetRole b"},
		}},
		{"a gap is told once", []Outcome{open, open}, open},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := together(c.all); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
