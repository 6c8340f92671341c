package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

// CloseMetadata makes a node's instance metadata service not reachable from pods on the pod network: tokens required,
// and one hop for the answer to the IMDSv2 PUT.
type CloseMetadata struct {
	InstanceID string
	NodeClass  string // the EC2NodeClass of Karpenter that created the instance; empty where none did
}

// Summary implements [Change].
func (c CloseMetadata) Summary() string {
	return "require tokens on instance " + c.InstanceID + " with a hop limit of 1, so that no pod on the pod network gets the node's role" + nextNodes(c.NodeClass)
}

// Commands implements [Change].
func (c CloseMetadata) Commands() [][]string {
	return append(modifyMetadata(c.InstanceID, "--http-tokens", "required", "--http-put-response-hop-limit", "1"),
		patchNodeClass(c.NodeClass, map[string]any{"httpTokens": "required", "httpPutResponseHopLimit": 1})...)
}

// Diff implements [Change].
func (c CloseMetadata) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return diffMetadata(s, c.InstanceID, c.edit)
}

// Done implements [Change].
func (c CloseMetadata) Done() string { return c.Object().String() + " updated" }

// Object implements [Change].
func (c CloseMetadata) Object() Object {
	return Object{Kind: "instance", Name: c.InstanceID, InAWS: true}
}

// Apply implements [Change].
func (c CloseMetadata) Apply(d *snapshot.Draft) bool { return editMetadata(d, c.InstanceID, c.edit) }

func (c CloseMetadata) edit(o *snapshot.MetadataOptions) {
	o.HTTPTokens, o.HTTPPutResponseHopLimit = "required", 1
}
