package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestARepliesRootOutOfSightTakesItAlong(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern, ivy := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("ivy.willow@northmoor")
		for _, state := range []string{"held", "hidden"} {
			root := threadBy(hazel, "sleep-and-feeding", "Soon out of sight")
			reply := replyBy(fern, root, "words below it")
			other := threadBy(ivy, "sleep-and-feeding", "Another thread")
			s.sql("UPDATE posts SET state = ? WHERE tenant_id = ? AND id = ?", state, s.northmoor(), root)
			for _, path := range []string{"/willow/posts/" + reply, "/willow/posts/" + root, "/willow/forums/threads/" + root} {
				if got := ivy.getJSON(path, nil); got.status != http.StatusNotFound {
					t.Errorf("%s: %s: %d", state, path, got.status)
				}
			}
			for path, body := range map[string]map[string]any{
				reply + "/reaction": {"kind": "hug"}, reply + "/follow": {"follow": true}, root + "/follow": {"follow": true},
				reply + "/replies": {"body": "x"}, root + "/replies": {"body": "x", "quotes": reply},
			} {
				if got := ivy.sendJSON("/willow/posts/"+path, body); got.status != http.StatusNotFound || got.has("words below it") {
					t.Errorf("%s: %s: %d %s", state, path, got.status, got.body)
				}
			}
			if got := ivy.getJSON("/willow/forums/threads/"+other+"?quote="+reply, nil); got.status != http.StatusOK || got.has("words below it") {
				t.Errorf("%s: quoting it elsewhere: %d %s", state, got.status, got.body)
			}
			if got := ivy.sendJSON("/willow/posts/"+other+"/replies", map[string]any{"body": "x", "quotes": reply}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: a reply that quotes it elsewhere: %d %s", state, got.status, got.body)
			}
			if got := ivy.sendJSON("/willow/posts/"+reply+"/remove", map[string]any{}); !refused(got.status) {
				t.Errorf("%s: taken down by another: %d", state, got.status)
			}
			if got := fern.sendJSON("/willow/posts/"+reply+"/remove", map[string]any{}); got.status != http.StatusOK {
				t.Errorf("%s: taken down by its writer: %d %s", state, got.status, got.body)
			}
			if stored, visible := s.replies(root); stored != 0 || visible != 0 {
				t.Errorf("%s: the thread counts %d replies and has %d", state, stored, visible)
			}
		}
	})
}

func TestAThreadClosedWhileSomebodyWritesKeepsTheirWords(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, moderator := s.as("hazel.willow@northmoor"), s.as("moderator.willow@northmoor")
		id := threadBy(s.over("fern.willow@northmoor"), "sleep-and-feeding", "Soon closed")
		thread := "/willow/forums/threads/" + id
		writing := hazel.get(thread).form(thread + "/replies")
		form := moderator.steering(thread)
		form.Set("locked", "true")
		if got := moderator.post(thread+"/steer", form); got.status != http.StatusSeeOther {
			t.Fatalf("close: %d %s", got.status, got.text())
		}
		writing.Set("body", "an hour of words")
		for _, path := range []string{thread + "/replies", "/willow/posts/" + id + "/replies"} {
			if got := hazel.post(path, writing); got.status/100 != 4 || !strings.Contains(got.kept(), "an hour of words") {
				t.Errorf("%s: %d, kept %q: %s", path, got.status, got.kept(), got.text())
			}
		}
		if stored, visible := s.replies(id); stored != 0 || visible != 0 {
			t.Errorf("the closed thread counts %d replies and has %d", stored, visible)
		}
	})
}

func TestTheSecondToSteerIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		moderator, peer := s.as("moderator.willow@northmoor"), s.as("peer.willow@northmoor")
		id := threadBy(s.over("fern.willow@northmoor"), "sleep-and-feeding", "Steered twice")
		thread := "/willow/forums/threads/" + id
		first, second := moderator.steering(thread), peer.steering(thread)
		first.Set("locked", "true")
		second.Set("pinned", "true")
		if got := moderator.post(thread+"/steer", first); got.status != http.StatusSeeOther {
			t.Fatalf("the first: %d %s", got.status, got.text())
		}
		if got := peer.post(thread+"/steer", second); got.status != http.StatusConflict {
			t.Errorf("the second: %d %s", got.status, got.text())
		}
		now := peer.getJSON(thread, nil)
		if field(t, now, "thread", "locked") != "true" || field(t, now, "thread", "pinned") != "false" {
			t.Errorf("the first one's choice does not stand: %s", now.body)
		}
		again := peer.steering(thread)
		again.Set("pinned", "true")
		if got := peer.post(thread+"/steer", again); got.status != http.StatusSeeOther {
			t.Errorf("from the new state: %d %s", got.status, got.text())
		}
	})
}

