package sdk

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
)

// A dialect is the way in which an SDK reads the text of a shared file: the formats look alike and differ in what an indented
// line, a colon, a comment and a name that is there twice mean.
type dialect uint8

const (
	configParser dialect = iota // botocore/configloader.py: Python's configparser, in its strict form
	goLines                     // aws-sdk-go-v2 config/internal/ini
	javaLines                   // aws-sdk-java-v2 ProfileFileReader
	jsLines                     // @smithy/core parseIni
)

// dialects are those of the SDKs whose reader was looked at. Of another SDK it is known what it reads only where all of these
// agree.
var dialects = map[Name]dialect{Python: configParser, GoV2: goLines, JavaV2: javaLines, JSV3: jsLines}

// The sections of a shared file by their name as it is written, with the settings by their key as the SDK looks it up, and in
// the order in which they begin.
type sections struct {
	of    map[string]map[string]string
	order []string
}

// named returns the settings of a section, which is there from now on.
func (s *sections) named(name string) map[string]string {
	if s.of[name] == nil {
		if s.of == nil {
			s.of = map[string]map[string]string{}
		}
		s.of[name] = map[string]string{}
		s.order = append(s.order, name)
	}
	return s.of[name]
}

// errNotParsed is that a reader refuses the whole file.
var errNotParsed = errors.New("it does not parse")

func (d dialect) parse(text string) (sections, error) {
	switch d {
	case configParser:
		return parseConfigParser(text)
	case goLines:
		return parseGo(text), nil
	case javaLines:
		return parseJava(text)
	default:
		return parseJS(text), nil
	}
}

// indentOf is how far a line is indented.
func indentOf(line string) int { return len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace)) }

func isComment(line string) bool { return strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") }

// parseConfigParser reads as configparser.RawConfigParser does: what is indented deeper than a key continues its value, "=" and
// ":" part key and value, a comment is a separate line, keys count in lower case, and a section or a key that is there twice
// is an error.
func parseConfigParser(text string) (sections, error) {
	var all sections
	indent := 0
	var current map[string]string
	key := ""
	for line := range strings.Lines(text) {
		value := strings.TrimSpace(line)
		if value == "" || isComment(value) {
			continue
		}
		at := indentOf(line)
		if current != nil && key != "" && at > indent {
			current[key] = continued(current[key], value)
			continue
		}
		indent = at
		if name, ok := between(value, "[", strings.LastIndex(value, "]")); ok && name != "" {
			if all.of[name] != nil {
				return all, errNotParsed
			}
			current, key = all.named(name), ""
			continue
		}
		separator := strings.IndexAny(value, "=:")
		if current == nil || separator <= 0 {
			return all, errNotParsed
		}
		key = strings.ToLower(strings.TrimSpace(value[:separator]))
		if _, twice := current[key]; twice {
			return all, errNotParsed
		}
		current[key] = strings.TrimSpace(value[separator+1:])
	}
	return all, nested(all)
}

// continued is a value with another line, as long as that can matter: none that decides is so long.
func continued(value, line string) string {
	const most = 4 << 10
	if len(value) > most {
		return value
	}
	return value + "\n" + line
}

// nested removes from the sections what botocore reads as a separate block: a value that begins on the next line. Each of its
// lines needs a "=".
func nested(all sections) error {
	for _, section := range all.of {
		for key, value := range section {
			if !strings.HasPrefix(value, "\n") {
				continue
			}
			for line := range strings.Lines(value[1:]) {
				if !strings.Contains(line, "=") {
					return errNotParsed
				}
			}
			delete(section, key)
		}
	}
	return nil
}

// between returns what is behind a prefix and before a place in the text.
func between(text, prefix string, end int) (string, bool) {
	if !strings.HasPrefix(text, prefix) || end < len(prefix) {
		return "", false
	}
	return text[len(prefix):end], true
}

// parseGo reads as the Go SDK does: an indented line belongs to a key without a value, and otherwise is a key like any; "=" and
// ":" part them; the later of two wins.
func parseGo(text string) sections {
	var all sections
	var current map[string]string
	key := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		bare := strings.TrimSpace(line)
		if bare == "" || isComment(bare) {
			continue
		}
		if header := strings.TrimSpace(cutAny(line, "#", ";")); strings.HasPrefix(header, "[") && strings.HasSuffix(header, "]") {
			name := strings.Join(strings.Fields(header[1:len(header)-1]), " ")
			current, key = all.named(name), ""
			continue
		}
		property := cutAny(bare, " #", " ;", "\t#", "\t;")
		at := strings.IndexAny(property, "=:")
		if current == nil || at < 0 {
			continue
		}
		if value, had := current[key]; line[0] == ' ' || line[0] == '\t' {
			if had && value == "" {
				continue // a separate block
			}
		}
		key = strings.ToLower(strings.TrimSpace(property[:at]))
		current[key] = unquoted(strings.TrimSpace(property[at+1:]))
	}
	return all
}

