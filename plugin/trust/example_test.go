package trust_test

import (
	"fmt"
	"log"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

const document = `{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A1"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {"StringEquals": {
      "oidc.eks.eu-west-1.amazonaws.com/id/A1:sub": ["system:serviceaccount:shop:api", "system:serviceaccount:shop:jobs"],
      "oidc.eks.eu-west-1.amazonaws.com/id/A1:aud": "sts.amazonaws.com"
    }}
  }]
}`

func shop(name string) trust.Request {
	return trust.WebIdentity(trust.WebIdentityRequest{
		Issuer:  "https://oidc.eks.eu-west-1.amazonaws.com/id/A1",
		Subject: trust.Subject{Namespace: "shop", Name: name}.String(),
		RoleARN: "arn:aws:iam::111122223333:role/shop",
	})
}

func Example() {
	policy, err := trust.Parse([]byte(document))
	if err != nil {
		log.Fatal(err)
	}
	request := trust.WebIdentity(trust.WebIdentityRequest{
		Issuer:  "https://oidc.eks.eu-west-1.amazonaws.com/id/A1",
		RoleARN: "arn:aws:iam::111122223333:role/shop",
		Subject: "system:serviceaccount:shop:api",
	})
	fmt.Println(policy.Evaluate(request).Verdict)
	// Output: Allowed
}

func ExamplePolicy_Evaluate() {
	policy, err := trust.Parse([]byte(document))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(policy.Evaluate(shop("api")).Verdict)
	d := policy.Evaluate(shop("web"))
	fmt.Println(d.Verdict, "by", d.Cause, "at", d.Position)
	fmt.Println(d.Where)
	fmt.Println("have", d.Have)
	fmt.Println("need", d.Need)
	// Output:
	// Allowed
	// ImplicitlyDenied by subject mismatch at line 8, column 54
	// statement 1, StringEquals oidc.eks.eu-west-1.amazonaws.com/id/A1:sub
	// have system:serviceaccount:shop:api
	// need system:serviceaccount:shop:web
}

func ExamplePolicy_Problems() {
	policy, err := trust.Parse([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"allow","Principal":"*","Action":"sts:AssumeRole"}]}`))
	if err != nil {
		log.Fatal(err)
	}
	for _, problem := range policy.Problems() {
		fmt.Printf("%s: %s: %s\n", problem.Position, problem.Where, problem.Reason)
	}
	// Output:
	// line 1, column 48: statement 1, Effect: it must be "Allow" or "Deny"; the letter case counts
}

func ExamplePolicy_Fix() {
	policy, err := trust.Parse([]byte(document))
	if err != nil {
		log.Fatal(err)
	}
	edit, err := policy.Fix(shop("web"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(edit.Verdict)
	fmt.Println(edit.Summary)
	fmt.Println(edit.Size, "of", trust.QuotaDefault, "characters")
	// Output:
	// Allowed
	// add system:serviceaccount:shop:web to statement 1
	// 448 of 2048 characters
}

func ExamplePolicy_Grant() {
	policy, err := trust.Parse([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`))
	if err != nil {
		log.Fatal(err)
	}
	granted, err := policy.Grant(trust.PodIdentity(trust.PodIdentityRequest{Namespace: "shop", ServiceAccount: "web"}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(granted.Summary)
	fmt.Println(string(granted.Document))
	// Output:
	// add a statement to the trust policy for pods.eks.amazonaws.com and service account shop/web
	// {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"},{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"shop","aws:RequestTag/kubernetes-service-account":"web"}}}]}
}

func ExampleIndex_Match() {
	index := trust.NewIndex([]trust.Subject{{Namespace: "shop", Name: "api"}, {Namespace: "shop", Name: "web"}, {Namespace: "ops", Name: "api"}})
	policy, err := trust.Parse([]byte(document))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(index.Match(policy, shop("web")).Allowed)
	// Output:
	// [system:serviceaccount:shop:api]
}
