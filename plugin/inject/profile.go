package inject

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// profileOf says what the profile that an SDK would use offers, by AWS_PROFILE and the two files.
//
// A credentials file of unknown content is taken for what such a file is for, keys of the profile
// default; a config file of unknown content may just as well hold a region.
func profileOf(e Environment, credentials, config SharedFile) sdk.State {
	named := e.Get("AWS_PROFILE")
	switch {
	case named.Presence == MaybeSet:
		return sdk.Unknown
	case named.Presence == Unset, named.Known && named.Value == "":
		return defaultProfile(credentials, config)
	case !named.Known:
		return sdk.NamedMaybe
	}
	unseen := !(credentials.Presence == Set && credentials.Known) && !(config.Presence == Set && config.Known)
	if unseen || credentials.Uncertain() || config.Uncertain() {
		return sdk.NamedMaybe // the files may also be the image's own
	}
	switch settings, found := profileIn(credentials, config, named.Value); {
	case !found:
		return sdk.NamedMissing
	default:
		return namedStates[kindOfProfile(settings)]
	}
}

func defaultProfile(credentials, config SharedFile) sdk.State {
	if credentials.Presence == Set && !credentials.Known {
		return sdk.DefaultFile
	}
	settings, found := profileIn(credentials, config, "default")
	if found {
		if state := defaultStates[kindOfProfile(settings)]; state != sdk.None {
			return state
		}
	}
	if credentials.Uncertain() || config.Uncertain() {
		return sdk.Maybe
	}
	return sdk.None
}

// profileIn returns the profile's settings from the files whose content is known; the credentials
// file's win.
func profileIn(credentials, config SharedFile, name string) (settings map[string]string, found bool) {
	settings = make(map[string]string)
	if config.Presence == Set && config.Known {
		section := "profile " + name
		if name == "default" {
			found = readSection(config.Content, "default", settings)
		}
		found = readSection(config.Content, section, settings) || found
	}
	if credentials.Presence == Set && credentials.Known {
		found = readSection(credentials.Content, name, settings) || found
	}
	return settings, found
}

// readSection adds the settings of one section of an INI file; nested settings, which are indented, are
// left out. It reports whether the section is there.
func readSection(text, section string, settings map[string]string) (found bool) {
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if header, ok := strings.CutPrefix(strings.TrimSpace(line), "["); ok {
			header, _, _ = strings.Cut(header, "]")
			inside = strings.Join(strings.Fields(header), " ") == section
			found = found || inside
			continue
		}
		if !inside || line == "" || strings.ContainsAny(line[:1], " \t#;") {
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok {
			settings[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	return found
}

// A profileKind is the way in which a profile gives credentials.
type profileKind uint8

const (
	noCredentials profileKind = iota
	accessKeys
	assumesRole
	fromIMDS
	somethingElse // a process, SSO: it may give credentials or fail
)

var namedStates = map[profileKind]sdk.State{
	noCredentials: sdk.NamedEmpty,
	accessKeys:    sdk.Named,
	assumesRole:   sdk.NamedAssumeRole,
	fromIMDS:      sdk.NamedIMDS,
	somethingElse: sdk.NamedMaybe,
}

var defaultStates = map[profileKind]sdk.State{
	noCredentials: sdk.None,
	accessKeys:    sdk.DefaultFile,
	assumesRole:   sdk.DefaultAssumeRole,
	fromIMDS:      sdk.DefaultIMDS,
	somethingElse: sdk.Maybe,
}

func kindOfProfile(settings map[string]string) profileKind {
	switch {
	case settings["role_arn"] != "" && settings["credential_source"] == "Ec2InstanceMetadata":
		return fromIMDS
	case settings["role_arn"] != "" && (settings["credential_source"] != "" || settings["source_profile"] != "" || settings["web_identity_token_file"] != ""):
		return assumesRole
	case settings["aws_access_key_id"] != "" && settings["aws_secret_access_key"] != "":
		return accessKeys
	}
	for _, key := range []string{"credential_process", "sso_session", "sso_start_url", "login_session"} {
		if settings[key] != "" {
			return somethingElse
		}
	}
	return noCredentials
}
