package words

import (
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/ui/assets"
)

func TestEveryPictureIsADrawingOfOurs(t *testing.T) {
	sprite, _ := assets.Lookup(assets.URL("icons.svg"))
	seen := map[string]bool{}
	for line := range strings.Lines(pictureList) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		icon, texts, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if !strings.Contains(string(sprite.Body), `<symbol id="`+icon+`" `) {
			t.Errorf("there is no drawing %q", icon)
		}
		for text := range strings.SplitSeq(texts, " | ") {
			if seen[text] || text == "" || text != strings.TrimSpace(text) {
				t.Errorf("%q stands there twice, or with blanks around it", text)
			}
			seen[text] = true
		}
	}
	if len(seen) < 50 {
		t.Errorf("%d texts have a picture", len(seen))
	}
}

func TestPicturesStandBeforeHeadingsAndButtonsOnly(t *testing.T) {
	c := Read([]byte("msgid \"Send\"\nmsgstr \"Send it\"\n")).with(map[string]string{"Send": "send", "Home": "house"})
	const svg = `<svg class="icon easy-picture" aria-hidden="true"><use href="`
	for _, test := range []struct {
		page     string
		pictures int
	}{
		{"<h1>Send</h1>", 1}, {"<button> Send </button>", 1}, {"<a class=\"card door\"><b>Home</b><span>Send</span></a>", 1}, {"<summary><span>Send</span></summary>", 1},
		{"<p>Send</p>", 0}, {"<h1><svg></svg>Send</h1>", 0}, {"<a><img src=\"x\">Send</a>", 0}, {"<h1>Other</h1>Send", 0}, {"<h1 translate=\"no\">Send</h1>", 0}, {"<button>And Send</button>", 0},
	} {
		got, _ := c.page([]byte(test.page))
		if n := strings.Count(string(got), svg); n != test.pictures {
			t.Errorf("%s has %d pictures: %s", test.page, n, got)
		}
	}
}

func TestNoTextOfEasyReadIsLongerThanItMustBe(t *testing.T) {
	for id, said := range In(EasyRead).whole {
		for sentence := range strings.SplitSeq(said, ". ") {
			if n := len(strings.Fields(sentence)); n > 14 {
				t.Errorf("%d words in a sentence for %q: %s", n, id, sentence)
			}
		}
	}
}
