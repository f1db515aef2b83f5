package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

const coursesPath, partsPath, teachingPath = "/willow/recovery/courses", "/willow/recovery/course-parts/", "/willow/recovery/teaching"

// aCourse is one of willow's: its pages for members and for whoever makes it, and its
// parts, a page and then an exercise.
type aCourse struct{ id, path, bench, page, exercise string }

// workbench is a course as whoever makes it has it.
type workbench struct {
	Version         int
	State           string
	Begun, Finished int
	Parts, Out      []struct {
		ID, Title string
		Version   int
	}
}

func (v *visitor) bench(of aCourse) (b workbench) {
	v.site.t.Helper()
	if got := v.getJSON(of.bench, &b); got.status != http.StatusOK {
		v.site.t.Fatalf("%s: %d %s", of.bench, got.status, got.body)
	}
	return b
}

// offers makes a course of willow's, and offers it.
func (s *site) offers() aCourse {
	s.t.Helper()
	lead := s.over("lead.willow@northmoor")
	id := field(s.t, s.sent(lead, teachingPath, map[string]any{"title": "A course of the lead’s", "about": "What it is about."}), "id")
	c := aCourse{id: id, path: coursesPath + "/" + id, bench: teachingPath + "/" + id}
	s.sent(lead, c.bench+"/parts", map[string]any{"kind": "page", "title": "First words", "body": "Hello **there**"})
	s.sent(lead, c.bench+"/parts", map[string]any{"kind": "exercise", "title": "Two things", "prompts": "What helped?\nWho was there?"})
	b := lead.bench(c)
	c.page, c.exercise = partsPath+b.Parts[0].ID, partsPath+b.Parts[1].ID
	s.sent(lead, c.bench+"/state", map[string]any{"version": b.Version, "state": "published"})
	return c
}

// wrote is what a form or a client sends of an exercise.
func wrote(version string, words ...string) url.Values {
	form := url.Values{"version": {version}, "part_version": {"1"}, "done": {"true"}}
	for i, one := range words {
		form.Set("answer_"+string(rune('1'+i)), one)
	}
	return form
}

func TestACourseIsTakenPartByPartWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		c := s.offers()
		tansy, over := s.as("tansy.willow@northmoor"), s.over("tansy.willow@northmoor")
		if page := tansy.get(c.path); !page.has("Begin") || !page.has("First words") || page.has("You stopped here") {
			t.Fatalf("before: %s", page.text())
		}
		if page := tansy.get(c.page); !page.has("Hello <strong>there</strong>") {
			t.Errorf("a page: %s", page.text())
		}
		for range 2 { // pressed twice
			if got := tansy.post(c.page+"/done", url.Values{"done": {"true"}}); got.location() != c.exercise {
				t.Fatalf("after the first part: %d to %s", got.status, got.location())
			}
		}
		for name, page := range map[string]answer{"the list": tansy.get(coursesPath), "the course": tansy.get(c.path)} {
			if !page.has("You stopped here") || !page.has("Two things") {
				t.Errorf("%s does not know where she was: %s", name, page.text())
			}
		}
		if got := tansy.post(c.exercise+"/answers", wrote("0", " ")); got.status != http.StatusUnprocessableEntity || !got.has("Write something") {
			t.Errorf("nothing written: %d", got.status)
		}
		if got := tansy.post(c.exercise+"/answers", wrote("0", "canary kettle", strings.Repeat("x", 5001))); got.status != http.StatusUnprocessableEntity || !got.has("canary kettle") {
			t.Errorf("too long: %d", got.status)
		}
		if got := tansy.post(c.exercise+"/answers", wrote("0", "canary kettle", "")); got.location() != c.path {
			t.Fatalf("after the last part: %d to %s %s", got.status, got.location(), got.text())
		}
		if got := tansy.post(c.exercise+"/answers", wrote("0", "canary other tab")); got.status != http.StatusConflict || !got.has("canary other tab") || !got.has("This changed while you were writing") {
			t.Errorf("from a second tab: %d", got.status)
		}
		if got := tansy.get(c.exercise); !got.has("canary kettle") {
			t.Error("what she wrote is not there")
		}
		page := tansy.get(c.path)
		if !page.has("You have been through this") || page.has("You stopped here") {
			t.Errorf("at the end: %s", page.text())
		}
		for _, never := range []string{"%", "streak", "points", "2 of 2", "in a row", "rank", "hurry", "well done"} {
			if list := tansy.get(coursesPath); strings.Contains(page.text(), never) || strings.Contains(list.text(), never) {
				t.Errorf("the pages say %q", never)
			}
		}
		want(t, "not done after all", tansy.post(c.page+"/done", url.Values{"done": {"false"}}), http.StatusSeeOther)
		if page := tansy.get(coursesPath); !page.has("Courses you have been through") || !page.has("something here that you have not done: First words") {
			t.Errorf("one part taken back: %s", page.text())
		}
		if where := s.rowsWith("canary"); len(where) != 0 {
			t.Errorf("it stands in %v", where)
		}
		want(t, "remove", tansy.post(c.exercise+"/answers/remove", nil), http.StatusSeeOther)
		want(t, "remove again", over.sendJSON(c.exercise+"/answers/remove", nil), http.StatusNotFound)
		if page := tansy.get(c.exercise); page.has("canary") {
			t.Error("removed, and still there")
		}
	})
}

