package inject

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// LegacyRole is the annotation of kube2iam and kiam on a pod, which the webhook does not know.
const LegacyRole = "iam.amazonaws.com/role"

// A Note is an annotation whose value the webhook does not take as it stands.
type Note struct {
	Key   string
	Value string
	Why   string
}

// AccountNotes returns what the webhook ignores or changes of a service account's annotations.
func (s Settings) AccountNotes(annotations map[string]string) []Note {
	notes := s.expirationNotes(annotations)
	key := s.AnnotationPrefix + "/" + STSRegionalEndpoints
	if text, ok := annotations[key]; ok {
		if _, err := strconv.ParseBool(text); err != nil {
			notes = append(notes, Note{key, text, "it is neither true nor false, so it is ignored"})
		}
	}
	key = s.AnnotationPrefix + "/" + SkipContainers
	if text, ok := annotations[key]; ok {
		notes = append(notes, Note{key, text, "it is read from a pod only"})
	}
	return notes
}

// PodNotes returns what the webhook ignores or changes of a pod's annotations; containers are the
// names of the pod's containers and init containers.
func (s Settings) PodNotes(annotations map[string]string, containers []string) []Note {
	notes := s.expirationNotes(annotations)
	for _, name := range []string{Audience, STSRegionalEndpoints} {
		key := s.AnnotationPrefix + "/" + name
		if text, ok := annotations[key]; ok {
			notes = append(notes, Note{key, text, "it is read from a service account only"})
		}
	}
	key := s.AnnotationPrefix + "/" + SkipContainers
	if text, ok := annotations[key]; ok {
		if why := skipTrouble(text, containers); why != "" {
			notes = append(notes, Note{key, text, why})
		}
	}
	return notes
}

// maxTroubles bounds what is said about one annotation, which may name very many containers.
const maxTroubles = 8

// skipTrouble says what of a skip-containers annotation has no effect, empty if all has.
func skipTrouble(text string, containers []string) string {
	names, more, err := skipList(text)
	if err != nil {
		return "it is not a list of comma-separated values, so no container is skipped"
	}
	known := make(map[string]bool, len(containers))
	for _, name := range containers {
		known[name] = true
	}
	var troubles []string
	if more {
		troubles = append(troubles, "only its first line is read")
	}
	for _, name := range names {
		switch trimmed := strings.TrimSpace(name); {
		case name != trimmed:
			troubles = append(troubles, fmt.Sprintf("the blank is part of the name %q, which no container can have, so %s is not skipped", name, trimmed))
		case !known[name]:
			troubles = append(troubles, fmt.Sprintf("the pod has no container %q", name))
		}
	}
	if n := len(troubles); n > maxTroubles {
		troubles = append(troubles[:maxTroubles], fmt.Sprintf("and %d more", n-maxTroubles))
	}
	return strings.Join(troubles, "; ")
}

func (s Settings) expirationNotes(annotations map[string]string) []Note {
	key := s.AnnotationPrefix + "/" + TokenExpiration
	text, ok := annotations[key]
	if !ok {
		return nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return []Note{{key, text, "it is not a whole number of seconds, so it is ignored"}}
	case seconds < minExpiration:
		return []Note{{key, text, fmt.Sprintf("it is raised to %d seconds", minExpiration)}}
	case seconds > defaultExpiration:
		return []Note{{key, text, fmt.Sprintf("EKS issues no token for longer than %d seconds", defaultExpiration)}}
	}
	return nil
}

// MisspelledRole returns the keys, in order, that look like the role annotation and are not: other
// spellings under the prefix, the right name under another prefix, or none. The webhook reads exactly
// one key. LegacyRole is not among them.
func MisspelledRole(annotations map[string]string, prefix string) []string {
	right := prefix + "/" + RoleARN
	var keys []string
	for key := range annotations {
		if key != right && key != LegacyRole && looksLikeRole(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// roleNames are the words that mean a role's ARN, without case and separators.
var roleNames = []string{"rolearn", "iamrolearn", "awsrolearn"}

func looksLikeRole(key, prefix string) bool {
	domain, name, found := strings.Cut(key, "/")
	if !found {
		domain, name = "", key
	}
	word := plain(name)
	if slices.Contains(roleNames, word) {
		return !found || amazonish(domain) || near(domain, prefix)
	}
	// under a prefix that is the webhook's own or nearly so, anything about a role was meant for it
	return found && (domain == prefix || near(domain, prefix)) && (word == "role" || word == "iamrole" || near(word, "rolearn"))
}

// amazonish reports whether the domain is one that a person may take for the webhook's.
func amazonish(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		switch label {
		case "eks", "iam", "irsa", "aws", "amazonaws":
			return true
		}
	}
	return false
}

func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// near reports whether one edit (a letter more, less or another, or two swapped) makes a of b.
func near(a, b string) bool {
	if a == b || len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) > len(b) {
		return a[i+1:] == b[i:]
	}
	swapped := i+1 < len(b) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	return swapped || a[i+1:] == b[i+1:]
}
