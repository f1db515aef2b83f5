package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// library is a part of it as a client reads it.
type library struct {
	Tags      []string
	Resources []struct {
		ID, Title, Kind, State string
		Shared                 bool
	}
}

func (v *visitor) library(path string) (list library) {
	v.site.t.Helper()
	if got := v.getJSON(path, &list); got.status != http.StatusOK {
		v.site.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return list
}

func (l library) titles() string {
	var all []string
	for _, one := range l.Resources {
		all = append(all, one.Title)
	}
	return strings.Join(all, " | ")
}

// resourceOf is an item of Willow's library by its title.
func (s *site) resourceOf(title string) string {
	s.t.Helper()
	lead := s.over("lead.willow@northmoor")
	var desk struct{ Suggestions []struct{ ID, Title string } }
	lead.getJSON("/willow/resources/desk", &desk)
	for _, one := range desk.Suggestions {
		if one.Title == title {
			return "/willow/resources/" + one.ID
		}
	}
	for _, one := range lead.library("/willow/resources").Resources {
		if one.Title == title {
			return "/willow/resources/" + one.ID
		}
	}
	s.t.Fatalf("no resource %q", title)
	return ""
}

func article(title string) map[string]any {
	return map[string]any{"kind": "article", "title": title, "body": "Words **that** help.", "tags": "Sleep, At night"}
}

// filed sends a file with the fields of a form.
func (v *visitor) filed(path, name string, content []byte, fields map[string]string) answer {
	v.site.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range fields {
		if err := form.WriteField(field, value); err != nil {
			v.site.t.Fatal(err)
		}
	}
	to, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = to.Write(content)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		v.site.t.Fatal(err)
	}
	request := v.request(http.MethodPost, path, &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Accept", "application/json")
	return v.do(request)
}

// zipped is a zip with these names in it, each with its content.
func zipped(t *testing.T, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i+1 < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err == nil {
			_, err = part.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheTeamKeepsTheLibraryAndMembersReadIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		nurse, hazel := s.as("clinician.willow@northmoor"), s.over("hazel.willow@northmoor")
		got := nurse.post("/willow/resources", url.Values{"kind": {"article"}, "title": {"Naps"}, "body": {"They **count**."}, "tags": {"Sleep, sleep , At night!"}})
		path := got.location()
		if got.status != http.StatusSeeOther {
			t.Fatalf("add: %d %s", got.status, got.text())
		}
		if page := s.as("hazel.willow@northmoor").get(path); !page.has("They <strong>count</strong>.") || !page.has("at night") || page.has("For the team") {
			t.Errorf("a member sees %s", page.text())
		}
		if list := hazel.library("/willow/resources?tag=at-night"); list.titles() != "Naps" {
			t.Errorf("by tag: %s", list.titles())
		}
		if list := hazel.library("/willow/resources?kind=link"); strings.Contains(list.titles(), "Naps") || len(list.Resources) == 0 {
			t.Errorf("links: %s", list.titles())
		}
		edit := url.Values{"version": {"1"}, "title": {"Naps, again"}, "body": {"They **count** twice."}, "review_on": {"2027-02-03"}, "owner": {"tess"}}
		want(t, "edit", nurse.post(path+"/edit", edit), http.StatusSeeOther)
		stale := nurse.post(path+"/edit", url.Values{"version": {"1"}, "title": {"From the second tab"}, "body": {"x"}})
		if stale.status != http.StatusConflict || !stale.has("From the second tab") || !stale.has("Naps, again") {
			t.Errorf("second tab: %d %s", stale.status, stale.text())
		}
		want(t, "a member edits", hazel.sendJSON(path+"/edit", map[string]any{"version": 2, "title": "x", "body": "x"}), http.StatusForbidden)
		want(t, "archive", nurse.post(path+"/archive", url.Values{"archived": {"true"}}), http.StatusSeeOther)
		want(t, "a member reads what is archived", hazel.getJSON(path, nil), http.StatusNotFound)
		if page := nurse.get("/willow/resources/archive"); !page.has("Naps, again") {
			t.Errorf("the archive: %s", page.text())
		}
		want(t, "back", nurse.post(path+"/archive", url.Values{"archived": {"false"}}), http.StatusSeeOther)
		want(t, "a member reads it again", hazel.getJSON(path, nil), http.StatusOK)
	})
}

func TestAnItemThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	v := s.over("clinician.willow@northmoor")
	with := func(more map[string]any) map[string]any {
		in := article("Fine")
		for name, value := range more {
			in[name] = value
		}
		return in
	}
	for name, try := range map[string]struct {
		in      map[string]any
		pointer string
	}{
		"no title":          {with(map[string]any{"title": "  "}), "#/title"},
		"no text":           {with(map[string]any{"body": " "}), "#/body"},
		"a file by words":   {with(map[string]any{"kind": "file"}), "#/kind"},
		"no address":        {map[string]any{"kind": "link", "title": "x"}, "#/url"},
		"a script":          {map[string]any{"kind": "link", "title": "x", "url": "javascript:alert(1)"}, "#/url"},
		"a name before @":   {map[string]any{"kind": "link", "title": "x", "url": "https://www.nhs.uk@evil.example/"}, "#/url"},
		"no way to them":    {map[string]any{"kind": "organisation", "title": "x"}, "#/phone"},
		"no email":          {map[string]any{"kind": "organisation", "title": "x", "email": "nobody"}, "#/email"},
		"too many tags":     {with(map[string]any{"tags": "a,b,c,d,e,f,g,h,i"}), "#/tags"},
		"too long a tag":    {with(map[string]any{"tags": strings.Repeat("x", 31)}), "#/tags"},
		"no day":            {with(map[string]any{"review_on": "tomorrow"}), "#/review_on"},
		"a day gone by":     {with(map[string]any{"review_on": "2025-01-01"}), "#/review_on"},
		"a member's care":   {with(map[string]any{"owner": "hazel"}), "#/owner"},
		"nobody's care":     {with(map[string]any{"owner": "nobody"}), "#/owner"},
		"much too much":     {with(map[string]any{"body": strings.Repeat("x", 20_001)}), "#/body"},
		"a summary's worth": {with(map[string]any{"summary": strings.Repeat("x", 301)}), "#/summary"},
	} {
		if got := v.sendJSON("/willow/resources", try.in); got.status != http.StatusUnprocessableEntity || !got.has(`"pointer":"`+try.pointer+`"`) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	want(t, "a clinician shares with the trust", v.sendJSON("/willow/resources", with(map[string]any{"shared": true})), http.StatusForbidden)
	if page := s.as("clinician.willow@northmoor").post("/willow/resources", url.Values{"kind": {"link"}, "title": {"Kept title"}, "url": {"kept address"}}); !page.has("Kept title") || !page.has("kept address") {
		t.Errorf("the form: %s", page.text())
	}
}

func TestASharedItemIsShownInEveryServiceWhoseRoomIsOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, kin := s.over("lead.willow@northmoor"), s.over("lead.kin@northmoor")
		shared := article("For all of Northmoor")
		shared["shared"] = true
		path := field(t, s.sent(lead, "/willow/resources", shared), "id")
		s.sent(lead, "/willow/resources", article("For Willow"))
		want(t, "the room is closed", kin.getJSON("/kin/resources/"+path, nil), http.StatusNotFound)
		s.sent(kin, "/kin/settings/rooms/resources", map[string]any{"on": true, "version": 0})
		s.sent(s.over("lead.orchard@eastvale"), "/orchard/settings/rooms/resources", map[string]any{"on": true, "version": 0})
		if got := kin.library("/kin/resources").titles(); !strings.Contains(got, "For all of Northmoor") || strings.Contains(got, "For Willow") {
			t.Errorf("in Kin: %s", got)
		}
		if got := s.over("lead.orchard@eastvale").library("/orchard/resources").titles(); got != "" {
			t.Errorf("in the other trust: %s", got)
		}
		want(t, "the other trust reads it", s.over("lead.orchard@eastvale").getJSON("/orchard/resources/"+path, nil), http.StatusNotFound)
		want(t, "another service changes it", kin.sendJSON("/kin/resources/"+path+"/edit", map[string]any{"version": 1, "title": "Mine now", "body": "x"}), http.StatusForbidden)
		want(t, "a clinician at home changes it", s.over("clinician.willow@northmoor").sendJSON("/willow/resources/"+path+"/edit", map[string]any{"version": 1, "title": "x", "body": "x", "shared": true}), http.StatusForbidden)

		admin := s.over("admin@northmoor")
		theirs := article("From the trust")
		theirs["shared"] = true
		s.sent(admin, "/willow/resources", theirs)
		if got := kin.library("/kin/resources").titles(); !strings.Contains(got, "From the trust") {
			t.Errorf("in Kin: %s", got)
		}
		// Votes of all services count; who voted is nobody's business.
		s.sent(kin, "/kin/resources/"+path+"/helpful", map[string]any{"helpful": true})
		s.sent(s.over("hazel.willow@northmoor"), "/willow/resources/"+path+"/helpful", map[string]any{"helpful": false})
		if got := lead.getJSON("/willow/resources/"+path, nil); field(t, got, "votes") != "map[no:1 yes:1]" {
			t.Errorf("votes: %s", got.body)
		}
	})
}

