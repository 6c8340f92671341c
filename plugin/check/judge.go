package check

// Options narrow or sharpen the question.
type Options struct {
	// SDKs are the SDKs that the images use; none means that this is not known.
	SDKs []string
	// ExpectRole is the ARN of the role that the target must have; it turns the answer into an assertion.
	ExpectRole string
}
