package aws

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

const roleARN = "arn:aws:iam::111122223333:role/web"

// lists are all lists that are read, each with an answer that has an entry, or none, and the place for what follows.
var lists = map[string]struct {
	read  func(*testing.T, *Reader) (gap fact.Gap, entries int)
	whole string // with the place for what follows the list
	empty string
	more  string // with the place for the marker; empty: the list has no pages
	// ends says that there is more, and not where.
	ends string
}{
	"instances": {
		func(t *testing.T, r *Reader) (fact.Gap, int) {
			return count(r.Instances(t.Context(), "us-west-2", ByInstanceID, []string{"i-1"}))
		},
		`<R><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item></reservationSet>%s</R>`, `<R><reservationSet/>%s</R>`, `<nextToken>%s</nextToken>`, "",
	},
	"VPC endpoints": {
		func(t *testing.T, r *Reader) (fact.Gap, int) {
			return count(r.VPCEndpoints(t.Context(), "us-west-2", "vpc-1"))
		},
		`<R><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId></item></vpcEndpointSet>%s</R>`, `<R><vpcEndpointSet/>%s</R>`, `<nextToken>%s</nextToken>`, "",
	},
	"roles": {
		func(t *testing.T, r *Reader) (fact.Gap, int) { return count(r.Roles(t.Context())) },
		`<R><ListRolesResult><Roles><member><RoleName>web</RoleName></member></Roles>%s</ListRolesResult></R>`, `<R><ListRolesResult><Roles/>%s</ListRolesResult></R>`, markers, truncated,
	},
	"attached policies": {
		func(t *testing.T, r *Reader) (fact.Gap, int) { return count(r.AttachedPolicies(t.Context(), roleARN)) },
		`<R><ListAttachedRolePoliciesResult><AttachedPolicies><member><PolicyName>p</PolicyName></member></AttachedPolicies>%s</ListAttachedRolePoliciesResult></R>`,
		`<R><ListAttachedRolePoliciesResult><AttachedPolicies/>%s</ListAttachedRolePoliciesResult></R>`, markers, truncated,
	},
	"inline policies": {
		func(t *testing.T, r *Reader) (fact.Gap, int) { return count(r.InlinePolicies(t.Context(), roleARN)) },
		`<R><ListRolePoliciesResult><PolicyNames><member>p</member></PolicyNames>%s</ListRolePoliciesResult></R>`,
		`<R><ListRolePoliciesResult><PolicyNames/>%s</ListRolePoliciesResult></R>`, markers, truncated,
	},
	"providers": {
		func(t *testing.T, r *Reader) (fact.Gap, int) { return count(r.OpenIDConnectProviders(t.Context())) },
		`<R><ListOpenIDConnectProvidersResult><OpenIDConnectProviderList><member><Arn>a</Arn></member></OpenIDConnectProviderList>%s</ListOpenIDConnectProvidersResult></R>`,
		`<R><ListOpenIDConnectProvidersResult><OpenIDConnectProviderList/>%s</ListOpenIDConnectProvidersResult></R>`, "", "",
	},
	"simulations": {
		func(t *testing.T, r *Reader) (fact.Gap, int) {
			f := r.MayAssume(t.Context(), roleARN, roleARN, nil, "")
			simulation, _ := f.Get()
			gap, _ := f.Gap()
			return gap, len(simulation.EvaluationResults)
		},
		`<R><SimulatePrincipalPolicyResult><EvaluationResults><member><EvalActionName>a</EvalActionName></member></EvaluationResults>%s</SimulatePrincipalPolicyResult></R>`,
		`<R><SimulatePrincipalPolicyResult><EvaluationResults/>%s</SimulatePrincipalPolicyResult></R>`, markers, truncated,
	},
	"clusters": {
		func(t *testing.T, r *Reader) (fact.Gap, int) { return count(r.Clusters(t.Context(), "us-west-2")) },
		`{"clusters":["apps"]%s}`, `{"clusters":[]%s}`, `,"nextToken":"%s"`, "",
	},
	"associations": {
		func(t *testing.T, r *Reader) (fact.Gap, int) {
			return count(r.Associations(t.Context(), "us-west-2", "apps", "shop", "web"))
		},
		`{"associations":[{"associationId":"a-1"}]%s}`, `{"associations":[]%s}`, `,"nextToken":"%s"`, "",
	},
}

const (
	markers   = `<IsTruncated>true</IsTruncated><Marker>%s</Marker>`
	truncated = `<IsTruncated>true</IsTruncated>`
)

