package anonymize

import (
	"regexp"
	"strings"
)

// What of a message is replaced: what it quotes, and names that are elsewhere in the snapshot. What a webhook writes itself is
// left out.
var (
	foreign   = regexp.MustCompile(`(denied the request|failed calling webhook "[^"]*"): .*`)
	namedWord = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9.@/_-]*`)
)

// message replaces the names in what the API server or the scheduler writes. Its sentences stay: answers read them.
func (a *anonymizer) message(text string) string {
	text = foreign.ReplaceAllString(text, "${1}: "+leftOut)
	var out strings.Builder
	for i, part := range strings.Split(text, `"`) {
		if i > 0 {
			out.WriteByte('"')
		}
		if i%2 == 1 {
			out.WriteString(a.text(part))
			continue
		}
		out.WriteString(namedWord.ReplaceAllStringFunc(part, func(word string) string {
			if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz.") == "" && !a.known[strings.Trim(word, ".")] || sentence[strings.Trim(word, ".")] {
				return word // of the sentence
			}
			return a.text(word)
		}))
	}
	return out.String()
}

// sentence are the words of such messages that are not in lower case.
var sentence = map[string]bool{
	"Error": true, "Pod": true, "StatefulSet": true, "PodSecurity": true, "Invalid": true, "Duplicate": true, "Insufficient": true, "Too": true,
	"mountPath": true, "Post": true, "Back-off": true, "CrashLoopBackOff": true, "ErrImagePull": true, "ImagePullBackOff": true,
}
