package aws

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
)

// A role is the trust policy of the role web as a server keeps it: names with commas between them.
type role struct {
	mu       sync.Mutex
	document string
	reads    int
	writes   int
	// onRead and onWrite may change the policy before the read is answered, or after the write is stored.
	onRead, onWrite func(r *role)
	stale           string // answered in place of the document as long as it is set
	refusal         string // an error code for writes
	lost            int    // so many writes are made and not answered in time
}

const webARN = "arn:aws:iam::111122223333:role/web"

func (r *role) answer(t *testing.T, w http.ResponseWriter, form url.Values) {
	if form.Get("Action") == "UpdateAssumeRolePolicy" && r.refusal != "" {
		r.writes++
		say(t, w, 400, "<ErrorResponse><Error><Type>Sender</Type><Code>"+r.refusal+"</Code><Message>no: ACLSizePerRole</Message></Error></ErrorResponse>")
		return
	}
	if form.Get("Action") == "UpdateAssumeRolePolicy" {
		_ = r.write(t.Context(), form.Get("PolicyDocument"), time.Time{}) // it loses nothing
		say(t, w, 200, "<UpdateAssumeRolePolicyResponse/>")
		return
	}
	document, _ := r.read(t.Context()) // it never fails
	say(t, w, 200, "<GetRoleResponse><GetRoleResult><Role><RoleName>web</RoleName><Arn>"+webARN+
		"</Arn><AssumeRolePolicyDocument>"+document+"</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>")
}

func (r *role) read(context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reads++
	if r.onRead != nil {
		r.onRead(r)
	}
	if r.stale != "" {
		return r.stale, nil
	}
	return r.document, nil
}

func (r *role) write(_ context.Context, document string, until time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes++
	r.document = document
	if r.onWrite != nil {
		r.onWrite(r)
	}
	if r.writes <= r.lost {
		time.Sleep(time.Until(until))
		return &neterr.UnansweredError{Cause: context.DeadlineExceeded}
	}
	return nil
}

// mine adds a name to the policy that has it not.
func mine(document string) (string, error) {
	if strings.Contains(document, "mine") {
		return document, nil
	}
	return document + ",mine", nil
}

// edit edits the trust policy on a server.
func (r *role) edit(t *testing.T, roleARN string, change func(string) (string, error)) error {
	t.Helper()
	var s server
	s.start(t, func(w http.ResponseWriter, form url.Values) { r.answer(t, w, form) })
	return NewWriter(reader(t, Options{})).EditTrust(t.Context(), TrustEdit{RoleARN: roleARN, Edit: change, Limit: time.Minute, Progress: func(string) {}})
}

// settle does the same without a server, and returns how long it took.
func (r *role) settle(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	err := (&trustEdit{TrustEdit: TrustEdit{Edit: mine, Limit: time.Minute, Progress: func(string) {}}, role: "web", policy: r}).settle(ctx)
	return time.Since(began), err
}

func TestEditTrust(t *testing.T) {
	r := &role{document: "others"}
	if err := r.edit(t, webARN, mine); err != nil || r.document != "others,mine" || r.writes != 1 {
		t.Errorf("%v; %q after %d writes", err, r.document, r.writes)
	}
}

