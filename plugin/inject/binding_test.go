package inject

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func account(annotations map[string]string) *corev1.ServiceAccount {
	sa := &corev1.ServiceAccount{}
	sa.Namespace, sa.Name, sa.Annotations = "shop", "web", annotations
	return sa
}

func TestBinding(t *testing.T) {
	const annotated, exact, anywhere = "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/exact", "arn:aws:iam::111122223333:role/any"
	s := EKS("us-west-2")
	s.TokenExpiration = 7200
	s.ConfigMap = map[string]ConfigMapEntry{
		"shop/web": {RoleARN: exact, Audience: "other", TokenExpiration: 60},
		"*/web":    {RoleARN: anywhere, UseRegionalSTS: true},
		"sh*/web":  {RoleARN: "no pattern"},
	}
	for _, c := range []struct {
		what      string
		sa        *corev1.ServiceAccount
		namespace string
		want      Binding
	}{
		{"the annotation beats the ConfigMap", account(map[string]string{"eks.amazonaws.com/role-arn": annotated}), "shop",
			Binding{RoleARN: annotated, Audience: "sts.amazonaws.com", RegionalSTS: true, TokenExpiration: 7200}},
		{"what it says besides", account(map[string]string{
			"eks.amazonaws.com/role-arn": annotated, "eks.amazonaws.com/audience": "x",
			"eks.amazonaws.com/sts-regional-endpoints": "F", "eks.amazonaws.com/token-expiration": "+900",
		}), "shop", Binding{RoleARN: annotated, Audience: "x", TokenExpiration: 900}},
		{"an empty annotation is none, and the exact namespace comes first", account(map[string]string{"eks.amazonaws.com/role-arn": ""}), "shop",
			Binding{RoleARN: exact, Audience: "other", TokenExpiration: 60, FromConfigMap: true}},
		{"any namespace, without the defaults of an annotation", nil, "elsewhere",
			Binding{RoleARN: anywhere, RegionalSTS: true, TokenExpiration: 7200, FromConfigMap: true}},
		{"another prefix is not read", account(map[string]string{"example.com/role-arn": annotated}), "shop",
			Binding{RoleARN: exact, Audience: "other", TokenExpiration: 60, FromConfigMap: true}},
	} {
		if got := s.Binding(c.sa, c.namespace, "web"); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.what, got, c.want)
		}
	}
}

func TestPredictSettings(t *testing.T) {
	role := map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/a"}
	pod := func(labels map[string]string) *corev1.Pod {
		p := &corev1.Pod{}
		p.Namespace, p.Labels = "shop", labels
		p.Spec.ServiceAccountName = "web"
		p.Spec.Containers = []corev1.Container{{Name: "app"}}
		return p
	}
	optedOut := map[string]string{"eks.amazonaws.com/skip-pod-identity-webhook": ""}
	everywhere := EKS("us-west-2")
	everywhere.OptOutLabel = ""
	selfHosted := Settings{AnnotationPrefix: "example.com", Audience: "sts.amazonaws.com", TokenExpiration: 3600, MountPath: "/var/run/secrets/example"}
	fromConfigMap := EKS("us-west-2")
	fromConfigMap.ConfigMap = map[string]ConfigMapEntry{"*/web": {RoleARN: "r", TokenExpiration: 900}, "shop/web": {TokenExpiration: 1200, UseRegionalSTS: true}}

	for _, c := range []struct {
		what        string
		settings    Settings
		sa          *corev1.ServiceAccount
		labels      map[string]string
		association bool
		env         []string
		expiration  int64
	}{
		{"opted out by label", EKS("us-west-2"), account(role), optedOut, true, nil, 0},
		{"the label where the registration does not know it", everywhere, account(role), optedOut, false,
			[]string{stsVariable, defaultRegionVariable, regionVariable, roleVariable, tokenFileVariable}, 86400},
		{"without region and regional STS, under another prefix", selfHosted, account(map[string]string{"example.com/role-arn": "r"}), nil, false,
			[]string{roleVariable, tokenFileVariable}, 3600},
		{"an association for an account that does not exist", EKS("us-west-2"), nil, nil, true,
			[]string{defaultRegionVariable, regionVariable, fullURIVariable, authorizationVariable}, 86400},
		{"an association takes the ConfigMap's entry of its own namespace", fromConfigMap, nil, nil, true,
			[]string{stsVariable, defaultRegionVariable, regionVariable, fullURIVariable, authorizationVariable}, 1200},
		{"an entry without a role binds nothing, and hides the one for any namespace", fromConfigMap, nil, nil, false, nil, 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			got := Predict(c.settings, c.sa, pod(c.labels), c.association)
			var names []string
			for _, v := range got.Spec.Containers[0].Env {
				names = append(names, v.Name)
			}
			if asJSON(names) != asJSON(c.env) {
				t.Errorf("env %v, want %v", names, c.env)
			}
			if c.env == nil {
				if len(got.Spec.Volumes) > 0 || len(got.Labels) != len(c.labels) {
					t.Errorf("changed all the same: %s", asJSON(got))
				}
				return
			}
			if e := *got.Spec.Volumes[0].Projected.Sources[0].ServiceAccountToken.ExpirationSeconds; e != c.expiration {
				t.Errorf("expiration %d, want %d", e, c.expiration)
			}
		})
	}
}
