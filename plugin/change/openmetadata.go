package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

// OpenMetadata makes a node's instance metadata service reachable from its pods: the endpoint on, and two hops for
// the answer to the IMDSv2 PUT.
type OpenMetadata struct {
	InstanceID string
	NodeClass  string // the EC2NodeClass of Karpenter that created the instance; empty where none did
}

// Summary implements [Change].
func (c OpenMetadata) Summary() string {
	return "raise the hop limit of instance " + c.InstanceID + " to 2, which allows every pod on the node to get the node's role" + nextNodes(c.NodeClass)
}

// Commands implements [Change].
func (c OpenMetadata) Commands() [][]string {
	return append(modifyMetadata(c.InstanceID, "--http-endpoint", "enabled", "--http-put-response-hop-limit", "2"),
		patchNodeClass(c.NodeClass, map[string]any{"httpEndpoint": "enabled", "httpPutResponseHopLimit": 2})...)
}

// Diff implements [Change].
func (c OpenMetadata) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return diffMetadata(s, c.InstanceID, c.edit)
}

// Done implements [Change].
func (c OpenMetadata) Done() string { return c.Object().String() + " updated" }

// Object implements [Change].
func (c OpenMetadata) Object() Object {
	return Object{Kind: "instance", Name: c.InstanceID, InAWS: true}
}

// Apply implements [Change].
func (c OpenMetadata) Apply(d *snapshot.Draft) bool { return editMetadata(d, c.InstanceID, c.edit) }

func (c OpenMetadata) edit(o *snapshot.MetadataOptions) {
	o.HTTPEndpoint, o.HTTPPutResponseHopLimit = "enabled", max(2, o.HTTPPutResponseHopLimit)
}
