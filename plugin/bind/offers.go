package bind

import (
	"sync"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Offers returns a function that answers as [Offer] does, with nil where there is none. It plans for each
// service account once, whoever asks first: the pods of a cluster share theirs.
func Offers() func(s *snapshot.Snapshot, namespace, serviceAccount, role string) []string {
	var mu sync.Mutex
	known := map[string]func() []string{}
	return func(s *snapshot.Snapshot, namespace, serviceAccount, role string) []string {
		key := namespace + "/" + serviceAccount + " " + role
		mu.Lock()
		offer, ok := known[key]
		if !ok {
			offer = sync.OnceValue(func() []string {
				argv, _ := Offer(s, namespace, serviceAccount, role)
				return argv
			})
			known[key] = offer
		}
		mu.Unlock()
		return offer()
	}
}
