package cmd

import (
	"strings"
	"testing"

	"al.essio.dev/pkg/shellescape"
)

// TestCommandLine holds that a command to run again is quoted for a shell and holds no secret.
func TestCommandLine(t *testing.T) {
	root := newRoot(&program{in: strings.NewReader("")})
	command, rest, err := root.Find([]string{
		"bind", "web", "team/web's", "--token", "s3cret", "--password=hunter2", "--context", "my prod", "--policy-arn=a,b", "--yes", "-n", "shop",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := command.ParseFlags(rest); err != nil {
		t.Fatal(err)
	}
	got := shellescape.QuoteCommand(commandLine(command, command.Flags().Args()))
	want := `kubectl irsa bind web 'team/web'"'"'s' '--context=my prod' --namespace=shop --password=REDACTED --policy-arn=a --policy-arn=b --token=REDACTED --yes`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
