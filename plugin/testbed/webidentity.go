package testbed

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/naive"
)

// A Decision is what STS made of one call of AssumeRoleWithWebIdentity.
type Decision struct {
	RoleARN string
	Region  string // of the endpoint that was called
	Stage   Stage  // where the call ended
	Code    string // of the error; empty: the token was exchanged for credentials
	Message string
}

// Allowed reports whether the caller got credentials.
func (d Decision) Allowed() bool { return d.Code == "" }

// A Stage is one of the things that STS looks at.
type Stage string

// The stages, in the order in which STS is likely to go through them: it is not documented. A token that had expired long ago
// was answered with the missing provider, and the client IDs and the trust policy have errors of their own (recorded answers
// in the tests of AWS's SDKs).
const (
	StageParameters Stage = "parameters"
	StageToken      Stage = "token"
	StageProvider   Stage = "provider"
	StageSignature  Stage = "signature"
	StageTime       Stage = "time"
	StageAudience   Stage = "audience"
	StageTrust      Stage = "trust"
	StageDuration   Stage = "duration"
)

// expiryGrace is how long STS still takes an expired token (measured by others, not documented).
const expiryGrace = 5 * time.Minute

// Publish lets STS fetch the keys of an issuer (https://...), a JSON Web Key Set. The keys of an issuer that nobody has
// published cannot be fetched, like those of a private one.
func (a *AWS) Publish(issuer string, keys func(context.Context) ([]byte, error)) {
	a.state.Lock()
	defer a.state.Unlock()
	a.issuers[issuer] = keys
}

// Decisions are those so far, in their order.
func (a *AWS) Decisions() []Decision {
	a.state.Lock()
	defer a.state.Unlock()
	return slices.Clone(a.decisions)
}

// An exchange is one call of AssumeRoleWithWebIdentity on its way through the stages.
type exchange struct {
	a *AWS
	c Call

	partition, account string // of the role
	roleARN, session   string
	seconds            int
	token              webToken
	provider           string // its ARN
	clientIDs          []string
	role               *types.Role
}

// A refusal is an error that STS answers with.
type refusal struct {
	status        int
	code, message string
}

func invalidToken(format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, "InvalidIdentityToken", fmt.Sprintf(format, args...)}
}

func validation(format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, "ValidationError", fmt.Sprintf(format, args...)}
}

func constraint(value, field, what string) *refusal {
	return validation("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, field, what)
}

const unproven = "The web identity token provided could not be validated"

// assumeRoleWithWebIdentity asks no permission of the caller: the token is all that it shows.
func (a *AWS) assumeRoleWithWebIdentity(c Call) *http.Response {
	x := &exchange{a: a, c: c}
	for _, step := range []struct {
		stage Stage
		pass  func() *refusal
	}{
		{StageParameters, x.readParameters}, {StageToken, x.readToken}, {StageProvider, x.findProvider},
		{StageSignature, x.verifySignature}, {StageTime, x.checkTime}, {StageAudience, x.checkAudience},
		{StageTrust, x.askTrust}, {StageDuration, x.checkDuration},
	} {
		if no := step.pass(); no != nil {
			a.decided(Decision{RoleARN: c.Params.Get("RoleArn"), Region: c.Region, Stage: step.stage, Code: no.code, Message: no.message})
			return failure(c, no.status, no.code, no.message)
		}
	}
	a.decided(Decision{RoleARN: x.roleARN, Region: c.Region, Stage: StageDuration})
	return a.session(c, "<SubjectFromWebIdentityToken>"+escaped(x.token.Subject)+"</SubjectFromWebIdentityToken>"+
		"<Audience>"+escaped(strings.Join(x.token.audiences(), ","))+"</Audience><Provider>"+escaped(x.provider)+"</Provider>")
}

func (a *AWS) decided(d Decision) {
	a.state.Lock()
	defer a.state.Unlock()
	a.decisions = append(a.decisions, d)
}

var (
	sessionName  = regexp.MustCompile(`^[\w+=,.@-]*$`)
	wellFormed   = regexp.MustCompile(`^arn:(aws[a-z-]*):iam::(\d{12}):role(?:/(?:[\x21-\x7e]+/)?)[\w+=,.@-]{1,64}$`)
	shortestRole = 20
)

// readParameters applies the constraints of the API reference:
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
func (x *exchange) readParameters() *refusal {
	x.roleARN, x.session = x.c.Params.Get("RoleArn"), x.c.Params.Get("RoleSessionName")
	switch {
	case len(x.roleARN) < shortestRole:
		return constraint(x.roleARN, "roleArn", "have length greater than or equal to 20")
	case len(x.roleARN) > 2048:
		return constraint(x.roleARN, "roleArn", "have length less than or equal to 2048")
	case !sessionName.MatchString(x.session):
		return constraint(x.session, "roleSessionName", `satisfy regular expression pattern: [\w+=,.@-]*`)
	case len(x.session) < 2:
		return constraint(x.session, "roleSessionName", "have length greater than or equal to 2")
	case len(x.session) > 64:
		return constraint(x.session, "roleSessionName", "have length less than or equal to 64")
	}
	x.seconds = 3600
	if asked := x.c.Params.Get("DurationSeconds"); asked != "" {
		var err error
		if x.seconds, err = strconv.Atoi(asked); err != nil || x.seconds < 900 || x.seconds > 43200 {
			return constraint(asked, "durationSeconds", "have value between 900 and 43200")
		}
	}
	parts := wellFormed.FindStringSubmatch(x.roleARN)
	if parts == nil || parts[1] != partitionOf(x.c.Region) {
		return validation("Request ARN is invalid")
	}
	x.partition, x.account = parts[1], parts[2]
	return nil
}

// partitionOf is the partition of a region:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func partitionOf(region string) string {
	for prefix, partition := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov"} {
		if strings.HasPrefix(region, prefix) {
			return partition
		}
	}
	return "aws"
}

