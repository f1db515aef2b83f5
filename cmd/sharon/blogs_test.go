package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// blogPost is what a member sends to publish; more goes over it.
func blogPost(title string, more map[string]any) map[string]any {
	in := map[string]any{"title": title, "body": "Words of " + title}
	for key, value := range more {
		in[key] = value
	}
	return in
}

// blogs publishes or plans a post and returns its page.
func (v *visitor) blogs(title string, more map[string]any) (path string) {
	v.site.t.Helper()
	return field(v.site.t, v.site.sent(v, "/willow/blogs/write/"+uuid.NewString(), blogPost(title, more)), "path")
}

// titled counts rows of northmoor's posts or drafts with a title.
func (s *site) titled(table, title string) int {
	s.t.Helper()
	return s.count("SELECT count(*) FROM "+table+" WHERE tenant_id = ? AND title = ?", s.northmoor(), title)
}

// planning is a date and a time, so long from now.
func (s *site) planning(in time.Duration) map[string]any {
	at := s.clock.Now().Add(in).In(clock.London)
	return map[string]any{"date": at.Format(time.DateOnly), "time": at.Format("15:04")}
}

// inWords is where words of Willow could show.
var whereWordsShow = []string{
	"/willow", "/willow/blogs", "/willow/blogs/by/hazel", "/willow/blogs/by/hazel/series/canary", "/willow/blogs/journal", "/willow/blogs/kept", "/willow/people/hazel",
	"/willow/walls", "/willow/walls/hazel", "/willow/drafts", "/willow/notifications", "/willow/notifications/digest", "/willow/search?q=canary", "/willow/gifts", "/willow/me",
}

// shows lists where somebody meets words, on pages and over the API.
func (s *site) shows(account, words string, more ...string) (at []string) {
	page, over := s.as(account), s.over(account)
	for _, path := range append(more, whereWordsShow...) {
		if page.get(path).has(words) || over.getJSON(path, nil).has(words) {
			at = append(at, path)
		}
	}
	return at
}

var onlookers = []string{"fern.willow@northmoor", "peer.willow@northmoor", "moderator.willow@northmoor", "clinician.willow@northmoor", "lead.willow@northmoor"}

