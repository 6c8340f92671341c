package testbed_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// configOf is what a user's program would load from the environment.
func configOf(t *testing.T, account *testbed.AWS) aws.Config {
	t.Helper()
	account.SetEnv(t)
	loaded, err := config.LoadDefaultConfig(t.Context(), config.WithRetryMaxAttempts(1), config.WithLogger(logging.Nop{}),
		config.WithHTTPClient(atOnce{awshttp.NewBuildableClient()}))
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// atOnce reads an answer before the SDK closes the request. Over loopback that may come while the transport still looks
// for the end of the request's body: it takes the SDK's io.EOF for a failed write and drops the connection, answer and all.
type atOnce struct{ client aws.HTTPClient }

func (a atOnce) Do(r *http.Request) (*http.Response, error) {
	response, err := a.client.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

func codeOf(err error) string {
	var coded smithy.APIError
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return ""
}

// anyTrust is a trust policy that nothing depends on.
const anyTrust = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`

func TestRoleGoesRound(t *testing.T) {
	account := bed.AWS(t)
	client := iam.NewFromConfig(configOf(t, account))
	for name, trust := range map[string]string{
		"usual": `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/x"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"x:sub": "a b+c%20<&>"}}}]}`,
		"old":   `{"Version": "2008-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "NotAction": ["sts:*"]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			arn := account.Role(t, testbed.Account, name, trust)
			if want := "arn:aws:iam::111122223333:role/" + name; arn != want {
				t.Errorf("made %s, want %s", arn, want)
			}
			got, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: &name})
			if err != nil {
				t.Fatal(err)
			}
			policy := *got.Role.AssumeRolePolicyDocument
			plain, err := url.PathUnescape(policy)
			if err != nil || plain != trust || strings.ContainsAny(policy, `{ "+<`) {
				t.Errorf("got %s (%v)", policy, err)
			}
		})
	}
	listed, err := client.ListRoles(t.Context(), &iam.ListRolesInput{})
	if err != nil || len(listed.Roles) != 2 {
		t.Fatalf("listed %v, %v", listed, err)
	}
	first, err := client.ListRoles(t.Context(), &iam.ListRolesInput{MaxItems: aws.Int32(1)})
	if err != nil || len(first.Roles) != 1 || !first.IsTruncated || first.Marker == nil {
		t.Errorf("first page %+v, %v", first, err)
	}
	_, err = client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("none")})
	if codeOf(err) != "NoSuchEntity" || !strings.Contains(err.Error(), "The role with name none cannot be found.") {
		t.Errorf("a role that is not there: %v", err)
	}
	long := strings.Replace(anyTrust, "{", `{"Id": "`+strings.Repeat("x", 2048)+`", `, 1)
	_, err = client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("old"), PolicyDocument: &long})
	if codeOf(err) != "LimitExceeded" {
		t.Errorf("a policy that is too long: %v", err)
	}
}

func TestRolePoliciesGoRound(t *testing.T) {
	account := bed.AWS(t)
	client := iam.NewFromConfig(configOf(t, account))
	account.Role(t, testbed.Account, "web", anyTrust)
	policy := `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`
	_, err := client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String("web"), PolicyName: aws.String("p"), PolicyDocument: &policy})
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.GetRolePolicy(t.Context(), &iam.GetRolePolicyInput{RoleName: aws.String("web"), PolicyName: aws.String("p")})
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := url.PathUnescape(*got.PolicyDocument); err != nil || plain != policy {
		t.Errorf("got %s", *got.PolicyDocument)
	}
}

