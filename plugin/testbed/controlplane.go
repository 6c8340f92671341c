package testbed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/binaries"
)

// A ControlPlane is a real API server and its etcd, without controllers, scheduler or kubelets: what a
// controller would make (service accounts, pods of a deployment, status), a test makes itself.
type ControlPlane struct {
	URL      string // of the API server itself, without a proxy
	Issuer   string // of service account tokens, in the form of an EKS cluster's, another one each run
	Binaries string // folder of etcd, kube-apiserver and kubectl
	Admin    kubernetes.Interface

	dir       string
	admin     User
	ca        *authority // of servers and users
	proxyID   identity   // with which proxies vouch for users
	processes []*process
	objects   objects

	mu      sync.Mutex
	names   map[string]int // namespaces and users given out
	webhook bool           // one is registered
}

// probeNamespace is where dry runs show whether the API server has noticed a change of its webhooks.
const probeNamespace = "testbed-probe"

// startControlPlane tries again with other ports if something else has taken one in between.
func startControlPlane(ctx context.Context, parent string) (*ControlPlane, error) {
	programs, err := binaries.Ensure(ctx, os.Stderr)
	if err != nil {
		return nil, fmt.Errorf("%w (to see the build alone: make controlplane)", err)
	}
	for attempt := 1; ; attempt++ {
		dir := filepath.Join(parent, "controlplane-"+strconv.Itoa(attempt))
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
		cp := &ControlPlane{Binaries: programs, dir: dir, names: map[string]int{}}
		err := cp.start(ctx)
		if err == nil {
			return cp, nil
		}
		cp.stop()
		if attempt == 3 || !strings.Contains(err.Error(), "address already in use") {
			return nil, err
		}
	}
}

func (cp *ControlPlane) start(ctx context.Context) error {
	if err := cp.writeSecrets(); err != nil {
		return err
	}
	etcdURL, err := cp.startEtcd()
	if err != nil {
		return err
	}
	return cp.startAPIServer(ctx, etcdURL)
}

func (cp *ControlPlane) writeSecrets() error {
	ca, err := newAuthority("testbed")
	if err != nil {
		return err
	}
	// Whoever has a certificate of this second authority may name any user, so it signs one only.
	proxyCA, err := newAuthority("testbed-proxy")
	if err != nil {
		return err
	}
	server, err := ca.issue("kube-apiserver")
	if err != nil {
		return err
	}
	admin, err := ca.issue("admin", "system:masters")
	if err != nil {
		return err
	}
	proxy, err := proxyCA.issue("proxy")
	if err != nil {
		return err
	}
	tokenKey, err := newTokenKey()
	if err != nil {
		return err
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	cp.ca, cp.proxyID = ca, proxy
	cp.admin = User{Name: "admin", identity: admin, ca: ca}
	cp.Issuer = fmt.Sprintf("https://oidc.eks.us-west-2.amazonaws.com/id/%X", id)
	return writeFiles(cp.dir, map[string][]byte{
		"ca.crt": ca.pem, "proxy-ca.crt": proxyCA.pem,
		"server.crt": server.certificate, "server.key": server.key,
		"token.key": tokenKey,
	})
}

func (cp *ControlPlane) startEtcd() (string, error) {
	ports, err := freePorts(2)
	if err != nil {
		return "", err
	}
	client, peer := "http://"+ports[0], "http://"+ports[1]
	etcd, err := startProcess(cp.dir, "etcd", nil, filepath.Join(cp.Binaries, "etcd"),
		"--data-dir="+filepath.Join(cp.dir, "etcd-data"),
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer,
		"--unsafe-no-fsync", // the data live as long as the tests
		"--log-level=warn",
	)
	if err != nil {
		return "", err
	}
	cp.processes = append(cp.processes, etcd)
	return client, etcd.until(time.Minute, func() bool { return healthy(http.DefaultClient, client+"/health") })
}

func (cp *ControlPlane) startAPIServer(ctx context.Context, etcdURL string) error {
	ports, err := freePorts(1)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(ports[0])
	if err != nil {
		return err
	}
	file := func(name string) string { return filepath.Join(cp.dir, name) }
	server, err := startProcess(cp.dir, "kube-apiserver", nil, filepath.Join(cp.Binaries, "kube-apiserver"),
		"--etcd-servers="+etcdURL,
		"--bind-address="+host, "--secure-port="+port,
		"--tls-cert-file="+file("server.crt"), "--tls-private-key-file="+file("server.key"),
		"--client-ca-file="+file("ca.crt"),
		"--requestheader-client-ca-file="+file("proxy-ca.crt"), "--requestheader-allowed-names=proxy",
		"--requestheader-username-headers="+headerUser, "--requestheader-group-headers="+headerGroup,
		"--service-account-issuer="+cp.Issuer,
		"--service-account-signing-key-file="+file("token.key"), "--service-account-key-file="+file("token.key"),
		"--api-audiences=https://kubernetes.default.svc", // as on EKS
		"--service-cluster-ip-range=10.100.0.0/16",       // as on EKS
		"--authorization-mode=RBAC",
		"--allow-privileged",
		"--v=1",
	)
	if err != nil {
		return err
	}
	cp.processes = append(cp.processes, server)
	cp.URL = "https://" + ports[0]
	config := cp.admin.REST(cp.URL)
	config.QPS = -1 // tests seed in bursts
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	if err := server.until(2*time.Minute, func() bool { return healthy(client, cp.URL+"/readyz") }); err != nil {
		return err
	}
	if cp.Admin, err = kubernetes.NewForConfigAndClient(config, client); err != nil {
		return err
	}
	if cp.objects, err = newObjects(config, client); err != nil {
		return err
	}
	return cp.createProbe(ctx)
}

// Keys are the public keys of service account tokens, a JSON Web Key Set, as anybody can fetch them from an EKS cluster's issuer.
func (cp *ControlPlane) Keys(ctx context.Context) ([]byte, error) {
	return cp.Admin.CoreV1().RESTClient().Get().AbsPath("/openid/v1/jwks").DoRaw(ctx)
}

// Kubectl is the path of a real kubectl of the API server's version.
func (cp *ControlPlane) Kubectl() string { return filepath.Join(cp.Binaries, "kubectl") }

// stop ends the processes, the API server first.
func (cp *ControlPlane) stop() {
	for i := len(cp.processes) - 1; i >= 0; i-- {
		cp.processes[i].stop()
	}
}

func healthy(client *http.Client, url string) bool {
	response, err := client.Get(url)
	if err != nil {
		return false
	}
	return errors.Join(response.Body.Close()) == nil && response.StatusCode == http.StatusOK
}

// freePorts are loopback addresses that were free a moment ago.
func freePorts(n int) ([]string, error) {
	var addresses []string
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }() // only after all are chosen, so that they differ
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}