func count[T any](f fact.Fact[[]T]) (fact.Gap, int) {
	list, _ := f.Get()
	gap, _ := f.Gap()
	return gap, len(list)
}

var resultName = regexp.MustCompile(`<(\w+Result)>`)

// TestPartialLists holds of every list that what is no whole one is unknown, with the reason, and never an empty or a shorter one.
func TestPartialLists(t *testing.T) {
	for name, list := range lists {
		more := func(marker string) string {
			if list.more == "" {
				return ""
			}
			return fmt.Sprintf(list.more, marker)
		}
		nothing := "<R/>"
		if result := resultName.FindStringSubmatch(list.empty); result != nil {
			nothing = "<R><" + result[1] + "/></R>"
		} else if strings.HasPrefix(list.whole, "{") {
			nothing = "{}"
		}
		for _, test := range []struct {
			what    string
			pages   []string // the last one is repeated
			want    string
			entries int
			calls   int
		}{
			{"empty", []string{fmt.Sprintf(list.empty, "")}, "", 0, 1},
			{"whole", []string{fmt.Sprintf(list.whole, "")}, "", 1, 1},
			{"no list", []string{nothing}, "the answer is empty", 0, 1},
			{"pages", []string{fmt.Sprintf(list.whole, more("a")), fmt.Sprintf(list.empty, more("b")), fmt.Sprintf(list.whole, "")}, "", 2, 3},
			{"no second page", []string{fmt.Sprintf(list.whole, more("a")), nothing}, "the answer is empty", 0, 2},
			{"the same marker", []string{fmt.Sprintf(list.whole, more("a"))}, "the list repeats itself: its marker is one that was used before", 0, 2},
			{"a circle of markers", []string{fmt.Sprintf(list.whole, more("a")), fmt.Sprintf(list.whole, more("b")), fmt.Sprintf(list.whole, more("a"))}, "the list repeats itself: its marker is one that was used before", 0, 3},
			{"truncated, and no marker", []string{fmt.Sprintf(list.whole, list.ends)}, "the list ends after 1 entries, and is truncated", 0, 1},
		} {
			if list.more == "" && test.calls > 1 || list.ends == "" && strings.HasPrefix(test.what, "truncated") {
				continue
			}
			t.Run(name+": "+test.what, func(t *testing.T) {
				var s server
				s.start(t, func(w http.ResponseWriter, _ url.Values) {
					say(t, w, 200, test.pages[min(s.count(), len(test.pages))-1])
				})
				gap, entries := list.read(t, reader(t, Options{}))
				if gap.Reason != test.want || entries != test.entries || s.count() != test.calls {
					t.Errorf("%d entries, %q after %d calls; want %d, %q after %d", entries, gap.Reason, s.count(), test.entries, test.want, test.calls)
				}
			})
		}
	}
}

// TestNoThing holds the same of one thing: an answer without it says nothing about it.
func TestNoThing(t *testing.T) {
	for result, read := range map[string]func(*Reader) (fact.Gap, bool){
		"GetCallerIdentity": func(r *Reader) (fact.Gap, bool) { return r.Caller(t.Context()).Gap() },
		"GetRole":           func(r *Reader) (fact.Gap, bool) { return r.Role(t.Context(), roleARN).Gap() },
		"GetOpenIDConnectProvider": func(r *Reader) (fact.Gap, bool) {
			return r.OpenIDConnectProvider(t.Context(), "arn:aws:iam::111122223333:oidc-provider/x").Gap()
		},
		"GetInstanceProfile": func(r *Reader) (fact.Gap, bool) {
			return r.InstanceProfile(t.Context(), "arn:aws:iam::111122223333:instance-profile/x").Gap()
		},
		"":  func(r *Reader) (fact.Gap, bool) { return r.EKSCluster(t.Context(), "us-west-2", "apps").Gap() },
		"-": func(r *Reader) (fact.Gap, bool) { return r.Association(t.Context(), "us-west-2", "apps", "a-1").Gap() },
	} {
		t.Run(result, func(t *testing.T) {
			nothing := "<R><" + result + "Result/></R>"
			if len(result) < 2 { // of EKS
				nothing = "{}"
			}
			var s server
			s.start(t, func(w http.ResponseWriter, _ url.Values) { say(t, w, 200, nothing) })
			if gap, ok := read(reader(t, Options{})); !ok || gap.Reason != "the answer is empty" {
				t.Errorf("got %q", gap.Reason)
			}
		})
	}
}
