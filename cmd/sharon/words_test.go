package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// uploads sends a draft with files as a form does, without JavaScript.
func (v *visitor) uploads(fields url.Values, files ...[]byte) answer {
	v.site.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields = copied(fields)
	if v.bearer == "" {
		fields.Set("_csrf", v.token("/willow/x"))
	}
	for name, values := range fields {
		for _, value := range values {
			if err := form.WriteField(name, value); err != nil {
				v.site.t.Fatal(err)
			}
		}
	}
	for i, file := range files {
		to, err := form.CreateFormFile("files", fmt.Sprintf("IMG_%d.jpg", i))
		if err == nil {
			_, err = to.Write(file)
		}
		if err != nil {
			v.site.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		v.site.t.Fatal(err)
	}
	request := v.request(http.MethodPost, "/willow/drafts", &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(request)
}

// photo is a picture of one colour.
func photo(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, color.RGBA{uint8(90 + 120*y/height), uint8(120 + 60*x/width), 170, 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type aDraft struct {
	Draft struct {
		ID, Body string
		Images   []struct {
			ID, Alt       string
			Width, Height int
		}
	}
}

// pictureBy sends a picture with a draft for the visitor's own wall and returns its id.
func pictureBy(v *visitor, handle string) string {
	v.site.t.Helper()
	var out aDraft
	v.read(v.uploads(url.Values{"kind": {"wall_post"}, "about": {v.site.idOf(handle)}, "body": {"words"}}, photo(v.site.t, 1600, 900)), &out)
	if len(out.Draft.Images) == 0 {
		v.site.t.Fatal("no picture was kept")
	}
	return out.Draft.Images[len(out.Draft.Images)-1].ID
}

// aPhoto is a file as a phone has it.
func (s *site) aPhoto() string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "IMG_0042.png")
	if err := os.WriteFile(path, photo(s.t, 1200, 900), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// pictured is a post of Hazel's with three pictures.
func (s *site) pictured() string {
	s.t.Helper()
	hazel := s.over("hazel.willow@northmoor")
	ids := []string{pictureBy(hazel, "hazel"), pictureBy(hazel, "hazel"), pictureBy(hazel, "hazel")}
	return field(s.t, s.sent(hazel, "/willow/walls/hazel", map[string]any{"body": "The same wall, three times.", "pictures": ids, "alts": []string{"A wall", "A wall again", "Guess"}, "draft": true}), "post", "id")
}

// covered is a thread of the demo that its content note covers.
func (s *site) covered() string {
	s.t.Helper()
	var page struct {
		Threads []struct {
			Post struct {
				ID      string
				Covered bool
			}
		}
	}
	s.over("fern.willow@northmoor").getJSON("/willow/forums/boards/bumps-and-waiting", &page)
	for _, thread := range page.Threads {
		if thread.Post.Covered {
			return thread.Post.ID
		}
	}
	s.t.Fatal("no thread of the demo is covered")
	return ""
}

// idOf is the id of a member of Willow.
func (s *site) idOf(handle string) string {
	s.t.Helper()
	return field(s.t, s.over("lead.willow@northmoor").getJSON("/willow/people/"+handle, nil), "person", "id")
}

func TestADraftIsItsWritersAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern, lead := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("lead.willow@northmoor")
		about := s.idOf("fern")
		const secret = "canary that nobody but hazel reads"
		var first aDraft
		hazel.read(s.sent(hazel, "/willow/drafts", map[string]any{"kind": "wall_post", "about": about, "body": secret}), &first)
		s.sent(hazel, "/willow/drafts", map[string]any{"kind": "wall_post", "about": about, "body": secret + ", longer"})
		if list := hazel.getJSON("/willow/drafts", nil); strings.Count(string(list.body), secret) != 1 || !list.has("longer") || !list.has("Fern’s wall") {
			t.Errorf("one draft for a wall: %s", list.body)
		}
		if wall := hazel.getJSON("/willow/walls/fern", nil); !wall.has(secret) {
			t.Errorf("hazel's own form does not have it: %s", wall.body)
		}
		for _, other := range []*visitor{fern, lead, s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor")} {
			for _, path := range []string{"/willow/drafts", "/willow/walls/fern", "/willow", "/willow/walls"} {
				if got := other.getJSON(path, nil); got.has(secret) {
					t.Errorf("somebody else reads it at %s: %s", path, got.body)
				}
			}
			if got := other.sendJSON("/willow/drafts/"+first.Draft.ID+"/discard", nil); got.status != http.StatusNotFound {
				t.Errorf("somebody else throws it away: %d", got.status)
			}
		}
		s.sent(hazel, "/willow/walls/fern", map[string]any{"body": secret + ", said aloud", "draft": true})
		if list := hazel.getJSON("/willow/drafts", nil); list.has(secret) {
			t.Errorf("posted, and still a draft: %s", list.body)
		}
		s.sent(hazel, "/willow/drafts", map[string]any{"kind": "thread", "title": "Half a title"})
		s.sent(hazel, "/willow/drafts", map[string]any{"kind": "thread", "title": " ", "body": " "})
		if list := hazel.getJSON("/willow/drafts", nil); list.has("Half a title") {
			t.Errorf("emptied, and still there: %s", list.body)
		}
		for _, bad := range []map[string]any{{"kind": "nonsense", "body": "x"}, {"body": "x"}, {"kind": "thread", "body": strings.Repeat("x", 50001)}} {
			if got := hazel.sendJSON("/willow/drafts", bad); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%.60v: %d", bad, got.status)
			}
		}
	})
}

