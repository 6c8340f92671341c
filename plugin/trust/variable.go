package trust

import "strings"

// A segment is a stretch of a policy value: literal text, one of the three characters that ${*},
// ${?} and ${$} escape, or a variable.
type segment struct {
	literal    string // text in which * and ? keep the operator's meaning
	escaped    string // text in which they do not
	key        string // the key of a variable, in lower case
	fallback   string // the variable's value where the key is absent
	hasDefault bool
}

// segments splits a value of a 2012-10-17 policy. problem is what Access Analyzer calls an error:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
func segments(value string) (parts []segment, problem string) {
	for {
		open := strings.Index(value, "${")
		if open < 0 {
			if value != "" {
				parts = append(parts, segment{literal: value})
			}
			return parts, ""
		}
		if open > 0 {
			parts = append(parts, segment{literal: value[:open]})
		}
		rest := value[open+2:]
		end := closingBrace(rest)
		if end < 0 {
			return nil, "a policy variable without its closing brace"
		}
		part, problem := variable(rest[:end])
		if problem != "" {
			return nil, problem
		}
		parts = append(parts, part)
		value = rest[end+1:]
	}
}

// closingBrace finds the } that ends a variable; one inside a quoted default is text.
func closingBrace(s string) int {
	inQuotes := false
	for i := range len(s) {
		switch s[i] {
		case '\'':
			inQuotes = !inQuotes
		case '}':
			if !inQuotes {
				return i
			}
		}
	}
	return strings.IndexByte(s, '}')
}

func variable(inside string) (segment, string) {
	switch inside {
	case "":
		return segment{}, "an empty policy variable"
	case "*", "?", "$":
		return segment{escaped: inside}, ""
	}
	name, fallback, hasDefault := strings.Cut(inside, ",")
	if hasDefault {
		fallback = strings.TrimPrefix(fallback, " ")
		if len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\'' {
			return segment{}, "the default of a policy variable must be in single quotes"
		}
		fallback = fallback[1 : len(fallback)-1]
	}
	switch {
	case name == "":
		return segment{}, "an empty policy variable"
	case strings.ContainsAny(name, " \t\r\n"):
		return segment{}, "a space in the name of a policy variable"
	case strings.ContainsAny(name, "${*?'\""):
		return segment{}, "a symbol that is not allowed in the name of a policy variable"
	}
	return segment{key: folded(name), fallback: fallback, hasDefault: hasDefault}, ""
}

// maxExpanded bounds what variables can blow a value up to, in bytes.
const maxExpanded = 1 << 16

// A reading is a value with its variables put in.
type reading struct {
	absent  bool   // a variable has no value, so the value equals nothing
	several bool   // a variable's key is one of several values, which is no variable
	unknown string // why it cannot be put in
	doubt   bool   // a variable's own text holds * or ?, and whether they are wildcards is not documented
	literal []rune // tokens, with * and ? from variables as literal characters
	wild    []rune // tokens, with * and ? from variables as wildcards; only where doubt
}

// multivaluedKeys have lists for values, also where the list has one. Only keys with a single value can be variables:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
var multivaluedKeys = map[string]bool{
	"aws:calledvia": true, "aws:principalorgpaths": true, "aws:principalservicenameslist": true,
	"aws:resourceorgpaths": true, "aws:sourceorgpaths": true, "aws:tagkeys": true, "aws:vpceorgpaths": true,
	"sts:requestcontextproviders": true, "sts:transitivetagkeys": true,
}

// multivalued reports whether a key, in lower case, has a list for a value. Of a token it is amr; EKS's audience is one value.
func multivalued(lower string) bool {
	return multivaluedKeys[lower] || strings.HasSuffix(lower, ":amr")
}

func (c *context) expand(parts []segment) reading {
	var out reading
	size := 0
	add := func(s string, outer, inner bool) {
		size += len(s)
		if size > maxExpanded {
			out.unknown = "its variables make it longer than 65,536 characters"
			return
		}
		out.literal = appendTokens(out.literal, s, outer)
		out.wild = appendTokens(out.wild, s, inner)
	}
	for _, part := range parts {
		if out.unknown != "" {
			return out
		}
		switch {
		case part.literal != "":
			add(part.literal, true, true)
		case part.escaped != "":
			add(part.escaped, false, false)
		default:
			v := c.lookup(part.key)
			value := part.fallback
			switch {
			case v.present() && multivalued(part.key):
				out.several = true
				return out
			case v.unknown:
				out.unknown = "the variable " + part.key + ": " + v.why()
				return out
			case v.present() && v.maybeAbsent:
				out.unknown = "the variable " + part.key + " is possibly absent"
				return out
			case v.present() && len(v.values) != 1:
				out.unknown = "the variable " + part.key + " has several values"
				return out
			case v.present():
				value = v.values[0]
			case !part.hasDefault:
				out.absent = true
				return out
			}
			out.doubt = out.doubt || wild(value)
			add(value, false, true)
		}
	}
	return out
}

func appendTokens(to []rune, s string, wildcards bool) []rune {
	for _, r := range s {
		switch {
		case wildcards && r == '*':
			r = anyRun
		case wildcards && r == '?':
			r = anyOne
		}
		to = append(to, r)
	}
	return to
}
