package aws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// server answers as AWS with what answer says, and keeps the forms that it was sent.
type server struct {
	mu    sync.Mutex
	forms []url.Values
	auth  []string
}

func (s *server) start(t *testing.T, answer func(w http.ResponseWriter, form url.Values)) {
	t.Helper()
	started := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		s.mu.Lock()
		s.forms, s.auth = append(s.forms, form), append(s.auth, r.Header.Get("Authorization"))
		s.mu.Unlock()
		answer(w, form)
	}))
	t.Cleanup(started.Close)
	environment(t, map[string]string{"AWS_ENDPOINT_URL": started.URL, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"})
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.forms)
}

// environment is one without a developer's own AWS configuration.
func environment(t *testing.T, variables map[string]string) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	empty := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": empty, "AWS_SHARED_CREDENTIALS_FILE": empty, "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-west-2",
	} {
		t.Setenv(name, value)
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
}

func reader(t *testing.T, o Options) *Reader {
	t.Helper()
	r, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func say(t *testing.T, w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	if _, err := io.WriteString(w, body); err != nil {
		t.Log(err) // the client has gone
	}
}

const instances = `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet>
<item><reservationId>r-1</reservationId><instancesSet><item><instanceId>i-0aaa</instanceId><privateDnsName>ip-10-0-0-1.ec2.internal</privateDnsName>
<privateIpAddress>10.0.0.1</privateIpAddress><vpcId>vpc-1</vpcId><networkInterfaceSet><item><vpcId>vpc-2</vpcId></item></networkInterfaceSet>
<iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/node</arn><id>AIPA</id></iamInstanceProfile>
<metadataOptions><state>applied</state><httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint><httpProtocolIpv6>disabled</httpProtocolIpv6></metadataOptions></item></instancesSet></item>
<item><instancesSet><item><instanceId>i-0bbb</instanceId></item></instancesSet></item>
</reservationSet>%s</DescribeInstancesResponse>`

func TestInstances(t *testing.T) {
	var s server
	s.start(t, func(w http.ResponseWriter, form url.Values) {
		if form.Get("NextToken") == "" {
			say(t, w, 200, fmt.Sprintf(instances, "<nextToken>more</nextToken>"))
			return
		}
		say(t, w, 200, `<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>`)
	})
	f := reader(t, Options{}).Instances(t.Context(), "eu-west-1", ByPrivateIPAddress, []string{"10.0.0.1", "10.0.0.2"})
	list, ok := f.Get()
	if !ok || len(list) != 2 {
		t.Fatalf("got %v", f)
	}
	want := snapshot.MetadataOptions{State: "applied", HTTPTokens: "required", HTTPPutResponseHopLimit: 2, HTTPEndpoint: "enabled", HTTPProtocolIPv6: "disabled"}
	if i := list[0]; i.InstanceID != "i-0aaa" || i.PrivateIPAddress != "10.0.0.1" || i.PrivateDNSName != "ip-10-0-0-1.ec2.internal" ||
		i.MetadataOptions == nil || *i.MetadataOptions != want || i.IamInstanceProfile == nil || i.IamInstanceProfile.Arn != "arn:aws:iam::111122223333:instance-profile/node" {
		t.Errorf("got %+v", i)
	}
	if i := list[1]; i.InstanceID != "i-0bbb" || i.MetadataOptions != nil || i.IamInstanceProfile != nil {
		t.Errorf("got %+v", i)
	}
	first := s.forms[0]
	for name, value := range map[string]string{
		"Action": "DescribeInstances", "Version": "2016-11-15", "Filter.1.Name": "private-ip-address", "Filter.1.Value.1": "10.0.0.1", "Filter.1.Value.2": "10.0.0.2",
	} {
		if first.Get(name) != value {
			t.Errorf("%s = %q, want %q", name, first.Get(name), value)
		}
	}
	if !strings.Contains(s.auth[0], "/eu-west-1/ec2/aws4_request") {
		t.Errorf("signed as %s", s.auth[0])
	}
}

// TestEC2Failures holds what is tried again, what is not, and how it is worded.
func TestEC2Failures(t *testing.T) {
	refusal := func(code, message string) string {
		return "<Response><Errors><Error><Code>" + code + "</Code><Message>" + message + "</Message></Error></Errors><RequestID>1</RequestID></Response>"
	}
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   string
		calls  int
	}{
		{"refused", 403, refusal("UnauthorizedOperation", "You are not authorized to perform this operation. Encoded authorization failure message: AAAA"), "UnauthorizedOperation: You are not authorized to perform this operation.", 1},
		{"throttled", 503, refusal("RequestLimitExceeded", "Request limit exceeded."), "RequestLimitExceeded: Request limit exceeded.", 2},
		{"broken", 500, "<html>oops", "HTTP status 500", 2},
		{"a proxy", 407, "<html/>", "HTTP status 407", 1},
		{"not XML", 200, "{", "the answer is empty", 1},
		{"another document", 200, "<html/>", "the answer is empty", 1},
		{"broken XML", 200, "<DescribeInstancesResponse><reservationSet>", "unexpected EOF", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s server
			s.start(t, func(w http.ResponseWriter, _ url.Values) { say(t, w, test.status, test.body) })
			t.Setenv("AWS_MAX_ATTEMPTS", "2")
			gap, ok := reader(t, Options{}).Instances(t.Context(), "us-west-2", ByInstanceID, []string{"i-0"}).Gap()
			if !ok || !strings.HasSuffix(gap.Reason, test.want) {
				t.Errorf("gap %q, want %q", gap.Reason, test.want)
			}
			if s.count() != test.calls {
				t.Errorf("%d calls, want %d", s.count(), test.calls)
			}
		})
	}
}

