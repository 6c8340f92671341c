package anonymize

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// names replaces names, word by word. A word is a run of letters and digits: what is between words stays, so that a pod is
// still named after its workload, a subject has its parts, and a pattern its wildcards.
//
// A letter is replaced by a letter and a digit by a digit, which depends on the key and on the part of the word before it. So
// two words are equal, begin alike, or differ in case, exactly where they did; their order is the same; and what is the same
// letter in two other words is not, so that there is nothing to count letters in. Without the key, which nobody keeps, a
// guessed name cannot be tried.
type names struct {
	key []byte
	// after has the characters that follow each beginning of a word, in the order of the alphabet. It is complete before the
	// first name is replaced.
	after    map[string][]rune
	learning bool
	with     map[string]map[rune]rune
	// meant are the replacements of names that are nearly others, or patterns of them.
	meant map[string]string
}

func newNames(key []byte) *names {
	return &names{key: key, after: map[string][]rune{}, learning: true, with: map[string]map[rune]rune{}, meant: map[string]string{}}
}

// of replaces the words of a name.
func (n *names) of(name string) string {
	if whole, ok := n.meant[name]; ok {
		return whole
	}
	var out strings.Builder
	for rest := name; rest != ""; {
		end := strings.IndexFunc(rest, func(r rune) bool { return !isLetter(r) })
		switch {
		case end < 0:
			end = len(rest)
		case end == 0:
			end = strings.IndexFunc(rest, isLetter)
			if end < 0 {
				end = len(rest)
			}
			out.WriteString(rest[:end])
			rest = rest[end:]
			continue
		}
		out.WriteString(n.word(rest[:end]))
		rest = rest[end:]
	}
	return out.String()
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// shortest is the length of numbers that may be those of an account or an object. Shorter ones are ordinals and ports.
const shortest = 5

// version is a version of an API, and a path of the Pod Identity agent.
var version = regexp.MustCompile(`^v\d{1,2}((alpha|beta)\d)?$`)

func isNumber(word string) bool { return strings.Trim(word, "0123456789") == "" }

func (n *names) word(word string) string {
	lower := strings.ToLower(word)
	if len(word) < 2 || general[lower] || isNumber(word) && len(word) < shortest || version.MatchString(lower) {
		return word
	}
	root := "w"
	if isHex(lower) {
		root = "x"
	}
	if n.learning {
		n.learn(root, lower)
		return word
	}
	var out strings.Builder
	before := root
	for _, r := range word {
		folded := unicode.ToLower(r)
		replaced := n.mapping(before)[folded]
		if replaced == 0 {
			replaced = folded // of no word that was learnt
		}
		if unicode.IsUpper(r) {
			replaced = unicode.ToUpper(replaced)
		}
		out.WriteRune(replaced)
		before += string(folded)
	}
	return out.String()
}

// isHex reports whether a word is a hexadecimal id.
func isHex(lower string) bool {
	return len(lower) >= 4 && strings.Trim(lower, "0123456789abcdef") == "" && strings.ContainsAny(lower, "0123456789") && !isNumber(lower)
}

func (n *names) learn(root, lower string) {
	before := root
	for _, r := range lower {
		if at, found := slices.BinarySearch(n.after[before], r); !found {
			n.after[before] = slices.Insert(n.after[before], at, r)
		}
		before += string(r)
	}
}

// alphabets are what a character may be replaced with.
var (
	digits  = []rune("0123456789")
	hex     = []rune("abcdef")
	letters = []rune("abcdefghijklmnopqrstuvwxyz")
	others  = []rune("абвгдежзийклмнопрстуфхцчшщъыьэюя")
)

// mapping is what the characters after the beginning of a word are replaced with.
func (n *names) mapping(before string) map[rune]rune {
	if known, ok := n.with[before]; ok {
		return known
	}
	classes := map[int][]rune{}
	for _, r := range n.after[before] {
		class := 1
		switch {
		case r >= '0' && r <= '9':
			class = 0
		case r >= 'a' && r <= 'z':
		default:
			class = 2
		}
		classes[class] = append(classes[class], r)
	}
	found := map[rune]rune{}
	for class, have := range classes {
		alphabet := [][]rune{digits, letters, others}[class]
		if class == 1 && before[0] == 'x' {
			alphabet = hex
		}
		for i, r := range n.sample(before, alphabet, len(have)) {
			found[have[i]] = r
		}
	}
	n.with[before] = found
	return found
}

// sample draws some characters of an alphabet, in its order; with more than it has, some are drawn twice.
func (n *names) sample(before string, alphabet []rune, count int) []rune {
	type drawn struct {
		r  rune
		at uint64
	}
	all := make([]drawn, 0, len(alphabet))
	for _, r := range alphabet {
		all = append(all, drawn{r, n.random(before, string(r))})
	}
	slices.SortFunc(all, func(a, b drawn) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	var out []rune
	for i := range count {
		out = append(out, all[i%len(all)].r)
	}
	slices.Sort(out)
	return out
}

func (n *names) random(parts ...string) uint64 {
	mac := hmac.New(sha256.New, n.key)
	for _, part := range parts {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	return binary.BigEndian.Uint64(mac.Sum(nil))
}
