package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
)

// silence mutes or blocks somebody, or no longer.
func (v *visitor) silence(how, handle string, on bool) {
	v.site.t.Helper()
	want(v.site.t, how+" "+handle, v.sendJSON("/willow/people/"+handle+"/"+how, map[string]any{"on": on}), http.StatusOK)
}

// befriends does something about a friendship.
func (v *visitor) befriends(handle, act string) answer {
	v.site.t.Helper()
	return v.sendJSON("/willow/people/"+handle+"/friend", map[string]any{"act": act})
}

// friends makes two friends.
func (s *site) friends(a, b *visitor, handleA, handleB string) {
	s.t.Helper()
	want(s.t, "ask", a.befriends(handleB, "ask"), http.StatusOK)
	want(s.t, "accept", b.befriends(handleA, "accept"), http.StatusOK)
}

// writes puts something on a wall and returns its id.
func (v *visitor) writes(wall, body, audience string) string {
	v.site.t.Helper()
	got := v.sendJSON("/willow/walls/"+wall, map[string]any{"body": body, "audience": audience})
	want(v.site.t, "write on "+wall, got, http.StatusOK)
	return field(v.site.t, got, "post", "id")
}

// strewn is what one member left in every room for another to come upon.
type strewn struct {
	posts  []string // ids of theirs, and of others' that stand with them
	theirs []string
	live   string
}

// strew has the writer leave the canary wherever words of a member can stand.
// Nettle is between the two and quotes and hosts them.
func (s *site) strew(writer *visitor, handle, other, canary string) strewn {
	s.t.Helper()
	nettle := s.over("nettle.willow@northmoor")
	wall := writer.writes(handle, canary+" @"+other, "")
	onNettles := writer.writes("nettle", canary, "")
	onTheirs := nettle.writes(handle, canary+" stands on a wall of somebody who is not there", "")
	started := writer.sendJSON("/willow/forums/threads", map[string]any{"board": "sleep-and-feeding", "title": canary, "body": canary})
	want(s.t, "start", started, http.StatusOK)
	own := field(s.t, started, "id")
	thread := threadBy(nettle, "sleep-and-feeding", "Between "+canary[:0]+handle)
	reply := replyBy(writer, thread, canary+" @"+other)
	quoting := nettle.sendJSON("/willow/posts/"+thread+"/replies", map[string]any{"body": "I quote somebody.", "quotes": reply})
	want(s.t, "quote", quoting, http.StatusOK)
	replyBy(nettle, own, canary+" is below what somebody wrote")
	session := s.opened(map[string]any{"title": "Tea"})
	want(s.t, "say", writer.sendJSON(session+"/messages", says(canary)), http.StatusOK)
	asked := s.planned(3*time.Hour, map[string]any{"title": "Ask"})
	want(s.t, "question", writer.sendJSON(asked+"/questions", map[string]any{"body": canary}), http.StatusOK)
	s.sent(s.over("lead.willow@northmoor"), asked+"/questions/"+s.lastQuestion(asked), map[string]any{"state": "taken"})
	return strewn{[]string{wall, onNettles, onTheirs, own, thread, reply, field(s.t, quoting, "post", "id")}, []string{wall, onNettles, own, reply}, session}
}

func (s *site) lastQuestion(path string) string {
	s.t.Helper()
	var list struct{ Questions []struct{ ID string } }
	s.over("lead.willow@northmoor").getJSON(path+"/questions", &list)
	return list.Questions[len(list.Questions)-1].ID
}

// everywhere reads each page of willow that a member can open, with each of some
// ids and handles, as a page and as JSON.
func (v *visitor) everywhere(s *site, client *visitor, at []ids, read func(path string, got answer)) {
	for _, route := range s.app.table.Routes() {
		if route.Command() || route.Permission == web.Public || !strings.Contains(route.Path, "{service}") || route.Stream {
			continue
		}
		seen := map[string]bool{}
		for _, ids := range at {
			path := ids.fill(route.Path)
			if seen[path] {
				continue
			}
			seen[path] = true
			read(path, v.get(path))
			read(path, client.getJSON(path, nil))
		}
	}
}

func TestABlockedPairIsNotThereForEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		var posted []string
		var one sync.Mutex // workers send at once
		s.app.Outside.Email = func(_ context.Context, m mail.Message) error {
			one.Lock()
			defer one.Unlock()
			posted = append(posted, m.To)
			return nil
		}
		accounts := map[string]string{"sparrow": "sparrow.willow@northmoor", "juniper": "juniper.willow@northmoor"}
		other := map[string]string{"sparrow": "juniper", "juniper": "sparrow"}
		clients, pages, ears := map[string]*visitor{}, map[string]*visitor{}, map[string]*ear{}
		for handle, account := range accounts {
			clients[handle], pages[handle] = s.over(account), s.as(account)
			want(t, "follow all", clients[handle].sendJSON("/willow/notifications/settings", map[string]any{"choices": map[string]any{"reply.email": "now", "mention.email": "now", "reaction.email": "now"}, "digest": "off", "digest_day": 1, "digest_hour": 18}), http.StatusOK)
		}
		s.friends(clients["sparrow"], clients["juniper"], "sparrow", "juniper")
		s.settle(1)
		for _, v := range clients {
			v.sendJSON("/willow/notifications/read", nil)
		}
		clients["sparrow"].silence("block", "juniper", true)
		for handle, v := range clients {
			ears[handle] = v.listen("willow", "")
		}
		left := map[string]strewn{}
		for handle, v := range clients {
			left[handle] = s.strew(v, handle, other[handle], "kanari"+handle)
		}
		s.clock.Advance(3 * time.Minute)
		posted = nil
		s.settle(1)
		staff := s.over("moderator.willow@northmoor")
		s.foundByOthers(left["sparrow"], "sparrow", "kanarisparrow")
		for handle, v := range clients {
			theirs := left[other[handle]]
			var at []ids
			for _, id := range append(slices.Clone(theirs.posts), strings.TrimPrefix(theirs.live, "/willow/live/")) {
				for _, name := range []string{other[handle], "nettle"} {
					at = append(at, ids{"service": "willow", "id": id, "handle": name, "board": "sleep-and-feeding", "room": "walls", "message": id, "question": id})
				}
			}
			pages[handle].everywhere(s, v, at, func(path string, got answer) {
				if got.has("kanari" + other[handle]) {
					t.Errorf("%s finds it at %s", handle, path)
				}
				if got.has(`href="/willow/people/`+other[handle]+`"`) || got.has(`href="/willow/walls/`+other[handle]+`"`) {
					t.Errorf("%s finds the other's page linked at %s", handle, path)
				}
				if got.status >= 500 {
					t.Errorf("%s: %d", path, got.status)
				}
			})
			for _, id := range theirs.theirs {
				for _, try := range []string{"/reaction", "/replies", "/follow", "/report"} {
					if got := v.sendJSON("/willow/posts/"+id+try, map[string]any{"/reaction": map[string]any{"kind": "hug"}, "/replies": map[string]any{"body": "x"}, "/follow": map[string]any{"follow": true}, "/report": map[string]any{"reason": "spam"}}[try]); got.status != http.StatusNotFound {
						t.Errorf("%s %s: %d %s", handle, try, got.status, got.body)
					}
				}
				ears[handle].hearsNothingOf(id)
			}
			for _, path := range []string{"/people/" + other[handle], "/walls/" + other[handle]} {
				want(t, path, v.getJSON("/willow"+path, nil), http.StatusNotFound)
			}
			want(t, "write on the wall", v.sendJSON("/willow/walls/"+other[handle], map[string]any{"body": "x"}), http.StatusNotFound)
			want(t, "ask to be friends", v.befriends(other[handle], "ask"), http.StatusNotFound)
			want(t, "mute", v.sendJSON("/willow/people/"+other[handle]+"/mute", map[string]any{"on": true}), http.StatusNotFound)
			for _, one := range v.notices("willow").Notices {
				if one.Unread && (one.Kind != "reply" || !strings.HasPrefix(one.Says, "Nettle replied")) {
					t.Errorf("%s is told: %s", handle, one.Says)
				}
			}
			var names struct{ People []struct{ Handle string } }
			v.getJSON("/willow/mentions?q="+other[handle], &names)
			if len(names.People) > 0 {
				t.Errorf("%s is offered %v", handle, names.People)
			}
			for _, id := range theirs.theirs {
				want(t, "the team reads it", staff.getJSON("/willow/posts/"+id, nil), http.StatusOK)
			}
			thread := theirs.posts[4]
			var opened struct {
				Root    struct{ Replies int }
				Replies []struct {
					Body   string
					Quotes *struct{ Body string }
				}
			}
			v.getJSON("/willow/forums/threads/"+thread, &opened)
			if opened.Root.Replies != 1 || len(opened.Replies) != 1 || opened.Replies[0].Quotes != nil {
				t.Errorf("%s sees in the thread %+v", handle, opened)
			}
		}
		// Both follow the other's threads' neighbours: nothing that one does now calls the other.
		for handle, v := range clients {
			clients[other[handle]].sendJSON("/willow/notifications/read", nil)
			s.clock.Advance(11 * time.Minute)
			posted = nil
			for _, id := range []string{left["sparrow"].posts[4], left["juniper"].posts[4]} {
				replyBy(v, id, "kanari once more, @"+other[handle])
			}
			s.settle(1)
			var digest struct{ Counts string }
			clients[other[handle]].getJSON("/willow/notifications/digest", &digest)
			if got := clients[other[handle]].notices("willow"); got.Unread > 0 || digest.Counts != "" || slices.Contains(posted, accounts[other[handle]]+".example") {
				t.Errorf("%s is called: %s, %q, %v", other[handle], got.says(), digest.Counts, posted)
			}
		}
		if n := s.count(`SELECT count(*) FROM notices AS n JOIN members AS a ON a.tenant_id = n.tenant_id AND a.id = n.actor_id JOIN members AS m ON m.tenant_id = n.tenant_id AND m.id = n.member_id
			WHERE n.tenant_id = ? AND a.handle_key IN ('sparrow', 'juniper') AND m.handle_key IN ('sparrow', 'juniper') AND n.kind NOT LIKE 'friend%'`, s.northmoor()); n > 0 {
			t.Errorf("%d notices of one are kept for the other", n)
		}
		// Only who made the block can end it; then all is there again.
		want(t, "the blocked one unblocks", clients["juniper"].sendJSON("/willow/people/sparrow/block", map[string]any{"on": false}), http.StatusNotFound)
		clients["sparrow"].silence("block", "juniper", false)
		for handle, v := range clients {
			for _, id := range left[other[handle]].theirs {
				want(t, "after the block", v.getJSON("/willow/posts/"+id, nil), http.StatusOK)
			}
		}
		if got := clients["juniper"].getJSON("/willow/people/sparrow", nil); field(t, got, "friendship") != "no" {
			t.Errorf("still friends: %s", got.body)
		}
	})
}