func TestABlogPostIsWrittenReadAndAnsweredWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.as("hazel.willow@northmoor"), s.as("fern.willow@northmoor")
		page := hazel.get("/willow/blogs/write").location()
		if !strings.HasPrefix(page, "/willow/blogs/write/") {
			t.Fatalf("begin: %q", page)
		}
		refused := hazel.post(page, url.Values{"title": {" "}, "body": {"An hour of words"}, "series": {"Small & odd"}, "no_replies": {"false", "true"}, "date": {"2027-03-28"}, "time": {"01:30"}})
		if refused.status != http.StatusUnprocessableEntity || !refused.has("An hour of words") || !refused.has("Small &amp; odd") || !refused.has(`value="2027-03-28"`) {
			t.Fatalf("refused: %d %s", refused.status, refused.text())
		}
		kept := hazel.post("/willow/drafts", url.Values{"kind": {"blog_post"}, "about": {idOf(page)}, "title": {"Half"}, "body": {"A draft"}, "series": {"Small & odd"}, "date": {"2027-02-01"}, "then": {"preview"}, "from": {page}})
		if form := hazel.get(kept.location()); !form.has("How it will look") || !form.has("Small &amp; odd") || !form.has(`value="2027-02-01"`) {
			t.Errorf("the draft lost something: %s", form.text())
		}
		if second := hazel.get("/willow/blogs/write").location(); second == page || hazel.get(second).has("A draft") {
			t.Error("a second draft is the first")
		}
		at := hazel.post(page, url.Values{"title": {"Toast"}, "body": {"It is **allowed**. " + strings.Repeat("And more of it. ", 40)}, "draft": {"true"}}).location()
		if !strings.HasPrefix(at, "/willow/blogs/posts/") {
			t.Fatalf("publish: %q", at)
		}
		if again := hazel.post(page, url.Values{"title": {"Toast"}, "body": {"Once more"}}).location(); again != at {
			t.Errorf("sent again it leads to %s", again)
		}
		if hazel.get("/willow/drafts").has("A draft") {
			t.Error("published, and still a draft")
		}
		if got := fern.get(at); !got.has(">Toast</h1>") || !got.has("<strong>allowed</strong>") || !got.has("Your reply") {
			t.Errorf("fern reads %s", got.text())
		}
		for _, path := range []string{"/willow", "/willow/blogs", "/willow/blogs/by/hazel"} {
			if got := fern.get(path); !got.has("Toast") || !got.has("Read on") {
				t.Errorf("%s does not show how it begins", path)
			}
		}
		if got := fern.get("/willow/posts/" + idOf(at)).location(); got != at {
			t.Errorf("its permanent link leads to %q", got)
		}
		want(t, "reply", fern.post(at+"/replies", url.Values{"body": {"Buttered"}}), http.StatusSeeOther)
		want(t, "somebody else chooses for it", fern.post(at+"/choices", url.Values{"series": {"Mine"}}), http.StatusForbidden)
		if empty := fern.post(at+"/replies", url.Values{"body": {" "}}); empty.status != 422 || !empty.has(">Toast</h1>") {
			t.Errorf("an empty reply: %d", empty.status)
		}
		want(t, "no replies", hazel.post(at+"/choices", url.Values{"series": {""}, "no_replies": {"true"}}), http.StatusSeeOther)
		for _, path := range []string{at, "/willow/posts/" + idOf(at)} { // nor by the kernel's door
			want(t, "a reply to "+path, s.over("fern.willow@northmoor").sendJSON(path+"/replies", map[string]any{"body": "More butter"}), http.StatusForbidden)
		}
		if got := fern.get(at); got.has("Your reply") || !got.has("asked for no replies") || !got.has("Buttered") {
			t.Errorf("with no replies: %s", got.text())
		}
		want(t, "reaction", fern.post("/willow/posts/"+idOf(at)+"/reaction", url.Values{"kind": {"hug"}}), http.StatusSeeOther)
	})
}

func TestTwoClicksAtOnceMakeOneBlogPost(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, path := s.over("hazel.willow@northmoor"), "/willow/blogs/write/"+uuid.NewString()
		var all sync.WaitGroup
		paths := make([]string, 4)
		for i := range paths {
			all.Go(func() { paths[i] = field(t, s.sent(hazel, path, blogPost("canary once", nil)), "path") })
		}
		all.Wait()
		for _, got := range paths {
			if got != paths[0] {
				t.Errorf("%v", paths)
			}
		}
		if n := s.titled("posts", "canary once"); n != 1 {
			t.Errorf("%d posts", n)
		}
		// Whoever else names the page writes their own.
		if got := field(t, s.sent(s.over("fern.willow@northmoor"), path, blogPost("Fern’s own", nil)), "path"); got == paths[0] {
			t.Error("fern was led to hazel's post")
		}
	})
}

func TestAJournalIsReadByItsWriterAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const secret = "canary that nobody but hazel reads"
		hazel, hazelOver := s.as("hazel.willow@northmoor"), s.over("hazel.willow@northmoor")
		picture := pictureBy(hazelOver, "hazel")
		at := hazelOver.blogs(secret, map[string]any{"audience": "self", "series": "Canary", "body": secret + " @fern @jo", "pictures": []string{picture}, "alts": []string{"A canary"}})
		id := idOf(at)
		s.settle(1)
		if n := s.count("SELECT count(*) FROM notices WHERE tenant_id = ? AND subject_id = ?", s.northmoor(), id); n != 0 {
			t.Errorf("%d people were told", n)
		}
		for _, account := range append(onlookers, "fern.willow@northmoor") {
			if where := s.shows(account, secret, at, "/willow/posts/"+id, "/willow/posts/"+id+"/history"); where != nil {
				t.Errorf("%s meets it at %v", account, where)
			}
			v := s.over(account)
			for _, path := range []string{at, "/willow/posts/" + id, "/willow/posts/" + id + "/edit", "/willow/posts/" + id + "/remove", "/willow/posts/" + id + "/history", "/willow/posts/" + id + "/notes", "/willow/pictures/" + picture} {
				if got := v.getJSON(path, nil); !refused(got.status) || got.has(secret) {
					t.Errorf("%s at %s: %d", account, path, got.status)
				}
			}
			for path, in := range map[string]map[string]any{"/remove": nil, "/replies": {"body": "x"}, "/reaction": {"kind": "hug"}, "/notes": {"version": 1}, "/follow": {"follow": true}} {
				if got := v.sendJSON("/willow/posts/"+id+path, in); !refused(got.status) {
					t.Errorf("%s may %s: %d", account, path, got.status)
				}
			}
			if got := v.sendJSON(at+"/keep", map[string]any{"keep": true}); !refused(got.status) {
				t.Errorf("%s keeps it: %d", account, got.status)
			}
			if found := v.looked("willow", q("canary")); len(found.Found) != 0 {
				t.Errorf("%s finds %+v", account, found)
			}
		}
		if events := s.happened("posts.published", at); len(events) != 1 || events[0].For(s.asMember("clinician")) || events[0].For(s.asMember("fern")) {
			t.Errorf("told live: %+v", events)
		}
		// She herself does not meet it where somebody may look over her shoulder.
		for path, want := range map[string]bool{at: true, "/willow/blogs/journal": true, "/willow": false, "/willow/blogs": false, "/willow/blogs/by/hazel": false} {
			if hazel.get(path).has(secret) != want {
				t.Errorf("hazel at %s: %v", path, !want)
			}
		}
		want(t, "a reply to oneself", hazelOver.sendJSON(at+"/replies", map[string]any{"body": "x"}), http.StatusForbidden)
		// Taken down it stays hers.
		want(t, "take down", hazelOver.sendJSON("/willow/posts/"+id+"/remove", nil), http.StatusOK)
		want(t, "the team reads what she took down", s.over("moderator.willow@northmoor").getJSON("/willow/posts/"+id+"/history", nil), http.StatusNotFound)
	})
}

// asMember is Willow as a member has it.
func (s *site) asMember(login string) (sc tenants.Scope) {
	s.t.Helper()
	handle := field(s.t, s.over(login+".willow@northmoor").getJSON("/willow/me", nil), "person", "handle")
	s.inWillow(func(ctx context.Context, in tenants.Scope) error {
		person, err := in.PersonByHandle(ctx, handle)
		sc = in.As(person)
		return err
	})
	return sc
}

func TestCliniciansReadWhatAMemberWritesForThem(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const words = "canary for the clinicians"
	hazel := s.over("hazel.willow@northmoor")
	at := hazel.blogs(words, map[string]any{"audience": "clinicians"})
	page := s.as("hazel.willow@northmoor")
	if !page.get("/willow/blogs/journal").has(words) || page.get("/willow/blogs/by/hazel").has(words) {
		t.Error("it is not in her journal, or in her blog too")
	}
	if !s.as("clinician.willow@northmoor").get("/willow/blogs/by/hazel").has(words) {
		t.Error("a clinician does not meet it in her blog")
	}
	clinician := s.over("clinician.willow@northmoor")
	want(t, "the clinician reads", clinician.getJSON(at, nil), http.StatusOK)
	want(t, "and answers", clinician.sendJSON(at+"/replies", map[string]any{"body": "Thank you"}), http.StatusOK)
	if !hazel.getJSON(at, nil).has("Thank you") {
		t.Error("hazel does not see the answer")
	}
	for _, account := range []string{"fern.willow@northmoor", "peer.willow@northmoor", "moderator.willow@northmoor", "lead.willow@northmoor"} {
		if where := s.shows(account, words, at); where != nil {
			t.Errorf("%s meets it at %v", account, where)
		}
	}
}

