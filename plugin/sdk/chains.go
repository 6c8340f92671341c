package sdk

// An effect is what an SDK does when it meets a source in a certain state.
type effect uint8

const (
	pass   effect = iota // it asks the next source
	take                 // it uses these credentials
	stop                 // it ends with an error
	either               // it passes or stops, depending on something that an Environment does not say
	open                 // what it does is not established
)

// A source is a place that credentials come from.
type source uint8

const (
	static source = iota
	webIdentity
	profile
	container
	imds
)

// on is a source's effect by state; a state that is not listed has the effect of the one that it is like, and otherwise passes.
type on map[State]effect

func (o on) effect(s State) effect {
	if e, ok := o[s]; ok {
		return e
	}
	return o[likeStates[s]]
}

// A step is one link of a chain.
type step struct {
	source source
	on     on
	// unlessNamed skips the step where AWS_PROFILE is set.
	unlessNamed bool
}

// A chain is what one SDK, or one major version of it, does by default.
type chain struct {
	name    Name
	version string // only where versions differ
	steps   []step
}

// What several SDKs have in common. An SDK "raises" where a source that is configured and fails
// ends the chain, and "falls" where it silently asks the next one.
var (
	keys = on{Full: take}

	webIdentityFalls  = on{OK: take}
	webIdentityRaises = on{OK: take, Denied: stop, MalformedARN: stop, PaddedARN: stop, BadSession: stop, otherSTS: stop, FileMissing: stop}
	// the token's file alone makes these SDKs decide for web identity and then miss the role
	webIdentityByFile = on{OK: take, Denied: stop, MalformedARN: stop, PaddedARN: stop, BadSession: stop, otherSTS: stop, FileMissing: stop, FileOnly: stop}

	profileFalls = on{Named: take, NamedAssumeRole: take, DefaultFile: take, DefaultAssumeRole: take,
		NamedRoleAlone: open, DefaultRoleAlone: open}
	profileRaises = on{Named: take, NamedAssumeRole: take, DefaultFile: take, DefaultAssumeRole: take,
		NamedRefused: stop, DefaultRefused: stop, NamedRoleAlone: open, DefaultRoleAlone: open}
	profileRaisesMissing = on{Named: take, NamedAssumeRole: take, DefaultFile: take, DefaultAssumeRole: take,
		NamedRefused: stop, DefaultRefused: stop, NamedMissing: stop, NamedRoleAlone: open, DefaultRoleAlone: open}

	containerFalls = on{OK: take}
	// either the SDK raises, or it never asks IMDS where container credentials are configured
	containerLast = on{OK: take, Denied: stop, TokenMissing: stop, addressRefused: stop, agentUnheardOf: stop}

	instance = on{Reachable: take}
)

