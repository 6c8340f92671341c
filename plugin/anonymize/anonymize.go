// Package anonymize replaces in a snapshot what names somebody: accounts, names, ids, addresses and hosts, each everywhere in
// the same way, so that the answer stays the same.
package anonymize

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

type anonymizer struct {
	names *names
	key   []byte
	// subjects are the parts of the subjects in policies, and known the names of namespaces and service accounts.
	subjects, known map[string]bool
}

// Snapshot returns the snapshot with everything replaced that names somebody, and what a name is replaced with. The key is 32
// random bytes, which nobody keeps: with it, names could be tried.
func Snapshot(s *snapshot.Snapshot, key []byte) (hidden *snapshot.Snapshot, renamed func(string) string) {
	a := &anonymizer{names: newNames(key), key: key, subjects: map[string]bool{}, known: map[string]bool{}}
	a.document(s.Document()) // learns the names
	a.names.learning = false
	a.relate()
	return snapshot.New(a.document(s.Document())), a.text
}

func (a *anonymizer) document(d snapshot.Document) snapshot.Document {
	d.Metadata = snapshot.Metadata{}
	d.Cluster.Name, d.Cluster.Account, d.Cluster.Issuer = a.text(d.Cluster.Name), a.text(d.Cluster.Account), a.text(d.Cluster.Issuer)
	d.Cluster.Server = a.text(d.Cluster.Server)
	d.Cluster.Region, d.Cluster.Version = a.text(d.Cluster.Region), a.text(d.Cluster.Version)
	d.Cluster.CertificateAuthority = a.authority64(d.Cluster.CertificateAuthority)
	objects := make([]snapshot.Object, len(d.Kubernetes))
	for i, object := range d.Kubernetes {
		objects[i] = object.DeepCopyObject().(snapshot.Object)
		a.object(objects[i])
	}
	d.Kubernetes = objects
	d.AWS = a.aws(d.AWS)
	d.Unreadable, d.NotAsked, d.NotFound = a.missing(d.Unreadable), a.missing(d.NotAsked), a.missing(d.NotFound)
	return d
}

func (a *anonymizer) missing(list []snapshot.Missing) []snapshot.Missing {
	var out []snapshot.Missing
	for _, m := range list {
		m.Namespace, m.Name, m.Account = a.text(m.Namespace), a.text(m.Name), a.text(m.Account)
		m.Error = reason(m.Error)
		var except []string
		for _, namespace := range m.Except {
			except = append(except, a.text(namespace))
		}
		m.Except = except
		out = append(out, m)
	}
	return out
}

// reasons are the beginnings of errors that say enough, and nothing of who asked for what.
var reasons = regexp.MustCompile(`^(?:AccessDenied(?:Exception)?|UnauthorizedOperation|UnrecognizedClientException|InvalidClientTokenId|ExpiredToken(?:Exception)?|Throttling(?:Exception)?|ThrottledException|RequestLimitExceeded|ServiceUnavailable|ResourceNotFoundException|forbidden|Forbidden|Unauthorized|no answer in time|no connection|interrupted|nothing was read from AWS)\b`)

// leftOut stands for a text.
const leftOut = "the text is left out"

// reason is what is kept of an error.
func reason(text string) string {
	switch kept := reasons.FindString(text); {
	case text == "":
		return ""
	case kept == "":
		return leftOut
	case kept == text:
		return text
	default:
		return kept + ": " + leftOut
	}
}

func (a *anonymizer) aws(from *snapshot.AWS) *snapshot.AWS {
	if from == nil {
		return nil
	}
	to := snapshot.AWS{CallerAccount: a.text(from.CallerAccount)}
	if from.EKSCluster != nil {
		to.EKSCluster = a.cluster(*from.EKSCluster)
	}
	for _, r := range from.Roles {
		to.Roles = append(to.Roles, a.role(r))
	}
	for _, p := range from.OpenIDConnectProviders {
		p.Arn, p.URL, p.ClientIDList, p.ThumbprintList = a.text(p.Arn), a.text(p.URL), each(p.ClientIDList, a.text), each(p.ThumbprintList, a.thumbprint)
		to.OpenIDConnectProviders = append(to.OpenIDConnectProviders, p)
	}
	for _, p := range from.PodIdentityAssociations {
		p.AssociationArn, p.AssociationID, p.ClusterName = a.text(p.AssociationArn), a.text(p.AssociationID), a.text(p.ClusterName)
		p.RoleArn, p.TargetRoleArn, p.ExternalID = a.text(p.RoleArn), a.text(p.TargetRoleArn), a.text(p.ExternalID)
		p.Namespace, p.ServiceAccount = a.account(p.Namespace), a.account(p.ServiceAccount)
		to.PodIdentityAssociations = append(to.PodIdentityAssociations, p)
	}
	for _, p := range from.PolicySimulations {
		p.PolicySourceArn = a.text(p.PolicySourceArn)
		p.EvaluationResults = each(p.EvaluationResults, func(r snapshot.EvaluationResult) snapshot.EvaluationResult {
			r.EvalResourceName = a.text(r.EvalResourceName)
			r.MissingContextValues = each(r.MissingContextValues, func(key string) string { return a.policyKey(key, nil) })
			return r
		})
		to.PolicySimulations = append(to.PolicySimulations, p)
	}
	for _, i := range from.Instances {
		i.InstanceID, i.PrivateDNSName, i.PrivateIPAddress = a.text(i.InstanceID), a.text(i.PrivateDNSName), a.text(i.PrivateIPAddress)
		if i.IamInstanceProfile != nil {
			i.IamInstanceProfile = &snapshot.InstanceProfileRef{Arn: a.text(i.IamInstanceProfile.Arn)}
		}
		to.Instances = append(to.Instances, i)
	}
	for _, p := range from.InstanceProfiles {
		p.InstanceProfileName, p.Arn, p.Roles = a.text(p.InstanceProfileName), a.text(p.Arn), each(p.Roles, a.role)
		to.InstanceProfiles = append(to.InstanceProfiles, p)
	}
	for _, e := range from.VPCEndpoints {
		e.VpcEndpointID, e.VpcID = a.text(e.VpcEndpointID), a.text(e.VpcID)
		if strings.Contains(e.ServiceName, "vpce") { // of somebody; those of AWS name the service
			e.ServiceName = a.text(e.ServiceName)
		}
		to.VPCEndpoints = append(to.VPCEndpoints, e)
	}
	return &to
}

