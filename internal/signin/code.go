package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// Codes from an app are those of RFC 6238, as every authenticator app makes them.
const (
	step   = 30 * time.Second
	issuer = "SHaRON" // nothing in the app says of what kind a service is
	// setUpFor is how long a new secret waits for its first code.
	setUpFor = 30 * time.Minute
)

var options = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

var base32NoPad = base32.StdEncoding.WithPadding(base32.NoPadding)

// SetUp is a second factor before its first code.
type SetUp struct {
	Setup  string `json:"setup"`  // the secret, sealed: it comes back with the first code
	Secret string `json:"secret"` // for typing
	URI    string `json:"uri"`    // for the app
	Next   string `json:"next,omitempty"`
}

// newSetUp makes a secret for owner, an id, at a place whose name the app shows.
func newSetUp(keys crypt.Keys, owner, place string, now time.Time) (SetUp, error) {
	secret := make([]byte, 20)
	_, _ = rand.Read(secret) // never fails since Go 1.24
	return setUp(keys, owner, place, base32NoPad.EncodeToString(secret), now)
}

func setUp(keys crypt.Keys, owner, place, secret string, at time.Time) (SetUp, error) {
	raw, err := base32NoPad.DecodeString(secret)
	if err != nil {
		return SetUp{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: place, Secret: raw})
	if err != nil {
		return SetUp{}, err
	}
	sealed, err := keys.Seal(strconv.FormatInt(at.Unix(), 10)+"."+secret, "setup/"+owner)
	return SetUp{Setup: sealed, Secret: secret, URI: key.URL()}, err
}

// openSetUp is the SetUp that newSetUp sealed for the same owner. Invalid if it
// is somebody else's, or has waited for too long.
func openSetUp(keys crypt.Keys, owner, place, sealed string, now time.Time) (SetUp, error) {
	text, err := keys.Open(sealed, "setup/"+owner)
	begun, secret, ok := strings.Cut(text, ".")
	seconds, notNumber := strconv.ParseInt(begun, 10, 64)
	at := time.Unix(seconds, 0)
	if err != nil || !ok || notNumber != nil || now.Sub(at) > setUpFor {
		return SetUp{}, fault.Bad("setup", "This page was open for too long. Load it again and scan the new picture.")
	}
	return setUp(keys, owner, place, secret, at)
}

// Offer is the SetUp of a form that was refused, or a new one where that is none
// or has waited for too long.
func (in NewFactor) Offer(keys crypt.Keys, owner, place string, now time.Time) (out SetUp, err error) {
	if in.Setup != "" {
		out, err = openSetUp(keys, owner, place, in.Setup, now)
	}
	if in.Setup == "" || fault.Is(err, fault.Invalid) {
		out, err = newSetUp(keys, owner, place, now)
	}
	out.Next = in.Next
	return out, err
}

// First is the secret of a SetUp, and the step of time that its first code used
// up. Invalid if the code is not the app's.
func (in SetFactor) First(keys crypt.Keys, owner, place string, now time.Time) (secret string, step int64, err error) {
	set, err := openSetUp(keys, owner, place, in.Setup, now)
	if err != nil {
		return "", 0, err
	}
	step, right := CodeStep(set.Secret, in.Code, 0, now)
	if !right {
		return "", 0, WrongCode()
	}
	return set.Secret, step, nil
}

// Grouped is the secret in fours, as people type it.
func (s SetUp) Grouped() string {
	var groups []string
	for at := 0; at < len(s.Secret); at += 4 {
		groups = append(groups, s.Secret[at:min(at+4, len(s.Secret))])
	}
	return strings.Join(groups, " ")
}

// Picture is the QR code of the URI: the side of its view box, and the path of its dark squares.
func (s SetUp) Picture() (side int, path string, err error) {
	code, err := qr.Encode(s.URI, qr.M, qr.Auto)
	if err != nil {
		return 0, "", err
	}
	const quiet = 4 // the blank border that readers need
	side = code.Bounds().Dx()
	var dark strings.Builder
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&dark, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return side + 2*quiet, dark.String(), nil
}

// CodeStep tells which step of time an app's code stands for, and whether it is a
// good one: of now, or of the step before or after, and of a later step than used.
func CodeStep(secret, code string, used int64, now time.Time) (int64, bool) {
	code = strings.Join(strings.Fields(code), "")
	at := now.Unix() / int64(step.Seconds())
	for _, n := range []int64{at, at - 1, at + 1} {
		want, err := hotp.GenerateCodeCustom(secret, uint64(max(n, 0)), options)
		if err == nil && n > used && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return n, true
		}
	}
	return 0, false
}

// RecoveryCodes is how many somebody gets.
const RecoveryCodes = 10

// letters are those that nobody takes for another one.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// NewRecoveryCodes makes codes for the day on which owner's app is gone, two times
// four letters each, with what is kept of them.
func NewRecoveryCodes(keys crypt.Keys, owner string) (codes, hashes []string) {
	for range RecoveryCodes {
		code := word() + "-" + word()
		codes, hashes = append(codes, code), append(hashes, RecoveryHash(keys, owner, code))
	}
	return codes, hashes
}

func word() string {
	raw := make([]byte, 0, 4)
	for one := make([]byte, 1); len(raw) < cap(raw); {
		_, _ = rand.Read(one)
		if int(one[0]) < 256/len(letters)*len(letters) { // the rest would make the first letters likelier
			raw = append(raw, letters[int(one[0])%len(letters)])
		}
	}
	return string(raw)
}

// RecoveryHash is what is kept of a recovery code of owner, however it is typed.
func RecoveryHash(keys crypt.Keys, owner, code string) string {
	plain := strings.NewReplacer("-", "", " ", "", "\t", "").Replace(strings.ToLower(code))
	return keys.Sign("recovery", owner, plain)
}

// WrongCode is the one answer to a code that is not right, or has been used.
func WrongCode() *fault.Error {
	return &fault.Error{Code: fault.Invalid, Message: "We could not use that code.",
		Fields: []fault.Field{{Name: "code", Message: "The code is not right, or has been used before. Wait for the next one in your app, then type that."}}}
}
