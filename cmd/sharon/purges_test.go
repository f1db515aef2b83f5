package main

import (
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// holds places a legal hold on a member of Willow's and returns what lifts it.
func (s *site) holds(handle string) (lift func()) {
	s.t.Helper()
	id := field(s.t, s.sent(s.over("admin@northmoor"), "/trust/holds", map[string]any{"service": "willow", "handle": handle, "reason": "Case 4711"}), "id")
	return func() {
		s.t.Helper()
		s.sent(s.over("admin@northmoor"), "/trust/holds/"+id+"/lift", map[string]any{"reason": "Case closed"})
	}
}

// wouldGo is how many rows of a class the page about it says would go now.
func (s *site) wouldGo(class string) int {
	s.t.Helper()
	var page struct{ Now int }
	want(s.t, class, s.over("admin@northmoor").getJSON("/trust/retention/"+class, &page), http.StatusOK)
	return page.Now
}

const years8 = 8 * 366 * 24 * time.Hour

func TestReportsOfGiftsGoAtTheirAgeAndTheGiftsStay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		give := func(from, to, note string) string {
			return "/willow/gifts/" + field(t, s.over(from+".willow@northmoor").give(to, s.kindOf("bouquet"), note), "id")
		}
		closed, open, held := give("juniper", "Sparrow", "canary closed"), give("juniper", "Sparrow", "canary open"), give("fern", "Sparrow", "canary held")
		for _, path := range []string{closed, open, held} {
			s.sent(s.over("sparrow.willow@northmoor"), path+"/report", map[string]any{"reason": "why " + path})
		}
		lead := s.over("lead.willow@northmoor")
		for _, path := range []string{closed, held} {
			item := s.onDesk(strings.TrimPrefix(path, "/willow/gifts/"))
			s.sent(lead, item+"/take", nil)
			var taken struct{ Version int }
			lead.getJSON(item, &taken)
			s.sent(lead, item+"/decide", map[string]any{"version": taken.Version, "seen": 0, "act": "approve", "reason": "Talked with both"})
		}
		lift, gifts := s.holds("fern"), s.rowsOf("gifts", "1 = 1")
		s.clock.Advance(7 * 365 * 24 * time.Hour)
		s.comesRound("data")
		if n := s.rowsOf("gifts", "note LIKE 'canary%'"); n != 3 || s.wouldGo("gift-reports") != 0 {
			t.Errorf("before their time %d are left", n)
		}
		s.clock.Advance(years8 - 7*365*24*time.Hour)
		if n := s.wouldGo("gift-reports"); n != 1 {
			t.Errorf("%d would go", n)
		}
		left := func(when string, want map[string]int) {
			t.Helper()
			s.comesRound("data")
			for note, n := range want {
				if got := s.rowsOf("gifts", "note = '"+note+"' AND reason LIKE 'why %' AND reported_at IS NOT NULL"); got != n {
					t.Errorf("%s: %d of %q", when, got, note)
				}
			}
		}
		left("at their age", map[string]int{"canary closed": 0, "canary open": 1, "canary held": 1})
		lift()
		left("after the hold", map[string]int{"canary closed": 0, "canary open": 1, "canary held": 0})
		if got := s.rowsOf("gifts", "1 = 1"); got != gifts {
			t.Errorf("%d gifts of %d are left", got, gifts)
		}
	})
}

func TestInvitationsGoAtTheirAge(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, lead := s.posted(), s.over("lead.harbour@northmoor")
		for _, email := range []string{"revoked@person.example", "waiting@person.example", "hazel.willow@northmoor.example"} {
			s.invited(p, lead, "harbour", email, "service_user", nil)
		}
		list := lead.getJSON("/harbour/invitations", nil)
		var ids []string
		for _, email := range []string{"revoked@person.example", "hazel.willow@northmoor.example", "waiting@person.example"} {
			ids = append(ids, invitationTo(t, list, email))
		}
		for _, id := range ids[:2] {
			want(t, "revoke", lead.sendJSON("/harbour/invitations/"+id+"/revoke", nil), http.StatusOK)
		}
		lift := s.holds("hazel")
		there := func(when string, want ...bool) {
			t.Helper()
			s.comesRound("data")
			for i, id := range ids {
				if got := s.rowsOf("invitations", "id = '"+id+"'") == 1; got != want[i] {
					t.Errorf("%s: invitation %d is there: %v", when, i, got)
				}
			}
		}
		s.clock.Advance(300 * 24 * time.Hour)
		there("before its time", true, true, true)
		s.clock.Advance(70 * 24 * time.Hour)
		there("at its age", false, true, true)
		lift()
		there("after the hold", false, false, true)
	})
}

