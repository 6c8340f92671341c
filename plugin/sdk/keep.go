package sdk

import (
	"fmt"
	"regexp"
	"strings"
)

// mostKept is how long a text may be of which something is kept: shared files are a few lines.
const mostKept = 16 << 10

// left stands for what was left out.
const left = "<redacted>"

// keptSettings are the settings of a profile whose values are kept: names of roles, of profiles, files and regions. None of them
// can hold a secret (AWS SDKs and Tools Reference Guide, "Settings reference").
var keptSettings = map[string]bool{
	"role_arn": true, "source_profile": true, "credential_source": true, "web_identity_token_file": true,
	"region": true, "sts_regional_endpoints": true,
}

// decidingSettings are those of which it decides what a profile gives that they are there; their values are left out.
var decidingSettings = map[string]bool{
	"aws_access_key_id": true, "aws_secret_access_key": true, "aws_session_token": true, "credential_process": true,
	"sso_session": true, "sso_start_url": true, "login_session": true, "mfa_serial": true,
}

// Keep returns what a record may keep of a text that is a shared config or credentials file: the names of its sections and the
// settings that say where a profile's credentials come from. The rest is replaced, so that each SDK still reads the text as it
// did: indentation, separators, and what is there twice. A text that is no such file is empty.
func Keep(text string) string {
	if len(text) > mostKept || !isSharedFile(text) {
		return ""
	}
	var kept strings.Builder
	others := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		bare := strings.TrimSpace(line)
		indent := line[:indentOf(line)]
		switch {
		case bare == "", isComment(line):
			continue
		case isComment(bare): // Java takes an indented comment for a continued value
			bare = keptMarks(bare, others)
		default:
			bare = keptLine(bare, others)
		}
		kept.WriteString(indent + bare + "\n")
	}
	return kept.String()
}

func keptLine(line string, others map[string]string) string {
	if strings.HasPrefix(line, "[") {
		return keptHeader(line, others)
	}
	at := strings.IndexAny(line, "=:")
	if at < 0 {
		return left
	}
	written := strings.TrimSpace(line[:at])
	key, value := strings.ToLower(written), strings.TrimSpace(line[at+1:])
	separator := " " + line[at:at+1] + " "
	if strings.HasPrefix(line[at+1:], value) && isComment(value) {
		separator = separator[:2] // with a blank, it would be a comment for some SDKs
	}
	equals := line[at] == ':' && strings.Contains(value, "=") // which parts key and value for some SDKs
	switch {
	case keptSettings[key] && equals:
		kept := withoutComment(value)
		return written + separator + kept + keptMarks(value[len(kept):], others)
	case keptSettings[key]:
		return written + separator + withoutComment(value)
	case key == "": // some SDKs take the whole file for invalid
		written, separator = "", separator[1:]
	case !decidingSettings[key]:
		if others[key] == "" {
			others[key] = fmt.Sprintf("setting%d", len(others)+1)
			if !javaName.MatchString(written) {
				others[key] = fmt.Sprintf("setting %d", len(others)) // Java skips it
			}
		}
		written = others[key]
	}
	switch {
	case equals:
		value = keptMarks(value, others)
	case isComment(value):
		value = value[:1]
	case value != "":
		value = left
	}
	return strings.TrimRight(written+separator+value, " ")
}

// marks are what a reader looks for in a line, and blanks.
var marks = regexp.MustCompile(`[\[\]=:#;]|\s+|[^\[\]=:#;\s]+`)

// keptHeader keeps the name of a section. What is behind it, other than a comment, is no part of the name for some SDKs; for others
// the line then is no header or the file is invalid. Which, depends on the marks in it, so that they stay.
func keptHeader(line string, others map[string]string) string {
	name, rest, closed := strings.Cut(line, "]")
	if bare := strings.TrimSpace(rest); closed && (bare == "" || bare != rest && isComment(bare) && !strings.Contains(rest, "]")) {
		return name + "]"
	}
	if name += "]"; !closed {
		name, rest = "[", strings.ToLower(line[1:]) // a key, for some
	}
	return name + keptMarks(rest, others)
}

// keptMarks replaces everything but marks.
func keptMarks(text string, others map[string]string) string {
	return strings.TrimRight(marks.ReplaceAllStringFunc(text, func(part string) string {
		switch {
		case strings.TrimSpace(part) == "":
			return " "
		case strings.ContainsAny(part, "[]=:#;"):
			return part
		}
		key := "[" + part // as no setting is called
		if others[key] == "" {
			others[key] = fmt.Sprintf("part%d", len(others)+1)
		}
		return others[key]
	}), " ")
}

// withoutComment takes the text of a comment out of a value and leaves its mark, since some SDKs take it for a part of the value.
func withoutComment(value string) string {
	if at := strings.IndexAny(value, "#;"); at >= 0 {
		return value[:at+1]
	}
	return value
}

// isSharedFile reports whether a text is a shared file of AWS: it begins with a section, and one of its sections is that of a
// profile, or has a setting that decides about credentials.
func isSharedFile(text string) bool {
	section, found := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || isComment(line):
		case strings.HasPrefix(line, "["):
			name, _, closed := strings.Cut(line[1:], "]")
			if section = strings.TrimSpace(name); !closed || section == "" {
				section = line
				continue
			}
			found = found || section == "default" || strings.HasPrefix(section, "profile ") || strings.HasPrefix(section, "profile\t")
		case section == "":
			return false
		default:
			key := ""
			if at := strings.IndexAny(line, "=:"); at >= 0 {
				key = strings.ToLower(strings.TrimSpace(line[:at]))
			}
			found = found || key != "region" && (keptSettings[key] || decidingSettings[key])
		}
	}
	return found
}
