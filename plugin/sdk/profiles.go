package sdk

import "strings"

// Files are the texts of the two shared files, as far as they are known; one that is not there is empty.
type Files struct {
	Credentials, Config string
}

// profiles are what an SDK finds in both files, by name.
type profiles map[string]map[string]string

// profiles reads both files. A profile of the credentials file goes before one of the config file, key by key.
func (f Files) profiles(d dialect) (profiles, error) {
	config, err := d.parse(f.Config)
	if err != nil {
		return nil, err
	}
	credentials, err := d.parse(f.Credentials)
	if err != nil {
		return nil, err
	}
	all := profiles{}
	d.addConfig(all, config)
	for name, settings := range credentials.of {
		if d == goLines && strings.HasPrefix(name, "profile ") || d == javaLines && !javaName.MatchString(name) {
			continue // processCredentialsSections drops them
		}
		all.add(name, settings)
	}
	return all, nil
}

func (p profiles) add(name string, settings map[string]string) {
	if p[name] == nil {
		p[name] = map[string]string{}
	}
	for key, value := range settings {
		p[name][key] = value
	}
}

// addConfig adds the profiles of a config file: [default], and those whose section begins with "profile". Of [default] and
// [profile default] the second counts, for botocore the later.
func (d dialect) addConfig(all profiles, config sections) {
	if settings := config.of["default"]; settings != nil && d != configParser {
		all.add("default", settings)
	}
	for _, section := range config.order {
		name, ok := d.profileName(section)
		switch {
		case d == configParser && section == "default":
			name = section
		case !ok:
			continue
		}
		if name == "default" {
			delete(all, name)
		}
		all.add(name, config.of[section])
	}
}

// profileName returns the name in a section "profile NAME" of a config file.
func (d dialect) profileName(section string) (string, bool) {
	rest, ok := strings.CutPrefix(section, "profile")
	if !ok || rest == "" || rest[0] != ' ' && rest[0] != '\t' {
		return "", false
	}
	rest = strings.TrimSpace(rest)
	switch d {
	case configParser:
		if unquoted(rest) != rest {
			return unquoted(rest), true
		}
		return rest, rest != "" && !strings.ContainsAny(rest, " \t'\"\\")
	case jsLines:
		return rest, strings.HasPrefix(section, "profile ")
	case javaLines:
		return rest, javaName.MatchString(rest)
	default:
		return rest, rest != ""
	}
}

// An Offer is what the profile that an SDK would use offers.
type Offer struct {
	State State
	// RoleARN and TokenFile are those of a profile that starts from a web identity.
	RoleARN, TokenFile string
}

// A FileReader reads shared files in every dialect, each once.
type FileReader struct {
	read map[question]map[dialect]Offer
}

type question struct {
	files Files
	name  string
}

// ProfileOf returns what an SDK finds in the files under a name; an empty one is that nobody names a profile. Of an SDK whose
// reader was not looked at it is known only where all that were agree.
func (r *FileReader) ProfileOf(sdk Name, f Files, name string) Offer {
	offers := r.offers(question{f, name})
	if d, known := dialects[sdk]; known {
		return offers[d]
	}
	common := offers[configParser]
	for _, offer := range offers {
		if offer != common {
			return Offer{State: states[name != ""].unknown}
		}
	}
	return common
}

func (r *FileReader) offers(q question) map[dialect]Offer {
	offers, ok := r.read[q]
	if !ok {
		offers = map[dialect]Offer{}
		for _, d := range dialects {
			offers[d] = q.files.offer(d, q.name)
		}
		if r.read == nil {
			r.read = map[question]map[dialect]Offer{}
		}
		r.read[q] = offers
	}
	return offers
}

func (f Files) offer(d dialect, name string) Offer {
	named := states[name != ""]
	all, err := f.profiles(d)
	if err != nil {
		return Offer{State: FilesInvalid}
	}
	key := name
	if key == "" {
		key = "default"
	}
	if all[key] == nil {
		return Offer{State: named.missing}
	}
	o := all.offer(key, map[string]bool{})
	return Offer{named.of[o.kind], o.roleARN, o.tokenFile}
}

