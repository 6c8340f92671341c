package inject

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// added says what the real webhook put into a container, told from the pod before and after alone.
func added(before, after corev1.Container) (mechanism Mechanism, partial bool) {
	for _, m := range mechanisms {
		variable := hasVariable(&after, m.file) && !hasVariable(&before, m.file)
		mount := mountOf(&after, m.volume) != nil && mountOf(&before, m.volume) == nil
		if variable || mount {
			return m.mechanism, !variable
		}
	}
	return None, false
}

func TestReadRecordedPairs(t *testing.T) {
	for _, p := range pairs(t) {
		t.Run(p.ID, func(t *testing.T) {
			r := Read(p.Admitted, DefaultPrefix)
			skipped := Skipped(p.Submitted, DefaultPrefix)
			i := 0
			for _, list := range []struct {
				kind          ContainerType
				before, after []corev1.Container
			}{
				{Init, p.Submitted.Spec.InitContainers, p.Admitted.Spec.InitContainers},
				{Ordinary, p.Submitted.Spec.Containers, p.Admitted.Spec.Containers},
			} {
				for j := range list.after {
					got := r.Containers[i]
					i++
					mechanism, partial := added(list.before[j], list.after[j])
					if got.Name != list.after[j].Name || got.Type != list.kind {
						t.Fatalf("read %s %s, want %s %s", got.Type, got.Name, list.kind, list.after[j].Name)
					}
					if got.Mechanism != mechanism {
						t.Errorf("%s: %s, want %s", got.Name, got.Mechanism, mechanism)
					}
					foreign := got.Has(NotTheToken) || got.Has(MountMissing)
					if got.Partial != (partial || got.Has(MountMissing)) {
						t.Errorf("%s: partial %v, want %v: %v", got.Name, got.Partial, partial, got.Problems)
					}
					if got.Has(SkippedByAnnotation) != skipped[got.Name] {
						t.Errorf("%s: %v", got.Name, got.Problems)
					}
					if mechanism != None && !partial && !foreign && (got.Volume == "" || got.ExpirationSeconds == 0) {
						t.Errorf("%s: the token was not found: %+v", got.Name, got)
					}
					if got.Has(NotLikeSiblings) || got.Has(VolumeMissing) || got.Has(UnreadableToken) {
						t.Errorf("%s: %v, which the webhook does not do", got.Name, got.Problems)
					}
					for _, v := range got.Env {
						want := hasVariable(&list.before[j], v.Name)
						if v.FromTemplate != want {
							t.Errorf("%s: %s from the template: %v, want %v", got.Name, v.Name, v.FromTemplate, want)
						}
					}
				}
			}
		})
	}
}

// TestUndoRecordedPairs: what is left is what was submitted, and admits to the same again.
func TestUndoRecordedPairs(t *testing.T) {
	for _, p := range pairs(t) {
		t.Run(p.ID, func(t *testing.T) {
			before := p.Admitted.DeepCopy()
			undone := Undo(p.Admitted, DefaultPrefix)
			if !equality.Semantic.DeepEqual(before, p.Admitted) {
				t.Error("the input was changed")
			}
			if hasVolume(p.Submitted, WebIdentityVolume) || hasVolume(p.Submitted, PodIdentityVolume) {
				return // a volume of the manifest's own looks like the webhook's
			}
			got, want := bare(undone), bare(p.Submitted)
			if !equality.Semantic.DeepEqual(got.Spec.Volumes, want.Spec.Volumes) || !equality.Semantic.DeepEqual(got.Labels, want.Labels) {
				t.Errorf("volumes and labels:\n got %s %v\nwant %s %v", asJSON(got.Spec.Volumes), got.Labels, asJSON(want.Spec.Volumes), want.Labels)
			}
			for _, c := range []struct{ got, want []corev1.Container }{
				{got.Spec.InitContainers, want.Spec.InitContainers},
				{got.Spec.Containers, want.Spec.Containers},
			} {
				for i := range c.got {
					if !equality.Semantic.DeepEqual(c.got[i].Env, c.want[i].Env) || !equality.Semantic.DeepEqual(c.got[i].VolumeMounts, c.want[i].VolumeMounts) {
						t.Errorf("%s:\n got %s %s\nwant %s %s", c.got[i].Name,
							asJSON(c.got[i].Env), asJSON(c.got[i].VolumeMounts), asJSON(c.want[i].Env), asJSON(c.want[i].VolumeMounts))
					}
				}
			}
			again := Predict(p.settings(), p.ServiceAccount, undone, p.PodIdentityAssociation)
			if differences := compare(p.Admitted, again); len(differences) > 0 {
				t.Errorf("admitted again it differs: %s", asJSON(differences))
			}
		})
	}
}