func TestHelpfulCountsEachMemberOnceAndTheTeamSees(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.resourceOf("Thoughts that come uninvited")
		hazel, fern, lead := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("lead.willow@northmoor")
		for range 2 {
			s.sent(hazel, path+"/helpful", map[string]any{"helpful": true})
		}
		s.sent(fern, path+"/helpful", map[string]any{"helpful": true})
		s.sent(fern, path+"/helpful", map[string]any{"helpful": false})
		if got := lead.getJSON(path, nil); field(t, got, "votes") != "map[no:1 yes:1]" {
			t.Errorf("votes: %s", got.body)
		}
		if got := fern.getJSON(path, nil); got.has("votes") || field(t, got, "mine") != "no" {
			t.Errorf("a member sees %s", got.body)
		}
	})
}

func TestASuggestionWaitsForTheTeam(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern, lead := s.as("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("lead.willow@northmoor")
		got := hazel.post("/willow/resources/suggestions", url.Values{"kind": {"link"}, "title": {"Rain sounds"}, "url": {"https://rain.example/"}})
		path := got.location()
		if got.status != http.StatusSeeOther {
			t.Fatalf("suggest: %d %s", got.status, got.text())
		}
		if page := hazel.get(path); !page.has("It waits for the team") {
			t.Errorf("who suggested it sees %s", page.text())
		}
		want(t, "another member reads it", fern.getJSON(path, nil), http.StatusNotFound)
		want(t, "another member votes", fern.sendJSON(path+"/helpful", map[string]any{"helpful": true}), http.StatusNotFound)
		want(t, "another member decides", fern.sendJSON(path+"/decide", map[string]any{"accept": true}), http.StatusForbidden)
		if list := fern.library("/willow/resources"); strings.Contains(list.titles(), "Rain") {
			t.Errorf("in the library: %s", list.titles())
		}
		if waits := field(t, lead.getJSON("/willow/stream", nil), "unread", "resources"); waits != "2" {
			t.Errorf("%s wait on the desk", waits)
		}
		var together sync.WaitGroup
		answers := make([]int, 2)
		for i, account := range []string{"lead.willow@northmoor", "clinician.willow@northmoor"} {
			v := s.over(account)
			together.Go(func() {
				answers[i] = v.sendJSON(path+"/decide", map[string]any{"accept": true, "answer": "Lovely."}).status
			})
		}
		together.Wait()
		if answers[0]+answers[1] != http.StatusOK+http.StatusConflict {
			t.Errorf("two of the team at once: %v", answers)
		}
		s.settle(1)
		over := s.over("hazel.willow@northmoor")
		if list := over.notices("willow"); !strings.Contains(list.says(), "The team has looked at something of yours") {
			t.Errorf("told: %+v", list)
		}
		if list := fern.library("/willow/resources"); !strings.Contains(list.titles(), "Rain sounds") {
			t.Errorf("in the library: %s", list.titles())
		}
		// No more than the team can read, and none where the service wants none.
		for i := range 5 {
			want(t, "another", fern.sendJSON("/willow/resources/suggestions", map[string]any{"kind": "link", "title": fmt.Sprint("No. ", i), "url": "https://x.example/"}), http.StatusOK)
		}
		want(t, "one too many", fern.sendJSON("/willow/resources/suggestions", map[string]any{"kind": "link", "title": "No. 6", "url": "https://x.example/"}), http.StatusTooManyRequests)
		s.sent(lead, "/willow/settings/rooms/resources", map[string]any{"on": true, "version": 1, "settings": map[string]any{"suggestions": false}})
		want(t, "where none are wanted", over.sendJSON("/willow/resources/suggestions", map[string]any{"kind": "link", "title": "x", "url": "https://x.example/"}), http.StatusForbidden)
	})
}