func TestEC2RetrySucceeds(t *testing.T) {
	var s server
	s.start(t, func(w http.ResponseWriter, _ url.Values) {
		if s.count() == 1 {
			say(t, w, 503, "busy")
			return
		}
		say(t, w, 200, fmt.Sprintf(instances, ""))
	})
	if list, _ := reader(t, Options{}).Instances(t.Context(), "us-west-2", ByInstanceID, []string{"i-0"}).Get(); len(list) != 2 {
		t.Errorf("got %v", list)
	}
}

// TestEndlessList holds that a server that always has one more page does not keep us for ever.
func TestEndlessList(t *testing.T) {
	var s server
	var page atomic.Int64
	s.start(t, func(w http.ResponseWriter, _ url.Values) {
		say(t, w, 200, fmt.Sprintf(`<DescribeInstancesResponse><reservationSet/><nextToken>%d</nextToken></DescribeInstancesResponse>`, page.Add(1)))
	})
	gap, ok := reader(t, Options{}).Instances(t.Context(), "us-west-2", ByInstanceID, []string{"i-0"}).Gap()
	if !ok || s.count() != maxPages {
		t.Errorf("gap %v after %d calls, want one after %d", gap, s.count(), maxPages)
	}
}

// TestBrokenOff holds that the beginning of a list, cut off in the right place, is not taken for the list.
func TestBrokenOff(t *testing.T) {
	var s server
	s.start(t, func(w http.ResponseWriter, form url.Values) {
		body := `{"associations":[],"nextToken":"more"}`
		keep := len(`{"associations":[],`)
		if form.Get("Action") == "DescribeInstances" {
			body = fmt.Sprintf(instances, "")
			keep = len(body) - 1
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		say(t, w, 200, body[:keep])
	})
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	r := reader(t, Options{})
	for what, gap := range map[string]func() (fact.Gap, bool){
		"EKS": r.Associations(t.Context(), "us-west-2", "prod", "", "").Gap,
		"EC2": r.Instances(t.Context(), "us-west-2", ByInstanceID, []string{"i-0"}).Gap,
	} {
		if g, ok := gap(); !ok || !strings.Contains(g.Reason, "the answer is incomplete") {
			t.Errorf("%s: gap %+v, %v", what, g, ok)
		}
	}
}

// TestHugeAnswer holds that an answer without an end is not read for ever.
func TestHugeAnswer(t *testing.T) {
	var s server
	s.start(t, func(w http.ResponseWriter, _ url.Values) {
		block := strings.Repeat(" ", 1<<20)
		for range largestAnswer>>20 + 2 {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	})
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	gap, ok := reader(t, Options{}).Roles(t.Context()).Gap()
	if !ok || !strings.Contains(gap.Reason, "the answer is larger than 64 MiB") {
		t.Errorf("gap %+v, %v", gap, ok)
	}
}

func TestVPCEndpoints(t *testing.T) {
	var s server
	s.start(t, func(w http.ResponseWriter, form url.Values) {
		if form.Get("Filter.1.Name") != "vpc-id" || form.Get("Filter.1.Value.1") != "vpc-1" {
			t.Errorf("asked %v", form)
		}
		say(t, w, 200, `<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><vpcId>vpc-1</vpcId>
<serviceName>com.amazonaws.us-west-2.eks</serviceName><state>available</state><privateDnsEnabled>true</privateDnsEnabled></item></vpcEndpointSet></DescribeVpcEndpointsResponse>`)
	})
	list, _ := reader(t, Options{}).VPCEndpoints(t.Context(), "us-west-2", "vpc-1").Get()
	want := snapshot.VPCEndpoint{VpcEndpointID: "vpce-1", VpcID: "vpc-1", ServiceName: "com.amazonaws.us-west-2.eks", PrivateDNSEnabled: true, State: "available"}
	if len(list) != 1 || list[0] != want {
		t.Errorf("got %+v", list)
	}
}

func TestEC2Endpoint(t *testing.T) {
	for _, test := range []struct {
		region string
		env    map[string]string
		file   string
		want   string
	}{
		{region: "us-west-2", want: "https://ec2.us-west-2.amazonaws.com"},
		{region: "cn-north-1", want: "https://ec2.cn-north-1.amazonaws.com.cn"},
		{region: "us-gov-west-1", want: "https://ec2.us-gov-west-1.amazonaws.com"},
		{region: "us-iso-east-1", want: "https://ec2.us-iso-east-1.c2s.ic.gov"},
		{region: "eusc-de-east-1", want: "https://ec2.eusc-de-east-1.amazonaws.eu"},
		{region: "us-west-2", env: map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}, want: "https://ec2-fips.us-west-2.amazonaws.com"},
		{region: "us-gov-east-1", env: map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}, want: "https://ec2.us-gov-east-1.amazonaws.com"},
		{region: "us-west-2", env: map[string]string{"AWS_USE_DUALSTACK_ENDPOINT": "true"}, want: "https://ec2.us-west-2.api.aws"},
		{region: "cn-northwest-1", env: map[string]string{"AWS_USE_DUALSTACK_ENDPOINT": "true"}, want: "https://ec2.cn-northwest-1.api.amazonwebservices.com.cn"},
		{region: "us-west-2", env: map[string]string{"AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_USE_FIPS_ENDPOINT": "true"}, want: "https://ec2-fips.us-west-2.api.aws"},
		{region: "us-west-2", env: map[string]string{"AWS_ENDPOINT_URL": "http://all"}, want: "http://all"},
		{region: "us-west-2", env: map[string]string{"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_EC2": "http://one"}, want: "http://one"},
		{region: "us-west-2", env: map[string]string{"AWS_ENDPOINT_URL": "http://all", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, want: "https://ec2.us-west-2.amazonaws.com"},
		{region: "us-west-2", file: "[default]\nendpoint_url = http://profile\n", want: "http://profile"},
		{region: "us-west-2", file: "[default]\nendpoint_url = http://profile\nservices = own\n[services own]\nec2 =\n  endpoint_url = http://service\n", want: "http://service"},
		{region: "us-west-2", file: "[default]\nservices = own\n[services own]\nec2 =\n  endpoint_url = http://service\n", env: map[string]string{"AWS_ENDPOINT_URL": "http://all"}, want: "http://all"},
		{region: "", want: ""},
	} {
		t.Run(test.region+" "+fmt.Sprint(test.env)+" "+test.file, func(t *testing.T) {
			environment(t, test.env)
			t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			if test.file != "" {
				path := filepath.Join(t.TempDir(), "config")
				if err := os.WriteFile(path, []byte(test.file), 0o600); err != nil {
					t.Fatal(err)
				}
				t.Setenv("AWS_CONFIG_FILE", path)
			}
			t.Setenv("AWS_MAX_ATTEMPTS", "1")
			got := ""
			r := reader(t, Options{})
			r.config.HTTPClient = smithyhttp.ClientDoFunc(func(request *http.Request) (*http.Response, error) {
				got = request.URL.Scheme + "://" + request.URL.Host
				return nil, errors.New("not reachable from here")
			})
			if gap, ok := r.Instances(t.Context(), test.region, ByInstanceID, nil).Gap(); got != test.want || !ok {
				t.Errorf("asked %q, gap %+v; want %q", got, gap, test.want)
			}
		})
	}
}

// TestRole holds the meaning of IAM's answers.
func TestRole(t *testing.T) {
	const arn = "arn:aws:iam::111122223333:role/team/web"
	refusal := func(code string) string {
		return `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>` + code + `</Code><Message>what
it says</Message></Error><RequestId>1</RequestId></ErrorResponse>`
	}
	for _, test := range []struct {
		name, body string
		status     int
		state      fact.State
		reason     string
	}{
		{"there", `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/team/</Path><RoleName>web</RoleName><Arn>` + arn + `</Arn>
<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</AssumeRolePolicyDocument><MaxSessionDuration>3600</MaxSessionDuration></Role></GetRoleResult></GetRoleResponse>`, 200, fact.StateKnown, ""},
		{"absent", refusal("NoSuchEntity"), 404, fact.StateAbsent, ""},
		{"refused", refusal("AccessDenied"), 403, fact.StateUnreadable, "AccessDenied: what it says"},
		{"expired", refusal("ExpiredToken"), 403, fact.StateUnreadable, "ExpiredToken: what it says"},
		{"throttled", refusal("Throttling"), 400, fact.StateUnreadable, "Throttling: what it says"},
		{"a proxy", "<html/>", 407, fact.StateUnreadable, "HTTP status 407"},
		{"a broken proxy", "<html>oops", 502, fact.StateUnreadable, "HTTP status 502"},
		{"empty", `<GetRoleResponse><GetRoleResult/></GetRoleResponse>`, 200, fact.StateUnreadable, "the answer is empty"},
		{"broken", `<GetRoleResponse/>`, 200, fact.StateUnreadable, "deserialization failed, EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s server
			s.start(t, func(w http.ResponseWriter, form url.Values) {
				if form.Get("RoleName") != "web" {
					t.Errorf("asked %v", form)
				}
				say(t, w, test.status, test.body)
			})
			t.Setenv("AWS_MAX_ATTEMPTS", "1")
			f := reader(t, Options{}).Role(t.Context(), arn)
			gap, _ := f.Gap()
			if f.State() != test.state || !strings.HasSuffix(gap.Reason, test.reason) {
				t.Errorf("state %v, %q; want %v, %q", f.State(), gap.Reason, test.state, test.reason)
			}
			if role, ok := f.Get(); ok && (role.Arn != arn || string(role.AssumeRolePolicyDocument) != `{"Version":"2012-10-17"}` || role.MaxSessionDuration != 3600) {
				t.Errorf("got %+v", role)
			}
		})
	}
}