// A profileKind is the way in which a profile gives credentials.
type profileKind uint8

const (
	noCredentials profileKind = iota
	accessKeys
	assumesRole   // with a source that gives credentials
	fromIMDS      // credential_source
	fromContainer // credential_source
	fromKeys      // credential_source = Environment
	fromToken     // web_identity_token_file
	chainedToken  // role_arn with a source_profile that starts from a web identity
	roleAlone     // role_arn without a source
	dangling      // its chain leads to no credentials, whatever else there is
	unknownSource // credential_source that does not exist
	somethingElse // a process, SSO: it may give credentials or fail
)

type profileOffer struct {
	kind               profileKind
	roleARN, tokenFile string
}

// offer follows a profile's chain.
func (p profiles) offer(name string, visited map[string]bool) profileOffer {
	set := p[name]
	source, credentialSource, token := set["source_profile"], set["credential_source"], set["web_identity_token_file"]
	sources := 0
	for _, value := range []string{source, credentialSource, token} {
		if value != "" {
			sources++
		}
	}
	keys := set["aws_access_key_id"] != "" && set["aws_secret_access_key"] != ""
	switch {
	case set["role_arn"] == "" && keys && sources == 0:
		return profileOffer{kind: accessKeys}
	case set["role_arn"] == "" && (sources > 0 || set["aws_access_key_id"] != "" || set["aws_secret_access_key"] != ""), sources > 1, set["mfa_serial"] != "":
		return profileOffer{kind: somethingElse}
	case set["role_arn"] == "":
		for _, key := range []string{"credential_process", "sso_session", "sso_start_url", "login_session"} {
			if set[key] != "" {
				return profileOffer{kind: somethingElse}
			}
		}
		return profileOffer{kind: noCredentials}
	case token != "":
		return profileOffer{fromToken, set["role_arn"], token}
	case credentialSource != "":
		kind, ok := credentialSources[credentialSource]
		if !ok {
			kind = unknownSource
		}
		return profileOffer{kind: kind}
	case source == "" && keys:
		return profileOffer{kind: somethingElse} // some take the keys, some miss the source
	case source == "":
		return profileOffer{kind: roleAlone}
	case source == name && keys:
		return profileOffer{kind: assumesRole}
	case p[source] == nil || source == name || visited[source]:
		return profileOffer{kind: dangling}
	}
	visited[name] = true
	return p.offer(source, visited).throughRole()
}

// credentialSources are the values of credential_source; botocore compares them as they are written.
var credentialSources = map[string]profileKind{
	"Ec2InstanceMetadata": fromIMDS, "EcsContainer": fromContainer, "Environment": fromKeys,
}

// throughRole is what a profile offers that assumes a role with this one's credentials.
func (o profileOffer) throughRole() profileOffer {
	switch o.kind {
	case accessKeys:
		return profileOffer{kind: assumesRole}
	case fromToken:
		return profileOffer{chainedToken, o.roleARN, o.tokenFile}
	case noCredentials:
		return profileOffer{kind: dangling}
	case roleAlone:
		return profileOffer{kind: somethingElse}
	default:
		return o
	}
}

// ReadsConfig reports whether an SDK reads the config file whatever the environment says. The others do so only where
// AWS_SDK_LOAD_CONFIG is set (aws-sdk-go aws/session/env_config.go, aws-sdk-js lib/node_loader.js).
func ReadsConfig(name Name) bool { return name != GoV1 && name != JSV2 }

// ProfileVariables are the variables that name the profile of an SDK, the one that counts first (botocore/configprovider.py,
// aws-sdk-go-v2 config/env_config.go).
func ProfileVariables(name Name) []string {
	switch name {
	case Python:
		return []string{"AWS_DEFAULT_PROFILE", "AWS_PROFILE"}
	case GoV2:
		return []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}
	default:
		return []string{"AWS_PROFILE"}
	}
}