// foundByOthers makes sure that the canary can be found at all, in each room.
func (s *site) foundByOthers(left strewn, handle, canary string) {
	s.t.Helper()
	found := map[string]bool{}
	page, client := s.as("nettle.willow@northmoor"), s.over("nettle.willow@northmoor")
	for _, id := range append(slices.Clone(left.posts), strings.TrimPrefix(left.live, "/willow/live/")) {
		page.everywhere(s, client, []ids{{"service": "willow", "id": id, "handle": handle, "board": "sleep-and-feeding", "room": "walls"}}, func(path string, got answer) {
			if got.has(canary) {
				found[strings.ReplaceAll(path, id, "{id}")] = true
			}
		})
	}
	for _, path := range []string{"/willow", "/willow/walls", "/willow/walls/" + handle, "/willow/posts/{id}", "/willow/forums/boards/sleep-and-feeding", "/willow/forums/threads/{id}", "/willow/live/{id}", "/willow/live/{id}/since", "/willow/posts/{id}/report"} {
		if !found[path] {
			s.t.Errorf("nobody finds it at %s: the test looks at nothing", path)
		}
	}
}

func TestAMuteSparesOneSideAndTellsNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		thread := threadBy(nettle, "sleep-and-feeding", "Anybody up?")
		replyBy(sparrow, thread, "Me.")
		sparrow.silence("mute", "juniper", true)
		ear := sparrow.listen("willow", "")
		reply := replyBy(juniper, thread, "kanari too, @sparrow")
		post := juniper.writes("juniper", "kanari on my wall", "")
		ear.hearsNothingOf(reply)
		s.settle(1)
		if list := sparrow.notices("willow"); strings.Contains(list.says(), "Juniper") {
			t.Errorf("told: %s", list.says())
		}
		for _, path := range []string{"/willow", "/willow/forums/threads/" + thread, "/willow/walls", "/willow/walls/juniper", "/willow/posts/" + post} {
			if got := sparrow.getJSON(path, nil); got.has("kanari") {
				t.Errorf("%s has it", path)
			}
		}
		want(t, "their page stays", sparrow.getJSON("/willow/people/juniper", nil), http.StatusOK)
		own := sparrow.writes("sparrow", "Still up", "")
		if got := juniper.getJSON("/willow", nil); !got.has(own) {
			t.Error("who is muted misses what the other writes")
		}
		if got := juniper.getJSON("/willow/people/sparrow", nil); got.has(`"muted":true`) {
			t.Errorf("they learn: %s", got.body)
		}
		sparrow.silence("mute", "juniper", false)
		if got := sparrow.getJSON("/willow", nil); !got.has("kanari") {
			t.Error("heard no more after the mute")
		}
	})
}

