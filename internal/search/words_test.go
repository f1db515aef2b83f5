package search

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	for typed, want := range map[string][2]string{
		"sleep":                {`"sleep"`, `words : ("sleep")`},
		"  night   feeds ":     {`"night" "feeds"`, `words : ("night" AND "feeds")`},
		`"night feeds" tired`:  {`"night feeds" "tired"`, `words : ("night feeds" AND "tired")`},
		"“night feeds”":        {`"night feeds"`, `words : ("night feeds")`},
		"sleep -diet":          {`"sleep" -"diet"`, `words : (("sleep") NOT ("diet"))`},
		`sleep -"meal plan"`:   {`"sleep" -"meal plan"`, `words : (("sleep") NOT ("meal plan"))`},
		"don't":                {`"don t"`, `words : ("don t")`},
		`a "b`:                 {`"a" "b"`, `words : ("a" AND "b")`},
		`x" OR tenant_id:y) *`: {`"x" "OR tenant id y"`, `words : ("x" AND "OR tenant id y")`},
	} {
		w := Parse(typed)
		if got := [2]string{w.Postgres(), w.SQLite()}; got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
	for _, typed := range []string{"", " ", "-", `""`, "-diet", "?!", "🙂"} {
		if !Parse(typed).Empty() {
			t.Errorf("%q is something to look for", typed)
		}
	}
	if many := Parse(strings.Repeat("word ", 100)); len(many.terms) != most {
		t.Errorf("%d terms", len(many.terms))
	}
}

func TestMarkFindsOtherFormsOfAWord(t *testing.T) {
	marked := func(typed, text string) string {
		var out strings.Builder
		for _, piece := range Parse(typed).Mark(text) {
			if piece.Hit {
				out.WriteString("[" + piece.Text + "]")
			} else {
				out.WriteString(piece.Text)
			}
		}
		return out.String()
	}
	for _, c := range [][3]string{
		{"walk", "I walked, she walks.", "I [walked], she [walks]."},
		{"feeding", "Feeds at night", "[Feeds] at night"},
		{"tea -coffee", "Tea, not coffee", "[Tea], not coffee"},
		{"tea", "<b>tea</b>", "<b>[tea]</b>"},
		{"nothing", "of it", "of it"},
		{"end", strings.Repeat("so it goes ", 20) + "to the end", "… so it goes so it goes so it goes so it goes so it goes to the [end]"},
		{"so", strings.Repeat("far ", 100), strings.Repeat("far ", 59) + "far …"},
	} {
		if got := marked(c[0], c[1]); got != c[2] {
			t.Errorf("%q in %q is\n%q, want\n%q", c[0], c[1], got, c[2])
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, typed := range []string{`a "b c" -d`, "“x", "-", `-""`, "\x00", strings.Repeat("x", 500), "e\u0301"} {
		f.Add(typed, "a text, and another")
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		w := Parse(typed)
		inner := strings.NewReplacer(`"`, "", " ", "", "-", "").Replace(w.Postgres())
		if i := strings.IndexFunc(inner, func(r rune) bool { return !isWord(r) && r != utf8.RuneError }); i >= 0 {
			t.Errorf("%q has more than words: %q", typed, inner)
		}
		said := ""
		for _, piece := range w.Mark(text) {
			said += piece.Text
		}
		if n := utf8.RuneCountInString(said); n > shown+len("… …")+1 {
			t.Errorf("%d runes of %q", n, text)
		}
	})
}
