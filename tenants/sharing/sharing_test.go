package sharing

import (
	"net/url"
	"strings"
	"testing"
)

// back is what comes back from signing in.
func back(t *testing.T, in Shared) (Shared, string) {
	t.Helper()
	to := in.toSignIn()
	door, err := url.Parse(to)
	if err != nil || door.Path != "/sign-in" {
		t.Fatalf("%s: %v", to, err)
	}
	next, err := url.Parse(door.Query().Get("next"))
	if err != nil || next.Path != Address {
		t.Fatalf("then %s: %v", next, err)
	}
	q := next.Query()
	return Shared{q.Get("title"), q.Get("text"), q.Get("url")}, to
}

func TestWhoSignsInFirstComesBackWithWhatTheyShared(t *testing.T) {
	in := Shared{"A poem & more", "Line one\nline “two” 100% ☕", "https://x.example/?a=b&c=d"}
	if got, _ := back(t, in); got != in {
		t.Errorf("%+v", got)
	}
}

func TestAnAddressToSignInAtIsNeverTooLong(t *testing.T) {
	long := strings.Repeat("☕ tea ", 3000)
	for name, in := range map[string]Shared{"text": {"Title", long, "https://x.example"}, "title": {long, "", ""}, "address": {"Title", "Text", "https://x.example/" + long}, "all": {long, long, long}} {
		got, to := back(t, in)
		if len(to) > longest {
			t.Errorf("%s: %d bytes", name, len(to))
		}
		if name == "text" && (len(got.Text) < 200 || !strings.HasPrefix(in.Text, strings.TrimSuffix(got.Text, "…")) || got.URL != in.URL) {
			t.Errorf("of a long text comes back %q", got.Text)
		}
	}
}
