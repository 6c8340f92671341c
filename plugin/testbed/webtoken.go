package testbed

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
)

// A webToken is a JSON Web Token as a service account has it, signed with RS256 (RFC 7515, RFC 7519).
type webToken struct {
	Issuer    string `json:"iss"`
	Subject   string `json:"sub"`
	Audience  any    `json:"aud"` // a text, or a list of them
	Expiry    int64  `json:"exp"`
	IssuedAt  int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`

	header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	claims    []byte // all of them
	signed    string // what the signature is of
	signature []byte
}

var (
	errNoToken  = errors.New("not a JSON Web Token")
	errUnsigned = errors.New("signed by none of the keys")
)

// parseWebToken reads a token without verifying it.
func parseWebToken(text string) (webToken, error) {
	var t webToken
	parts := strings.Split(strings.TrimSpace(text), ".")
	if len(parts) != 3 {
		return t, errNoToken
	}
	var err error
	if t.signature, err = base64.RawURLEncoding.DecodeString(parts[2]); err != nil {
		return t, err
	}
	for i, into := range []any{&t.header, &t} {
		plain, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return t, err
		}
		if err := json.Unmarshal(plain, into); err != nil {
			return t, err
		}
		t.claims = plain
	}
	if t.Issuer == "" || t.header.Algorithm == "" {
		return t, errNoToken
	}
	t.signed = parts[0] + "." + parts[1]
	return t, nil
}

// host is the issuer as providers and condition keys name it.
func (t webToken) host() string { return strings.TrimPrefix(t.Issuer, "https://") }

func (t webToken) audiences() []string {
	switch aud := t.Audience.(type) {
	case string:
		return []string{aud}
	case []any:
		var all []string
		for _, one := range aud {
			if name, ok := one.(string); ok {
				all = append(all, name)
			}
		}
		return all
	}
	return nil
}

// verify checks the signature against a JSON Web Key Set (RFC 7517).
func (t webToken) verify(keySet []byte) error {
	var set struct {
		Keys []struct {
			Type     string `json:"kty"`
			ID       string `json:"kid"`
			Modulus  string `json:"n"`
			Exponent string `json:"e"`
		}
	}
	if err := json.Unmarshal(keySet, &set); err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(t.signed))
	for _, key := range set.Keys {
		n, errN := base64.RawURLEncoding.DecodeString(key.Modulus)
		e, errE := base64.RawURLEncoding.DecodeString(key.Exponent)
		if key.Type != "RSA" || t.header.Algorithm != "RS256" || key.ID != t.header.KeyID || errN != nil || errE != nil {
			continue
		}
		public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], t.signature) == nil {
			return nil
		}
	}
	return errUnsigned
}
