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
	return "it has no credentials"
}

var failures = map[source]map[State]string{
	static: {
		IDOnly: "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not",
	},
	webIdentity: {
		Denied:       "STS denies AssumeRoleWithWebIdentity",
		MalformedARN: "STS does not accept AWS_ROLE_ARN as a role ARN",
		PaddedARN:    "STS does not accept AWS_ROLE_ARN: it has white space around it",
		BadSession:   "STS does not accept AWS_ROLE_SESSION_NAME as a session name",
		otherSTS:     "the STS endpoint is in a different partition from the role",
		FileMissing:  "the file in AWS_WEB_IDENTITY_TOKEN_FILE cannot be read",
		FileOnly:     "AWS_WEB_IDENTITY_TOKEN_FILE is set but AWS_ROLE_ARN is not",
	},
	profile: {
		NamedMissing:   "the profile in AWS_PROFILE does not exist",
		NamedRefused:   "the profile in AWS_PROFILE has no credentials",
		DefaultRefused: "the profile default has no credentials",

		NamedTokenRefused:   "STS denies the web identity of the profile in AWS_PROFILE",
		NamedNoKeys:         "the profile in AWS_PROFILE uses the environment, which has no access keys",
		NamedDangling:       "the source_profile of the profile in AWS_PROFILE has no credentials",
		NamedRoleAlone:      "the profile in AWS_PROFILE has role_arn but no source of credentials",
		DefaultTokenRefused: "STS denies the web identity of the profile default",
		DefaultNoKeys:       "the profile default uses the environment, which has no access keys",
		DefaultDangling:     "the source_profile of the profile default has no credentials",
		DefaultRoleAlone:    "the profile default has role_arn but no source of credentials",
		FilesInvalid:        "a shared file cannot be parsed",
	},
	container: {
		Denied:         "the container credentials endpoint denies the request",
		addressRefused: "the SDK does not accept the address of the Pod Identity agent",
		agentUnheardOf: "the SDK is older than EKS Pod Identity",
		TokenMissing:   "the file in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read",
	},
	imds: {
		Unreachable:   "the instance metadata service is not reachable",
		DisabledByEnv: "AWS_EC2_METADATA_DISABLED disables the instance metadata service",
		NoRole:        "the node has no role",
	},
}