// As with a journal: nobody reads it, so nobody is told; its writer is shown whom to
// turn to.
func TestWhoIsInCrisisInAnExerciseIsShownSupportAndNobodyIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		c := s.offers()
		s.catches("canary in danger")
		items, cases := s.rowsOf("desk_items", "1 = 1"), s.rowsOf("cases", "1 = 1")
		tansy := s.as("tansy.willow@northmoor")
		if got := tansy.post(c.exercise+"/answers", wrote("0", "", "canary in danger")); got.status != http.StatusSeeOther || got.location() != "/willow/support" {
			t.Errorf("%d to %s", got.status, got.location())
		}
		if page := tansy.get(c.exercise); !page.has("canary in danger") {
			t.Error("her words are not kept")
		}
		if s.rowsOf("desk_items", "1 = 1") != items || s.rowsOf("cases", "1 = 1") != cases {
			t.Error("the team is told of what nobody may read")
		}
	})
}

func TestNobodySeesWhoTakesACourseAndWhatTheyWriteIsTheirsUnlessShared(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		c := s.offers()
		lead, clinician, tansy := s.over("lead.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("tansy.willow@northmoor")
		in := map[string]any{"version": 0, "part_version": 1, "answer_1": "canary kettle"}
		for _, who := range []string{"hazel", "fern", "ivy", "wren"} {
			s.sent(s.over(who+".willow@northmoor"), c.page+"/done", map[string]any{"done": true})
		}
		if b := lead.bench(c); b.Begun != 0 || b.Finished != 0 {
			t.Errorf("of four people the lead is told %+v", b)
		}
		s.sent(tansy, c.exercise+"/answers", in)
		if b := lead.bench(c); b.Begun != 5 || b.Finished != 0 {
			t.Errorf("of five: %+v", b)
		}
		if page := s.as("lead.willow@northmoor").get(c.bench); !page.has("Begun by 5 members or more, finished by fewer than 5 members") || page.has("Tansy") {
			t.Errorf("the lead’s page: %s", page.text())
		}
		const look, sharing = "/willow/recovery/people/tansy", "/willow/recovery/sharing"
		for _, account := range []string{"fern.willow@northmoor", "clinician.willow@northmoor", "lead.willow@northmoor"} {
			v := s.over(account)
			for name, got := range map[string]answer{"the part": v.getJSON(c.exercise, nil), "the course": v.getJSON(c.path, nil), "her tools": v.getJSON(look, nil), "her page": v.getJSON("/willow/people/tansy", nil)} {
				if got.has("canary") || got.has(c.id) && strings.HasPrefix(name, "her") {
					t.Errorf("%s shows %s", name, account)
				}
			}
			want(t, "removed by "+account, v.sendJSON(c.exercise+"/answers/remove", nil), http.StatusNotFound)
		}
		s.sent(tansy, sharing, map[string]any{"what": "courses", "on": true})
		if got := clinician.getJSON(look, nil); !got.has("canary kettle") || !got.has("What helped?") || !got.has("Two things") {
			t.Errorf("shared: %s", got.body)
		}
		if page := s.as("clinician.willow@northmoor").get(look); !page.has("canary kettle") {
			t.Errorf("the page: %s", page.text())
		}
		if got := tansy.getJSON(sharing, nil); !got.has(`"what":"courses"`) || !got.has(`"Jo"`) {
			t.Errorf("who looked: %s", got.body)
		}
		s.sent(tansy, sharing, map[string]any{"what": "courses", "on": false})
		if got := clinician.getJSON(look, nil); got.has("canary") {
			t.Error("no longer shared, and still seen")
		}
		heron := s.over("heron.harbour@northmoor")
		for _, path := range []string{c.path, c.page, c.exercise} {
			want(t, "another service", heron.getJSON(strings.Replace(path, "/willow", "/harbour", 1), nil), http.StatusNotFound)
		}
		want(t, "an administrator takes no course", s.over("admin@northmoor").sendJSON(c.page+"/done", map[string]any{"done": true}), http.StatusForbidden)
	})
}

