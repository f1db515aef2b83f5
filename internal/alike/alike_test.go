package alike_test

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/alike"
)

func TestWhatACharacterIsReadAs(t *testing.T) {
	for _, try := range []struct {
		r       rune
		letters string
		other   rune
	}{
		{'a', "a", 0}, {'Q', "q", 0}, {'7', "7", 0},
		{'é', "e", 0}, {'ł', "l", 'i'}, {'ø', "o", 0}, {'ﬁ', "fi", 0}, {'æ', "ae", 0},
		{'𝔰', "s", 0}, {'ｓ', "s", 0}, {'Ⓢ', "s", 0}, {'ⅿ', "m", 0}, {'①', "1", 0},
		{'і', "i", 'l'}, {'І', "l", 'i'}, {'е', "e", 0}, {'Н', "h", 0}, {'н', "h", 0}, {'т', "t", 0}, {'к', "k", 0}, {'в', "b", 0},
		{'м', "m", 0}, {'ν', "v", 'n'}, {'Ι', "l", 'i'}, {'ǀ', "l", 'i'},
		{'\u0301', "", 0}, {'\u200b', "", 0},
		{'ж', "ж", 0}, {'Ж', "ж", 0}, {'中', "中", 0}, {'👶', "👶", 0},
	} {
		letters, other := alike.Letters(try.r)
		if letters != try.letters || other != try.other {
			t.Errorf("%c %U is read as %q or %q, not %q or %q", try.r, try.r, letters, other, try.letters, try.other)
		}
	}
}

func TestWhatIsNotSeen(t *testing.T) {
	for _, r := range "\u0000\u00ad\u034f\u115f\u180e\u200b\u200d\u2060\u3164\ufe0f\ufeff\U000e0041\U000e0100\u0301" {
		if !alike.Unseen(r) {
			t.Errorf("%U is seen", r)
		}
	}
	for _, r := range " \t\na7.-é中👶\u00a0\u2003\ufffd" {
		if alike.Unseen(r) {
			t.Errorf("%U is not seen", r)
		}
	}
}
