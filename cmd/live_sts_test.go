package cmd_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// exchange takes the token that a container's volume holds to STS, with the role, session name and region that its variables
// name: "yes", "STAGE: CODE", or "not called: WHY". The pod is read as it was admitted; nothing of the program takes part.
func (l *live) exchange(t *testing.T, pod *corev1.Pod, container string) string {
	t.Helper()
	var c corev1.Container
	for _, one := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
		if one.Name == container {
			c = one
		}
	}
	env := l.environment(t, c)
	if env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] != "" {
		return l.exchangeForPodIdentity(t, pod, c, env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
	}
	role, file := env["AWS_ROLE_ARN"], env["AWS_WEB_IDENTITY_TOKEN_FILE"]
	switch {
	case role == "" && file == "":
		return "not called: no role"
	case role == "":
		return "not called: a token file without a role"
	case file == "":
		return "not called: a role without a token file"
	}
	source := tokenSource(pod, c, file)
	if source == nil {
		return "not called: no token file"
	}
	token, err := l.token(t, pod, source)
	if err != nil {
		return "not called: no token"
	}
	region := cmp.Or(env["AWS_REGION"], env["AWS_DEFAULT_REGION"])
	if region == "" {
		return "not called: no region"
	}
	session := cmp.Or(env["AWS_ROLE_SESSION_NAME"], "web-1")
	client := sts.New(sts.Options{Region: region, HTTPClient: toTestbed{l.aws.URL}, Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1})
	_, err = client.AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: &role, RoleSessionName: &session, WebIdentityToken: &token})
	decisions := l.aws.Decisions()
	if len(decisions) == 0 {
		t.Fatalf("STS was not called: %v", err)
	}
	last := decisions[len(decisions)-1]
	var coded smithy.APIError
	switch {
	case err == nil:
		return "yes"
	case errors.As(err, &coded) && coded.ErrorCode() == last.Code:
		return string(last.Stage) + ": " + last.Code
	}
	t.Fatalf("STS decided %+v, and the SDK got %v", last, err)
	return ""
}

// exchangeForPodIdentity is the same with the agent on the node and EKS in place of STS.
func (l *live) exchangeForPodIdentity(t *testing.T, pod *corev1.Pod, c corev1.Container, file string) string {
	t.Helper()
	source := tokenSource(pod, c, file)
	if source == nil {
		return "not called: no token file"
	}
	agents, err := l.cluster.Admin.CoreV1().Pods(snapshot.AgentNamespace).List(t.Context(), metav1.ListOptions{FieldSelector: "spec.nodeName=" + pod.Spec.NodeName})
	if err != nil {
		t.Fatal(err)
	}
	if len(agents.Items) == 0 {
		return "not called: no agent"
	}
	token, err := l.token(t, pod, source)
	if err != nil {
		return "not called: no token"
	}
	cluster := testbed.Cluster{Name: "prod", Account: testbed.Account, Region: testbed.Region, Issuer: l.cluster.Issuer}
	d := l.aws.AssumeRoleForPodIdentity(t.Context(), cluster, token)
	if d.Allowed() {
		return yes
	}
	return string(d.Stage) + ": " + d.Code
}

// environment is what a kubelet would make of a container's variables. (It expands no $(NAME).)
func (l *live) environment(t *testing.T, c corev1.Container) map[string]string {
	t.Helper()
	core := l.cluster.Admin.CoreV1()
	data := func(configMap, secret string) map[string]string {
		if configMap != "" {
			found, err := core.ConfigMaps(l.namespace).Get(t.Context(), configMap, metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return found.Data
		}
		found, err := core.Secrets(l.namespace).Get(t.Context(), secret, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		for name, value := range found.Data {
			texts[name] = string(value)
		}
		return texts
	}
	env := map[string]string{}
	for _, from := range c.EnvFrom {
		var all map[string]string
		if from.ConfigMapRef != nil {
			all = data(from.ConfigMapRef.Name, "")
		} else {
			all = data("", from.SecretRef.Name)
		}
		for name, value := range all {
			env[from.Prefix+name] = value
		}
	}
	for _, one := range c.Env {
		env[one.Name] = one.Value
		if one.ValueFrom == nil {
			continue
		}
		if ref := one.ValueFrom.ConfigMapKeyRef; ref != nil {
			env[one.Name] = data(ref.Name, "")[ref.Key]
		}
		if ref := one.ValueFrom.SecretKeyRef; ref != nil {
			env[one.Name] = data("", ref.Name)[ref.Key]
		}
	}
	return env
}

// tokenSource is the projection that makes the file; nil where nothing makes a token of it.
func tokenSource(pod *corev1.Pod, c corev1.Container, file string) *corev1.ServiceAccountTokenProjection {
	var mount corev1.VolumeMount
	for _, one := range c.VolumeMounts {
		under := file == one.MountPath || strings.HasPrefix(file, strings.TrimSuffix(one.MountPath, "/")+"/")
		if under && len(one.MountPath) > len(mount.MountPath) {
			mount = one
		}
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.Name != mount.Name || volume.Projected == nil {
			continue
		}
		for _, source := range volume.Projected.Sources {
			if token := source.ServiceAccountToken; token != nil && path.Join(mount.MountPath, token.Path) == path.Clean(file) {
				return token
			}
		}
	}
	return nil
}

// token asks for the token as the kubelet does.
func (l *live) token(t *testing.T, pod *corev1.Pod, source *corev1.ServiceAccountTokenProjection) (string, error) {
	t.Helper()
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: source.ExpirationSeconds,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: pod.Name, UID: pod.UID},
	}}
	if source.Audience != "" {
		request.Spec.Audiences = []string{source.Audience}
	}
	file := string(pod.UID) + " " + source.Path
	made, err := l.cluster.Admin.CoreV1().ServiceAccounts(pod.Namespace).CreateToken(t.Context(), pod.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err == nil {
		l.tokens[file] = made.Status.Token
	} else if l.tokens[file] == "" {
		return "", err
	}
	return l.tokens[file], nil // one that the kubelet cannot renew is valid until it expires
}

// toTestbed carries a call of any endpoint of AWS to the test bed; the endpoint's name stays in the Host header.
type toTestbed struct{ url string }

func (b toTestbed) Do(r *http.Request) (*http.Response, error) {
	target, err := url.Parse(b.url)
	if err != nil {
		return nil, err
	}
	// Over loopback an answer can arrive before the transport has looked for the end of the SDK's own body, which smithy-go then
	// closes: that counts as a failed write, and the answer is lost. A body of bytes has its end at once.
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Host, r.URL.Scheme, r.URL.Host = cmp.Or(r.Host, r.URL.Host), target.Scheme, target.Host
	return http.DefaultTransport.RoundTrip(r)
}

// yes is the answer of STS that every fix must end in.
const yes = "yes"