// TestNoAnswer holds that a server that does not answer costs as long as was allowed, and that an interrupt ends it at once.
func TestNoAnswer(t *testing.T) {
	held := make(chan struct{})
	var s server
	s.start(t, func(http.ResponseWriter, url.Values) { <-held })
	t.Cleanup(func() { close(held) }) // before the server is closed, which waits for it
	r := reader(t, Options{Timeout: 50 * time.Millisecond})
	const arn = "arn:aws:iam::111122223333:role/web"
	if gap, _ := r.Role(t.Context(), arn).Gap(); !strings.HasPrefix(gap.Reason, "no answer in time") {
		t.Errorf("reason %q", gap.Reason)
	}
	if gap, _ := r.Instances(t.Context(), "us-west-2", ByInstanceID, nil).Gap(); !strings.HasPrefix(gap.Reason, "no answer in time") {
		t.Errorf("reason %q", gap.Reason)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if gap, _ := r.Role(ctx, arn).Gap(); gap.Reason != "interrupted" {
		t.Errorf("reason %q", gap.Reason)
	}
}

func TestNoConnection(t *testing.T) {
	environment(t, map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1"})
	for _, gap := range []func() (fact.Gap, bool){
		reader(t, Options{}).Caller(t.Context()).Gap,
		reader(t, Options{}).Instances(t.Context(), "us-west-2", ByInstanceID, nil).Gap,
	} {
		if g, _ := gap(); !strings.HasPrefix(g.Reason, "no connection (http://127.0.0.1:1): ") {
			t.Errorf("reason %q", g.Reason)
		}
	}
}

// TestNoCredentials holds that their absence is found out once, quickly, and said shortly.
func TestNoCredentials(t *testing.T) {
	t.Run("none configured, and IMDS does not answer", func(t *testing.T) {
		var asked sync.WaitGroup
		var waits atomic.Int64
		release := make(chan struct{})
		imds := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			waits.Add(1)
			<-release
		}))
		t.Cleanup(imds.Close)
		t.Cleanup(func() { close(release) })
		environment(t, map[string]string{"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": imds.URL})
		r := reader(t, Options{})
		for range 5 {
			asked.Go(func() {
				gap, _ := r.Caller(t.Context()).Gap()
				if gap.Reason != "no AWS credentials: none in the environment or in a profile, and this machine has no instance role" {
					t.Errorf("reason %q", gap.Reason)
				}
			})
		}
		asked.Wait()
		if n := waits.Load(); n > 1 {
			t.Errorf("waited for IMDS %d times, not once for all questions", n)
		}
	})
	t.Run("a profile of the environment that does not exist", func(t *testing.T) {
		environment(t, map[string]string{"AWS_PROFILE": "gone"})
		gap, _ := reader(t, Options{}).Caller(t.Context()).Gap()
		if gap.Reason != "no AWS credentials: no profile gone in the AWS configuration files" {
			t.Errorf("reason %q", gap.Reason)
		}
	})
	t.Run("a profile that was asked for and does not exist", func(t *testing.T) {
		environment(t, nil)
		_, err := New(t.Context(), Options{Profile: "gone"})
		if err == nil || err.Error() != `AWS profile "gone": no profile gone in the AWS configuration files` {
			t.Errorf("error %v", err)
		}
	})
}

