package testbed

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Cluster is an EKS cluster as DescribeCluster shows it.
type Cluster struct {
	Name    string
	Account string         // empty: Account
	Region  string         // empty: Region
	Issuer  string         // identity.oidc.issuer, with https://
	Fields  map[string]any // further fields, or others than the usual ones, in the API's own spelling (outpostConfig, version …)
}

// ARN is the cluster's, as kubeconfigs name it.
func (c Cluster) ARN() string {
	return "arn:aws:eks:" + c.Region + ":" + c.Account + ":cluster/" + c.Name
}

// SetCluster makes the cluster, or replaces the one of that name, and returns it with its defaults.
func (a *AWS) SetCluster(c Cluster) Cluster {
	if c.Account == "" {
		c.Account = Account
	}
	if c.Region == "" {
		c.Region = Region
	}
	a.state.Lock()
	defer a.state.Unlock()
	a.clusters = slices.DeleteFunc(a.clusters, func(other Cluster) bool { return other.ARN() == c.ARN() })
	a.clusters = append(a.clusters, c)
	return c
}

// An association is an EKS Pod Identity association, in the API's spelling.
type association struct {
	cluster string // its ARN

	ClusterName        string            `json:"clusterName"`
	Namespace          string            `json:"namespace"`
	ServiceAccount     string            `json:"serviceAccount"`
	RoleARN            string            `json:"roleArn"`
	TargetRoleARN      string            `json:"targetRoleArn,omitempty"`
	ExternalID         string            `json:"externalId,omitempty"`
	Policy             string            `json:"policy,omitempty"`
	DisableSessionTags bool              `json:"disableSessionTags"`
	Tags               map[string]string `json:"tags"`
	ARN                string            `json:"associationArn"`
	ID                 string            `json:"associationId"`
	CreatedAt          int64             `json:"createdAt"`
	ModifiedAt         int64             `json:"modifiedAt"`
}

// eksRoutes are the operations by method and path (EKS API reference); the groups of a path become parameters.
var eksRoutes = []struct {
	method    string
	path      *regexp.Regexp
	operation string
}{
	{http.MethodGet, regexp.MustCompile(`^/clusters/?$`), "ListClusters"},
	{http.MethodGet, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)$`), "DescribeCluster"},
	{http.MethodGet, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)/pod-identity-associations$`), "ListPodIdentityAssociations"},
	{http.MethodPost, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)/pod-identity-associations$`), "CreatePodIdentityAssociation"},
	{http.MethodGet, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)/pod-identity-associations/(?P<associationId>[^/]+)$`), "DescribePodIdentityAssociation"},
	{http.MethodPost, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)/pod-identity-associations/(?P<associationId>[^/]+)$`), "UpdatePodIdentityAssociation"},
	{http.MethodDelete, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)/pod-identity-associations/(?P<associationId>[^/]+)$`), "DeletePodIdentityAssociation"},
	{http.MethodGet, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)/addons$`), "ListAddons"},
	{http.MethodGet, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)/addons/(?P<addonName>[^/]+)$`), "DescribeAddon"},
	{http.MethodGet, regexp.MustCompile(`^/clusters/(?P<name>[^/]+)/access-entries$`), "ListAccessEntries"},
}

// eksOperation is what the request asks for; what the path names is added to the parameters. Empty: none that is known.
func eksOperation(method, path string, params url.Values) string {
	for _, route := range eksRoutes {
		found := route.path.FindStringSubmatch(path)
		if found == nil || method != route.method {
			continue
		}
		for i, name := range route.path.SubexpNames() {
			if value, err := url.PathUnescape(found[i]); name != "" && err == nil {
				params.Set(name, value)
			}
		}
		return route.operation
	}
	return ""
}

func (a *AWS) answerEKS(c Call) (*http.Response, error) {
	a.state.Lock()
	defer a.state.Unlock()
	if c.Operation == "ListClusters" {
		return a.listClusters(c), nil
	}
	at := slices.IndexFunc(a.clusters, func(other Cluster) bool {
		return other.Name == c.Params.Get("name") && other.Account == c.Account && other.Region == c.Region
	})
	if at < 0 {
		return failure(c, http.StatusNotFound, "ResourceNotFoundException", "No cluster found for name: "+c.Params.Get("name")+"."), nil
	}
	cluster := a.clusters[at]
	switch c.Operation {
	case "DescribeCluster":
		return jsonOf(map[string]any{"cluster": cluster.description()}), nil
	case "ListPodIdentityAssociations":
		return a.listAssociations(c, cluster), nil
	case "CreatePodIdentityAssociation":
		return a.createAssociation(c, cluster), nil
	case "DescribePodIdentityAssociation", "UpdatePodIdentityAssociation", "DeletePodIdentityAssociation":
		return a.oneAssociation(c, cluster), nil
	}
	return notImplemented(c), nil
}

