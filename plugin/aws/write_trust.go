package aws

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// EditTrust edits a role's trust policy. IAM has no way to write only if nothing has changed, so the policy is read
// right before it is written, read back, and watched until everybody who may have read it before has written too;
// where the edit is lost then, it is made again on what is there. edit returns the document unchanged where it says
// what it should; its error ends the matter.
//
// An error that wraps a *GoneError says that there is no such role; a *QuotaError that the policy is too long.
func (w *Writer) EditTrust(ctx context.Context, roleARN string, edit func(document string) (string, error)) error {
	arn, _ := snapshot.ParseARN(roleARN)
	t := &trustEdit{writer: w, arn: arn, edit: edit}
	failed := 0
	for round := range rounds {
		if round > 0 {
			if err := pause(ctx, time.Duration(min(round, 8))*100*time.Millisecond<<failed); err != nil {
				return t.outcome(err)
			}
		}
		done, err := t.once(ctx)
		switch {
		case done:
			return nil
		case err == nil:
			failed = 0
			continue
		}
		if failed++; failed == failures || !passing(err) || ctx.Err() != nil {
			return t.outcome(err)
		}
	}
	return fmt.Errorf("iam:UpdateAssumeRolePolicy %s: another writer keeps replacing the trust policy: none of %s attempts succeeded", arn.RoleName(), strconv.Itoa(rounds))
}

type trustEdit struct {
	writer *Writer
	arn    snapshot.ARN
	edit   func(string) (string, error)
	wrote  bool
	sent   bool // a write, whatever came of it
}

// outcome marks the error that ends the edit where a write was sent before.
func (t *trustEdit) outcome(err error) error {
	if t.sent {
		return &neterr.UnansweredError{Cause: err}
	}
	return err
}

// once reads, edits, writes and watches. done is false where it has to be done again.
func (t *trustEdit) once(ctx context.Context) (done bool, err error) {
	begin := time.Now()
	before, err := t.read(ctx, once)
	if err != nil {
		return false, err
	}
	after, err := t.edit(before)
	if err != nil {
		return false, fmt.Errorf("role %s: %w", t.arn.RoleName(), err)
	}
	if after == before && !t.wrote {
		return true, nil
	}
	if after != before {
		// After an error it is unknown whether it was written, so the next round reads it.
		if err := t.write(ctx, after, begin.Add(t.writer.window)); err != nil {
			var unanswered *neterr.UnansweredError
			t.sent = t.sent || errors.As(err, &unanswered)
			return false, err
		}
		t.wrote, t.sent = true, true
	}
	return t.lasts(ctx, before)
}

// lasts watches whether the edit is still there when everybody has written who had read before. An answer that has
// it not may be an old one: only two in a row count, and the document that the edit was made on counts at the end only.
func (t *trustEdit) lasts(ctx context.Context, before string) (bool, error) {
	end := time.Now().Add(t.writer.settle)
	lost := 0
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		if err := pause(ctx, wait); err != nil {
			return false, err
		}
		last := time.Now().After(end)
		document, err := t.read(ctx)
		if err != nil {
			return false, err
		}
		wanted, err := t.edit(document)
		if err != nil {
			return false, fmt.Errorf("role %s: %w", t.arn.RoleName(), err)
		}
		switch {
		case wanted == document:
			lost = 0
			if last {
				return true, nil
			}
		case last:
			return false, nil
		case document != before:
			if lost++; lost > 1 {
				return false, nil
			}
		}
	}
}

func (t *trustEdit) read(ctx context.Context, options ...func(*iam.Options)) (string, error) {
	name := t.arn.RoleName()
	var found snapshot.Role
	err := t.writer.do(ctx, "iam:GetRole "+name, func(ctx context.Context) error {
		out, err := t.writer.reader.iam().GetRole(ctx, &iam.GetRoleInput{RoleName: &name}, append(options, t.writer.reader.iamIn(t.arn.Partition))...)
		if err != nil {
			return err
		}
		if out.Role == nil {
			return errEmpty
		}
		found = roleFrom(*out.Role)
		return nil
	})
	if err != nil {
		return "", err
	}
	if found.Arn != t.arn.String() {
		return "", fmt.Errorf("iam:GetRole %s: the role with that name is %s, not %s", name, found.Arn, t.arn)
	}
	return string(found.AssumeRolePolicyDocument), nil
}

// once keeps the SDK from trying again, which would be too late for what was read.
func once(o *iam.Options) { o.RetryMaxAttempts = 1 }

// write writes the document, once: what was throttled or lost is edited again from the start, since the policy may have changed meanwhile.
func (t *trustEdit) write(ctx context.Context, document string, until time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	name := t.arn.RoleName()
	err := t.writer.do(ctx, "iam:UpdateAssumeRolePolicy "+name, func(ctx context.Context) error {
		_, err := t.writer.reader.iam().UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &name, PolicyDocument: &document},
			t.writer.reader.iamIn(t.arn.Partition), once)
		return err
	})
	var quota *QuotaError
	if errors.As(err, &quota) && strings.Contains(quota.what, "ACLSizePerRole") {
		return fmt.Errorf("%w; remove statements of clusters that do not exist any more, use a second role with the same policies, use EKS Pod Identity, "+
			"or raise the quota (Service Quotas, L-C07B4B0D)", err)
	}
	return err
}