func each[T any](list []T, with func(T) T) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i := range list {
		out[i] = with(list[i])
	}
	return out
}

func (a *anonymizer) role(r snapshot.Role) snapshot.Role {
	r.RoleName, r.Arn, r.Path = a.text(r.RoleName), a.text(r.Arn), a.text(r.Path)
	r.AssumeRolePolicyDocument = snapshot.PolicyDocument(a.policy(string(r.AssumeRolePolicyDocument)))
	a.findSubjects(string(r.AssumeRolePolicyDocument))
	if r.AttachedManagedPolicies != nil {
		attached := each(*r.AttachedManagedPolicies, func(p snapshot.AttachedPolicy) snapshot.AttachedPolicy {
			return snapshot.AttachedPolicy{PolicyArn: a.text(p.PolicyArn)}
		})
		r.AttachedManagedPolicies = &attached
	}
	return r
}

func (a *anonymizer) cluster(c snapshot.EKSCluster) *snapshot.EKSCluster {
	c.Name, c.Arn, c.Endpoint = a.text(c.Name), a.text(c.Arn), a.text(c.Endpoint)
	if c.Identity != nil && c.Identity.OIDC != nil {
		c.Identity = &snapshot.ClusterIdentity{OIDC: &snapshot.ClusterOIDC{Issuer: a.text(c.Identity.OIDC.Issuer)}}
	}
	if c.CertificateAuthority != nil {
		c.CertificateAuthority = &snapshot.CertificateAuthority{Data: a.authority64(c.CertificateAuthority.Data)}
	}
	if c.ResourcesVpcConfig != nil {
		c.ResourcesVpcConfig = &snapshot.ResourcesVpcConfig{VpcID: a.text(c.ResourcesVpcConfig.VpcID)}
	}
	return &c
}

// thumbprint replaces the hash of a certificate. One digit repeated is none.
func (a *anonymizer) thumbprint(text string) string {
	if text == "" || strings.Trim(text, text[:1]) == "" {
		return text
	}
	return a.text(text)
}

// authority64 is authority for base64.
func (a *anonymizer) authority64(text string) string {
	bundle, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return a.text(text)
	}
	return base64.StdEncoding.EncodeToString(a.authority(bundle))
}

// authority replaces the certificates of a bundle: the same by the same.
func (a *anonymizer) authority(bundle []byte) []byte {
	text := strings.TrimSpace(string(bundle))
	if text == "" || text == snapshot.Redacted {
		return bundle
	}
	var out []byte
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: a.hash(block.Bytes)})...)
	}
	if out == nil {
		return a.hash([]byte(text))
	}
	return out
}

func (a *anonymizer) hash(text []byte) []byte {
	mac := hmac.New(sha256.New, a.key)
	mac.Write(text)
	return mac.Sum(nil)
}

// account replaces the name of a namespace or service account, by which subjects are made.
func (a *anonymizer) account(name string) string {
	if a.names.learning {
		a.known[name] = true
	}
	return a.text(name)
}

// reads reports whether an SDK reads a variable. The prefix alone is not enough: AWS_BUCKET_OF_SOMEBODY has it too.
func reads(name string) bool {
	return sdk.Reads(name) && (!strings.HasPrefix(name, "AWS_") || sdk.KindOf(name) != sdk.Unlisted)
}

// variable replaces the name of a variable, unless an SDK or Kubernetes reads or sets it.
func (a *anonymizer) variable(name string) string {
	if reads(name) || strings.HasPrefix(name, "KUBERNETES_") || name == snapshot.PodSecurityGroupMode {
		return name
	}
	return a.names.of(name)
}

// dataKey replaces a key of a ConfigMap or Secret, unless it is a variable that an SDK reads, with or without what envFrom puts
// before it.
func (a *anonymizer) dataKey(key string) string {
	if reads(key) || sdk.KindOf("AWS_"+key) != sdk.Unlisted {
		return key
	}
	return a.text(key)
}

func (a *anonymizer) value(v *corev1.EnvVar) string {
	switch kind := sdk.KindOf(v.Name); {
	case v.Value == snapshot.Redacted:
		return v.Value
	case kind == sdk.KeyID && len(v.Value) > 4:
		return v.Value[:4] + a.text(v.Value[4:])
	default:
		return a.text(v.Value)
	}
}
