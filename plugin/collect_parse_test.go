package plugin

import (
	"fmt"
	"testing"
)

func TestParseTargets(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "[]"},
		{[]string{"web-0"}, "[{Pod shop web-0}]"},
		{[]string{"web-0", "web-1"}, "[{Pod shop web-0} {Pod shop web-1}]"},
		{[]string{"pod/web-0"}, "[{Pod shop web-0}]"},
		{[]string{"po", "web-0", "web-1"}, "[{Pod shop web-0} {Pod shop web-1}]"},
		{[]string{"pods/web-0", "sa/web", "deploy/web"}, "[{Pod shop web-0} {ServiceAccount shop web} {Deployment shop web}]"},
		{[]string{"deployments.apps", "web"}, "[{Deployment shop web}]"},
		{[]string{"deployment.v1.apps/web"}, "[{Deployment shop web}]"},
		{[]string{"STS/web"}, "[{StatefulSet shop web}]"},
		{[]string{"ds/a", "rs/b", "job/c", "cj/d", "cronjob/e"}, "[{DaemonSet shop a} {ReplicaSet shop b} {Job shop c} {CronJob shop d} {CronJob shop e}]"},
		{[]string{"deploy"}, "[{Pod shop deploy}]"},
		{[]string{"web.0", "web.1"}, "[{Pod shop web.0} {Pod shop web.1}]"},
		{[]string{"job.x", "web"}, "[{Pod shop job.x} {Pod shop web}]"},
		{[]string{"svc/web"}, `svc/web: pods of type "svc" are not known: it is one of pod, deploy, rs, sts, ds, job, cronjob, sa`},
		{[]string{"pod/"}, `"pod/": it is TYPE/NAME, or the name of a pod`},
		{[]string{"pod/a/b"}, `"pod/a/b": it is TYPE/NAME, or the name of a pod`},
		{[]string{""}, `"": it is TYPE/NAME, or the name of a pod`},
	} {
		got, err := ParseTargets(test.args, "shop")
		text := fmt.Sprint(got)
		if err != nil {
			text = err.Error()
		}
		if text != test.want {
			t.Errorf("%q: got %s, want %s", test.args, text, test.want)
		}
	}
}
