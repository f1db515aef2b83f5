package words

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/leonelquinteros/gotext"
)

// texts are those of the template; true for those that members see.
func texts(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("sharon.pot")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for block := range strings.SplitSeq(string(raw), "\n\n") {
		_, rest, _ := strings.Cut(block, "msgid ")
		quoted, _, _ := strings.Cut(rest, "\n")
		if text, err := strconv.Unquote(quoted); err == nil && text != "" {
			all[text] = !strings.HasPrefix(block, "#. staff\n")
		}
	}
	if len(all) < 1000 {
		t.Fatalf("only %d texts in the template", len(all))
	}
	return all
}

func translations(t *testing.T, name string) map[string]*gotext.Translation {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	po := gotext.NewPo()
	po.Parse(raw)
	all := po.GetDomain().GetTranslations()
	delete(all, "")
	return all
}

func TestWelshHasEveryTextThatMembersSee(t *testing.T) {
	said := translations(t, "cy.po")
	for text, members := range texts(t) {
		if entry := said[text]; members && (entry == nil || entry.Trs[0] == "") {
			t.Errorf("not in cy.po:\n\n#, fuzzy\n%s", Entry(text))
		}
	}
}

func TestCataloguesHaveNothingThatIsNotSaid(t *testing.T) {
	known := texts(t)
	for _, name := range []string{"cy.po", "easyread.po"} {
		for text, entry := range translations(t, name) {
			if _, ok := known[text]; !ok {
				t.Errorf("%s has %q, which no page says any more", name, text)
			}
			if want, got := strings.Count(text, hole), len(holes.FindAllString(entry.Trs[0], -1)); entry.Trs[0] != "" && got != want {
				t.Errorf("%s: %q has %d holes, its translation %d", name, text, want, got)
			}
		}
	}
}
