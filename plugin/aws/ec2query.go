package aws

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const ec2Version = "2016-11-15" // of the EC2 API

// An ec2Client speaks EC2's query protocol for the two operations that are needed, out of the SDK's own parts: the
// SDK's whole EC2 client would make the program several times as large.
type ec2Client struct {
	config aws.Config
	signer *v4.Signer
	retry  *retry.Standard
}

func newEC2(config aws.Config) *ec2Client {
	return &ec2Client{config: config, signer: v4.NewSigner(), retry: retry.NewStandard(func(o *retry.StandardOptions) {
		if config.RetryMaxAttempts > 0 {
			o.MaxAttempts = config.RetryMaxAttempts
		}
	})}
}

// call makes a request, again where the SDK would, and decodes the answer into out.
func (c *ec2Client) call(ctx context.Context, region, action string, params url.Values, out any) error {
	endpoint, err := ec2Endpoint(ctx, c.config, region)
	if err != nil {
		return err
	}
	params.Set("Action", action)
	params.Set("Version", ec2Version)
	body := params.Encode()
	release := func(error) error { return nil }
	for attempt := 1; ; attempt++ {
		answer, err := c.once(ctx, endpoint, region, body)
		if err := release(err); err != nil {
			return err
		}
		if err == nil {
			if err := xml.Unmarshal(answer, out); err != nil {
				return fmt.Errorf("answer of ec2:%s: %w", action, err)
			}
			return nil
		}
		if ctx.Err() != nil || attempt >= c.retry.MaxAttempts() || !c.retry.IsErrorRetryable(err) {
			return err
		}
		var again bool
		if release, again = c.pause(ctx, attempt, err); !again {
			return err
		}
	}
}

// pause waits as long as the SDK would before the next attempt. The attempt takes a token from a limited store, which
// release gives back if it succeeds.
func (c *ec2Client) pause(ctx context.Context, attempt int, failure error) (release func(error) error, again bool) {
	release, err := c.retry.GetRetryToken(ctx, failure)
	if err != nil {
		return nil, false
	}
	delay, err := c.retry.RetryDelay(attempt, failure)
	if err != nil {
		return nil, false
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return release, true
	case <-ctx.Done():
		return nil, false
	}
}

func (c *ec2Client) once(ctx context.Context, endpoint, region, body string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	credentials, err := c.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(body))
	if err := c.signer.SignHTTP(ctx, credentials, request, hex.EncodeToString(hash[:]), "ec2", region, time.Now()); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	response, err := c.config.HTTPClient.Do(request)
	if err != nil {
		return nil, &smithyhttp.RequestSendError{Err: err} // the SDK's mark of what may be tried again
	}
	answer, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, &smithyhttp.RequestSendError{Err: err}
	}
	if response.StatusCode/100 == 2 {
		return answer, nil
	}
	return nil, &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: response}, Err: ec2Error(response.StatusCode, answer)}
}

// ec2Error reads an error answer (EC2 API reference, "Error codes"); what is none of EC2's, such as a
// proxy's page, is named by its status.
func ec2Error(status int, answer []byte) error {
	var body struct {
		Code    string `xml:"Errors>Error>Code"`
		Message string `xml:"Errors>Error>Message"`
	}
	if xml.Unmarshal(answer, &body) != nil || body.Code == "" {
		return fmt.Errorf("HTTP status %d", status)
	}
	return &smithy.GenericAPIError{Code: body.Code, Message: body.Message}
}
