package areas

import (
	"regexp"
	"strings"
	"testing"
)

// Easy Read is short sentences, a thought each; the other texts are for somebody of
// nine to eleven.
func TestTheTextsOfEachAreaAreEasyToRead(t *testing.T) {
	for _, area := range All {
		for _, text := range []struct {
			words         string
			longest, most int // words of a sentence, and of all of them on average
		}{{area.Easy.Rules, 12, 9}, {area.Easy.Welcome, 12, 8}, {area.Welcome, 32, 14}, {area.Rules, 24, 14}} {
			sentences, words := 0, 0
			for _, sentence := range sentenceEnd.Split(text.words, -1) {
				n := len(strings.Fields(sentence))
				if n == 0 {
					continue
				}
				sentences, words = sentences+1, words+n
				if n > text.longest {
					t.Errorf("%s: %d words in %q", area.Key, n, sentence)
				}
			}
			if words > text.most*sentences {
				t.Errorf("%s: %d words in %d sentences of %q", area.Key, words, sentences, text.words)
			}
		}
	}
}

var sentenceEnd = regexp.MustCompile(`[.!?:]+[*”]*(\s+|$)`)
