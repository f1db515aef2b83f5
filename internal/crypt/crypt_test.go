package crypt_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func keys(t *testing.T, secret string) crypt.Keys {
	t.Helper()
	k, err := crypt.NewKeys([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const secret = "thirty-two bytes or more, at least"

func TestShortSecretIsRefused(t *testing.T) {
	if _, err := crypt.NewKeys([]byte("too short")); err == nil || strings.Contains(err.Error(), "too short") {
		t.Errorf("got %v", err)
	}
}

func TestPassword(t *testing.T) {
	hash, err := crypt.HashPassword(t.Context(), "three warm words")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := crypt.HashPassword(t.Context(), "three warm words")
	if hash == again || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %s and %s", hash, again)
	}
	for _, c := range []struct {
		password, hash string
		right          bool
	}{
		{"three warm words", hash, true},
		{"three warm words", again, true},
		{"three warm word", hash, false},
		{"Three warm words", hash, false},
		{"", hash, false},
		{"three warm words", "", false}, // nobody
		{"", "", false},
	} {
		if right, err := crypt.CheckPassword(t.Context(), c.password, c.hash); right != c.right || err != nil {
			t.Errorf("%q against %q: %v, %v", c.password, c.hash, right, err)
		}
	}
}

func TestBrokenHashIsAnErrorAndNeverRight(t *testing.T) {
	for _, hash := range []string{"x", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=0$AAAA$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$!!$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$AAAA", "$2a$10$abc"} {
		if right, err := crypt.CheckPassword(t.Context(), "", hash); right || err == nil && !strings.HasSuffix(hash, "$AAAA") {
			t.Errorf("%s: %v, %v", hash, right, err)
		}
	}
}

func TestNobodyCostsAsMuchAsSomebody(t *testing.T) {
	hash, err := crypt.HashPassword(t.Context(), "three warm words")
	if err != nil {
		t.Fatal(err)
	}
	took := func(hash string) time.Duration { // the quickest of several: a busy machine only adds
		quickest := time.Hour
		for range 8 {
			quickest = min(quickest, testkit.Work(func() { _, _ = crypt.CheckPassword(t.Context(), "guess", hash) }))
		}
		return quickest
	}
	if somebody, nobody := took(hash), took(""); nobody < somebody/3 || nobody > somebody*3 {
		t.Errorf("somebody takes %v, nobody %v", somebody, nobody)
	}
}

func TestHashingStopsWaitingWithTheRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // a free place may be taken even so
		if _, err := crypt.HashPassword(ctx, "x"); err != nil {
			return
		}
	}
	t.Error("a request that is over still hashes")
}

func TestSealOpensOnlyInItsPlace(t *testing.T) {
	k := keys(t, secret)
	sealed, err := k.Seal("hazel@example.org", "account 1")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := k.Seal("hazel@example.org", "account 1"); again == sealed || strings.Contains(sealed, "hazel") {
		t.Errorf("sealed %s and %s", sealed, again)
	}
	if text, err := k.Open(sealed, "account 1"); text != "hazel@example.org" || err != nil {
		t.Errorf("opened %q, %v", text, err)
	}
	if _, err := k.Open(sealed, "account 2"); err == nil {
		t.Error("opened in another row")
	}
	if _, err := keys(t, secret+"!").Open(sealed, "account 1"); err == nil {
		t.Error("opened with another secret")
	}
	for i := range sealed {
		bent := sealed[:i] + "A" + sealed[i+1:]
		if sealed[i] == 'A' {
			bent = sealed[:i] + "B" + sealed[i+1:]
		}
		if text, err := k.Open(bent, "account 1"); err == nil && i != len(sealed)-1 {
			t.Errorf("opened with byte %d changed: %q", i, text)
		}
		if _, err := k.Open(sealed[:i], "account 1"); err == nil {
			t.Errorf("opened when cut at %d", i)
		}
	}
}

func TestLookupIgnoresCaseAndBlanks(t *testing.T) {
	k := keys(t, secret)
	if k.Lookup(" Hazel@Example.org ") != k.Lookup("hazel@example.org") || k.Lookup("a") == k.Lookup("b") || k.Lookup("a") == keys(t, secret+"!").Lookup("a") {
		t.Error("the look-up of an identifier is not as it should be")
	}
}

func TestSignatureHoldsForItsPartsOnly(t *testing.T) {
	k := keys(t, secret)
	signature := k.Sign("form", "session", "nonce")
	if !k.Signed(signature, "form", "session", "nonce") {
		t.Error("not ours")
	}
	for _, parts := range [][]string{{"form", "session", "other"}, {"form", "sessionnonce"}, {"form", "session"}, {"formsession", "nonce"}, {"device", "session", "nonce"}} {
		if k.Signed(signature, parts...) || k.Signed("", parts...) {
			t.Errorf("ours for %v", parts)
		}
	}
}

func TestTokensDiffer(t *testing.T) {
	if a, b := crypt.Token(), crypt.Token(); a == b || len(a) != 43 || crypt.TokenHash(a) == a {
		t.Errorf("tokens %s and %s", a, b)
	}
}

func TestThePushKeyIsOneForASecret(t *testing.T) {
	key := keys(t, secret).Push()
	if !key.Equal(keys(t, secret).Push()) || key.Equal(keys(t, secret+"!").Push()) {
		t.Error("the push key does not follow the secret")
	}
}

func TestASealIsChangedWithoutLosingWhatWasSealed(t *testing.T) {
	fresh, older := []byte(strings.Repeat("n", 32)), []byte(strings.Repeat("o", 32))
	make := func(sealing ...[]byte) crypt.Keys {
		k, err := crypt.NewKeys([]byte(secret), sealing...)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first, second, third := make(), make(older), make(fresh, older)
	var sealed []string
	for _, k := range []crypt.Keys{first, second, third} {
		one, err := k.Seal("hazel@example.org", "account 1")
		if err != nil || !k.Current(one) {
			t.Fatalf("%v, current: %v", err, k.Current(one))
		}
		sealed = append(sealed, one)
	}
	for i, one := range sealed {
		if text, err := third.Open(one, "account 1"); text != "hazel@example.org" || err != nil {
			t.Errorf("the newest keys do not open what the keys of generation %d sealed: %v", i+1, err)
		}
		if third.Current(one) != (i == 2) {
			t.Errorf("generation %d counts as sealed with the first key: %v", i+1, third.Current(one))
		}
	}
	if _, err := make(fresh).Open(sealed[1], "account 1"); err == nil {
		t.Error("opened though its key is gone")
	}
	if third.Lookup("a") != first.Lookup("a") || third.Sign("a") != first.Sign("a") {
		t.Error("a new seal changed look-ups or signatures")
	}
	if _, err := crypt.NewKeys([]byte(secret), []byte("short")); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a short key: %v", err)
	}
}
