package subject

import "testing"

func TestNotPublic(t *testing.T) {
	for issuer, public := range map[string]bool{
		"https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE": true,
		"https://example-oidc.s3.us-west-2.amazonaws.com":                              true,
		"https://oidc.example.com:8443/prod":                                           true,
		"https://203.0.113.10":                                                         true,
		"https://[2001:db8::1]:6443":                                                   true,
		"https://internal.example.com":                                                 true, // only the end of a name shows it
		"https://kubernetes.default.svc":                                               false,
		"https://kubernetes.default.svc.cluster.local":                                 false,
		"https://kubernetes":                                                           false,
		"https://kubernetes.default":                                                   false,
		"https://kubernetes.default.svc.prod.example.com":                              false,
		"https://api.internal.k8s.example.net":                                         false, // kOps
		"https://api.internal.k8s.example.net/":                                        false,
		"https://api.k8s.example.net":                                                  true,
		"https://api.internal":                                                         false,
		"https://api-int.prod.example.com:6443":                                        false, // OpenShift
		"https://oidc.prod.lan":                                                        false,
		"https://internal-k8s-1234567890.eu-west-1.elb.amazonaws.com":                  false,
		"https://k8s-1234567890.eu-west-1.elb.amazonaws.com":                           true,
		"https://LOCALHOST:6443":                                                       false,
		"https://oidc.corp.internal.":                                                  false,
		"https://192.168.1.10:6443":                                                    false,
		"https://100.64.0.1":                                                           false,
		"https://169.254.169.254":                                                      false,
		"https://127.0.0.1":                                                            false,
		"https://[::1]":                                                                false,
		"https://[::ffff:10.0.0.1]":                                                    false,
		"https://[fd00::1]:6443/":                                                      false,
		"https://0.0.0.0":                                                              false,
		"https://":                                                                     false,
		"https:///keys":                                                                false,
		"http://oidc.example.com":                                                      false,
		"HTTPS://oidc.example.com":                                                     false,
		"kubernetes/serviceaccount":                                                    false,
		"":                                                                             false,
	} {
		if fault := notPublic(issuer); (fault == IssuerFault{}) != public {
			t.Errorf("%q: %+v, want public %v", issuer, fault, public)
		}
	}
}