func TestAPlannedPostAppearsAtItsTimeAndOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const secret = "canary that waits for its time"
		hazel := s.over("hazel.willow@northmoor")
		picture := pictureBy(hazel, "hazel")
		plan := s.planning(15 * time.Minute)
		plan["series"], plan["body"], plan["pictures"], plan["alts"] = "Canary", secret+" @fern", []string{picture}, []string{"A canary"}
		at := hazel.blogs(secret, plan)
		if !strings.HasPrefix(at, "/willow/blogs/write/") {
			t.Fatalf("planned at %s", at)
		}
		due := s.clock.Now().Add(15 * time.Minute).Truncate(time.Minute)
		page := s.as("hazel.willow@northmoor")
		if got := page.get(at); !got.has("Waiting to be published") || !got.has(due.In(clock.London).Format("at 15:04")) {
			t.Errorf("her page says %s", got.text())
		}
		if got := page.get("/willow/blogs/by/hazel"); !got.has(secret) {
			t.Error("her blog does not list it")
		}
		hidden := func(when string) {
			t.Helper()
			s.settle(1)
			for _, account := range onlookers {
				if where := s.shows(account, secret, at); where != nil {
					t.Errorf("%s %s meets it at %v", when, account, where)
				}
				want(t, "its picture", s.over(account).getJSON("/willow/pictures/"+picture, nil), http.StatusNotFound)
			}
			if found := hazel.looked("willow", q("canary")); len(found.Found) != 0 {
				t.Errorf("%s it is found", when)
			}
		}
		hidden("planned,")
		// An old tab changes nothing of what waits.
		want(t, "an old tab saves", hazel.sendJSON("/willow/drafts", map[string]any{"kind": "blog_post", "about": idOf(at), "body": "half a"}), http.StatusConflict)
		want(t, "an old tab empties", hazel.sendJSON("/willow/drafts", map[string]any{"kind": "blog_post", "about": idOf(at), "body": ""}), http.StatusConflict)
		want(t, "an old tab plans", hazel.sendJSON(at, blogPost("other", s.planning(time.Hour))), http.StatusConflict)
		want(t, "fern takes it back", s.over("fern.willow@northmoor").sendJSON(at+"/take-back", nil), http.StatusNotFound)
		s.round("posts.due")
		hidden("too early,")
		s.clock.Advance(due.Sub(s.clock.Now()) + 20*time.Second)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { s.round("posts.due") })
		}
		both.Wait()
		s.round("posts.due")
		if n := s.titled("posts", secret); n != 1 {
			t.Fatalf("%d posts", n)
		}
		if n := s.titled("drafts", secret); n != 0 {
			t.Errorf("%d drafts are left", n)
		}
		s.settle(1)
		fern := s.over("fern.willow@northmoor")
		if list := fern.notices("willow"); !strings.Contains(list.says(), "Hazel named you") {
			t.Errorf("fern was told %q", list.says())
		}
		found := fern.looked("willow", q("canary"))
		if len(found.Found) != 1 {
			t.Fatalf("fern finds %+v", found)
		}
		var opened struct {
			Root struct {
				PublishedAt time.Time `json:"published_at"`
				Images      []struct{ ID string }
			}
		}
		fern.getJSON("/willow/blogs/posts/"+found.Found[0].ID, &opened)
		if !opened.Root.PublishedAt.Equal(s.clock.Now()) || len(opened.Root.Images) != 1 {
			t.Errorf("published at %v with %v", opened.Root.PublishedAt, opened.Root.Images)
		}
		if got := page.get(at).location(); got != "/willow/blogs/posts/"+found.Found[0].ID {
			t.Errorf("its old page leads to %q", got)
		}
		want(t, "take back what is out", hazel.sendJSON(at+"/take-back", nil), http.StatusNotFound)
	})
}

