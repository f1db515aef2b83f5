package main

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

const termsAt = "/willow/settings/terms"

type term struct {
	ID, Text string
	Version  int
	Listed   bool
}

// termOf finds a service's term by its text.
func (v *visitor) termOf(service, text string) (found term) {
	v.site.t.Helper()
	var list struct{ Terms []term }
	v.getJSON("/"+service+"/settings/terms?q="+url.QueryEscape(text), &list)
	for _, one := range list.Terms {
		if one.Text == text {
			return one
		}
	}
	return term{}
}

// caught is what the desk of a service has of a post: the item, and the opened case.
func (s *site) caught(trust, service, post string) (item *safety.Item, opened *safety.Case) {
	s.t.Helper()
	there, err := s.app.Directory.TrustAt(s.t.Context(), trust+".localhost")
	if err == nil {
		err = s.app.Directory.ReadAs(s.t.Context(), there.ID, service, func(ctx context.Context, in tenants.Scope) error {
			var items []safety.Item
			var cases []safety.Case
			if err := in.Select(&items).Where("item.subject_id = ?", post).Scan(ctx); err != nil || len(items) == 0 {
				return err
			}
			item = &items[0]
			if err := in.Select(&item.Marks).Where("mark.item_id = ?", item.ID).Order("mark.detail").Scan(ctx); err != nil {
				return err
			}
			if err := in.Select(&cases).Where("\"case\".item_id = ?", item.ID).Scan(ctx); err != nil {
				return err
			}
			if len(cases) > 0 {
				opened = &cases[0]
			}
			return nil
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return item, opened
}

// writes posts on the author's own wall.
func (s *site) writes(v *visitor, service, handle, words string) string {
	s.t.Helper()
	return field(s.t, s.sent(v, "/"+service+"/walls/"+handle, map[string]any{"body": words}), "post", "id")
}

func TestSomebodyWhoSaysThatTheyAreNotSafeIsSeen(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		fern, calm := s.over("fern.willow@northmoor"), s.over("ivy.willow@northmoor")
		for _, words := range []string{
			"I can't keep myself safe tonight", "i CANT keep myself safe tonight", "I can’t keep my\u200bself safe", "I cаn't kеер myself sаfe", "I can't k e e p myself s4fe",
			"I can't **keep** myself _safe_",
		} {
			item, opened := s.caught("northmoor", "willow", s.writes(fern, "willow", "fern", words))
			if item == nil || item.Level != safety.Crisis || item.Why() != "Watched term: can't keep myself safe" || opened == nil || opened.Level != safety.Crisis {
				t.Errorf("%q: %+v, case %+v", words, item, opened)
			}
		}
		if item, _ := s.caught("northmoor", "willow", s.writes(calm, "willow", "ivy", "We kept the baby safe and warm. Tea!")); item != nil {
			t.Errorf("on the desk for nothing: %s", item.Why())
		}
		got := s.sent(fern, "/willow/walls/fern", map[string]any{"body": "I can't keep myself safe tonight"})
		if !strings.Contains(field(t, got, "post", "notes"), "suicide") {
			t.Errorf("not covered: %s", got.body)
		}
		// What the team writes is noted, no more.
		item, opened := s.caught("northmoor", "willow", s.writes(s.over("moderator.willow@northmoor"), "willow", s.handleOf("moderator.willow@northmoor"), "If you can't keep yourself safe, or think “I can't keep myself safe”, call us."))
		if item == nil || item.Level != safety.Green || item.Held || opened != nil {
			t.Errorf("the team's words: %+v, case %+v", item, opened)
		}
	})
}

func TestAChangeOfTermsHoldsAtOnceOnEveryNode(t *testing.T) {
	t.Parallel()
	for name, database := range dialects {
		t.Run(name, func(t *testing.T) {
			address := database(t, prepare)
			one, two := newSite(t, address), newSite(t, address)
			lead, fern := one.over("lead.willow@northmoor"), two.over("fern.willow@northmoor")
			caught := func(words string) *safety.Item {
				item, _ := two.caught("northmoor", "willow", two.writes(fern, "willow", "fern", words))
				return item
			}
			if item := caught("The blue heron flew."); item != nil {
				t.Fatalf("before: %s", item.Why())
			}
			added := one.sent(lead, termsAt, map[string]any{"text": "blue heron", "sort": "phrase", "hold": true, "reason": "A place people go to"})
			if item := caught("The blue heron flew."); item == nil || !item.Held || item.Level != safety.Amber {
				t.Errorf("after: %+v", item)
			}
			one.sent(lead, termsAt+"/"+field(t, added, "id")+"/retire", map[string]any{"version": 1, "retired": true, "reason": "It was a bird"})
			if item := caught("The blue heron flew again."); item != nil {
				t.Errorf("retired: %s", item.Why())
			}
			one.sent(lead, termsAt+"/"+field(t, added, "id")+"/retire", map[string]any{"version": 2, "retired": false, "reason": "It was not"})
			if item := caught("The blue heron flew once more."); item == nil {
				t.Error("brought back, and not found")
			}
			history := two.over("moderator.willow@northmoor").getJSON(termsAt+"/history", nil)
			for _, part := range []string{"A place people go to", "It was a bird", "It was not", `"what":"retired"`, `"what":"restored"`} {
				if !history.has(part) {
					t.Errorf("%s is not in the history: %s", part, history.body)
				}
			}
		})
	}
}

func TestEveryServiceHasTermsOfItsOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		willow, kin, orchard := s.over("lead.willow@northmoor"), s.over("lead.kin@northmoor"), s.over("lead.orchard@eastvale")
		added := field(t, s.sent(willow, termsAt, map[string]any{"text": "blue heron", "sort": "phrase", "reason": "Only ours"}), "id")
		if kin.termOf("kin", "blue heron").ID != "" || orchard.termOf("orchard", "blue heron").ID != "" {
			t.Error("another service has it too")
		}
		want(t, "another service reads it", kin.getJSON("/kin/settings/terms/"+added, nil), http.StatusNotFound)
		change := map[string]any{"version": 1, "text": "x y", "sort": "phrase", "reason": "x"}
		want(t, "another trust changes it", orchard.sendJSON("/orchard/settings/terms/"+added+"/edit", change), http.StatusNotFound)
		if tried := s.sent(kin, "/kin/settings/terms/try", map[string]any{"text": "A blue heron."}); tried.has(`"found":true`) {
			t.Errorf("found in another service: %s", tried.body)
		}
		if willow.termOf("willow", "shook my baby").ID == "" || kin.termOf("kin", "shook my baby").ID != "" || kin.termOf("kin", "can't cope any more").ID == "" {
			t.Error("a service has not the list of its area")
		}
		for _, who := range []string{"hazel", "peer", "moderator", "clinician"} {
			want(t, who+" changes a term", s.over(who+".willow@northmoor").sendJSON(termsAt+"/"+added+"/edit", change), http.StatusForbidden)
		}
		want(t, "a member reads them", s.over("hazel.willow@northmoor").getJSON(termsAt, nil), http.StatusForbidden)
		want(t, "a clinician reads them", s.over("clinician.willow@northmoor").getJSON(termsAt, nil), http.StatusOK)
	})
}

func TestTheSecondOfTwoLeadsIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		one, two := s.as("lead.willow@northmoor"), s.over("lead.willow@northmoor")
		id := two.termOf("willow", "kms").ID
		form := url.Values{"version": {"1"}, "text": {"kms now"}, "sort": {"phrase"}, "reason": {"one"}}
		want(t, "the first", one.post(termsAt+"/"+id+"/edit", form), http.StatusSeeOther)
		form.Set("reason", "the second's reason")
		if got := one.post(termsAt+"/"+id+"/edit", form); got.status != http.StatusConflict || !got.has("the second&#39;s reason") {
			t.Errorf("the second: %d %s", got.status, got.text())
		}
		want(t, "the second retires it", two.sendJSON(termsAt+"/"+id+"/retire", map[string]any{"version": 1, "retired": true, "reason": "x"}), http.StatusConflict)
		if now := two.termOf("willow", "kms now"); now.Listed || now.Version != 2 {
			t.Errorf("it is %+v", now)
		}
	})
}

func TestATermThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	lead := s.over("lead.willow@northmoor")
	before := lead.get(termsAt + "/file").body
	for name, try := range map[string]struct {
		in      map[string]any
		pointer string
	}{
		"nothing":              {map[string]any{"text": "  ", "sort": "word", "reason": "x"}, "#/text"},
		"no reason":            {map[string]any{"text": "heron", "sort": "word", "reason": " "}, "#/reason"},
		"two words as one":     {map[string]any{"text": "blue heron", "sort": "word", "reason": "x"}, "#/text"},
		"a broken pattern":     {map[string]any{"text": "(heron", "sort": "pattern", "reason": "x"}, "#/text"},
		"a slow pattern":       {map[string]any{"text": "((a{1,100}){1,100}){1,100}", "sort": "pattern", "reason": "x"}, "#/text"},
		"a pattern for all":    {map[string]any{"text": ".*", "sort": "pattern", "reason": "x"}, "#/text"},
		"one that is there":    {map[string]any{"text": "Can’t  keep myself SAFE", "sort": "phrase", "reason": "x"}, "#/text"},
		"a sort that is not":   {map[string]any{"text": "heron", "sort": "regex", "reason": "x"}, "#/sort"},
		"a note that is not":   {map[string]any{"text": "heron", "sort": "word", "topic": "birds", "reason": "x"}, "#/topic"},
		"a level that is not":  {map[string]any{"text": "heron", "sort": "word", "case": "blue", "reason": "x"}, "#/case"},
		"much too long a term": {map[string]any{"text": strings.Repeat("heron", 200), "sort": "word", "reason": "x"}, "#/text"},
	} {
		if got := lead.sendJSON(termsAt, try.in); got.status != http.StatusUnprocessableEntity || !got.has(`"pointer":"`+try.pointer+`"`) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if after := lead.get(termsAt + "/file").body; !slices.Equal(before, after) {
		t.Error("something was saved")
	}
}

