package aws

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/eks"
)

// ec2Endpoint is the URL of EC2 in a region: what the environment or the configuration says (SDK reference,
// "Service-specific endpoints"), else the region's own.
func ec2Endpoint(ctx context.Context, c aws.Config, region string) (string, error) {
	configured, err := configuredEndpoint(ctx, c)
	if err != nil || configured != "" {
		return configured, err
	}
	fips, dualStack, err := variants(ctx, c)
	if err != nil {
		return "", err
	}
	suffix, err := dnsSuffix(ctx, region, dualStack)
	if err != nil {
		return "", err
	}
	host := "ec2"
	// In GovCloud the usual endpoints are FIPS endpoints (EC2 service endpoints).
	if fips && (dualStack || !strings.HasPrefix(region, "us-gov-")) {
		host = "ec2-fips"
	}
	return "https://" + host + "." + region + "." + suffix, nil
}

// configuredEndpoint follows the SDK's order: the service's own variable, the variable for all services, the
// service's own entry in the profile, the profile's for all services.
func configuredEndpoint(ctx context.Context, c aws.Config) (string, error) {
	if ignore, found, err := config.GetIgnoreConfiguredEndpoints(ctx, c.ConfigSources); err != nil || found && ignore {
		return "", err
	}
	_, forAll := os.LookupEnv("AWS_ENDPOINT_URL")
	_, forEC2 := os.LookupEnv("AWS_ENDPOINT_URL_EC2")
	if forEC2 || !forAll {
		for _, source := range c.ConfigSources {
			s, ok := source.(interface {
				GetServiceBaseEndpoint(context.Context, string) (string, bool, error)
			})
			if !ok {
				continue
			}
			if endpoint, found, err := s.GetServiceBaseEndpoint(ctx, "EC2"); err != nil || found {
				return endpoint, err
			}
		}
	}
	return aws.ToString(c.BaseEndpoint), nil
}

// variants reports whether FIPS and dual-stack endpoints are configured.
func variants(ctx context.Context, c aws.Config) (fips, dualStack bool, err error) {
	var fipsKnown, dualStackKnown bool
	for _, source := range c.ConfigSources {
		if s, ok := source.(interface {
			GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error)
		}); ok && !fipsKnown {
			state, found, problem := s.GetUseFIPSEndpoint(ctx)
			fips, fipsKnown, err = state == aws.FIPSEndpointStateEnabled, found, errors.Join(err, problem)
		}
		if s, ok := source.(interface {
			GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error)
		}); ok && !dualStackKnown {
			state, found, problem := s.GetUseDualStackEndpoint(ctx)
			dualStack, dualStackKnown, err = state == aws.DualStackEndpointStateEnabled, found, errors.Join(err, problem)
		}
	}
	return fips, dualStack, err
}

// dnsSuffix is the end of the host names of a region's services. The SDK knows it, partition by partition, and
// tells it in the address of any service: EKS's is "eks.REGION." and the suffix.
func dnsSuffix(ctx context.Context, region string, dualStack bool) (string, error) {
	if region == "" {
		return "", errors.New("no AWS region is known")
	}
	endpoint, err := eks.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, eks.EndpointParameters{Region: &region, UseDualStack: &dualStack})
	if err != nil {
		return "", fmt.Errorf("endpoint of region %s: %w", region, err)
	}
	suffix, ok := strings.CutPrefix(endpoint.URI.Host, "eks."+region+".")
	if !ok {
		return "", fmt.Errorf("endpoint of region %s: unexpected form %s", region, endpoint.URI.Host)
	}
	return suffix, nil
}
