package workload

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestWants(t *testing.T) {
	none, three, yes := int32(0), int32(3), true
	gone := metav1.Now()
	for _, c := range []struct {
		object metav1.Object
		want   int32
	}{
		{&appsv1.Deployment{}, 1},
		{&appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: &three}}, 3},
		{&appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: &none}}, 0},
		{&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &gone}}, 0},
		{&appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Replicas: &none}}, 0},
		{&corev1.ReplicationController{}, 1},
		{&appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{Replicas: &three}}, 3},
		{&appsv1.DaemonSet{}, 0},
		{&appsv1.DaemonSet{Status: appsv1.DaemonSetStatus{DesiredNumberScheduled: 2}}, 2},
		{&batchv1.Job{}, 1},
		{&batchv1.Job{Spec: batchv1.JobSpec{Suspend: &yes}}, 0},
		{&batchv1.Job{Status: batchv1.JobStatus{Conditions: []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}}}, 0},
		{&batchv1.Job{Status: batchv1.JobStatus{Conditions: []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: corev1.ConditionFalse}}}}, 1},
		{&batchv1.CronJob{}, 1},
		{&batchv1.CronJob{Spec: batchv1.CronJobSpec{Suspend: &yes}}, 0},
		{&corev1.Pod{}, 0},
	} {
		if got := Wants(c.object); got != c.want {
			t.Errorf("%T %+v: %d, want %d", c.object, c.object, got, c.want)
		}
	}
}

func TestRefusedByCondition(t *testing.T) {
	deployment := func(status corev1.ConditionStatus, reason string) metav1.Object {
		return &appsv1.Deployment{Status: appsv1.DeploymentStatus{Conditions: []appsv1.DeploymentCondition{
			{Type: appsv1.DeploymentReplicaFailure, Status: status, Reason: reason, Message: "Error creating: pods \"web\" is forbidden"},
		}}}
	}
	for _, c := range []struct {
		object metav1.Object
		want   string // empty: it is not refused
	}{
		{deployment(corev1.ConditionTrue, FailedCreate), `pods "web" is forbidden`},
		{deployment(corev1.ConditionFalse, FailedCreate), ""},
		{deployment(corev1.ConditionTrue, "FailedDelete"), ""},
		{&appsv1.ReplicaSet{Status: appsv1.ReplicaSetStatus{Conditions: []appsv1.ReplicaSetCondition{
			{Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue, Reason: FailedCreate, Message: "quota"},
		}}}, "quota"},
		{&appsv1.StatefulSet{}, ""},
	} {
		got, ok := RefusedByCondition(c.object)
		if got.Message != c.want || ok != (c.want != "") {
			t.Errorf("%+v: %q, %v", c.object, got.Message, ok)
		}
	}
}

func TestRefusedByEvents(t *testing.T) {
	at := time.Date(2026, 6, 15, 10, 0, 0, 0, time.UTC)
	event := func(kind, name, message string, after time.Duration) *corev1.Event {
		return &corev1.Event{
			InvolvedObject: corev1.ObjectReference{Kind: kind, Namespace: "shop", Name: name}, Reason: FailedCreate,
			Message: message, LastTimestamp: metav1.NewTime(at.Add(after)),
		}
	}
	other := event("StatefulSet", "db", "another reason", time.Hour)
	other.Reason = "FailedDelete"
	elsewhere := event("StatefulSet", "db", "another namespace", time.Hour)
	elsewhere.InvolvedObject.Namespace = "store"
	events := []*corev1.Event{
		event("StatefulSet", "db", `create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: old`, 0),
		event("StatefulSet", "db", `create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: new`, time.Minute),
		event("DaemonSet", "agent", `(combined from similar events): Error creating: pods "agent-x" is forbidden`, 0),
		event("Job", "nightly-29188440", `Error creating: pods "nightly-29188440-x" is forbidden`, 0),
		event("CronJob", "weekly", `Error creating job: jobs "weekly-1" is forbidden`, 0),
		other, elsewhere,
	}
	for _, c := range []struct{ kind, name, want string }{
		{"StatefulSet", "db", `pods "db-0" is forbidden: new`},
		{"DaemonSet", "agent", `pods "agent-x" is forbidden`},
		{"Job", "nightly-29188440", `pods "nightly-29188440-x" is forbidden`},
		{"CronJob", "nightly", `pods "nightly-29188440-x" is forbidden`},
		{"CronJob", "weekly", `jobs "weekly-1" is forbidden`},
		{"CronJob", "night", ""},
		{"Job", "nightly", ""},
		{"StatefulSet", "agent", ""},
	} {
		got, ok := RefusedByEvents(c.kind, "shop", c.name, events)
		if got.Message != c.want || ok != (c.want != "") {
			t.Errorf("%s %s: %q, %v, want %q", c.kind, c.name, got.Message, ok, c.want)
		}
	}
}