// irsaPod is a pod as the webhook leaves it, to be changed by a case.
func irsaPod(change func(*corev1.Pod)) *corev1.Pod {
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = "shop", "web-0"
	pod.Spec.ServiceAccountName = "web"
	pod.Spec.Containers = []corev1.Container{{Name: "app"}, {Name: "sidecar"}}
	account := &corev1.ServiceAccount{}
	account.Namespace, account.Name = "shop", "web"
	account.Annotations = map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/web"}
	admitted := Predict(EKS("us-west-2"), account, pod, false)
	change(admitted)
	return admitted
}

func id(n int64) *int64 { return &n }

func TestProblems(t *testing.T) {
	app := func(p *corev1.Pod) *corev1.Container { return &p.Spec.Containers[0] }
	tokenVolume := func(p *corev1.Pod) *corev1.ProjectedVolumeSource { return p.Spec.Volumes[0].Projected }
	for _, c := range []struct {
		what   string
		change func(*corev1.Pod)
		want   map[string][]ProblemKind // by container; others have none
	}{
		{"as the webhook leaves it", func(*corev1.Pod) {}, nil},
		{"a token of another name's mount path, as with --token-mount-path", func(p *corev1.Pod) {
			for i := range p.Spec.Containers {
				p.Spec.Containers[i].VolumeMounts[0].MountPath = "/var/run/secrets/example/serviceaccount"
				p.Spec.Containers[i].Env[4].Value = "/var/run/secrets/example/serviceaccount/token"
			}
		}, nil},
		{"the volume is gone", func(p *corev1.Pod) { p.Spec.Volumes = nil },
			map[string][]ProblemKind{"app": {VolumeMissing}, "sidecar": {VolumeMissing}}},
		{"one mount is gone", func(p *corev1.Pod) { app(p).VolumeMounts = nil },
			map[string][]ProblemKind{"app": {MountMissing}}},
		{"volume and mount are gone", func(p *corev1.Pod) { p.Spec.Volumes, app(p).VolumeMounts = nil, nil },
			map[string][]ProblemKind{"app": {VolumeMissing}, "sidecar": {VolumeMissing}}},
		{"the mount of that name is elsewhere", func(p *corev1.Pod) { app(p).VolumeMounts[0].MountPath = "/elsewhere" },
			map[string][]ProblemKind{"app": {MountMissing}}},
		{"the volume is something else", func(p *corev1.Pod) {
			p.Spec.Volumes[0].VolumeSource = corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
		}, map[string][]ProblemKind{"app": {NotTheToken}, "sidecar": {NotTheToken}}},
		{"the token has another file name", func(p *corev1.Pod) {
			tokenVolume(p).Sources[0].ServiceAccountToken.Path = "jwt"
		}, map[string][]ProblemKind{"app": {NotTheToken}, "sidecar": {NotTheToken}}},
		{"the token is Pod Identity's", func(p *corev1.Pod) {
			tokenVolume(p).Sources[0].ServiceAccountToken.Audience = PodIdentityAudience
		}, map[string][]ProblemKind{"app": {OtherAudience}, "sidecar": {OtherAudience}}},
		{"half-set by the manifest", func(p *corev1.Pod) { app(p).Env = app(p).Env[:4] },
			map[string][]ProblemKind{"app": {HalfSet}}},
		{"set by the manifest before the webhook's own", func(p *corev1.Pod) {
			env := app(p).Env
			app(p).Env = slices.Concat(env[3:], env[:3])
		}, map[string][]ProblemKind{"app": {OwnCredentials}}},
		{"a path of the manifest's own", func(p *corev1.Pod) { app(p).Env[4].Value = "/tmp/token" },
			map[string][]ProblemKind{"app": {OwnCredentials}}},
		{"skipped by annotation", func(p *corev1.Pod) {
			p.Annotations = map[string]string{"eks.amazonaws.com/skip-containers": "sidecar"}
			p.Spec.Containers[1] = corev1.Container{Name: "sidecar"}
		}, map[string][]ProblemKind{"sidecar": {SkippedByAnnotation}}},
		{"added after the webhook", func(p *corev1.Pod) {
			p.Spec.InitContainers = append(p.Spec.InitContainers, corev1.Container{Name: "late"})
		}, map[string][]ProblemKind{"late": {NotLikeSiblings}}},
		{"a debug container", func(p *corev1.Pod) {
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}}
		}, map[string][]ProblemKind{"debug": {NothingInEphemeral}}},
		{"Windows by affinity", func(p *corev1.Pod) {
			p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{
					{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "kubernetes.io/os", Operator: corev1.NodeSelectorOpIn, Values: []string{"windows"}}}},
				}},
			}}
		}, map[string][]ProblemKind{"app": {UnixPathOnWindows}, "sidecar": {UnixPathOnWindows}}},
		{"Windows or Linux by affinity", func(p *corev1.Pod) {
			p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{
					{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "kubernetes.io/os", Operator: corev1.NodeSelectorOpIn, Values: []string{"windows"}}}},
					{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "zone", Operator: corev1.NodeSelectorOpExists}}},
				}},
			}}
		}, nil},
		{"Windows by spec.os", func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Windows} },
			map[string][]ProblemKind{"app": {UnixPathOnWindows}, "sidecar": {UnixPathOnWindows}}},
		{"a mode that keeps others out, and a user", func(p *corev1.Pod) {
			mode := int32(0o400)
			tokenVolume(p).DefaultMode = &mode
			app(p).SecurityContext = &corev1.SecurityContext{RunAsUser: id(1000)}
		}, map[string][]ProblemKind{"app": {UnreadableToken}}},
		{"the same with an fsGroup, which makes it 0640 for the group", func(p *corev1.Pod) {
			mode := int32(0o400)
			tokenVolume(p).DefaultMode = &mode
			app(p).SecurityContext = &corev1.SecurityContext{RunAsUser: id(1000)}
			p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: id(2000)}
		}, nil},
		{"the same with two users and no fsGroup", func(p *corev1.Pod) {
			mode := int32(0o400)
			tokenVolume(p).DefaultMode = &mode
			app(p).SecurityContext = &corev1.SecurityContext{RunAsUser: id(0)}
			p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: id(1000)}
		}, map[string][]ProblemKind{"sidecar": {UnreadableToken}}},
		{"the same with one user for all, whose the file is then", func(p *corev1.Pod) {
			mode := int32(0o400)
			tokenVolume(p).DefaultMode = &mode
			p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: id(1000)}
		}, nil},
		{"two users and the default mode 0644", func(p *corev1.Pod) {
			p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: id(1000)}
			app(p).SecurityContext = &corev1.SecurityContext{RunAsUser: id(2000)}
		}, nil},
		{"a projection that names another user", func(p *corev1.Pod) {
			tokenVolume(p).Sources[0].ServiceAccountToken.User = id(7)
			app(p).SecurityContext = &corev1.SecurityContext{RunAsUser: id(1000)}
		}, map[string][]ProblemKind{"app": {UnreadableToken}}},
	} {
		t.Run(c.what, func(t *testing.T) {
			for _, got := range Read(irsaPod(c.change), DefaultPrefix).Containers {
				var kinds []ProblemKind
				for _, p := range got.Problems {
					kinds = append(kinds, p.Kind)
					if strings.TrimSpace(p.Detail) == "" {
						t.Errorf("%s: %s without a detail", got.Name, p.Kind)
					}
				}
				if !slices.Equal(kinds, c.want[got.Name]) {
					t.Errorf("%s: %v, want %v", got.Name, got.Problems, c.want[got.Name])
				}
			}
		})
	}
}

