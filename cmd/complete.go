package cmd

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

const (
	// completionTimeout is how long a person waits for the tab key.
	completionTimeout = 2 * time.Second
	// mostCompletions are as many names as are asked for.
	mostCompletions = 500
)

// completeTargets offers POD, TYPE/, TYPE/NAME and NAMESPACE/POD; after a type its names. On any error it offers nothing.
func (s *source) completeTargets(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 && !strings.Contains(args[0], "/") {
		if k, ok := workload.KindNamed(args[0]); ok {
			return matching(without(s.names(cmd.Context(), k, s.kubeconfig.typedNamespace()), args[1:]), typed), cobra.ShellCompDirectiveNoFileComp
		}
	}
	if kind, _, ok := strings.Cut(typed, "/"); ok {
		k, ok := workload.KindNamed(kind)
		namespace := s.kubeconfig.typedNamespace()
		if !ok {
			k, namespace = workload.Kinds[0], kind // NAMESPACE/POD
		}
		names := s.names(cmd.Context(), k, namespace)
		for i := range names {
			names[i] = kind + "/" + names[i]
		}
		return matching(without(names, args), typed), cobra.ShellCompDirectiveNoFileComp
	}
	offers := without(s.names(cmd.Context(), workload.Kinds[0], s.kubeconfig.typedNamespace()), args)
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, k := range workload.Kinds {
		offers = append(offers, k.Singular+"/")
	}
	offers = matching(offers, typed)
	if len(offers) == 1 && strings.HasSuffix(offers[0], "/") {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return offers, directive
}

// completeCodes lets a command take codes beside what it takes already.
func completeCodes(cmd *cobra.Command, targets cobra.CompletionFunc) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		// Codes are upper case and names are not, so that what was typed tells which is meant.
		if !strings.HasPrefix(typed, "I") {
			return targets(cmd, args, typed)
		}
		var codes []string
		for _, c := range check.All() {
			if strings.HasPrefix(string(c.Code), typed) && !slices.Contains(args, string(c.Code)) {
				codes = append(codes, cobra.CompletionWithDesc(string(c.Code), c.Title))
			}
		}
		return codes, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeValues offers the values of a flag; files too where it names one.
func completeValues(cmd *cobra.Command, flag string, values ...string) {
	directive := cobra.ShellCompDirectiveNoFileComp
	if flag == "snapshot" {
		directive = cobra.ShellCompDirectiveDefault
	}
	complete(cmd, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return values, directive })
}

// completeList offers the values that a list, separated by commas, does not name yet.
func completeList(cmd *cobra.Command, flag string, values ...string) {
	complete(cmd, flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndex(typed, ",")+1]
		var offers []string
		for _, value := range values {
			if !slices.Contains(strings.Split(before, ","), value) {
				offers = append(offers, before+value)
			}
		}
		return offers, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// completeGlobalFlags offers namespaces, and what the kubeconfig names.
func completeGlobalFlags(root *cobra.Command, k *kubeconfig) {
	complete(root, "namespace", func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if path := cmd.Flags().Lookup("snapshot"); path != nil && path.Value.String() != "" {
			s := source{program: &program{in: strings.NewReader("")}, snapshot: path.Value.String()}
			return matching(s.offline(func(pod *corev1.Pod) string { return pod.Namespace }), typed), cobra.ShellCompDirectiveNoFileComp
		}
		return matching(k.list(cmd.Context(), schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}, ""), typed), cobra.ShellCompDirectiveNoFileComp
	})
	for flag, names := range map[string]func() []string{"context": k.contexts, "cluster": k.clusters, "user": k.users} {
		complete(root, flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
			return matching(names(), typed), cobra.ShellCompDirectiveNoFileComp
		})
	}
}

// complete registers a flag's completion; it fails only for a flag that there is not, which tests would show.
func complete(cmd *cobra.Command, flag string, offers cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, offers); err != nil {
		panic(err)
	}
}

// names returns the names of a kind's objects in a namespace of the snapshot or of the cluster. If it is empty, they are
// those of the whole snapshot, or of the context's namespace.
func (s *source) names(ctx context.Context, k workload.Kind, namespace string) []string {
	if s.snapshot != "" {
		return s.offline(func(pod *corev1.Pod) string {
			if namespace != "" && pod.Namespace != namespace {
				return ""
			}
			return nameAs(pod, k.Name)
		})
	}
	if namespace == "" {
		var err error
		if namespace, err = s.kubeconfig.namespace(); err != nil {
			return nil
		}
	}
	return s.kubeconfig.list(ctx, schema.GroupVersionResource{Group: k.Group, Version: "v1", Resource: k.Plural}, namespace)
}

// nameAs returns the name of the object of a kind that a pod belongs to, empty if there is none.
func nameAs(pod *corev1.Pod, kind string) string {
	switch kind {
	case "Pod":
		return pod.Name
	case "ServiceAccount":
		return workload.ServiceAccountName(pod)
	}
	if owner := workload.OwnerOf(pod); owner.Kind == kind {
		return owner.Name
	}
	if owner := metav1.GetControllerOf(pod); owner != nil && owner.Kind == kind {
		return owner.Name
	}
	return ""
}

// quietly reads the snapshot file without reporting errors. Standard input is not available here.
func (s *source) quietly() (recorded *snapshot.Snapshot, ok bool) {
	if s.snapshot == "-" {
		return nil, false
	}
	data, err := s.bytes()
	if err != nil {
		return nil, false
	}
	recorded, _, err = snapshot.Read(data)
	return recorded, err == nil
}

// offline returns what the pods of a snapshot file have.
func (s *source) offline(of func(*corev1.Pod) string) []string {
	recorded, ok := s.quietly()
	if !ok {
		return nil
	}
	var found []string
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](recorded) {
		if name := of(pod); name != "" {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// list returns the names of a resource's objects, none on any error.
func (k *kubeconfig) list(ctx context.Context, resource schema.GroupVersionResource, namespace string) []string {
	config, err := k.restConfig()
	if err != nil {
		return nil
	}
	config.Timeout = completionTimeout
	client, err := metadata.NewForConfig(config)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	list, err := client.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{Limit: mostCompletions})
	if err != nil {
		return nil
	}
	names := make([]string, len(list.Items))
	for i := range list.Items {
		names[i] = list.Items[i].Name
	}
	slices.Sort(names)
	return names
}

// matching returns the offers that begin as was typed. What a terminal would not show as it is, or a shell takes for two words, is no
// name.
func matching(offers []string, typed string) []string {
	return slices.DeleteFunc(offers, func(offer string) bool {
		return !strings.HasPrefix(offer, typed) || strings.Contains(offer, " ") || render.Escape(offer, false) != offer
	})
}

func without(offers, given []string) []string {
	return slices.DeleteFunc(offers, func(offer string) bool { return slices.Contains(given, offer) })
}