func TestACourseChangesUnderThoseWhoTakeItAndTheirsStays(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		c := s.offers()
		lead, over := s.over("lead.willow@northmoor"), s.over("tansy.willow@northmoor")
		tansy, fern := s.as("tansy.willow@northmoor"), s.over("fern.willow@northmoor")
		s.sent(over, c.page+"/done", map[string]any{"done": true})
		s.sent(over, c.exercise+"/answers", map[string]any{"version": 0, "part_version": 1, "answer_1": "canary kettle"})
		piece := teachingPath + "/parts/" + idOf(c.exercise)
		version := func() int { return lead.bench(c).Version }
		seen := version()
		s.sent(lead, piece+"/move", map[string]any{"version": seen, "up": true})
		want(t, "moved from a page that is old", lead.sendJSON(piece+"/move", map[string]any{"version": seen, "up": true}), http.StatusConflict)
		s.sent(lead, piece, map[string]any{"version": 1, "title": "One thing", "prompts": "Who was there?\nWhat next?"})
		want(t, "changed from a page that is old", lead.sendJSON(piece, map[string]any{"version": 1, "title": "x", "prompts": "x"}), http.StatusConflict)
		if b := lead.bench(c); b.Parts[0].Title != "One thing" || b.Parts[1].Title != "First words" {
			t.Errorf("the order: %+v", b.Parts)
		}
		page := tansy.get(c.exercise)
		if !page.has("What next?") || !page.has("What you wrote before") || !page.has("What helped?") || !page.has("canary kettle") {
			t.Errorf("other questions: %s", page.text())
		}
		if got := tansy.post(c.exercise+"/answers", wrote("1", "canary to the old question")); got.status != http.StatusConflict || !got.has("canary to the old question") {
			t.Errorf("written to what was asked before: %d", got.status)
		}
		form := wrote("1", "canary Ida")
		form.Set("part_version", "2")
		want(t, "written", tansy.post(c.exercise+"/answers", form), http.StatusSeeOther)
		if page := tansy.get(c.exercise); !page.has("canary Ida") || !page.has("canary kettle") {
			t.Errorf("both: %s", page.text())
		}
		if page := tansy.get(c.path); !page.has("You have been through this") {
			t.Errorf("her progress went with the order: %s", page.text())
		}
		s.sent(lead, piece+"/out", map[string]any{"version": version(), "out": true})
		want(t, "a part that was taken out", over.getJSON(c.exercise, nil), http.StatusNotFound)
		if page := tansy.get(c.path); !page.has("What you wrote before") || !page.has("canary Ida") || page.has(c.exercise+`"`) {
			t.Errorf("taken out: %s", page.text())
		}
		want(t, "the last one", lead.sendJSON(teachingPath+"/parts/"+idOf(c.page)+"/out", map[string]any{"version": version(), "out": true}), http.StatusConflict)
		s.sent(lead, piece+"/out", map[string]any{"version": version(), "out": false})
		if page := tansy.get(c.path); page.has("What you wrote before") || !page.has("You have been through this") {
			t.Errorf("put back: %s", page.text())
		}
		s.sent(lead, c.bench+"/state", map[string]any{"version": version(), "state": "withdrawn"})
		s.sent(lead, c.bench+"/state", map[string]any{"version": 1, "state": "withdrawn"}) // twice is once
		if page := tansy.get(c.path); !page.has("taken this course away") || !page.has("canary Ida") || page.has("First words") {
			t.Errorf("withdrawn: %s", page.text())
		}
		form.Set("version", "2")
		form.Set("answer_1", "canary too late")
		if got := tansy.post(c.exercise+"/answers", form); got.status != http.StatusNotFound || !got.has("canary too late") {
			t.Errorf("written into what was taken away: %d, and the words are lost", got.status)
		}
		want(t, "who never began it", fern.getJSON(c.path, nil), http.StatusNotFound)
		if got := fern.getJSON(coursesPath, nil); got.has(c.id) {
			t.Error("it is still offered")
		}
		s.sent(lead, c.bench+"/state", map[string]any{"version": version(), "state": "published"})
		if page := tansy.get(c.path); !page.has("You have been through this") {
			t.Errorf("offered again: %s", page.text())
		}
	})
}

