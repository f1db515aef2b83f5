package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// shelf is what somebody was given, as a client reads it.
type shelf struct {
	Gifts []struct {
		ID, Note, For string
		Kind          *struct{ Name, Art string }
		From          struct{ Handle string }
		OpenedAt      *time.Time `json:"opened_at"`
	}
}

func (v *visitor) shelf() (list shelf) {
	v.site.t.Helper()
	if got := v.getJSON("/willow/gifts", &list); got.status != http.StatusOK {
		v.site.t.Fatalf("shelf: %d %s", got.status, got.body)
	}
	return list
}

// kindOf is a gift of Willow's catalogue, by its drawing.
func (s *site) kindOf(art string) string {
	s.t.Helper()
	var list struct{ Kinds []struct{ ID, Art string } }
	s.over("lead.willow@northmoor").getJSON("/willow/gifts/catalogue", &list)
	for _, kind := range list.Kinds {
		if kind.Art == art {
			return kind.ID
		}
	}
	s.t.Fatalf("no gift %s among %d", art, len(list.Kinds))
	return ""
}

func (v *visitor) give(to, kind, note string) answer {
	v.site.t.Helper()
	return v.sendJSON("/willow/gifts", map[string]any{"to": to, "kind": kind, "note": note})
}

func TestAGiftIsGivenToldOfAndUnwrappedWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := s.as("juniper.willow@northmoor"), s.as("sparrow.willow@northmoor"), s.over("nettle.willow@northmoor")
		hug := s.kindOf("hugging-face")
		got := juniper.post("/willow/gifts", url.Values{"to": {"Sparrow"}, "kind": {hug}, "note": {"For <you> & yours"}})
		path := got.location()
		if got.status != http.StatusSeeOther || !strings.HasPrefix(path, "/willow/gifts/") {
			t.Fatalf("give: %d %s", got.status, got.text())
		}
		if page := juniper.get(path); !page.has("Your gift is on Sparrow’s shelf") || !page.has("For &lt;you&gt; &amp; yours") {
			t.Errorf("the giver sees %s", page.text())
		}
		s.settle(1)
		over := s.over("sparrow.willow@northmoor")
		if list := over.notices("willow"); list.says() != "Juniper sent you a gift" {
			t.Errorf("notices: %+v", list)
		}
		// Wrapped is wrapped, over the API too.
		if list := over.shelf(); len(list.Gifts) != 1 || list.Gifts[0].Kind != nil || list.Gifts[0].Note != "" || list.Gifts[0].From.Handle != "Juniper" {
			t.Errorf("before opening: %+v", list)
		}
		if page := sparrow.get(path); !page.has("Open it") || page.has("yours") || page.has("A hug") {
			t.Errorf("wrapped: %s", page.text())
		}
		if count := field(t, over.getJSON("/willow/stream", nil), "unread", "gifts"); count != "1" {
			t.Errorf("%s gifts wait", count)
		}
		for range 2 { // the second click changes nothing
			want(t, "open", sparrow.post(path+"/open", nil), http.StatusSeeOther)
		}
		if page := sparrow.get(path); !page.has("gift-show--fresh") || !page.has("For &lt;you&gt; &amp; yours") || !page.has("A hug") {
			t.Errorf("opened: %s", page.text())
		}
		s.clock.Advance(time.Minute)
		if page := sparrow.get(path); page.has("gift-show--fresh") {
			t.Error("a minute later the page still celebrates")
		}
		if count := field(t, over.getJSON("/willow/stream", nil), "unread", "gifts"); count != "0" {
			t.Errorf("%s gifts wait after opening", count)
		}
		// The giver does not learn whether it was opened, and nobody else sees it.
		if got := s.over("juniper.willow@northmoor").getJSON(path, nil); got.has("opened_at") {
			t.Errorf("the giver reads %s", got.body)
		}
		want(t, "the giver opens it", juniper.post(path+"/open", nil), http.StatusNotFound)
		want(t, "somebody else looks", nettle.getJSON(path, nil), http.StatusNotFound)
		want(t, "the team looks", s.over("lead.willow@northmoor").getJSON(path, nil), http.StatusNotFound)
		want(t, "put away", sparrow.post(path+"/away", url.Values{"away": {"true"}}), http.StatusSeeOther)
		if list := over.shelf(); len(list.Gifts) != 0 {
			t.Errorf("after putting it away: %+v", list)
		}
		if page := sparrow.get("/willow/gifts?away=true"); !page.has("A hug") {
			t.Errorf("put away: %s", page.text())
		}
	})
}

