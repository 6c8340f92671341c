package inject

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// Profiles are what SDKs find in the shared files: the state for most of them, and that of those that find something else.
type Profiles struct {
	State sdk.State
	Of    sdk.PerSDK
	// RoleARN and TokenFile are those of the profile where it starts from a web identity.
	RoleARN, TokenFile string
}

// ProfilesOf says what the profile that each SDK would use offers, by the variables that name it and the two files.
//
// A credentials file of unknown content is taken for what such a file is for, keys of the profile
// default; a config file of unknown content may just as well hold a region.
func ProfilesOf(e Environment, credentials, config SharedFile) Profiles {
	counts, offers := map[sdk.State]int{}, map[sdk.Name]sdk.Offer{}
	var reader sdk.FileReader
	for _, name := range sdk.Names() {
		offers[name] = offerOf(&reader, e, credentials, config, name)
		counts[offers[name].State]++
	}
	p := Profiles{State: sdk.None}
	for _, name := range sdk.Names() {
		if state := offers[name].State; state != sdk.None && (p.State == sdk.None || counts[state] > counts[p.State]) {
			p.State = state
		}
	}
	for _, name := range sdk.Names() {
		offer := offers[name]
		if offer.State != p.State {
			p.Of.Set(name, offer.State)
		}
		if p.TokenFile == "" {
			p.RoleARN, p.TokenFile = offer.RoleARN, offer.TokenFile
		}
	}
	return p
}

// offerOf is what one SDK finds.
func offerOf(reader *sdk.FileReader, e Environment, credentials, config SharedFile, name sdk.Name) sdk.Offer {
	if !sdk.ReadsConfig(name) {
		switch load, sure := e.has("AWS_SDK_LOAD_CONFIG"); {
		case sure && !load:
			config = SharedFile{Presence: Unset}
		case !sure && config.Presence != Unset:
			config.Presence = MaybeSet
		}
	}
	named := e.profileFor(name)
	switch {
	case named.Presence == MaybeSet:
		return sdk.Offer{State: sdk.Unknown}
	case named.Presence == Unset, named.Known && named.Value == "":
		return defaultOffer(reader, credentials, config, name)
	case !named.Known:
		return sdk.Offer{State: sdk.NamedMaybe}
	}
	unseen := !(credentials.Presence == Set && credentials.Known) && !(config.Presence == Set && config.Known)
	if unseen || credentials.Uncertain() || config.Uncertain() {
		return sdk.Offer{State: sdk.NamedMaybe} // the files may also be the image's own
	}
	return reader.ProfileOf(name, files(credentials, config), named.Value)
}

// profileFor is the variable that names an SDK's profile.
func (e Environment) profileFor(name sdk.Name) Variable {
	for _, variable := range sdk.ProfileVariables(name) {
		if v := e.Get(variable); v.Presence == MaybeSet || v.Presence == Set && !(v.Known && v.Value == "") {
			return v
		}
	}
	return Variable{Presence: Unset}
}

func files(credentials, config SharedFile) sdk.Files {
	text := func(f SharedFile) string {
		if f.Presence == Set && f.Known {
			return f.Content
		}
		return ""
	}
	return sdk.Files{Credentials: text(credentials), Config: text(config)}
}

func defaultOffer(reader *sdk.FileReader, credentials, config SharedFile, name sdk.Name) sdk.Offer {
	if credentials.Presence == Set && !credentials.Known {
		return sdk.Offer{State: sdk.DefaultFile}
	}
	offer := reader.ProfileOf(name, files(credentials, config), "")
	if offer.State == sdk.None && (credentials.Uncertain() || config.Uncertain()) {
		return sdk.Offer{State: sdk.Maybe}
	}
	return offer
}
