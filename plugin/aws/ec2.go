package aws

import (
	"context"
	"encoding/xml"
	"net/url"
	"strconv"

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
			var out struct {
				Instances []instanceXML `xml:"reservationSet>item>instancesSet>item"`
				NextToken string        `xml:"nextToken"`
			}
			if err := r.ec2.call(ctx, region, "DescribeInstances", filtered(filter, values, token), &out); err != nil {
				return nil, nil, err
			}
			var found []snapshot.Instance
			for _, i := range out.Instances {
				found = append(found, i.instance())
			}
			return found, &out.NextToken, nil
		})
	})
}

// VPCEndpoints describes the endpoints of a VPC.
func (r *Reader) VPCEndpoints(ctx context.Context, region, vpc string) fact.Fact[[]snapshot.VPCEndpoint] {
	return ask(ctx, r, "ec2:DescribeVpcEndpoints "+vpc, never, func(ctx context.Context) ([]snapshot.VPCEndpoint, error) {
		return pages(func(token *string) ([]snapshot.VPCEndpoint, *string, error) {
			var out struct {
				Endpoints []struct {
					VpcEndpointID     string `xml:"vpcEndpointId"`
					VpcID             string `xml:"vpcId"`
					ServiceName       string `xml:"serviceName"`
					PrivateDNSEnabled bool   `xml:"privateDnsEnabled"`
					State             string `xml:"state"`
				} `xml:"vpcEndpointSet>item"`
				NextToken string `xml:"nextToken"`
			}
			if err := r.ec2.call(ctx, region, "DescribeVpcEndpoints", filtered("vpc-id", []string{vpc}, token), &out); err != nil {
				return nil, nil, err
			}
			var found []snapshot.VPCEndpoint
			for _, e := range out.Endpoints {
				found = append(found, snapshot.VPCEndpoint(e))
			}
			return found, &out.NextToken, nil
		})
	})
}

func filtered(name string, values []string, token *string) url.Values {
	params := url.Values{"Filter.1.Name": {name}}
	for i, value := range values {
		params.Set("Filter.1.Value."+strconv.Itoa(i+1), value)
	}
	if token != nil {
		params.Set("NextToken", *token)
	}
	return params
}

// instanceXML is an instance in the answer of DescribeInstances, as far as it is read.
type instanceXML struct {
	XMLName          xml.Name `xml:"item"`
	InstanceID       string   `xml:"instanceId"`
	PrivateDNSName   string   `xml:"privateDnsName"`
	PrivateIPAddress string   `xml:"privateIpAddress"`
	VpcID            string   `xml:"vpcId"`
	MetadataOptions  *struct {
		State                   string `xml:"state"`
		HTTPTokens              string `xml:"httpTokens"`
		HTTPPutResponseHopLimit int32  `xml:"httpPutResponseHopLimit"`
		HTTPEndpoint            string `xml:"httpEndpoint"`
		HTTPProtocolIPv6        string `xml:"httpProtocolIpv6"`
	} `xml:"metadataOptions"`
	IamInstanceProfile *struct {
		Arn string `xml:"arn"`
		ID  string `xml:"id"`
	} `xml:"iamInstanceProfile"`
}

func (i instanceXML) instance() snapshot.Instance {
	instance := snapshot.Instance{InstanceID: i.InstanceID, PrivateDNSName: i.PrivateDNSName, PrivateIPAddress: i.PrivateIPAddress, VpcID: i.VpcID}
	if i.MetadataOptions != nil {
		options := snapshot.MetadataOptions(*i.MetadataOptions)
		instance.MetadataOptions = &options
	}
	if i.IamInstanceProfile != nil {
		profile := snapshot.InstanceProfileRef(*i.IamInstanceProfile)
		instance.IamInstanceProfile = &profile
	}
	return instance
}
