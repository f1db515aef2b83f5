package main

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

const tansysMeasures = "/willow/recovery/people/tansy/measures"

// asksTansy has the clinician ask tansy for a measure; it returns where she fills it in.
func (s *site) asksTansy(measure string, weeks int) string {
	s.t.Helper()
	s.sent(s.over("clinician.willow@northmoor"), tansysMeasures, map[string]any{"measure": measure, "every_weeks": weeks})
	return "/willow/recovery/measures/" + s.over("tansy.willow@northmoor").asked()[0].ID
}

// asked are the measures that a member is asked for.
func (v *visitor) asked() []struct{ ID, Measure string } {
	v.site.t.Helper()
	var mine struct {
		Asked []struct{ ID, Measure string }
	}
	v.getJSON("/willow/recovery/measures", &mine)
	return mine.Asked
}

// answered are answers to so many questions, all the same, but for some.
func answered(many, value int, but map[int]int) map[string]any {
	given := map[string]any{}
	for i := range many {
		given[strconv.Itoa(i+1)] = value
	}
	for item, other := range but {
		given[strconv.Itoa(item)] = other
	}
	return map[string]any{"answers": given}
}

func TestAMeasureIsAskedForFilledInAndSeenWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.asksTansy("gad-7", 2)
		s.settle(1)
		told := s.rowsOf("notices", "kind = 'measure'")
		tansy, clinician := s.as("tansy.willow@northmoor"), s.over("clinician.willow@northmoor")
		want(t, "asked twice", clinician.sendJSON(tansysMeasures, map[string]any{"measure": "gad-7"}), http.StatusUnprocessableEntity)
		want(t, "no such measure", clinician.sendJSON(tansysMeasures, map[string]any{"measure": "edeqs"}), http.StatusUnprocessableEntity)
		if page := tansy.get(path); !page.has("Worrying too much about different things") || !page.has("No permission required") {
			t.Fatalf("to fill in: %s", page.text())
		}
		want(t, "nothing", tansy.post(path, url.Values{}), http.StatusUnprocessableEntity)
		if got := tansy.post(path, url.Values{"answers/1": {"2"}, "answers/2": {"7"}}); got.status != http.StatusUnprocessableEntity || !got.has(`value="2" checked`) {
			t.Errorf("an answer that is none: %d", got.status)
		}
		want(t, "a question that is none", tansy.post(path, url.Values{"answers/8": {"1"}}), http.StatusUnprocessableEntity)
		form := url.Values{}
		for i := range 7 {
			form.Set("answers/"+strconv.Itoa(i+1), "2")
		}
		result := tansy.post(path, form).location()
		page := tansy.get(result)
		if !page.has("Score: 14 of 21. Its authors call 10 to 14 moderate.") || !page.has("More than half the days") {
			t.Errorf("the result: %s", page.text())
		}
		for _, advice := range []string{"you should", "see your GP", "we recommend", "treatment", "diagnosed"} {
			if page.has(advice) {
				t.Errorf("the result says %q", advice)
			}
		}
		want(t, "sent again", tansy.post(path, form), http.StatusForbidden)
		want(t, "somebody else reads it", s.over("fern.willow@northmoor").getJSON(result, nil), http.StatusNotFound)
		want(t, "somebody else fills it in", s.over("fern.willow@northmoor").sendJSON(path, answered(7, 1, nil)), http.StatusNotFound)
		want(t, "the lead asks", s.over("lead.willow@northmoor").sendJSON(tansysMeasures, map[string]any{"measure": "phq-9"}), http.StatusForbidden)
		if got := clinician.getJSON("/willow/recovery/people/tansy", nil); !got.has(`"score":14`) || !got.has(`"most":21`) {
			t.Errorf("the clinician sees %s", got.body)
		}
		file := clinician.get(tansysMeasures + ".csv")
		if file.status != http.StatusOK || !file.has("2026-11-20,GAD-7,0,3,Worrying too much about different things,More than half the days,2,14,moderate") {
			t.Errorf("for the record: %d %s", file.status, file.body)
		}
		want(t, "a member takes the file", s.over("fern.willow@northmoor").get(tansysMeasures+".csv"), http.StatusForbidden)
		if n := s.rowsOf("recovery_responses", "response_sealed LIKE '%score%'"); n != 0 {
			t.Error("answers are not sealed")
		}
		if n := s.rowsOf("desk_items", "sort = 'measure'"); n != 0 {
			t.Errorf("%d items of a measure without a rule", n)
		}
		// It comes again in two weeks, and is told of once.
		s.clock.Advance(15 * 24 * time.Hour)
		for range 2 {
			s.round("recovery.measures")
			s.settle(1)
		}
		if n := s.rowsOf("notices", "kind = 'measure'"); told != 1 || n != 2 {
			t.Errorf("%d notices, then %d", told, n)
		}
		s.sent(s.over("clinician.willow@northmoor"), tansysMeasures+"/end", map[string]any{"id": strings.TrimPrefix(path, "/willow/recovery/measures/")})
		if left := s.over("tansy.willow@northmoor").asked(); len(left) != 0 {
			t.Errorf("asked no longer, and still there: %+v", left)
		}
	})
}

