package testbed

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

var roleARN = regexp.MustCompile(`^arn:(aws[a-z-]*):iam::(\d{12}):role/(?:.*/)?([^/]+)$`)

func (a *AWS) answerSTS(c Call) (*http.Response, error) {
	switch c.Operation {
	case "GetCallerIdentity":
		return a.callerIdentity(c), nil
	case "AssumeRole":
		return a.assumeRole(c), nil
	case "AssumeRoleWithWebIdentity":
		return a.assumeRoleWithWebIdentity(c), nil
	}
	return notImplemented(c), nil
}

func (a *AWS) callerIdentity(c Call) *http.Response {
	a.state.Lock()
	arn, isSession := a.sessions[c.User]
	a.state.Unlock()
	id := "AROATESTTESTTESTTEST1:session"
	if !isSession {
		arn, id = "arn:aws:iam::"+c.Account+":user/tester", "AIDATESTTESTTESTTEST1"
	}
	return result(c, "<Arn>"+escaped(arn)+"</Arn><UserId>"+id+"</UserId><Account>"+c.Account+"</Account>")
}

// assumeRole gives credentials for every role that exists; who may take it is not judged.
func (a *AWS) assumeRole(c Call) *http.Response {
	refused := failure(c, http.StatusForbidden, "AccessDenied", "User: arn:aws:iam::"+c.Account+
		":user/tester is not authorized to perform: sts:AssumeRole on resource: "+c.Params.Get("RoleArn"))
	if _, ok := a.trustPolicy(c.Params.Get("RoleArn")); !ok {
		return refused
	}
	return a.session(c, "")
}

// assumeRoleWithWebIdentity looks at provider, audience, expiry and trust, in the order that is likely
// on AWS. The token's signature is not verified.
func (a *AWS) assumeRoleWithWebIdentity(c Call) *http.Response {
	if a.Trust == nil {
		return notImplemented(c)
	}
	claims, issuer, audiences, expiry := claimsOf(c.Params.Get("WebIdentityToken"))
	invalid := func(message string) *http.Response {
		return failure(c, http.StatusBadRequest, "InvalidIdentityToken", message)
	}
	role := roleARN.FindStringSubmatch(c.Params.Get("RoleArn"))
	switch {
	case role == nil:
		return failure(c, http.StatusBadRequest, "ValidationError", "Request ARN is invalid")
	case claims == nil:
		return invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	provider := fmt.Sprintf("arn:%s:iam::%s:oidc-provider/%s", role[1], role[2], strings.TrimPrefix(issuer, "https://"))
	found, err := a.IAM(role[2]).GetOpenIDConnectProvider(context.Background(), &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &provider})
	switch {
	case err != nil:
		return invalid("No OpenIDConnect provider found in your account for " + issuer)
	case time.Now().After(expiry):
		return failure(c, http.StatusBadRequest, "ExpiredTokenException",
			fmt.Sprintf("Token expired: current date/time %d must be before the expiration date/time %d", time.Now().Unix(), expiry.Unix()))
	case !slices.ContainsFunc(audiences, func(aud string) bool { return slices.Contains(found.ClientIDList, aud) }):
		return invalid("Incorrect token audience")
	}
	if policy, ok := a.trustPolicy(c.Params.Get("RoleArn")); !ok || !a.Trust(policy, claims) {
		return failure(c, http.StatusForbidden, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	}
	subject, _ := claims["sub"].(string)
	return a.session(c, "<SubjectFromWebIdentityToken>"+escaped(subject)+"</SubjectFromWebIdentityToken>"+
		"<Audience>"+escaped(strings.Join(audiences, ","))+"</Audience><Provider>"+escaped(provider)+"</Provider>")
}

// session answers with new credentials of the role that the call names; more goes into the answer as it is.
func (a *AWS) session(c Call, more string) *http.Response {
	role := roleARN.FindStringSubmatch(c.Params.Get("RoleArn"))
	arn := fmt.Sprintf("arn:%s:sts::%s:assumed-role/%s/%s", role[1], role[2], role[3], c.Params.Get("RoleSessionName"))
	a.state.Lock()
	key := fmt.Sprintf("ASIA%s%04d", role[2], len(a.sessions))
	a.sessions[key] = arn
	a.state.Unlock()
	return result(c, "<Credentials><AccessKeyId>"+key+"</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>"+
		"<Expiration>"+time.Now().Add(time.Hour).UTC().Format(time.RFC3339)+"</Expiration></Credentials>"+
		"<AssumedRoleUser><AssumedRoleId>AROATESTTESTTESTTEST1:"+escaped(c.Params.Get("RoleSessionName"))+"</AssumedRoleId>"+
		"<Arn>"+escaped(arn)+"</Arn></AssumedRoleUser>"+more)
}

// trustPolicy is that of an existing role.
func (a *AWS) trustPolicy(arn string) (policy string, ok bool) {
	role := roleARN.FindStringSubmatch(arn)
	if role == nil {
		return "", false
	}
	found, err := a.IAM(role[2]).GetRole(context.Background(), &iam.GetRoleInput{RoleName: &role[3]})
	if err != nil {
		return "", false
	}
	return unescapePolicy(aws.ToString(found.Role.AssumeRolePolicyDocument)), true
}

// claimsOf reads a JSON Web Token without verifying it; claims are nil if it is none.
func claimsOf(token string) (claims map[string]any, issuer string, audiences []string, expiry time.Time) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, "", nil, time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return nil, "", nil, time.Time{}
	}
	issuer, _ = claims["iss"].(string)
	switch aud := claims["aud"].(type) {
	case string:
		audiences = []string{aud}
	case []any:
		for _, one := range aud {
			audiences = append(audiences, fmt.Sprint(one))
		}
	}
	seconds, _ := claims["exp"].(float64)
	return claims, issuer, audiences, time.Unix(int64(seconds), 0)
}

// result is a successful answer of the query protocol.
func result(c Call, content string) *http.Response {
	body := "<" + c.Operation + "Response><" + c.Operation + "Result>" + content + "</" + c.Operation + "Result>" +
		"<ResponseMetadata><RequestId>" + requestID + "</RequestId></ResponseMetadata></" + c.Operation + "Response>"
	return respond(http.StatusOK, "text/xml", body)
}