func TestProviderGoesRound(t *testing.T) {
	account := bed.AWS(t)
	client := iam.NewFromConfig(configOf(t, account))
	issuer := "https://oidc.eks.us-west-2.amazonaws.com/id/ABC"
	arn := account.Provider(t, testbed.Account, issuer, "sts.amazonaws.com")
	clients := func() []string {
		got, err := client.GetOpenIDConnectProvider(t.Context(), &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		if *got.Url != strings.TrimPrefix(issuer, "https://") {
			t.Errorf("url %s", *got.Url)
		}
		return got.ClientIDList
	}
	if got := clients(); len(got) != 1 || got[0] != "sts.amazonaws.com" {
		t.Errorf("clients %v", got)
	}
	_, err := client.AddClientIDToOpenIDConnectProvider(t.Context(), &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn, ClientID: aws.String("other")})
	if got := clients(); err != nil || len(got) != 2 || got[1] != "other" {
		t.Errorf("after adding: %v, %v", got, err)
	}
	_, err = client.RemoveClientIDFromOpenIDConnectProvider(t.Context(), &iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn, ClientID: aws.String("sts.amazonaws.com")})
	if got := clients(); err != nil || len(got) != 1 || got[0] != "other" {
		t.Errorf("after removing: %v, %v", got, err)
	}
	listed, err := client.ListOpenIDConnectProviders(t.Context(), &iam.ListOpenIDConnectProvidersInput{})
	if err != nil || len(listed.OpenIDConnectProviderList) != 1 || *listed.OpenIDConnectProviderList[0].Arn != arn {
		t.Errorf("listed %+v, %v", listed, err)
	}
	_, err = client.CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{Url: &issuer})
	if codeOf(err) != "EntityAlreadyExists" {
		t.Errorf("a second one: %v", err)
	}
	missing := arn + "D"
	_, err = client.GetOpenIDConnectProvider(t.Context(), &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &missing})
	if codeOf(err) != "NoSuchEntity" || !strings.Contains(err.Error(), missing) {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestAccountsAreApart(t *testing.T) {
	const other = "444455556666"
	first, second := bed.AWS(t), bed.AWS(t)
	first.Role(t, testbed.Account, "web", anyTrust)
	arn := first.Role(t, other, "web", strings.Replace(anyTrust, "2012", "2008", 1))
	if want := "arn:aws:iam::444455556666:role/web"; arn != want {
		t.Errorf("made %s, want %s", arn, want)
	}
	_, err := second.IAM(testbed.Account).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("web")})
	if codeOf(err) != "NoSuchEntity" {
		t.Errorf("another test's role: %v", err)
	}
	caller := configOf(t, first)
	session, err := sts.NewFromConfig(caller).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("reader")})
	if err != nil {
		t.Fatal(err)
	}
	caller.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *session.Credentials.AccessKeyId, SecretAccessKey: "secret", SessionToken: "token"}, nil
	})
	who, err := sts.NewFromConfig(caller).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Account != other || *who.Arn != "arn:aws:sts::444455556666:assumed-role/web/reader" {
		t.Errorf("caller %+v, %v", who, err)
	}
	role, err := iam.NewFromConfig(caller).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("web")})
	if err != nil || *role.Role.Arn != arn || !strings.Contains(*role.Role.AssumeRolePolicyDocument, "2008") {
		t.Errorf("role %+v, %v", role, err)
	}
	none := "arn:aws:iam::444455556666:role/none"
	_, err = sts.NewFromConfig(caller).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &none, RoleSessionName: aws.String("reader")})
	if codeOf(err) != "AccessDenied" {
		t.Errorf("a role that is not there: %v", err)
	}
}

func TestCallerIdentity(t *testing.T) {
	// What a developer may have set must not get through.
	t.Setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
	t.Setenv("AWS_PROFILE", "work")
	t.Setenv("AWS_USE_FIPS_ENDPOINT", "true")
	t.Setenv("AWS_CA_BUNDLE", "/none")
	client := sts.NewFromConfig(configOf(t, bed.AWS(t)))
	who, err := client.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Account != testbed.Account || *who.Arn != "arn:aws:iam::111122223333:user/tester" {
		t.Errorf("caller %+v, %v", who, err)
	}
}

