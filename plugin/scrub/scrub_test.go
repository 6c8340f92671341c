package scrub

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"os"
	"strings"
	"testing"
)

// TestTexts holds each text of testdata/texts.txt: a line, and if it is not as it was, an indented line with what is left.
func TestTexts(t *testing.T) {
	file, err := os.Open("testdata/texts.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var text string
	expect := func(want string) {
		t.Helper()
		unescape := strings.NewReplacer(`⏎`, "\n", `␛`, "\x1b")
		if got, want := Text(unescape.Replace(text)), unescape.Replace(want); text != "" && got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
		text = ""
	}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		switch line := lines.Text(); {
		case line == "", strings.HasPrefix(line, "# "):
			expect(text)
		case strings.HasPrefix(line, "\t"):
			expect(line[1:])
		default:
			expect(text)
			text = line
		}
	}
	expect(text)
}

// TestEncoded holds that a secret is found in what it is encoded in, and that nothing of it is left.
func TestEncoded(t *testing.T) {
	const credentials = `{"Version":1,"AccessKeyId":"ASIAMARKKEYID0000001","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","SessionToken":"MARKsessiontokenLONG"}`
	quoted := func(text string) string {
		data, _ := json.Marshal(text)
		return string(data)
	}
	wrapped := func(text string, width int) string {
		var lines []string
		for ; len(text) > width; text = text[width:] {
			lines = append(lines, text[:width])
		}
		return strings.Join(append(lines, text), "\n")
	}
	base64ed := base64.StdEncoding.EncodeToString([]byte(credentials))
	for name, text := range map[string]string{
		"plain":          credentials,
		"JSON":           quoted(credentials),
		"JSON in JSON":   quoted(quoted(credentials)),
		"URL":            url.QueryEscape(credentials),
		"URL in URL":     url.QueryEscape(url.QueryEscape(credentials)),
		"HTML":           html.EscapeString(credentials),
		"base64":         base64ed,
		"URL of base64":  url.QueryEscape(base64ed),
		"base64url":      base64.RawURLEncoding.EncodeToString([]byte(credentials)),
		"base64 twice":   base64.StdEncoding.EncodeToString([]byte(base64ed)),
		"base64 in JSON": quoted(base64ed),
		"base64, lines":  wrapped(base64ed, 76),
		"lines":          strings.ReplaceAll(credentials, ",", ",\n  "),
		"PEM, lines":     "client-key-data: " + base64.StdEncoding.EncodeToString([]byte("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIMARK\n-----END EC PRIVATE KEY-----\n")),
	} {
		got := Text("it printed " + text + " and failed")
		if !strings.HasPrefix(got, "it printed ") || !strings.HasSuffix(got, " and failed") || !strings.Contains(got, Redacted) {
			t.Errorf("%s: %s", name, got)
		}
		for _, secret := range []string{"MARK", "wJalr", "EXAMPLEKEY", base64ed[20:40], base64ed[len(base64ed)-8:]} {
			if strings.Contains(got, secret) {
				t.Errorf("%s: %q is left in %s", name, secret, got)
			}
		}
	}
}

// TestBroken holds that a secret is found at whatever place a line ends in it.
func TestBroken(t *testing.T) {
	const session = "IQoJb3JpZ2luX2VjEJr1aCXVzLXdlc3QtMiJHMEUCIQDmark7yT0Zk3hQ9bN2vC5xL8wE1rT4uI7oP0aS3dF6gHjK9lZ2xC5vB8nM"
	for _, secret := range []string{"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "ASIAMARKKEYID0000001", session} {
		for at := 5; at < len(secret)-5; at++ {
			for _, end := range []string{"\n", "\r\n    ", `\n`} {
				got := Text("notice\nthe key " + secret[:at] + end + secret[at:] + "\nis refused")
				if strings.Contains(got, secret[at:]) || at > 12 && strings.Contains(got, secret[:at]) || !strings.HasPrefix(got, "notice\nthe key ") || !strings.HasSuffix(got, "is refused") {
					t.Errorf("%s broken at %d: %q", secret, at, got)
				}
			}
		}
	}
}

// TestTwice holds that what is scrubbed stays as it is, also where long texts look like secrets everywhere.
func TestTwice(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("QUJD\n", 3000), strings.Repeat("%2541", 4000), strings.Repeat(`\"token\":\"x\",`, 1000), strings.Repeat("a:b@", 4000),
		strings.Repeat(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("all is well ", 4)))+"\n", 250), strings.Repeat("token ", 3000), strings.Repeat("=", 16000),
	} {
		once := Text(text)
		if twice := Text(once); twice != once {
			t.Errorf("%.80q became %.80q", once, twice)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("the error is ", " of the profile")
	f.Add(`{"SecretAccessKey": "`, `"}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		const key = "AKIAIOSFODNN7EXAMPLE"
		if strings.Contains(Text(before+" "+key+" "+after), key) {
			t.Errorf("%q %q", before, after)
		}
	})
}