func TestADraftWaitsInItsThreadAndShowsHowItWillLook(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.as("hazel.willow@northmoor")
		thread := threadBy(s.over("fern.willow@northmoor"), "sleep-and-feeding", "A thread to answer")
		quoted := replyBy(s.over("ivy.willow@northmoor"), thread, "words worth quoting")
		page := "/willow/forums/threads/" + thread
		got := hazel.post("/willow/drafts", url.Values{"kind": {"reply"}, "about": {thread}, "from": {page}, "then": {"preview"}, "quotes": {quoted},
			"body": {"**bold** <script>alert(1)</script>"}, "notes": {"", "birth"}, "_once": {"the form's key"}})
		if got.status != http.StatusSeeOther || got.location() != page+"?preview=true#reply" {
			t.Fatalf("preview: %d to %s", got.status, got.location())
		}
		looks := hazel.get(strings.TrimSuffix(got.location(), "#reply"))
		if !looks.has("How it will look") || !looks.has("<strong>bold</strong>") || looks.has("<script>alert") || !looks.has("Content note: A hard birth") {
			t.Errorf("the preview: %s", looks.text())
		}
		form := hazel.get(page).form(page + "/replies")
		if form.Get("quotes") != quoted || !hazel.get(page).has("**bold** &lt;script&gt;") || form.Get("draft") != "true" {
			t.Errorf("the thread's form has %v", form)
		}
		// The same form sent once more with other words: a draft is no receipt.
		got = hazel.post("/willow/drafts", url.Values{"kind": {"reply"}, "about": {thread}, "from": {"https://evil.example/x"}, "body": {"other words"}, "_once": {"the form's key"}})
		if got.status != http.StatusSeeOther || got.location() != "/willow/drafts" {
			t.Errorf("again: %d to %s", got.status, got.location())
		}
		if list := hazel.get("/willow/drafts"); !list.has("other words") || !list.has("A reply to “A thread to answer”") {
			t.Errorf("the list: %s", list.text())
		}
		s.sent(s.over("fern.willow@northmoor"), "/willow/posts/"+thread+"/remove", nil)
		if list := hazel.get("/willow/drafts"); !list.has("other words") || list.has("A thread to answer") {
			t.Errorf("the thread being gone: %s", list.text())
		}
	})
}

