package aws

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
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
}

const webARN = "arn:aws:iam::111122223333:role/web"

func (r *role) answer(t *testing.T, w http.ResponseWriter, form url.Values) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if form.Get("Action") == "UpdateAssumeRolePolicy" {
		r.writes++
		if r.refusal != "" {
			say(t, w, 400, "<ErrorResponse><Error><Type>Sender</Type><Code>"+r.refusal+"</Code><Message>no: ACLSizePerRole</Message></Error></ErrorResponse>")
			return
		}
		r.document = form.Get("PolicyDocument")
		if r.onWrite != nil {
			r.onWrite(r)
		}
		say(t, w, 200, "<UpdateAssumeRolePolicyResponse/>")
		return
	}
	r.reads++
	if r.onRead != nil {
		r.onRead(r)
	}
	document := r.document
	if r.stale != "" {
		document = r.stale
	}
	say(t, w, 200, "<GetRoleResponse><GetRoleResult><Role><RoleName>web</RoleName><Arn>"+webARN+
		"</Arn><AssumeRolePolicyDocument>"+document+"</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>")
}

// mine adds a name to the policy that has it not.
func mine(document string) (string, error) {
	if strings.Contains(document, "mine") {
		return document, nil
	}
	return document + ",mine", nil
}

func (r *role) edit(t *testing.T) error {
	t.Helper()
	var s server
	s.start(t, func(w http.ResponseWriter, form url.Values) { r.answer(t, w, form) })
	w := NewWriter(reader(t, Options{}))
	w.settle = 300 * time.Millisecond
	return w.EditTrust(t.Context(), webARN, mine)
}

func TestEditTrust(t *testing.T) {
	for name, c := range map[string]struct {
		role           *role
		document       string
		writes, within int // how many writes, at most
	}{
		"there already": {&role{document: "others,mine"}, "others,mine", 0, 0},
		"alone":         {&role{document: "others"}, "others,mine", 1, 1},
		"overwritten once": {&role{document: "others", onWrite: func(r *role) {
			if r.writes == 1 {
				r.document = "others,theirs" // by somebody who had read before
			}
		}}, "others,theirs,mine", 2, 2},
		"overwritten late": {&role{document: "others", onRead: func(r *role) {
			if r.reads == 3 {
				r.document = "others,theirs"
			}
		}}, "others,theirs,mine", 2, 2},
		"built upon": {&role{document: "others", onWrite: func(r *role) { r.document += ",theirs" }}, "others,mine,theirs", 1, 1},
		"an old answer": {&role{document: "others", onWrite: func(r *role) { r.stale = "others" }, onRead: func(r *role) {
			if r.reads == 4 {
				r.stale = ""
			}
		}}, "others,mine", 1, 1},
		"one answer of long ago": {&role{document: "others", onWrite: func(r *role) { r.stale = "ancient" }, onRead: func(r *role) {
			if r.reads == 3 {
				r.stale = ""
			}
		}}, "others,mine", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.role.edit(t); err != nil {
				t.Fatal(err)
			}
			if c.role.document != c.document || c.role.writes < c.writes || c.role.writes > c.within {
				t.Errorf("%q after %d writes, want %q after %d", c.role.document, c.role.writes, c.document, c.writes)
			}
		})
	}
}

func TestEditTrustFails(t *testing.T) {
	t.Run("quota", func(t *testing.T) {
		r := &role{document: "others", refusal: "LimitExceeded"}
		err := r.edit(t)
		var quota *QuotaError
		if !errors.As(err, &quota) || !strings.Contains(err.Error(), "use a second role") || r.writes != 1 {
			t.Errorf("%v after %d writes", err, r.writes)
		}
	})
	t.Run("denied", func(t *testing.T) {
		r := &role{document: "others", refusal: "AccessDenied"}
		if err := r.edit(t); err == nil || !strings.HasPrefix(err.Error(), "iam:UpdateAssumeRolePolicy web: AccessDenied") || r.writes != 1 {
			t.Errorf("%v after %d writes", err, r.writes)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		r := &role{document: "others", onWrite: func(r *role) { r.document = "others" }} // somebody keeps undoing it
		var s server
		s.start(t, func(w http.ResponseWriter, form url.Values) { r.answer(t, w, form) })
		w := NewWriter(reader(t, Options{}))
		w.settle = 50 * time.Millisecond
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := w.EditTrust(ctx, webARN, mine); err == nil {
			t.Error("there is no error")
		}
	})
	t.Run("another path", func(t *testing.T) {
		var s server
		r := &role{document: "others"}
		s.start(t, func(w http.ResponseWriter, form url.Values) { r.answer(t, w, form) })
		err := NewWriter(reader(t, Options{})).EditTrust(t.Context(), "arn:aws:iam::111122223333:role/team/web", mine)
		if err == nil || !strings.Contains(err.Error(), "the role with that name is "+webARN) {
			t.Error(err)
		}
	})
	t.Run("no edit", func(t *testing.T) {
		var s server
		r := &role{document: "others"}
		s.start(t, func(w http.ResponseWriter, form url.Values) { r.answer(t, w, form) })
		refused := errors.New("a Deny matches")
		err := NewWriter(reader(t, Options{})).EditTrust(t.Context(), webARN, func(string) (string, error) { return "", refused })
		if !errors.Is(err, refused) || r.writes != 0 {
			t.Errorf("%v after %d writes", err, r.writes)
		}
	})
}

// TestSlowWrite holds that what was read too long ago is not written over.
func TestSlowWrite(t *testing.T) {
	r := &role{document: "others"}
	var s server
	slow := make(chan struct{})
	s.start(t, func(w http.ResponseWriter, form url.Values) {
		if form.Get("Action") == "UpdateAssumeRolePolicy" {
			<-slow
			return
		}
		r.answer(t, w, form)
	})
	t.Cleanup(func() { close(slow) }) // before the server waits for its answers
	w := NewWriter(reader(t, Options{}))
	w.window = 50 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := w.EditTrust(ctx, webARN, mine); err == nil {
		t.Error("a write without an answer is taken for done")
	}
	if s.count() < 4 {
		t.Errorf("%d calls: it was not read again before it was tried again", s.count())
	}
}
