package aws

import (
	"context"

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
		return pages(func(token *string) ([]snapshot.Instance, *string, error) {
			in := &ec2.DescribeInstancesInput{Filters: filtered(filter, values), NextToken: token}
			out, err := r.ec2().DescribeInstances(ctx, in, ec2In(region))
			if err != nil {
				return nil, nil, err
			}
			if out.Reservations == nil { // EC2 sends the list where it is empty, too; the SDK takes any document for an answer
				return nil, nil, errEmpty
			}
			var found []snapshot.Instance
			for _, reservation := range out.Reservations {
				for i := range reservation.Instances {
					found = append(found, instanceFrom(&reservation.Instances[i]))
				}
			}
			return found, out.NextToken, nil
		})
	})
}

func instanceFrom(i *types.Instance) snapshot.Instance {
	instance := snapshot.Instance{
		InstanceID: aws.ToString(i.InstanceId), PrivateDNSName: aws.ToString(i.PrivateDnsName),
		PrivateIPAddress: aws.ToString(i.PrivateIpAddress), VpcID: aws.ToString(i.VpcId),
	}
	if o := i.MetadataOptions; o != nil {
		instance.MetadataOptions = &snapshot.MetadataOptions{
			State: string(o.State), HTTPTokens: string(o.HttpTokens), HTTPPutResponseHopLimit: aws.ToInt32(o.HttpPutResponseHopLimit),
			HTTPEndpoint: string(o.HttpEndpoint), HTTPProtocolIPv6: string(o.HttpProtocolIpv6),
		}
	}
	if p := i.IamInstanceProfile; p != nil {
		instance.IamInstanceProfile = &snapshot.InstanceProfileRef{Arn: aws.ToString(p.Arn), ID: aws.ToString(p.Id)}
	}
	return instance
}

// VPCEndpoints describes the endpoints of a VPC.
func (r *Reader) VPCEndpoints(ctx context.Context, region, vpc string) fact.Fact[[]snapshot.VPCEndpoint] {
	return ask(ctx, r, "ec2:DescribeVpcEndpoints "+vpc, never, func(ctx context.Context) ([]snapshot.VPCEndpoint, error) {
		return pages(func(token *string) ([]snapshot.VPCEndpoint, *string, error) {
			in := &ec2.DescribeVpcEndpointsInput{Filters: filtered("vpc-id", []string{vpc}), NextToken: token}
			out, err := r.ec2().DescribeVpcEndpoints(ctx, in, ec2In(region))
			if err != nil {
				return nil, nil, err
			}
			if out.VpcEndpoints == nil { // as in Instances
				return nil, nil, errEmpty
			}
			var found []snapshot.VPCEndpoint
			for _, e := range out.VpcEndpoints {
				found = append(found, snapshot.VPCEndpoint{
					VpcEndpointID: aws.ToString(e.VpcEndpointId), VpcID: aws.ToString(e.VpcId), ServiceName: aws.ToString(e.ServiceName),
					PrivateDNSEnabled: aws.ToBool(e.PrivateDnsEnabled), State: string(e.State),
				})
			}
			return found, out.NextToken, nil
		})
	})
}

func filtered(name string, values []string) []types.Filter {
	return []types.Filter{{Name: &name, Values: values}}
}

func ec2In(region string) func(*ec2.Options) { return func(o *ec2.Options) { o.Region = region } }
