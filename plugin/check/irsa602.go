package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa602 = Check{
	Code: IRSA602, Class: Note, Link: LinkEnvironment, Gap: true,
	Title: "credentials may come from a source that was not read",
	Doc: Doc{
		Means: `SDKs read access keys from the environment, and profiles from two shared files. A part of these was not read: a Secret
or a ConfigMap of the environment, the file that AWS_SHARED_CREDENTIALS_FILE or AWS_CONFIG_FILE names, or the profile
that AWS_PROFILE names. If it contains credentials, they take precedence over the role in the SDKs that the finding
lists (IRSA601, IRSA603). Everything that was read is correct, so the answer is "works, unless".`,
		Example: `An environment from a Secret, and a user who is not allowed to read it:

    envFrom:
    - secretRef: {name: web-env}

    secrets "web-env" is forbidden: User "dev" cannot get resource "secrets" in API group "" in the namespace "shop"

A credentials file on the node, which the API server cannot read:

    env:
    - {name: AWS_SHARED_CREDENTIALS_FILE, value: /home/aws/credentials}
    volumes:
    - {name: home, hostPath: {path: /runner/config}}`,
		Fix: `Let a user who is allowed to read the Secret run the command, or allow this one Secret. The command requests only
metadata, and the values stay in the API server, but RBAC has no permission for metadata alone:

    kubectl create role web-env-reader -n shop --verb=get --resource=secrets --resource-name=web-env
    kubectl create rolebinding web-env-reader -n shop --role=web-env-reader --user=dev

If nothing needs the file or the profile, remove the variable:

    kubectl set env deployment/web -n shop -c app AWS_SHARED_CREDENTIALS_FILE-

If you know the SDK of the image, name it with --sdk: some SDKs use the role regardless of the file.`,
		Verify: `List the keys of the Secret without their values:

    kubectl get secret web-env -n shop -o go-template='{{range $k, $v := .data}}{{$k}}{{"\n"}}{{end}}'

List the variables of the container, and the profiles in the file:

    kubectl exec web-0 -n shop -c app -- sh -c 'env | cut -d= -f1 | grep ^AWS_'
    kubectl exec web-0 -n shop -c app -- sh -c 'grep "^\[" "$AWS_SHARED_CREDENTIALS_FILE"'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			keys, profile := c.Environment.Static == sdk.Maybe, c.ProfileUnknown()
			switch {
			case c.Wants == subject.FromProfile:
				return ownProfile(s, c)
			case !keys && !profile:
				return pass()
			case c.Wants == "":
				return unknown(s.Intent.Gaps...)
			case c.Wants == inject.None:
				return skip(notAsked)
			case !keys && len(keysBeat(s, c).certain) > 0:
				return skip(IRSA601)
			}
			if keys {
				if open := keysBeat(s, c).open; len(open) > 0 {
					return keysUnknown(s, c, open)
				}
			}
			if profile {
				if found := profileBeats(s, c); len(found.certain) == 0 && len(found.open) > 0 {
					return profileUnknown(s, c, found.open)
				}
			}
			return pass()
		})
	},
}

func keysUnknown(s *subject.Subject, c *subject.Container, open []sdk.Name) Outcome {
	var reasons []string
	for _, g := range c.Variables.Gaps("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") {
		reasons = append(reasons, g.Reason)
	}
	return Outcome{
		Result: Fail, Where: where(c, "environment"), Have: strings.Join(reasons, "; "), Need: "to know whether AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set",
		Why:    "access keys in it would take precedence over the role for " + sdkWords(s, open),
		Advice: "get the names of its keys from a user who is allowed to read it, or allow the command to read it",
	}
}

// profileUnknown names the file, or the profile, that was not read, and what settles it.
func profileUnknown(s *subject.Subject, c *subject.Container, open []sdk.Name) Outcome {
	var have []string
	for _, g := range c.ProfileGaps() {
		have = append(have, g.What+": "+g.Reason)
	}
	out := Outcome{
		Result: Fail, Where: where(c, "shared files"), Have: strings.Join(have, "; "), Need: "to know which profile the container has",
		Why: profileMatters(s, c, open), Advice: "read it in the container, or name the SDK of the image with --sdk",
	}
	for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"} {
		if _, set := c.Variables.Known(name); set {
			out.Where = where(c, Describe(c.Variables, name))
			out.Advice = "read it in the container, or name the SDK of the image with --sdk; if nothing needs it, remove " + name + " from the template"
		}
	}
	return out
}

// profileMatters returns what depends on a profile that is unknown, and in which SDKs.
func profileMatters(s *subject.Subject, c *subject.Container, open []sdk.Name) string {
	with := func(states ...sdk.State) (names []sdk.Name) {
		for _, state := range states {
			for _, o := range beaten(s, c, func(e *sdk.Environment) { e.Profile = state }).certain {
				if slices.Contains(open, o.SDK) {
					names = subject.AppendNew(names, []sdk.Name{o.SDK})
				}
			}
		}
		return slices.DeleteFunc(slices.Clone(s.SDKs()), func(n sdk.Name) bool { return !slices.Contains(names, n) })
	}
	var parts []string
	if first := with(sdk.Named, sdk.NamedAssumeRole); len(first) > 0 {
		parts = append(parts, "a profile that gives credentials takes precedence over the role for "+sdkWords(s, first))
	}
	if _, named := c.Variables.Known("AWS_PROFILE"); named {
		if fail := with(sdk.NamedMissing); len(fail) > 0 {
			parts = append(parts, sdkWords(s, fail)+" fail if no file has the profile")
		}
	}
	rest := slices.DeleteFunc(slices.Clone(s.SDKs()), func(n sdk.Name) bool { return slices.Contains(open, n) })
	if len(rest) > 0 {
		parts = append(parts, sdkWords(s, rest)+" use the role regardless of the profile")
	}
	return strings.Join(parts, "; ")
}

// ownProfile is the outcome for a container that is configured by a profile.
func ownProfile(s *subject.Subject, c *subject.Container) Outcome {
	if !c.ProfileUnknown() && !c.Credentials.Uncertain() && !c.Config.Uncertain() {
		return pass()
	}
	out := profileUnknown(s, c, nil)
	out.Why = "the container has no other source of a role: its profile decides what it gets"
	if token := ownToken(s); token != "" {
		out.Why += "; " + token
	}
	out.Advice = "read it in the container"
	return out
}
