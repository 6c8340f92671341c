// Package schema holds the JSON schema of what the program prints with -o json: the interface that other programs may
// rely on. It is generated from the Go types by this package's test.
package schema

import _ "embed"

// JSON is the schema (JSON Schema 2020-12). A document is one of its $defs, named after the document's kind. It lets
// fields through that it does not know: later programs of the same apiVersion may add some.
//
//go:embed irsa.v1alpha1.json
var JSON []byte