func TestWhoLooksAfterAnItemIsRemindedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		jo := s.over("clinician.willow@northmoor")
		in := article("Look again")
		in["review_on"] = "2026-12-01"
		path := "/willow/resources/" + field(t, s.sent(jo, "/willow/resources", in), "id")
		reviewed := func(v *visitor) int {
			t.Helper()
			s.round("resources.reviews")
			s.settle(1)
			return strings.Count(v.notices("willow").says(), "due for a look")
		}
		if n := reviewed(jo); n != 0 {
			t.Errorf("reminded %d times before the day", n)
		}
		s.clock.Advance(11*24*time.Hour + time.Hour)
		jo = s.over("clinician.willow@northmoor")
		for range 2 {
			if n := reviewed(jo); n != 1 {
				t.Errorf("reminded %d times on the day", n)
			}
		}
		if page := s.as("lead.willow@northmoor").get("/willow/resources/desk"); !page.has("Look again") {
			t.Errorf("the desk: %s", page.text())
		}
		if list := s.over("hazel.willow@northmoor").notices("willow"); strings.Contains(list.says(), "due for a look") {
			t.Errorf("a member is told: %s", list.says())
		}
		var now struct{ Version int }
		jo.getJSON(path, &now)
		s.sent(jo, path+"/edit", map[string]any{"version": now.Version, "title": "Look again", "body": "x", "review_on": "2026-12-20"})
		if page := s.as("lead.willow@northmoor").get("/willow/resources/desk"); page.has("Look again") {
			t.Error("still due after somebody looked")
		}
	})
}

func TestAFileIsKeptByWhatIsInIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel := s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor")
		pdf := []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
		docx := zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<w:document/>")
		for name, try := range map[string]struct {
			file    string
			content []byte
			status  int
		}{
			"a PDF":              {"plan.pdf", pdf, 200},
			"a PDF by any name":  {"plan.exe", pdf, 200},
			"Word":               {"plan.docx", docx, 200},
			"OpenDocument":       {"plan.odt", zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<x/>"), 200},
			"Word with macros":   {"plan.docx", zipped(t, "word/document.xml", "<x/>", "word/vbaProject.bin", "x"), 422},
			"a programme":        {"plan.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00"), 422},
			"a page with script": {"plan.pdf", []byte("<html><script>alert(1)</script>"), 422},
			"SVG with script":    {"plan.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), 422},
			"any zip":            {"plan.docx", zipped(t, "a.txt", "x"), 422},
			"half a zip":         {"plan.docx", docx[:len(docx)/2], 422},
			"nothing":            {"plan.pdf", nil, 422},
		} {
			got := lead.filed("/willow/resources/files", try.file, try.content, map[string]string{"title": "Plan: " + name})
			if got.status != try.status {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		path := "/willow/resources/" + field(t, lead.filed("/willow/resources/files", "x", pdf, map[string]string{"title": `A plan/for "nights"`}), "id")
		got := hazel.get(path + "/file")
		if got.status != 200 || !bytes.Equal(got.body, pdf) || got.header.Get("Content-Type") != "application/pdf" ||
			!strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") || !strings.Contains(got.header.Get("Content-Disposition"), "A plan-for -nights-.pdf") {
			t.Errorf("the file: %d %v", got.status, got.header)
		}
		want(t, "without a session", s.visit("northmoor").getJSON(path+"/file", nil), http.StatusUnauthorized)
		want(t, "replace", lead.filed(path+"/file", "x", docx, map[string]string{"version": "1"}), http.StatusOK)
		want(t, "replace what changed", lead.filed(path+"/file", "x", pdf, map[string]string{"version": "1"}), http.StatusConflict)
		if got := hazel.get(path + "/file"); !bytes.Equal(got.body, docx) {
			t.Errorf("after replacing: %d, %d bytes", got.status, len(got.body))
		}
		want(t, "a member replaces it", hazel.filed(path+"/file", "x", pdf, map[string]string{"version": "2"}), http.StatusForbidden)
		s.sent(lead, path+"/archive", map[string]any{"archived": true})
		want(t, "the file of what is archived", hazel.get(path+"/file"), http.StatusNotFound)
		want(t, "too large", lead.filed("/willow/resources/files", "x", append(pdf, make([]byte, 10<<20)...), map[string]string{"title": "x"}), http.StatusRequestEntityTooLarge)
	})
}

