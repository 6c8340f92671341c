package aws

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
)

const (
	// imdsWait is how long credentials of this machine's own instance role may take. The metadata service
	// answers in milliseconds where there is one, and not at all elsewhere.
	imdsWait = time.Second
	// loginWait is how long all other credentials may take; some ask a person.
	loginWait = time.Minute
)

// A login is asked for once: a machine without credentials has none for the next question either.
type login struct {
	credentials aws.CredentialsProvider
	explain     func(error) string
	before      *login // that these credentials are got with, if any

	once    sync.Once
	outcome string
}

// problem reports why there are no credentials, empty if there are.
func (l *login) problem(ctx context.Context) string {
	l.once.Do(func() {
		if l.before != nil {
			if l.outcome = l.before.problem(ctx); l.outcome != "" {
				return
			}
		}
		ctx, cancel := context.WithTimeout(ctx, loginWait)
		defer cancel()
		if _, err := l.credentials.Retrieve(ctx); err != nil {
			l.outcome = l.explain(err)
		}
	})
	return l.outcome
}

// quickly bounds the wait for IMDS, the last link of the SDK's chain: it is only reached where nothing else is
// configured, which on most machines means that there is nothing.
func quickly(chain aws.CredentialsProvider) aws.CredentialsProvider {
	if !aws.IsCredentialsProvider(chain, (*ec2rolecreds.Provider)(nil)) {
		return chain
	}
	return aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		ctx, cancel := context.WithTimeout(ctx, imdsWait)
		defer cancel()
		credentials, err := chain.Retrieve(ctx)
		if err != nil {
			return aws.Credentials{}, errNothingConfigured
		}
		return credentials, nil
	}))
}

var errNothingConfigured = errors.New("none in the environment or in a profile, and this machine has no instance role")

// failing stands for credentials whose configuration could not be loaded.
type failing struct{ err error }

func (f failing) Retrieve(context.Context) (aws.Credentials, error) { return aws.Credentials{}, f.err }

// loadReason says in one line what is wrong with the AWS configuration.
func loadReason(err error) string {
	var missing config.SharedConfigProfileNotExistError
	if errors.As(err, &missing) {
		return "no profile " + missing.Profile + " in the AWS configuration files"
	}
	return reason(err)
}
