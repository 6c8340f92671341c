package release

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// mostBytes is the size of the largest binary, stripped, for linux/amd64: kubectl's own is about as large.
const mostBytes = 60_000_000

var bed testbed.Bed

func TestMain(m *testing.M) { os.Exit(bed.Main(m)) }

// TestRelease builds an archive as a release does and uses it as a user of krew would.
func TestRelease(t *testing.T) {
	measured, host := Target{"linux", "amd64"}, Target{runtime.GOOS, runtime.GOARCH}
	source := checkout(t)
	small := build(t, source, measured)

	t.Run("small", func(t *testing.T) {
		info, err := os.Stat(small)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d bytes", info.Size())
		if info.Size() > mostBytes {
			t.Errorf("%d bytes, more than %d; `make size` shows what takes them", info.Size(), mostBytes)
		}
	})
	t.Run("the same from a checkout of another name", func(t *testing.T) {
		other := filepath.Join(t.TempDir(), "another name")
		if err := os.CopyFS(other, os.DirFS(source)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, small), read(t, build(t, other, measured))) {
			t.Error("two builds of one source tree differ")
		}
	})

	binary := small
	if host != measured {
		binary = build(t, source, host)
	}
	dist := t.TempDir()
	m := pack(t, binary, host, dist)
	t.Run("verify", func(t *testing.T) { verify(t, m, binary, dist) })
	t.Run("use", func(t *testing.T) { use(t, m, host, dist) })
}

// verify demands that Verify accepts what was built, and nothing else.
func verify(t *testing.T, m Manifest, binary, dist string) {
	p := m.Spec.Platforms[0]
	archive, list, bill := filepath.Join(dist, p.File()), filepath.Join(dist, "checksums.txt"), filepath.Join(dist, billOf(p.File()))
	checksum := fmt.Sprintf("%s  %s\n", p.SHA256, p.File())
	files := map[string][]byte{archive: read(t, archive), list: []byte(checksum), bill: billFor(t, binary)}
	restore := func() {
		for path, content := range files {
			write(t, path, content)
		}
	}
	restore()
	if err := Verify(m, dist); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		spoil func(*Manifest)
		want  string
	}{
		"a tampered archive": {func(*Manifest) {
			tampered := bytes.Clone(files[archive])
			tampered[len(tampered)/2] ^= 1
			write(t, archive, tampered)
		}, "the manifest has"},
		"a platform without an archive": {func(m *Manifest) {
			more := p
			more.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"os": "linux", "arch": "ppc64le"}}
			more.URI = strings.Replace(p.URI, ".tar.gz", "_more.tar.gz", 1)
			m.Spec.Platforms = []Platform{p, more}
		}, "archive of linux/ppc64le: open"},
		"an archive of another platform": {func(m *Manifest) {
			m.Spec.Platforms[0].Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"os": "linux", "arch": "ppc64le"}}
		}, `not "ppc64le"`},
		"an archive without a platform": {func(*Manifest) { write(t, filepath.Join(dist, "more.zip"), nil) }, "no platform of the manifest names it"},
		"another checksum":              {func(*Manifest) { write(t, list, []byte(strings.Repeat("0", 64)+"  "+p.File()+"\n")) }, "checksums.txt"},
		"no checksum":                   {func(*Manifest) { write(t, list, nil) }, "checksums.txt"},
		"no list of checksums":          {func(*Manifest) { remove(t, list) }, "checksums"},
		"a bad list of checksums":       {func(*Manifest) { write(t, list, []byte(p.File())) }, "is no checksum"},
		"no bill of materials":          {func(*Manifest) { remove(t, bill) }, "bill of materials"},
		"an empty bill of materials":    {func(*Manifest) { write(t, bill, []byte("{}")) }, "github.com/spf13/cobra"},
		"a manifest against the rules":  {func(m *Manifest) { m.Spec.ShortDescription = "" }, "no shortDescription"},
	} {
		t.Run(name, func(t *testing.T) {
			restore()
			t.Cleanup(func() { _ = os.Remove(filepath.Join(dist, "more.zip")) })
			spoiled := m
			spoiled.Spec.Platforms = []Platform{p}
			test.spoil(&spoiled)
			if err := Verify(spoiled, dist); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, not about %q", err, test.want)
			}
		})
	}
	restore()
}