func TestAGiftForAPostGoesToItsWriter(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
	kind := s.kindOf("sun-with-face")
	thread := threadBy(hazel, "sleep-and-feeding", "She slept")
	page := s.as("fern.willow@northmoor").get("/willow/forums/threads/" + thread)
	if !page.has("/willow/gifts/new?post=" + thread) {
		t.Error("a post offers no gift")
	}
	got := fern.sendJSON("/willow/gifts", map[string]any{"post": thread, "kind": kind})
	want(t, "give", got, http.StatusOK)
	first := hazel.shelf().Gifts[0]
	if first.From.Handle != "Fern" || first.For != "“She slept”" {
		t.Errorf("%+v", first)
	}
	want(t, "for one's own", hazel.sendJSON("/willow/gifts", map[string]any{"post": thread, "kind": kind}), http.StatusUnprocessableEntity)
	team := threadBy(s.over("lead.willow@northmoor"), "team-room", "Rota")
	want(t, "for a post that the giver cannot read", fern.sendJSON("/willow/gifts", map[string]any{"post": team, "kind": kind}), http.StatusNotFound)
	want(t, "the form for it", fern.getJSON("/willow/gifts/new?post="+team, nil), http.StatusNotFound)
}

func TestNobodyIsGivenWhatTheyDoNotWant(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		kind := s.kindOf("bouquet")
		door := func(handle, how string) {
			t.Helper()
			path, in := "/willow/gifts/doors", map[string]any{"door": how}
			if handle != "" {
				path, in["handle"] = path+"/people", handle
			}
			want(t, "door", sparrow.sendJSON(path, in), http.StatusOK)
		}
		door("Juniper", "shut")
		refused := juniper.give("Sparrow", kind, "")
		want(t, "shut to one", refused, http.StatusUnprocessableEntity)
		want(t, "open to others", nettle.give("Sparrow", kind, ""), http.StatusOK)
		door("Juniper", "open")
		door("", "shut")
		// The same words: whoever is refused cannot tell why.
		if all := juniper.give("Sparrow", kind, ""); all.status != refused.status || field(t, all, "errors") != field(t, refused, "errors") {
			t.Errorf("refused to one: %s\nto all: %s", refused.body, all.body)
		}
		if got := len(sparrow.shelf().Gifts); got != 1 {
			t.Errorf("%d gifts on the shelf", got)
		}
		door("", "open")
		door("nettle", "quiet")
		s.settle(1)
		before := sparrow.notices("willow").Unread
		want(t, "quietly", nettle.give("Sparrow", kind, ""), http.StatusOK)
		s.settle(1)
		if after := sparrow.notices("willow").Unread; after != before {
			t.Errorf("told of a quiet gift: %d, then %d", before, after)
		}
		if got := len(sparrow.shelf().Gifts); got != 2 {
			t.Errorf("%d gifts on the shelf", got)
		}
		if count := field(t, sparrow.getJSON("/willow/stream", nil), "unread", "gifts"); count != "1" {
			t.Errorf("%s gifts are counted", count)
		}
		for name, in := range map[string]map[string]any{
			"no such door": {"door": "ajar"}, "nobody": {"handle": "nobody", "door": "shut"}, "oneself": {"handle": "sparrow", "door": "shut"}, "nothing": {},
		} {
			want(t, name, sparrow.sendJSON("/willow/gifts/doors/people", in), http.StatusUnprocessableEntity)
		}
	})
}

