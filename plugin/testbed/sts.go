package testbed

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
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
	arn, id := a.Principal(c), "AROATESTTESTTESTTEST1:session"
	if strings.Contains(arn, ":user/") {
		id = "AIDATESTTESTTESTTEST1"
	}
	return result(c, "<Arn>"+escaped(arn)+"</Arn><UserId>"+id+"</UserId><Account>"+c.Account+"</Account>")
}

// Principal is the ARN of who made a call.
func (a *AWS) Principal(c Call) string {
	a.state.Lock()
	defer a.state.Unlock()
	if arn, isSession := a.sessions[c.User]; isSession {
		return arn
	}
	return "arn:aws:iam::" + c.Account + ":user/tester"
}

// assumeRole gives credentials for every role that exists; who may take it is not judged.
func (a *AWS) assumeRole(c Call) *http.Response {
	refused := failure(c, http.StatusForbidden, "AccessDenied", "User: arn:aws:iam::"+c.Account+
		":user/tester is not authorized to perform: sts:AssumeRole on resource: "+c.Params.Get("RoleArn"))
	if a.role(c.Params.Get("RoleArn")) == nil {
		return refused
	}
	return a.session(c, "")
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

// role is the role of exactly that ARN; nil where there is none.
func (a *AWS) role(arn string) *types.Role {
	parts := roleARN.FindStringSubmatch(arn)
	if parts == nil {
		return nil
	}
	found, err := a.IAM(parts[2]).GetRole(context.Background(), &iam.GetRoleInput{RoleName: &parts[3]})
	if err != nil || aws.ToString(found.Role.Arn) != arn {
		return nil
	}
	return found.Role
}

// result is a successful answer of the query protocol.
func result(c Call, content string) *http.Response {
	body := "<" + c.Operation + "Response><" + c.Operation + "Result>" + content + "</" + c.Operation + "Result>" +
		"<ResponseMetadata><RequestId>" + requestID + "</RequestId></ResponseMetadata></" + c.Operation + "Response>"
	return respond(http.StatusOK, "text/xml", body)
}
