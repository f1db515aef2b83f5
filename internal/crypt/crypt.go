// Package crypt holds what keeps secrets: password hashes, session tokens, the
// keyed hash that finds an email without storing it, and the seal that keeps
// identities unreadable at rest. Algorithms come from the standard library,
// golang.org/x/crypto and Tink.
package crypt

import (
	"crypto/ecdh"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keys are what a deployment keeps secret, derived from one secret of at least
// 32 bytes, and those that seal. Losing the secret loses every look-up, and the
// values that it sealed.
type Keys struct {
	lookup, sign []byte
	push         *ecdh.PrivateKey
	seals        tink.AEAD
	primary      []byte // what begins every value that the first key sealed
}

// NewKeys derives the keys (HKDF-SHA256, one label a purpose). Of the sealing keys,
// 32 bytes each, the first seals and all open; the one that follows from the secret
// opens too, and seals where there is no other.
func NewKeys(secret []byte, sealing ...[]byte) (Keys, error) {
	if len(secret) < 32 {
		return Keys{}, fmt.Errorf("the secret has %d bytes and needs at least 32: `openssl rand -base64 48` makes a good one", len(secret))
	}
	var keys Keys
	var derived []byte
	for label, into := range map[string]*[]byte{"lookup": &keys.lookup, "seal": &derived, "sign": &keys.sign} {
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
	if keys.push, err = p256(seed); err != nil {
		return Keys{}, err
	}
	keys.seals, keys.primary, err = keyset(append(slices.Clone(sealing), derived))
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