func TestOnlyWhoTeachesMakesCoursesAndABadOneIsToldByField(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		c := s.offers()
		lead, over := s.as("lead.willow@northmoor"), s.over("lead.willow@northmoor")
		before := s.rowsOf("recovery_courses", "1 = 1")
		for range 2 { // a client that sends it again
			want(t, "make", over.sendJSON(teachingPath, map[string]any{"title": "Only a draft", "about": "x"}, "Idempotency-Key", "a-course"), http.StatusOK)
		}
		if n := s.rowsOf("recovery_courses", "1 = 1"); n != before+1 {
			t.Errorf("%d courses of one", n-before)
		}
		var desk struct{ Courses []struct{ ID, Title string } }
		over.getJSON(teachingPath, &desk)
		var draft aCourse
		for _, one := range desk.Courses {
			if one.Title == "Only a draft" {
				draft = aCourse{id: one.ID, path: coursesPath + "/" + one.ID, bench: teachingPath + "/" + one.ID}
			}
		}
		if got := lead.post(draft.bench+"/state", url.Values{"version": {"1"}, "state": {"published"}}); got.status != http.StatusConflict || !got.has("There is nothing in this course yet") {
			t.Errorf("an empty one: %d %s", got.status, got.text())
		}
		want(t, "no such state", over.sendJSON(draft.bench+"/state", map[string]any{"version": 1, "state": "draft"}), http.StatusUnprocessableEntity)
		for name, form := range map[string]url.Values{
			"no title":           {"kind": {"page"}, "body": {"canary typed"}},
			"no text":            {"kind": {"page"}, "title": {"canary typed"}},
			"no question":        {"kind": {"exercise"}, "title": {"canary typed"}, "prompts": {" "}},
			"too many questions": {"kind": {"exercise"}, "title": {"canary typed"}, "prompts": {"1\n2\n3\n4\n5\n6\n7"}},
			"no video":           {"kind": {"video"}, "title": {"canary typed"}},
			"a video of nobody":  {"kind": {"video"}, "title": {"canary typed"}, "film": {draft.id}},
		} {
			if got := lead.post(draft.bench+"/parts", form); got.status != http.StatusUnprocessableEntity || !got.has("canary typed") {
				t.Errorf("%s: %d %s", name, got.status, got.text())
			}
		}
		want(t, "no such kind", over.sendJSON(draft.bench+"/parts", map[string]any{"kind": "quiz", "title": "x"}), http.StatusUnprocessableEntity)
		s.sent(over, draft.bench+"/parts", map[string]any{"kind": "page", "title": "x", "body": "x"})
		if got := lead.post(draft.bench, url.Values{"version": {"1"}, "title": {"canary title"}, "about": {"x"}}); got.status != http.StatusConflict || !got.has("canary title") {
			t.Errorf("from an old page: %d", got.status)
		}
		tansy := s.over("tansy.willow@northmoor")
		page := partsPath + over.bench(draft).Parts[0].ID
		want(t, "a member reads a draft", tansy.getJSON(draft.path, nil), http.StatusNotFound)
		want(t, "a part of it", tansy.getJSON(page, nil), http.StatusNotFound)
		want(t, "and does it", tansy.sendJSON(page+"/done", map[string]any{"done": true}), http.StatusNotFound)
		want(t, "its maker looks", over.getJSON(page, nil), http.StatusOK)
		want(t, "and does it", over.sendJSON(page+"/done", map[string]any{"done": true}), http.StatusConflict)
		for _, account := range []string{"tansy.willow@northmoor", "peer.willow@northmoor", "moderator.willow@northmoor", "admin@northmoor"} {
			v := s.over(account)
			want(t, account+" reads", v.getJSON(c.bench, nil), http.StatusForbidden)
			want(t, account+" makes", v.sendJSON(teachingPath, map[string]any{"title": "x", "about": "x"}), http.StatusForbidden)
			want(t, account+" withdraws", v.sendJSON(c.bench+"/state", map[string]any{"version": 4, "state": "withdrawn"}), http.StatusForbidden)
		}
		s.sent(s.over("clinician.willow@northmoor"), teachingPath, map[string]any{"title": "By a clinician", "about": "x"})
		want(t, "of another service", s.over("lead.harbour@northmoor").getJSON("/harbour/recovery/teaching/"+c.id, nil), http.StatusNotFound)
		if n := s.rowsOf("audit_log", "action = 'recovery.course'"); n < 6 {
			t.Errorf("%d lines in the audit log", n)
		}
	})
}