func TestGiftsAreLimitedByTheDay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper := s.over("juniper.willow@northmoor")
		kind := s.kindOf("bouquet")
		var together sync.WaitGroup
		answers := make([]answer, 8)
		for i := range answers {
			together.Go(func() { answers[i] = juniper.give("Sparrow", kind, "") })
		}
		together.Wait()
		given := map[int]int{}
		for _, got := range answers {
			given[got.status]++
		}
		if given[http.StatusOK] != 5 || given[http.StatusTooManyRequests] != 3 {
			t.Errorf("eight at once: %v", given)
		}
		if page := s.as("juniper.willow@northmoor").get("/willow/gifts/new"); !page.has("That was all for today") {
			t.Errorf("the form: %s", page.text())
		}
		s.clock.Advance(14 * time.Hour) // past midnight in London
		want(t, "tomorrow", s.over("juniper.willow@northmoor").give("Sparrow", kind, ""), http.StatusOK)
	})
}

func TestAFullCatalogueTakesAGiftOnceAnotherIsRetired(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.willow@northmoor")
		add := func() answer {
			return lead.sendJSON("/willow/gifts/catalogue", map[string]any{"art": "kite", "name": "A windy day", "reason": "They asked for it"})
		}
		added := 0
		for add().status == http.StatusOK && added < 100 {
			added++
		}
		if got := add(); got.status != http.StatusUnprocessableEntity || !got.has("Retire a gift first") {
			t.Errorf("after %d: %d %s", added, got.status, got.body)
		}
		want(t, "one goes", lead.sendJSON("/willow/gifts/catalogue/"+s.kindOf("bouquet"), map[string]any{"retired": true, "reason": "Nobody gives it"}), http.StatusOK)
		want(t, "one comes", add(), http.StatusOK)
		want(t, "and no more", add(), http.StatusUnprocessableEntity)
	})
}

func TestAGiftThatCannotBeIsRefusedAndItsWordsAreKept(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	juniper := s.as("juniper.willow@northmoor")
	kind := s.kindOf("bouquet")
	for name, form := range map[string]url.Values{
		"to nobody":     {"to": {"nobody at all"}, "kind": {kind}, "note": {"kept words"}},
		"to no one":     {"kind": {kind}, "note": {"kept words"}},
		"to oneself":    {"to": {"Juniper"}, "kind": {kind}, "note": {"kept words"}},
		"of no kind":    {"to": {"Sparrow"}, "note": {"kept words"}},
		"of what is no": {"to": {"Sparrow"}, "kind": {"1e0e0000-0000-4000-8000-000000000000"}, "note": {"kept words"}},
		"too long":      {"to": {"Sparrow"}, "kind": {kind}, "note": {"kept words" + strings.Repeat("x", 500)}},
	} {
		if got := juniper.post("/willow/gifts", form); got.status != http.StatusUnprocessableEntity || !got.has("kept words") || !got.has("There is a problem") {
			t.Errorf("%s: %d %s", name, got.status, got.text())
		}
	}
	if got := s.over("sparrow.willow@northmoor").shelf(); len(got.Gifts) != 0 {
		t.Errorf("on the shelf: %+v", got)
	}
}