func TestTheNinthAnswerOfPHQ9OpensACaseForAHuman(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		for ninth, level := range map[int]string{0: "", 1: "amber", 3: "red"} {
			path := s.asksTansy("phq-9", 0)
			before := s.rowsOf("cases", "1 = 1")
			tansy := s.over("tansy.willow@northmoor")
			got := tansy.sendJSON(path, answered(9, 0, map[int]int{9: ninth}))
			want(t, "fill in", got, http.StatusOK)
			if opened := s.rowsOf("cases", "1 = 1") - before; opened != map[bool]int{true: 1}[ninth > 0] {
				t.Errorf("%d: %d cases", ninth, opened)
			}
			if ninth == 0 {
				continue
			}
			id := field(t, got, "id")
			if to := got.header.Get("Location"); !strings.HasPrefix(to, "/willow/support/") {
				t.Errorf("no support is shown, but %q", to)
			}
			item, lead := s.onDesk(id), s.over("lead.willow@northmoor")
			if got := lead.getJSON(item, nil); field(t, got, "level") != level || got.has("better off dead") {
				t.Errorf("%d, before it is taken: %s", ninth, got.body)
			}
			want(t, "take", lead.sendJSON(item+"/take", nil), http.StatusOK)
			if got := lead.getJSON(item, nil); !got.has("better off dead") || got.has("Poor appetite") {
				t.Errorf("taken: %s", got.body)
			}
		}
	})
}

func TestAPlanInCORE10OpensACaseForAHuman(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.asksTansy("core-10", 0)
		tansy := s.as("tansy.willow@northmoor")
		if page := tansy.get(path); !page.has("© CORE System Trust: https://www.coresystemtrust.org.uk/copyright.pdf") || !page.has("10. Unwanted images or memories have been distressing me") {
			t.Errorf("the form: %s", page.text())
		}
		before := s.rowsOf("cases", "1 = 1")
		got := s.over("tansy.willow@northmoor").sendJSON(path, answered(10, 0, map[int]int{6: 1}))
		want(t, "fill in", got, http.StatusOK)
		if n := s.rowsOf("cases", "1 = 1") - before; n != 1 || !strings.HasPrefix(got.header.Get("Location"), "/willow/support/") {
			t.Errorf("%d cases, and to %q", n, got.header.Get("Location"))
		}
		if item := s.over("lead.willow@northmoor").getJSON(s.onDesk(field(t, got, "id")), nil); field(t, item, "level") != "red" {
			t.Errorf("on the desk: %s", item.body)
		}
		// Nothing but the two that count the other way round, and the plan: 4 + 4 + 1.
		if page := tansy.get("/willow/recovery/results/" + field(t, got, "id")); !page.has("Score: 9 of 40. Its authors call 6 to 10 low level.") {
			t.Errorf("the result: %s", page.text())
		}
	})
}

