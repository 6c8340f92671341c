package testbed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// trustPolicyQuota is how many characters, blanks not counted, a trust policy may have by default
// (IAM user guide, IAM and AWS STS quotas).
const trustPolicyQuota = 2048

// answerIAM is moto's answer, after what moto would not take has been kept from it, and with what it words or
// encodes otherwise than IAM put right.
func (a *AWS) answerIAM(r *http.Request, c Call) (*http.Response, error) {
	switch c.Operation {
	case "CreateRole", "UpdateAssumeRolePolicy":
		field := "AssumeRolePolicyDocument"
		if c.Operation == "UpdateAssumeRolePolicy" {
			field = "PolicyDocument"
		}
		policy := c.Params.Get(field)
		if refusal := refusePolicy(c, policy); refusal != nil {
			return refusal, nil
		}
		c.Body = withParam(c.Body, field, a.keepPolicy(policy))
	case "CreateOpenIDConnectProvider":
		if !c.Params.Has("ThumbprintList.member.1") { // IAM fetches one itself where none is given
			c.Body = withParam(c.Body, "ThumbprintList.member.1", strings.Repeat("0", 40))
		}
	case "SimulatePrincipalPolicy":
		return simulated(c), nil
	case "AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider":
		return a.changeClientIDs(r.Context(), c)
	}
	response, err := a.forward(r, c)
	if err != nil {
		return nil, err
	}
	text, err := readAll(response)
	if err != nil {
		return nil, err
	}
	return respond(response.StatusCode, "text/xml", a.mended(c, text)), nil
}

func refusePolicy(c Call, policy string) *http.Response {
	var document map[string]any
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		return failure(c, http.StatusBadRequest, "MalformedPolicyDocument", "This policy contains invalid Json")
	}
	if message := malformed(policy); message != "" {
		return failure(c, http.StatusBadRequest, "MalformedPolicyDocument", message)
	}
	size := 0
	for _, character := range policy {
		if !unicode.IsSpace(character) {
			size++
		}
	}
	if size > trustPolicyQuota {
		return failure(c, http.StatusConflict, "LimitExceeded", fmt.Sprintf("Cannot exceed quota for ACLSizePerRole: %d", trustPolicyQuota))
	}
	return nil
}