func TestReadByHand(t *testing.T) {
	pod := &corev1.Pod{}
	pod.Spec.Containers = []corev1.Container{{
		Name: "app",
		Env: []corev1.EnvVar{
			{Name: "AWS_ROLE_ARN", Value: "arn:aws:iam::111122223333:role/web"},
			{Name: "AWS_WEB_IDENTITY_TOKEN_FILE", Value: "/tokens/aws/jwt"},
		},
		VolumeMounts: []corev1.VolumeMount{{Name: "all", MountPath: "/tokens"}, {Name: "tokens", MountPath: "/tokens/aws/"}},
	}}
	volume := corev1.Volume{Name: "tokens"}
	volume.Projected = &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Audience: "sts.amazonaws.com", Path: "jwt"}},
	}}
	pod.Spec.Volumes = []corev1.Volume{{Name: "all"}, volume}

	c := Read(pod, DefaultPrefix).Containers[0]
	if c.Mechanism != None || c.ByHand != WebIdentity || !c.Has(OwnCredentials) || len(c.Problems) != 1 {
		t.Errorf("%+v", c)
	}
	if c.Volume != "tokens" || c.MountPath != "/tokens/aws/" || c.Audience != "sts.amazonaws.com" || c.ExpirationSeconds != 0 || c.TokenFile != "/tokens/aws/jwt" {
		t.Errorf("the token: %+v", c)
	}
	if c.RoleARN != "arn:aws:iam::111122223333:role/web" {
		t.Errorf("the role: %q", c.RoleARN)
	}
}

