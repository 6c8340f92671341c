package testbed

import (
	"cmp"
	"net/url"
	"slices"
	"sync"
	"time"
)

// A Call is one request as the server in front saw it.
type Call struct {
	Service   string     // "kubernetes", or the AWS service's signing name: iam, sts, ec2, eks
	Operation string     // the Kubernetes verb (get, list, create …), or the AWS operation (GetRole …)
	Path      string     // path and query as sent
	Params    url.Values // query, form, and what the path of a REST operation names; no Action, no Version
	Body      []byte     // as sent
	User      string     // Kubernetes user name, or AWS access key id
	Account   string     // AWS only: whose access key it is
	Region    string     // AWS only: what the call was signed for
	Status    int        // HTTP status; 0 while in flight, or where the client got no answer
	Start     time.Time
	End       time.Time // when the answer was ready to be sent, of a watch when it began; zero while in flight
}

// Name is the service and the operation as permissions write them: "iam:GetRole", "kubernetes:list".
func (c Call) Name() string { return c.Service + ":" + c.Operation }

// A Log keeps the calls that reached one server.
type Log struct {
	mu          sync.Mutex
	calls       []*Call
	connections int
}

// Calls are the calls so far, by start. A call in flight has no end.
func (l *Log) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := make([]Call, len(l.calls))
	for i, c := range l.calls {
		calls[i] = *c
	}
	slices.SortStableFunc(calls, func(a, b Call) int { return a.Start.Compare(b.Start) })
	return calls
}

// Names are the names of the calls so far, sorted, each as often as it was called.
func (l *Log) Names() []string {
	var names []string
	for _, c := range l.Calls() {
		names = append(names, c.Name())
	}
	slices.Sort(names)
	return names
}

// Connections is how many connections clients have opened.
func (l *Log) Connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.connections
}

// Forget empties the log.
func (l *Log) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls, l.connections = nil, 0
}

func (l *Log) connected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.connections++
}

// begin records a call; what it returns records the answer.
func (l *Log) begin(c Call) (end func(status int)) {
	c.Start = time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, &c)
	return func(status int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		c.Status, c.End = status, time.Now()
	}
}

// Rounds is the length of the longest chain of calls in which each started after the one before it had
// ended: how often a client waited for an answer before it asked on. With latency on every server that is
// exact, because calls that do not wait for one another then overlap.
func Rounds(logs ...*Log) int {
	var calls []Call
	for _, l := range logs {
		for _, c := range l.Calls() {
			if !c.End.IsZero() {
				calls = append(calls, c)
			}
		}
	}
	// The call that ends first leaves the most room for others after it, so taking it is never wrong.
	slices.SortFunc(calls, func(a, b Call) int { return cmp.Or(a.End.Compare(b.End), a.Start.Compare(b.Start)) })
	rounds, last := 0, time.Time{}
	for _, c := range calls {
		if c.Start.After(last) {
			rounds, last = rounds+1, c.End
		}
	}
	return rounds
}
