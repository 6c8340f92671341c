package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/wait"
)

// sessionName is what CloudTrail shows of a reader that assumed a role.
const sessionName = "kubectl-irsa"

// Options say with which credentials AWS is read, and where.
type Options struct {
	Profile    string        // of the shared configuration; empty: the SDK's own default
	Region     string        // empty: the SDK's own default
	ReaderRole string        // name of the role to assume in other accounts to read them; empty: the writer role
	WriterRole string        // name of the role to assume in other accounts to write there; empty: nothing is written there
	Timeout    time.Duration // of one call, with all its attempts and pages; zero: 30 seconds
	// ProcessText returns what a credential_process has printed to standard error; nil: that is unknown.
	ProcessText func() string
	// ProcessAsks reports whether it has asked a person something; nil: it has not.
	ProcessAsks func() bool
}

// A Reader reads one AWS account: that of its credentials.
type Reader struct {
	config     aws.Config
	profile    string
	readerRole string
	writerRole string
	timeout    time.Duration
	login      *login

	mu     sync.Mutex
	others map[string]*Reader // by the ARN of the role that they assume
}

// New returns a reader with the SDK's usual credentials. It makes no request: that there are no credentials shows
// when something is read. An error is about a profile that was asked for and cannot be loaded.
func New(ctx context.Context, o Options) (*Reader, error) {
	options := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})} // what goes wrong, the answers say
	// How long a credential_process may take, the login says: the SDK's own minute is too short for a person.
	options = append(options, config.WithProcessCredentialOptions(func(o *processcreds.Options) { o.Timeout = -1 }))
	if o.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Region != "" {
		options = append(options, config.WithRegion(o.Region))
	}
	bounds := wait.For(o.Timeout)
	bounds.Asks = o.ProcessAsks
	// It looks up the hosts of AWS_CONTAINER_CREDENTIALS_FULL_URI, and with AWS_DEFAULTS_MODE=auto asks IMDS for the region.
	loading, cancel := context.WithTimeout(ctx, bounds.Request)
	defer cancel()
	loaded, err := within(loading, func() (aws.Config, error) { return config.LoadDefaultConfig(loading, options...) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil && o.Profile != "" {
		return nil, fmt.Errorf("AWS profile %q: %s", o.Profile, loadReason(err))
	}
	explain := explainerOf(loaded, o).late
	l := &login{credentials: quickly(loaded.Credentials), explain: explain, bounds: bounds}
	if err != nil {
		// The cluster can still be read, so this is a gap like any other.
		l = &login{credentials: failing{errors.New(loadReason(err))}, explain: explain, bounds: bounds}
	}
	loaded.Credentials = l.credentials
	r := newReader(loaded, o, l)
	r.profile = cmp.Or(o.Profile, profileOfEnvironment())
	return r, nil
}

// profileOfEnvironment is the profile that the environment names, empty where that is the default one. Access keys in the
// environment take precedence over it, and not over a profile that is typed.
func profileOfEnvironment() string {
	environment, err := config.NewEnvConfig()
	if err != nil || environment.Credentials.HasKeys() || environment.SharedConfigProfile == config.DefaultSharedConfigProfile {
		return ""
	}
	return environment.SharedConfigProfile
}

func newReader(loaded aws.Config, o Options, l *login) *Reader {
	if loaded.HTTPClient == nil {
		loaded.HTTPClient = awshttp.NewBuildableClient()
	}
	if _, wrapped := loaded.HTTPClient.(wholeAnswers); !wrapped {
		loaded.HTTPClient = wholeAnswers{loaded.HTTPClient}
	}
	return &Reader{
		config: loaded, readerRole: cmp.Or(o.ReaderRole, o.WriterRole), writerRole: o.WriterRole, timeout: wait.For(o.Timeout).Request, login: l,
		others: map[string]*Reader{},
	}
}

// The clients are made for each question. They share credentials and connections, and cost microseconds; a field of
// their types would keep the linker from dropping the hundreds of operations that nobody calls, 30 MB of EC2's alone.
func (r *Reader) iam() *iam.Client { return iam.NewFromConfig(r.config) }
func (r *Reader) sts() *sts.Client { return sts.NewFromConfig(r.config) }
func (r *Reader) eks() *eks.Client { return eks.NewFromConfig(r.config) }
func (r *Reader) ec2() *ec2.Client { return ec2.NewFromConfig(r.config) }

// Region is the region of the SDK's configuration, empty if it names none.
func (r *Reader) Region() string { return r.config.Region }

// Profile is the profile of the credentials, empty if it is the default one, or if they are not a profile's.
func (r *Reader) Profile() string { return r.profile }

// Login gets the credentials ahead of the first question, and reports why there are none; empty if there are.
func (r *Reader) Login(ctx context.Context) string { return r.login.problem(ctx) }

// In returns a reader of another account, whose credentials are those of the reader role there. ok is false
// where no reader role is known. A writer role reads where no reader role is named: it has to read what it edits.
func (r *Reader) In(partition, account string) (other *Reader, ok bool) {
	return r.assuming(r.readerRole, partition, account)
}

// assuming returns a reader of another account with the credentials of the role of that name there; ok is false without a name.
func (r *Reader) assuming(role, partition, account string) (other *Reader, ok bool) {
	if role == "" {
		return nil, false
	}
	arn := snapshot.RoleARN(partition, account, role)
	r.mu.Lock()
	defer r.mu.Unlock()
	if other, ok := r.others[arn]; ok {
		return other, true
	}
	assumer := sts.NewFromConfig(r.config, func(o *sts.Options) { o.Region = r.homeRegion(partition) })
	assumed := r.config.Copy()
	l := &login{
		credentials: aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(assumer, arn, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = sessionName
		})),
		explain: func(err error) string { return "cannot assume " + arn + ": " + reason(err) },
		before:  r.login,
		bounds:  wait.Bounds{Request: r.timeout, Login: r.timeout}, // it is one call of STS
	}
	assumed.Credentials = l.credentials
	other = newReader(assumed, Options{Timeout: r.timeout}, l)
	r.others[arn] = other
	return other, true
}

// ask answers one question: that the thing is not there is knowledge, everything else that fails is not.
func ask[T any](ctx context.Context, r *Reader, source string, isAbsent func(error) bool, call func(context.Context) (T, error)) fact.Fact[T] {
	if problem := r.login.problem(ctx); problem != "" {
		return fact.Unreadable[T](source, problem)
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	value, err := call(ctx)
	switch {
	case err == nil:
		return fact.Known(value, source)
	case isAbsent(err):
		return fact.Absent[T](source)
	case wait.Late(ctx) && errors.Is(err, context.Canceled): // the SDK's word for it
		return fact.Unreadable[T](source, reason(context.DeadlineExceeded))
	default:
		return fact.Unreadable[T](source, reason(err))
	}
}

// never is for questions whose "not found" is about something else than what was asked for.
func never(error) bool { return false }

// ReaderRole is the name of the role to assume in other accounts to read them, empty if there is none.
func (r *Reader) ReaderRole() string { return r.readerRole }