func TestATrustLoadsAMeasureOfItsOwnOrIsToldWhatIsWrong(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const path = "/willow/recovery/definitions"
		lead := s.as("lead.willow@northmoor")
		page := lead.get(path)
		file := sampleOf(t, page)
		bad := strings.Replace(strings.Replace(file, "score: 4", "score: 3", 1), "score: 0", "score: 9", 1)
		got := lead.post(path, url.Values{"file": {bad}})
		if got.status != http.StatusUnprocessableEntity || !got.has("Line 21, examples/1/score") || !got.has("Line 22, examples/2/score") || !got.has("Calm, two questions") {
			t.Errorf("a wrong score: %d %s", got.status, got.text())
		}
		if n := s.rowsOf("recovery_definitions", "1 = 1"); n != 0 {
			t.Fatalf("%d definitions of a file with mistakes", n)
		}
		want(t, "one of SHaRON’s", lead.post(path, url.Values{"file": {strings.Replace(file, "calm-2", "phq-9", 1)}}), http.StatusUnprocessableEntity)
		want(t, "load", lead.post(path, url.Values{"file": {file}}), http.StatusSeeOther)
		for _, account := range []string{"clinician.willow@northmoor", "hazel.willow@northmoor"} {
			want(t, account, s.over(account).sendJSON(path, map[string]any{"file": file}), http.StatusForbidden)
		}
		fill := s.asksTansy("calm-2", 0)
		tansy := s.over("tansy.willow@northmoor")
		result := "/willow/recovery/results/" + field(t, tansy.sendJSON(fill, map[string]any{"answers": map[string]any{"1": 0, "2": 2}}), "id")
		want(t, "load it anew", lead.post(path, url.Values{"file": {strings.Replace(file, "I felt calm", "I felt at ease", 1)}}), http.StatusSeeOther)
		if got := tansy.getJSON(result, nil); field(t, got, "score") != "4" || !got.has("I felt calm") {
			t.Errorf("what was filled in before: %s", got.body)
		}
		if s.onDesk(idOf(result)) == "" {
			t.Error("its rule has nobody look")
		}
		if got := s.over("lead.orchard@eastvale").getJSON("/orchard/recovery/definitions", nil); got.has("calm-2") {
			t.Error("another trust has it too")
		}
	})
}

// sampleOf is the file that the page shows.
func sampleOf(t *testing.T, page answer) string {
	t.Helper()
	_, after, _ := strings.Cut(string(page.body), "<pre")
	_, after, _ = strings.Cut(after, ">")
	file, _, found := strings.Cut(after, "</pre>")
	if !found {
		t.Fatalf("the page has no sample: %s", page.text())
	}
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(file)
}

func TestAReminderComesOnceADayAtTheMembersHourAndSaysNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const path = "/willow/recovery/reminder"
		reminders := func() int {
			s.round("recovery.reminders")
			s.settle(1)
			return s.rowsOf("notices", "kind = 'own_reminder'")
		}
		s.clock.Advance(24 * time.Hour)
		if n := reminders(); n != 0 {
			t.Fatalf("%d reminders that nobody asked for", n)
		}
		tansy := s.as("tansy.willow@northmoor")
		want(t, "no time", tansy.post(path, url.Values{"hour": {"25:00"}}), http.StatusUnprocessableEntity)
		want(t, "choose", tansy.post(path, url.Values{"hour": {"19:30"}}), http.StatusSeeOther)
		s.clock.Advance(8 * time.Hour) // to 18:30
		before := reminders()
		s.clock.Advance(time.Hour + time.Minute)
		after, again := reminders(), reminders()
		if before != 0 || after != 1 || again != 1 {
			t.Errorf("%d before, %d at the hour, %d when it comes round again", before, after, again)
		}
		if n := s.rowsOf("notices", "kind = 'own_reminder' AND path <> '/recovery'"); n != 0 {
			t.Error("it leads elsewhere")
		}
		s.clock.Advance(27 * time.Hour) // nothing ran at the hour
		if n := reminders(); n != 1 {
			t.Errorf("a reminder hours late: %d", n)
		}
		want(t, "no more", s.as("tansy.willow@northmoor").post(path, url.Values{"hour": {""}}), http.StatusSeeOther)
		s.clock.Advance(24 * time.Hour)
		if n := reminders(); n != 1 {
			t.Errorf("after it was switched off: %d", n)
		}
	})
}