// placeholder is a trust policy that moto takes; its Sid is a number in AWS.policies. moto refuses much that IAM takes: the
// version 2008-10-17, NotAction, other spellings.
const placeholder = `{"Version":"2012-10-17","Statement":[{"Sid":"kept%d","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func (a *AWS) keepPolicy(policy string) string {
	a.state.Lock()
	defer a.state.Unlock()
	a.policies = append(a.policies, policy)
	return fmt.Sprintf(placeholder, len(a.policies)-1)
}

func (a *AWS) keptPolicy(stored string) string {
	kept := regexp.MustCompile(`"Sid":\s*"kept(\d+)"`).FindStringSubmatch(stored)
	if kept == nil {
		return stored
	}
	number, err := strconv.Atoi(kept[1])
	a.state.Lock()
	defer a.state.Unlock()
	if err != nil || number >= len(a.policies) {
		return stored
	}
	return a.policies[number]
}

// wordings are moto's messages and IAM's (as recorded in public issues and SDK tests). moto says each twice, as Message and
// as message; the second is taken out.
var wordings = []struct {
	moto *regexp.Regexp
	iam  string
}{
	{regexp.MustCompile(`(<Message>)Role (\S+) not found(</Message>)`), "${1}The role with name $2 cannot be found.$3"},
	{regexp.MustCompile(`(<Message>)Instance profile (\S+) not found(</Message>)`), "${1}Instance Profile $2 cannot be found.$3"},
	{regexp.MustCompile(`(<Message>)Policy (arn:\S+) not found(</Message>)`), "${1}Policy $2 was not found.$3"},
}

var (
	secondMessage = regexp.MustCompile(`(?s)<message>.*?</message>`)
	policyElement = regexp.MustCompile(`(?s)<(AssumeRolePolicyDocument|PolicyDocument|Document)>(.*?)</(?:AssumeRolePolicyDocument|PolicyDocument|Document)>`)
	wholeSeconds  = regexp.MustCompile(`(T\d\d:\d\d:\d\d)\.\d+Z<`)
)

// fixed is moto's answer as IAM would have given it: policies percent-encoded everywhere (IAM API reference, GetRole), times
// in whole seconds, its own wording of what is missing.
func (a *AWS) mended(c Call, text string) string {
	if strings.HasPrefix(text, "<ErrorResponse") {
		text = secondMessage.ReplaceAllString(text, "")
	}
	for _, w := range wordings {
		text = w.moto.ReplaceAllString(text, w.iam)
	}
	if c.Operation == "CreateOpenIDConnectProvider" {
		text = strings.Replace(text, "<Message>Unknown</Message>", "<Message>Provider with url "+escaped(c.Params.Get("Url"))+" already exists.</Message>", 1)
	}
	text = policyElement.ReplaceAllStringFunc(text, func(element string) string {
		parts := policyElement.FindStringSubmatch(element)
		policy := html.UnescapeString(parts[2])
		if strings.HasPrefix(policy, "%7B") || strings.HasPrefix(policy, "%7b") {
			policy = unescapePolicy(policy)
		}
		return "<" + parts[1] + ">" + escapePolicy(a.keptPolicy(policy)) + "</" + parts[1] + ">"
	})
	return wholeSeconds.ReplaceAllString(text, "${1}Z<")
}

// changeClientIDs does what moto cannot: it recreates the provider with the other list.
func (a *AWS) changeClientIDs(ctx context.Context, c Call) (*http.Response, error) {
	client, arn, id := a.IAM(c.Account), c.Params.Get("OpenIDConnectProviderArn"), c.Params.Get("ClientID")
	have, err := client.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
	var missing *types.NoSuchEntityException
	switch {
	case errors.As(err, &missing):
		return failure(c, http.StatusNotFound, "NoSuchEntity", missing.ErrorMessage()), nil
	case err != nil:
		return nil, err
	}
	ids := slices.DeleteFunc(have.ClientIDList, func(one string) bool { return one == id })
	if c.Operation == "AddClientIDToOpenIDConnectProvider" {
		ids = append(ids, id)
	}
	if _, err := client.DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn}); err != nil {
		return nil, err
	}
	address := "https://" + *have.Url
	_, err = client.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: &address, ClientIDList: ids, ThumbprintList: have.ThumbprintList, Tags: have.Tags,
	})
	if err != nil {
		return nil, err
	}
	return respond(http.StatusOK, "text/xml", "<"+c.Operation+"Response><ResponseMetadata><RequestId>"+requestID+"</RequestId></ResponseMetadata></"+c.Operation+"Response>"), nil
}

// withParam is a query protocol body with that parameter set.
func withParam(body []byte, name, value string) []byte {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return body
	}
	form.Set(name, value)
	return []byte(form.Encode())
}

// escapePolicy percent-encodes as RFC 3986 has it, blanks too.
func escapePolicy(policy string) string {
	return strings.ReplaceAll(url.QueryEscape(policy), "+", "%20")
}

func unescapePolicy(policy string) string {
	text, err := url.PathUnescape(policy)
	if err != nil {
		return policy
	}
	return text
}

// simulated is the policy simulator's answer, which moto does not have: it allows every action on every resource.
func simulated(c Call) *http.Response {
	results := ""
	for i := 1; c.Params.Has(fmt.Sprintf("ActionNames.member.%d", i)); i++ {
		action := c.Params.Get(fmt.Sprintf("ActionNames.member.%d", i))
		results += "<member><EvalActionName>" + escaped(action) + "</EvalActionName><EvalResourceName>" + escaped(c.Params.Get("ResourceArns.member.1")) +
			"</EvalResourceName><EvalDecision>allowed</EvalDecision></member>"
	}
	return respond(http.StatusOK, "text/xml", "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>"+results+
		"</EvaluationResults></SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>"+requestID+"</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>")
}
