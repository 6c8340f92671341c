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
		case isInstanceID(name):
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
		node, ok := c.node(ctx, name).Get()
		if !ok {
			// Addresses are unique in a VPC only: without the node's word, its name has to agree.
			for _, instance := range found {
				if instance.InstanceID == name || instance.PrivateDNSName == name && instance.PrivateIPAddress == address {
					c.keepInstance(ctx, instance)
				}
			}
			continue
		}
		id := instanceID(node)
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
		c.record.refused(snapshot.Missing{Resource: describeInstances, Name: id}, "it is not among the instances in region "+region+" that these AWS credentials see")
	}
}

// instances asks for instances by a filter, as many at a time as one request may name.
func (c *collector) instances(ctx context.Context, region, filter string, values map[string]bool) map[string]snapshot.Instance {
	found := map[string]snapshot.Instance{}
	var batches [][]string
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(values)), aws.MaxFilterValues) {
		batches = append(batches, batch)
		c.engine.begin("instances "+batch[0], func() { c.batch(ctx, region, filter, batch) })
	}
	for _, batch := range batches {
		f := c.batch(ctx, region, filter, batch)
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

func (c *collector) batch(ctx context.Context, region, filter string, values []string) fact.Fact[[]snapshot.Instance] {
	return request(ctx, c.engine, describeInstances+" "+filter+" "+strings.Join(values, ","), func(ctx context.Context) fact.Fact[[]snapshot.Instance] {
		return c.account.Instances(ctx, region, filter, values)
	})
}

func (c *collector) keepInstance(ctx context.Context, instance snapshot.Instance) {
	c.record.amazon(func(a *snapshot.AWS) { a.Instances = append(a.Instances, instance) })
	if profile := instance.IamInstanceProfile; profile != nil && profile.Arn != "" {
		c.engine.begin("profile "+profile.Arn, func() { c.instanceProfile(ctx, profile.Arn) })
	}
}

func (c *collector) instanceProfile(ctx context.Context, arn string) {
	f := request(ctx, c.engine, "iam:GetInstanceProfile "+arn, func(ctx context.Context) fact.Fact[snapshot.InstanceProfile] {
		return c.account.InstanceProfile(ctx, arn)
	})
	m := snapshot.Missing{Resource: "iam:GetInstanceProfile", Name: arn}
	if profile, ok := f.Get(); ok && profile.Arn == arn {
		c.record.amazon(func(a *snapshot.AWS) { a.InstanceProfiles = append(a.InstanceProfiles, profile) })
	} else if gap, refused := f.Gap(); refused {
		c.record.refused(m, gap.Reason)
	} else {
		c.record.gone(m)
	}
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

// instanceID is the EC2 instance that a node is, empty if it is none: the last part of spec.providerID, whose forms are
// aws:///ZONE/i-…, aws:////i-… and i-… (kubernetes/cloud-provider-aws).
func instanceID(node *corev1.Node) string {
	id := node.Spec.ProviderID[strings.LastIndex(node.Spec.ProviderID, "/")+1:]
	if !isInstanceID(id) {
		return ""
	}
	return id
}

func isInstanceID(text string) bool {
	digits, ok := strings.CutPrefix(text, "i-")
	return ok && digits != "" && strings.Trim(digits, "0123456789abcdef") == ""
}

// isIPv4 says whether an address is one that EC2 finds instances by.
func isIPv4(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Is4()
}
