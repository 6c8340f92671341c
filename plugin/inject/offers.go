package inject

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// Offers returns what the container's variables and the profiles that it finds offer to the SDK in it. What only AWS
// and the node can tell is left to the caller: WebIdentity and Container are sdk.Unknown where they are
// configured, and IMDS is the zero value unless a variable switches it off.
func Offers(e Environment, profiles Profiles) sdk.Environment {
	return sdk.Environment{
		Static:      staticOf(e),
		WebIdentity: webIdentityOf(e),
		Container:   containerOf(e),
		Profile:     profiles.State,
		ProfileOf:   profiles.Of,
		IMDS:        imdsOf(e),
		Region:      regionOf(e),
	}.WithKeys()
}

// has reports whether a variable has a value; SDKs take an empty one for none. The value of a variable
// from a Secret is not empty, as far as this goes.
func (e Environment) has(name string) (has, sure bool) {
	v := e.Get(name)
	switch {
	case v.Presence == MaybeSet:
		return false, false
	case v.Presence == Unset || v.Known && v.Value == "":
		return false, true
	}
	return true, true
}

func staticOf(e Environment) sdk.State {
	id, idSure := e.has("AWS_ACCESS_KEY_ID")
	secret, secretSure := e.has("AWS_SECRET_ACCESS_KEY")
	switch {
	case idSure && !id:
		return sdk.None
	case !idSure || !secretSure:
		return sdk.Maybe
	case secret:
		return sdk.Full
	}
	return sdk.IDOnly
}

func webIdentityOf(e Environment) sdk.State {
	role, roleSure := e.has(roleVariable)
	file, fileSure := e.has(tokenFileVariable)
	switch {
	case !roleSure || !fileSure:
		return sdk.Maybe
	case !role && !file:
		return sdk.None
	case !file:
		return sdk.RoleOnly
	case !role:
		return sdk.FileOnly
	}
	arn := e.Get(roleVariable)
	switch {
	case !arn.Known || CheckRoleARN(arn.Value) == "":
		return sdk.Unknown
	case strings.TrimSpace(arn.Value) != "" && CheckRoleARN(strings.TrimSpace(arn.Value)) == "":
		return sdk.PaddedARN
	}
	return sdk.MalformedARN
}

func containerOf(e Environment) sdk.State {
	full, fullSure := e.has(fullURIVariable)
	relative, relativeSure := e.has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
	switch {
	case full || relative:
		return sdk.Unknown
	case !fullSure || !relativeSure:
		return sdk.Maybe
	}
	return sdk.None
}

func imdsOf(e Environment) sdk.State {
	if v := e.Get("AWS_EC2_METADATA_DISABLED"); v.Known && strings.EqualFold(v.Value, "true") {
		return sdk.DisabledByEnv
	}
	return ""
}

func regionOf(e Environment) sdk.State {
	region, regionSure := e.has(regionVariable)
	byDefault, defaultSure := e.has(defaultRegionVariable)
	switch {
	case !regionSure || !defaultSure:
		return sdk.Unknown
	case region && byDefault:
		return sdk.RegionSet
	case region:
		return sdk.RegionOnly
	case byDefault:
		return sdk.DefaultRegionOnly
	}
	return sdk.RegionUnset
}
