package aws

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// MaxFilterValues is how many values one filter may have (EC2 API reference, Filter).
const MaxFilterValues = 200

// Names of the filters of DescribeInstances (EC2 API reference).
const (
	ByInstanceID       = "instance-id"
	ByPrivateIPAddress = "private-ip-address"
)

// Instances describes the instances that a filter finds, with up to [MaxFilterValues] values. That one is not
// found means that it is not in this account and region.
func (r *Reader) Instances(ctx context.Context, region, filter string, values []string) fact.Fact[[]snapshot.Instance] {
	return ask(ctx, r, "ec2:DescribeInstances", never, func(ctx context.Context) ([]snapshot.Instance, error) {
		return pages(func(token *string) ([]snapshot.Instance, more, error) {
			in := &ec2.DescribeInstancesInput{Filters: filtered(filter, values), NextToken: token}
			out, err := r.ec2().DescribeInstances(ctx, in, ec2In(region))
			if err != nil {
				return nil, more{}, err
			}
			reservations := each(out.Reservations, func(r *types.Reservation) []snapshot.Instance { return each(r.Instances, instanceFrom) })
			if reservations == nil {
				return nil, more{}, errEmpty
			}
			return append([]snapshot.Instance{}, slices.Concat(reservations...)...), marked(false, out.NextToken), nil
		})
	})
}

func instanceFrom(i *types.Instance) snapshot.Instance {
	instance := snapshot.Instance{
		InstanceID: aws.ToString(i.InstanceId), PrivateDNSName: aws.ToString(i.PrivateDnsName),
		PrivateIPAddress: aws.ToString(i.PrivateIpAddress),
	}
	if o := i.MetadataOptions; o != nil {
		instance.MetadataOptions = &snapshot.MetadataOptions{
			State: string(o.State), HTTPTokens: string(o.HttpTokens), HTTPPutResponseHopLimit: aws.ToInt32(o.HttpPutResponseHopLimit),
			HTTPEndpoint: string(o.HttpEndpoint), HTTPProtocolIPv6: string(o.HttpProtocolIpv6),
		}
	}
	if p := i.IamInstanceProfile; p != nil {
		instance.IamInstanceProfile = &snapshot.InstanceProfileRef{Arn: aws.ToString(p.Arn)}
	}
	return instance
}

// VPCEndpoints describes the endpoints of a VPC.
func (r *Reader) VPCEndpoints(ctx context.Context, region, vpc string) fact.Fact[[]snapshot.VPCEndpoint] {
	return ask(ctx, r, "ec2:DescribeVpcEndpoints "+vpc, never, func(ctx context.Context) ([]snapshot.VPCEndpoint, error) {
		return pages(func(token *string) ([]snapshot.VPCEndpoint, more, error) {
			in := &ec2.DescribeVpcEndpointsInput{Filters: filtered("vpc-id", []string{vpc}), NextToken: token}
			out, err := r.ec2().DescribeVpcEndpoints(ctx, in, ec2In(region))
			if err != nil {
				return nil, more{}, err
			}
			found := each(out.VpcEndpoints, func(e *types.VpcEndpoint) snapshot.VPCEndpoint {
				return snapshot.VPCEndpoint{
					VpcEndpointID: aws.ToString(e.VpcEndpointId), VpcID: aws.ToString(e.VpcId), ServiceName: aws.ToString(e.ServiceName),
					PrivateDNSEnabled: aws.ToBool(e.PrivateDnsEnabled), State: string(e.State),
				}
			})
			return found, marked(false, out.NextToken), nil
		})
	})
}

func filtered(name string, values []string) []types.Filter {
	return []types.Filter{{Name: &name, Values: values}}
}

func ec2In(region string) func(*ec2.Options) { return func(o *ec2.Options) { o.Region = region } }