func (a *AWS) listClusters(c Call) *http.Response {
	names := []string{}
	for _, cluster := range a.clusters {
		if cluster.Account == c.Account && cluster.Region == c.Region {
			names = append(names, cluster.Name)
		}
	}
	slices.Sort(names)
	return page(c, "clusters", names)
}

func (c Cluster) description() map[string]any {
	description := map[string]any{
		"name": c.Name, "arn": c.ARN(), "status": "ACTIVE", "version": "1.37", "platformVersion": "eks.1",
		"createdAt": time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix(),
		"identity":  map[string]any{"oidc": map[string]any{"issuer": c.Issuer}},
	}
	for name, value := range c.Fields {
		description[name] = value
	}
	return description
}

func (a *AWS) listAssociations(c Call, cluster Cluster) *http.Response {
	summaries := []map[string]string{}
	for _, one := range a.associations {
		namespace, account := c.Params.Get("namespace"), c.Params.Get("serviceAccount")
		if one.cluster != cluster.ARN() || namespace != "" && namespace != one.Namespace || account != "" && account != one.ServiceAccount {
			continue
		}
		summaries = append(summaries, map[string]string{ // no role: that takes DescribePodIdentityAssociation
			"clusterName": one.ClusterName, "namespace": one.Namespace, "serviceAccount": one.ServiceAccount,
			"associationArn": one.ARN, "associationId": one.ID,
		})
	}
	return page(c, "associations", summaries)
}

func (a *AWS) createAssociation(c Call, cluster Cluster) *http.Response {
	var wanted association
	if err := json.Unmarshal(c.Body, &wanted); err != nil || wanted.Namespace == "" || wanted.ServiceAccount == "" || wanted.RoleARN == "" {
		return failure(c, http.StatusBadRequest, "InvalidParameterException", "namespace, serviceAccount and roleArn are required")
	}
	for _, one := range a.associations {
		if one.cluster == cluster.ARN() && one.Namespace == wanted.Namespace && one.ServiceAccount == wanted.ServiceAccount {
			return failure(c, http.StatusConflict, "ResourceInUseException", "Association already exists: "+one.ID)
		}
	}
	a.made++
	wanted.cluster, wanted.ClusterName = cluster.ARN(), cluster.Name
	wanted.ID = fmt.Sprintf("a-%017d", a.made)
	wanted.ARN = fmt.Sprintf("arn:aws:eks:%s:%s:podidentityassociation/%s/%s", cluster.Region, cluster.Account, cluster.Name, wanted.ID)
	wanted.ExternalID = wanted.externalID(cluster)
	wanted.CreatedAt = time.Now().Unix()
	wanted.ModifiedAt = wanted.CreatedAt
	a.associations = append(a.associations, wanted)
	return jsonOf(map[string]any{"association": wanted})
}

// externalID is what EKS chooses where there is a target role:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
func (a association) externalID(cluster Cluster) string {
	if a.TargetRoleARN == "" {
		return ""
	}
	return strings.Join([]string{cluster.Region, cluster.Account, cluster.Name, a.Namespace, a.ServiceAccount}, "/")
}

func (a *AWS) oneAssociation(c Call, cluster Cluster) *http.Response {
	id := c.Params.Get("associationId")
	at := slices.IndexFunc(a.associations, func(one association) bool { return one.cluster == cluster.ARN() && one.ID == id })
	if at < 0 {
		return failure(c, http.StatusNotFound, "ResourceNotFoundException", "The association "+id+" does not exist.")
	}
	one := a.associations[at]
	switch c.Operation {
	case "DeletePodIdentityAssociation":
		a.associations = slices.Delete(a.associations, at, at+1)
	case "UpdatePodIdentityAssociation":
		if err := json.Unmarshal(c.Body, &one); err != nil { // what the body does not name stays
			return failure(c, http.StatusBadRequest, "InvalidParameterException", err.Error())
		}
		one.ExternalID = one.externalID(cluster)
		one.ModifiedAt = time.Now().Unix()
		a.associations[at] = one
	}
	return jsonOf(map[string]any{"association": one})
}

// page is the part of a list that maxResults and nextToken ask for; a page has 100 entries at most.
func page[T any](c Call, field string, all []T) *http.Response {
	start, _ := strconv.Atoi(c.Params.Get("nextToken")) // a bad token starts anew
	size, err := strconv.Atoi(c.Params.Get("maxResults"))
	if err != nil || size < 1 || size > 100 {
		size = 100
	}
	start = min(max(start, 0), len(all))
	end := min(start+size, len(all))
	out := map[string]any{field: all[start:end]}
	if end < len(all) {
		out["nextToken"] = strconv.Itoa(end)
	}
	return jsonOf(out)
}

func jsonOf(value map[string]any) *http.Response {
	body, err := json.Marshal(value)
	if err != nil { // a cluster's fields may hold anything
		return respond(http.StatusInternalServerError, "text/plain", err.Error())
	}
	return respond(http.StatusOK, "application/json", string(body))
}
