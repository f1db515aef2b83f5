package crypt

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"

	"golang.org/x/crypto/argon2"
)

// The parameters of OWASP's password storage cheat sheet: 19 MiB, two passes.
const (
	argonMemory  = 19 * 1024 // KiB
	argonPasses  = 2
	argonThreads = 1
	argonKey     = 32
)

// hashing keeps many sign-ins at once from taking all memory and every core.
var hashing = make(chan struct{}, max(1, runtime.NumCPU()))

// HashPassword returns an argon2id hash in the usual encoding ($argon2id$v=19$m=…).
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	key, err := derive(ctx, password, salt, argonMemory, argonPasses, argonThreads)
	if err != nil {
		return "", err
	}
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads, encode(salt), encode(key)), nil
}

// CheckPassword tells whether password is the one of the hash. An empty hash
// (nobody there) costs the same work and is never right.
func CheckPassword(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = nobody
	}
	var version, memory, passes, threads uint32
	var salt64, key64 string
	// Sscanf stops %s at white space only, so the two last parts are split by hand.
	if _, err := fmt.Sscanf(hash, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &memory, &passes, &threads, &salt64); err != nil {
		return false, fmt.Errorf("stored password hash: %w", err)
	}
	for i := range salt64 {
		if salt64[i] == '$' {
			salt64, key64 = salt64[:i], salt64[i+1:]
			break
		}
	}
	salt, err := base64.RawStdEncoding.DecodeString(salt64)
	if err != nil {
		return false, fmt.Errorf("stored password salt: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(key64)
	if err != nil {
		return false, fmt.Errorf("stored password key: %w", err)
	}
	if threads == 0 || threads > 255 {
		return false, fmt.Errorf("stored password hash: %d threads", threads)
	}
	got, err := derive(ctx, password, salt, memory, passes, uint8(threads))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// nobody is a hash in today's parameters of a password that no one has.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func derive(ctx context.Context, password string, salt []byte, memory, passes uint32, threads uint8) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, passes, memory, threads, argonKey), nil
}