// What breaks when the post is half made leaves nothing of it, and the next round makes it.
func TestACrashWhilePublishingLeavesThePlan(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const title = "canary of a crash"
	plan := s.planning(time.Hour)
	plan["series"] = "crash"
	s.over("hazel.willow@northmoor").blogs(title, plan)
	s.over("fern.willow@northmoor").blogs("canary behind it", s.planning(90*time.Minute))
	s.clock.Advance(2 * time.Hour)
	s.sql("CREATE TRIGGER crash BEFORE INSERT ON blog_posts WHEN NEW.tenant_id <> '' AND NEW.series = 'crash' BEGIN SELECT RAISE(ABORT, 'the power went'); END")
	var here tenants.Scope
	s.inWillow(func(_ context.Context, in tenants.Scope) error { here = in; return nil })
	failed := false
	for _, round := range modules.Rounds(s.app.Rooms) {
		if round.Key == "posts.due" {
			failed = round.Do(t.Context(), here) != nil
		}
	}
	out := func(title string) int { return s.titled("posts", title) }
	if !failed || out(title) != 0 || out("canary behind it") != 1 {
		t.Errorf("after the crash: failed %v, %d and %d posts", failed, out(title), out("canary behind it"))
	}
	s.sql("DROP TRIGGER crash")
	s.round("posts.due")
	s.round("posts.due")
	if out(title) != 1 || s.titled("drafts", title) != 0 {
		t.Errorf("after the next round: %d posts, %d drafts", out(title), s.titled("drafts", title))
	}
}

func TestWhatCannotBePublishedGoesBackToItsWriter(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, lead := s.over("hazel.willow@northmoor"), s.over("lead.willow@northmoor")
		room := func(more map[string]any) {
			t.Helper()
			var room struct{ Version int }
			lead.getJSON("/willow/settings/rooms/blogs", &room)
			in := map[string]any{"on": true, "version": room.Version, "settings": more}
			if more == nil {
				in["on"] = false
				delete(in, "settings")
			}
			s.sent(lead, "/willow/settings/rooms/blogs", in)
		}
		long := hazel.blogs("canary too long", map[string]any{"date": s.planning(5 * time.Minute)["date"], "time": s.planning(5 * time.Minute)["time"], "body": strings.Repeat("word ", 400)})
		fine := hazel.blogs("canary that is fine", s.planning(10*time.Minute))
		room(map[string]any{"max_length": 1000, "scheduling": true, "journals": true})
		s.clock.Advance(12 * time.Minute)
		s.round("posts.due")
		s.settle(1)
		if n := s.titled("posts", "canary too long") + s.titled("posts", "canary that is fine"); n != 1 {
			t.Errorf("%d posts are out", n)
		}
		if got := s.as("hazel.willow@northmoor").get(long); !got.has("word word") || got.has("Waiting to be published") {
			t.Errorf("the long one: %s", got.text())
		}
		if says := hazel.notices("willow").says(); !strings.Contains(says, "It is among your drafts") {
			t.Errorf("she was told %q", says)
		}
		want(t, "what is out", hazel.getJSON(fine, nil), http.StatusOK)

		// While the room is shut nothing of it appears; after a day nobody expects it any more.
		hazel.blogs("canary of a shut room", s.planning(5*time.Minute))
		room(nil)
		s.clock.Advance(7 * time.Minute)
		s.round("posts.due")
		if n := s.titled("posts", "canary of a shut room"); n != 0 {
			t.Error("published into a shut room")
		}
		s.clock.Advance(30 * time.Hour)
		hazel, lead = s.over("hazel.willow@northmoor"), s.over("lead.willow@northmoor")
		room(map[string]any{"max_length": 5000, "scheduling": true, "journals": true})
		s.round("posts.due")
		if n := s.titled("posts", "canary of a shut room"); n != 0 {
			t.Error("published a day late")
		}
		// Nor what somebody planned who may not write any more, or who left.
		hazel.blogs("canary of a role", s.planning(5*time.Minute))
		s.over("fern.willow@northmoor").blogs("canary of one who left", s.planning(5*time.Minute))
		s.sql("UPDATE members SET status = 'left' WHERE tenant_id = ? AND handle_key = 'fern'", s.northmoor())
		s.rule("deny, service_user, blogs.write")
		s.clock.Advance(7 * time.Minute)
		s.round("posts.due")
		if n := s.titled("posts", "canary of a role") + s.titled("posts", "canary of one who left"); n != 0 {
			t.Errorf("%d posts by people who may not", n)
		}
	})
}

