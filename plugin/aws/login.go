package aws

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/wait"
)

// imdsWait is how long credentials of this machine's own instance role may take. The metadata service answers in milliseconds where
// there is one, and not at all elsewhere.
const imdsWait = time.Second

// A login is asked for once: a machine without credentials has none for the next question either.
type login struct {
	credentials aws.CredentialsProvider
	explain     func(error) string
	before      *login // that these credentials are got with, if any
	bounds      wait.Bounds

	once    sync.Once
	done    chan struct{}
	outcome string
}

// problem reports why there are no credentials, empty if there are.
func (l *login) problem(ctx context.Context) string {
	l.once.Do(func() {
		l.done = make(chan struct{})
		go func() {
			defer close(l.done)
			l.outcome = l.retrieve(ctx)
		}()
	})
	select {
	case <-l.done:
		return l.outcome
	case <-ctx.Done():
		return reason(ended(ctx))
	}
}

func (l *login) retrieve(ctx context.Context) string {
	if l.before != nil {
		if problem := l.before.problem(ctx); problem != "" {
			return problem
		}
	}
	ctx, cancel := l.bounds.ForLogin(ctx)
	defer cancel()
	if _, err := within(ctx, func() (aws.Credentials, error) { return l.credentials.Retrieve(ctx) }); err != nil {
		return l.explain(err)
	}
	return ""
}

// within does work, and waits for it until the context ends: not everything in the SDK looks at its context (a credential_process
// that has left a process of its own behind, the look-up of a name).
func within[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := work()
		done <- outcome{value, err}
	}()
	var none T
	select {
	case o := <-done:
		if o.err != nil && ctx.Err() != nil {
			return none, ended(ctx)
		}
		return o.value, o.err
	case <-ctx.Done():
		return none, ended(ctx)
	}
}

// ended is why a context has ended: somebody has interrupted, or it took too long.
func ended(ctx context.Context) error {
	if wait.Late(ctx) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
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

// late is why there are no credentials, where that is because a login does not end.
func (e loginExplainer) late(err error) string {
	process := e.source(func(p *config.SharedConfig) bool { return p.CredentialProcess != "" })
	if errors.Is(err, context.DeadlineExceeded) && process != nil {
		err = &processcreds.ProviderError{Err: errors.New("credential process timed out")} // as the SDK words it
	}
	return e.noCredentials(err)
}
