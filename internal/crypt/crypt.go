// Package crypt holds what keeps secrets: password hashes, session tokens, the
// keyed hash that finds an email without storing it, and the seal that keeps
// identities unreadable at rest. Algorithms come from the standard library and
// golang.org/x/crypto.
package crypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Keys are what a deployment keeps secret, derived from one secret of at least
// 32 bytes. Losing the secret loses every sealed value.
type Keys struct {
	lookup, seal, sign []byte
	push               *ecdh.PrivateKey
}

// NewKeys derives the keys (HKDF-SHA256, one label a purpose).
func NewKeys(secret []byte) (Keys, error) {
	if len(secret) < 32 {
		return Keys{}, fmt.Errorf("the secret has %d bytes and needs at least 32: `openssl rand -base64 48` makes a good one", len(secret))
	}
	var keys Keys
	for label, into := range map[string]*[]byte{"lookup": &keys.lookup, "seal": &keys.seal, "sign": &keys.sign} {
		key, err := hkdf.Key(sha256.New, secret, nil, "sharon/"+label+"/1", 32)
		if err != nil {
			return Keys{}, err
		}
		*into = key
	}
	seed, err := hkdf.Key(sha256.New, secret, nil, "sharon/push/1", 48)
	if err != nil {
		return Keys{}, err
	}
	keys.push, err = p256(seed)
	return keys, err
}

// p256 makes the key pair of a seed, which is 16 bytes longer than a key, so that
// every key is as likely as another (FIPS 186-5, A.2.1).
func p256(seed []byte) (*ecdh.PrivateKey, error) {
	one := big.NewInt(1)
	most := new(big.Int).Sub(elliptic.P256().Params().N, one)
	number := new(big.Int).SetBytes(seed)
	number.Mod(number, most).Add(number, one)
	return ecdh.P256().NewPrivateKey(number.FillBytes(make([]byte, 32)))
}

// Push is the key pair by which push services know us again (VAPID). Browsers
// subscribe to its public half, so a new secret ends every subscription.
func (k Keys) Push() *ecdh.PrivateKey { return k.push }

// Lookup is a keyed hash of an identifier (an email), the same for spellings
// that differ in case only. It finds a row and tells a thief nothing.
func (k Keys) Lookup(identifier string) string {
	return hex.EncodeToString(mac(k.lookup, strings.ToLower(strings.TrimSpace(identifier))))
}

// Sign is a keyed hash over parts that we handed out ourselves.
func (k Keys) Sign(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString(mac(k.sign, strings.Join(parts, "\x00")))
}

// Signed tells in constant time whether signature is ours for these parts.
func (k Keys) Signed(signature string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(signature), []byte(k.Sign(parts...))) == 1
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Seal encrypts text (AES-256-GCM, random nonce) bound to context: a value
// moved to another row does not open there.
func (k Keys) Seal(text, context string) (string, error) {
	aead, err := k.aead()
	if err != nil {
		return "", err
	}
	return "1." + base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, []byte(text), []byte(context))), nil //nolint:gosec // the cipher makes its own random nonce
}

// Open decrypts what Seal made for the same context.
func (k Keys) Open(sealed, context string) (string, error) {
	encoded, ok := strings.CutPrefix(sealed, "1.")
	if !ok {
		return "", errors.New("sealed value of an unknown version")
	}
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return "", fmt.Errorf("sealed value: %w", err)
	}
	aead, err := k.aead()
	if err != nil {
		return "", err
	}
	text, err := aead.Open(nil, nil, raw, []byte(context))
	if err != nil {
		return "", fmt.Errorf("sealed value: %w", err)
	}
	return string(text), nil
}

func (k Keys) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.seal)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Token is 256 bits of randomness for a session; the database keeps TokenHash of it.
func Token() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(raw)
}

// TokenHash is what is stored of a token.
func TokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
