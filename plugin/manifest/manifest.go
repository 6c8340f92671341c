// Package manifest reads manifest files: the objects in them, with their places, and the pods that they make.
package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A Place is where an object is in a manifest file.
type Place struct {
	File string `json:"file"` // as it was named; - is standard input
	Line int    `json:"line"` // of the document's beginning, from 1
}

// Manifests are the objects of manifest files: what `kubectl apply` would be given.
type Manifests struct {
	Objects []snapshot.Object
	// Problems name what could not be read, with file and line, or was ignored; the rest is still there.
	Problems []string
	// Unreadable counts the documents that are not YAML, or not objects of their kind: what they would create is unknown.
	Unreadable int

	places  []Place  // of the objects
	sources []source // where each object is written
	index   func() map[objectKey]int
}

// podless are kinds that are in the same files, have nothing to do with credentials, and are ignored
// without a warning.
var podless = map[string]bool{
	"ClusterRole": true, "ClusterRoleBinding": true, "Role": true, "RoleBinding": true, "CustomResourceDefinition": true,
	"Ingress": true, "HorizontalPodAutoscaler": true, "PodDisruptionBudget": true, "PersistentVolumeClaim": true,
	"PersistentVolume": true, "StorageClass": true, "IngressClass": true, "PriorityClass": true, "LimitRange": true,
	"ResourceQuota": true, "ValidatingWebhookConfiguration": true, "APIService": true, "Lease": true, "Endpoints": true,
}

// Add reads a manifest file: YAML documents, JSON or a stream of it; of lists, the items. Objects without a namespace are in
// the one given. An error in one document does not keep the others from being read.
func (m *Manifests) Add(file string, data []byte, namespace string) {
	documents, err := document.Split(data)
	if err != nil {
		m.unreadable(file, err)
	}
	for _, d := range documents {
		m.document(file, d, namespace)
	}
}

func (m *Manifests) problem(file string, line int, what string) {
	m.Problems = append(m.Problems, fmt.Sprintf("%s:%d: %s", file, line, strings.Join(strings.Fields(what), " ")))
}

// unreadable records a document that cannot be read; the error names its own line, if it has one.
func (m *Manifests) unreadable(file string, err error) {
	m.Unreadable++
	var at *document.Error
	if errors.As(err, &at) && at.Line > 0 {
		m.problem(file, at.Line, at.Reason)
		return
	}
	m.Problems = append(m.Problems, file+": "+strings.Join(strings.Fields(err.Error()), " "))
}

func (m *Manifests) document(file string, d document.Document, namespace string) {
	text, err := d.JSON()
	if err != nil {
		m.unreadable(file, err)
		return
	}
	if bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
		return
	}
	m.object(file, d.Line, text, namespace, newSource(d))
}

// deepestList is how many lists may be in each other; one in another is unusual enough.
const deepestList = 8

func (m *Manifests) object(file string, line int, text []byte, namespace string, in source) {
	var head struct {
		metav1.TypeMeta
		Items []json.RawMessage `json:"items"`
	}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, &head); err != nil || head.Kind == "" || head.APIVersion == "" {
		m.problem(file, line, "not a manifest: it has no apiVersion and kind")
		return
	}
	if strings.HasSuffix(head.Kind, "List") && head.Items != nil {
		if len(in.items) == deepestList {
			m.unreadable(file, &document.Error{Line: line, Reason: fmt.Sprintf("lists are nested more than %d deep", deepestList)})
			return
		}
		for i, item := range head.Items {
			m.object(file, line, item, namespace, in.item(i))
		}
		return
	}
	object := snapshot.NewObject(head.APIVersion, head.Kind)
	if head.APIVersion == "v1" && head.Kind == "ReplicationController" {
		object = new(corev1.ReplicationController)
	}
	if object == nil {
		if !podless[head.Kind] {
			m.problem(file, line, fmt.Sprintf("apiVersion %s, kind %s is not supported: pods that it creates are not checked", head.APIVersion, head.Kind))
		}
		return
	}
	strict, err := kjson.UnmarshalStrict(text, object)
	if err != nil {
		m.unreadable(file, &document.Error{Line: line, Reason: fmt.Sprintf("%s: %s", head.Kind, err)})
		return
	}
	for _, problem := range strict {
		m.problem(file, line, fmt.Sprintf("%s %s: %s", head.Kind, object.GetName(), problem))
	}
	if object.GetNamespace() == "" && head.Kind != "Node" && head.Kind != "Namespace" && head.Kind != "MutatingWebhookConfiguration" {
		object.SetNamespace(namespace)
	}
	m.Objects, m.places = append(m.Objects, object), append(m.places, Place{File: file, Line: line})
	m.sources, m.index = append(m.sources, in), nil
}

// A Pod is the pod that an object of a manifest makes, as it would be submitted; for a service account a plain one.
type Pod struct {
	Kind, Namespace, Name string // of the object
	Place                 *Place // of the object; nil if it was not read from a file
	Pod                   *corev1.Pod
}

// Pods returns the pods that the manifests make, one for each object that makes any. A service account that should have a role
// and that none of them uses counts as the pods that will run under it.
func (m *Manifests) Pods() []Pod {
	type key struct{ namespace, name string }
	var pods []Pod
	used := map[key]bool{}
	for i, object := range m.Objects {
		kind, template := workload.Template(object)
		if template == nil {
			continue
		}
		pod := workload.Pod(object, template)
		used[key{pod.Namespace, workload.ServiceAccountName(pod)}] = true
		pods = append(pods, Pod{Kind: kind, Namespace: pod.Namespace, Name: pod.Name, Place: m.place(i), Pod: pod})
	}
	for i, object := range m.Objects {
		account, ok := object.(*corev1.ServiceAccount)
		if !ok || used[key{account.Namespace, account.Name}] || inject.EKS("").Binding(account, account.Namespace, account.Name).RoleARN == "" {
			continue
		}
		pod := workload.PlainPod(account.Namespace, account.Name)
		pods = append(pods, Pod{Kind: "ServiceAccount", Namespace: account.Namespace, Name: account.Name, Place: m.place(i), Pod: pod})
	}
	return pods
}

// place returns where an object was read, nil if [Manifests.Add] did not read it.
func (m *Manifests) place(object int) *Place {
	if object >= len(m.places) {
		return nil
	}
	return &m.places[object]
}