// Numbers must not tell that somebody is there who is not there for the reader.
func TestAReactionOfSomebodyBlockedIsNotCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		post := juniper.writes("juniper", "One more night.", "")
		for v, kind := range map[*visitor]string{sparrow: "hug", nettle: "hug", juniper: "hope"} {
			want(t, kind, v.sendJSON("/willow/posts/"+post+"/reaction", map[string]any{"kind": kind}), http.StatusOK)
		}
		counts := func(v *visitor) string {
			t.Helper()
			got := v.getJSON("/willow/posts/"+post, nil)
			return field(t, got, "root", "hug") + " " + field(t, got, "root", "hope")
		}
		nettle.silence("block", "sparrow", true)
		for v, want := range map[*visitor]string{sparrow: "1 1", nettle: "1 1", juniper: "2 1", s.over("lead.willow@northmoor"): "2 1"} {
			if got := counts(v); got != want {
				t.Errorf("counts %s, not %s", got, want)
			}
		}
		nettle.silence("block", "sparrow", false)
		if got := counts(nettle); got != "2 1" {
			t.Errorf("after the block: %s", got)
		}
	})
}

func TestTheTeamIsNeitherBlockedNorDeaf(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, staff := s.over("hazel.willow@northmoor"), s.over("moderator.willow@northmoor")
		priya := s.handleOf("moderator.willow@northmoor")
		for _, how := range []string{"mute", "block"} {
			want(t, how+" the team", hazel.sendJSON("/willow/people/"+priya+"/"+how, map[string]any{"on": true}), http.StatusUnprocessableEntity)
			want(t, how+" by the team", staff.sendJSON("/willow/people/hazel/"+how, map[string]any{"on": true}), http.StatusUnprocessableEntity)
			want(t, how+" oneself", hazel.sendJSON("/willow/people/hazel/"+how, map[string]any{"on": true}), http.StatusUnprocessableEntity)
			want(t, how+" nobody", hazel.sendJSON("/willow/people/nobody/"+how, map[string]any{"on": true}), http.StatusNotFound)
		}
		want(t, "befriend the team", hazel.befriends(priya, "ask"), http.StatusForbidden)
		// Somebody was blocked and is of the team since: the block holds no longer.
		fern := s.over("fern.willow@northmoor")
		hazel.silence("block", "fern", true)
		s.sql("UPDATE members SET roles = 'moderator' WHERE tenant_id = ? AND handle_key = 'fern'", s.northmoor())
		post := fern.writes("fern", "I am here for you now", "")
		want(t, "a word of the team", hazel.getJSON("/willow/posts/"+post, nil), http.StatusOK)
		want(t, "and back", fern.getJSON("/willow/walls/hazel", nil), http.StatusOK)
	})
}

func TestFriendsAskAnswerAndEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		stands := func(v *visitor, handle string) string {
			return field(t, v.getJSON("/willow/people/"+handle, nil), "friendship")
		}
		want(t, "ask", juniper.befriends("sparrow", "ask"), http.StatusOK)
		want(t, "ask twice", juniper.befriends("sparrow", "ask"), http.StatusOK)
		if a, b := stands(juniper, "sparrow"), stands(sparrow, "juniper"); a != "asking" || b != "asked" {
			t.Errorf("after asking: %s, %s", a, b)
		}
		s.settle(1)
		if got := sparrow.notices("willow").says(); got != "Juniper would like to be friends" {
			t.Errorf("told %q", got)
		}
		// A no is not told, and asking again is not heard.
		want(t, "decline", sparrow.befriends("juniper", "decline"), http.StatusOK)
		want(t, "ask again", juniper.befriends("sparrow", "ask"), http.StatusOK)
		if a, b := stands(juniper, "sparrow"), stands(sparrow, "juniper"); a != "asking" || b != "no" {
			t.Errorf("after a no: %s, %s", a, b)
		}
		want(t, "accept what is not asked", sparrow.befriends("juniper", "accept"), http.StatusConflict)
		// Asking the other way says yes at once for whoever still asks.
		want(t, "ask back", sparrow.befriends("juniper", "ask"), http.StatusOK)
		want(t, "accept", juniper.befriends("sparrow", "accept"), http.StatusOK)
		if a, b := stands(juniper, "sparrow"), stands(sparrow, "juniper"); a != "friends" || b != "friends" {
			t.Errorf("after a yes: %s, %s", a, b)
		}
		s.settle(1)
		if got := sparrow.notices("willow").says(); !strings.Contains(got, "Juniper said yes") {
			t.Errorf("told %q", got)
		}
		for _, v := range []*visitor{juniper, sparrow} {
			if got := v.getJSON("/willow/circle", nil); strings.Count(string(got.body), `"person"`) != 1 {
				t.Errorf("circle %s", got.body)
			}
		}
		if got := nettle.getJSON("/willow/circle", nil); got.has("Juniper") {
			t.Errorf("somebody else's circle: %s", got.body)
		}
		want(t, "end", sparrow.befriends("juniper", "end"), http.StatusOK)
		if a, b := stands(juniper, "sparrow"), stands(sparrow, "juniper"); a != "no" || b != "no" {
			t.Errorf("after the end: %s, %s", a, b)
		}
		want(t, "ask", juniper.befriends("sparrow", "ask"), http.StatusOK)
		want(t, "take back", juniper.befriends("sparrow", "withdraw"), http.StatusOK)
		if b := stands(sparrow, "juniper"); b != "no" {
			t.Errorf("after taking back: %s", b)
		}
		want(t, "oneself", juniper.befriends("juniper", "ask"), http.StatusForbidden)
		want(t, "what nobody does", juniper.befriends("sparrow", "marry"), http.StatusUnprocessableEntity)
	})
}

func TestWhatIsForFriendsIsForThemAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		s.friends(juniper, sparrow, "juniper", "sparrow")
		friend, stranger := sparrow.listen("willow", ""), nettle.listen("willow", "")
		post := juniper.writes("juniper", "kanari for my friends, @sparrow and @nettle", "friends")
		friend.hears("posts.published", post)
		stranger.hearsNothingOf(post)
		reply := replyBy(sparrow, post, "kanari, thank you")
		for name, v := range map[string]*visitor{"friend": sparrow, "author": juniper, "team": s.over("moderator.willow@northmoor")} {
			if got := v.getJSON("/willow/posts/"+post, nil); got.status != http.StatusOK || !got.has("thank you") {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		for _, path := range []string{"/willow", "/willow/walls", "/willow/walls/juniper", "/willow/posts/" + post, "/willow/posts/" + reply} {
			if got := nettle.getJSON(path, nil); got.has("kanari") {
				t.Errorf("a stranger finds it at %s", path)
			}
		}
		want(t, "a stranger replies", nettle.sendJSON("/willow/posts/"+post+"/replies", map[string]any{"body": "x"}), http.StatusNotFound)
		s.settle(1)
		if got := sparrow.notices("willow").says(); !strings.Contains(got, "named you") {
			t.Errorf("the friend is told %q", got)
		}
		if got := nettle.notices("willow").says(); strings.Contains(got, "Juniper") {
			t.Errorf("a stranger is told %q", got)
		}
		// On somebody else's wall it is their friends, and only a friend may choose so.
		on := sparrow.writes("juniper", "kanari on your wall", "friends")
		want(t, "the owner", juniper.getJSON("/willow/posts/"+on, nil), http.StatusOK)
		want(t, "a stranger", nettle.getJSON("/willow/posts/"+on, nil), http.StatusNotFound)
		want(t, "a stranger for friends", nettle.sendJSON("/willow/walls/juniper", map[string]any{"body": "x", "audience": "friends"}), http.StatusUnprocessableEntity)
		// The end of a friendship takes it away again, but from nobody their own.
		want(t, "end", juniper.befriends("sparrow", "end"), http.StatusOK)
		want(t, "no friend any more", sparrow.getJSON("/willow/posts/"+post, nil), http.StatusNotFound)
		want(t, "their own", sparrow.getJSON("/willow/posts/"+on, nil), http.StatusOK)
		want(t, "on one's own wall", juniper.getJSON("/willow/posts/"+on, nil), http.StatusOK)
	})
}

func TestFriendsHearOfAWall(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		s.friends(juniper, sparrow, "juniper", "sparrow")
		s.friends(juniper, nettle, "juniper", "nettle")
		s.settle(1)
		for _, v := range []*visitor{sparrow, nettle} {
			v.sendJSON("/willow/notifications/read", nil)
		}
		nettle.silence("mute", "juniper", true)
		juniper.writes("juniper", "A quiet morning", "")
		juniper.writes("sparrow", "For you", "")
		s.settle(1)
		if got := sparrow.notices("willow"); got.Unread != 1 || !strings.Contains(got.says(), "Juniper wrote") {
			t.Errorf("the friend is told %+v", got)
		}
		if got := nettle.notices("willow"); got.Unread != 0 {
			t.Errorf("who muted is told %q", got.says())
		}
	})
}

