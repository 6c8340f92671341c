package cases

import (
	"cmp"
	"hash/crc32"
	"maps"
	"slices"
	"testing"
)

// A Pick chooses one of the snapshot files of all tests by the checksum of its name, so that what a fuzz target keeps means the
// same file when others come. Any other number is that of the nearest.
type Pick struct {
	Sums  []uint32
	names map[uint32]string
	files map[string][]byte
}

// NewPick reads the files.
func NewPick(t testing.TB) Pick {
	t.Helper()
	p := Pick{names: map[uint32]string{}, files: Everything(t)}
	for name := range p.files {
		p.names[crc32.ChecksumIEEE([]byte(name))] = name
	}
	p.Sums = slices.Sorted(maps.Keys(p.names))
	return p
}

// File returns the name and the content of the nearest.
func (p Pick) File(sum uint32) (name string, file []byte) {
	name = p.names[slices.MinFunc(p.Sums, func(a, b uint32) int { return cmp.Compare(a^sum, b^sum) })]
	return name, p.files[name]
}
