package aws

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// largestAnswer is the most that is read of one answer, in bytes. A page of a thousand roles, or of a thousand
// instances, has a tenth of it.
const largestAnswer = 64 << 20

// wholeAnswers reads each answer to its end before anything is made of it. The SDK stops reading where it has what it
// looks for, and so takes the beginning of a list, cut off in the right place, for the list.
type wholeAnswers struct{ client aws.HTTPClient }

func (w wholeAnswers) Do(request *http.Request) (*http.Response, error) {
	response, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, largestAnswer+1))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, fmt.Errorf("the answer is incomplete: %w", err)
	}
	if len(body) > largestAnswer {
		return nil, fmt.Errorf("the answer is larger than %d MiB", largestAnswer>>20)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
