package sdk

// States of Environment.Profile (with None and Maybe). A named profile is one that AWS_PROFILE
// names; the others are the profile "default" of a shared file that the SDK finds.
const (
	Named               State = "named"             // has access keys
	NamedMissing        State = "namedMissing"      // AWS_PROFILE names a profile that does not exist
	NamedEmpty          State = "namedEmpty"        // exists and says nothing about credentials
	NamedAssumeRole     State = "namedAssumeRole"   // role_arn with a source that works
	NamedIMDS           State = "namedIMDS"         // role_arn with credential_source = Ec2InstanceMetadata
	NamedContainer      State = "namedContainer"    // role_arn with credential_source = EcsContainer
	NamedWebIdentity    State = "namedWebIdentity"  // role_arn with web_identity_token_file, see ProfileToken
	NamedChainedToken   State = "namedChainedToken" // role_arn with a source_profile that is such a profile
	NamedRefused        State = "namedRefused"      // its source gives nothing, or STS refuses the role
	NamedTokenRefused   State = "namedTokenRefused" // STS refuses its web identity
	NamedNoKeys         State = "namedNoKeys"       // role_arn with credential_source = Environment, which has no keys
	NamedDangling       State = "namedDangling"     // role_arn with a source_profile that leads nowhere
	NamedRoleAlone      State = "namedRoleAlone"    // role_arn without a source
	NamedMaybe          State = "namedMaybe"        // AWS_PROFILE is set; what it names is unknown
	DefaultFile         State = "defaultFile"       // has access keys
	DefaultAssumeRole   State = "defaultAssumeRole" // as NamedAssumeRole, and so on
	DefaultIMDS         State = "defaultIMDS"
	DefaultContainer    State = "defaultContainer"
	DefaultWebIdentity  State = "defaultWebIdentity"
	DefaultChained      State = "defaultChainedToken"
	DefaultRefused      State = "defaultRefused"
	DefaultTokenRefused State = "defaultTokenRefused"
	DefaultNoKeys       State = "defaultNoKeys"
	DefaultDangling     State = "defaultDangling"
	DefaultRoleAlone    State = "defaultRoleAlone"
	// FilesInvalid: the SDK refuses a shared file as a whole.
	FilesInvalid State = "filesInvalid"
)

// profileStatesOf are the states of a profile by what it offers; missing is that there is no such profile, unknown that
// nothing is known of it.
type profileStatesOf struct {
	of               map[profileKind]State
	missing, unknown State
}

// states are those of a profile that AWS_PROFILE names, and of the default one.
var states = map[bool]profileStatesOf{
	true: {map[profileKind]State{
		noCredentials: NamedEmpty, accessKeys: Named, assumesRole: NamedAssumeRole, fromIMDS: NamedIMDS, fromContainer: NamedContainer,
		fromKeys: NamedNoKeys, fromToken: NamedWebIdentity, chainedToken: NamedChainedToken, roleAlone: NamedRoleAlone,
		dangling: NamedDangling, unknownSource: NamedRefused, somethingElse: NamedMaybe,
	}, NamedMissing, NamedMaybe},
	false: {map[profileKind]State{
		noCredentials: None, accessKeys: DefaultFile, assumesRole: DefaultAssumeRole, fromIMDS: DefaultIMDS, fromContainer: DefaultContainer,
		fromKeys: DefaultNoKeys, fromToken: DefaultWebIdentity, chainedToken: DefaultChained, roleAlone: DefaultRoleAlone,
		dangling: DefaultDangling, unknownSource: DefaultRefused, somethingElse: Maybe,
	}, None, Maybe},
}

// likeStates are the states that a chain takes for another one, where it says nothing about them.
var likeStates = map[State]State{
	NamedWebIdentity: NamedAssumeRole, NamedTokenRefused: NamedRefused, NamedNoKeys: NamedRefused, NamedDangling: NamedRefused,
	DefaultWebIdentity: DefaultAssumeRole, DefaultTokenRefused: DefaultRefused, DefaultNoKeys: DefaultRefused, DefaultDangling: DefaultRefused,
}