func TestPicturesOfAPostAreForThoseWhoMayReadIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern, mod := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("moderator.willow@northmoor")
		id := pictureBy(hazel, "hazel")
		sees := func(v *visitor, want int, when string) {
			t.Helper()
			for _, size := range []string{"", "?small=true"} {
				if got := v.get("/willow/pictures/" + id + size); got.status != want {
					t.Errorf("%s%s: %d, want %d", when, size, got.status, want)
				}
			}
		}
		sees(hazel, 200, "mine, in a draft")
		sees(fern, 404, "of another, in a draft")
		sees(mod, 404, "the team, of a draft")

		write := func(v *visitor, in map[string]any) answer { return v.sendJSON("/willow/walls/hazel", in) }
		for name, bad := range map[string]struct {
			by      *visitor
			in      map[string]any
			pointer string
		}{
			"nothing said of it": {hazel, map[string]any{"body": "x", "pictures": []string{id}}, "#/alts/0"},
			"only blanks":        {hazel, map[string]any{"body": "x", "pictures": []string{id}, "alts": []string{"  "}}, "#/alts/0"},
			"not mine":           {fern, map[string]any{"body": "x", "pictures": []string{id}, "alts": []string{"stolen"}}, "#/files"},
			"twice":              {hazel, map[string]any{"body": "x", "pictures": []string{id, id}, "alts": []string{"a", "b"}}, "#/files"},
			"five":               {hazel, map[string]any{"body": "x", "pictures": []string{id, id, id, id, id, id}}, "#/pictures"},
			"never sent":         {hazel, map[string]any{"body": "x", "files": []string{"IMG_1.jpg"}}, "#/files"},
		} {
			if got := write(bad.by, bad.in); got.status != 422 || !got.has(`"pointer":"`+bad.pointer+`"`) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		sees(hazel, 200, "after what was refused")
		got := write(hazel, map[string]any{"body": "Look", "audience": "peers", "pictures": []string{id}, "alts": []string{"A dog, jealous"}, "draft": true})
		post := field(t, got, "post", "id")
		if got.status != 200 || !got.has(`"alt":"A dog, jealous"`) || !got.has(`"width":800,"height":450`) {
			t.Fatalf("post: %d %s", got.status, got.body)
		}
		sees(fern, 200, "posted")
		whole, small := fern.get("/willow/pictures/"+id), fern.get("/willow/pictures/"+id+"?small=true")
		if whole.header.Get("Cache-Control") != "private, no-cache" || len(small.body) >= len(whole.body) || !strings.Contains(whole.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%v, %d and %d bytes", whole.header, len(whole.body), len(small.body))
		}
		if got := write(hazel, map[string]any{"body": "Again", "pictures": []string{id}, "alts": []string{"a"}}); got.status != 422 {
			t.Errorf("in a second post: %d", got.status)
		}
		sees(s.over("carer.kin@northmoor"), 404, "another service's carer")
		sees(s.visit("northmoor"), 303, "nobody")

		s.sent(hazel, "/willow/posts/"+post+"/edit", map[string]any{"body": "Look!", "version": 1})
		sees(fern, 200, "changed in its words only")
		s.sent(hazel, "/willow/posts/"+post+"/edit", map[string]any{"body": "Don't look", "version": 2, "pictures": []string{}})
		sees(fern, 404, "taken off")
		sees(mod, 200, "the team, taken off")
		s.sent(hazel, "/willow/posts/"+post+"/edit", map[string]any{"body": "Look", "version": 3, "pictures": []string{id}, "decorative": []string{id}})
		sees(fern, 200, "on again")
		s.sent(hazel, "/willow/posts/"+post+"/remove", nil)
		sees(fern, 404, "the post taken down")
		sees(hazel, 404, "its writer, the post taken down")
		sees(mod, 200, "the team, the post taken down")
	})
}