func TestWordsThatAMemberDoesNotWantToSee(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		page := s.as("sparrow.willow@northmoor")
		add := func(words, how string) {
			want(t, "add "+words, sparrow.sendJSON("/willow/circle/words", map[string]any{"words": words, "how": how}), http.StatusOK)
		}
		thread := threadBy(nettle, "sleep-and-feeding", "Anybody up?")
		replyBy(sparrow, thread, "My own kanari.")
		add("kanar*", "hide")
		add("KANAR*", "hide")
		add("birth plan", "cover")
		if got := sparrow.getJSON("/willow/circle/words", nil); strings.Count(string(got.body), `"words":"`) != 2 {
			t.Errorf("the list is %s", got.body)
		}
		var hidden []string
		for range 25 {
			hidden = append(hidden, juniper.writes("juniper", "A kаnаri sings", "")) // with Cyrillic letters
			s.clock.Advance(time.Second)
		}
		covered := nettle.writes("nettle", "My Birth  Plan is long", "")
		reply := replyBy(juniper, thread, "kanari, @sparrow")
		quoting := nettle.sendJSON("/willow/posts/"+thread+"/replies", map[string]any{"body": "So it does.", "quotes": reply})
		want(t, "quote", quoting, http.StatusOK)
		team := s.over("moderator.willow@northmoor").writes(s.handleOf("moderator.willow@northmoor"), "The team's kanari", "")
		s.settle(1)

		// Pages are full, and no post is on two of them or on none.
		var seen []string
		for path := "/willow"; path != ""; {
			var list struct {
				Posts []struct {
					ID, Body string
					Covered  string `json:"covered_for"`
				}
				Older string
			}
			want(t, path, sparrow.getJSON(path, &list), http.StatusOK)
			if len(list.Posts) != 20 && list.Older != "" {
				t.Errorf("a page of %d", len(list.Posts))
			}
			for _, post := range list.Posts {
				if slices.Contains(hidden, post.ID) || slices.Contains(seen, post.ID) {
					t.Errorf("%s: %s", post.ID, post.Body)
				}
				if post.ID == covered && post.Covered != "birth plan" || post.ID == team && post.Covered != "kanar*" {
					t.Errorf("not covered: %+v", post)
				}
				seen = append(seen, post.ID)
			}
			if path = ""; list.Older != "" {
				path = "/willow?before=" + list.Older
			}
		}
		if !slices.Contains(seen, covered) || !slices.Contains(seen, team) {
			t.Error("what is covered, or the team's, is not there at all")
		}
		if got := page.get("/willow"); got.has("kаnаri") || !got.has("Covered for you") {
			t.Error("the page covers nothing")
		}
		if got := sparrow.getJSON("/willow/forums/threads/"+thread, nil); !got.has("My own kanari") || got.has("kanari, @sparrow") || !got.has("So it does") {
			t.Errorf("the thread: %s", got.body)
		}
		if got := sparrow.notices("willow").says(); strings.Contains(got, "Juniper") {
			t.Errorf("told %q", got)
		}
		if got := sparrow.getJSON("/willow/posts/"+hidden[0], nil); got.status != http.StatusOK || field(t, got, "root", "covered_for") != "kanar*" {
			t.Errorf("by its address it is covered: %d %s", got.status, got.body)
		}
		if got := juniper.getJSON("/willow", nil); got.has(`"covered"`) {
			t.Error("a filter works on somebody else")
		}
		titled := nettle.sendJSON("/willow/forums/threads", map[string]any{"board": "sleep-and-feeding", "title": "Kanari", "body": "x"})
		want(t, "a title", titled, http.StatusOK)
		if got := sparrow.getJSON("/willow/forums/boards/sleep-and-feeding", nil); got.has(field(t, titled, "id")) {
			t.Error("a hidden thread is on its board")
		}
		want(t, "take off", sparrow.sendJSON("/willow/circle/words/remove", map[string]any{"words": "kanar*"}), http.StatusOK)
		if got := sparrow.getJSON("/willow/forums/boards/sleep-and-feeding", nil); !got.has(field(t, titled, "id")) {
			t.Error("still hidden")
		}
		for words, pointer := range map[string]string{"": "#/words", "*": "#/words", "!!": "#/words", "a b c d e f g": "#/words", strings.Repeat("x", 61): "#/words"} {
			if got := sparrow.sendJSON("/willow/circle/words", map[string]any{"words": words, "how": "hide"}); got.status != http.StatusUnprocessableEntity || !got.has(pointer) {
				t.Errorf("%q: %d %s", words, got.status, got.body)
			}
		}
	})
}

