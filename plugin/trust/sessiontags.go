package trust

import "strings"

// WantsSessionTags reports whether the part to look at first tests session tags of EKS Pod Identity that the request does
// not carry, because the association disables them.
func (d *Decision) WantsSessionTags() bool {
	if !d.untagged {
		return false
	}
	tag, ok := strings.CutPrefix(d.part.Key, strings.ToLower(requestTag))
	if !ok {
		tag, ok = strings.CutPrefix(d.part.Key, strings.ToLower(principalTag))
	}
	if !ok {
		return d.part.Key == "aws:tagkeys" || d.part.Key == "sts:transitivetagkeys"
	}
	switch tag {
	case tagClusterARN, tagClusterName, tagNamespace, tagServiceAccount, tagPodName, tagPodUID:
		return true
	}
	return false
}

// Key is the condition key, in lower case, of the part to look at first; empty where that is no condition.
func (d *Decision) Key() string { return d.part.Key }

// untagged: EKS Pod Identity makes the request without session tags.
func (r *Request) untagged() bool {
	return !r.empty() && !r.federated() && !r.context.lookup(folded(requestTag+tagNamespace)).present()
}
