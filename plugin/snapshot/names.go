package snapshot

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// discovery is the resource of the API server's discovery document.
const discovery = "openid-configuration"

// operations are the AWS operations that an entry about what is missing may name.
var operations = []string{
	"ec2:DescribeInstances", "ec2:DescribeVpcEndpoints",
	"eks:DescribeCluster", "eks:DescribePodIdentityAssociation", "eks:ListPodIdentityAssociations",
	"iam:GetInstanceProfile", "iam:GetOpenIDConnectProvider", "iam:GetRole",
	"iam:ListAttachedRolePolicies", "iam:ListOpenIDConnectProviders", "iam:ListRolePolicies", "iam:ListRoles", simulate,
	"sts:GetCallerIdentity",
}

// shortNames are the names that kubectl takes for a resource besides its plural (kubectl api-resources).
var shortNames = map[string]string{
	"po": "pods", "sa": "serviceaccounts", "no": "nodes", "ns": "namespaces", "cm": "configmaps", "svc": "services",
	"deploy": "deployments", "rs": "replicasets", "sts": "statefulsets", "ds": "daemonsets", "cj": "cronjobs", "netpol": "networkpolicies",
}

// resourceNames returns what an entry may name as its resource.
func resourceNames() []string {
	names := make([]string, 0, len(kinds)+len(operations)+1)
	for _, k := range kinds {
		names = append(names, k.resource)
	}
	return append(append(names, discovery), operations...)
}

// checkMissing looks whether the entries of a list name resources. An entry that names none would make nothing unknown, so
// that what it is about would be taken for absent: a misspelled name is an error. One that is like no name is ignored with a
// warning, as it may be the word of a later version.
func checkMissing(list string, entries []Missing) (warnings []string, err error) {
	known := resourceNames()
	for i, m := range entries {
		at := fmt.Sprintf("%s[%d]: ", list, i)
		switch near := nearestResource(m.Resource, known); {
		case m.Resource == "":
			return nil, fmt.Errorf("%sit has no resource name", at)
		case slices.Contains(known, m.Resource):
			if form := formOfName(m); form != "" {
				return nil, fmt.Errorf("%sname %q: for %s it is %s", at, m.Name, m.Resource, form)
			}
		case near != "":
			return nil, fmt.Errorf("%sunknown resource %q: did you mean %q?", at, m.Resource, near)
		default:
			warnings = append(warnings, fmt.Sprintf("%sunknown resource %q is ignored", at, m.Resource))
		}
	}
	return warnings, nil
}

// formOfName says what the entry's name should be, where it can be none of the resource.
func formOfName(m Missing) string {
	switch {
	case m.Name == "":
		return ""
	case strings.HasSuffix(m.Resource, "PodIdentityAssociations") && !strings.Contains(m.Name, "/"):
		return "NAMESPACE/SERVICEACCOUNT"
	case strings.HasSuffix(m.Resource, "OpenIDConnectProvider") && !strings.HasPrefix(m.Name, "arn:"):
		return "the ARN of the provider"
	case m.Resource == "ec2:DescribeInstances" && !strings.HasPrefix(m.Name, "i-"):
		return "the id of the instance"
	}
	return ""
}

// nearestResource returns the resource that was probably meant; empty where none is like it.
func nearestResource(name string, known []string) string {
	if long := shortNames[strings.ToLower(name)]; long != "" {
		return long
	}
	service, operation, isAWS := strings.Cut(name, ":")
	if !isAWS {
		service, operation = "", name
	}
	if !isAWS {
		operation, _, _ = strings.Cut(operation, ".") // deployments.apps
	}
	have := plain(operation)
	for slips := range maxSlips(have) + 1 {
		for _, candidate := range known {
			of, right, ok := strings.Cut(candidate, ":")
			if !ok {
				of, right = "", candidate
			}
			// an operation of another service is only meant where its name is right
			sameService := service == "" || trust.Near(strings.ToLower(service), of, 1)
			if trust.Near(have, plain(right), slips) && (sameService || slips == 0) {
				return candidate
			}
		}
	}
	return nearestNoun(have, known)
}

// nearestNoun returns the resource that has the same noun: another verb (DescribeRole), or a part of a long name
// (mutatingwebhooks).
func nearestNoun(have string, known []string) string {
	const telling = 8
	noun := withoutVerb(have)
	for _, candidate := range known {
		_, operation, isAWS := strings.Cut(candidate, ":")
		if isAWS && noun != "" && noun == withoutVerb(plain(operation)) {
			return candidate
		}
	}
	for _, candidate := range known {
		if len(have) >= telling && !strings.Contains(candidate, ":") && strings.Contains(plain(candidate), have) {
			return candidate
		}
	}
	return ""
}

var plainer = strings.NewReplacer("-", "", "_", "", "/", "", " ", "", "oidc", "openidconnect")

// plain is a name as far as it tells one from another: in lower case, in the singular, without punctuation, and with the
// usual abbreviation written out.
func plain(name string) string {
	name = plainer.Replace(strings.ToLower(name))
	switch {
	case strings.HasSuffix(name, "ies"):
		return strings.TrimSuffix(name, "ies") + "y"
	default:
		return strings.TrimSuffix(name, "s")
	}
}

func withoutVerb(operation string) string {
	for _, verb := range []string{"get", "list", "describe", "read"} {
		if noun, ok := strings.CutPrefix(operation, verb); ok {
			return noun
		}
	}
	return operation
}

// maxSlips is how many letters of a name may be wrong: in a short one, one is much.
func maxSlips(name string) int { return min(3, len(name)/4) }

// nearestKind returns the apiVersion and kind that were probably meant by one that is not read; empty where none is like it.
// A kind of another API group (a Knative Service) is not.
func nearestKind(apiVersion, name string) string {
	gvk, typed := schema.FromAPIVersionAndKind(apiVersion, name), plain(name) // of a file with very many, each once
	for _, k := range kinds {
		version := k.version
		if k.group != "" {
			version = k.group + "/" + k.version
		}
		builtIn := !strings.Contains(gvk.Group, ".") || strings.HasSuffix(gvk.Group, ".k8s.io")
		switch meant := plain(k.name); {
		case typed == meant && (builtIn || trust.Near(gvk.Group, k.group, 3)),
			typed != meant && gvk.Group == k.group && trust.Near(typed, meant, maxSlips(typed)):
			return fmt.Sprintf("apiVersion %q, kind %q", version, k.name)
		}
	}
	return ""
}