func TestAMentionIsToldToThoseWhoMayReadIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		tansy := s.over("tansy.willow@northmoor")
		sparrow.silence("block", "juniper", true)
		post := juniper.writes("juniper", "Thank you @Nettle, @sparrow and `@tansy`, not a@hazel.example", "")
		s.settle(1)
		if got := nettle.notices("willow").says(); !strings.Contains(got, "Juniper named you") {
			t.Errorf("nettle is told %q", got)
		}
		for name, v := range map[string]*visitor{"sparrow": sparrow, "tansy": tansy, "hazel": s.over("hazel.willow@northmoor")} {
			if got := v.notices("willow").says(); strings.Contains(got, "Juniper") {
				t.Errorf("%s is told %q", name, got)
			}
		}
		page := s.as("nettle.willow@northmoor").get("/willow/walls/juniper")
		if !page.has(`<a class="mention" href="/willow/people/nettle">@Nettle</a>`) || page.has("people/sparrow") || page.has("people/tansy\">@") {
			t.Errorf("linked: %s", page.text())
		}
		nettle.sendJSON("/willow/notifications/read", nil)
		// An edit tells only those whom it names anew.
		want(t, "edit", juniper.sendJSON("/willow/posts/"+post+"/edit", map[string]any{"version": 1, "body": "Thank you @Nettle and @tansy and @sparrow"}), http.StatusOK)
		s.settle(1)
		if got := nettle.notices("willow"); got.Unread != 0 || got.Notices[0].Count != 1 {
			t.Errorf("told again: %+v", got)
		}
		if got := tansy.notices("willow").says(); !strings.Contains(got, "Juniper named you") {
			t.Errorf("named by an edit, told %q", got)
		}
		if got := sparrow.notices("willow").says(); strings.Contains(got, "Juniper") {
			t.Errorf("across a block: %q", got)
		}
		// Who is not among the readers is neither told nor linked nor offered.
		staffed := s.over("lead.willow@northmoor").sendJSON("/willow/forums/threads", map[string]any{"board": "team-room", "title": "About", "body": "@nettle may not know"})
		want(t, "in the team's room", staffed, http.StatusOK)
		nettle.sendJSON("/willow/notifications/read", nil)
		s.settle(1)
		if got := nettle.notices("willow"); got.Unread != 0 || strings.Contains(string(staffed.body), `"mentions":["nettle"]`) {
			t.Errorf("told of what is the team's: %+v %s", got, staffed.body)
		}
		var offered struct{ People []struct{ Handle string } }
		s.over("lead.willow@northmoor").getJSON("/willow/mentions?q=net&post="+field(t, staffed, "id"), &offered)
		if len(offered.People) != 0 {
			t.Errorf("offered %v", offered.People)
		}
		s.over("lead.willow@northmoor").getJSON("/willow/mentions?q=net", &offered)
		if len(offered.People) != 1 || offered.People[0].Handle != "Nettle" {
			t.Errorf("offered %v", offered.People)
		}
		want(t, "names for a post that is not theirs", nettle.getJSON("/willow/mentions?q=a&post="+field(t, staffed, "id"), nil), http.StatusNotFound)
	})
}

