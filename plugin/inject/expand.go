package inject

import "strings"

// expand replaces the references $(NAME) in a value as the kubelet does: $$ is one $, what is no
// reference stays as it is, and so does a reference that resolve gives no value for. It is false where
// resolve cannot tell, or where the result is longer than limit bytes.
func expand(value string, limit int, resolve func(name string) (text string, known bool)) (string, bool) {
	if !strings.Contains(value, "$") {
		return value, len(value) <= limit
	}
	var out strings.Builder
	references := true // as long as a bracket may still close
	for value != "" {
		before, rest, found := strings.Cut(value, "$")
		out.WriteString(before)
		if out.Len() > limit {
			return "", false
		}
		if !found {
			break
		}
		value = rest
		switch {
		case strings.HasPrefix(rest, "$"):
			out.WriteByte('$')
			value = rest[1:]
		case references && strings.HasPrefix(rest, "("):
			name, after, closed := strings.Cut(rest[1:], ")")
			if !closed {
				references = false
				out.WriteByte('$')
				continue
			}
			text, known := resolve(name)
			if !known {
				return "", false
			}
			out.WriteString(text)
			value = after
		default:
			out.WriteByte('$') // what follows is copied with the next piece
		}
	}
	return out.String(), out.Len() <= limit
}