// TestReadHalfSet: what the webhook did add is shown though the variables are not its own.
func TestReadHalfSet(t *testing.T) {
	c := Read(irsaPod(func(p *corev1.Pod) { p.Spec.Containers[0].Env = p.Spec.Containers[0].Env[:4] }), DefaultPrefix).Containers[0]
	if c.Mechanism != WebIdentity || !c.Partial || c.TokenFile != "" {
		t.Errorf("%+v", c)
	}
	if c.Volume != WebIdentityVolume || c.MountPath != WebIdentityMount || c.Audience != "sts.amazonaws.com" || c.ExpirationSeconds != 86400 {
		t.Errorf("the token: %+v", c)
	}
}

func TestTokenOnWindows(t *testing.T) {
	unix := Read(irsaPod(func(*corev1.Pod) {}), DefaultPrefix).Containers[0]
	if p, ok := TokenOnWindows(unix); !ok || p.Kind != UnixPathOnWindows || p.Mechanism != WebIdentity {
		t.Errorf("%+v %v", p, ok)
	}
	if p, ok := TokenOnWindows(Container{TokenFile: `C:\var\run\token`}); ok {
		t.Errorf("%+v", p)
	}
	if p, ok := TokenOnWindows(Container{}); ok {
		t.Errorf("%+v", p)
	}
}

