package trust

// Near reports whether a becomes b when at most k letters are changed, added or removed: whether one of them may be a slip of
// the other.
func Near(a, b string, k int) bool {
	if len(a) > len(b)+k || len(b) > len(a)+k {
		return false
	}
	previous, current := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			current[j+1] = min(previous[j]+cost, previous[j+1]+1, current[j]+1)
		}
		previous, current = current, previous
	}
	return previous[len(b)] <= k
}
