package aws_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// answering returns a reader whose every question a server on loopback answers with what answer holds.
func answering(f *testing.F) (reader *aws.Reader, answer *atomic.Pointer[[]byte]) {
	f.Helper()
	answer = &atomic.Pointer[[]byte]{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write(*answer.Load())
	}))
	f.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-west-2",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_MAX_ATTEMPTS": "1", "AWS_PROFILE": "",
	} {
		f.Setenv(name, value)
	}
	reader, err := aws.New(context.Background(), aws.Options{})
	if err != nil {
		f.Fatal(err)
	}
	return reader, answer
}

// inXML is a text in XML; ok is false where XML cannot hold it.
func inXML(text string) (escaped string, ok bool) {
	var out bytes.Buffer
	if err := xml.EscapeText(&out, []byte(text)); err != nil || !utf8.ValidString(text) {
		return "", false
	}
	return out.String(), !strings.Contains(out.String(), "\ufffd")
}

// whole reports whether a text begins with one whole XML element.
func whole(text []byte) bool {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.Strict = false
	for depth := 0; ; {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			if depth--; depth == 0 {
				return true
			}
		}
	}
}

// FuzzInstances: what EC2 answers is read as it was sent, and what is no whole answer is unknown, never an empty list.
func FuzzInstances(f *testing.F) {
	reader, answer := answering(f)
	f.Add("i-0abc", "ip-10-0-0-1.ec2.internal", "required", int32(1), []byte(`<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>`))
	f.Add("", " a ", "<&>\"'", int32(-1), []byte(`<DescribeInstancesResponse><reservationSet><item>`))
	f.Add("i\r\n", "漢\u0085", "]]>", int32(1<<30), []byte(`{}`))
	f.Add("\t", "a\u202eb", "", int32(2), []byte(`<a><reservationSet/></a><b>`))
	f.Fuzz(func(t *testing.T, id, dns, tokens string, hops int32, raw []byte) {
		answer.Store(&raw)
		read := reader.Instances(t.Context(), "us-west-2", aws.ByInstanceID, []string{"i-1"})
		if _, known := read.Get(); known && !whole(raw) {
			t.Errorf("%q is an answer: %+v", raw, read)
		}
		sent := make([]string, 0, 3)
		for _, text := range []string{id, dns, tokens} {
			escaped, ok := inXML(text)
			if !ok {
				return
			}
			sent = append(sent, escaped)
		}
		body := fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?><DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item>`+
			`<instanceId>%s</instanceId><privateDnsName>%s</privateDnsName><metadataOptions><httpTokens>%s</httpTokens><httpPutResponseHopLimit>%d</httpPutResponseHopLimit></metadataOptions>`+
			`</item></instancesSet></item></reservationSet></DescribeInstancesResponse>`, sent[0], sent[1], sent[2], hops)
		answer.Store(&body)
		read = reader.Instances(t.Context(), "us-west-2", aws.ByInstanceID, []string{"i-1"})
		list, known := read.Get()
		want := snapshot.Instance{InstanceID: id, PrivateDNSName: dns}
		if !known || len(list) != 1 || list[0].MetadataOptions == nil {
			t.Fatalf("%s is read as %+v", body, read)
		}
		options := list[0].MetadataOptions
		if list[0].InstanceID != want.InstanceID || list[0].PrivateDNSName != want.PrivateDNSName || options.HTTPTokens != tokens || options.HTTPPutResponseHopLimit != hops {
			t.Errorf("%s is read as %+v %+v", body, list[0], *options)
		}
		cut := body[:len(body)*(int(uint32(hops))%97)/97]
		answer.Store(&cut)
		if _, known := reader.Instances(t.Context(), "us-west-2", aws.ByInstanceID, []string{"i-1"}).Get(); known {
			t.Errorf("cut off it is an answer: %s", cut)
		}
	})
}

// FuzzRoles: the roles of IAM's answer are read with their policies byte for byte, and what is no whole answer is unknown.
func FuzzRoles(f *testing.F) {
	reader, answer := answering(f)
	f.Add("web", `{"Version":"2012-10-17","Statement":[]}`, uint8(50), []byte(`<ListRolesResponse><ListRolesResult><Roles/></ListRolesResult></ListRolesResponse>`))
	f.Add("a+b", "{\"a\": \"%7B+ \u00e9\"}", uint8(99), []byte(`<ListRolesResponse></ListRolesResponse>`))
	f.Add("", "%", uint8(0), []byte(`{}`))
	f.Fuzz(func(t *testing.T, name, policy string, cut uint8, raw []byte) {
		answer.Store(&raw)
		if read := reader.Roles(t.Context()); read.Known() && !whole(raw) {
			t.Errorf("%q is an answer: %+v", raw, read)
		}
		escaped, ok := inXML(name)
		if !ok || !utf8.ValidString(policy) {
			return
		}
		body := []byte(`<ListRolesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListRolesResult><IsTruncated>false</IsTruncated><Roles><member>` +
			`<RoleName>` + escaped + `</RoleName><Arn>arn:aws:iam::111122223333:role/` + escaped + `</Arn><AssumeRolePolicyDocument>` + url.PathEscape(policy) + `</AssumeRolePolicyDocument>` +
			`</member></Roles></ListRolesResult><ResponseMetadata><RequestId>x</RequestId></ResponseMetadata></ListRolesResponse>`)
		answer.Store(&body)
		list, known := reader.Roles(t.Context()).Get()
		if !known || len(list) != 1 || list[0].RoleName != name || !strings.HasSuffix(list[0].Arn, "role/"+name) || string(list[0].AssumeRolePolicyDocument) != policy {
			t.Fatalf("%s is read as %+v", body, list)
		}
		short := body[:len(body)*(int(cut)%97)/97]
		answer.Store(&short)
		if read := reader.Roles(t.Context()); read.Known() {
			t.Errorf("cut off it is an answer: %s", short)
		}
	})
}