func TestClusterAndAssociations(t *testing.T) {
	account := bed.AWS(t)
	client := eks.NewFromConfig(configOf(t, account))
	issuer := "https://oidc.eks.us-west-2.amazonaws.com/id/ABC"
	cluster := account.SetCluster(testbed.Cluster{Name: "prod", Issuer: issuer, Fields: map[string]any{
		"outpostConfig": map[string]any{"outpostArns": []string{"arn:aws:outposts:us-west-2:111122223333:outpost/op-1"}, "controlPlaneInstanceType": "m5.large"},
	}})
	described, err := client.DescribeCluster(t.Context(), &eks.DescribeClusterInput{Name: aws.String("prod")})
	if err != nil {
		t.Fatal(err)
	}
	if got := described.Cluster; *got.Identity.Oidc.Issuer != issuer || len(got.OutpostConfig.OutpostArns) != 1 || *got.Arn != cluster.ARN() {
		t.Errorf("cluster %+v", got)
	}
	_, err = client.DescribeCluster(t.Context(), &eks.DescribeClusterInput{Name: aws.String("none")})
	if codeOf(err) != "ResourceNotFoundException" || !strings.Contains(err.Error(), "No cluster found for name: none.") {
		t.Errorf("a cluster that is not there: %v", err)
	}

	role := "arn:aws:iam::111122223333:role/web"
	id := account.Association(t, cluster, "shop", "web", role)
	account.Association(t, cluster, "shop", "api", role)
	account.Association(t, cluster, "blog", "web", role)
	for name, test := range map[string]struct {
		filter eks.ListPodIdentityAssociationsInput
		want   int
	}{
		"all":             {eks.ListPodIdentityAssociationsInput{}, 3},
		"namespace":       {eks.ListPodIdentityAssociationsInput{Namespace: aws.String("shop")}, 2},
		"service account": {eks.ListPodIdentityAssociationsInput{ServiceAccount: aws.String("web")}, 2},
		"both":            {eks.ListPodIdentityAssociationsInput{Namespace: aws.String("shop"), ServiceAccount: aws.String("web")}, 1},
		"none":            {eks.ListPodIdentityAssociationsInput{Namespace: aws.String("none")}, 0},
		"pages":           {eks.ListPodIdentityAssociationsInput{MaxResults: aws.Int32(2)}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			test.filter.ClusterName = aws.String("prod")
			found := 0
			for pages := eks.NewListPodIdentityAssociationsPaginator(client, &test.filter); pages.HasMorePages(); {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				found += len(page.Associations)
			}
			if found != test.want {
				t.Errorf("listed %d, want %d", found, test.want)
			}
		})
	}
	one, err := client.DescribePodIdentityAssociation(t.Context(), &eks.DescribePodIdentityAssociationInput{ClusterName: aws.String("prod"), AssociationId: &id})
	if err != nil || *one.Association.RoleArn != role || *one.Association.Namespace != "shop" || one.Association.CreatedAt.IsZero() {
		t.Errorf("association %+v, %v", one, err)
	}
	_, err = client.CreatePodIdentityAssociation(t.Context(), &eks.CreatePodIdentityAssociationInput{
		ClusterName: aws.String("prod"), Namespace: aws.String("shop"), ServiceAccount: aws.String("web"), RoleArn: &role,
	})
	if codeOf(err) != "ResourceInUseException" {
		t.Errorf("a second one: %v", err)
	}
	other := "arn:aws:iam::111122223333:role/other"
	updated, err := client.UpdatePodIdentityAssociation(t.Context(), &eks.UpdatePodIdentityAssociationInput{ClusterName: aws.String("prod"), AssociationId: &id, RoleArn: &other})
	if err != nil || *updated.Association.RoleArn != other || *updated.Association.ServiceAccount != "web" {
		t.Errorf("updated %+v, %v", updated, err)
	}
	if _, err = client.DeletePodIdentityAssociation(t.Context(), &eks.DeletePodIdentityAssociationInput{ClusterName: aws.String("prod"), AssociationId: &id}); err != nil {
		t.Error(err)
	}
	_, err = client.DescribePodIdentityAssociation(t.Context(), &eks.DescribePodIdentityAssociationInput{ClusterName: aws.String("prod"), AssociationId: &id})
	if codeOf(err) != "ResourceNotFoundException" {
		t.Errorf("after deletion: %v", err)
	}
}

