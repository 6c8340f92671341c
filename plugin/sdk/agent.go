package sdk

// A Family is a family of addresses.
type Family string

// The families. The zero value is unknown.
const (
	IPv4 Family = "IPv4"
	IPv6 Family = "IPv6"
)

// An Agent is how a container reaches the Pod Identity agent. The zero value is anything else that gives container credentials.
type Agent struct {
	Family Family // of AWS_CONTAINER_CREDENTIALS_FULL_URI
	Mode   Family // AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE
}

// Accepted reports whether an SDK accepts the agent's address; known is false where that depends on what is unknown. An SDK
// requests credentials over plain HTTP from few addresses only:
//
//   - Both of the agent's: Go v2 (config/resolve_credentials.go), Go v1 (aws/defaults), botocore (utils.py, _ALLOWED_HOSTS),
//     JavaScript v3 (credential-provider-http checkUrl), .NET (GenericContainerCredentials.cs), Ruby (ecs_credentials.rb), PHP
//     (EcsCredentialProvider.php, isCompatibleUri), Rust (aws-config ecs.rs), Kotlin (EcsCredentialsProvider.kt), Swift (aws-c-auth
//     credentials_provider_ecs.c), and C++ (GeneralHTTPCredentialsProvider.cpp) since https://github.com/aws/aws-sdk-cpp/pull/3688
//     of January 2026, whose release is unknown here.
//   - The one of AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE, which is IPv4 by default: Java v2 and v1 (ContainerCredentialsProvider,
//     isMetadataServiceEndpoint; https://github.com/aws/aws-sdk-java-v2/pull/7086 was not merged).
//   - IPv4: JavaScript v2 (lib/credentials/remote_credentials.js).
func (a Agent) Accepted(name Name) (accepted, known bool) {
	if a.Family == "" {
		return true, true
	}
	switch name.SDK() {
	case JavaV2, JavaV1:
		return a.Family == a.Mode, a.Mode != ""
	case JSV2:
		return a.Family == IPv4, true
	case Cpp:
		return true, a.Family == IPv4 || name.Version() == ""
	case JSV3:
		// It looked the address up as a name: https://github.com/aws/aws-sdk-js-v3/issues/6495, of version 3.654.0.
		const broken = "3.654.0"
		if a.Family == IPv6 && name.Version() != "" && compareVersions(name.Version(), broken) <= 0 {
			return false, true
		}
	}
	return true, true
}
