package collect

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A MismatchError says that the cluster that was found in AWS is not the one whose API server was read.
type MismatchError struct {
	What string // what each of the two has
	// Account is the account of the cluster that AWS described, empty where none was.
	Account string
	// Region says that only the region is known to be wrong.
	Region bool
}

// Error implements error.
func (e *MismatchError) Error() string { return e.What }

// A mismatch is the first one that was found.
type mismatch struct {
	once sync.Once
	err  error
}

// differs ends all reading: nothing of the one cluster may be used with the other.
func (c *collector) differs(err *MismatchError) {
	c.mismatch.once.Do(func() {
		c.mismatch.err = err
		c.stop(nil)
	})
}

// compare holds the cluster that EKS describes against the API server that was read.
func (c *collector) compare(ctx context.Context, eks snapshot.EKSCluster) {
	if c.cluster == nil {
		return
	}
	issuer, _ := ask(ctx, c, discoveryQuestion{}).Get()
	cluster := snapshot.Cluster{Issuer: issuer}
	if match, _ := snapshot.Compare(cluster, eks); match == snapshot.MatchUnknown { // by their issuers
		c.record.learnServer(c.cluster.Server, c.cluster.CA)
	}
	cluster.Server, cluster.CertificateAuthority = c.cluster.Server, base64.StdEncoding.EncodeToString(c.cluster.CA)
	if match, text := snapshot.Compare(cluster, eks); match == snapshot.Differs {
		arn, _ := snapshot.ParseARN(eks.Arn)
		c.differs(&MismatchError{What: text, Account: arn.Account})
	}
}

// compareRegion holds the region that was typed against that of the API server's issuer. A region of the kubeconfig may be
// another one: `aws eks get-token` takes any.
func (c *collector) compareRegion(issuer string) {
	if home, typed := kube.IssuerRegion(issuer), c.request.Typed.Region; home != "" && typed != "" && typed != home {
		c.differs(&MismatchError{What: "the API server " + c.cluster.Server + " has issuer " + issuer + ", which is in region " + home + ", not in " + typed, Region: true})
	}
}

// whose says that the cluster's account is not that of the AWS credentials, as far as the kubeconfig tells it; empty if it
// is, or if either is unknown.
func (c *collector) whose(ctx context.Context) string {
	account := c.request.account()
	if account == "" || c.account.Login(ctx) != "" {
		return ""
	}
	caller := c.caller(ctx)
	if caller == "" || caller == account {
		return ""
	}
	return fmt.Sprintf("according to the kubeconfig the cluster is in account %s, but these AWS credentials are of account %s", account, caller)
}

// refusedCluster takes down that EKS did not answer about the cluster, and returns the gap with the reason, which may be that
// it was asked in another account.
func refusedCluster[T any](ctx context.Context, c *collector, m snapshot.Missing, gap fact.Gap) fact.Fact[T] {
	why := gap.Reason
	if other := c.whose(ctx); other != "" {
		why = other + " (" + why + ")"
	} else if others := c.otherClusters(ctx, why); others != "" {
		why = strings.TrimSuffix(why, ".") + ": " + others
	}
	c.record.refused(m, why)
	return fact.Unreadable[T](gap.What, why)
}
