package sdk

import (
	"slices"
	"strings"
)

// A Kind says what the value of a variable is, and so what of it may be shown.
type Kind uint8

// The kinds. A variable that is not in the table is Unlisted: its value may be a secret.
const (
	Unlisted Kind = iota
	Setting       // no secret
	Address       // a URL or a list of hosts, which may hold user and password
	KeyID         // names an access key, and is none
	Secret
)

// A variable is an environment variable that SDKs read.
type variable struct {
	name string
	kind Kind
}

// awsPrefix begins the names of all variables that are the SDKs' own, also of those that are not listed.
const awsPrefix = "AWS_"

// variables are those that decide which credentials an SDK gets, and from where (AWS SDKs and Tools Reference Guide,
// "Environment variables supported by AWS SDKs and tools", and the page of each feature).
var variables = []variable{
	// Access keys ("AWS access keys").
	{"AWS_ACCESS_KEY_ID", KeyID},
	{"AWS_SECRET_ACCESS_KEY", Secret},
	{"AWS_SESSION_TOKEN", Secret},
	// Web identity ("Assume role credential provider").
	{"AWS_ROLE_ARN", Setting},
	{"AWS_WEB_IDENTITY_TOKEN_FILE", Setting},
	{"AWS_ROLE_SESSION_NAME", Setting},
	// The shared files ("Shared config and credentials files"), and where the home directory is.
	{"AWS_PROFILE", Setting},
	{"AWS_DEFAULT_PROFILE", Setting}, // botocore and the AWS CLI
	{"AWS_SDK_LOAD_CONFIG", Setting}, // Go v1 and JavaScript v2
	{"AWS_CONFIG_FILE", Setting},
	{"AWS_SHARED_CREDENTIALS_FILE", Setting},
	{"HOME", Setting},
	{"USERPROFILE", Setting},
	// Container credentials, on EKS those of Pod Identity ("Container credential provider").
	{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Setting},
	{"AWS_CONTAINER_CREDENTIALS_FULL_URI", Address},
	{"AWS_CONTAINER_AUTHORIZATION_TOKEN", Secret},
	{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Setting},
	// The instance metadata service ("IMDS credential provider", "Amazon EC2 instance metadata").
	{"AWS_EC2_METADATA_DISABLED", Setting},
	{"AWS_EC2_METADATA_V1_DISABLED", Setting},
	{"AWS_EC2_METADATA_SERVICE_ENDPOINT", Address},
	{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", Setting},
	{"AWS_METADATA_SERVICE_TIMEOUT", Setting},
	{"AWS_METADATA_SERVICE_NUM_ATTEMPTS", Setting},
	// The region ("AWS Region").
	{"AWS_REGION", Setting},
	{"AWS_DEFAULT_REGION", Setting},
	// The endpoint of STS ("AWS STS Regional endpoints", "Service-specific endpoints", "Dual-stack and FIPS endpoints").
	{"AWS_STS_REGIONAL_ENDPOINTS", Setting},
	{"AWS_ENDPOINT_URL", Address},
	{"AWS_ENDPOINT_URL_STS", Address},
	{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", Setting},
	{"AWS_USE_FIPS_ENDPOINT", Setting},
	{"AWS_USE_DUALSTACK_ENDPOINT", Setting},
	// How it is called ("General configuration settings", "Retry behavior", "Smart configuration defaults", "HTTP proxy").
	{"AWS_CA_BUNDLE", Setting},
	{"AWS_MAX_ATTEMPTS", Setting},
	{"AWS_RETRY_MODE", Setting},
	{"AWS_DEFAULTS_MODE", Setting},
	{"HTTP_PROXY", Address},
	{"HTTPS_PROXY", Address},
	{"NO_PROXY", Address},
	{"ALL_PROXY", Address},
}

// CredentialVariables are the SDKs' own variables that decide which credentials they get, in the order of the table: those
// before the region.
func CredentialVariables() []string {
	var names []string
	for _, v := range variables {
		if v.name == "AWS_REGION" {
			break
		}
		if strings.HasPrefix(v.name, awsPrefix) {
			names = append(names, v.name)
		}
	}
	return names
}

// kinds are the kinds by name.
var kinds = func() map[string]Kind {
	byName := make(map[string]Kind, len(variables))
	for _, v := range variables {
		byName[v.name] = v.kind
	}
	return byName
}()

// KindOf returns the kind of a variable's value. Programs read proxies in lower case too, so for addresses the case does
// not matter.
func KindOf(name string) Kind {
	if kind, ok := kinds[name]; ok {
		return kind
	}
	if kinds[strings.ToUpper(name)] == Address {
		return Address
	}
	return Unlisted
}

// Reads reports whether an SDK may read a variable.
func Reads(name string) bool {
	return strings.HasPrefix(name, awsPrefix) || kinds[strings.ToUpper(name)] != Unlisted && !strings.HasPrefix(strings.ToUpper(name), awsPrefix)
}

// ReadsBehind reports whether an SDK may read a variable whose name begins with a prefix, whatever follows.
func ReadsBehind(prefix string) bool {
	if strings.HasPrefix(prefix, awsPrefix) || strings.HasPrefix(awsPrefix, prefix) {
		return true
	}
	upper := strings.ToUpper(prefix)
	return slices.ContainsFunc(variables, func(v variable) bool {
		return !strings.HasPrefix(v.name, awsPrefix) && strings.HasPrefix(v.name, upper)
	})
}