func TestAFileOfTermsIsTakenWholeOrNotAtAll(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.willow@northmoor")
		before := lead.get(termsAt + "/file").body
		good := "term,sort,any ending,hold,content note,support,case,active\nblue heron,phrase,no,yes,,no,,\nkms,word,no,no,Suicide,yes,amber,\nctb,word,,,,,,no\n'=1+1 heron,phrase,,,,,,\n"
		bad := good + "grey goose,phrase,,,,,,\n(goose,pattern,,,,,,\ngoose,word,maybe,,,,,\nBlue  Heron,phrase,,,,,,\n"
		type checked struct {
			Draft string
			Wrong int
			Lines []struct {
				Line  int
				Wrong string
				What  string
			}
		}
		check := func(text string) (out checked) {
			t.Helper()
			lead.read(lead.filed(termsAt+"/many/check", "terms.csv", []byte(text), nil), &out)
			return out
		}
		out := check(bad)
		if out.Draft != "" || out.Wrong != 3 || out.Lines[5].Line != 7 || out.Lines[5].Wrong == "" || out.Lines[6].Wrong == "" || out.Lines[7].Wrong != "This term is in line 2 already." {
			t.Errorf("a bad file: %+v", out)
		}
		for name, text := range map[string]string{"no heading": "heron\n", "nothing": "", "a spreadsheet": "PK\x03\x04", "UTF-16": "\xff\xfet\x00", "100,000 terms": "term\n" + strings.Repeat("heron\n", 100_000)} {
			want(t, name, lead.filed(termsAt+"/many/check", "x.csv", []byte(text), nil), http.StatusUnprocessableEntity)
		}
		out = check(good)
		if out.Wrong != 0 || out.Draft == "" || out.Lines[0].What != "added" || out.Lines[1].What != "changed" || out.Lines[2].What != "retired" {
			t.Fatalf("a good file: %+v", out)
		}
		if after := lead.get(termsAt + "/file").body; !slices.Equal(before, after) {
			t.Error("looking through a file changed something")
		}
		want(t, "without a reason", lead.sendJSON(termsAt+"/many", map[string]any{"draft": out.Draft, "reason": ""}), http.StatusUnprocessableEntity)
		want(t, "somebody else's draft", s.over("moderator.willow@northmoor").sendJSON(termsAt+"/many", map[string]any{"draft": out.Draft, "reason": "x"}), http.StatusForbidden)
		s.sent(lead, termsAt+"/many", map[string]any{"draft": out.Draft, "reason": "From the region"})
		want(t, "twice", lead.sendJSON(termsAt+"/many", map[string]any{"draft": out.Draft, "reason": "x"}), http.StatusNotFound)
		file := string(lead.get(termsAt + "/file").body)
		for _, line := range []string{"blue heron,phrase,no,yes,,no,,yes", "kms,word,no,no,Suicide,yes,amber,yes", "ctb,word,no,no,,no,,no", "'=1+1 heron,phrase,no,no,,no,,yes"} {
			if !strings.Contains(file, line+"\n") {
				t.Errorf("%s is not in the file", line)
			}
		}
		if again := check(file); again.Wrong != 0 || again.Draft != "" {
			t.Errorf("what came out changes something when it goes in: %+v", again.Lines[0])
		}
	})
}

func TestTermsAreTriedBeforeTheyAreSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	mod, lead := s.over("moderator.willow@northmoor"), s.over("lead.willow@northmoor")
	tried := s.sent(mod, termsAt+"/try", map[string]any{"text": "Hello. I can't keep myself safe."})
	if field(t, tried, "level") != "crisis" || field(t, tried, "case") != "true" || !tried.has(`{"text":"can't keep myself safe","found":true}`) {
		t.Errorf("tried: %s", tried.body)
	}
	want(t, "a text of 100 KB", mod.sendJSON(termsAt+"/try", map[string]any{"text": strings.Repeat("suicide ", 12_500)}), http.StatusOK)
	if page := s.as("moderator.willow@northmoor").post(termsAt+"/try", url.Values{"text": {"<b>kms</b> & more"}}); !page.has("&lt;b&gt;<mark>kms</mark>&lt;/b&gt; &amp; more") {
		t.Errorf("marked: %s", page.text())
	}
	s.writes(s.over("fern.willow@northmoor"), "willow", "fern", "A blue heron on the lake.")
	checked := s.sent(lead, termsAt+"/check", map[string]any{"text": "blue heron", "sort": "phrase"})
	if field(t, checked, "found") != "1" || checked.has("on the lake") {
		t.Errorf("checked: %s", checked.body)
	}
	if lead.termOf("willow", "blue heron").ID != "" {
		t.Error("a term that was only checked is saved")
	}
	want(t, "a moderator counts posts", mod.sendJSON(termsAt+"/check", map[string]any{"text": "blue heron", "sort": "phrase"}), http.StatusForbidden)
}

