package aws

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// CreateProvider makes the OIDC provider of an issuer (https://…) with that client ID. One that was made in between
// gets the client ID.
func (w *Writer) CreateProvider(ctx context.Context, providerARN, issuer, clientID string) error {
	arn, _ := snapshot.ParseARN(providerARN)
	var made error
	err := w.do(ctx, "iam:CreateOpenIDConnectProvider "+issuer, func(ctx context.Context) error {
		_, made = w.reader.iam().CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: &issuer, ClientIDList: []string{clientID}}, w.reader.iamIn(arn.Partition))
		return made
	})
	if exists(made) {
		return w.AddClientID(ctx, providerARN, clientID)
	}
	return err
}

// AddClientID adds a client ID to an OIDC provider that may have it already.
func (w *Writer) AddClientID(ctx context.Context, providerARN, clientID string) error {
	arn, _ := snapshot.ParseARN(providerARN)
	have := w.reader.OpenIDConnectProvider(ctx, providerARN)
	if provider, ok := have.Get(); ok && slices.Contains(provider.ClientIDList, clientID) {
		return nil
	}
	return w.do(ctx, "iam:AddClientIDToOpenIDConnectProvider "+providerARN, func(ctx context.Context) error {
		_, err := w.reader.iam().AddClientIDToOpenIDConnectProvider(ctx, &iam.AddClientIDToOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: &providerARN, ClientID: &clientID,
		}, w.reader.iamIn(arn.Partition))
		return err
	})
}

// DeleteProvider deletes an OIDC provider; it is not an error if it does not exist.
func (w *Writer) DeleteProvider(ctx context.Context, providerARN string) error {
	arn, _ := snapshot.ParseARN(providerARN)
	err := w.do(ctx, "iam:DeleteOpenIDConnectProvider "+providerARN, func(ctx context.Context) error {
		_, err := w.reader.iam().DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &providerARN}, w.reader.iamIn(arn.Partition))
		return err
	})
	return unlessGone(err)
}

func unlessGone(err error) error {
	var gone *GoneError
	if errors.As(err, &gone) {
		return nil
	}
	return err
}

// A NewRole is a role to create.
type NewRole struct {
	Arn                 string // its account is the writer's
	Path                string
	Document            string // the trust policy
	PermissionsBoundary string // the ARN of a policy; empty for none
	Tags                map[string]string
}

// CreateRole makes a role, and waits until IAM answers for it. One that is there already is an error: what it is like
// nobody has looked at.
func (w *Writer) CreateRole(ctx context.Context, r NewRole) error {
	arn, _ := snapshot.ParseARN(r.Arn)
	name := arn.RoleName()
	in := &iam.CreateRoleInput{RoleName: &name, Path: &r.Path, AssumeRolePolicyDocument: &r.Document}
	if r.PermissionsBoundary != "" {
		in.PermissionsBoundary = &r.PermissionsBoundary
	}
	for key, value := range r.Tags {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	var made error
	err := w.do(ctx, "iam:CreateRole "+name, func(ctx context.Context) error {
		_, made = w.reader.iam().CreateRole(ctx, in, w.reader.iamIn(arn.Partition))
		return made
	})
	switch {
	case exists(made): // perhaps by an attempt of the SDK whose answer was lost
		return &neterr.UnansweredError{Cause: err}
	case err != nil:
		return err
	}
	err = w.until(ctx, func(ctx context.Context) error {
		return w.call(ctx, "iam:GetRole "+name, func(ctx context.Context) error {
			_, err := w.reader.iam().GetRole(ctx, &iam.GetRoleInput{RoleName: &name}, w.reader.iamIn(arn.Partition))
			return err
		})
	})
	if err != nil {
		return &neterr.UnansweredError{Cause: err}
	}
	return nil
}

// AttachPolicy attaches a managed policy to a role that may have it already.
func (w *Writer) AttachPolicy(ctx context.Context, roleARN, policyARN string) error {
	arn, _ := snapshot.ParseARN(roleARN)
	name := arn.RoleName()
	return w.do(ctx, "iam:AttachRolePolicy "+name+" "+policyARN, func(ctx context.Context) error {
		_, err := w.reader.iam().AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: &policyARN}, w.reader.iamIn(arn.Partition))
		return err
	})
}

// until calls again as long as the thing is not there yet.
func (w *Writer) until(ctx context.Context, call func(context.Context) error) error {
	end := time.Now().Add(existence)
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := call(ctx)
		var gone *GoneError
		if !errors.As(err, &gone) || time.Now().After(end) {
			return err
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}
