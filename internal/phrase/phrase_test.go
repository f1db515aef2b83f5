package phrase_test

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/phrase"
)

func TestWhatAPhraseFinds(t *testing.T) {
	for _, try := range []struct {
		phrase, text string
		found        bool
	}{
		{"weigh", "I weigh nothing on it", true},
		{"weigh", "My weight", false},
		{"weigh*", "My weight", true},
		{"*weight", "overweight.", true},
		{"*eig*", "weight", true},
		{"a*ia", "anorexia", true},
		{"W E I G H", "weigh", false},
		{"birth plan", "my BIRTH,\n  plan", true},
		{"birth plan", "birth of a plan", false},
		{"diet", "d\u200bi\u200be\u00adt", true},
		{"diet", "dіеt", true}, // Cyrillic i and e
		{"diet", "𝕕𝕚𝕖𝕥", true},
		{"diet", "DIÉT", true},
		{"mummy", "ⅿuⅿmy, мummy", true},
		{"bum", "burn", false},
		{"cafe", "café", true},
		{"don't", "dont and don’t", true},
		{"10", "lo", false},
		{"I", "i", true},
		{"diet", "", false},
		{"diet plan", "diet", false},
		{"👶", "a 👶 here", true},
	} {
		p, reason := phrase.Parse(try.phrase)
		if reason != "" {
			t.Errorf("%q: %s", try.phrase, reason)
		}
		if p.In(phrase.Words(try.text)) != try.found {
			t.Errorf("%q in %q: found %v; %q in %q", try.phrase, try.text, !try.found, p.Key(), phrase.Words(try.text))
		}
	}
}

func TestWhatNoPhraseIs(t *testing.T) {
	for _, text := range []string{"", "  ", "!?", "*", "a*", "* diet", "a b c d e f g", "ab*cd*ef*gh"} {
		if _, reason := phrase.Parse(text); reason == "" {
			t.Errorf("%q is taken", text)
		}
	}
}

func FuzzPhrase(f *testing.F) {
	f.Add("weigh*", "My wéight")
	f.Fuzz(func(t *testing.T, text, within string) {
		p, reason := phrase.Parse(text)
		if reason == "" && p.String() == text && !p.In(phrase.Words(text)) && !containsStar(text) {
			t.Errorf("%q does not find itself", text)
		}
		p.In(phrase.Words(within))
	})
}

func containsStar(text string) bool {
	for _, r := range text {
		if r == '*' {
			return true
		}
	}
	return false
}
