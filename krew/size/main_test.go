package main

import (
	"debug/elf"
	"maps"
	"testing"
)

func TestPackages(t *testing.T) {
	sections := []*elf.Section{
		{}, // the first is none
		{SectionHeader: elf.SectionHeader{Name: ".text", Type: elf.SHT_PROGBITS, Flags: elf.SHF_ALLOC}},
		{SectionHeader: elf.SectionHeader{Name: ".bss", Type: elf.SHT_NOBITS, Flags: elf.SHF_ALLOC}},
		{SectionHeader: elf.SectionHeader{Name: ".debug_info", Type: elf.SHT_PROGBITS}},
	}
	symbols := []elf.Symbol{
		{Name: "net/http.buffer", Section: 2, Size: 9999},
		{Name: "go:info.x", Section: 3, Size: 9999},
		{Name: "external", Section: elf.SHN_UNDEF, Size: 9999},
		{Name: "absolute", Section: elf.SHN_ABS, Size: 9999},
	}
	for name, size := range map[string]uint64{
		"github.com/spf13/cobra.(*Command).Execute":                            100,
		"github.com/spf13/cobra.init":                                          20,
		"k8s.io/apimachinery/pkg/util/sets.Set[k8s.io/api/core/v1.Pod].Insert": 7,
		"type:*gopkg.in/inf%2ev0.Dec":                                          5,
		"type:.eq.github.com/spf13/pflag.Flag":                                 3,
		"runtime.findfunctab":                                                  9,
		"go:string.*":                                                          11,
		"main.main":                                                            2,
		"go:itab.*os.File,io.Reader":                                           4,
		"slices.SortFunc[go.shape.[]string]":                                   6,
		"_rt0_amd64_linux":                                                     1,
		"go:func.*":                                                            8,
		"net/http.(*Transport).roundTrip.func1":                                12,
		"golang.org/x/net/http2.(*ClientConn).x":                               13,
	} {
		symbols = append(symbols, elf.Symbol{Name: name, Section: 1, Size: size})
	}
	want := map[string]uint64{
		"github.com/spf13/cobra": 120, "k8s.io/apimachinery/pkg/util/sets": 7, "gopkg.in/inf.v0": 5, "github.com/spf13/pflag": 3,
		"runtime": 9, "(go:string)": 11, "main": 2, "os": 4, "slices": 6, "(_rt0_amd64_linux)": 1, "(go)": 8, "net/http": 12,
		"golang.org/x/net/http2": 13,
	}
	if have := packages(symbols, sections); !maps.Equal(have, want) {
		t.Errorf("have %v\nwant %v", have, want)
	}
}

func TestTable(t *testing.T) {
	have := table(map[string]uint64{"small": 1e6, "large": 3e6})
	want := "    3.00 MB   75.0 %  large\n    1.00 MB   25.0 %  small\n    4.00 MB  100.0 %  all 2\n"
	if have != want {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
}