func TestInstances(t *testing.T) {
	account := bed.AWS(t)
	account.Role(t, testbed.Account, "node", anyTrust)
	profile := account.InstanceProfile(t, testbed.Account, "node-profile", "node")
	const id = "i-0123456789abcdef0"
	account.Instance(t, testbed.Instance{ID: id, PrivateIP: "172.31.0.10", ProfileARN: profile, HTTPTokens: "required", HopLimit: 1})
	account.Instance(t, testbed.Instance{ID: "i-0fedcba9876543210", HTTPEndpoint: "disabled"})
	for name, params := range map[string]url.Values{
		"by id":           {"InstanceId.1": {id}},
		"filter by id":    {"Filter.1.Name": {"instance-id"}, "Filter.1.Value.1": {id}},
		"filter by IP":    {"Filter.1.Name": {"private-ip-address"}, "Filter.1.Value.1": {"172.31.0.10"}},
		"filter by names": {"Filter.1.Name": {"private-dns-name"}, "Filter.1.Value.1": {"none"}, "Filter.1.Value.2": {"ip-172-31-0-10.us-west-2.compute.internal"}},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := account.EC2(testbed.Account, testbed.Region, "DescribeInstances", params)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{
				"<instanceId>" + id + "</instanceId>", "<arn>" + profile + "</arn>", "<httpTokens>required</httpTokens>",
				"<httpPutResponseHopLimit>1</httpPutResponseHopLimit>", "<httpEndpoint>enabled</httpEndpoint>",
				"<privateIpAddress>172.31.0.10</privateIpAddress>",
			} {
				if !strings.Contains(body, want) {
					t.Errorf("no %s in\n%s", want, body)
				}
			}
			if strings.Contains(body, "i-0fedcba9876543210") {
				t.Error("the other instance is there too")
			}
		})
	}
	_, err := account.EC2(testbed.Account, testbed.Region, "DescribeInstances", url.Values{"InstanceId.1": {"i-00000000000000000"}})
	if err == nil || !strings.Contains(err.Error(), "InvalidInstanceID.NotFound") {
		t.Errorf("an instance that is not there: %v", err)
	}
	got, err := iam.NewFromConfig(configOf(t, account)).GetInstanceProfile(t.Context(), &iam.GetInstanceProfileInput{InstanceProfileName: aws.String("node-profile")})
	if err != nil || *got.InstanceProfile.Arn != profile || len(got.InstanceProfile.Roles) != 1 || *got.InstanceProfile.Roles[0].RoleName != "node" {
		t.Errorf("instance profile %+v, %v", got, err)
	}
}

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		effect testbed.Effect
		code   string
		text   string
	}{
		"denied":    {testbed.Denied(), "AccessDenied", "is not authorized to perform: iam:GetRole"},
		"throttled": {testbed.Throttled(), "Throttling", "Rate exceeded"},
		"failed":    {testbed.Failed(500, "ServiceFailure", "later"), "ServiceFailure", "later"},
		"reset":     {testbed.Reset(), "", "EOF"},
		"truncated": {testbed.Truncated(100), "", "unexpected EOF"},
		"hung":      {testbed.Hung(), "", "deadline exceeded"},
		"delayed":   {testbed.Delayed(time.Hour), "", "deadline exceeded"},
		"answered":  {testbed.Answered(418, "text/xml", "<ErrorResponse><Error><Code>Teapot</Code><Message>short</Message></Error></ErrorResponse>"), "Teapot", "short"},
	} {
		t.Run(name, func(t *testing.T) {
			account := bed.AWS(t)
			account.Role(t, testbed.Account, "web", anyTrust)
			client := iam.NewFromConfig(configOf(t, account))
			account.Inject(testbed.Fault{On: "iam:Get*", Times: 1, Effect: test.effect,
				Match: func(c testbed.Call) bool { return c.Params.Get("RoleName") == "web" }})
			patience := time.Minute
			if test.text == "deadline exceeded" {
				patience = 200 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("web")})
			if err == nil || codeOf(err) != test.code || !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %v, want %s with %q", err, test.code, test.text)
			}
			if _, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("web")}); err != nil {
				t.Errorf("the second call, which is not to be spoiled: %v", err)
			}
		})
	}
}

