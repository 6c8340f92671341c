package inject

// A ProblemKind names one way in which a container's injection is not as it should be.
type ProblemKind string

const (
	// SkippedByAnnotation: the pod's skip-containers annotation names the container.
	SkippedByAnnotation ProblemKind = "skippedByAnnotation"
	// HalfSet: the manifest sets one variable of the pair, so the webhook adds neither.
	HalfSet ProblemKind = "halfSet"
	// OwnCredentials: the manifest sets both variables of the pair, so the webhook adds neither.
	OwnCredentials ProblemKind = "ownCredentials"
	// VolumeMissing: the variables are there and the pod has no volume with the token.
	VolumeMissing ProblemKind = "volumeMissing"
	// MountMissing: the variables are there and the container mounts nothing at the token's path.
	MountMissing ProblemKind = "mountMissing"
	// NotTheToken: a volume of the webhook's name is there that holds no token under the token's name.
	NotTheToken ProblemKind = "notTheToken"
	// OtherAudience: the token has an audience that this mechanism cannot be using.
	OtherAudience ProblemKind = "otherAudience"
	// UnixPathOnWindows: a Windows container was given a Unix path.
	UnixPathOnWindows ProblemKind = "unixPathOnWindows"
	// NothingInEphemeral: an ephemeral container is never injected.
	NothingInEphemeral ProblemKind = "nothingInEphemeral"
	// NotLikeSiblings: other containers of the pod are injected and this one is not, without a reason
	// of the webhook's own.
	NotLikeSiblings ProblemKind = "notLikeSiblings"
	// UnreadableToken: the token's file is there and the container's user may not read it.
	UnreadableToken ProblemKind = "unreadableToken"
)

// A Problem is one finding about one container.
type Problem struct {
	Kind      ProblemKind
	Mechanism Mechanism // which one it is about; None where it is about neither
	Detail    string    // what there is, with the names concerned
}

// Has reports whether the container has a problem of this kind.
func (c Container) Has(kind ProblemKind) bool {
	for _, p := range c.Problems {
		if p.Kind == kind {
			return true
		}
	}
	return false
}
