package trust

import (
	"fmt"
	"testing"
)

func documented(subject string) []byte {
	return fmt.Appendf(nil, `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {
                "Federated": "arn:aws:iam::111122223333:oidc-provider/%[1]s"
            },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "%[1]s:sub": "%[2]s",
                    "%[1]s:aud": "sts.amazonaws.com"
                }
            }
        }
    ]
}`, TrimScheme(usualIssuer), subject)
}

// BenchmarkParseEvaluate is one policy of the documented shape, read and judged with its trace.
func BenchmarkParseEvaluate(b *testing.B) {
	for name, subject := range map[string]string{"allowed": usualSubject, "denied": "system:serviceaccount:payments:worker"} {
		b.Run(name, func(b *testing.B) {
			document := documented(subject)
			want := mustParse(b, document).Verdict(usualWeb)
			b.ReportAllocs()
			for b.Loop() {
				p, err := Parse(document)
				if err != nil {
					b.Fatal(err)
				}
				if d := p.Evaluate(usualWeb); d.Verdict != want {
					b.Fatal(d.Verdict)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "policies/s")
		})
	}
}

// BenchmarkIndex asks for 1,000 roles which of 10,000 service accounts each allows: most name one subject, some
// several, some a pattern of a namespace, a few one of all namespaces or none at all.
func BenchmarkIndex(b *testing.B) {
	var subjects []Subject
	for i := range 10_000 {
		subjects = append(subjects, Subject{fmt.Sprintf("team-%d", i/20), fmt.Sprintf("app-%d", i%20)})
	}
	index := NewIndex(subjects)
	var policies []*Policy
	for i := range 1_000 {
		namespace := fmt.Sprintf("team-%d", i%500)
		document := documented(Subject{namespace, fmt.Sprintf("app-%d", i%20)}.String())
		switch {
		case i%100 < 80:
		case i%100 < 90:
			next, err := mustParse(b, document).Grant(genWeb(usualIssuer, Subject{namespace, "app-x"}))
			if err != nil {
				b.Fatal(err)
			}
			document = next.Document
		case i%100 < 96:
			document = pattern(b, document, "system:serviceaccount:"+namespace+":*")
		case i%100 < 98:
			document = pattern(b, document, "system:serviceaccount:*:app-1")
		case i%100 < 99:
			document = pattern(b, document, "system:serviceaccount:team-*:*")
		default:
			document = pattern(b, document, "")
		}
		policies = append(policies, mustParse(b, document))
	}
	b.ReportAllocs()
	allowed := 0
	for b.Loop() {
		allowed = 0
		for _, p := range policies {
			allowed += len(index.Match(p, usualWeb).Allowed)
		}
	}
	if allowed < 200_000 {
		b.Fatalf("%d allowed", allowed)
	}
}

func pattern(b *testing.B, document []byte, subject string) []byte {
	b.Helper()
	var doc map[string]any
	decode(b, document, &doc)
	conditions := doc["Statement"].([]any)[0].(map[string]any)["Condition"].(map[string]any)
	delete(conditions["StringEquals"].(map[string]any), TrimScheme(usualIssuer)+":sub")
	if subject != "" {
		conditions["StringLike"] = map[string]any{TrimScheme(usualIssuer) + ":sub": subject}
	}
	return marshal(doc)
}