func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	body := append([]byte(kind), data...)
	return binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
}

// vast is the beginning of a PNG that says it has 50,000 × 50,000 pixels.
func vast() []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 50_000), 50_000)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 6, 0, 0, 0))...)
}

func TestWhatIsNoPictureIsRefusedAndTheFormKeepsAll(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.as("hazel.willow@northmoor")
		kept := pictureBy(s.over("hazel.willow@northmoor"), "hazel")
		for name, bad := range map[string]struct {
			file  []byte
			words string
		}{
			"SVG with a script": {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "This is not a picture that we can show"},
			"HEIC":              {append([]byte("\x00\x00\x00\x18ftypheic"), make([]byte, 64)...), "HEIC"},
			"50,000 × 50,000":   {vast(), "too many pixels"},
			"half a picture":    {photo(t, 300, 300)[:200], "damaged"},
			"a web page":        {[]byte("<html><script>alert(1)</script>"), "This is not a picture that we can show"},
			"nothing":           {nil, "empty"},
			"11 MB":             {append(photo(t, 8, 8), make([]byte, 11<<20)...), "10 MB"},
		} {
			got := hazel.uploads(url.Values{"kind": {"wall_post"}, "about": {s.idOf("hazel")}, "from": {"/willow/walls/hazel"}, "then": {"write"}, "audience": {"peers"},
				"body": {"words that took an hour"}, "notes": {"", "birth"}, "pictures": {"", kept}, "alts": {"", "A dog, jealous"}}, bad.file)
			form := got.form("/willow/walls/hazel")
			if got.status != 422 || !got.has(bad.words) || !got.has("words that took an hour") || !got.has("A dog, jealous") || form.Get("pictures") != kept || form.Get("notes") != "birth" || form.Get("audience") != "peers" {
				t.Errorf("%s: %d %v %s", name, got.status, form, got.text())
			}
		}
		// A picture and a page at once: what comes out is made of the pixels alone.
		over := s.over("hazel.willow@northmoor")
		var out aDraft
		over.read(over.uploads(url.Values{"kind": {"thread"}, "body": {"x"}}, append(photo(t, 30, 30), "<script>alert('polyglot')</script> 51.4545 -2.5879"...)), &out)
		if got := hazel.get("/willow/pictures/" + out.Draft.Images[0].ID); got.status != 200 || got.has("script") || got.has("51.4545") {
			t.Errorf("a polyglot: %d", got.status)
		}
	})
}

func TestPicturesThatNobodyCameForAreSwept(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		id := pictureBy(hazel, "hazel")
		files := func() (many int) {
			folder := filepath.Join(strings.TrimPrefix(s.app.Files.String(), "in the folder "), "posts")
			_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, _ error) error {
				if entry != nil && !entry.IsDir() {
					many++
				}
				return nil
			})
			return many
		}
		s.clock.Advance(25 * time.Hour)
		sweep := func() {
			s.round("posts.pictures")
			s.round("uploads.post_pictures")
		}
		sweep()
		if files() != 2 {
			t.Fatalf("in a draft: %d files", files())
		}
		hazel = s.over("hazel.willow@northmoor")
		s.sent(hazel, "/willow/drafts", map[string]any{"kind": "wall_post", "about": s.idOf("hazel"), "body": "words", "pictures": []string{id}, "off": id})
		if got := hazel.get("/willow/pictures/" + id); got.status != 200 {
			t.Errorf("taken off, before the sweep: %d", got.status)
		}
		sweep()
		if got := hazel.get("/willow/pictures/" + id); got.status != 404 || files() != 0 {
			t.Errorf("swept: %d, %d files", got.status, files())
		}
		sweep()
	})
}

