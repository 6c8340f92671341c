package trust

import "testing"

// TestIn holds that the summary of an edit names the role once, where it says what is edited.
func TestIn(t *testing.T) {
	one := words{"change a in statement 1", " to b"}
	for _, c := range []struct {
		name, want string
		steps      []words
	}{
		{"one step", "change a in statement 1 of role web to b", []words{one}},
		{"two steps", "change a in statement 1 of role web to b; add c to statement 2", []words{one, {"add c to statement 2", ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":[]}`))
			d := draft{policy: p, done: c.steps}
			if got := d.edit(&Request{}).In("web"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
