package sdk

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"
)

// TestProfilesAsRead holds the dialects against what the SDKs themselves read out of generated files: botocore 1.43, Go v2's
// config 1.33 and JavaScript v3's @smithy/core. A profile that is not there is null, and a file that is refused "error".
func TestProfilesAsRead(t *testing.T) {
	data, err := os.ReadFile("../../testdata/sdk/profiles/read.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range bytes.Lines(data) {
		var row struct {
			Config, Credentials, Profile string
			Python, Go, JS               any
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		rows++
		for _, c := range []struct {
			name string
			d    dialect
			want any
		}{{"python", configParser, row.Python}, {"go", goLines, row.Go}, {"js", jsLines, row.JS}} {
			for what, files := range map[string]Files{
				"as written": {row.Credentials, row.Config}, "as kept": {Keep(row.Credentials), Keep(row.Config)},
			} {
				if what == "as kept" && (files.Config == "" || files.Credentials == "" && row.Credentials != "") {
					continue
				}
				got := settingsOf(files, c.d, row.Profile, what)
				if want := asText(c.want, what); got != want {
					t.Errorf("%s, %s: %s, want %s\nconfig:\n%s\ncredentials:\n%s", c.name, what, got, want, files.Config, files.Credentials)
				}
			}
		}
	}
	if rows < 100 {
		t.Errorf("%d rows", rows)
	}
}

// settingsOf are the settings that an SDK finds, of which a record keeps two of those that are in the rows.
func settingsOf(f Files, d dialect, name, what string) string {
	all, err := f.profiles(d)
	if err != nil {
		return "error"
	}
	if all[name] == nil {
		return "null"
	}
	got := map[string]any{}
	for key, value := range all[name] {
		got[key] = value
	}
	return asText(got, what)
}

func asText(settings any, what string) string {
	found, ok := settings.(map[string]any)
	if !ok {
		if settings == nil {
			return "null"
		}
		return "error"
	}
	found = maps.Clone(found)
	maps.DeleteFunc(found, func(key string, value any) bool {
		kept := key == "role_arn" || key == "region"
		return value == "" || !kept && (what == "as kept" || key != "role_session_name" && key != "external_id")
	})
	if what == "as kept" {
		for key, value := range found {
			found[key] = withoutComment(value.(string))
		}
	}
	text, _ := json.Marshal(found)
	return string(text)
}

// TestProfileOffers holds what a profile comes to. Sources: the SDKs' own code, see the table of chains.
func TestProfileOffers(t *testing.T) {
	const role = "role_arn = arn:aws:iam::111122223333:role/a\n"
	for _, c := range []struct {
		what, config, credentials, profile string
		want                               State
	}{
		{"keys", "", "[default]\naws_access_key_id=A\naws_secret_access_key = b", "", DefaultFile},
		{"half a pair", "", "[default]\naws_access_key_id=A", "", Maybe},
		{"a region only", "[default]\nregion = x\ns3 =\n  role_arn = nested\n", "", "", None},
		{"another profile", "[profile x]\n" + role, "", "", None},
		{"a named one that is not there", "[profile x]\n" + role, "", "y", NamedMissing},
		{"without the prefix it is none", "[x]\n" + role, "", "x", NamedMissing},
		{"with the prefix it is none in the credentials file", "", "[profile x]\n" + role, "y", NamedMissing},
		{"a role alone", "[default]\n" + role, "", "", DefaultRoleAlone},
		{"a web identity", "[default]\n" + role + "web_identity_token_file = /t", "", "", DefaultWebIdentity},
		{"a profile with a web identity", "[profile x]\n" + role + "web_identity_token_file = /t", "", "x", NamedWebIdentity},
		{"a role from keys", "[profile x]\n" + role + "source_profile = k", "[k]\naws_access_key_id=A\naws_secret_access_key=b", "x", NamedAssumeRole},
		{"a role from its own keys", "[default]\n" + role + "source_profile = default\naws_access_key_id=A\naws_secret_access_key=b", "", "", DefaultAssumeRole},
		{"a role from itself", "[default]\n" + role + "source_profile = default", "", "", DefaultDangling},
		{"a role from nowhere", "[default]\n" + role + "source_profile = gone", "", "", DefaultDangling},
		{"a role from a profile with a region", "[default]\n" + role + "source_profile = r\n[profile r]\nregion = x", "", "", DefaultDangling},
		{"a circle", "[default]\n" + role + "source_profile = b\n[profile b]\n" + role + "source_profile = default", "", "", DefaultDangling},
		{"a role from a web identity", "[default]\n" + role + "source_profile = w\n[profile w]\n" + role + "web_identity_token_file = /t", "", "", DefaultChained},
		{"a role from the environment", "[default]\n" + role + "credential_source = Environment", "", "", DefaultNoKeys},
		{"a role from the agent", "[default]\n" + role + "credential_source = EcsContainer", "", "", DefaultContainer},
		{"a role from the node", "[profile x]\n" + role + "credential_source=Ec2InstanceMetadata", "", "x", NamedIMDS},
		{"a source that is none", "[profile x]\n" + role + "credential_source = ec2InstanceMetadata", "", "x", NamedRefused},
		{"two sources", "[profile x]\n" + role + "credential_source = Environment\nsource_profile = y", "", "x", NamedMaybe},
		{"a process", "[default]\ncredential_process = /bin/x", "", "", Maybe},
		{"[profile default] goes before [default]", "[default]\nregion = x\n[profile default]\n" + role + "web_identity_token_file = /t", "", "", DefaultWebIdentity},
		{"the credentials file goes before the config file", "[profile x]\nrole_arn = b\n", "[x]\n" + role + "web_identity_token_file = /t", "x", NamedWebIdentity},
		{"a nested block", "[profile x]\ns3 =\n  web_identity_token_file = /t\n" + role, "", "x", NamedRoleAlone},
		{"nothing that parses", "]\n=\n[default\n= x", "", "", Maybe},
	} {
		files := Files{c.credentials, c.config}
		for _, kept := range []bool{false, true} {
			if kept {
				files = Files{Keep(c.credentials), Keep(c.config)}
			}
			if got := new(FileReader).ProfileOf(Cpp, files, c.profile); got.State != c.want && (!kept || c.what != "nothing that parses") {
				t.Errorf("%s (kept %v): %s, want %s", c.what, kept, got.State, c.want)
			}
		}
	}
}

// TestDialects holds where the readers differ, and what then is known of an SDK whose reader was not looked at.
func TestDialects(t *testing.T) {
	const token = "web_identity_token_file = /t\n"
	for _, c := range []struct {
		what, config string
		want         map[Name]State
	}{
		{
			"a colon parts key and value for Python and Go; Java refuses the file, JavaScript passes the line over",
			"[default]\nrole_arn : arn\n" + token,
			map[Name]State{Python: DefaultWebIdentity, GoV2: DefaultWebIdentity, JavaV2: FilesInvalid, JSV3: Maybe, Cpp: Maybe},
		},
		{
			"indented keys continue the one before for Java, and are keys for the others where all are indented",
			"[default]\n  role_arn = arn\n  " + token,
			map[Name]State{Python: DefaultWebIdentity, GoV2: DefaultWebIdentity, JavaV2: FilesInvalid, JSV3: DefaultWebIdentity, Rust: Maybe},
		},
		{
			"a key that is indented deeper belongs to the value before it for Python and Java",
			"[default]\nregion = x\n  role_arn = arn\n",
			map[Name]State{Python: None, GoV2: DefaultRoleAlone, JavaV2: None, JSV3: DefaultRoleAlone, Ruby: Maybe},
		},
		{
			"keys in capitals count for Python and Go",
			"[default]\nROLE_ARN = arn\nWeb_Identity_Token_File = /t\n",
			map[Name]State{Python: DefaultWebIdentity, GoV2: DefaultWebIdentity, JavaV2: None, JSV3: None, PHP: Maybe},
		},
		{
			"a section that is there twice is an error for Python",
			"[default]\nregion = x\n[default]\nrole_arn = arn\n" + token,
			map[Name]State{Python: FilesInvalid, GoV2: DefaultWebIdentity, JavaV2: DefaultWebIdentity, JSV3: DefaultWebIdentity, Kotlin: Maybe},
		},
		{
			"a text behind the name of a section is an error for Java, part of no name for Python, and no section for the others",
			"[default]x\nregion = x\nrole_arn = arn\n" + token,
			map[Name]State{Python: DefaultWebIdentity, GoV2: None, JavaV2: FilesInvalid, JSV3: None, Kotlin: Maybe},
		},
		{
			"a comment behind the name of a section is one after a blank, and for Go and Java without",
			"[default]#x\nrole_arn = arn\n" + token,
			map[Name]State{Python: DefaultWebIdentity, GoV2: DefaultWebIdentity, JavaV2: DefaultWebIdentity, JSV3: None, Kotlin: Maybe},
		},
		{
			"a comment behind the name of a section",
			"[default] # x\nrole_arn = arn\n" + token,
			map[Name]State{Python: DefaultWebIdentity, GoV2: DefaultWebIdentity, JavaV2: DefaultWebIdentity, JSV3: DefaultWebIdentity},
		},
		{
			"a value that is a comment is none for JavaScript, whose section then has no setting",
			"[default]\nregion = #x\n",
			map[Name]State{Python: None, GoV2: None, JavaV2: None, JSV3: None},
		},
		{
			"a mark of a comment without a blank is a value",
			"[default]\nrole_arn =#x\n" + token,
			map[Name]State{Python: DefaultWebIdentity, GoV2: DefaultWebIdentity, JavaV2: DefaultWebIdentity, JSV3: DefaultWebIdentity},
		},
		{
			"a colon before the = makes a key that Java passes over",
			"[default]\nx:=y\n",
			map[Name]State{Python: None, GoV2: None, JavaV2: None, JSV3: None},
		},
		{
			"a bracket behind the name of a section makes it another",
			"[default]x]\nrole_arn = arn\n" + token,
			map[Name]State{Python: None, GoV2: None, JavaV2: None, JSV3: None},
		},
	} {
		for _, text := range []string{c.config, Keep(c.config)} {
			for name, want := range c.want {
				if got := new(FileReader).ProfileOf(name, Files{Config: text}, "").State; got != want {
					t.Errorf("%s: %s: %s, want %s", c.what, name, got, want)
				}
			}
		}
	}
}

// TestKeep holds that nothing but names of sections and the settings on the list survives, and that what is kept is kept again.
func TestKeep(t *testing.T) {
	const secret = "hunter2"
	text := "; " + secret + "\n[default] # " + secret + "\naws_access_key_id = AKIA" + secret + "\naws_secret_access_key=" + secret +
		"\naws_session_token : " + secret + "\nregion = eu-central-1 # " + secret + "\noutput = " + secret + "\npassword_" + secret + " = x\n" +
		"  continued " + secret + "\n" + secret + "\ncredential_process = /bin/x --token " + secret + "\ns3 =\n  key = " + secret + "\n[profile x]\nrole_arn=arn:a;" + secret + "\n"
	kept := Keep(text)
	if strings.Contains(kept, secret) || strings.Contains(kept, "AKIA") {
		t.Errorf("a secret is kept:\n%s", kept)
	}
	for _, want := range []string{"[default]", "[profile x]", "region = eu-central-1", "role_arn = arn:a", "aws_secret_access_key = <redacted>"} {
		if !strings.Contains(kept, want) {
			t.Errorf("%q is not kept:\n%s", want, kept)
		}
	}
	if again := Keep(kept); again != kept {
		t.Errorf("kept again it is\n%s\nand not\n%s", again, kept)
	}
	for _, other := range []string{
		"", "key: value\n", "[server]\nregion = x\npassword = " + secret + "\n", "# only\n", "a = b\n[default]\nregion = x\n",
		"[default]\nregion = " + strings.Repeat("x", mostKept) + "\n",
	} {
		if kept := Keep(other); kept != "" {
			t.Errorf("%.40q is no shared file, and %q of it is kept", other, kept)
		}
	}
}

// FuzzKeep: what is kept of a text is kept of itself, and each SDK reads it as it reads the text, except for comments that it takes
// for a part of a value.
func FuzzKeep(f *testing.F) {
	f.Add("[default]\nrole_arn = a # b\n  x = y\n")
	f.Add("[profile x\r\n\t=\n[]\n:::\n\x00")
	f.Add("[profile x]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile: default\n[default]\naws_access_key_id=a\naws_secret_access_key\n  = b\n")
	f.Add("[default]\ncredential_process = x\n[profile x]\nweb_identity_token_file = /t\nROLE_ARN = a;b\nrole_arn = c\n[ default ]\n[x]\n")
	f.Fuzz(func(t *testing.T, text string) {
		kept := Keep(text)
		if again := Keep(kept); again != kept {
			t.Errorf("%q: kept %q, and again %q", text, kept, again)
		}
		for i, d := range []dialect{configParser, goLines, javaLines, jsLines} {
			for _, name := range []string{"", "x"} {
				for _, files := range [][2]Files{{{Config: text}, {Config: kept}}, {{Credentials: text}, {Credentials: kept}}} {
					was, is := files[0].offer(d, name), files[1].offer(d, name)
					was.RoleARN, was.TokenFile = withoutComment(was.RoleARN), withoutComment(was.TokenFile)
					if kept != "" && was != is {
						t.Errorf("reader %d, profile %q: %q offers %+v, and kept as %q %+v", i, name, text, was, kept, is)
					}
				}
			}
		}
	})
}
