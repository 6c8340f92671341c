package check

var irsa410 = Check{
	Code: IRSA410, Class: Breaks, Link: LinkTrust,
	Title: "IAM would not accept the trust policy",
	Doc: Doc{
		Means: `The document is not one that IAM saves: it is no JSON, lacks an element, has one that does not belong there (Resource,
NotPrincipal), names an operator that does not exist, or has a key twice in one object, of which one hides the other.
What it means is then not defined, and nothing is taken from it. A policy that IAM returned is never so; this one comes
from a file, a template or a copy.`,
		Example: `The second key hides the first:

    "Condition": {
      "StringEquals": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"},
      "StringEquals": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}`,
		Mend: `Correct the document at the place that is named (keys of one operator belong into one object), and write it back:

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Sure: `Let IAM look at it without saving it:

    aws accessanalyzer validate-policy --policy-type RESOURCE_POLICY --validate-policy-resource-type AWS::IAM::AssumeRolePolicyDocument --policy-document file://trust.json`,
	},
	Run: func(s *Subject) Outcome { return s.trustOutcome(IRSA410) },
}