func TestALinkIsLookedAtBeforeItIsFollowed(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel := s.over("lead.willow@northmoor"), s.as("hazel.willow@northmoor")
		add := func(in map[string]any) string {
			return "/willow/resources/" + field(t, s.sent(lead, "/willow/resources", in), "id")
		}
		link := func(address string) string {
			return add(map[string]any{"kind": "link", "title": "x", "url": address})
		}
		path := link("https://www.example.org:8443/a?b=c#d")
		if page := hazel.get(path); page.has("https://www.example.org") || !page.has(path+`/exit"`) {
			t.Errorf("the item leads out without a word: %s", page.text())
		}
		page := hazel.get(path + "/exit?url=https://evil.example/")
		for _, want := range []string{"You are leaving SHaRON for www.example.org:8443", "It is not the NHS’s", `href="https://www.example.org:8443/a?b=c#d" rel="noopener noreferrer nofollow" referrerpolicy="no-referrer"`} {
			if !page.has(want) {
				t.Errorf("the page lacks %q: %s", want, page.text())
			}
		}
		if page.has("evil.example/\"") || page.has("<script>") || page.header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("the page leads elsewhere: %v %s", page.header, page.body)
		}
		for address, nhs := range map[string]bool{"https://www.nhs.uk/x": true, "https://nhs.uk": true, "https://evil-nhs.uk/": false, "https://nhs.uk.evil.example/": false} {
			var exit struct{ NHS bool }
			if lead.getJSON(link(address)+"/exit", &exit); exit.NHS != nhs {
				t.Errorf("%s is said to be the NHS's: %v", address, exit.NHS)
			}
		}
		// The Cyrillic letters of this name look like "apple".
		if page := hazel.get(link("https://аррӏе.example/") + "/exit"); !page.has("for xn--80ak6aa92e.example<") || !page.has(`href="https://xn--80ak6aa92e.example/"`) || !page.has("Look at this name twice") {
			t.Errorf("letters that look like others: %s", page.text())
		}
		article := add(map[string]any{"kind": "article", "title": "x", "body": "[One](https://one.example/?a=1&b=2), [two](https://two.example/), [write](mailto:a@b.example), [a trap](https://www.nhs.uk@evil.example/)"})
		if page := hazel.get(article); page.has(`href="https://one`) || page.has(`href="https://two`) || page.has(`href="https://www.nhs`) || !page.has(article+`/exit?link=2"`) || !page.has(`href="mailto:a@b.example"`) {
			t.Errorf("a text leads out without a word: %s", page.body)
		}
		if page := hazel.get(article + "/exit?link=1"); !page.has("for one.example<") || !page.has(`href="https://one.example/?a=1&amp;b=2"`) {
			t.Errorf("its first link: %s", page.text())
		}
		for _, link := range []string{"3", "4", "999999"} {
			want(t, "a link "+link, hazel.get(article+"/exit?link="+link), http.StatusNotFound)
		}
		lead.sendJSON(path+"/archive", map[string]any{"archived": true})
		for name, path := range map[string]string{"an article": article, "one that was archived": path, "nothing": "/willow/resources/0193a1f0-0000-7000-8000-00000000000e"} {
			want(t, name, hazel.get(path+"/exit"), http.StatusNotFound)
		}
		want(t, "from another trust", s.over("lead.meadow@eastvale").getJSON(strings.Replace(link("https://x.example"), "willow", "meadow", 1)+"/exit", nil), http.StatusNotFound)
	})
}

func TestAnAddressWithoutAHostIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	lead := s.over("lead.willow@northmoor")
	for _, bad := range []string{`https://nhs.uk\.evil.example/`, "https://nhs.uk%2f.evil.example/", "https://-.example/", "https://a b.example/", "https://xn--a.example/", "//nhs.uk/", "https://localhost/", "data:text/html,x"} {
		if got := lead.sendJSON("/willow/resources", map[string]any{"kind": "link", "title": "x", "url": bad}); got.status != http.StatusUnprocessableEntity || !got.has("#/url") {
			t.Errorf("%s: %d %s", bad, got.status, got.body)
		}
	}
}
