package testbed

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// config is that of a client whose calls are not logged, delayed or spoiled.
func (a *AWS) config(account string) aws.Config {
	return aws.Config{
		Region:       Region,
		BaseEndpoint: &a.URL,
		Credentials:  credentials.NewStaticCredentialsProvider(accessKeyID(account), "secret", ""),
		HTTPClient:   inProcess{a},
	}
}

// IAM is a client for preparing and inspecting an account: its calls are not in the log and never spoiled.
func (a *AWS) IAM(account string) *iam.Client { return iam.NewFromConfig(a.config(account)) }

// EKS is the same for the account's clusters.
func (a *AWS) EKS(account string) *eks.Client { return eks.NewFromConfig(a.config(account)) }

// Role makes a role with that trust policy, a JSON text, and returns its ARN.
func (a *AWS) Role(t testing.TB, account, name, trust string) string {
	t.Helper()
	made, err := a.IAM(account).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatalf("create role %s: %v", name, err)
	}
	return aws.ToString(made.Role.Arn)
}

// Provider makes an OpenID Connect provider for an issuer (https://…) and returns its ARN.
func (a *AWS) Provider(t testing.TB, account, issuer string, clientIDs ...string) string {
	t.Helper()
	made, err := a.IAM(account).CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{Url: &issuer, ClientIDList: clientIDs})
	if err != nil {
		t.Fatalf("create OpenID Connect provider %s: %v", issuer, err)
	}
	return aws.ToString(made.OpenIDConnectProviderArn)
}

// InstanceProfile makes an instance profile with that role in it and returns its ARN.
func (a *AWS) InstanceProfile(t testing.TB, account, name, role string) string {
	t.Helper()
	client := a.IAM(account)
	made, err := client.CreateInstanceProfile(t.Context(), &iam.CreateInstanceProfileInput{InstanceProfileName: &name})
	if err != nil {
		t.Fatalf("create instance profile %s: %v", name, err)
	}
	if _, err := client.AddRoleToInstanceProfile(t.Context(), &iam.AddRoleToInstanceProfileInput{InstanceProfileName: &name, RoleName: &role}); err != nil {
		t.Fatalf("add role %s to instance profile %s: %v", role, name, err)
	}
	return aws.ToString(made.InstanceProfile.Arn)
}

// Association makes a Pod Identity association in a cluster and returns its id.
func (a *AWS) Association(t testing.TB, cluster Cluster, namespace, account, roleARN string) string {
	t.Helper()
	return a.AssociationTo(t, cluster, namespace, account, roleARN, "")
}

// AssociationTo makes a Pod Identity association with a target role; an empty one is none.
func (a *AWS) AssociationTo(t testing.TB, cluster Cluster, namespace, account, roleARN, targetARN string) string {
	t.Helper()
	in := &eks.CreatePodIdentityAssociationInput{ClusterName: &cluster.Name, Namespace: &namespace, ServiceAccount: &account, RoleArn: &roleARN}
	if targetARN != "" {
		in.TargetRoleArn = &targetARN
	}
	made, err := a.EKS(cluster.Account).CreatePodIdentityAssociation(t.Context(), in, func(o *eks.Options) { o.Region = cluster.Region })
	if err != nil {
		t.Fatalf("associate %s/%s: %v", namespace, account, err)
	}
	return aws.ToString(made.Association.AssociationId)
}

// An Instance is an EC2 instance.
type Instance struct {
	ID         string // i- and 17 hexadecimal digits
	Account    string // empty: Account
	Region     string // empty: Region
	PrivateIP  string // in the default VPC, 172.31.0.0/16; empty: any
	ProfileARN string // of its instance profile; empty: none

	// The instance metadata options, in EC2's words; empty or zero is EC2's default.
	HTTPEndpoint string // enabled, disabled
	HTTPTokens   string // required, optional
	HopLimit     int
}

// Instance runs an instance.
func (a *AWS) Instance(t testing.TB, i Instance) {
	t.Helper()
	if i.Account == "" {
		i.Account = Account
	}
	if i.Region == "" {
		i.Region = Region
	}
	params := url.Values{"ImageId": {"ami-12345678"}, "MinCount": {"1"}, "MaxCount": {"1"}}
	for name, value := range map[string]string{
		"PrivateIpAddress": i.PrivateIP, "IamInstanceProfile.Arn": i.ProfileARN,
		"MetadataOptions.HttpEndpoint": i.HTTPEndpoint, "MetadataOptions.HttpTokens": i.HTTPTokens,
	} {
		if value != "" {
			params.Set(name, value)
		}
	}
	if i.HopLimit != 0 {
		params.Set("MetadataOptions.HttpPutResponseHopLimit", strconv.Itoa(i.HopLimit))
	}
	body, err := a.EC2(i.Account, i.Region, "RunInstances", params)
	if err != nil {
		t.Fatalf("run instance %s: %v", i.ID, err)
	}
	var made struct {
		IDs []string `xml:"instancesSet>item>instanceId"`
	}
	if err := xml.Unmarshal([]byte(body), &made); err != nil || len(made.IDs) != 1 || len(made.IDs[0]) != len(i.ID) {
		t.Fatalf("run instance %s: got %q, %v", i.ID, made.IDs, err)
	}
	a.state.Lock()
	defer a.state.Unlock()
	a.aliases[i.ID] = made.IDs[0]
}

// EC2 calls an operation of EC2 in an account and region, for preparing it, and returns the answer's XML.
func (a *AWS) EC2(account, region, operation string, params url.Values) (string, error) {
	form := url.Values{"Action": {operation}, "Version": {"2016-11-15"}}
	for name, values := range params {
		form[name] = values
	}
	request, err := http.NewRequest(http.MethodPost, a.URL+"/", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+accessKeyID(account)+"/20260101/"+region+"/ec2/aws4_request, SignedHeaders=host, Signature=0")
	response, err := inProcess{a}.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }() // it is in memory
	body, err := readAll(response)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", errors.New("ec2:" + operation + ": " + body)
	}
	return body, nil
}