// TestSettle holds what is made of what happens around an edit, and how long that takes.
func TestSettle(t *testing.T) {
	until := func(reads int) func(*role) {
		return func(r *role) {
			if r.reads == reads {
				r.stale = ""
			}
		}
	}
	for name, c := range map[string]struct {
		role     *role
		document string
		writes   int
		within   time.Duration
	}{
		"there already": {&role{document: "others,mine"}, "others,mine", 0, time.Second},
		"alone":         {&role{document: "others"}, "others,mine", 1, 3 * time.Second},
		"overwritten at once": {&role{document: "others", onWrite: func(r *role) {
			if r.writes == 1 {
				r.document = "others,theirs" // by somebody who had read before
			}
		}}, "others,theirs,mine", 2, 5 * time.Second},
		"overwritten late": {&role{document: "others", onRead: func(r *role) {
			if r.reads == 10 {
				r.document = "others,theirs"
			}
		}}, "others,theirs,mine", 2, 7 * time.Second},
		"undone late": {&role{document: "others", onRead: func(r *role) {
			if r.reads == 10 {
				r.document = "others"
			}
		}}, "others,mine", 2, 12 * time.Second},
		"built upon":           {&role{document: "others", onWrite: func(r *role) { r.document += ",theirs" }}, "others,mine,theirs", 1, 3 * time.Second},
		"old answers":          {&role{document: "others", onWrite: func(r *role) { r.stale = "others" }, onRead: until(20)}, "others,mine", 1, 10 * time.Second},
		"one answer older yet": {&role{document: "others", onWrite: func(r *role) { r.stale = "ancient" }, onRead: until(4)}, "others,mine", 1, 4 * time.Second},
		"lost answers":         {&role{document: "others", lost: 2}, "others,mine", 1, 6 * time.Second},
		"removed by its author": {&role{document: "others,theirs", onWrite: func(r *role) {
			if r.writes == 1 {
				r.document = "others"
			}
		}}, "others,mine", 2, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				took, err := c.role.settle(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if c.role.document != c.document || c.role.writes != c.writes || took > c.within {
					t.Errorf("%q after %d writes in %s, want %q after %d in %s", c.role.document, c.role.writes, took, c.document, c.writes, c.within)
				}
			})
		})
	}
}

// TestUnsettled holds that what does not show, or does not last, ends with an error that says so.
func TestUnsettled(t *testing.T) {
	for name, c := range map[string]struct {
		role   *role
		error  string
		within time.Duration
	}{
		"never shown":      {&role{document: "others", onWrite: func(r *role) { r.stale = "others" }}, "does not show the change after 1m0s", 62 * time.Second},
		"undone each time": {&role{document: "others", onWrite: func(r *role) { r.document = "others,theirs" }}, "others keep changing the trust policy", 11 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				took, err := c.role.settle(t.Context())
				var unsettled *UnsettledError
				if !errors.As(err, &unsettled) || !strings.Contains(err.Error(), c.error) || took > c.within {
					t.Errorf("%v after %s, want %s within %s", err, took, c.error, c.within)
				}
			})
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var unsettled *UnsettledError
			if took, err := (&role{document: "others"}).settle(ctx); !errors.As(err, &unsettled) || !errors.Is(err, context.DeadlineExceeded) || took > time.Second {
				t.Errorf("%v after %s", err, took)
			}
		})
	})
	t.Run("interrupted without an answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var unanswered *neterr.UnansweredError
			if _, err := (&role{document: "others", lost: 9}).settle(ctx); !errors.As(err, &unanswered) {
				t.Error(err)
			}
		})
	})
}

func TestEditTrustFails(t *testing.T) {
	t.Run("quota", func(t *testing.T) {
		r := &role{document: "others", refusal: "LimitExceeded"}
		err := r.edit(t, webARN, mine)
		var quota *QuotaError
		if !errors.As(err, &quota) || !strings.Contains(err.Error(), "use a second role") || r.writes != 1 {
			t.Errorf("%v after %d writes", err, r.writes)
		}
	})
	t.Run("denied", func(t *testing.T) {
		r := &role{document: "others", refusal: "AccessDenied"}
		if err := r.edit(t, webARN, mine); err == nil || !strings.HasPrefix(err.Error(), "iam:UpdateAssumeRolePolicy web: AccessDenied") || r.writes != 1 {
			t.Errorf("%v after %d writes", err, r.writes)
		}
	})
	t.Run("another path", func(t *testing.T) {
		err := (&role{document: "others"}).edit(t, "arn:aws:iam::111122223333:role/team/web", mine)
		if err == nil || !strings.Contains(err.Error(), "the role with that name is "+webARN) {
			t.Error(err)
		}
	})
	t.Run("no edit", func(t *testing.T) {
		r := &role{document: "others"}
		refused := errors.New("a Deny matches")
		err := r.edit(t, webARN, func(string) (string, error) { return "", refused })
		if !errors.Is(err, refused) || r.writes != 0 {
			t.Errorf("%v after %d writes", err, r.writes)
		}
	})
}