func TestDraftsThatNobodyTouchesGoWithTheirPictures(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		pictureBy(s.over("hazel.willow@northmoor"), "hazel")
		kept := s.noted("post_pictures")
		s.sent(s.over("admin@northmoor"), "/trust/holds", map[string]any{"service": "willow", "handle": "fern", "reason": "Case 4711"})
		begun := func(who, body string) string {
			return "draft.body = '" + field(t, s.sent(s.over(who+".willow@northmoor"), "/willow/drafts", map[string]any{"kind": "thread", "body": body}), "draft", "body") + "'"
		}
		old, held, waiting := begun("juniper", "forgotten"), begun("fern", "under a hold"), begun("sparrow", "waits to be published")
		s.sql("UPDATE drafts SET due_at = ? WHERE tenant_id = ? AND body = 'waits to be published'", s.clock.Now().AddDate(2, 0, 0), s.northmoor())
		s.clock.Advance(200 * 24 * time.Hour)
		young := begun("nettle", "touched since")
		var would struct{ Days, Now, Month int }
		s.over("admin@northmoor").getJSON("/trust/retention/drafts?days=100", &would)
		if would.Days != 365 || would.Now < 2 {
			t.Errorf("the page says %+v", would)
		}
		is := func(when string, want int, drafts ...string) {
			t.Helper()
			for _, draft := range drafts {
				if n := s.rowsOf("drafts AS draft", draft); n != want {
					t.Errorf("%s: %d of %s", when, n, draft)
				}
			}
		}
		s.comesRound("data")
		is("after half a year", 1, old, held, waiting, young)
		s.clock.Advance(200 * 24 * time.Hour)
		s.comesRound("data")
		is("after a year", 0, old, "draft.body = 'words'")
		is("after a year", 1, held, waiting, young)
		s.round("posts.pictures")
		s.round("uploads.post_pictures")
		for _, file := range kept {
			if s.stored(file) {
				t.Error("a picture of a draft that is gone is still stored")
			}
		}
	})
}

var inDetails = regexp.MustCompile(`(?s)<details class="veil">.*?</details>`)

