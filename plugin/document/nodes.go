package document

import "go.yaml.in/yaml/v3"

// Nodes returns the values of the document with their places, counted from the line From. It is empty where they cannot be
// parsed, or are too many.
func (d Document) Nodes() *yaml.Node {
	var document yaml.Node
	if mostNodes(d.Text) > mostParsed || yaml.Unmarshal(d.Text, &document) != nil || len(document.Content) == 0 {
		return &yaml.Node{}
	}
	return document.Content[0]
}
