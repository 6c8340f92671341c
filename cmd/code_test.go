package cmd

import "testing"

func TestCodeNear(t *testing.T) {
	for arg, want := range map[string]string{
		"IRSA4O2": "IRSA402", "irsa-402": "IRSA402", "IRSA_402": "IRSA402", "402": "IRSA402", "ISRA402": "IRSA402",
		"IRS402": "IRSA402", "irsa40l": "IRSA401",
		"IRSA999": "", "IRSA42": "", "web-402": "", "web-0": "", "": "", "irsa": "", "4020": "",
	} {
		if got := codeNear(arg); string(got) != want {
			t.Errorf("%q is near %q, want %q", arg, got, want)
		}
	}
}

func TestMeansCode(t *testing.T) {
	for arg, want := range map[string]bool{
		"IRSA402": true, "Irsa402": true, "IRSA4O2": true, "IRSA-402": true, "ISRA402": true, "IRSA": true, "IRSAxyz": false,
		// In lower case it is the name of a pod.
		"irsa402": false, "irsa-402": false, "402": false, "web-0": false,
		"Web-0": false, "deploy/IRSA402": false, "": false,
	} {
		if got := meansCode(arg); got != want {
			t.Errorf("%q: %t, want %t", arg, got, want)
		}
	}
}