func TestCoveredWordsAreNowhereBeforeTheyAreOpened(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const canary = "canarywords"
		hazel, fern, page, mod := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.as("fern.willow@northmoor"), s.over("moderator.willow@northmoor")
		picture := pictureBy(hazel, "hazel")
		thread := field(t, s.sent(hazel, "/willow/forums/threads", map[string]any{"board": "sleep-and-feeding", "title": canary + " title", "body": canary + " body @fern",
			"notes": []string{"baby-loss"}, "pictures": []string{picture}, "alts": []string{canary + " alt"}}), "id")
		covered := field(t, s.sent(hazel, "/willow/posts/"+thread+"/replies", map[string]any{"body": canary + " reply", "notes": []string{"birth"}}), "post", "id")
		s.sent(hazel, "/willow/posts/"+thread+"/replies", map[string]any{"body": "An open answer", "quotes": covered})
		s.settle(1)
		pages := []string{"/willow", "/willow/forums/boards/sleep-and-feeding", "/willow/forums/threads/" + thread, "/willow/posts/" + thread, "/willow/notifications", "/willow/posts/" + covered, "/willow/forums/unanswered"}
		for _, path := range pages {
			if got := fern.getJSON(path, nil); got.status != 200 || got.has(canary) {
				t.Errorf("%s as JSON: %d %s", path, got.status, got.body)
			}
			got := page.get(path)
			if open := inDetails.ReplaceAll(got.body, nil); got.status != 303 && (got.status != 200 || bytes.Contains(open, []byte(canary))) {
				t.Errorf("%s: %d, not covered: %s", path, got.status, got.text())
			}
		}
		for _, path := range []string{"/willow/posts/" + thread, "/willow/posts/" + covered} {
			if got := fern.getJSON(path+"?open=true", nil); !got.has(canary) {
				t.Errorf("%s, opened: %s", path, got.body)
			}
		}
		if got := hazel.getJSON("/willow/posts/"+thread, nil); !got.has(canary + " body") {
			t.Errorf("its writer sees it covered: %s", got.body)
		}
		if got := fern.getJSON("/willow/notifications", nil); !got.has("Hazel") {
			t.Errorf("fern was not told of the mention: %s", got.body)
		}

		s.sent(fern, "/willow/reading", map[string]any{"topics": map[string]string{"baby-loss": "show"}})
		if got := fern.getJSON("/willow/posts/"+thread, nil); !got.has(canary+" body") || got.has(canary+" reply") {
			t.Errorf("one topic shown: %s", got.body)
		}
		s.sent(fern, "/willow/reading", map[string]any{"topics": map[string]string{"birth": "hide"}})
		if got := fern.getJSON("/willow/forums/threads/"+thread, nil); got.has(covered+`","kind"`) || !got.has("An open answer") {
			t.Errorf("a reply about a hidden topic: %s", got.body)
		}
		s.sent(fern, "/willow/reading", map[string]any{"topics": map[string]string{"baby-loss": "hide"}})
		s.sent(mod, "/willow/reading", map[string]any{"topics": map[string]string{"baby-loss": "hide"}})
		s.sent(hazel, "/willow/reading", map[string]any{"topics": map[string]string{"baby-loss": "hide"}})
		for _, path := range []string{"/willow", "/willow/forums/boards/sleep-and-feeding", "/willow/forums/unanswered"} {
			if got := fern.getJSON(path, nil); got.status != 200 || got.has(thread) {
				t.Errorf("%s has what fern hides: %s", path, got.body)
			}
		}
		for _, path := range []string{"/willow/posts/" + thread, "/willow/forums/threads/" + thread, "/willow/posts/" + covered, "/willow/pictures/" + picture, "/willow/posts/" + thread + "?open=true"} {
			if got := fern.getJSON(path, nil); got.status != 404 {
				t.Errorf("%s, hidden: %d", path, got.status)
			}
			if got := mod.getJSON(path, nil); got.status != 200 {
				t.Errorf("%s for the team, which cannot hide: %d", path, got.status)
			}
			if got := hazel.getJSON(path, nil); got.status != 200 {
				t.Errorf("%s for its writer: %d", path, got.status)
			}
		}
		if got := fern.sendJSON("/willow/posts/"+thread+"/replies", says("x")); got.status != 404 {
			t.Errorf("a reply to what is hidden: %d", got.status)
		}
		before := string(fern.getJSON("/willow/notifications", nil).body)
		s.sent(hazel, "/willow/posts/"+thread+"/replies", says("And you, @fern?"))
		s.settle(1)
		if after := string(fern.getJSON("/willow/notifications", nil).body); strings.Count(after, `"kind"`) > strings.Count(before, `"kind"`) || strings.Contains(after, canary) {
			t.Errorf("fern is told of what they hide: %s", after)
		}
		for _, bad := range []map[string]any{{"topics": map[string]string{"no-such": "hide"}}, {"topics": map[string]string{"birth": "burn"}}, {"topics": "x"}} {
			if got := fern.sendJSON("/willow/reading", bad); got.status != 422 {
				t.Errorf("%v: %d %s", bad, got.status, got.body)
			}
		}
	})
}

func TestTheTeamSettlesContentNotes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern, mod := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("moderator.willow@northmoor")
		id := wallPostBy(hazel, "hazel", "words about a birth")
		path := "/willow/posts/" + id
		if got := fern.sendJSON(path+"/notes", map[string]any{"version": 1, "notes": []string{"birth"}}); got.status != http.StatusForbidden {
			t.Errorf("a member puts a note on: %d", got.status)
		}
		if got := mod.sendJSON(path+"/notes", map[string]any{"version": 1, "notes": []string{"no-such"}}); got.status != 422 {
			t.Errorf("an unknown topic: %d", got.status)
		}
		s.sent(mod, path+"/notes", map[string]any{"version": 1, "notes": []string{"birth"}})
		if got := fern.getJSON(path, nil); got.has("words about") || !got.has(`"covered":true`) {
			t.Errorf("noted: %s", got.body)
		}
		if got := mod.sendJSON(path+"/notes", map[string]any{"version": 1, "notes": []string{"suicide"}}); got.status != http.StatusConflict {
			t.Errorf("a second moderator who saw the first version: %d", got.status)
		}
		s.sent(hazel, path+"/edit", map[string]any{"version": 2, "body": "words about it", "notes": []string{"neonatal"}})
		if got := hazel.getJSON(path, nil); !got.has(`"notes":["birth","neonatal"]`) {
			t.Errorf("its writer took the team's note away: %s", got.body)
		}
	})
}

