package subject

import "slices"

// AppendNew appends what the list does not have yet.
func AppendNew[T comparable](list, more []T) []T {
	for _, one := range more {
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}
