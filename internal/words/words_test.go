package words

import (
	"context"
	"testing"
)

func TestTheInterfaceIsSaidInTheReadersWordsAndWhatPeopleWroteIsNot(t *testing.T) {
	c := Read([]byte(`
msgid "Replies"
msgstr "Atebion"

msgid "Wednesday"
msgstr "Dydd Mercher"

msgid "November"
msgstr "Tachwedd"

msgid "{} minutes ago"
msgstr "{} munud yn ôl"

msgid "{} wrote to {}"
msgstr "At {2=} oddi wrth {1=}"

msgid "{} likes {}"
msgstr "{=} yn hoffi {}"

msgid "They look at it."
msgstr "Maen nhw'n edrych arno."

msgid "new reply"
msgstr "ateb newydd"

msgid "Page {} of {}"
msgstr "Tudalen {} o {}"

msgid "Written {}"
msgstr "Ysgrifennwyd {}"
`))
	for _, test := range []struct{ page, want string }{
		{`<h2>Replies</h2>`, `<h2>Atebion</h2>`},
		{`<h2>` + "\n\t Replies \n" + `</h2>`, `<h2>` + "\n\t Atebion \n" + `</h2>`},
		{`<p translate="no">Replies <b>Replies</b></p><p>Replies</p>`, `<p translate="no">Replies <b>Replies</b></p><p>Atebion</p>`},
		{`<p translate="no">a<br>b<img src="x"></p>Replies`, `<p translate="no">a<br>b<img src="x"></p>Atebion`},
		{`<textarea>Replies</textarea><script>Replies</script>`, `<textarea>Replies</textarea><script>Replies</script>`},
		{`<input value="Replies"><input type="submit" value="Replies">`, `<input value="Replies"><input type="submit" value="Atebion">`},
		{`<a aria-label="Replies" href="/?a=1&amp;b=2">x</a>`, `<a aria-label="Atebion" href="/?a=1&amp;b=2">x</a>`},
		{`<img translate="no" alt="Replies"><img alt="Replies">`, `<img translate="no" alt="Replies"><img alt="Atebion">`},
		{`<textarea aria-label="Replies">Replies</textarea>`, `<textarea aria-label="Atebion">Replies</textarea>`},
		{`<i>12 minutes ago</i>`, `<i>12 munud yn ôl</i>`},
		{`<i>Fern &amp; Co wrote to Kit</i>`, `<i>At Kit oddi wrth Fern &amp; Co</i>`},
		{`<i>Replies likes Replies</i>`, `<i>Replies yn hoffi Atebion</i>`},
		{`<i>Fern likes Fern</i>`, `<i>Fern likes Fern</i>`},
		{`<i>1 new reply, 12 minutes ago</i>`, `<i>1 ateb newydd, 12 munud yn ôl</i>`},
		{`<i>They look at it. They look at it.</i>`, `<i>Maen nhw&#39;n edrych arno. Maen nhw&#39;n edrych arno.</i>`},
		{`<i>New reply · Replies</i>`, `<i>Ateb newydd · Atebion</i>`},
		{`<i>Page 2 of 10</i>`, `<i>Tudalen 2 o 10</i>`},
		{`<i>Written 4 November 2026</i>`, `<i>Ysgrifennwyd 4 Tachwedd 2026</i>`},
		{`<i>Wednesday 4 November 2026</i>`, `<i>Dydd Mercher 4 Tachwedd 2026</i>`},
		{`<i>03:12 · 999</i>`, `<i>03:12 · 999</i>`},
		{`<i>Repliez</i>`, `<i>Repliez</i>`},
	} {
		if got, _ := c.page([]byte(test.page)); string(got) != test.want {
			t.Errorf("%s\nbecame %s\nwant   %s", test.page, got, test.want)
		}
	}
}

func TestWhatTheCatalogueDoesNotHaveIsMissingOnce(t *testing.T) {
	c := Read([]byte("msgid \"Yes\"\nmsgstr \"Ie\"\n\nmsgid \"No\"\nmsgstr \"\"\n"))
	got := c.Missing([]byte(`<p>Yes</p><p>No</p><p> No </p><p title="Perhaps">42</p><p translate="no">Never</p>`))
	if len(got) != 2 || got[0] != "No" || got[1] != "Perhaps" {
		t.Errorf("missing: %q", got)
	}
}

func TestEnglishIsThePageItself(t *testing.T) {
	page := []byte(`<p>Get help now`)
	if got := Page(context.Background(), page); &got[0] != &page[0] {
		t.Error("an English page was copied")
	}
	if got := Page(With(context.Background(), Welsh), page); string(got) != "<p>Cael help nawr" {
		t.Errorf("in Welsh: %s", got)
	}
}