func TestNamesAreOfferedWhileTyping(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	thread := threadBy(s.over("fern.willow@northmoor"), "sleep-and-feeding", "Anybody up?")
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, "hazel.willow@northmoor")
	tab.Goto(s.address("hazel.willow@northmoor") + "/willow/forums/threads/" + thread)
	tab.Eval(`document.querySelector('#body').focus()`, nil)
	tab.Fill("#body", "Hello @mar")
	tab.WaitText("#names", "Marmalade-on-toast")
	if breaches := uncovered(tab.Axe()); len(breaches) > 0 {
		t.Error(breaches)
	}
	tab.Press("Tab")
	if got := tab.Value("#body"); got != "Hello @Marmalade-on-toast " {
		t.Errorf("it says %q", got)
	}
	if n := tab.Count("#names"); n != 0 {
		t.Error("the list stays")
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestAReportReachesTheTeamAndNobodyElse(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		staff := s.over("moderator.willow@northmoor")
		post := juniper.writes("juniper", "Words that worry", "")
		report := map[string]any{"reason": "danger", "words": "I am worried about her"}
		want(t, "report", sparrow.sendJSON("/willow/posts/"+post+"/report", report), http.StatusOK)
		want(t, "twice", sparrow.sendJSON("/willow/posts/"+post+"/report", report), http.StatusOK)
		want(t, "one's own", juniper.sendJSON("/willow/posts/"+post+"/report", report), http.StatusForbidden)
		want(t, "no reason", sparrow.sendJSON("/willow/posts/"+post+"/report", map[string]any{"reason": "hate"}), http.StatusUnprocessableEntity)
		other := juniper.writes("juniper", "Other words", "")
		want(t, "another reason without a word", sparrow.sendJSON("/willow/posts/"+other+"/report", map[string]any{"reason": "other", "words": " "}), http.StatusUnprocessableEntity)
		thanks := s.as("sparrow.willow@northmoor").get("/willow/posts/" + post + "/reported")
		if thanks.status != http.StatusOK || !thanks.has("116 123") || !thanks.has("03069 990111") || thanks.has("Juniper") {
			t.Errorf("thanks: %d %s", thanks.status, thanks.text())
		}
		want(t, "thanks for nothing", sparrow.getJSON("/willow/posts/"+other+"/reported", nil), http.StatusNotFound)
		for _, v := range []*visitor{juniper, sparrow} {
			want(t, "a member at the desk", v.getJSON("/willow/desk", nil), http.StatusForbidden)
		}
		want(t, "the team", staff.getJSON(s.onDesk(post), nil), http.StatusOK)
		if got := juniper.getJSON("/willow/posts/"+post, nil); got.has("Sparrow") || got.has("report") {
			t.Errorf("the author learns: %s", got.body)
		}
		found := s.text("SELECT i.level || ' ' || m.source || ' ' || m.detail FROM desk_items AS i JOIN desk_marks AS m ON m.tenant_id = i.tenant_id AND m.item_id = i.id WHERE i.tenant_id = ? AND i.subject_id = ? AND i.decided_at IS NULL", s.northmoor(), post)
		if found != "red flag I am worried about somebody’s safety: “I am worried about her”" {
			t.Errorf("on the desk: %s", found)
		}
		if marks := s.count("SELECT count(*) FROM desk_marks AS m JOIN desk_items AS i ON i.tenant_id = m.tenant_id AND i.id = m.item_id WHERE i.tenant_id = ? AND i.subject_id = ?", s.northmoor(), post); marks != 1 {
			t.Errorf("a second report of the same member counts: %d", marks)
		}
		if cases := s.count("SELECT count(*) FROM cases AS c JOIN desk_items AS i ON i.tenant_id = c.tenant_id AND i.id = c.item_id WHERE c.tenant_id = ? AND c.level = 'red' AND i.subject_id = ?", s.northmoor(), post); cases != 1 {
			t.Errorf("%d cases", cases)
		}
	})
}

func TestAPersonsPageOffersWhatCanBeDone(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.as("hazel.willow@northmoor")
	if got := hazel.get("/willow/people/fern"); !got.has("Ask to be friends") || !got.has("Block Fern") || !got.has("Mute Fern") {
		t.Error(got.text())
	}
	if got := hazel.get("/willow/people/jo"); got.has("Ask to be friends") || got.has("Block Jo") {
		t.Error(got.text())
	}
	got := hazel.post("/willow/people/fern/block", url.Values{"on": {"true"}})
	if got.location() != "/willow/circle/silenced" {
		t.Errorf("goes to %q", got.location())
	}
	if got := hazel.get(got.location()); !got.has("Unblock Fern") {
		t.Error(got.text())
	}
	if got := hazel.post("/willow/people/hazel/mute", url.Values{"on": {"true"}}); got.status != http.StatusUnprocessableEntity || !got.has("You cannot mute or block yourself.") {
		t.Errorf("%d %s", got.status, got.text())
	}
	if got := hazel.post("/willow/people/ivy/mute", url.Values{"on": {"true"}, "from": {"https://elsewhere.example/"}}); got.location() != "/willow/people/ivy" {
		t.Errorf("goes to %q", got.location())
	}
}

// coveredThread has a word in it that hazel has covered; ivy reports it.
func (s *site) coveredThread() string {
	s.t.Helper()
	thread := threadBy(s.over("fern.willow@northmoor"), "sleep-and-feeding", "Weighing day")
	replyBy(s.over("clover.willow@northmoor"), thread, "We have ours on Thursday, @Hazel. I look at the ceiling.")
	s.sent(s.over("ivy.willow@northmoor"), "/willow/posts/"+thread+"/report", map[string]any{"reason": "triggering"})
	return thread
}
