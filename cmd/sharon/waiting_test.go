package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/safety"
)

// ofBridge reads one row by SQL, whose first parameter is the trust.
func (s *site) ofBridge(into []any, query string, args ...any) {
	s.t.Helper()
	trust, err := s.app.Directory.TrustAt(s.t.Context(), "eastvale.localhost")
	if err == nil {
		err = s.app.DB.Read(s.t.Context(), trust.ID, func(ctx context.Context, db bun.IDB) error {
			return db.NewRaw(query, append([]any{trust.ID}, args...)...).Scan(ctx, into...)
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// onList is an entry of Bridge by its reference.
func (v *visitor) onList(reference string) (entry struct {
	ID, What, Outcome, Pulse string
	Missed, Unread, Version  int
	Priority                 string
	Member                   *struct{ Handle string }
}) {
	v.site.t.Helper()
	if got := v.getJSON("/bridge/waiting/references/"+reference, &entry); got.status != http.StatusOK {
		v.site.t.Fatalf("%s: %d %s", reference, got.status, got.body)
	}
	return entry
}

const listHeading = "reference,nhs number,email,pathway,referral date,priority,pauses\n"

func TestAFileIsLookedThroughBeforeAnybodyIsOnTheList(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, page := s.over("lead.bridge@eastvale"), s.as("lead.bridge@eastvale")
		upload := func(text string) string {
			got := lead.filed("/bridge/waiting/files", "list.csv", []byte(text), nil)
			if got.status != http.StatusOK {
				t.Fatalf("upload: %d %s", got.status, got.body)
			}
			return "/bridge/waiting/files/" + field(t, got, "id")
		}
		file := upload(listHeading + "T-1,999 876 5439,sam@list.example,Talking therapy,1 9 2026,soon,5 10 2026 to 11 10 2026\n" +
			"T-2,9998765430,,Talking therapy,1 9 2026,,\nT-3,,kim@list.example,Talking therapy,1 9 2027,,\nT-4,9998765439,,Talking therapy,1 9 2026,,\nT-5,,,Talking therapy,1 9 2026,,2026-10-01/\n")
		looked := page.get(file)
		for _, words := range []string{"1 line would change something", "one of its digits is not right", "in the future", "waits already: T-1, line 2", "No clock stands still for ever"} {
			if !looked.has(words) {
				t.Errorf("the preview does not say %q: %s", words, looked.text())
			}
		}
		if looked.has("9998765439") || looked.has("sam@list.example") {
			t.Error("the preview shows what is sealed")
		}
		want(t, "before it is taken", lead.getJSON("/bridge/waiting/references/T-1", nil), http.StatusNotFound)
		wrong := lead.get(file + "/wrong.csv")
		if wrong.status != http.StatusOK || strings.Count(string(wrong.body), "\n") != 5 || !wrong.has("3,T-2,NHS number,") {
			t.Errorf("the lines to mend: %d %s", wrong.status, wrong.body)
		}
		for account, status := range map[string]int{"clinician.bridge@eastvale": http.StatusNotFound, "waiting.bridge@eastvale": http.StatusForbidden, "moderator.bridge@eastvale": http.StatusForbidden, "lead.lantern@eastvale": http.StatusNotFound} {
			want(t, account+" looks at another’s file", s.over(account).getJSON(file, nil), status)
		}
		sum := field(t, lead.getJSON(file, nil), "sum")
		want(t, "another list than was looked at", lead.sendJSON(file, map[string]any{"sum": "0"}), http.StatusConflict)
		if got := page.post(file, url.Values{"sum": {sum}}); got.status != http.StatusOK || !got.has("The list is up to date") || !got.has("4 lines were left out") {
			t.Fatalf("take: %d %s", got.status, got.text())
		}
		if entry := lead.onList("T-1"); entry.Priority != "soon" {
			t.Errorf("taken: %+v", entry)
		}
		want(t, "what was left out", lead.getJSON("/bridge/waiting/references/T-4", nil), http.StatusNotFound)
		want(t, "a second click", lead.sendJSON(file, map[string]any{"sum": sum}), http.StatusNotFound)

		// The same again changes nothing, and says so.
		if again := page.get(upload(listHeading + "T-1,999 876 5439,sam@list.example,Talking therapy,1 9 2026,soon,5 10 2026 to 11 10 2026\n")); !again.has("This file changes nothing") || again.has("Take over") {
			t.Errorf("the same again: %s", again.text())
		}
		if entry := lead.onList("T-1"); entry.Version != 1 {
			t.Errorf("version %d after looking at the same file", entry.Version)
		}

		// What the columns are is remembered.
		strange := upload("Pt ref,Clinic code,Seen on\nT-6,Talking therapy,2 9 2026\n")
		if got := page.get(strange); !got.has("None of the columns is the reference") {
			t.Errorf("strange columns: %s", got.text())
		}
		want(t, "one column for two", page.post(strange+"/columns", url.Values{"fields": {"reference", "reference", ""}}), http.StatusUnprocessableEntity)
		want(t, "columns", page.post(strange+"/columns", url.Values{"fields": {"reference", "pathway", "referred_on"}}), http.StatusSeeOther)
		if got := page.get(upload("Pt ref,Clinic code,Seen on\nT-6,Talking therapy,2 9 2026\n")); !got.has("1 line would change something") {
			t.Errorf("remembered: %s", got.text())
		}
		if got := lead.filed("/bridge/waiting/files", "x.csv", []byte("PK\x03\x04"), nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a spreadsheet: %d", got.status)
		}

		// What nobody confirms is gone after a day.
		left := upload(listHeading + "T-9,,,Talking therapy,1 9 2026,,\n")
		s.clock.Advance(25 * time.Hour)
		s.roundAt("bridge", "waiting.files")
		want(t, "after a day", s.over("lead.bridge@eastvale").getJSON(left, nil), http.StatusNotFound)
	})
}

func TestAnotherSystemPutsPeopleOnTheListAgainAndAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		pas := s.over("admin@eastvale")
		put := func(reference string, in map[string]any) answer {
			return pas.sendBy(http.MethodPut, "/bridge/waiting/references/"+reference, in)
		}
		sam := map[string]any{"nhs_number": "999 876 5439", "email": "sam@list.example", "pathway": "Talking therapy", "referred_on": "2026-09-01", "pauses": []string{"2026-10-05/2026-10-11"}}
		if got := put("PAS-7", sam); got.status != http.StatusOK || field(t, got, "what") != "added" || got.has("9998765439") || got.has("sam@") {
			t.Fatalf("put: %d %s", got.status, got.body)
		}
		if got := put("PAS-7", sam); field(t, got, "what") != "same" || field(t, got, "version") != "1" {
			t.Errorf("the same again: %s", got.body)
		}
		sam["priority"], sam["outcome"], sam["outcome_on"] = "urgent", "first_appointment", "2026-11-19"
		if got := put("PAS-7", sam); field(t, got, "what") != "changed" || field(t, got, "outcome") != "first_appointment" {
			t.Errorf("changed: %s", got.body)
		}
		delete(sam, "outcome")
		delete(sam, "outcome_on")
		want(t, "waits again", put("PAS-7", sam), http.StatusOK)
		for what, c := range map[string]struct {
			in    map[string]any
			field string
		}{
			"the same person":     {sam, "nhs_number"},
			"a day to come":       {map[string]any{"pathway": "Talking therapy", "referred_on": "2026-12-01"}, "referred_on"},
			"a pause for ever":    {map[string]any{"pathway": "Talking therapy", "referred_on": "2026-09-01", "pauses": []string{"2026-10-05/9999-12-31"}}, "pauses"},
			"nothing":             {map[string]any{}, "pathway"},
			"a number that fails": {map[string]any{"pathway": "Talking therapy", "referred_on": "2026-09-01", "nhs_number": "9998765430"}, "nhs_number"},
		} {
			if got := put("PAS-8", c.in); got.status != http.StatusUnprocessableEntity || !got.has(`"#/`+c.field+`"`) {
				t.Errorf("%s: %d %s", what, got.status, got.body)
			}
		}
		want(t, "none of these is on the list", pas.getJSON("/bridge/waiting/references/PAS-8", nil), http.StatusNotFound)
		want(t, "a field that there is not", put("PAS-8", map[string]any{"name": "Sam"}), http.StatusBadRequest)
		want(t, "another trust", s.over("admin@northmoor").sendBy(http.MethodPut, "/bridge/waiting/references/PAS-7", sam), http.StatusNotFound)
		want(t, "somebody who waits", s.over("waiting.bridge@eastvale").sendBy(http.MethodPut, "/bridge/waiting/references/PAS-7", sam), http.StatusForbidden)
		want(t, "by hand, the same reference", pas.sendJSON("/bridge/waiting/entries", map[string]any{"reference": "pas-7", "pathway": "Talking therapy", "referred_on": "1 9 2026"}), http.StatusUnprocessableEntity)

		// The administrator keeps the list and reads nothing of what is said.
		id := pas.onList("PAS-7").ID
		want(t, "what is said", pas.getJSON("/bridge/waiting/entries/"+id, nil), http.StatusForbidden)
		want(t, "the board", pas.getJSON("/bridge/waiting/board", nil), http.StatusForbidden)
		edit := map[string]any{"version": pas.onList("PAS-7").Version, "pathway": "Talking therapy", "referred_on": "1 9 2026", "priority": "soon"}
		want(t, "by hand", pas.sendJSON("/bridge/waiting/entries/"+id+"/edit", edit), http.StatusOK)
		want(t, "the second tab", pas.sendJSON("/bridge/waiting/entries/"+id+"/edit", edit), http.StatusConflict)
		var sealed, nhs string
		s.ofBridge([]any{&sealed, &nhs}, "SELECT email_sealed, nhs_sealed FROM waiting_entries WHERE tenant_id = ? AND reference = ?", "PAS-7")
		if sealed == "" || nhs == "" || strings.Contains(sealed+nhs, "sam") {
			t.Errorf("sealed: %q %q", sealed, nhs)
		}
	})
}