func TestAPeerSupporterMovesThreadsOnlyWhereTheyMayStartThem(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, peer, moderator := s.over("lead.willow@northmoor"), s.as("peer.willow@northmoor"), s.as("moderator.willow@northmoor")
		made := lead.sendJSON("/willow/forums/boards", map[string]any{"name": "From the team", "audience": "service", "who_may_post": "staff", "position": 9})
		if made.status != http.StatusOK {
			t.Fatalf("make a board: %d %s", made.status, made.body)
		}
		board := field(t, made, "slug")
		thread := "/willow/forums/threads/" + threadBy(s.over("fern.willow@northmoor"), "sleep-and-feeding", "To be moved")
		if page := peer.get(thread + "/steer"); page.status != http.StatusOK || page.has(`value="`+board+`"`) {
			t.Errorf("the team's board is offered to a peer supporter: %d", page.status)
		}
		form := peer.steering(thread)
		form.Set("board", board)
		if got := peer.post(thread+"/steer", form); got.status != http.StatusUnprocessableEntity && got.status != http.StatusForbidden {
			t.Errorf("moved by a peer supporter: %d %s", got.status, got.text())
		}
		if at := field(t, peer.getJSON(thread, nil), "root", "place", "slug"); at != "sleep-and-feeding" {
			t.Errorf("the thread is on %s", at)
		}
		form = moderator.steering(thread)
		form.Set("board", board)
		if got := moderator.post(thread+"/steer", form); got.status != http.StatusSeeOther {
			t.Errorf("moved by the team: %d %s", got.status, got.text())
		}
		// What is there already can still be pinned, and stays where it is.
		form = peer.steering(thread)
		form.Set("pinned", "true")
		if got := peer.post(thread+"/steer", form); got.status != http.StatusSeeOther {
			t.Errorf("pinned by a peer supporter: %d %s", got.status, got.text())
		}
		if at := field(t, peer.getJSON(thread, nil), "root", "place", "slug"); at != board {
			t.Errorf("the pinned thread is on %s", at)
		}
	})
}

func TestAThreadStaysTrueHoweverManyWorkOnIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.Postgres(t, prepare))
	id := threadBy(s.over("hazel.willow@northmoor"), "sleep-and-feeding", "A busy thread")
	thread, post := "/willow/forums/threads/"+id, "/willow/posts/"
	var carried [4]atomic.Int32
	done := func(what int, got answer) {
		if got.status >= 500 {
			t.Errorf("%d %s", got.status, got.text())
		}
		if got.status < 400 {
			carried[what].Add(1)
		}
	}
	reply := func(v *visitor, _ int) { done(0, v.sendJSON(thread+"/replies", map[string]any{"body": "an answer"})) }
	react := func(v *visitor, i int) {
		kind := []string{"hug", "hope", "none"}[i%3]
		done(1, v.sendJSON(post+id+"/reaction", map[string]any{"kind": kind}))
	}
	move := func(v *visitor, i int) {
		form := v.steering(thread)
		form.Set("board", []string{"how-it-really-is", "sleep-and-feeding"}[i%2])
		done(2, v.post(thread+"/steer", form))
	}
	takeBack := func(v *visitor, _ int) {
		got := v.sendJSON(thread+"/replies", map[string]any{"body": "said too fast"})
		done(0, got)
		if got.status == http.StatusOK {
			done(3, v.sendJSON(post+field(t, got, "post", "id")+"/remove", map[string]any{}))
		}
	}
	var together sync.WaitGroup
	for account, work := range map[string]func(*visitor, int){
		"hazel": reply, "fern": reply, "ivy": react, "rowan": react, "moderator": move, "lead": move, "clover": takeBack, "dill": takeBack,
	} {
		account += ".willow@northmoor"
		v := s.as(account)
		if account[0] != 'm' && account[0] != 'l' {
			v = s.over(account)
		}
		together.Go(func() {
			for i := range 12 {
				work(v, i)
			}
		})
	}
	together.Wait()
	for what := range carried {
		if carried[what].Load() == 0 {
			t.Errorf("nothing of %s was carried out", []string{"replies", "reactions", "moves", "removals"}[what])
		}
	}
	if astray := s.count(`SELECT count(*) FROM posts AS p JOIN threads AS t ON t.tenant_id = p.tenant_id AND t.post_id = COALESCE(p.parent_id, p.id)
		WHERE p.tenant_id = ? AND t.post_id = ? AND p.place_id <> t.place_id`, s.northmoor(), id); astray != 0 {
		t.Errorf("%d posts are not on their thread's board", astray)
	}
	if stored, visible := s.replies(id); stored != visible {
		t.Errorf("the thread counts %d replies and has %d", stored, visible)
	}
	stored := s.count("SELECT with_you + hug + thank_you + hope FROM posts WHERE tenant_id = ? AND id = ?", s.northmoor(), id)
	if given := s.count("SELECT count(*) FROM reactions WHERE tenant_id = ? AND post_id = ?", s.northmoor(), id); given != stored {
		t.Errorf("the thread counts %d reactions and has %d", stored, given)
	}
}

func TestTheLimitOfPinsHoldsForManyAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.Postgres(t, prepare))
	team := []*visitor{s.as("moderator.willow@northmoor"), s.as("lead.willow@northmoor"), s.as("clinician.willow@northmoor"), s.as("peer.willow@northmoor")}
	lead := s.over("lead.willow@northmoor")
	board := field(t, lead.sendJSON("/willow/forums/boards", map[string]any{"name": "Many pins", "audience": "service", "who_may_post": "members", "position": 9}), "slug")
	var together sync.WaitGroup
	start := make(chan struct{})
	var pinned atomic.Int32
	for i := range 8 {
		v, thread := team[i%len(team)], "/willow/forums/threads/"+threadBy(lead, board, fmt.Sprint("Thread ", i))
		form := v.steering(thread)
		form.Set("pinned", "true")
		together.Go(func() {
			<-start
			switch got := v.post(thread+"/steer", form); got.status {
			case http.StatusSeeOther:
				pinned.Add(1)
			case http.StatusUnprocessableEntity:
			default:
				t.Errorf("pin: %d %s", got.status, got.text())
			}
		})
	}
	close(start)
	together.Wait()
	stored := s.count("SELECT count(*) FROM threads AS t JOIN places AS p ON p.tenant_id = t.tenant_id AND p.id = t.place_id WHERE t.tenant_id = ? AND t.pinned AND p.slug = ?", s.northmoor(), board)
	if stored != 3 || int(pinned.Load()) != stored {
		t.Errorf("%d threads are pinned and %d were told so, not 3", stored, pinned.Load())
	}
}

func TestAThreadIsReadWhenItsLastPageIs(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		fern, ivy := s.over("fern.willow@northmoor"), s.over("ivy.willow@northmoor")
		id := threadBy(fern, "bumps-and-waiting", "A long one")
		thread := "/willow/forums/threads/" + id
		answerIt := func() {
			s.clock.Advance(time.Second)
			replyBy(fern, id, "one more")
		}
		for range 25 {
			answerIt()
		}
		var mark time.Time
		open := func(page string, unread bool) (later string) {
			t.Helper()
			var opened struct{ Later string }
			if got := ivy.getJSON(thread+page, &opened); got.status != http.StatusOK {
				t.Fatalf("%s: %d %s", page, got.status, got.body)
			}
			var board struct {
				Threads []struct {
					Post   struct{ ID string }
					Unread bool
				}
			}
			ivy.getJSON("/willow/forums/boards/bumps-and-waiting", &board)
			for _, row := range board.Threads {
				if row.Post.ID == id && row.Unread != unread {
					t.Errorf("after the page %q it is unread: %v", page, row.Unread)
				}
			}
			var at time.Time
			s.scan([]any{&at}, "SELECT read_at FROM thread_reads WHERE tenant_id = ? AND post_id = ? AND member_id = (SELECT id FROM members WHERE tenant_id = ? AND handle_key = 'ivy')", s.northmoor(), id, s.northmoor())
			if at.Before(mark) {
				t.Errorf("the page %q took the mark back from %s to %s", page, mark, at)
			}
			mark = at
			return opened.Later
		}
		later := open("", true)
		open("?from="+later, false)
		open("", false)
		answerIt()
		open("", true)
		open("?last=true", false)
		open("", false)
	})
}