func TestTheLeadAddsAndRetiresGifts(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, juniper := s.as("lead.willow@northmoor"), s.over("juniper.willow@northmoor")
		want(t, "add", lead.post("/willow/gifts/catalogue", url.Values{"art": {"kite"}, "name": {"A windy day"}}), http.StatusSeeOther)
		kite := s.kindOf("kite")
		want(t, "a member gives it", juniper.give("Sparrow", kite, ""), http.StatusOK)
		want(t, "retire", lead.post("/willow/gifts/catalogue/"+kite, url.Values{"retired": {"true"}}), http.StatusSeeOther)
		want(t, "what is retired", juniper.give("Sparrow", kite, ""), http.StatusUnprocessableEntity)
		if page := s.as("sparrow.willow@northmoor").get("/willow/gifts"); !page.has("from Juniper") {
			t.Errorf("what was given is gone: %s", page.text())
		}
		want(t, "no such drawing", lead.post("/willow/gifts/catalogue", url.Values{"art": {"../icons"}}), http.StatusUnprocessableEntity)
		want(t, "a member adds", juniper.sendJSON("/willow/gifts/catalogue", map[string]any{"art": "owl"}), http.StatusForbidden)

		over := s.over("lead.willow@northmoor")
		got := over.sendFiles("/willow/gifts/catalogue/pictures", map[string]any{"name": "Our duck", "alt": "The duck of the ward"}, []string{"picture"})
		want(t, "a picture", got, http.StatusOK)
		id := field(t, got, "id")
		if picture := juniper.get("/willow/gifts/pictures/" + id); picture.status != http.StatusOK || picture.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("picture: %d %v", picture.status, picture.header)
		}
		s.sent(s.over("lead.orchard@eastvale"), "/orchard/settings/rooms/gifts", map[string]any{"on": true, "version": 0})
		want(t, "the other trust's picture", s.over("lead.orchard@eastvale").get("/orchard/gifts/pictures/"+id), http.StatusNotFound)
		want(t, "a picture without words", over.sendFiles("/willow/gifts/catalogue/pictures", map[string]any{"name": "", "alt": ""}, []string{"picture"}), http.StatusUnprocessableEntity)
	})
}

func TestAReportedGiftIsSeenByTheTeamAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		path := "/willow/gifts/" + field(t, juniper.give("Sparrow", s.kindOf("bouquet"), "unkind words"), "id")
		lead := s.over("lead.willow@northmoor")
		in := map[string]any{"reason": "It is unkind"}
		want(t, "the giver reports it", juniper.sendJSON(path+"/report", in), http.StatusNotFound)
		want(t, "without a word", sparrow.sendJSON(path+"/report", map[string]any{"reason": " "}), http.StatusUnprocessableEntity)
		want(t, "report", sparrow.sendJSON(path+"/report", in), http.StatusOK)
		want(t, "report again", sparrow.sendJSON(path+"/report", map[string]any{"reason": "something else"}), http.StatusOK)
		if got := juniper.getJSON(path, nil); got.has("report") {
			t.Errorf("the giver learns of it: %s", got.body)
		}
		item := s.onDesk(idOf(path))
		want(t, "a member", nettle.getJSON(item, nil), http.StatusForbidden)
		if got := lead.getJSON(item, nil); got.has("unkind words") || !got.has("It is unkind") || got.has("something else") {
			t.Errorf("before it is taken: %s", got.body)
		}
		want(t, "take", lead.sendJSON(item+"/take", nil), http.StatusOK)
		if got := lead.getJSON(item, nil); !got.has("unkind words") {
			t.Errorf("taken: %s", got.body)
		}
		// Nobody decides about what they gave themselves.
		theirs := field(t, lead.give("Sparrow", s.kindOf("bouquet"), "x"), "id")
		want(t, "report the lead", sparrow.sendJSON("/willow/gifts/"+theirs+"/report", in), http.StatusOK)
		want(t, "the lead takes it", lead.sendJSON(s.onDesk(theirs)+"/take", nil), http.StatusForbidden)
	})
}

// The shelf of an open page grows by itself, and what is new can be opened.
func TestTheShelfGrowsWhileItIsLookedAt(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	tab := testkit.Browser(t)
	tab.Size(390, 844)
	s.enter(tab, "sparrow.willow@northmoor")
	tab.Goto(s.address("sparrow.willow@northmoor") + "/willow/gifts")
	want(t, "give", s.over("juniper.willow@northmoor").give("Sparrow", s.kindOf("bouquet"), ""), http.StatusOK)
	tab.WaitText("#shelf", "A gift to open")
	tab.Click("#shelf .gift--wrapped")
	tab.Click(".gift-box")
	tab.WaitText("h1", "A bunch of flowers")
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}