func TestAWSCountsRounds(t *testing.T) {
	account := bed.AWS(t)
	account.Role(t, testbed.Account, "web", anyTrust)
	account.SetLatency(100 * time.Millisecond)
	client := iam.NewFromConfig(configOf(t, account))
	get := func() {
		if _, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("web")}); err != nil {
			t.Error(err)
		}
	}
	var together sync.WaitGroup
	for range 3 {
		together.Go(get)
	}
	together.Wait()
	get()
	if got := testbed.Rounds(&account.Log); got != 2 {
		t.Errorf("got %d rounds, want 2: three together, one", got)
	}
	calls := account.Calls()
	if len(calls) != 4 {
		t.Fatalf("logged %d calls, want 4: seeding is not logged", len(calls))
	}
	if c := calls[0]; c.Name() != "iam:GetRole" || c.Params.Get("RoleName") != "web" || c.Status != 200 || c.Account != testbed.Account || c.Region != "us-east-1" && c.Region != testbed.Region {
		t.Errorf("logged %+v", c)
	}
	account.Forget()
	if got := len(account.Calls()); got != 0 {
		t.Errorf("%d calls after Forget", got)
	}
}

func TestWebIdentity(t *testing.T) {
	cluster, account := bed.ControlPlane(t), bed.AWS(t)
	client := sts.NewFromConfig(configOf(t, account))
	namespace := cluster.Namespace(t)
	cluster.ServiceAccount(t, namespace, "web", nil)
	token := cluster.Token(t, namespace, "web", nil, "sts.amazonaws.com")
	host := strings.TrimPrefix(cluster.Issuer, "https://")
	trusts := func(subject string) string {
		return `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/` + host +
			`"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"` + host + `:sub": "` + subject + `"}}}]}`
	}
	role := account.Role(t, testbed.Account, "web", trusts("system:serviceaccount:"+namespace+":web"))
	session := "test"
	refused := func(when, token, role string, stage testbed.Stage, code, message string) {
		t.Helper()
		_, err := client.AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: &role, RoleSessionName: &session, WebIdentityToken: &token})
		if code == "" && err != nil || code != "" && (codeOf(err) != code || !strings.Contains(err.Error(), message)) {
			t.Errorf("%s: %v", when, err)
		}
		decisions := account.Decisions()
		if last := decisions[len(decisions)-1]; last.Stage != stage || last.Code != code || last.Allowed() != (code == "") {
			t.Errorf("%s: decided %+v, want the stage %s", when, last, stage)
		}
	}
	refused("without a provider", token, role, testbed.StageProvider, "InvalidIdentityToken", "No OpenIDConnect provider found in your account for "+cluster.Issuer)
	account.Provider(t, testbed.Account, cluster.Issuer, "sts.amazonaws.com")
	refused("of a private issuer", token, role, testbed.StageSignature, "InvalidIdentityToken", "Couldn't retrieve verification key")
	account.Publish(cluster.Issuer, cluster.Keys)
	refused("when all is well", token, role, testbed.StageDuration, "", "")
	refused("with another audience", cluster.Token(t, namespace, "web", nil, "other"), role, testbed.StageAudience, "InvalidIdentityToken", "Incorrect token audience")
	refused("with no token at all", "none", role, testbed.StageToken, "InvalidIdentityToken", "not a valid JWT")
	parts := strings.Split(token, ".")
	refused("with the signature of another token", strings.Join(append(parts[:2:2], strings.Split(cluster.Token(t, namespace, "web", nil, "x"), ".")[2]), "."), role,
		testbed.StageSignature, "InvalidIdentityToken", "could not be validated")
	refused("for a role that is not there", token, role+"-none", testbed.StageTrust, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	refused("for a role of another path", token, strings.Replace(role, "/", "/team/", 1), testbed.StageTrust, "AccessDenied", "Not authorized")
	refused("for a role of another partition", token, strings.Replace(role, "aws", "aws-us-gov", 1), testbed.StageParameters, "ValidationError", "Request ARN is invalid")
	refused("for no role", token, "arn:aws:iam::111122223333:user/web", testbed.StageParameters, "ValidationError", "Request ARN is invalid")
	session = "a:b"
	refused("with a bad session name", token, role, testbed.StageParameters, "ValidationError", "roleSessionName")
	session = "test"
	other := account.Role(t, testbed.Account, "other", trusts("nobody"))
	refused("when the trust policy says no", token, other, testbed.StageTrust, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
}
