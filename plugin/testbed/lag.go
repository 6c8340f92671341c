package testbed

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// A lag lets IAM answer with old trust policies, as replicas do that are behind.
type lag struct {
	mu          sync.Mutex
	stale       time.Duration
	probability float64
	writes      map[string][]oldRole // by account and name of the role
}

// An oldRole is the answer of GetRole from before a write.
type oldRole struct {
	until  time.Time
	answer string
}

// SetLag lets GetRole answer, for that long after an UpdateAssumeRolePolicy and with that probability for each read, as it did before
// the oldest write of that time.
func (a *AWS) SetLag(stale time.Duration, probability float64) {
	a.lag.mu.Lock()
	defer a.lag.mu.Unlock()
	a.lag.stale, a.lag.probability, a.lag.writes = stale, probability, map[string][]oldRole{}
}

// laggingIAM is IAM's answer, which may be an old one.
func (a *AWS) laggingIAM(r *http.Request, c Call) (*http.Response, error) {
	role := c.Account + "/" + c.Params.Get("RoleName")
	a.lag.mu.Lock()
	on := a.lag.stale > 0
	a.lag.mu.Unlock()
	switch {
	case on && c.Operation == "UpdateAssumeRolePolicy":
		return a.laggingWrite(r, c, role)
	case on && c.Operation == "GetRole":
		if answer, ok := a.lag.old(role); ok {
			return respond(http.StatusOK, "text/xml", answer), nil
		}
	}
	return a.answerIAM(r, c)
}

// laggingWrite keeps what a role was before it is written; one write at a time, so that it is that.
func (a *AWS) laggingWrite(r *http.Request, c Call, role string) (*http.Response, error) {
	a.lag.mu.Lock()
	defer a.lag.mu.Unlock()
	read := c
	read.Operation, read.Params = "GetRole", url.Values{"RoleName": c.Params["RoleName"]}
	read.Body = []byte(url.Values{"Action": {"GetRole"}, "Version": {"2010-05-08"}, "RoleName": c.Params["RoleName"]}.Encode())
	before, err := a.answerIAM(r, read)
	if err != nil {
		return nil, err
	}
	text, err := readAll(before)
	if err != nil {
		return nil, err
	}
	response, err := a.answerIAM(r, c)
	if err == nil && response.StatusCode == http.StatusOK {
		a.lag.writes[role] = append(a.lag.writes[role], oldRole{time.Now().Add(a.lag.stale), text})
	}
	return response, err
}

func (l *lag) old(role string) (answer string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	oldest := slices.IndexFunc(l.writes[role], func(o oldRole) bool { return time.Now().Before(o.until) })
	if oldest < 0 || rand.Float64() >= l.probability {
		return "", false
	}
	return l.writes[role][oldest].answer, true
}