// use installs the archive and asks the plugin through a real kubectl, on a PATH that has nothing else.
func use(t *testing.T, m Manifest, host Target, dist string) {
	link, err := Install(t.TempDir(), m, host, filepath.Join(dist, m.Spec.Platforms[0].File()))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, filepath.Dir(link))

	t.Run("whoami, from a cluster", func(t *testing.T) {
		out := w.kubectl(t, "irsa", "whoami", "pod", "web-0")
		for _, want := range []string{"web-0", webRole} {
			if !strings.Contains(out, want) {
				t.Errorf("no %s in\n%s", want, out)
			}
		}
	})
	t.Run("whoami, from a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "web.yaml")
		write(t, file, []byte(w.kubectl(t, "irsa", "snapshot", "pod", "web-0")))
		online, offline := w.kubectl(t, "irsa", "whoami", "pod", "web-0"), w.kubectl(t, "irsa", "whoami", "pod", "web-0", "--snapshot", file)
		if strings.Replace(offline, " --snapshot "+file, "", 1) != online { // the next command asks the same file
			t.Errorf("from the cluster\n%s\nfrom the file\n%s", online, offline)
		}
	})
	t.Run("version", func(t *testing.T) {
		if out := w.kubectl(t, "irsa", "version"); out != "kubectl irsa "+built+"\n" {
			t.Errorf("version %q", out)
		}
		var v struct{ Version, GoVersion, Platform string }
		if err := json.Unmarshal([]byte(w.kubectl(t, "irsa", "version", "-o", "json")), &v); err != nil {
			t.Fatal(err)
		}
		if v.Version != built || !strings.HasPrefix(v.GoVersion, "go1.") || v.Platform != host.String() {
			t.Errorf("version %+v", v)
		}
	})
	t.Run("commands of the caveats", func(t *testing.T) {
		for _, command := range regexp.MustCompile(`kubectl irsa( [a-z]+)+`).FindAllString(m.Spec.Caveats, -1) {
			w.kubectl(t, append(strings.Fields(command)[1:], "--help")...)
		}
	})
	t.Run("completion", func(t *testing.T) { complete(t, w, filepath.Dir(link)) })
}

const webRole = "arn:aws:iam::111122223333:role/web"

// A world is a cluster, an AWS account and a kubectl, in which the pod web-0 has the role of its service account web.
type world struct {
	namespace string
	path      string // kubectl's
	env       []string
}

// newWorld is a world in which plugins come from the folder bin.
func newWorld(t *testing.T, bin string) world {
	t.Helper()
	cluster, account := bed.ControlPlane(t), bed.AWS(t)
	w := world{namespace: cluster.Namespace(t), path: filepath.Join(t.TempDir(), "kubectl")}
	if err := os.Symlink(cluster.Kubectl(), w.path); err != nil {
		t.Fatal(err)
	}
	kubeconfig := cluster.AdminUser().Kubeconfig(t, cluster.URL, "prod", w.namespace)
	w.env = append(account.Env(), "PATH="+bin+string(os.PathListSeparator)+filepath.Dir(w.path), "HOME="+t.TempDir(), "KUBECONFIG="+kubeconfig)

	account.SetCluster(testbed.Cluster{Name: "prod", Issuer: cluster.Issuer})
	account.Provider(t, testbed.Account, cluster.Issuer, "sts.amazonaws.com")
	host := strings.TrimPrefix(cluster.Issuer, "https://")
	account.Role(t, testbed.Account, "web", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
		"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/`+host+`"},"Action":"sts:AssumeRoleWithWebIdentity",
		"Condition":{"StringEquals":{"`+host+`:sub":"system:serviceaccount:`+w.namespace+`:web","`+host+`:aud":"sts.amazonaws.com"}}}]}`)

	sa := cluster.ServiceAccount(t, w.namespace, "web", map[string]string{"eks.amazonaws.com/role-arn": webRole})
	cluster.Pod(t, inject.Predict(inject.EKS(testbed.Region), sa, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web-0", Namespace: w.namespace},
		Spec:       corev1.PodSpec{ServiceAccountName: "web", Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}}},
		Status:     testbed.Running("10.0.0.9", "app"),
	}, false))
	return w
}

// kubectl runs kubectl and returns what it writes to standard output; it must succeed.
func (w world) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, errOut, err := w.try(t, args...)
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, errOut)
	}
	return out
}

func (w world) try(t *testing.T, args ...string) (out, errOut string, err error) {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), w.path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = w.env, &stdout, &stderr
	err = cmd.Run()
	return stdout.String(), stderr.String(), err
}

// billFor is a bill of materials of a binary.
func billFor(t *testing.T, binary string) []byte {
	t.Helper()
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	type component struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	var components []component
	for _, module := range info.Deps {
		components = append(components, component{module.Path, module.Version})
	}
	text, err := json.Marshal(map[string]any{"components": components})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