// javaName is what ProfileFileReader takes for the name of a profile or a key.
var javaName = regexp.MustCompile(`^[A-Za-z0-9_\-/.%@]*$`)

// parseJava reads as the Java SDK does: an indented line continues the key before it, and only "=" parts key and value, or the
// whole file is refused; keys count as they are written, and the later of two wins.
func parseJava(text string) (sections, error) {
	var all sections
	var current map[string]string
	key, ignored := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.TrimSpace(line) == "" || isComment(line):
		case line[0] == '[':
			header := strings.TrimSpace(cutAny(line, "#", ";"))
			if !strings.HasSuffix(header, "]") {
				return all, errNotParsed
			}
			name := strings.TrimSpace(header[1 : len(header)-1])
			current, key, ignored = all.named(name), "", false
		case line[0] == ' ' || line[0] == '\t':
			if ignored {
				continue
			}
			if current == nil || key == "" || current[key] == "" && !strings.Contains(line, "=") {
				return all, errNotParsed
			}
			if current[key] != "" {
				current[key] = continued(current[key], strings.TrimSpace(line))
			}
		default:
			property := strings.TrimSpace(cutAny(line, " #", " ;", "\t#", "\t;"))
			name, value, ok := strings.Cut(property, "=")
			name = strings.TrimSpace(name)
			if current == nil || !ok || name == "" {
				return all, errNotParsed
			}
			if ignored = !javaName.MatchString(name); !ignored {
				key, current[name] = name, strings.TrimSpace(value)
			}
		}
	}
	return all, nil
}

// jsComment begins a comment for parseIni.
var jsComment = regexp.MustCompile(`(?:^|\s)[;#]`)

// jsSection is how parseIni takes the name of a section apart that has two words.
var jsSection = regexp.MustCompile(`^([\w-]+)\s(?:"([\w\-@+.%:/]+)"|'([\w\-@+.%:/]+)'|([\w\-@+.%:/]+))$`)

// parseJS reads as the JavaScript SDK does: lines are trimmed, so that indentation matters below a key without a value only, and
// only "=" parts key and value. A section without a setting is none, and one of two words only counts where the first is
// "profile".
func parseJS(text string) sections {
	var all sections
	section, block := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		bare := line
		if at := jsComment.FindStringIndex(line); at != nil {
			bare = line[:at[0]]
		}
		bare = strings.TrimSpace(bare)
		if strings.HasPrefix(bare, "[") && strings.HasSuffix(bare, "]") && len(bare) > 1 {
			section, block = bare[1:len(bare)-1], false
			if parts := jsSection.FindStringSubmatch(section); parts != nil {
				section = ""
				if parts[1] == "profile" {
					section = "profile " + parts[2] + parts[3] + parts[4]
				}
			}
			continue
		}
		name, value, ok := strings.Cut(bare, "=")
		if name, value = strings.TrimSpace(name), strings.TrimSpace(value); section == "" || !ok || name == "" {
			continue
		}
		if value == "" {
			block = true
			continue
		}
		settings := all.named(section)
		if block = block && indentOf(line) > 0; !block {
			settings[name] = value
		}
	}
	return all
}

// cutAny returns the text up to the first of the marks.
func cutAny(text string, marks ...string) string {
	for _, mark := range marks {
		text, _, _ = strings.Cut(text, mark)
	}
	return text
}

func unquoted(value string) string {
	for _, quote := range []string{"'", `"`} {
		if len(value) > 1 && strings.HasPrefix(value, quote) && strings.HasSuffix(value, quote) {
			return value[1 : len(value)-1]
		}
	}
	return value
}
