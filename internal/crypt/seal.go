package crypt

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	tinkset "github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// SealingKey is the length in bytes of a key that seals.
const SealingKey = 32

// keyset makes AES-256-GCM of raw keys: the first seals, all open. What it seals
// begins with the key's number, so that the right one is found again.
func keyset(raw [][]byte) (tink.AEAD, []byte, error) {
	params, err := aesgcm.NewParameters(aesgcm.ParametersOpts{KeySizeInBytes: SealingKey, IVSizeInBytes: 12, TagSizeInBytes: 16, Variant: aesgcm.VariantTink})
	if err != nil {
		return nil, nil, err
	}
	manager := tinkset.NewManager()
	var first *aesgcm.Key
	for i, bytes := range raw {
		if len(bytes) != SealingKey {
			return nil, nil, fmt.Errorf("sealing key %d has %d bytes and needs %d: `sharon keys new` makes a good one", i+1, len(bytes), SealingKey)
		}
		if slices.ContainsFunc(raw[:i], func(earlier []byte) bool { return string(earlier) == string(bytes) }) {
			continue
		}
		key, err := aesgcm.NewKey(secretdata.NewBytesFromData(bytes, insecuresecretdataaccess.Token{}), number(bytes), params)
		if err != nil {
			return nil, nil, err
		}
		if _, err := manager.AddKey(key); err != nil {
			return nil, nil, err
		}
		if first == nil {
			first = key
		}
	}
	if err := manager.SetPrimary(number(raw[0])); err != nil {
		return nil, nil, err
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, nil, err
	}
	seals, err := aead.New(handle)
	return seals, first.OutputPrefix(), err
}

// number is what a key is known by: the same on every node, and it tells nothing of the key.
func number(key []byte) uint32 {
	sum := sha256.Sum256(append([]byte("sharon/seal/number/"), key...))
	return binary.BigEndian.Uint32(sum[:]) | 1 // Tink takes any number but 0
}

// Seal encrypts text (AES-256-GCM, random nonce) bound to context: a value
// moved to another row does not open there.
func (k Keys) Seal(text, context string) (string, error) {
	sealed, err := k.seals.Encrypt([]byte(text), []byte(context))
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

var errSealed = errors.New("a sealed value does not open: the key that sealed it is missing, or it was changed or moved")

// Open decrypts what Seal made for the same context, now or with an earlier key.
func (k Keys) Open(sealed, context string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", errSealed
	}
	text, err := k.seals.Decrypt(raw, []byte(context))
	if err != nil {
		return "", errSealed
	}
	return string(text), nil
}

// SealValue is Seal for a value, which is written as JSON.
func (k Keys) SealValue(value any, context string) (string, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	return k.Seal(string(text), context)
}

// OpenValue reads what SealValue made for the same context.
func (k Keys) OpenValue(sealed, context string, into any) error {
	text, err := k.Open(sealed, context)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), into)
}

// Current tells whether a value was sealed with the first key; others are to be
// sealed anew before their key goes.
func (k Keys) Current(sealed string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	return err == nil && bytes.HasPrefix(raw, k.primary)
}