func TestAPlanIsChangedOrCancelled(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.as("hazel.willow@northmoor")
	over := s.over("hazel.willow@northmoor")
	plan := s.planning(15 * time.Minute)
	at := over.blogs("canary to change", plan)
	back := hazel.post(at+"/take-back", nil)
	if form := hazel.get(back.location()); !form.has("canary to change") || !form.has(`value="`+plan["time"].(string)+`"`) {
		t.Errorf("the form says %s", form.text())
	}
	s.clock.Advance(20 * time.Minute)
	s.round("posts.due")
	if n := s.titled("posts", "canary to change"); n != 0 {
		t.Error("taken back, and published")
	}
	for name, bad := range map[string]struct {
		more map[string]any
		at   string
	}{
		"past":              {s.planning(-time.Hour), "date"},
		"now":               {s.planning(0), "date"},
		"years away":        {s.planning(400 * 24 * time.Hour), "date"},
		"no such day":       {map[string]any{"date": "2027-02-30", "time": "10:00"}, "date"},
		"no time":           {map[string]any{"date": "2027-02-20"}, "time"},
		"no day":            {map[string]any{"time": "10:00"}, "date"},
		"a missing hour":    {map[string]any{"date": "2027-03-28", "time": "01:30"}, "time"},
		"for nobody else":   {map[string]any{"date": "2027-02-20", "time": "10:00", "audience": "self"}, "date"},
		"a stranger's role": {map[string]any{"audience": "staff"}, "audience"},
		"no such audience":  {map[string]any{"audience": "everyone"}, "audience"},
		"a nameless series": {map[string]any{"series": "!!!"}, "series"},
		"a long series":     {map[string]any{"series": strings.Repeat("x", 81)}, "series"},
		"a long title":      {map[string]any{"title": strings.Repeat("x", 151)}, "title"},
		"no words":          {map[string]any{"body": " \n "}, "body"},
		"too many words":    {map[string]any{"body": strings.Repeat("x", 10001)}, "body"},
	} {
		got := over.sendJSON("/willow/blogs/write/"+uuid.NewString(), blogPost("canary to refuse", bad.more))
		if got.status != http.StatusUnprocessableEntity || !got.has(`"pointer":"#/`+bad.at+`"`) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if n := s.titled("drafts", "canary to refuse") + s.titled("posts", "canary to refuse"); n != 0 {
		t.Errorf("%d refused posts were kept", n)
	}
}

func TestASeriesLeadsFromOnePostToTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		var at []string
		for i, title := range []string{"First of them", "Only for me", "Third of them"} {
			s.clock.Advance(time.Minute)
			at = append(at, hazel.blogs(title, map[string]any{"series": []string{"Dŵr a  thost", "Dŵr a thost", "dŵr A thost"}[i], "audience": []string{"service", "self", "service"}[i]}))
		}
		fern := s.as("fern.willow@northmoor")
		first, third := fern.get(at[0]), fern.get(at[2])
		if !first.has("Part 1 of 2") || !first.has(`rel="next" href="`+at[2]) || first.has(`rel="prev"`) || first.has("Only for me") {
			t.Errorf("the first: %s", first.text())
		}
		if !third.has("Part 2 of 2") || !third.has(`rel="prev" href="`+at[0]) || third.has(`rel="next"`) {
			t.Errorf("the third: %s", third.text())
		}
		series := "/willow/blogs/by/hazel/series/" + url.PathEscape("dŵr-a-thost")
		if got := fern.get(series); got.status != 200 || !got.has("Third of them") || got.has("Only for me") {
			t.Errorf("the series: %d %s", got.status, got.text())
		}
		if got := fern.get("/willow/blogs/by/hazel"); !got.has("2 posts") {
			t.Errorf("the blog: %s", got.text())
		}
		want(t, "leave the series", hazel.sendJSON(at[2]+"/choices", map[string]any{"series": " ", "no_replies": false}), http.StatusOK)
		want(t, "a nameless one", hazel.sendJSON(at[2]+"/choices", map[string]any{"series": "?", "no_replies": false}), http.StatusUnprocessableEntity)
		if got := fern.get(at[0]); !got.has("Part 1 of 1") {
			t.Errorf("alone: %s", got.text())
		}
		want(t, "no such series", fern.get("/willow/blogs/by/hazel/series/nothing"), http.StatusNotFound)
		want(t, "taken down", hazel.sendJSON("/willow/posts/"+idOf(at[0])+"/remove", nil), http.StatusOK)
		want(t, "a series of nothing that fern may read", fern.get(series), http.StatusNotFound)
	})
}

