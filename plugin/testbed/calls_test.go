package testbed

import (
	"testing"
	"time"
)

func TestRounds(t *testing.T) {
	for name, test := range map[string]struct {
		spans [][2]int // start and end; the end of a call in flight is -1
		want  int
	}{
		"none":                            {nil, 0},
		"one":                             {[][2]int{{0, 5}}, 1},
		"one after the other":             {[][2]int{{0, 5}, {6, 9}, {10, 12}}, 3},
		"all at once":                     {[][2]int{{0, 5}, {1, 6}, {2, 7}}, 1},
		"a wave after a wave":             {[][2]int{{0, 5}, {1, 6}, {7, 9}, {8, 10}}, 2},
		"a long one beside a chain":       {[][2]int{{0, 100}, {1, 2}, {3, 4}, {5, 6}}, 3},
		"start at the end of another":     {[][2]int{{0, 5}, {5, 9}}, 1},
		"calls in flight are not counted": {[][2]int{{0, 5}, {6, -1}}, 1},
		"inside one another":              {[][2]int{{0, 10}, {1, 9}, {2, 8}, {11, 12}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			epoch := time.Unix(1_000_000, 0)
			var logs [2]Log
			for i, span := range test.spans {
				call := &Call{Start: epoch.Add(time.Duration(span[0]) * time.Second)}
				if span[1] >= 0 {
					call.End = epoch.Add(time.Duration(span[1]) * time.Second)
				}
				logs[i%2].calls = append(logs[i%2].calls, call)
			}
			if got := Rounds(&logs[0], &logs[1]); got != test.want {
				t.Errorf("got %d rounds, want %d", got, test.want)
			}
		})
	}
}
