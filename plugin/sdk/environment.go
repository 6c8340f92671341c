package sdk

import "slices"

// A State says what one source of credentials offers. The zero value means that nothing is known
// about the source.
type State string

// States that every source may have.
const (
	None    State = "none"    // the source is not configured
	OK      State = "ok"      // it answers with credentials
	Denied  State = "denied"  // it is asked and refuses
	Maybe   State = "maybe"   // it may or may not be configured, and may or may not answer
	Unknown State = "unknown" // it is configured; whether it answers is unknown
)

// States of Environment.Static, the access keys in environment variables (with None and Maybe).
const (
	Full   State = "full"   // AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
	IDOnly State = "idOnly" // AWS_ACCESS_KEY_ID alone
)

// States of Environment.WebIdentity (with None, OK, Denied, Maybe and Unknown).
const (
	RoleOnly     State = "roleOnly"     // AWS_ROLE_ARN alone
	FileOnly     State = "fileOnly"     // AWS_WEB_IDENTITY_TOKEN_FILE alone
	FileMissing  State = "fileMissing"  // both, and there is no such file
	MalformedARN State = "malformedARN" // both, and STS does not accept the role's ARN
	PaddedARN    State = "paddedARN"    // both, and only white space around the ARN spoils it
	BadSession   State = "badSession"   // both, and STS does not take AWS_ROLE_SESSION_NAME
	// addressRefused is what an SDK meets that does not accept the address of container credentials, and agentUnheardOf one that is
	// older than the Pod Identity agent.
	addressRefused State = "addressRefused"
	agentUnheardOf State = "agentUnheardOf"
	// otherSTS is what an SDK meets whose calls go to the STS of another partition than the role's.
	otherSTS State = "otherSTS"
)

// States of Environment.Container (with None, OK, Denied, Maybe and Unknown).
const (
	TokenMissing State = "tokenMissing" // configured, and the authorization token's file is not there
)

// States of Environment.IMDS (with Unknown).
const (
	Reachable     State = "reachable"     // answers, and the node has a role
	Unreachable   State = "unreachable"   // does not answer
	DisabledByEnv State = "disabledByEnv" // AWS_EC2_METADATA_DISABLED=true
	NoRole        State = "noRole"        // answers, and the node has no role
)

// States of Environment.Region (with Unknown).
const (
	RegionSet   State = "set"   // AWS_REGION and AWS_DEFAULT_REGION
	RegionUnset State = "unset" // neither
	// Only one of the two variables, as when a manifest sets it itself: not every SDK reads both.
	RegionOnly        State = "awsRegion"
	DefaultRegionOnly State = "awsDefaultRegion"
)

// An Environment is what a container offers to the SDK in it.
type Environment struct {
	Static      State
	WebIdentity State
	Container   State // container credentials: on EKS, Pod Identity
	Profile     State // a profile in the shared credentials or config file; Maybe: AWS_PROFILE is not set
	// ProfileOf has the SDKs that find another profile than Profile, since they read the files otherwise.
	ProfileOf PerSDK
	// ProfileToken is what STS answers to the web identity of a profile (OK, Denied, FileMissing; zero: unknown).
	ProfileToken State
	IMDS         State
	Region       State
	STS          STS   // where a web identity is sent
	Agent        Agent // where container credentials are requested
}

// seenBy returns e, which has no doubt, as one SDK meets it: what differs by what the SDK reads, accepts and knows. There are two
// where that depends on what is unknown.
func (e Environment) seenBy(name Name) []Environment {
	switch _, old := name.Lacks(TakesWebIdentity); {
	case old:
		e.WebIdentity = None
	case (e.WebIdentity == OK || e.WebIdentity == Denied) && e.STS.Elsewhere(name):
		e.WebIdentity = otherSTS
	}
	if e.Container == None || e.Agent.Family == "" {
		return []Environment{e}
	}
	refused := e
	if _, old := name.Lacks(AsksAgent); old {
		refused.Container = agentUnheardOf
		return []Environment{refused}
	}
	refused.Container = addressRefused
	switch accepted, known := e.Agent.Accepted(name); {
	case !known:
		return []Environment{e, refused}
	case !accepted:
		return []Environment{refused}
	}
	return []Environment{e}
}

// alternatives are, for each source, the plain answers that a state may stand for. A state that is
// not listed (or one that belongs to another source) stands for what the zero value does.
type alternatives map[State][]State

var (
	staticStates = alternatives{
		None: {None}, Full: {Full}, IDOnly: {IDOnly},
		Maybe: {None, IDOnly, Full},
		"":    {None, IDOnly, Full},
	}
	webIdentityStates = alternatives{
		None: {None}, OK: {OK}, Denied: {Denied}, RoleOnly: {RoleOnly}, FileOnly: {FileOnly},
		FileMissing: {FileMissing}, MalformedARN: {MalformedARN}, PaddedARN: {PaddedARN}, BadSession: {BadSession},
		Unknown: {Denied, OK},
		Maybe:   {None, RoleOnly, FileOnly, FileMissing, Denied, OK},
		"":      {None, RoleOnly, FileOnly, FileMissing, Denied, OK},
	}
	containerStates = alternatives{
		None: {None}, OK: {OK}, Denied: {Denied}, TokenMissing: {TokenMissing},
		Unknown: {Denied, OK},
		Maybe:   {None, TokenMissing, Denied, OK},
		"":      {None, TokenMissing, Denied, OK},
	}
	imdsStates = alternatives{
		Reachable: {Reachable}, Unreachable: {Unreachable}, DisabledByEnv: {DisabledByEnv}, NoRole: {NoRole},
		"": {Reachable, Unreachable},
	}
)

func (a alternatives) of(s State) []State {
	if plain, ok := a[s]; ok {
		return plain
	}
	return a[""]
}

// worlds returns every environment without doubt that e may stand for: one for each combination of
// its sources' alternatives, at most a few hundred.
func (e Environment) worlds() []Environment {
	var all []Environment
	for _, st := range staticStates.of(e.Static) {
		for _, wi := range webIdentityStates.of(e.WebIdentity) {
			for _, co := range containerStates.of(e.Container) {
				for _, im := range imdsStates.of(e.IMDS) {
					for _, pr := range e.plainProfiles(co, im) {
						all = append(all, Environment{
							Static: st, WebIdentity: wi, Container: co, Profile: pr, IMDS: im, Region: e.Region, STS: e.STS, Agent: e.Agent,
						})
					}
				}
			}
		}
	}
	return all
}

// PerSDK has a state for some SDKs, in the order of [Names]; none is the zero value.
type PerSDK [14]State

// Of returns the state of an SDK, empty where it has none.
func (p PerSDK) Of(name Name) State {
	if i := slices.Index(Names(), name.SDK()); i >= 0 {
		return p[i]
	}
	return ""
}

// Set gives an SDK a state.
func (p *PerSDK) Set(name Name, s State) { p[slices.Index(Names(), name)] = s }
