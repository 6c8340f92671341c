package inject

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// secretVolume is the volume aws from a Secret.
func secretVolume(secret string, items ...corev1.KeyToPath) corev1.Volume {
	return corev1.Volume{Name: "aws", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: secret, Items: items}}}
}

// configMapVolume is the volume aws from a ConfigMap.
func configMapVolume(configMap string) corev1.Volume {
	return corev1.Volume{Name: "aws", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: configMap},
	}}}
}

func mount(volume, at string) corev1.VolumeMount {
	return corev1.VolumeMount{Name: volume, MountPath: at}
}

func objects(configMaps, secrets map[string]map[string]string) Sources {
	in := func(all map[string]map[string]string) func(string) Data {
		return func(name string) Data {
			if values, ok := all[name]; ok {
				return Data{Knowledge: Known, Values: values}
			}
			return Data{Knowledge: Unreadable, Why: "forbidden"}
		}
	}
	return Sources{ConfigMap: in(configMaps), Secret: in(secrets)}
}

func TestSharedFiles(t *testing.T) {
	known := objects(
		map[string]map[string]string{"config": {"config": "[default]\nregion = eu-west-1\n"}},
		map[string]map[string]string{"aws": {"credentials": "", "other": ""}},
	)
	for _, c := range []struct {
		what        string
		env         []corev1.EnvVar
		mounts      []corev1.VolumeMount
		volumes     []corev1.Volume
		user        *int64
		credentials SharedFile // Presence and Path
		config      SharedFile
	}{
		{what: "no volumes", credentials: SharedFile{Presence: Unset}, config: SharedFile{Presence: Unset}},
		{
			what:   "a Secret in root's home",
			mounts: []corev1.VolumeMount{mount("aws", "/root/.aws")}, volumes: []corev1.Volume{secretVolume("aws")},
			credentials: SharedFile{Presence: Set, Path: "/root/.aws/credentials"}, config: SharedFile{Presence: Unset},
		},
		{
			what:   "the same for another user",
			mounts: []corev1.VolumeMount{mount("aws", "/root/.aws")}, volumes: []corev1.Volume{secretVolume("aws")}, user: id(1000),
			credentials: SharedFile{Presence: MaybeSet, Path: "/root/.aws/credentials"}, config: SharedFile{Presence: Unset},
		},
		{
			what:   "HOME is elsewhere",
			env:    []corev1.EnvVar{literalVar("HOME", "/app")},
			mounts: []corev1.VolumeMount{mount("aws", "/root/.aws")}, volumes: []corev1.Volume{secretVolume("aws")},
			credentials: SharedFile{Presence: Unset}, config: SharedFile{Presence: Unset},
		},
		{
			what:        "one file by subPath below HOME",
			env:         []corev1.EnvVar{literalVar("HOME", "/app")},
			mounts:      []corev1.VolumeMount{{Name: "aws", MountPath: "/app/.aws/credentials", SubPath: "credentials"}},
			volumes:     []corev1.Volume{secretVolume("aws")},
			credentials: SharedFile{Presence: Set, Path: "/app/.aws/credentials"}, config: SharedFile{Presence: Unset},
		},
		{
			what:        "moved by the variable, under another name by items",
			env:         []corev1.EnvVar{literalVar("AWS_SHARED_CREDENTIALS_FILE", "/secrets/aws/keys")},
			mounts:      []corev1.VolumeMount{mount("aws", "/secrets")},
			volumes:     []corev1.Volume{secretVolume("aws", corev1.KeyToPath{Key: "other", Path: "aws/keys"})},
			credentials: SharedFile{Presence: Set, Path: "/secrets/aws/keys"}, config: SharedFile{Presence: Unset},
		},
		{
			what:        "moved to where the key is not",
			env:         []corev1.EnvVar{literalVar("AWS_SHARED_CREDENTIALS_FILE", "/secrets/keys")},
			mounts:      []corev1.VolumeMount{mount("aws", "/secrets")},
			volumes:     []corev1.Volume{secretVolume("aws")},
			credentials: SharedFile{Presence: Unset, Path: "/secrets/keys"}, config: SharedFile{Presence: Unset},
		},
		{
			what:   "a Secret that was not read",
			mounts: []corev1.VolumeMount{mount("aws", "/home/app/.aws")}, volumes: []corev1.Volume{secretVolume("hidden")},
			credentials: SharedFile{Presence: MaybeSet, Path: "/home/app/.aws/credentials"}, config: SharedFile{Presence: MaybeSet, Path: "/home/app/.aws/config"},
		},
		{
			what:   "a ConfigMap with the config",
			mounts: []corev1.VolumeMount{mount("aws", "/home/app/.aws")}, volumes: []corev1.Volume{configMapVolume("config")},
			credentials: SharedFile{Presence: Unset, Path: ""}, config: SharedFile{Presence: Set, Path: "/home/app/.aws/config"},
		},
		{
			what:   "an ordinary disk as home holds no AWS files",
			mounts: []corev1.VolumeMount{mount("data", "/home/app")}, volumes: []corev1.Volume{{Name: "data"}},
			credentials: SharedFile{Presence: Unset}, config: SharedFile{Presence: Unset},
		},
		{
			what:   "a disk as .aws may",
			mounts: []corev1.VolumeMount{mount("data", "/home/app/.aws/")}, volumes: []corev1.Volume{{Name: "data"}},
			credentials: SharedFile{Presence: MaybeSet, Path: "/home/app/.aws/credentials"}, config: SharedFile{Presence: MaybeSet, Path: "/home/app/.aws/config"},
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			pod := &corev1.Pod{}
			pod.Spec.Volumes = c.volumes
			container := &corev1.Container{Env: c.env, VolumeMounts: c.mounts}
			if c.user != nil {
				container.SecurityContext = &corev1.SecurityContext{RunAsUser: c.user}
			}
			env := EnvironmentOf(pod, container, known)
			credentials, config := SharedFiles(pod, container, env, known)
			for _, f := range []struct {
				what      string
				got, want SharedFile
			}{{"credentials", credentials, c.credentials}, {"config", config, c.config}} {
				if f.got.Presence != f.want.Presence || f.want.Presence != Unset && f.got.Path != f.want.Path {
					t.Errorf("%s: %+v, want %+v", f.what, f.got, f.want)
				}
				if f.got.Presence == MaybeSet && f.got.Why == "" {
					t.Errorf("%s: maybe without a reason", f.what)
				}
			}
		})
	}
}