// chains are the default chains. "Measured" means that the recorded runs in testdata/sdk hold for
// this SDK; the others are as their source code says.
var chains = []chain{
	// aws-sdk-go-v2 config/resolve_credentials.go: the source is chosen once, by what is configured.
	// LoadDefaultConfig fails first of all on a missing profile, and on one whose source_profile leads nowhere
	// (shared_config.go, setFromIniSections). Measured.
	{name: GoV2, steps: []step{
		{source: profile, on: on{NamedMissing: stop, NamedDangling: stop, DefaultDangling: stop}},
		{source: static, on: keys},
		{source: webIdentity, on: webIdentityByFile},
		{source: profile, on: profileRaises},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// aws-sdk-go aws/session/credentials.go. A profile that does not exist is no error. Measured.
	{name: GoV1, steps: []step{
		{source: static, on: keys},
		{source: webIdentity, on: webIdentityByFile},
		{source: profile, on: profileRaises},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// DefaultCredentialsProvider and AwsCredentialsProviderChain: every exception means the next one.
	// WebIdentityTokenFileCredentialsProvider trims the role's ARN. ProfileCredentialsUtils finds nothing in a role without a
	// source.
	{name: JavaV2, steps: []step{
		{source: static, on: keys},
		{source: webIdentity, on: on{OK: take, PaddedARN: take}},
		{source: profile, on: on{Named: take, NamedAssumeRole: take, DefaultFile: take, DefaultAssumeRole: take}},
		{source: container, on: containerFalls},
		{source: imds, on: instance},
	}},
	// DefaultAWSCredentialsProviderChain: the last link is container credentials where their variable
	// is set, and EC2's only where it is not.
	{name: JavaV1, steps: []step{
		{source: static, on: keys},
		{source: webIdentity, on: webIdentityFalls},
		{source: profile, on: profileFalls},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// botocore/credentials.py: the session fails first of all on a missing profile; half a pair of keys
	// is an error; of the profiles only one that assumes a role comes before web identity, and one with a web identity is
	// read together with the variables, which come first (AssumeRoleWithWebIdentityProvider). A role without a source is an
	// error, and so is a file that does not parse. Measured.
	{name: Python, steps: []step{
		{source: profile, on: on{NamedMissing: stop, FilesInvalid: stop}},
		{source: static, on: on{Full: take, IDOnly: stop}},
		{source: profile, on: on{NamedAssumeRole: take, DefaultAssumeRole: take, NamedRefused: stop, DefaultRefused: stop,
			NamedRoleAlone: stop, DefaultRoleAlone: stop, NamedWebIdentity: pass, DefaultWebIdentity: pass,
			NamedTokenRefused: pass, DefaultTokenRefused: pass}},
		{source: webIdentity, on: webIdentityByFile},
		{source: profile, on: on{Named: take, DefaultFile: take, NamedWebIdentity: take, DefaultWebIdentity: take,
			NamedTokenRefused: stop, DefaultTokenRefused: stop}},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// @aws-sdk/credential-provider-node: AWS_PROFILE makes it ignore the keys; a profile that does
	// not exist passes; IMDS is not called where a container URI is set. Measured. In credential-provider-ini a profile without
	// usable settings, a source_profile that leads nowhere and an environment without keys are errors that let the chain go on.
	{name: JSV3, steps: []step{
		{source: static, on: keys, unlessNamed: true},
		{source: profile, on: on{Named: take, NamedAssumeRole: take, DefaultFile: take, DefaultAssumeRole: take,
			NamedRefused: stop, DefaultRefused: stop, NamedNoKeys: pass, DefaultNoKeys: pass, NamedDangling: pass, DefaultDangling: pass}},
		{source: webIdentity, on: webIdentityRaises},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// aws-sdk-js lib/node_loader.js and lib/credentials/credential_provider_chain.js.
	{name: JSV2, steps: []step{
		{source: static, on: keys},
		{source: profile, on: profileFalls},
		{source: container, on: containerFalls},
		{source: webIdentity, on: webIdentityFalls},
		{source: imds, on: instance},
	}},
	// FallbackCredentialsFactory. Web identity is chosen where both variables are set, and fails at
	// first use.
	{name: DotNet, version: "3", steps: []step{
		{source: webIdentity, on: webIdentityRaises},
		{source: profile, on: profileRaises},
		{source: static, on: keys},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// DefaultAWSCredentialsIdentityResolver: unlike version 3 it ends on a missing profile.
	{name: DotNet, version: "4", steps: []step{
		{source: static, on: keys},
		{source: webIdentity, on: webIdentityRaises},
		{source: profile, on: profileRaisesMissing},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// aws-sdk-core credential_provider_chain.rb: web identity is taken where both variables are set, and
	// its constructor asks STS; a missing profile passes.
	{name: Ruby, steps: []step{
		{source: static, on: keys},
		{source: webIdentity, on: webIdentityRaises},
		{source: profile, on: profileRaises},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// CredentialProvider::defaultProvider: rejections are chained; the last link is either containers or
	// EC2.
	{name: PHP, steps: []step{
		{source: static, on: keys},
		{source: webIdentity, on: webIdentityFalls},
		{source: profile, on: profileFalls},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// AWSCredentialsProviderChain.cpp: a provider that returns nothing means the next one; the last link
	// is either containers or EC2.
	{name: Cpp, steps: []step{
		{source: static, on: keys},
		{source: profile, on: profileFalls},
		{source: webIdentity, on: webIdentityFalls},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// aws-config default_provider/credentials.rs: only "not loaded" goes on. A missing profile is an
	// error where the shared files define any profile at all, and "not loaded" where they define none.
	// The token's file without the role is an invalid configuration, the role without the file is not.
	{name: Rust, steps: []step{
		{source: static, on: keys},
		{source: profile, on: on{Named: take, NamedAssumeRole: take, DefaultFile: take, DefaultAssumeRole: take,
			NamedRefused: stop, DefaultRefused: stop, NamedMissing: either, NamedRoleAlone: open, DefaultRoleAlone: open}},
		{source: webIdentity, on: webIdentityByFile},
		{source: container, on: containerLast},
		{source: imds, on: instance},
	}},
	// DefaultChainCredentialsProvider: every exception means the next one.
	{name: Kotlin, steps: []step{
		{source: static, on: keys},
		{source: webIdentity, on: webIdentityFalls},
		{source: profile, on: profileFalls},
		{source: container, on: containerFalls},
		{source: imds, on: instance},
	}},
	// The default resolver chain: every error means the next one.
	{name: Swift, steps: []step{
		{source: static, on: keys},
		{source: profile, on: profileFalls},
		{source: webIdentity, on: webIdentityFalls},
		{source: container, on: containerFalls},
		{source: imds, on: instance},
	}},
}