func (x *exchange) readToken() *refusal {
	token, err := parseWebToken(x.c.Params.Get("WebIdentityToken"))
	if err != nil {
		return invalidToken("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	x.token = token
	return nil
}

// findProvider looks in the role's account, whichever the cluster's is.
func (x *exchange) findProvider() *refusal {
	x.provider = fmt.Sprintf("arn:%s:iam::%s:oidc-provider/%s", x.partition, x.account, x.token.host())
	found, err := x.a.IAM(x.account).GetOpenIDConnectProvider(context.Background(), &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &x.provider})
	if err != nil {
		return invalidToken("No OpenIDConnect provider found in your account for %s", x.token.Issuer)
	}
	x.clientIDs = found.ClientIDList
	return nil
}

func (x *exchange) verifySignature() *refusal {
	x.a.state.Lock()
	fetch := x.a.issuers[x.token.Issuer]
	x.a.state.Unlock()
	if fetch == nil {
		return invalidToken("Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements")
	}
	keys, err := fetch(context.Background())
	if err == nil {
		err = x.token.verify(keys)
	}
	if err != nil {
		return invalidToken("%s", unproven)
	}
	return nil
}

func (x *exchange) checkTime() *refusal {
	now, expiry := time.Now(), time.Unix(x.token.Expiry, 0)
	switch {
	case x.token.Expiry == 0 || time.Unix(max(x.token.IssuedAt, x.token.NotBefore), 0).After(now.Add(expiryGrace)):
		return invalidToken("%s", unproven)
	case now.After(expiry.Add(expiryGrace)):
		return &refusal{http.StatusBadRequest, "ExpiredTokenException",
			fmt.Sprintf("Token expired: current date/time %d must be before the expiration date/time %d", now.Unix(), expiry.Unix())}
	}
	return nil
}

// longestSubject is how long the subject may be (IAM user guide, quotas for web identities).
const longestSubject = 255

func (x *exchange) checkAudience() *refusal {
	switch {
	case !slices.ContainsFunc(x.token.audiences(), func(one string) bool { return slices.Contains(x.clientIDs, one) }):
		return invalidToken("Incorrect token audience")
	case x.token.Subject == "" || len(x.token.Subject) > longestSubject:
		return invalidToken("%s", unproven)
	}
	return nil
}

// askTrust answers in the same words where the role does not exist.
func (x *exchange) askTrust() *refusal {
	denied := &refusal{http.StatusForbidden, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"}
	if x.role = x.a.role(x.roleARN); x.role == nil {
		return denied
	}
	policy := []byte(unescapePolicy(aws.ToString(x.role.AssumeRolePolicyDocument)))
	switch naive.Judge(policy, naive.Principal{Type: "Federated", ID: x.provider}, []string{"sts:AssumeRoleWithWebIdentity"}, x.keys()) {
	case naive.Allowed:
		return nil
	case naive.Undetermined: // no test may rest on it
		return &refusal{http.StatusNotImplemented, "NotImplemented", "AWS does not document what STS makes of this trust policy"}
	}
	return denied
}

// keys are the condition keys of the request:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
func (x *exchange) keys() map[string][]string {
	now := time.Now().UTC()
	keys := map[string][]string{
		x.token.host() + ":sub": {x.token.Subject},
		x.token.host() + ":aud": x.token.audiences(),
		"aws:SourceIp":          {"203.0.113.10"},
		"aws:SecureTransport":   {"true"},
		"aws:CurrentTime":       {now.Format(time.RFC3339)},
		"aws:EpochTime":         {strconv.FormatInt(now.Unix(), 10)},
		"aws:RequestedRegion":   {x.c.Region},
		"aws:ResourceAccount":   {x.account},
		"sts:RoleSessionName":   {x.session},
	}
	for _, tag := range x.role.Tags {
		keys["aws:ResourceTag/"+aws.ToString(tag.Key)] = []string{aws.ToString(tag.Value)}
	}
	return keys
}

func (x *exchange) checkDuration() *refusal {
	if most := int(aws.ToInt32(x.role.MaxSessionDuration)); x.seconds > most {
		return validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return nil
}