func TestCompare(t *testing.T) {
	pod := irsaPod(func(*corev1.Pod) {})
	account := &corev1.ServiceAccount{}
	account.Namespace, account.Name = "shop", "web"
	account.Annotations = map[string]string{
		"eks.amazonaws.com/role-arn":               "arn:aws:iam::111122223333:role/web-2",
		"eks.amazonaws.com/audience":               "other",
		"eks.amazonaws.com/token-expiration":       "3600",
		"eks.amazonaws.com/sts-regional-endpoints": "false",
	}
	now := Predict(EKS("us-west-2"), account, Undo(pod, DefaultPrefix), false)
	var got []string
	show := func(s *string) string {
		if s == nil {
			return "-"
		}
		return *s
	}
	for _, d := range compare(pod, now) {
		got = append(got, strings.Join([]string{d.Container, string(d.Aspect), d.Name, show(d.Have), show(d.Want)}, " "))
	}
	want := []string{
		"app env AWS_ROLE_ARN arn:aws:iam::111122223333:role/web arn:aws:iam::111122223333:role/web-2",
		"app env AWS_STS_REGIONAL_ENDPOINTS regional -",
		"sidecar env AWS_ROLE_ARN arn:aws:iam::111122223333:role/web arn:aws:iam::111122223333:role/web-2",
		"sidecar env AWS_STS_REGIONAL_ENDPOINTS regional -",
		" audience aws-iam-token sts.amazonaws.com other",
		" expiration aws-iam-token 86400 3600",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	associated := Predict(EKS("us-west-2"), account, Undo(pod, DefaultPrefix), true)
	*associated.Spec.Volumes[0].Projected.Sources[0].ServiceAccountToken.ExpirationSeconds = 80000
	again := Predict(EKS("us-west-2"), nil, Undo(associated, DefaultPrefix), true)
	for _, d := range compare(associated, again) {
		if d.Aspect == ExpirationAspect {
			t.Errorf("the random expiration differs from the default: %+v", d)
		}
	}
}

// TestUndoKeepsForeignVolumes: a volume of the webhook's name that it would not have made is the
// manifest's.
func TestUndoKeepsForeignVolumes(t *testing.T) {
	for what, change := range map[string]func(*corev1.Pod){
		"no expiration": func(p *corev1.Pod) {
			p.Spec.Volumes[0].Projected.Sources[0].ServiceAccountToken.ExpirationSeconds = nil
		},
		"another file": func(p *corev1.Pod) { p.Spec.Volumes[0].Projected.Sources[0].ServiceAccountToken.Path = "jwt" },
		"two sources": func(p *corev1.Pod) {
			projected := p.Spec.Volumes[0].Projected
			projected.Sources = append(projected.Sources, corev1.VolumeProjection{})
		},
		"no projection": func(p *corev1.Pod) { p.Spec.Volumes[0].VolumeSource = corev1.VolumeSource{} },
	} {
		if pod := Undo(irsaPod(change), DefaultPrefix); !hasVolume(pod, WebIdentityVolume) {
			t.Errorf("%s: the volume went", what)
		}
	}
	if pod := Undo(irsaPod(func(*corev1.Pod) {}), DefaultPrefix); hasVolume(pod, WebIdentityVolume) {
		t.Error("the webhook's own volume stayed")
	}
}

// TestReadOtherPairByHand: the manifest has the other mechanism's pair, as the webhook writes it; the webhook's
// own comes with its mount.
func TestReadOtherPairByHand(t *testing.T) {
	pod := irsaPod(func(p *corev1.Pod) {
		c := &p.Spec.Containers[0]
		c.Env = slices.Insert(c.Env, 0,
			corev1.EnvVar{Name: fullURIVariable, Value: PodIdentityURI},
			corev1.EnvVar{Name: authorizationVariable, Value: PodIdentityMount + "/" + podIdentityToken},
			corev1.EnvVar{Name: "LOG", Value: "debug"})
	})
	r := Read(pod, DefaultPrefix)
	if r.Mechanism != WebIdentity || r.Containers[0].Mechanism != WebIdentity {
		t.Errorf("%s and %s, want %s", r.Mechanism, r.Containers[0].Mechanism, WebIdentity)
	}
	if c := r.Containers[0]; c.Partial || c.TokenFile != WebIdentityMount+"/token" {
		t.Errorf("%+v", c)
	}
}

// TestReadBesideOwnMount: a manifest that sets a variable of the pair and mounts a volume of the name itself gets
// region and STS endpoint from the webhook all the same.
func TestReadBesideOwnMount(t *testing.T) {
	pod, account := &corev1.Pod{}, &corev1.ServiceAccount{}
	pod.Spec.Volumes = []corev1.Volume{{Name: WebIdentityVolume}}
	pod.Spec.Containers = []corev1.Container{{
		Name:         "app",
		Env:          []corev1.EnvVar{{Name: tokenFileVariable, Value: "/own/token"}},
		VolumeMounts: []corev1.VolumeMount{{Name: WebIdentityVolume, MountPath: "/own"}},
	}}
	account.Annotations = map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/web"}
	template := map[string]bool{tokenFileVariable: true, stsVariable: false, defaultRegionVariable: false, regionVariable: false}
	env := Read(Predict(EKS("us-west-2"), account, pod, false), DefaultPrefix).Containers[0].Env
	if len(env) != len(template) {
		t.Fatalf("%+v", env)
	}
	for _, v := range env {
		if v.FromTemplate != template[v.Name] {
			t.Errorf("%s from the template: %v, want %v", v.Name, v.FromTemplate, template[v.Name])
		}
	}
}
