package recovery

import (
	"strings"
	"testing"
)

func TestWhatAnotherAppSharesStandsOnAPageOnceAndNoLongerThanItTakes(t *testing.T) {
	for name, c := range map[string]struct {
		in   Asked
		want string
	}{
		"nothing":                   {Asked{}, ""},
		"all three":                 {Asked{Title: " A poem ", Text: "By nobody", URL: "https://x.example/p"}, "A poem\n\nBy nobody\n\nhttps://x.example/p"},
		"the address in the text":   {Asked{Text: "See https://x.example/p", URL: "https://x.example/p"}, "See https://x.example/p"},
		"the same twice":            {Asked{Title: "Same", Text: "Same"}, "Same"},
		"no website":                {Asked{Text: "Look", URL: "javascript:alert(1)"}, "Look"},
		"a file":                    {Asked{Text: "Look", URL: "file:///etc/passwd"}, "Look"},
		"an address that is broken": {Asked{Text: "Look", URL: "https://%zz"}, "Look"},
	} {
		if got := c.in.shared(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	long := Asked{Title: strings.Repeat("é", mostShared), Text: "more"}.shared()
	if n := len([]rune(long)); n != mostShared {
		t.Errorf("%d characters", n)
	}
}