func TestTopicsAreTheServices(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, lead, other := s.over("hazel.willow@northmoor"), s.over("lead.willow@northmoor"), s.over("lead.harbour@northmoor")
		if got := hazel.sendJSON("/willow/settings/topics", map[string]any{"name": "Mine"}); got.status != http.StatusForbidden {
			t.Errorf("a member adds a topic: %d", got.status)
		}
		key := field(t, s.sent(lead, "/willow/settings/topics", map[string]any{"name": " Returning to work "}), "key")
		s.sent(hazel, "/willow/walls/hazel", map[string]any{"body": "x", "notes": []string{key}})
		for name, got := range map[string]answer{
			"the same name": lead.sendJSON("/willow/settings/topics", map[string]any{"name": "returning TO work"}),
			"no name":       lead.sendJSON("/willow/settings/topics", map[string]any{"name": " "}),
			"a taken name":  lead.sendJSON("/willow/settings/topics/birth", map[string]any{"name": "Baby loss", "offered": true}),
		} {
			if got.status != 422 {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if got := other.getJSON("/harbour/settings/topics", nil); got.has("Returning to work") || !got.has("Weight and body") {
			t.Errorf("another service's topics: %s", got.body)
		}
		if got := other.sendJSON("/harbour/settings/topics/"+key, map[string]any{"name": "Theirs", "offered": true}); got.status != http.StatusNotFound {
			t.Errorf("another service's lead changes it: %d", got.status)
		}
		s.sent(lead, "/willow/settings/topics/"+key, map[string]any{"name": "Work", "offered": false})
		if got := hazel.sendJSON("/willow/walls/hazel", map[string]any{"body": "x", "notes": []string{key}}); got.status != 422 {
			t.Errorf("a topic that is offered no more: %d", got.status)
		}
		page := s.as("fern.willow@northmoor").get("/willow/walls/hazel")
		if !page.has("Content note: Work") {
			t.Errorf("what had it is covered no more: %s", page.text())
		}
	})
}

func TestCountsCanBeHidden(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.as("fern.willow@northmoor")
		thread := threadBy(hazel, "sleep-and-feeding", "Counted")
		replyBy(hazel, thread, "one")
		s.sent(hazel, "/willow/posts/"+thread+"/reaction", map[string]any{"kind": "hug"})
		path := "/willow/forums/threads/" + thread
		if got := fern.get(path); !got.has("reaction__count") || !got.has("1 reply") {
			t.Errorf("usually: %s", got.text())
		}
		if got := fern.post("/willow/reading", url.Values{"hide_counts": {"true"}, "topics/birth": {"cover"}}); got.status != http.StatusSeeOther {
			t.Fatalf("choose: %d %s", got.status, got.text())
		}
		for _, path := range []string{path, "/willow", "/willow/forums/boards/sleep-and-feeding"} {
			if got := fern.get(path); got.has("reaction__count") || got.has("1 reply") {
				t.Errorf("%s still counts: %s", path, got.text())
			}
		}
		if got := fern.get("/willow/reading"); !strings.Contains(got.form("/willow/reading").Get("hide_counts"), "true") {
			t.Errorf("the page forgets: %s", got.text())
		}
	})
}