func TestPicturesOfOldVersionsGoAtTheirAge(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		post := s.pictured()
		kept := s.noted("post_pictures")
		var read struct {
			Post struct{ Version int }
		}
		hazel := s.over("hazel.willow@northmoor")
		hazel.getJSON("/willow/posts/"+post, &read)
		first := s.text("SELECT id FROM post_pictures WHERE tenant_id = ? ORDER BY id LIMIT 1", s.northmoor())
		s.sent(hazel, "/willow/posts/"+post+"/edit", map[string]any{"version": max(read.Post.Version, 1), "body": "Only one wall.", "pictures": []string{first}, "alts": []string{"A wall"}})
		lift := s.holds("hazel")
		stored := func(when string, want int) {
			t.Helper()
			s.comesRound("data")
			s.round("posts.pictures")
			s.round("uploads.post_pictures")
			n := 0
			for _, file := range kept {
				if s.stored(file) {
					n++
				}
			}
			if n != want {
				t.Errorf("%s: %d of %d files", when, n, len(kept))
			}
		}
		s.clock.Advance(300 * 24 * time.Hour)
		stored("before its time", 6)
		s.clock.Advance(70 * 24 * time.Hour)
		stored("under a hold", 6)
		lift()
		stored("at its age", 2) // the picture that the post still shows, in two sizes
	})
}

// films are the files of videos in this site's folder.
func (s *site) films() (files []string) {
	s.t.Helper()
	folder := filepath.Join(strings.TrimPrefix(s.app.Files.String(), "in the folder "), "videos")
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return files
}

// Somebody leaves on one device while another still sends a film.
func TestLeavingDuringAnUploadLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v := s.over("ivy.willow@northmoor")
		before := len(s.films())
		id, half := s.begun(v, "canary film"), make([]byte, 5<<20)
		if got := v.tus(http.MethodPost, id, nil, "Upload-Length", strconv.Itoa(3*len(half))); got.status != http.StatusCreated {
			t.Fatalf("begin: %d %s", got.status, got.body)
		}
		if got := v.tus(http.MethodPatch, id, half, "Upload-Offset", "0"); got.status != http.StatusNoContent {
			t.Fatalf("send: %d %s", got.status, got.body)
		}
		if len(s.films()) == before {
			t.Fatal("nothing was stored")
		}
		body, more := io.Pipe()
		request := v.request(http.MethodPatch, myVideo+id+"/upload", body)
		request.ContentLength = int64(2 * len(half))
		for name, value := range map[string]string{"Authorization": "Bearer " + v.bearer, "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": strconv.Itoa(len(half))} {
			request.Header.Set(name, value)
		}
		answered := make(chan string, 1)
		go func() {
			response, err := v.client.Do(request)
			if err != nil { // the server hung up before all was sent
				answered <- "refused"
				return
			}
			_ = response.Body.Close()
			answered <- map[bool]string{true: "refused", false: response.Status}[response.StatusCode >= 400]
		}()
		if _, err := more.Write(half); err != nil { // more than one piece: the request is at work
			t.Fatal(err)
		}
		s.sent(s.over("ivy.willow@northmoor"), "/account/data/leave", map[string]any{"words": "remove", "when": "now"})
		s.settle(1)
		go func() {
			_, _ = more.Write(half)
			_ = more.Close()
		}()
		if got := <-answered; got != "refused" {
			t.Errorf("what came after she left was taken: %s", got)
		}
		if got := v.tus(http.MethodPatch, id, []byte("x"), "Upload-Offset", strconv.Itoa(len(half))); got.status != http.StatusUnauthorized {
			t.Errorf("a further piece: %d %s", got.status, got.body)
		}
		s.settle(1)
		if left := len(s.films()); left != before {
			t.Errorf("%d files where there were %d", left, before)
		}
		if n := s.rowsOf("video_pieces", "video_id = '"+id+"'") + len(s.rowsWith("canary film")); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}