// The whole way: imported, invited, joined, worse, seen, handed over.
func TestSomebodyWhoWaitsIsHeldUntilTheirTreatmentBegins(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		lead, anjali := s.over("lead.bridge@eastvale"), s.over("clinician.bridge@eastvale")
		want(t, "put", lead.sendBy(http.MethodPut, "/bridge/waiting/references/W-1", map[string]any{"email": "wren@list.example", "nhs_number": "9998765439", "pathway": "Talking therapy", "referred_on": "2026-09-01"}), http.StatusOK)
		entry := "/bridge/waiting/entries/" + lead.onList("W-1").ID
		invite := map[string]any{"id": lead.onList("W-1").ID}
		if got := anjali.sendJSON("/bridge/waiting/invitations", invite); got.status != http.StatusOK || field(t, got, "invited") != "1" {
			t.Fatalf("invite: %d %s", got.status, got.body)
		}
		want(t, "a second click", anjali.sendJSON("/bridge/waiting/invitations", invite), http.StatusConflict)
		link := s.linkTo(p, "wren@list.example", invitationLink)
		want(t, "join", s.visit("eastvale").sendJSON(link, joining("wren@list.example", "Small wren")), http.StatusOK)
		s.settle(1)
		wren := s.visit("eastvale")
		in := wren.sendJSON("/sign-in", map[string]string{"email": "wren@list.example", "password": "three warm words"})
		wren.bearer = field(t, in, "token")
		var mine struct {
			Waits bool
			Weeks int
			Range string
		}
		browser := s.visit("eastvale")
		browser.post("/sign-in", url.Values{"email": {"wren@list.example"}, "password": {"three warm words"}})
		page := browser.get("/bridge/waiting")
		wren.getJSON("/bridge/waiting", &mine)
		if !mine.Waits || mine.Weeks != 11 || !strings.Contains(mine.Range, "8 of 10 people began after") || !page.has("What happens next") {
			t.Errorf("where I am: %+v %s", mine, page.text())
		}
		if page.has("W-1") || strings.Contains(strings.ToLower(page.text()), "queue") {
			t.Error("the page tells a place in a queue, or the reference")
		}
		for _, path := range []string{"/bridge/waiting/board", entry, "/bridge/waiting/figures", "/bridge/waiting/list"} {
			want(t, path, wren.getJSON(path, nil), http.StatusForbidden)
		}

		// Worse is an item at the desk; words that tell of danger open a case at once.
		want(t, "nothing said", wren.sendJSON("/bridge/waiting/news", map[string]any{"what": "changed"}), http.StatusUnprocessableEntity)
		want(t, "worse", wren.sendJSON("/bridge/waiting/check-ins", map[string]any{"how": "worse", "words": "Nights are long."}), http.StatusOK)
		item, opened := s.noteAtDesk("W-1")
		if item == nil || item.Level != safety.Amber || opened != nil || item.Why() != "A check-in: says that they are worse" {
			t.Errorf("worse: %+v, case %+v", item, opened)
		}
		if on := anjali.onList("W-1"); on.Pulse != "worse" || on.Unread != 1 || on.Member.Handle != "Small wren" {
			t.Errorf("the board: %+v", on)
		}
		if shown := s.as("clinician.bridge@eastvale").get("/bridge/waiting/board?show=news"); !shown.has("W-1") || !shown.has("Worse") {
			t.Errorf("the board: %s", shown.text())
		}
		room := map[string]any{"version": 1, "settings": map[string]any{"worse_case": true}}
		want(t, "cases", lead.sendJSON("/bridge/settings/rooms/waiting", room), http.StatusOK)
		want(t, "worse again", wren.sendJSON("/bridge/waiting/check-ins", map[string]any{"how": "worse"}), http.StatusOK)
		if item, opened := s.noteAtDesk("W-1"); item == nil || opened == nil || opened.Level != safety.Amber {
			t.Errorf("by the service’s rule: %+v, case %+v", item, opened)
		}
		crisis := wren.sendJSON("/bridge/waiting/check-ins", map[string]any{"how": "same", "words": "I can't keep myself safe tonight"})
		if item, opened := s.noteAtDesk("W-1"); item == nil || opened == nil || opened.Level != safety.Crisis || !strings.Contains(crisis.location(), "/bridge/support/") {
			t.Errorf("danger: %+v, case %+v, led to %q", item, opened, crisis.location())
		}
		want(t, "seen", anjali.sendJSON(entry+"/seen", map[string]any{}), http.StatusOK)
		if on := anjali.onList("W-1"); on.Unread != 0 {
			t.Errorf("unread after it was read: %d", on.Unread)
		}

		// Nothing comes for weeks: asked twice in neutral words, then shown.
		s.clock.Advance(14 * 24 * time.Hour)
		before := len(p.Mails())
		for range 3 {
			s.roundAt("bridge", "waiting.due")
			s.roundAt("bridge", "waiting.due") // nobody is asked twice at once
			s.clock.Advance(73 * time.Hour)
		}
		asked := 0
		for _, mail := range p.Mails()[before:] {
			if mail.To != "wren@list.example" {
				continue
			}
			asked++
			for _, word := range []string{"Bridge", "wait", "therapy", "worse"} {
				if all := mail.Header.Get("Subject") + mail.Text; strings.Contains(strings.ToLower(all), strings.ToLower(word)) {
					t.Errorf("an email says %q: %s", word, all)
				}
			}
		}
		if on := s.over("clinician.bridge@eastvale").onList("W-1"); on.Missed != 1 || asked != 2 {
			t.Errorf("%d missed, asked %d times", on.Missed, asked)
		}

		// The first appointment: they go on to another service under the same name.
		anjali = s.over("clinician.bridge@eastvale")
		over := map[string]any{"service": "lantern", "version": anjali.onList("W-1").Version}
		want(t, "to a service of another trust", anjali.sendJSON(entry+"/handover", map[string]any{"service": "willow", "version": over["version"]}), http.StatusUnprocessableEntity)
		want(t, "hand over", anjali.sendJSON(entry+"/handover", over), http.StatusOK)
		want(t, "a second click", anjali.sendJSON(entry+"/handover", over), http.StatusConflict)
		s.settle(1)
		wren = s.visit("eastvale")
		wren.bearer = field(t, wren.sendJSON("/sign-in", map[string]string{"email": "wren@list.example", "password": "three warm words"}), "token")
		if got := wren.getJSON("/lantern/me", nil); got.status != http.StatusOK || field(t, got, "person", "handle") != "Small wren" || field(t, got, "role") != "Service user" {
			t.Errorf("in the other service: %d %s", got.status, got.body)
		}
		want(t, "where they waited", wren.getJSON("/bridge/waiting", nil), http.StatusNotFound)
		if on := anjali.onList("W-1"); on.Outcome != "first_appointment" {
			t.Errorf("outcome: %+v", on)
		}
	})
}

// noteAtDesk is what the desk has of the last thing that somebody said, and its case.
func (s *site) noteAtDesk(reference string) (item *safety.Item, opened *safety.Case) {
	s.t.Helper()
	var id string
	s.ofBridge([]any{&id}, "SELECT n.id FROM waiting_notes AS n JOIN waiting_entries AS e ON e.tenant_id = n.tenant_id AND e.id = n.entry_id WHERE n.tenant_id = ? AND e.reference = ? ORDER BY n.at DESC, n.id DESC LIMIT 1", reference)
	return s.caught("eastvale", "bridge", id)
}