func TestACourseShowsAVideoForAsLongAsItCanBeWatched(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.as("hazel.willow@northmoor")
	part := s.partOf("Nights, gently", "From somebody who has been there")
	if page := hazel.get(part); !strings.Contains(page.text(), "Watch: What I would tell myself on day three") || !page.has("/poster") {
		t.Fatalf("a video: %s", page.text())
	}
	lead := s.over("lead.willow@northmoor")
	course := teachingPath + "/" + idOf(s.courseOf("Going back to work"))
	film := s.rowID("posts", "kind = 'video' AND title = 'What I would tell myself on day three'")
	s.sent(lead, course+"/parts", map[string]any{"kind": "video", "title": "Another", "film": film})
	s.sent(lead, "/willow/settings/rooms/videos", map[string]any{"on": false, "version": 1})
	if page := hazel.get(part); page.status != http.StatusOK || !page.has("This video is not here any more") || page.has("What I would tell") {
		t.Errorf("without the room: %d %s", page.status, page.text())
	}
	want(t, "no more videos", lead.sendJSON(course+"/parts", map[string]any{"kind": "video", "title": "A third", "film": film}), http.StatusUnprocessableEntity)
}

// courseOf and partOf find the address of a course that the demonstration has, and of
// a part.
func (s *site) courseOf(title string) string {
	s.t.Helper()
	return coursesPath + "/" + s.rowID("recovery_courses", "title = '"+title+"'")
}

func (s *site) partOf(course, title string) string {
	s.t.Helper()
	return partsPath + s.rowID("recovery_course_parts", "course_id = '"+idOf(s.courseOf(course))+"' AND title = '"+title+"'")
}

// rowID is the id of the one row of northmoor's that a condition is true of.
func (s *site) rowID(table, condition string) (id string) {
	s.t.Helper()
	s.scan([]any{&id}, "SELECT id FROM "+table+" WHERE tenant_id = ? AND "+condition, s.northmoor())
	return id
}

// coursePages are those of courses.
func coursePages(s *site) []aPage {
	const nights = "Nights, gently"
	bench := teachingPath + "/" + idOf(s.courseOf(nights))
	exercise := s.partOf(nights, "What helped, even a little")
	lead, away := s.over("lead.willow@northmoor"), s.offers()
	s.sent(s.over("hazel.willow@northmoor"), away.exercise+"/answers", map[string]any{"version": 0, "part_version": 1, "answer_1": "The radio, turned low."})
	s.sent(lead, away.bench+"/state", map[string]any{"version": lead.bench(away).Version, "state": "withdrawn"})
	s.sent(s.over("lead.kin@northmoor"), "/kin/settings/rooms/recovery", map[string]any{"on": true, "version": 0})
	return []aPage{
		{"courses", "hazel.willow@northmoor", coursesPath, nil},
		{"courses-empty", "lead.orchard@eastvale", "/orchard/recovery/courses", nil},
		{"course", "hazel.willow@northmoor", s.courseOf(nights), nil},
		{"course-through", "fern.willow@northmoor", s.courseOf(nights), nil},
		{"course-taken-away", "hazel.willow@northmoor", away.path, nil},
		{"course-page", "hazel.willow@northmoor", s.partOf(nights, "A plan for one hour"), nil},
		{"course-video", "hazel.willow@northmoor", s.partOf(nights, "From somebody who has been there"), nil},
		{"course-exercise", "hazel.willow@northmoor", exercise, nil},
		{"course-exercise-error", "ivy.willow@northmoor", exercise, func(tab *testkit.Tab) { tab.Click("text=Keep it and go on") }},
		{"teaching", "lead.willow@northmoor", teachingPath, nil},
		{"teaching-error", "lead.willow@northmoor", teachingPath, func(tab *testkit.Tab) { tab.Click("main form button[type=submit]") }},
		{"teaching-course", "lead.willow@northmoor", bench, nil},
		{"teaching-course-refused", "lead.willow@northmoor", away.bench, func(tab *testkit.Tab) {
			s.sent(lead, away.bench, map[string]any{"version": lead.bench(away).Version, "title": "Another title", "about": "x"})
			tab.Click("text=Move down")
			tab.WaitText(".nhsuk-error-summary", "This changed while you were writing")
		}},
		{"teaching-page-new", "lead.willow@northmoor", bench + "/parts/new?kind=page", nil},
		{"teaching-video-new", "lead.willow@northmoor", bench + "/parts/new?kind=video", nil},
		{"teaching-exercise-new-error", "lead.willow@northmoor", bench + "/parts/new?kind=exercise", func(tab *testkit.Tab) { tab.Click("main form button[type=submit]") }},
		{"share-to-journal", "lead.harbour@northmoor", "/share-to-journal?title=A+poem", nil},
		{"recovery-journal-shared", "hazel.willow@northmoor", journalPath + "/new?title=A+poem&text=For+the+night&url=https%3A%2F%2Fpoems.example%2Fnight", nil},
	}
}
