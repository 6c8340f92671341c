package check

import (
	"path"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa603 = Check{
	Code: IRSA603, Class: Breaks, Link: LinkEnvironment,
	Title: "a profile or a shared credentials file takes precedence over the role",
	Doc: Doc{
		Means: `SDKs also read profiles from two shared files, credentials and config. The files are in ~/.aws, or where
AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE point.

With a web identity, the precedence depends on the SDK. JavaScript (v2 and v3), Rust, C++ and Swift read the profile
first; Python reads it first if it assumes a role; Go, Java, .NET, Ruby, PHP and Kotlin read it after the web
identity. With EKS Pod Identity, every SDK reads the profile first.

Some profiles are an error. Go v2 and Python fail if no file has the profile that AWS_PROFILE names. An SDK can also
fail at a profile whose source has no credentials: credential_source = Environment without access keys, a
source_profile that does not exist, or a web identity that STS refuses. The tool reads the section names and the
relevant settings of a file from a ConfigMap, by the rules of each SDK.`,
		Example: `A chart that mounts a credentials file although the service account has a role:

    env:
    - {name: AWS_SHARED_CREDENTIALS_FILE, value: /credentials/cloud}
    volumeMounts:
    - {name: cloud-credentials, mountPath: /credentials}
    volumes:
    - name: cloud-credentials
      secret: {secretName: velero}`,
		Fix: `Remove the variable or the volume from the workload's template. Charts have a value for this (Velero:
credentials.useSecret: false):

    kubectl set env deployment/velero -n velero -c velero AWS_SHARED_CREDENTIALS_FILE-

If the program needs a profile for another purpose, let it select the profile by name in its code, so that the default
chain does not use it. A profile that assumes a second role can start with the pod's role: set role_arn with
web_identity_token_file, or credential_source = EcsContainer for Pod Identity.`,
		Verify: `List the variables and files of the container, and print the source of its credentials:

    kubectl exec deploy/velero -n velero -- sh -c 'env | grep -E "^AWS_(PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE)"; ls -l ~/.aws'
    kubectl exec web-0 -n shop -c app -- aws configure list`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			switch {
			case c.Environment.Profile == sdk.None:
				return pass()
			case c.Wants == "":
				return unknown(s.Intent.Gaps...)
			case c.Wants == inject.None:
				return skip(notAsked)
			case c.Wants == subject.FromProfile:
				return ownProfileFails(s, c)
			}
			switch found := profileBeats(s, c); {
			case len(found.certain) > 0:
				return profileWins(s, c, found)
			case len(found.open) > 0:
				return skip(IRSA602)
			default:
				return pass()
			}
		})
	},
}

// ownProfileFails is the outcome for a container that is configured by a profile: whether that gives credentials. What STS answers
// to its web identity the checks of the role report.
func ownProfileFails(s *subject.Subject, c *subject.Container) Outcome {
	var failing precedence
	for _, o := range c.Outcomes {
		if o.Provider == sdk.Failed {
			failing.certain = append(failing.certain, o)
		}
	}
	if len(failing.certain) == 0 || c.Profiles.TokenFile != "" {
		return pass()
	}
	out := profileWins(s, c, failing)
	out.Fix, out.Advice, out.Need = nil, "give the profile a source of credentials, or bind the service account to a role", "a profile with credentials"
	return out
}

func profileWins(s *subject.Subject, c *subject.Container, beaten precedence) Outcome {
	out := Outcome{
		Result: Fail, Where: where(c, "shared credentials file"), Need: "no profile that takes precedence over the role",
		Why: beaten.profileWords(s.SDKs()),
	}
	for _, file := range []inject.SharedFile{c.Config, c.Credentials} {
		if file.Presence == inject.Set {
			out.Have = file.Path + " from " + file.From
			out.Advice = "remove " + file.From + " from the container's mounts, then recreate the pod"
			out.Fix = unmount(s, file)
		}
	}
	for _, name := range []string{"AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		if _, set := c.Variables.Known(name); !set {
			continue
		}
		if plan := unset(s, c, name); plan != nil {
			out.Where, out.Fix = where(c, "env "+name), plan
		} else if subject.SetsVariable(c.Spec.Env, name) && len(out.Fix) == 0 {
			out.Where, out.Advice = where(c, "env "+name), addedAtAdmission(s, c.Name, name)
		}
	}
	if out.Have == "" {
		out.Have = Describe(c.Variables, "AWS_PROFILE")
	}
	return out
}

// unmount is the plan that removes the volume of a shared file; nil where the volume may hold other things
// than AWS's files.
func unmount(s *subject.Subject, file inject.SharedFile) []change.Change {
	if path.Base(path.Dir(file.Path)) != ".aws" {
		return nil
	}
	for _, v := range s.Pod.Spec.Volumes {
		mounts := mountsOf(s, v.Name)
		apart := !slices.ContainsFunc(mounts, func(m change.VolumeMount) bool { return !strings.Contains(m.Path+"/", "/.aws/") })
		if apart && (file.From == "volume "+v.Name || strings.HasPrefix(file.From, "volume "+v.Name+" of ")) {
			return edit(s, change.RemoveVolume{Pod: podRef(s), Name: v.Name, Mounts: mounts})
		}
	}
	return nil
}
