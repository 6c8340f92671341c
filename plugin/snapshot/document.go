package snapshot

import "time"

// APIVersion and the kind of the snapshot file.
const (
	APIVersion = "irsa/v1alpha1"
	Kind       = "Snapshot"
)

// A Document is the snapshot as it is in its file. It is complete unless it records otherwise: what it
// does not have does not exist, unless Unreadable or NotAsked name it. Without AWS nothing in AWS is known.
type Document struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Metadata   Metadata  `json:"metadata,omitzero"`
	TakenAt    time.Time `json:"takenAt,omitzero"`
	Cluster    Cluster   `json:"cluster,omitzero"`
	Kubernetes []Object  `json:"-"`
	AWS        *AWS      `json:"aws,omitempty"`
	Unreadable []Missing `json:"unreadable,omitempty"`
	NotAsked   []Missing `json:"notAsked,omitempty"`
	NotFound   []Missing `json:"notFound,omitempty"`
}

// Metadata names a snapshot.
type Metadata struct {
	Name   string `json:"name,omitempty"`
	About  string `json:"about,omitempty"`
	Source string `json:"source,omitempty"`
}

// Cluster is how the cluster is known. Any field may be empty.
type Cluster struct {
	Name    string `json:"name,omitempty"`
	Region  string `json:"region,omitempty"`
	Account string `json:"account,omitempty"`
	// Issuer is the service account issuer, from the API server's discovery document.
	Issuer  string `json:"issuer,omitempty"`
	Version string `json:"version,omitempty"`
	// Server is the API server's URL, and CertificateAuthority the CA that its certificate is verified with, base64 of PEM,
	// both as the kubeconfig has them. They are recorded where issuers could not be compared: see [Compare].
	Server               string `json:"server,omitempty"`
	CertificateAuthority string `json:"certificateAuthority,omitempty"`
}

// A Missing entry says what was asked for and refused (with the error), not asked (with the reason), or
// asked for by name and not there. Resource is a Kubernetes resource in the plural, or service:Operation.
// Without Name everything of that resource is meant.
type Missing struct {
	Resource  string `json:"resource"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"`
	Account   string `json:"account,omitempty"`
	Error     string `json:"error,omitempty"`
	// Except names the namespaces of which all objects of the resource are there nonetheless.
	Except []string `json:"except,omitempty"`
}