func TestAQuoteIsShownWhereverItStandsInTheThread(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		fern := s.over("fern.willow@northmoor")
		root := threadBy(fern, "bumps-and-waiting", "With quotes")
		var earlier []string
		for range 20 {
			s.clock.Advance(time.Second)
			earlier = append(earlier, replyBy(fern, root, "one of many"))
		}
		beside := replyBy(fern, root, "on the same page")
		for _, quoted := range []string{root, earlier[3], earlier[4], beside} {
			s.clock.Advance(time.Second)
			if got := fern.sendJSON("/willow/posts/"+root+"/replies", map[string]any{"body": "as you say", "quotes": quoted}); got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}
		if got := fern.sendJSON("/willow/posts/"+earlier[4]+"/remove", map[string]any{}); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		var first, second struct {
			Later   string
			Replies []struct{ Quotes *struct{ ID string } }
		}
		fern.getJSON("/willow/forums/threads/"+root, &first)
		fern.getJSON("/willow/forums/threads/"+root+"?from="+first.Later, &second)
		var shown []string
		for _, reply := range second.Replies[len(second.Replies)-4:] {
			if reply.Quotes == nil {
				shown = append(shown, "nothing")
			} else {
				shown = append(shown, reply.Quotes.ID)
			}
		}
		if want := []string{root, earlier[3], "nothing", beside}; !slices.Equal(shown, want) {
			t.Errorf("quoted are %v, not %v", shown, want)
		}
	})
}

func TestOnesOwnLatestWordIsNotNewToOneself(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		fern, ivy := s.over("fern.willow@northmoor"), s.over("ivy.willow@northmoor")
		id := threadBy(fern, "bumps-and-waiting", "Between the two of us")
		is := func(newToFern, newToIvy bool) {
			t.Helper()
			s.clock.Advance(time.Second)
			for v, want := range map[*visitor]bool{fern: newToFern, ivy: newToIvy} {
				var board struct {
					Threads []struct {
						Post   struct{ ID string }
						Unread bool
					}
				}
				v.getJSON("/willow/forums/boards/bumps-and-waiting", &board)
				found := false
				for _, row := range board.Threads {
					if row.Post.ID == id {
						found = true
						if row.Unread != want {
							t.Errorf("new to %s: %v", map[*visitor]string{fern: "fern", ivy: "ivy"}[v], row.Unread)
						}
					}
				}
				if !found {
					t.Error("the thread is not on its board")
				}
			}
		}
		is(false, true)
		replyBy(ivy, id, "an answer")
		is(true, false)
		replyBy(fern, id, "thank you")
		is(false, true)
		last := replyBy(ivy, id, "said too fast")
		is(true, false)
		if got := ivy.sendJSON("/willow/posts/"+last+"/remove", map[string]any{}); got.status != http.StatusOK {
			t.Fatalf("taken down: %d %s", got.status, got.body)
		}
		is(false, true) // fern's thanks are the latest word again
	})
}

func TestTakingDownTwiceLeadsToTheSamePlace(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		api, browser, moderator := s.over("hazel.willow@northmoor"), s.as("hazel.willow@northmoor"), s.as("moderator.willow@northmoor")
		for _, v := range []*visitor{browser, moderator} {
			thread, wall := threadBy(api, "sleep-and-feeding", "To be taken down"), wallPostBy(api, "hazel", "To be taken down")
			// The reply first: with its thread it would be gone.
			for _, id := range []string{replyBy(api, thread, "x"), replyBy(api, wall, "x"), thread, wall} {
				first, second := v.post("/willow/posts/"+id+"/remove", url.Values{}), v.post("/willow/posts/"+id+"/remove", url.Values{})
				if first.status != http.StatusSeeOther || second.status != http.StatusSeeOther || first.location() != second.location() {
					t.Errorf("first %d to %s, second %d to %s: %s", first.status, first.location(), second.status, second.location(), second.text())
				}
				if page := v.get(second.location()); page.status >= 400 {
					t.Errorf("%s: %d", second.location(), page.status)
				}
			}
			for _, id := range []string{thread, wall} {
				if stored, visible := s.replies(id); stored != 0 || visible != 0 {
					t.Errorf("%d replies are counted, %d are there", stored, visible)
				}
			}
		}
	})
}

