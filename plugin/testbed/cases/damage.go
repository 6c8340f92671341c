package cases

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"
)

// Damaged returns a snapshot file of which the seed decides what is missing, empty or another text. It may be none any more.
func Damaged(t testing.TB, file []byte, seed uint64) []byte {
	t.Helper()
	var document any
	if err := yaml.Unmarshal(file, &document); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(damaged(rand.New(rand.NewPCG(seed, 1)), document))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// damaged drops, empties or changes some of a document's values.
func damaged(r *rand.Rand, value any) any {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			switch r.IntN(60) {
			case 0:
				delete(value, key)
			case 1:
				value[key] = nil
			default:
				value[key] = damaged(r, value[key])
			}
		}
	case []any:
		for i := range value {
			value[i] = damaged(r, value[i])
		}
		if len(value) > 0 && r.IntN(40) == 0 {
			return value[:r.IntN(len(value))]
		}
	case string:
		switch r.IntN(80) {
		case 0:
			return ""
		case 1:
			return value + "x"
		}
	}
	return value
}
