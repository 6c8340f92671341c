package inject

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// A Binding is what the webhook holds about a service account, before it looks at a pod.
type Binding struct {
	RoleARN         string // as annotated, whatever it is; empty where there is none
	Audience        string
	RegionalSTS     bool
	TokenExpiration int64 // seconds
	// FromConfigMap says that the role is not annotated but comes from the webhook's ConfigMap.
	FromConfigMap bool
}

// Binding returns what the webhook holds about the service account of this namespace and name; sa is
// nil where it does not exist. An annotation beats the ConfigMap, in which the exact namespace beats
// "*". There are no other patterns.
func (s Settings) Binding(sa *corev1.ServiceAccount, namespace, name string) Binding {
	annotated := s.annotated(sa)
	if annotated.RoleARN != "" {
		return annotated
	}
	entry, ok := s.ConfigMap[namespace+"/"+name]
	if !ok {
		entry, ok = s.ConfigMap["*/"+name]
	}
	if !ok {
		return annotated
	}
	return s.fromConfigMap(entry)
}

func (s Settings) annotated(sa *corev1.ServiceAccount) Binding {
	if sa == nil {
		return Binding{Audience: s.Audience, TokenExpiration: defaultExpiration}
	}
	b := Binding{Audience: s.Audience, RegionalSTS: s.RegionalSTS, TokenExpiration: s.TokenExpiration}
	b.RoleARN, _ = s.annotation(sa.Annotations, RoleARN)
	if audience, ok := s.annotation(sa.Annotations, Audience); ok {
		b.Audience = audience
	}
	if text, ok := s.annotation(sa.Annotations, STSRegionalEndpoints); ok {
		if regional, err := strconv.ParseBool(text); err == nil {
			b.RegionalSTS = regional
		}
	}
	b.TokenExpiration = s.expiration(sa.Annotations, b.TokenExpiration)
	return b
}

func (s Settings) fromConfigMap(entry ConfigMapEntry) Binding {
	b := Binding{
		RoleARN:         entry.RoleARN,
		Audience:        entry.Audience,
		RegionalSTS:     entry.UseRegionalSTS,
		TokenExpiration: entry.TokenExpiration,
		FromConfigMap:   true,
	}
	if b.TokenExpiration == 0 {
		b.TokenExpiration = s.TokenExpiration
	}
	return b
}

// forPodIdentity returns the settings that a service account with an association keeps: the
// expiration and the STS endpoint, of the account itself if it exists, else of the ConfigMap's entry
// for exactly this namespace.
func (s Settings) forPodIdentity(sa *corev1.ServiceAccount, namespace, name string) Binding {
	if sa != nil {
		return s.annotated(sa)
	}
	if entry, ok := s.ConfigMap[namespace+"/"+name]; ok {
		return s.fromConfigMap(entry)
	}
	return s.annotated(nil)
}

// expiration reads the annotation of that name; what is not a number leaves the next level's value.
func (s Settings) expiration(annotations map[string]string, otherwise int64) int64 {
	text, ok := s.annotation(annotations, TokenExpiration)
	if !ok {
		return otherwise
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return otherwise
	}
	return max(seconds, minExpiration)
}
