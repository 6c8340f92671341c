package bind

import (
	"sync"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Offers returns a function that answers as [Offer] does, with nil where there is none. It plans for each
// service account once, at the first call: the pods of a cluster share theirs.
func Offers() func(s *snapshot.Snapshot, namespace, serviceAccount, role string) ([]string, []change.Change) {
	var mu sync.Mutex
	known := map[string]func() ([]string, []change.Change){}
	return func(s *snapshot.Snapshot, namespace, serviceAccount, role string) ([]string, []change.Change) {
		key := namespace + "/" + serviceAccount + " " + role
		mu.Lock()
		offer, ok := known[key]
		if !ok {
			offer = sync.OnceValues(func() ([]string, []change.Change) {
				argv, changes, ok := Offer(s, namespace, serviceAccount, role)
				if !ok {
					return nil, nil
				}
				return argv, changes
			})
			known[key] = offer
		}
		mu.Unlock()
		return offer()
	}
}
