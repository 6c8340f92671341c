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
		Means: `SDKs also read profiles from two shared files, credentials and config, in ~/.aws or where
AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE say. How a profile ranks differs: JavaScript (v2 and v3), Rust, C++
and Swift look at it before the web identity, Python does so if the profile assumes a role, Go, Java, .NET, Ruby,
PHP and Kotlin look at it afterwards. With EKS Pod Identity every SDK looks at the profile first, because container
credentials stand near the end of each chain. AWS_PROFILE with the name of a profile that is nowhere makes Go v2
and Python fail outright, and so does a profile whose source has no credentials where an SDK stops at it:
credential_source = Environment without access keys, a source_profile that does not exist, a web identity that STS
refuses.

Of a file that a ConfigMap provides, the section names and the settings that decide are read, by the rules of each SDK:
Python and Go take "key : value" and keys in capitals, Java and JavaScript do not; of two sections of one name Python
makes an error.`,
		Example: `A chart that mounts a credentials file although the service account has a role:

    env:
    - {name: AWS_SHARED_CREDENTIALS_FILE, value: /credentials/cloud}
    volumeMounts:
    - {name: cloud-credentials, mountPath: /credentials}
    volumes:
    - name: cloud-credentials
      secret: {secretName: velero}`,
		Fix: `Remove the variable or the volume from the workload's template; charts have a value for it (in Velero's,
credentials.useSecret: false):

    kubectl set env deployment/velero -n velero -c velero AWS_SHARED_CREDENTIALS_FILE-

If a profile is needed for something else, let the program name it, so that the default chain stays free. A profile
that is to assume a further role can start from the pod's own: role_arn with web_identity_token_file, or
credential_source = EcsContainer for Pod Identity.`,
		Verify: `Look which files and variables the container has, and whom the SDK in it finds:

    kubectl exec deploy/velero -n velero -- sh -c 'env | grep -E "^AWS_(PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE)"; ls -l ~/.aws'
    kubectl exec web-0 -n shop -c app -- aws configure list

Say which SDKs the image uses with --sdk, and the answer is about these only.`,
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
	out.Fix, out.Advice, out.Need = nil, "give the profile a source of credentials, or bind the service account to a role", "a profile that gives credentials"
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