// withKeys are the states of a profile with credential_source = Environment where the environment has access keys.
var withKeys = map[State]State{NamedNoKeys: NamedAssumeRole, DefaultNoKeys: DefaultAssumeRole}

var profileStates = alternatives{
	None: {None}, FilesInvalid: {FilesInvalid},
	Named: {Named}, NamedMissing: {NamedMissing}, NamedEmpty: {NamedEmpty}, NamedAssumeRole: {NamedAssumeRole},
	NamedWebIdentity: {NamedWebIdentity}, NamedRefused: {NamedRefused}, NamedTokenRefused: {NamedTokenRefused},
	NamedNoKeys: {NamedNoKeys}, NamedDangling: {NamedDangling}, NamedRoleAlone: {NamedRoleAlone},
	DefaultFile: {DefaultFile}, DefaultAssumeRole: {DefaultAssumeRole},
	DefaultWebIdentity: {DefaultWebIdentity}, DefaultRefused: {DefaultRefused}, DefaultTokenRefused: {DefaultTokenRefused},
	DefaultNoKeys: {DefaultNoKeys}, DefaultDangling: {DefaultDangling}, DefaultRoleAlone: {DefaultRoleAlone},
	NamedMaybe: {NamedMissing, NamedEmpty, Named, NamedAssumeRole, NamedRefused},
	Maybe:      {None, DefaultFile, DefaultAssumeRole, DefaultRefused},
	"": {None, NamedMissing, NamedEmpty, Named, NamedAssumeRole, NamedRefused,
		DefaultFile, DefaultAssumeRole, DefaultRefused},
}

// A sourced state is one of a profile whose first credentials come from another source: it works or fails with that.
type sourced struct {
	source       source
	works, fails State
}

var sourcedStates = map[State]sourced{
	NamedIMDS:          {imds, NamedAssumeRole, NamedRefused},
	NamedContainer:     {container, NamedAssumeRole, NamedRefused},
	NamedWebIdentity:   {profile, NamedWebIdentity, NamedTokenRefused},
	NamedChainedToken:  {profile, NamedAssumeRole, NamedRefused},
	DefaultIMDS:        {imds, DefaultAssumeRole, DefaultRefused},
	DefaultContainer:   {container, DefaultAssumeRole, DefaultRefused},
	DefaultWebIdentity: {profile, DefaultWebIdentity, DefaultTokenRefused},
	DefaultChained:     {profile, DefaultAssumeRole, DefaultRefused},
}

// plainProfiles are the states of the profile without doubt that the environment may have, where containers and IMDS answer so.
func (e Environment) plainProfiles(containers, node State) []State {
	s, ok := sourcedStates[e.Profile]
	if !ok {
		return profileStates.of(e.Profile)
	}
	answer := map[source]State{imds: node, container: containers, profile: e.ProfileToken}[s.source]
	switch answer {
	case OK, Reachable:
		return []State{s.works}
	case "", Unknown, Maybe:
		return []State{s.works, s.fails}
	default:
		return []State{s.fails}
	}
}

// WithKeys decides the profiles that take their credentials from the environment by the access keys in it, so that they are what
// they are wherever the profile is looked at by itself.
func (e Environment) WithKeys() Environment {
	e.Profile = e.byKeys(e.Profile)
	for i, state := range e.ProfileOf {
		e.ProfileOf[i] = e.byKeys(state)
	}
	return e
}

func (e Environment) byKeys(profile State) State {
	works, ok := withKeys[profile]
	switch {
	case !ok || e.Static == None || e.Static == IDOnly:
		return profile
	case e.Static == Full:
		return works
	case isNamed(profile):
		return NamedMaybe
	default:
		return Maybe
	}
}