func TestOffers(t *testing.T) {
	arn := "arn:aws:iam::111122223333:role/web"
	nothing := sdk.Environment{
		Static: sdk.None, WebIdentity: sdk.None, Container: sdk.None, Profile: sdk.None, Region: sdk.RegionUnset,
	}
	for _, c := range []struct {
		what    string
		env     []corev1.EnvVar
		from    []corev1.EnvFromSource
		mounts  []corev1.VolumeMount
		volumes []corev1.Volume
		want    func(*sdk.Environment)
	}{
		{what: "nothing", want: func(*sdk.Environment) {}},
		{
			what: "what the webhook sets",
			env: []corev1.EnvVar{
				literalVar("AWS_STS_REGIONAL_ENDPOINTS", "regional"), literalVar("AWS_DEFAULT_REGION", "x"), literalVar("AWS_REGION", "x"),
				literalVar("AWS_ROLE_ARN", arn), literalVar("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
			},
			want: func(e *sdk.Environment) { e.WebIdentity, e.Region = sdk.Unknown, sdk.RegionSet },
		},
		{
			what: "half-set", env: []corev1.EnvVar{literalVar("AWS_ROLE_ARN", arn), literalVar("AWS_WEB_IDENTITY_TOKEN_FILE", "")},
			want: func(e *sdk.Environment) { e.WebIdentity = sdk.RoleOnly },
		},
		{
			what: "white space around the role", env: []corev1.EnvVar{literalVar("AWS_ROLE_ARN", arn+" "), literalVar("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")},
			want: func(e *sdk.Environment) { e.WebIdentity = sdk.PaddedARN },
		},
		{
			what: "no role's ARN", env: []corev1.EnvVar{literalVar("AWS_ROLE_ARN", "web"), literalVar("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")},
			want: func(e *sdk.Environment) { e.WebIdentity = sdk.MalformedARN },
		},
		{
			what: "Pod Identity", env: []corev1.EnvVar{literalVar("AWS_CONTAINER_CREDENTIALS_FULL_URI", PodIdentityURI), literalVar("AWS_REGION", "x")},
			want: func(e *sdk.Environment) { e.Container, e.Region = sdk.Unknown, sdk.RegionOnly },
		},
		{
			what: "keys of a Secret", from: []corev1.EnvFromSource{secretRef("both", "")},
			want: func(e *sdk.Environment) { e.Static = sdk.Full },
		},
		{
			what: "half a pair of keys", env: []corev1.EnvVar{literalVar("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")},
			want: func(e *sdk.Environment) { e.Static = sdk.IDOnly },
		},
		{
			what: "a source that was not read may set anything", from: []corev1.EnvFromSource{secretRef("hidden", "")},
			want: func(e *sdk.Environment) {
				*e = sdk.Environment{Static: sdk.Maybe, WebIdentity: sdk.Maybe, Container: sdk.Maybe, Profile: sdk.Unknown, Region: sdk.Unknown}
			},
		},
		{
			what: "IMDS switched off", env: []corev1.EnvVar{literalVar("AWS_EC2_METADATA_DISABLED", "True")},
			want: func(e *sdk.Environment) { e.IMDS = sdk.DisabledByEnv },
		},
		{
			what:   "a mounted credentials file",
			mounts: []corev1.VolumeMount{mount("aws", "/root/.aws")}, volumes: []corev1.Volume{secretVolume("file")},
			want: func(e *sdk.Environment) { e.Profile = sdk.DefaultFile },
		},
		{
			what:   "a mounted config file that leans on IMDS",
			env:    []corev1.EnvVar{literalVar("AWS_SDK_LOAD_CONFIG", "1"), literalVar("AWS_CONFIG_FILE", "/etc/aws/imds"), literalVar("AWS_PROFILE", "node")},
			mounts: []corev1.VolumeMount{mount("aws", "/etc/aws")}, volumes: []corev1.Volume{configMapVolume("configs")},
			want: func(e *sdk.Environment) { e.Profile = sdk.NamedIMDS },
		},
		{
			what:   "a mounted config file without the named profile",
			env:    []corev1.EnvVar{literalVar("AWS_SDK_LOAD_CONFIG", "1"), literalVar("AWS_CONFIG_FILE", "/etc/aws/imds"), literalVar("AWS_PROFILE", "nodes")},
			mounts: []corev1.VolumeMount{mount("aws", "/etc/aws")}, volumes: []corev1.Volume{configMapVolume("configs")},
			want: func(e *sdk.Environment) { e.Profile = sdk.NamedMissing },
		},
		{
			what:   "a mounted config file with a region only",
			env:    []corev1.EnvVar{literalVar("AWS_SDK_LOAD_CONFIG", "1"), literalVar("AWS_CONFIG_FILE", "/etc/aws/region")},
			mounts: []corev1.VolumeMount{mount("aws", "/etc/aws")}, volumes: []corev1.Volume{configMapVolume("configs")},
			want: func(*sdk.Environment) {},
		},
		{
			what:   "a mounted config file whose content is not kept",
			env:    []corev1.EnvVar{literalVar("AWS_SDK_LOAD_CONFIG", "1"), literalVar("AWS_CONFIG_FILE", "/etc/aws/unseen")},
			mounts: []corev1.VolumeMount{mount("aws", "/etc/aws")}, volumes: []corev1.Volume{configMapVolume("configs")},
			want: func(e *sdk.Environment) { e.Profile = sdk.Maybe },
		},
		{
			what: "AWS_PROFILE and no file in sight: the image may have one",
			env:  []corev1.EnvVar{literalVar("AWS_PROFILE", "prod")},
			want: func(e *sdk.Environment) { e.Profile = sdk.NamedMaybe },
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			known := objects(map[string]map[string]string{
				"configs": {
					"imds":   "[default]\nregion = x\n[profile node]\nrole_arn = " + arn + "\ncredential_source = Ec2InstanceMetadata\n",
					"region": "; a comment\n[default]\r\nregion = x\r\ns3 =\r\n  role_arn = nested\r\n",
					"unseen": "",
				},
			}, map[string]map[string]string{
				"both": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
				"file": {"credentials": ""},
			})
			pod := &corev1.Pod{}
			pod.Spec.Volumes = c.volumes
			container := &corev1.Container{Env: c.env, EnvFrom: c.from, VolumeMounts: c.mounts}
			env := EnvironmentOf(pod, container, known)
			credentials, config := SharedFiles(pod, container, env, known)
			want := nothing
			c.want(&want)
			if got := Offers(env, ProfilesOf(env, credentials, config)); got != want {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		})
	}
}