func TestTheReadingListHoldsWhatOneMayRead(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.as("fern.willow@northmoor")
		at := hazel.blogs("canary for later", nil)
		for range 2 {
			want(t, "keep", fern.post(at+"/keep", url.Values{"keep": {"true"}}), http.StatusSeeOther)
		}
		if list := fern.get("/willow/blogs/kept"); strings.Count(string(list.body), `id="post-`+idOf(at)) != 1 {
			t.Errorf("the list: %s", list.text())
		}
		if s.as("ivy.willow@northmoor").get("/willow/blogs/kept").has("canary for later") || hazel.getJSON(at, nil).has(`"kept":true`) {
			t.Error("somebody else sees what fern keeps")
		}
		wall := wallPostBy(s.over("fern.willow@northmoor"), "fern", "not of a blog")
		want(t, "keep a wall post", s.over("fern.willow@northmoor").sendJSON("/willow/blogs/posts/"+wall+"/keep", map[string]any{"keep": true}), http.StatusNotFound)
		s.sent(hazel, "/willow/posts/"+idOf(at)+"/remove", nil)
		if fern.get("/willow/blogs/kept").has("canary for later") {
			t.Error("taken down, and still on the list")
		}
		if got := fern.post(at+"/keep", url.Values{"keep": {"false"}, "list": {"true"}}); got.location() != "/willow/blogs/kept" {
			t.Errorf("take off what is gone: %d %s", got.status, got.location())
		}
		if n := s.count("SELECT count(*) FROM blog_kept WHERE tenant_id = ? AND post_id = ?", s.northmoor(), idOf(at)); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

func TestALeadSwitchesOffPlansAndJournals(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.over("hazel.willow@northmoor")
	mine := hazel.blogs("canary from before", map[string]any{"audience": "self"})
	s.sent(s.over("lead.willow@northmoor"), "/willow/settings/rooms/blogs", map[string]any{"on": true, "version": 1, "settings": map[string]any{"max_length": 1000, "scheduling": false, "journals": false}})
	page := s.as("hazel.willow@northmoor")
	if form := page.get(page.get("/willow/blogs/write?journal=true").location()); form.has("Publish later") || form.has(`value="self"`) {
		t.Errorf("the form offers them: %s", form.text())
	}
	for _, more := range []map[string]any{s.planning(time.Hour), {"audience": "self"}, {"body": strings.Repeat("x", 1001)}} {
		want(t, "refused", hazel.sendJSON("/willow/blogs/write/"+uuid.NewString(), blogPost("x", more)), http.StatusUnprocessableEntity)
	}
	if got := page.get(mine); got.status != 200 || !page.get("/willow/blogs/journal").has("canary from before") {
		t.Errorf("what was there is gone: %d", got.status)
	}
}

func TestAServiceBeginsWithTheRoomsOfItsArea(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for area, want := range map[string]string{"eating_disorders": "forums blogs recovery live resources", "perinatal": "walls messages gifts live forums", "children_young_people": "forums live recovery resources"} {
		in, err := serviceCreate{Area: area}.service(s.app.Rooms)
		if err != nil || strings.Join(in.Modules, " ") != want {
			t.Errorf("%s: %v, %v", area, in.Modules, err)
		}
	}
}