func TestTakingDownTwiceInOneInstantIsCountedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, clicks := s.over("hazel.willow@northmoor"), 6
		thread := threadBy(hazel, "sleep-and-feeding", "With a reply")
		replyBy(hazel, thread, "one that stays")
		for _, id := range []string{replyBy(hazel, thread, "one that goes"), wallPostBy(hazel, "hazel", "To be taken down")} {
			var together sync.WaitGroup
			for range clicks {
				together.Go(func() {
					if got := hazel.sendJSON("/willow/posts/"+id+"/remove", map[string]any{}); got.status != http.StatusOK {
						t.Errorf("%d %s", got.status, got.body)
					}
				})
			}
			together.Wait()
		}
		if stored, visible := s.replies(thread); stored != 1 || visible != 1 {
			t.Errorf("%d replies are counted, %d are there", stored, visible)
		}
	})
}

// threadBy starts a thread in willow and returns its id.
func threadBy(v *visitor, board, title string) string {
	v.site.t.Helper()
	got := v.sendJSON("/willow/forums/threads", map[string]any{"board": board, "title": title, "body": "The first words of it."})
	if got.status != http.StatusOK {
		v.site.t.Fatalf("start a thread: %d %s", got.status, got.body)
	}
	return field(v.site.t, got, "id")
}

// replyBy answers a post and returns the reply's id.
func replyBy(v *visitor, root, words string) string {
	v.site.t.Helper()
	got := v.sendJSON("/willow/posts/"+root+"/replies", map[string]any{"body": words})
	if got.status != http.StatusOK {
		v.site.t.Fatalf("reply: %d %s", got.status, got.body)
	}
	return field(v.site.t, got, "post", "id")
}

// wallPostBy writes on a wall and returns the post's id.
func wallPostBy(v *visitor, handle, words string) string {
	v.site.t.Helper()
	got := v.sendJSON("/willow/walls/"+handle, map[string]any{"body": words})
	if got.status != http.StatusOK {
		v.site.t.Fatalf("write on a wall: %d %s", got.status, got.body)
	}
	return field(v.site.t, got, "post", "id")
}

// steering is the form that steers a thread, as the thread is now.
func (v *visitor) steering(thread string) url.Values {
	return v.get(thread + "/steer").form(thread + "/steer")
}

var (
	anInput   = regexp.MustCompile(`<input[^>]*>`)
	aSelect   = regexp.MustCompile(`(?s)<select[^>]* name="([^"]*)".*?</select>`)
	selected  = regexp.MustCompile(`<option value="([^"]*)"[^>]* selected`)
	attribute = map[string]*regexp.Regexp{"name": regexp.MustCompile(` name="([^"]*)"`), "value": regexp.MustCompile(` value="([^"]*)"`)}
)

// form is what a browser would send of the page's form with this action, if
// nobody touched it.
func (a answer) form(action string) url.Values {
	whole := regexp.MustCompile(`(?s)<form[^>]* action="` + regexp.QuoteMeta(action) + `".*?</form>`).Find(a.body)
	fields := url.Values{}
	for _, input := range anInput.FindAllString(string(whole), -1) {
		if tick := strings.Contains(input, `type="checkbox"`) || strings.Contains(input, `type="radio"`); tick && !strings.Contains(input, " checked") {
			continue
		}
		if name := attribute["name"].FindStringSubmatch(input); name != nil {
			value := append(attribute["value"].FindStringSubmatch(input), "", "")[1]
			fields.Set(name[1], html.UnescapeString(value)) // the last of a name counts
		}
	}
	for _, choice := range aSelect.FindAllStringSubmatch(string(whole), -1) {
		if chosen := selected.FindStringSubmatch(choice[0]); chosen != nil {
			fields.Set(choice[1], html.UnescapeString(chosen[1]))
		}
	}
	return fields
}

// sql changes northmoor's rows, as an operator would.
func (s *site) sql(query string, args ...any) {
	s.t.Helper()
	err := s.app.DB.Write(context.Background(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
		_, err := db.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// scan reads one row of northmoor.
func (s *site) scan(into []any, query string, args ...any) {
	s.t.Helper()
	err := s.app.DB.Read(context.Background(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw(query, args...).Scan(ctx, into...)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) count(query string, args ...any) (n int) {
	s.t.Helper()
	s.scan([]any{&n}, query, args...)
	return n
}

// replies are how many a post counts and how many of them can be seen.
func (s *site) replies(root string) (stored, visible int) {
	s.t.Helper()
	s.scan([]any{&stored, &visible}, `SELECT p.replies, (SELECT count(*) FROM posts AS r WHERE r.tenant_id = p.tenant_id AND r.parent_id = p.id AND r.state = 'visible')
		FROM posts AS p WHERE p.tenant_id = ? AND p.id = ?`, s.northmoor(), root)
	return stored, visible
}