// TestReaderRole holds that other accounts are read with a role there, once per account.
func TestReaderRole(t *testing.T) {
	var s server
	s.start(t, func(w http.ResponseWriter, form url.Values) {
		switch form.Get("Action") {
		case "AssumeRole":
			if form.Get("RoleArn") == "arn:aws-cn:iam::222222222222:role/audit" {
				say(t, w, 403, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`)
				return
			}
			say(t, w, 200, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAOTHER</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`)
		default:
			say(t, w, 404, `<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>`)
		}
	})
	r := reader(t, Options{ReaderRole: "audit"})
	other, ok := r.In("aws", "999999999999")
	if again, _ := r.In("aws", "999999999999"); !ok || again != other {
		t.Fatalf("got %v, %v and then %v", other, ok, again)
	}
	for range 2 {
		if !other.Role(t.Context(), "arn:aws:iam::999999999999:role/web").Absent() {
			t.Error("want absent")
		}
	}
	if s.count() != 3 || s.forms[0].Get("RoleArn") != "arn:aws:iam::999999999999:role/audit" || !strings.Contains(s.auth[1], "ASIAOTHER") {
		t.Errorf("calls %v", s.forms)
	}
	refused, _ := r.In("aws-cn", "222222222222")
	gap, _ := refused.Role(t.Context(), "arn:aws-cn:iam::222222222222:role/web").Gap()
	if gap.Reason != "cannot assume arn:aws-cn:iam::222222222222:role/audit: AccessDenied: no" {
		t.Errorf("reason %q", gap.Reason)
	}
	if _, ok := reader(t, Options{}).In("aws", "999999999999"); ok {
		t.Error("a reader role that nobody named")
	}
}

// TestWriterRole holds that a reader role never writes, and that a writer role reads only where no reader role does.
func TestWriterRole(t *testing.T) {
	for _, c := range []struct {
		options      Options
		reads, write string // the roles that are assumed
	}{
		{Options{ReaderRole: "audit"}, "audit", ""},
		{Options{WriterRole: "deployer"}, "deployer", "deployer"},
		{Options{ReaderRole: "audit", WriterRole: "deployer"}, "audit", "deployer"},
	} {
		var s server
		s.start(t, func(w http.ResponseWriter, form url.Values) {
			say(t, w, 403, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`)
		})
		r := reader(t, c.options)
		other, _ := r.In("aws", "999999999999")
		gap, _ := other.Role(t.Context(), "arn:aws:iam::999999999999:role/web").Gap()
		if !strings.Contains(gap.Reason, "role/"+c.reads+":") {
			t.Errorf("%+v: read with %q, want %s", c.options, gap.Reason, c.reads)
		}
		writer, ok := NewWriter(r).In("aws", "999999999999")
		if ok != (c.write != "") {
			t.Errorf("%+v: a writer: %v", c.options, ok)
		}
		if !ok {
			continue
		}
		if err := writer.AttachPolicy(t.Context(), "arn:aws:iam::999999999999:role/web", "arn:aws:iam::aws:policy/ReadOnlyAccess"); err == nil || !strings.Contains(err.Error(), "role/"+c.write+":") {
			t.Errorf("%+v: written with %v, want %s", c.options, err, c.write)
		}
	}
}
