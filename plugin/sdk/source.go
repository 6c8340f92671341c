package sdk

func (s source) state(e Environment) State {
	switch s {
	case static:
		return e.Static
	case webIdentity:
		return e.WebIdentity
	case profile:
		return e.Profile
	case container:
		return e.Container
	}
	return e.IMDS
}

func (s source) provider() Provider {
	switch s {
	case static:
		return Static
	case webIdentity:
		return WebIdentity
	case profile:
		return Profile
	case container:
		return PodIdentity
	}
	return IMDS
}

// failure says why a source in this state gives no credentials.
func (s source) failure(state State) string {
	if text, ok := failures[s][state]; ok {
		return text
	}
	return "it gives no credentials"
}

var failures = map[source]map[State]string{
	static: {
		IDOnly: "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not",
	},
	webIdentity: {
		Denied:       "STS refuses AssumeRoleWithWebIdentity",
		MalformedARN: "STS does not take AWS_ROLE_ARN for the ARN of a role",
		PaddedARN:    "STS does not take AWS_ROLE_ARN for the ARN of a role: there is white space around it",
		BadSession:   "STS does not take AWS_ROLE_SESSION_NAME for the name of a session",
		otherSTS:     "the STS that is called is of another partition than the role",
		FileMissing:  "the file that AWS_WEB_IDENTITY_TOKEN_FILE names cannot be read",
		FileOnly:     "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not",
	},
	profile: {
		NamedMissing:   "the profile that AWS_PROFILE names does not exist",
		NamedRefused:   "the profile that AWS_PROFILE names gives no credentials",
		DefaultRefused: "the profile default gives no credentials",

		NamedTokenRefused:   "the web identity of the profile that AWS_PROFILE names is refused",
		NamedNoKeys:         "the profile that AWS_PROFILE names takes its credentials from the environment, which has no access keys",
		NamedDangling:       "the source_profile of the profile that AWS_PROFILE names has no credentials",
		NamedRoleAlone:      "the profile that AWS_PROFILE names has role_arn and no source of credentials",
		DefaultTokenRefused: "the web identity of the profile default is refused",
		DefaultNoKeys:       "the profile default takes its credentials from the environment, which has no access keys",
		DefaultDangling:     "the source_profile of the profile default has no credentials",
		DefaultRoleAlone:    "the profile default has role_arn and no source of credentials",
		FilesInvalid:        "a shared file does not parse",
	},
	container: {
		Denied:         "the container credentials endpoint refuses",
		addressRefused: "the SDK does not accept the address of the Pod Identity agent",
		agentUnheardOf: "the SDK is older than EKS Pod Identity",
		TokenMissing:   "the file that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names cannot be read",
	},
	imds: {
		Unreachable:   "the instance metadata service is not reachable",
		DisabledByEnv: "AWS_EC2_METADATA_DISABLED disables the instance metadata service",
		NoRole:        "the node has no role",
	},
}
