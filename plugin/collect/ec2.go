package collect

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

const describeInstances = "ec2:DescribeInstances"

// hosts reads the instances that the nodes are, and their profiles. The nodes name their instances; to not wait for
// them, instances are asked for by what the pods tell: the address of their host, or a node's name that is an
// instance's id. Only what that does not find is asked for by the nodes' word.
func (c *collector) hosts(ctx context.Context, pods []*corev1.Pod) {
	if c.account == nil {
		return
	}
	names, addresses, ids := nodesOf(pods), map[string]bool{}, map[string]bool{}
	for name, address := range names {
		switch {
		case snapshot.IsInstanceID(name):
			ids[name] = true
		case strings.HasPrefix(name, "fargate-"), strings.HasPrefix(name, "mi-"):
			// Fargate and hybrid nodes are no instances.
		case isIPv4(address):
			addresses[address] = true
		}
	}
	if len(names) == 0 {
		return
	}
	region := c.region(ctx)
	if region == "" {
		c.record.unaskable(describeInstances, noRegion)
		return
	}
	found := c.instances(ctx, region, aws.ByPrivateIPAddress, addresses)
	maps.Copy(found, c.instances(ctx, region, aws.ByInstanceID, ids))
	c.keepInstances(ctx, region, names, found)
}

// keepInstances takes down those instances that are nodes, and asks for those that were not found.
func (c *collector) keepInstances(ctx context.Context, region string, names map[string]string, found map[string]snapshot.Instance) {
	missing := map[string]bool{}
	for name, address := range names {
		node, ok := ask(ctx, c, nodeQuestion{name}).Get()
		if !ok {
			// Addresses are unique in a VPC only: without the node's word, its name has to agree.
			for _, instance := range found {
				if instance.InstanceID == name || instance.PrivateDNSName == name && instance.PrivateIPAddress == address {
					c.keepInstance(ctx, instance)
				}
			}
			continue
		}
		id := snapshot.InstanceID(node)
		if instance, ok := found[id]; ok {
			c.keepInstance(ctx, instance)
		} else if id != "" {
			missing[id] = true
		}
	}
	late := c.instances(ctx, region, aws.ByInstanceID, missing)
	for id := range missing {
		if instance, ok := late[id]; ok {
			c.keepInstance(ctx, instance)
			continue
		}
		// The node exists, so its instance does, in an account or region that these credentials do not see.
		c.record.refused(snapshot.Missing{Resource: describeInstances, Name: id}, "it is not among the instances in region "+region+" that these AWS credentials can read")
	}
}

// instances reads instances by a filter, as many at a time as one request may name.
func (c *collector) instances(ctx context.Context, region, filter string, values map[string]bool) map[string]snapshot.Instance {
	var batches []*answer[fact.Fact[[]snapshot.Instance]]
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(values)), aws.MaxFilterValues) {
		batches = append(batches, begin(ctx, c, instancesQuestion{region, filter, strings.Join(batch, ",")}))
	}
	found := map[string]snapshot.Instance{}
	for _, batch := range batches {
		f := batch.wait()
		if gap, refused := f.Gap(); refused {
			c.record.refused(snapshot.Missing{Resource: describeInstances}, gap.Reason)
		}
		list, _ := f.Get()
		for _, instance := range list {
			found[instance.InstanceID] = instance
		}
	}
	return found
}

// An instancesQuestion asks for the instances that a filter finds by its values, addresses or ids with commas between.
type instancesQuestion struct{ region, filter, values string }

func (q instancesQuestion) find(ctx context.Context, c *collector) fact.Fact[[]snapshot.Instance] {
	return request(c, func() fact.Fact[[]snapshot.Instance] {
		return c.account.Instances(ctx, q.region, q.filter, strings.Split(q.values, ","))
	})
}

func (c *collector) keepInstance(ctx context.Context, instance snapshot.Instance) {
	c.record.amazon(func(a *snapshot.AWS) { a.Instances = append(a.Instances, instance) })
	if profile := instance.IamInstanceProfile; profile != nil && profile.Arn != "" {
		begin(ctx, c, profileQuestion{profile.Arn})
	}
}

// A profileQuestion asks for an instance profile, which names the node's role.
type profileQuestion struct{ arn string }

func (q profileQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.InstanceProfile] {
	f := request(c, func() fact.Fact[snapshot.InstanceProfile] { return c.account.InstanceProfile(ctx, q.arn) })
	m := snapshot.Missing{Resource: "iam:GetInstanceProfile", Name: q.arn}
	if profile, ok := f.Get(); ok && profile.Arn == q.arn {
		c.record.amazon(func(a *snapshot.AWS) { a.InstanceProfiles = append(a.InstanceProfiles, profile) })
	} else if gap, refused := f.Gap(); refused {
		c.record.refused(m, gap.Reason)
	} else {
		c.record.gone(m)
	}
	return f
}

// A vpcEndpointsQuestion asks for the endpoints of the cluster's VPC.
type vpcEndpointsQuestion struct{}

func (vpcEndpointsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]snapshot.VPCEndpoint] {
	const operation = "ec2:DescribeVpcEndpoints"
	eks, ok := ask(ctx, c, eksClusterQuestion{}).Get()
	if !ok || eks.ResourcesVpcConfig == nil || eks.ResourcesVpcConfig.VpcID == "" {
		return fact.Unasked[[]snapshot.VPCEndpoint](operation, "the cluster's VPC is unknown")
	}
	region := c.region(ctx)
	f := request(c, func() fact.Fact[[]snapshot.VPCEndpoint] {
		return c.account.VPCEndpoints(ctx, region, eks.ResourcesVpcConfig.VpcID)
	})
	if gap, refused := f.Gap(); refused {
		c.record.refused(snapshot.Missing{Resource: operation}, gap.Reason)
		return f
	}
	list, _ := f.Get()
	c.record.amazon(func(a *snapshot.AWS) { a.VPCEndpoints = list })
	c.record.complete(operation, "")
	return f
}

// nodesOf returns the nodes of pods, and the address that the pods give for each.
func nodesOf(pods []*corev1.Pod) map[string]string {
	names := map[string]string{}
	for _, pod := range pods {
		if name := pod.Spec.NodeName; name != "" && names[name] == "" {
			names[name] = pod.Status.HostIP
		}
	}
	return names
}

// isIPv4 says whether an address is one that EC2 finds instances by.
func isIPv4(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Is4()
}
