package snapshot

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	kjson "sigs.k8s.io/json"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// file is a document with its Kubernetes objects not yet decoded.
type file struct {
	Document
	Kubernetes []json.RawMessage `json:"kubernetes,omitempty"`
}

// Read reads a snapshot file, YAML or JSON. Warnings name what was ignored: unknown fields, and objects of
// a kind that the tool does not read. An error says what is wrong with the file, with the line if its
// syntax is; a misspelled kind or resource is one, since what it is about would count as absent.
func Read(data []byte) (s *Snapshot, warnings []string, err error) {
	text, err := only(data)
	if err != nil {
		return nil, nil, err
	}
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if kjson.UnmarshalCaseSensitivePreserveInts(text, &head) != nil {
		return nil, nil, errors.New("not a snapshot: it has no apiVersion and kind")
	}
	if head.APIVersion != APIVersion || head.Kind != Kind {
		return nil, nil, fmt.Errorf("not a snapshot: apiVersion %q, kind %q instead of %q, %q", head.APIVersion, head.Kind, APIVersion, Kind)
	}
	var f file
	strict, err := kjson.UnmarshalStrict(text, &f)
	if err != nil {
		return nil, nil, errors.New(oneLine(err.Error()))
	}
	for _, problem := range strict {
		if warning := ownField(problem.Error()); warning != "" {
			warnings = append(warnings, warning)
		}
	}
	for i, raw := range f.Kubernetes {
		objects, ignored, err := readObjects(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("kubernetes[%d]: %w", i, err)
		}
		for _, what := range ignored {
			warnings = append(warnings, fmt.Sprintf("kubernetes[%d]: %s is ignored", i, what))
		}
		f.Document.Kubernetes = append(f.Document.Kubernetes, objects...)
	}
	for _, list := range []struct {
		name    string
		entries []Missing
	}{{"unreadable", f.Unreadable}, {"notAsked", f.NotAsked}, {"notFound", f.NotFound}} {
		ignored, err := checkMissing(list.name, list.entries)
		if err != nil {
			return nil, nil, err
		}
		warnings = append(warnings, ignored...)
	}
	return New(f.Document), warnings, nil
}

// only returns the one document of a file as JSON. Of two neither can be the answer: they are of two clusters, or of two times.
func only(data []byte) ([]byte, error) {
	documents, err := document.Split(data)
	switch {
	case err != nil:
		return nil, err
	case len(documents) == 0:
		return nil, errors.New("not a snapshot: the file is empty, but for comments")
	case len(documents) > 1:
		return nil, fmt.Errorf("line %d: a second document begins here, and a file holds one snapshot: write each to its own file", documents[1].Line)
	}
	return documents[0].JSON()
}

// readObjects decodes one object, or the items of a List as `kubectl get -o yaml` prints it.
func readObjects(raw json.RawMessage) (objects []Object, ignored []string, err error) {
	var head struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Items      []json.RawMessage `json:"items"`
	}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &head); err != nil || head.APIVersion == "" && head.Kind == "" {
		return nil, nil, errors.New("not an object with apiVersion and kind")
	}
	if head.APIVersion == "v1" && head.Kind == "List" {
		for _, item := range head.Items {
			more, less, err := readObjects(item)
			if err != nil {
				return nil, nil, err
			}
			objects, ignored = append(objects, more...), append(ignored, less...)
		}
		return objects, ignored, nil
	}
	object := NewObject(head.APIVersion, head.Kind)
	if object == nil {
		what := fmt.Sprintf("apiVersion %q, kind %q", head.APIVersion, head.Kind)
		if near := nearestKind(head.APIVersion, head.Kind); near != "" {
			return nil, nil, fmt.Errorf("unknown %s: did you mean %s?", what, near)
		}
		return nil, []string{what}, nil
	}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, object); err != nil {
		return nil, nil, fmt.Errorf("%s: %s", head.Kind, oneLine(err.Error()))
	}
	if pod, ok := object.(*corev1.Pod); ok {
		workload.NameServiceAccount(&pod.Spec)
	}
	return []Object{object}, nil, nil
}

// ownField turns the decoder's word about an unknown or duplicate field into a warning. The objects of AWS
// are only read in part, so what else their APIs print is no news.
func ownField(problem string) string {
	field := problem
	if start := strings.Index(problem, `"`); start >= 0 {
		field = strings.Trim(problem[start:], `"`)
	}
	for _, list := range []string{"aws.roles[", "aws.openIDConnectProviders[", "aws.podIdentityAssociations[", "aws.instances[", "aws.instanceProfiles[", "aws.vpcEndpoints[", "aws.eksCluster."} {
		if strings.HasPrefix(field, list) {
			return ""
		}
	}
	return oneLine(problem) + " is ignored"
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