func TestANewerListIsTakenOverWhenTheServiceSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.willow@northmoor")
		want(t, "what it has already", lead.sendJSON(termsAt+"/newer", map[string]any{"newest": field(t, lead.getJSON(termsAt+"/newer", nil), "newest")}), http.StatusConflict)
		trust, err := s.app.Directory.TrustAt(t.Context(), "northmoor.localhost")
		if err != nil {
			t.Fatal(err)
		}
		// As if it had an older list, which knew no kms and still knew a heron.
		err = s.app.DB.Write(t.Context(), trust.ID, func(ctx context.Context, db bun.IDB) error {
			for _, change := range []string{
				"UPDATE term_lists SET taken = '0.9' WHERE tenant_id = ?", "DELETE FROM watched_terms WHERE text = 'kms' AND tenant_id = ?",
				"UPDATE watched_terms SET text = 'heron', key = 'heron' WHERE text = 'ctb' AND tenant_id = ?",
			} {
				if _, err := db.NewRaw(change, trust.ID).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.sent(lead, termsAt+"/"+lead.termOf("willow", "suicide").ID+"/retire", map[string]any{"version": 1, "retired": true, "reason": "Too many"})
		offer := lead.getJSON(termsAt+"/newer", nil)
		if !offer.has(`"added":[{"text":"kms"`) || !offer.has(`"retired":[{"text":"heron"`) || !offer.has(`"kept":[{"text":"suicide"`) {
			t.Errorf("it would change: %s", offer.body)
		}
		s.sent(lead, termsAt+"/newer", map[string]any{"newest": field(t, offer, "newest")})
		if lead.termOf("willow", "kms").ID == "" || lead.termOf("willow", "heron").ID != "" || lead.termOf("willow", "suicide").ID != "" {
			t.Error("the list is not taken over")
		}
	})
}

// termPages are those of the watched terms.
func termPages(s *site) []aPage {
	const lead = "lead.willow@northmoor"
	viaduct := termsAt + "/" + s.over(lead).termOf("willow", "the viaduct").ID
	sample := func(words string) func(tab *testkit.Tab) {
		return func(tab *testkit.Tab) {
			tab.Fill("#text", words)
			tab.Click("main form[method=post] button[type=submit]")
		}
	}
	file := func(name, text string) func(tab *testkit.Tab) {
		path := filepath.Join(s.t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
		return func(tab *testkit.Tab) {
			tab.Upload("#file", path)
			tab.Click("main form[enctype] button[type=submit]")
		}
	}
	return []aPage{
		{"terms", lead, termsAt, nil},
		{"terms-own", "moderator.willow@northmoor", termsAt + "?origin=own", nil},
		{"terms-none", lead, termsAt + "?q=submarine&act=case", nil},
		{"terms-new", lead, termsAt + "/new", nil},
		{"terms-new-error", lead, termsAt + "/new", sample("x")},
		{"terms-checked", lead, termsAt + "/new", sample("a cup of tea")},
		{"terms-try", "clinician.willow@northmoor", termsAt + "/try", nil},
		{"terms-tried", "clinician.willow@northmoor", termsAt + "/try", sample("It got dark early again.\n\nI c@n't keep my-self safe, and I keep thinking of the viaduct. Sorry.")},
		{"terms-history", lead, termsAt + "/history", nil},
		{"terms-history-empty", "lead.meadow@eastvale", "/meadow/settings/terms/history", nil},
		{"terms-many", lead, termsAt + "/many", nil},
		{"terms-many-checked", lead, termsAt + "/many", file("terms.csv", "term,sort,hold,support,case\nthe old pier,phrase,yes,yes,amber\nkms,word,,yes,\n")},
		{"terms-many-error", lead, termsAt + "/many", file("wrong.csv", "term,sort,hold,support,case\nthe old pier,phrase,yes,yes,amber\n(pier,pattern,,,\npier,word,perhaps,,\n")},
		{"terms-newer", lead, termsAt + "/newer", nil},
		{"term", lead, viaduct, nil},
		{"term-read", "moderator.willow@northmoor", viaduct, nil},
	}
}
