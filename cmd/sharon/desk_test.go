package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// pad is a room's things for the desk, as small as a room can be.
type pad struct {
	mu    sync.Mutex
	notes map[uuid.UUID]safety.Subject
}

func (p *pad) show(_ context.Context, _ tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	note, ok := p.notes[id]
	if !ok {
		return safety.Subject{}, fault.Missing()
	}
	return note, nil
}

func (p *pad) become(state string) func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error {
	return func(_ context.Context, _ tenants.Scope, id uuid.UUID, deed *safety.Deed) error {
		p.change(id, func(note *safety.Subject) {
			deed.Before = note.State
			note.State, note.Topics = state, deed.Topics
		})
		return nil
	}
}

func (p *pad) change(id uuid.UUID, how func(note *safety.Subject)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	note := p.notes[id]
	how(&note)
	note.Version++
	p.notes[id] = note
}

// picture gives a note a picture, whose address is of no matter.
func (p *pad) picture(id uuid.UUID) {
	p.change(id, func(note *safety.Subject) { note.Images = []safety.Picture{{Src: "/help-now", Alt: "a kettle"}} })
}

func (p *pad) state(id uuid.UUID) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.notes[id].State
}

// aDesk is a site whose desk also knows notes.
type aDesk struct {
	*site
	pad *pad
}

func newDesk(t *testing.T, address string) aDesk {
	t.Helper()
	p := &pad{notes: map[uuid.UUID]safety.Subject{}}
	acts := map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{}
	for act, state := range map[safety.Act]string{safety.Approve: "shown", safety.AskEdit: "asked", safety.Cover: "covered", safety.Hide: "hidden", safety.Remove: "removed", safety.Lock: "locked"} {
		acts[act] = p.become(state)
	}
	return aDesk{newSite(t, address, func(a *app) {
		a.Desk.Register(safety.Sort{Key: "note", Name: "note", Show: p.show, Acts: acts,
			Undo: func(_ context.Context, _ tenants.Scope, id uuid.UUID, deed safety.Deed) error {
				p.change(id, func(note *safety.Subject) { note.State, note.Topics = deed.Before, nil })
				return nil
			}})
	}), p}
}

func onBothDesks(t *testing.T, test func(t *testing.T, s aDesk)) {
	for name, database := range dialects {
		t.Run(name, func(t *testing.T) {
			s := newDesk(t, database(t, prepare))
			s.sql("UPDATE desk_items SET decided_at = ? WHERE tenant_id = ?", s.clock.Now(), s.northmoor()) // the demonstration's own
			test(t, s)
		})
	}
}

// raised puts a note of a member's on the desk.
func (s aDesk) raised(handle, words string, level safety.Level, held bool) (item safety.Item) {
	s.t.Helper()
	author := uuid.MustParse(s.idOf(handle))
	note := uuid.Must(uuid.NewV7())
	person := tenants.Person{ID: author, Handle: handle}
	s.pad.mu.Lock()
	s.pad.notes[note] = safety.Subject{Body: words, Where: "their wall", State: "waits", Author: &person, At: s.clock.Now(), Version: 1}
	s.pad.mu.Unlock()
	return s.mark(safety.About{Sort: "note", Subject: note, Author: author, Held: held}, safety.Finding{Source: safety.ByTerm, Detail: "a term", Level: level})
}

func (s aDesk) mark(about safety.About, findings ...safety.Finding) (item safety.Item) {
	s.t.Helper()
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(ctx context.Context, in tenants.Scope) error {
		got, err := s.app.Desk.Raise(ctx, in, about, findings...)
		if err == nil {
			item = *got
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return item
}

func about(item safety.Item) safety.About {
	return safety.About{Sort: item.Sort, Subject: item.SubjectID, Author: item.AuthorID, Held: item.Held}
}

// anItem is an item as the API shows it.
type anItem struct {
	ID        string
	Level     string
	Version   int
	Linked    bool
	Choices   []string
	Words     string
	Holder    *struct{ Handle string }
	DecidedAt *time.Time `json:"decided_at"`
	Responded *time.Time `json:"responded_at"`
	Act       string
	MayUndo   bool `json:"may_undo"`
	Subject   *struct {
		Body    string
		Version int
	}
	Looking []struct{ Handle string }
	Team    []struct{ Handle string }
	History []struct {
		Act, Reason string
		UndoneAt    *time.Time `json:"undone_at"`
	}
	Care struct {
		Items, Weight int
		Hard          bool
	}
}

type aQueue struct {
	Items   []anItem
	Open    int
	Later   int
	Figures struct {
		Urgent  int      `json:"urgent_open"`
		Median  *int     `json:"median_first_response_minutes"`
		Within  *float64 `json:"within_target"`
		Outside *float64 `json:"raised_outside_9_to_5"`
	}
	Care struct{ Weight int }
}

func deskPath(item safety.Item) string { return "/willow/desk/" + item.ID.String() }

func (v *visitor) item(item safety.Item) (out anItem) {
	v.site.t.Helper()
	if got := v.getJSON(deskPath(item), &out); got.status != http.StatusOK {
		v.site.t.Fatalf("%s: %d %s", deskPath(item), got.status, got.body)
	}
	return out
}

func (v *visitor) queue(query string) (out aQueue) {
	v.site.t.Helper()
	if got := v.getJSON("/willow/desk"+query, &out); got.status != http.StatusOK {
		v.site.t.Fatalf("desk%s: %d %s", query, got.status, got.body)
	}
	return out
}

func (q aQueue) words() string {
	var words []string
	for _, item := range q.Items {
		words = append(words, item.Words)
	}
	return strings.Join(words, "|")
}

// decides sends a decision about an item as it is now.
func (v *visitor) decides(item safety.Item, act string, more map[string]any) answer {
	v.site.t.Helper()
	now := v.item(item)
	in := map[string]any{"version": now.Version, "seen": 0, "act": act, "reason": "because"}
	if now.Subject != nil {
		in["seen"] = now.Subject.Version
	}
	maps.Copy(in, more)
	return v.sendJSON(deskPath(item)+"/decide", in)
}

func TestOfTwoClaimsInOneInstantOneGetsIt(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		team := map[string]*visitor{"Priya": s.over("moderator.willow@northmoor"), "Jo": s.over("clinician.willow@northmoor"), "Tess": s.over("nursery.willow@northmoor"), "Amira": s.over("lead.willow@northmoor")}
		for range 5 {
			item := s.raised("hazel", "one item, four hands", safety.Amber, false)
			var all sync.WaitGroup
			var mu sync.Mutex
			var winner string
			answers := map[string]answer{}
			start := make(chan struct{})
			for name, v := range team {
				all.Go(func() {
					<-start
					got := v.sendJSON(deskPath(item)+"/take", map[string]any{})
					mu.Lock()
					defer mu.Unlock()
					answers[name] = got
					if got.status == http.StatusOK {
						winner += name
					}
				})
			}
			close(start)
			all.Wait()
			for name, got := range answers {
				if name != winner && (got.status != http.StatusConflict || !got.has(winner+" has this")) {
					t.Errorf("%s, while %s has it: %d %s", name, winner, got.status, got.body)
				}
			}
			if now := team["Jo"].item(item); now.Holder == nil || now.Holder.Handle != winner || now.Responded == nil {
				t.Errorf("%s got it, and it is with %+v", winner, now.Holder)
			}
			if n := s.count("SELECT count(*) FROM desk_deeds WHERE tenant_id = ? AND item_id = ? AND act = 'take'", s.northmoor(), item.ID); n != 1 {
				t.Errorf("%d deeds say that somebody took it", n)
			}
		}
	})
}

func TestADecisionIsCarriedOutAndItsAuthorTold(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, hazel, fern := s.over("moderator.willow@northmoor"), s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		item := s.raised("hazel", "a canary in a note", safety.Amber, true)
		for name, bad := range map[string]map[string]any{
			"no reason": {"act": "hide", "reason": "  "}, "no note": {"act": "cover"}, "an unknown note": {"act": "cover", "topics": []string{"nothing"}},
			"an unknown rule": {"act": "hide", "rule": "Whatever"}, "an unknown act": {"act": "banish"}, "a strike for no rule": {"act": "hide", "strike_days": 30}, "a strike for what stays": {"act": "approve", "strike_days": 30},
		} {
			if got := priya.decides(item, "hide", bad); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if got := s.pad.state(item.SubjectID); got != "waits" {
			t.Fatalf("refused, it is %q", got)
		}
		got := priya.decides(item, "hide", map[string]any{"rule": "Be kind to each other", "words": "We took this out of sight."})
		if got.status != http.StatusOK || s.pad.state(item.SubjectID) != "hidden" {
			t.Fatalf("hide: %d %s, it is %q", got.status, got.body, s.pad.state(item.SubjectID))
		}
		deed := field(t, got, "deed", "id")
		if now := priya.item(item); now.DecidedAt == nil || now.Responded == nil || now.Act != "hide" || !now.MayUndo {
			t.Errorf("decided: %+v", now)
		}
		if again := priya.decides(item, "remove", nil); again.status != http.StatusConflict || !again.has("Priya has decided this already") {
			t.Errorf("a second decision: %d %s", again.status, again.body)
		}
		s.settle(1)
		if list := hazel.notices("willow"); list.Unread != 0 {
			t.Errorf("told before the minute is over: %+v", list)
		}
		if early := hazel.getJSON("/willow/decisions/"+deed, nil); early.status != http.StatusNotFound {
			t.Errorf("read before the minute is over: %d", early.status)
		}
		s.clock.Advance(61 * time.Second)
		s.settle(1)
		list := hazel.notices("willow")
		if list.says() != "The team has looked at something of yours" {
			t.Fatalf("hazel is told %q", list.says())
		}
		if got := hazel.sendJSON("/willow/notifications/"+list.Notices[0].ID+"/open", nil); got.header.Get("Location") != "/willow/decisions/"+deed {
			t.Errorf("the notice leads to %q", got.header.Get("Location"))
		}
		page := s.as("hazel.willow@northmoor").get("/willow/decisions/" + deed)
		for _, want := range []string{"It is out of sight for now", "Be kind to each other", "We took this out of sight."} {
			if !page.has(want) {
				t.Errorf("the page does not say %q: %s", want, page.text())
			}
		}
		if page.has("because") || page.has("Priya") {
			t.Error("the page says what is for the team")
		}
		for who, v := range map[string]*visitor{"fern": fern, "priya": priya} {
			if got := v.getJSON("/willow/decisions/"+deed, nil); got.status != http.StatusNotFound {
				t.Errorf("%s reads what hazel was told: %d", who, got.status)
			}
		}
		if got := hazel.getJSON(deskPath(item), nil); got.status != http.StatusForbidden {
			t.Errorf("hazel at the desk: %d", got.status)
		}
		if actions := s.audited("hazel"); slices.Contains(actions, "desk.decide") {
			t.Error("the audit log's subject is the member, not the item")
		}
		if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = 'desk.decide' AND subject_id = ?", s.northmoor(), item.ID); n != 1 {
			t.Errorf("the audit log has %d decisions", n)
		}
	})
}

func TestADecisionIsUndoneWithinTheDay(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, jo, lead, hazel := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor")
		undo := func(v *visitor, item safety.Item) answer { return v.sendJSON(deskPath(item)+"/undo", map[string]any{}) }
		item := s.raised("hazel", "soon put right", safety.Amber, true)
		if got := undo(priya, item); got.status != http.StatusConflict {
			t.Errorf("nothing to undo: %d", got.status)
		}
		priya.decides(item, "remove", nil)
		if got := undo(jo, item); got.status != http.StatusForbidden || s.pad.state(item.SubjectID) != "removed" {
			t.Errorf("a colleague undoes: %d", got.status)
		}
		s.clock.Advance(30 * time.Second)
		if got := undo(priya, item); got.status != http.StatusOK || s.pad.state(item.SubjectID) != "waits" {
			t.Fatalf("undo: %d %s, it is %q", got.status, got.body, s.pad.state(item.SubjectID))
		}
		now := priya.item(item)
		if now.DecidedAt != nil || now.Act != "" || now.Holder == nil || now.Holder.Handle != "Priya" || len(now.History) != 2 || now.History[0].UndoneAt == nil || now.History[1].Act != "undo" {
			t.Errorf("undone: %+v", now)
		}
		s.clock.Advance(2 * time.Minute)
		s.settle(1)
		if got := hazel.notices("willow"); len(got.Notices) != 0 {
			t.Errorf("hazel is told of what was undone in time: %q", got.says())
		}

		deed := field(t, priya.decides(item, "approve", nil), "deed", "id")
		s.clock.Advance(2 * time.Minute)
		s.settle(1)
		if got := undo(lead, item); got.status != http.StatusOK {
			t.Errorf("the lead undoes: %d %s", got.status, got.body)
		}
		s.settle(1)
		if got := hazel.notices("willow"); len(got.Notices) != 1 || got.Notices[0].Count != 2 {
			t.Errorf("hazel is told of both: %+v", got)
		}
		if got := s.as("hazel.willow@northmoor").get("/willow/decisions/" + deed); !got.has("The team took its decision back") {
			t.Errorf("the page: %s", got.text())
		}

		lead.decides(item, "hide", nil)
		again := s.mark(about(item), safety.Finding{Source: safety.ByFlag, Level: safety.Green})
		if got := undo(lead, item); got.status != http.StatusConflict || again.ID == item.ID {
			t.Errorf("undone though it is on the desk anew: %d %s", got.status, got.body)
		}
		if got := s.pad.state(item.SubjectID); got != "waits" && got != "hidden" {
			t.Errorf("it is %q", got)
		}
		late := s.raised("hazel", "too late", safety.Green, false)
		priya.decides(late, "lock", nil)
		s.clock.Advance(24 * time.Hour)
		for who, account := range map[string]string{"priya": "moderator.willow@northmoor", "the lead": "lead.willow@northmoor"} {
			if got := undo(s.over(account), late); got.status != http.StatusForbidden || s.pad.state(late.SubjectID) != "locked" {
				t.Errorf("%s undoes after a day: %d", who, got.status)
			}
		}
	})
}

// linkings are the ways in which Priya of the team can be linked to an item.
var linkings = map[string]func(s aDesk, item safety.Item){
	"a friend": func(s aDesk, _ safety.Item) { s.tie("friend", "friend") }, // from before they were of the team
	"the reporter": func(s aDesk, item safety.Item) {
		s.mark(about(item), safety.Finding{Source: safety.ByFlag, Detail: "unkind", Level: safety.Green, By: uuid.MustParse(s.idOf("priya"))})
	},
	"somebody who knows them outside": func(s aDesk, _ safety.Item) {
		s.sent(s.over("moderator.willow@northmoor"), "/willow/desk/links", map[string]any{"of": "hazel"})
	},
	"blocked": func(s aDesk, _ safety.Item) { s.tie("blocked_by", "blocking") },
}

// tie makes a bond between Priya and Hazel, as each of them has it.
func (s aDesk) tie(priyas, hazels string) {
	for _, side := range [][3]string{{"priya", "hazel", priyas}, {"hazel", "priya", hazels}} {
		s.sql("INSERT INTO ties (tenant_id, service_id, member_id, other_id, kind, since) SELECT tenant_id, service_id, id, ?, ?, joined_at FROM members WHERE tenant_id = ? AND id = ?", s.idOf(side[1]), side[2], s.northmoor(), s.idOf(side[0]))
	}
}

func TestNobodyDecidesOnSomebodyLinkedToThem(t *testing.T) {
	for name, tie := range linkings {
		t.Run(name, func(t *testing.T) {
			onBothDesks(t, func(t *testing.T, s aDesk) {
				item := s.raised("hazel", "words for others’ eyes", safety.Amber, true)
				priya := s.over("moderator.willow@northmoor")
				tie(s, item)
				s.refuses(priya, item)
			})
		})
	}
	t.Run("themselves", func(t *testing.T) {
		onBothDesks(t, func(t *testing.T, s aDesk) {
			item := s.raised("priya", "words for others’ eyes", safety.Amber, true)
			s.refuses(s.over("moderator.willow@northmoor"), item)
		})
	})
}

// refuses holds the desk to telling somebody who is linked to an item nothing of it.
func (s aDesk) refuses(priya *visitor, item safety.Item) {
	t, page := s.t, s.as("moderator.willow@northmoor")
	for _, path := range []string{"/willow/desk", deskPath(item)} {
		for _, got := range []answer{page.get(path), priya.getJSON(path, nil)} {
			if got.status != http.StatusOK || got.has("words for others") || got.has("a term") || got.has("Hazel") {
				t.Errorf("%s tells too much: %d %s", path, got.status, got.text())
			}
		}
	}
	if got := page.get(deskPath(item)); !got.has("You are linked to this person; a colleague decides.") || got.has("/decide") || got.has("/take") {
		t.Errorf("the page: %s", got.text())
	}
	for path, in := range map[string]map[string]any{
		"/take": {}, "/leave": {}, "/undo": {}, "/decide": {"act": "approve", "version": item.Version, "seen": 1},
	} {
		if got := priya.sendJSON(deskPath(item)+path, in); got.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	var unread struct{ Unread map[string]int }
	priya.getJSON("/willow/stream?counts=true", &unread)
	if unread.Unread["safeguarding"] != 0 {
		t.Errorf("priya’s count is %d", unread.Unread["safeguarding"])
	}
	s.settle(1)
	if got := priya.notices("willow"); strings.Contains(got.says(), "desk") {
		t.Errorf("priya is told %q", got.says())
	}
	jo, lead := s.over("clinician.willow@northmoor"), s.over("lead.willow@northmoor")
	if got := jo.sendJSON(deskPath(item)+"/hand", map[string]any{"to": "priya"}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("handed to somebody who is linked: %d %s", got.status, got.body)
	}
	for _, to := range []string{"priya", "jo"} {
		if got := priya.sendJSON(deskPath(item)+"/hand", map[string]any{"to": to}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("passed on to %s: %d %s", to, got.status, got.body)
		}
	}
	s.sent(priya, deskPath(item)+"/hand", map[string]any{"to": "amira"})
	if now := lead.item(item); now.Holder == nil || now.Holder.Handle != "Amira" || now.Subject == nil {
		t.Errorf("with the lead: %+v", now)
	}
	if got := lead.decides(item, "approve", nil); got.status != http.StatusOK {
		t.Errorf("the lead decides: %d %s", got.status, got.body)
	}
}

func TestALinkIsTakenBackByTheLeadAlone(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, lead := s.over("moderator.willow@northmoor"), s.over("lead.willow@northmoor")
		item := s.raised("hazel", "mine, until I say so", safety.Amber, false)
		s.sent(priya, deskPath(item)+"/take", nil)
		for _, of := range []string{"nobody-of-that-name", "priya", ""} {
			if got := priya.sendJSON("/willow/desk/links", map[string]any{"of": of}); got.status != http.StatusNotFound {
				t.Errorf("knows %q: %d", of, got.status)
			}
		}
		s.sent(priya, "/willow/desk/links", map[string]any{"of": "hazel"})
		s.sent(priya, "/willow/desk/links", map[string]any{"of": "hazel"})
		s.sent(lead, "/willow/desk/links", map[string]any{"of": "fern"})
		if now := s.over("clinician.willow@northmoor").item(item); now.Holder != nil {
			t.Errorf("still with %s", now.Holder.Handle)
		}
		end := func(v *visitor, member, colleague string) int {
			return v.sendJSON("/willow/desk/links/"+s.idOf(member)+"/end", map[string]any{"colleague": colleague}).status
		}
		if got := end(priya, "hazel", "priya"); got != http.StatusForbidden {
			t.Errorf("priya takes it back herself: %d", got)
		}
		if got := end(lead, "fern", "amira"); got != http.StatusForbidden {
			t.Errorf("the lead takes her own back: %d", got)
		}
		if got := end(lead, "ivy", "priya"); got != http.StatusNotFound {
			t.Errorf("a link that is not there: %d", got)
		}
		if got := end(lead, "hazel", "priya"); got != http.StatusOK || priya.item(item).Linked {
			t.Errorf("the lead takes it back: %d", got)
		}
	})
}

func TestNobodyDecidesOnWhatTheyHaveNotRead(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, jo := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor")
		item := s.raised("hazel", "as it was", safety.Amber, false)
		was := priya.item(item)
		s.mark(about(item), safety.Finding{Source: safety.ByFlag, Level: safety.Amber})
		old := map[string]any{"version": was.Version, "seen": was.Subject.Version}
		if got := priya.decides(item, "approve", old); got.status != http.StatusConflict {
			t.Errorf("raised again meanwhile: %d %s", got.status, got.body)
		}
		seen := priya.item(item)
		s.pad.change(item.SubjectID, func(note *safety.Subject) { note.Body = "as it is" })
		if got := priya.decides(item, "approve", map[string]any{"version": seen.Version, "seen": seen.Subject.Version}); got.status != http.StatusConflict {
			t.Errorf("edited meanwhile: %d %s", got.status, got.body)
		}
		s.sent(jo, deskPath(item)+"/take", nil)
		if got := priya.decides(item, "approve", nil); got.status != http.StatusConflict || !got.has("Jo has this") {
			t.Errorf("with Jo: %d %s", got.status, got.body)
		}
		if got := priya.sendJSON(deskPath(item)+"/take", map[string]any{"from": s.idOf("amira")}); got.status != http.StatusConflict || !got.has("Jo has this") {
			t.Errorf("taken over from somebody who has not got it: %d %s", got.status, got.body)
		}
		s.sent(priya, deskPath(item)+"/take", map[string]any{"from": s.idOf("jo")})
		if got := priya.decides(item, "approve", nil); got.status != http.StatusOK {
			t.Errorf("taken over: %d %s", got.status, got.body)
		}

		gone := s.raised("hazel", "soon gone", safety.Green, true)
		s.pad.mu.Lock()
		delete(s.pad.notes, gone.SubjectID)
		s.pad.mu.Unlock()
		if now := priya.item(gone); now.Subject != nil || len(now.Choices) != 0 {
			t.Errorf("unread, priya may %v", now.Choices)
		}
		if got := priya.decides(gone, "approve", nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("decided unread: %d %s", got.status, got.body)
		}
		if got := jo.decides(gone, "approve", map[string]any{"reason": ""}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("closed without a word: %d %s", got.status, got.body)
		}
		if got := jo.decides(gone, "approve", nil); got.status != http.StatusOK {
			t.Errorf("a clinician closes it: %d %s", got.status, got.body)
		}
	})
}

func TestAnItemIsHandedToAColleague(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, jo, tess := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("nursery.willow@northmoor")
		item := s.raised("hazel", "for somebody with time", safety.Amber, false)
		s.settle(1)
		jo.sendJSON("/willow/notifications/read", map[string]any{})
		s.sent(priya, deskPath(item)+"/take", nil)
		for _, to := range []string{"", "hazel", "bramble", "nobody-here", "priya"} {
			if got := priya.sendJSON(deskPath(item)+"/hand", map[string]any{"to": to}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("handed to %q: %d", to, got.status)
			}
		}
		if got := tess.sendJSON(deskPath(item)+"/hand", map[string]any{"to": "jo"}); got.status != http.StatusConflict {
			t.Errorf("Tess hands over what Priya has: %d", got.status)
		}
		if got := tess.sendJSON(deskPath(item)+"/leave", map[string]any{}); got.status != http.StatusConflict {
			t.Errorf("Tess puts back what Priya has: %d", got.status)
		}
		s.sent(priya, deskPath(item)+"/hand", map[string]any{"to": "jo", "reason": "You know about this."})
		s.settle(1)
		if got := jo.notices("willow"); got.Unread != 1 || !strings.Contains(got.says(), "Priya handed you something") {
			t.Errorf("Jo is told %q", got.says())
		}
		if mine := jo.queue("?with=mine"); mine.Open != 1 {
			t.Errorf("Jo has %d", mine.Open)
		}
		s.sent(jo, deskPath(item)+"/leave", nil)
		if now := priya.item(item); now.Holder != nil || len(now.History) != 3 {
			t.Errorf("put back: %+v", now)
		}
	})
}

func TestTheQueueShowsWhatMattersFirst(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya := s.over("moderator.willow@northmoor")
		if q := priya.queue(""); q.Open != 0 || !s.as("moderator.willow@northmoor").get("/willow/desk").has("Nothing waits.") {
			t.Errorf("empty: %+v", q)
		}
		s.sql("DELETE FROM desk_exposures WHERE tenant_id = ?", s.northmoor())
		s.sql("DELETE FROM desk_deeds WHERE tenant_id = ?", s.northmoor())
		s.sql("DELETE FROM desk_marks WHERE tenant_id = ?", s.northmoor())
		s.sql("UPDATE cases SET item_id = NULL WHERE tenant_id = ?", s.northmoor())
		s.sql("DELETE FROM desk_items WHERE tenant_id = ?", s.northmoor())
		s.raised("hazel", "amber, soon late", safety.Amber, false)
		s.clock.Advance(3 * time.Hour)
		priya = s.over("moderator.willow@northmoor")
		s.raised("fern", "fresh amber", safety.Amber, false)
		s.raised("ivy", "fresh green", safety.Green, false)
		red := s.raised("rowan", "red", safety.Red, false)
		held := s.raised("moss", "held", safety.Green, true)
		s.mark(about(held), safety.Finding{Source: safety.ByFlag, Level: safety.Green})
		if got, want := priya.queue("").words(), "red|amber, soon late|fresh amber|fresh green|held"; got != want {
			t.Errorf("in order: %q", got)
		}
		s.sent(priya, deskPath(red)+"/take", nil)
		for query, want := range map[string]string{
			"?with=mine": "red", "?with=nobody&level=green": "fresh green|held", "?source=flag": "held", "?level=amber": "amber, soon late|fresh amber", "?level=crisis": "", "?page=2": "",
		} {
			if got := priya.queue(query).words(); got != want {
				t.Errorf("%s: %q", query, got)
			}
		}
		for _, query := range []string{"?with=everybody", "?level=blue", "?source=stars", "?page=-1", "?page=x"} {
			if got := priya.getJSON("/willow/desk"+query, nil); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
				t.Errorf("%s: %d", query, got.status)
			}
		}
		s.clock.Advance(90 * time.Minute)
		q := s.over("moderator.willow@northmoor").queue("")
		f := q.Figures
		if f.Urgent != 1 || f.Median == nil || *f.Median != 0 || f.Within == nil || *f.Within != 0.5 || f.Outside == nil || *f.Outside != 0 {
			t.Errorf("figures: %+v", f)
		}
		for i := range 30 {
			s.raised("juniper", fmt.Sprint("more ", i), safety.Green, false)
		}
		one, two := s.over("moderator.willow@northmoor").queue(""), s.over("moderator.willow@northmoor").queue("?page=2")
		if len(one.Items) != 25 || one.Later != 2 || len(two.Items) != 10 || two.Later != 0 {
			t.Errorf("pages of %d and %d of %d", len(one.Items), len(two.Items), one.Open)
		}
	})
}

func TestTheTeamIsToldOfWhatWaitsAndOfWhatIsUrgent(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		jo, peer := s.over("clinician.willow@northmoor"), s.over("peer.willow@northmoor")
		item := s.raised("hazel", "seen soon", safety.Amber, false)
		s.mark(about(item), safety.Finding{Source: safety.ByFlag, Level: safety.Amber})
		s.settle(1)
		if got := jo.notices("willow"); got.says() != "Something waits at the safeguarding desk" {
			t.Errorf("Jo is told %q", got.says())
		}
		if got := peer.notices("willow"); len(got.Notices) != 0 {
			t.Errorf("a peer supporter is told %q", got.says())
		}
		s.mark(about(item), safety.Finding{Source: safety.ByTerm, Level: safety.Crisis})
		s.settle(1)
		if got := jo.notices("willow"); !strings.Contains(got.says(), "Something urgent waits") {
			t.Errorf("now a crisis, Jo is told %q", got.says())
		}
		var unread struct{ Unread map[string]int }
		jo.getJSON("/willow/stream?counts=true", &unread)
		if unread.Unread["safeguarding"] != 1 {
			t.Errorf("Jo’s count is %d", unread.Unread["safeguarding"])
		}
	})
}

func TestWhatSomebodyReadIsCountedAndNotCompared(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, jo, lead := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("lead.willow@northmoor")
		s.sql("DELETE FROM desk_exposures WHERE tenant_id = ?", s.northmoor())
		crisis, amber := s.raised("hazel", "hard to read", safety.Crisis, true), s.raised("fern", "less so", safety.Amber, false)
		s.pad.picture(amber.SubjectID)
		priya.item(crisis)
		if now := priya.item(crisis); now.Care.Weight != 5 || now.Care.Items != 1 || len(now.Looking) != 0 {
			t.Errorf("after the second look: %+v", now.Care)
		}
		if now := jo.item(crisis); len(now.Looking) != 1 || now.Looking[0].Handle != "Priya" {
			t.Errorf("who looks: %+v", now.Looking)
		}
		priya.item(amber)
		priya.getJSON(deskPath(amber)+"?clear=true", nil)
		if got := priya.queue("").Care.Weight; got != 5+2+2 {
			t.Errorf("with a picture: %d", got)
		}
		s.clock.Advance(4 * time.Minute)
		if now := jo.item(crisis); len(now.Looking) != 0 {
			t.Errorf("long gone, and still looking: %+v", now.Looking)
		}
		page := s.as("moderator.willow@northmoor")
		if got := page.get(deskPath(amber)); !got.has("desk-pictures--shut") || !got.has("Show the picture as it is") {
			t.Error("the picture is not covered")
		}
		if got := page.get(deskPath(amber) + "?clear=true"); got.has("desk-pictures--shut") || !got.has(`alt="a kettle"`) {
			t.Error("the picture is not shown")
		}
		if got := priya.decides(crisis, "hide", nil); got.status != http.StatusOK {
			t.Fatalf("decide: %d %s", got.status, got.body)
		} else if next := page.get(field(t, got, "path")); !next.has("That was a hard one") || !next.has("Undo") {
			t.Errorf("after a crisis: %s", next.text())
		}
		if got := page.get("/willow/desk/care"); !got.has("<b>9</b>") || got.has("The whole team") {
			t.Errorf("priya’s care: %s", got.text())
		}
		var care struct{ Team []struct{ Items, Weight int } }
		all := lead.getJSON("/willow/desk/care", &care)
		if care.Team[0].Weight != 5+5+2+2 || care.Team[0].Items != 3 || all.has("Priya") || all.has("Jo") {
			t.Errorf("the lead sees %s", all.body)
		}
		s.clock.Advance(7 * time.Hour)
		if got := s.over("moderator.willow@northmoor").queue("").Care.Weight; got != 0 {
			t.Errorf("the next shift begins with %d", got)
		}
	})
}

func TestKindWordsAreTheServices(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		lead, priya := s.over("lead.willow@northmoor"), s.over("moderator.willow@northmoor")
		new := map[string]any{"act": "hide", "name": "Ours", "words": "In our own words."}
		if got := priya.sendJSON("/willow/desk/words", new); got.status != http.StatusForbidden {
			t.Errorf("a moderator adds: %d", got.status)
		}
		s.sent(lead, "/willow/desk/words", new)
		s.sent(lead, "/willow/desk/words/hide-pause", map[string]any{"act": "hide", "name": "A pause", "words": "Changed."})
		s.sent(lead, "/willow/desk/words/hide-pause", map[string]any{"act": "hide", "name": "A pause", "words": "Changed twice."})
		s.sent(lead, "/willow/desk/words/lock-enough", map[string]any{"act": "lock", "name": "Gone", "words": "x", "gone": true})
		for name, bad := range map[string]map[string]any{"no words": {"act": "hide", "name": "x", "words": " "}, "no act": {"name": "x", "words": "y"}, "long": {"act": "hide", "name": strings.Repeat("x", 61), "words": "y"}} {
			if got := lead.sendJSON("/willow/desk/words", bad); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		if got := lead.sendJSON("/willow/desk/words/nothing", new); got.status != http.StatusNotFound {
			t.Errorf("no such words: %d", got.status)
		}
		item := s.raised("hazel", "to be answered kindly", safety.Amber, false)
		page := s.as("moderator.willow@northmoor").get(deskPath(item) + "?words=hide-pause")
		if !page.has("In our own words.") || !strings.Contains(page.kept(), "Changed twice.") || page.has("lock-enough") || !page.has("Behind a note") {
			t.Errorf("the page: %s, kept %q", page.text(), page.kept())
		}
		if other := s.over("lead.meadow@eastvale").getJSON("/meadow/desk/words", nil); other.has("our own words") || !other.has("hide-pause") {
			t.Errorf("another service has %s", other.body)
		}
	})
}

func TestOldRecordsOfTheDeskGo(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya := s.over("moderator.willow@northmoor")
		old, kept := s.raised("hazel", "long ago", safety.Green, false), s.raised("fern", "with a case", safety.Red, false)
		for _, item := range []safety.Item{old, kept} {
			priya.decides(item, "approve", nil)
		}
		s.clock.Advance(9 * 365 * 24 * time.Hour)
		open := s.raised("ivy", "still open", safety.Green, false)
		purged := 0
		err := s.app.Directory.WriteAs(t.Context(), s.northmoor(), "willow", func(ctx context.Context, in tenants.Scope) error {
			for _, room := range s.app.Rooms {
				for _, class := range room.Data.Classes {
					if class.Key != "desk" {
						continue
					}
					n, err := class.Count(ctx, in, in.Now.AddDate(-8, 0, 0))
					if err != nil {
						return err
					}
					if purged, err = class.Purge(ctx, in, in.Now.AddDate(-8, 0, 0)); err != nil || n != purged {
						return fmt.Errorf("%d counted, %d purged: %w", n, purged, err)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		left := func(item safety.Item) int {
			return s.count("SELECT count(*) FROM desk_items WHERE tenant_id = ? AND id = ?", s.northmoor(), item.ID)
		}
		if left(old) != 0 || left(kept) != 1 || left(open) != 1 || purged == 0 {
			t.Errorf("%d purged; left are %d, %d, %d", purged, left(old), left(kept), left(open))
		}
	})
}

// deskPages are those of the desk, in each of their states.
func deskPages(s *site) []aPage {
	priya := s.over("moderator.willow@northmoor")
	of := func(handle string) (id string) {
		var queue struct {
			Items []struct {
				ID     string
				Author struct{ Handle string }
			}
		}
		priya.getJSON("/willow/desk", &queue)
		for _, item := range queue.Items {
			if item.Author.Handle == handle {
				return item.ID
			}
		}
		s.t.Fatalf("nothing of %s waits", handle)
		return ""
	}
	held, red, linked := "/willow/desk/"+of("Tansy"), "/willow/desk/"+of("Rowan"), "/willow/desk/"+of("Marmalade-on-toast")
	s.sent(priya, "/willow/desk/links", map[string]any{"of": "marmalade-on-toast"})
	s.sent(s.over("clinician.willow@northmoor"), "/willow/desk/links", map[string]any{"of": "teasel"})
	var deed string
	s.scan([]any{&deed}, "SELECT d.id FROM desk_deeds AS d JOIN desk_items AS i ON i.tenant_id = d.tenant_id AND i.id = d.item_id WHERE d.tenant_id = ? AND d.act = 'ask' AND i.author_id = ?", s.northmoor(), s.idOf("marmalade-on-toast"))
	return []aPage{
		{"desk", "moderator.willow@northmoor", "/willow/desk", nil},
		{"desk-lead", "lead.willow@northmoor", "/willow/desk?with=nobody&level=amber", func(tab *testkit.Tab) { tab.Click("#desk-keys summary") }},
		{"desk-empty", "lead.meadow@eastvale", "/meadow/desk", nil},
		{"desk-held", "moderator.willow@northmoor", held, nil},
		{"desk-red", "clinician.willow@northmoor", red, func(tab *testkit.Tab) { tab.Click("text=A message to its author") }},
		{"desk-with-a-colleague", "moderator.willow@northmoor", red, nil},
		{"desk-error", "clinician.willow@northmoor", red, func(tab *testkit.Tab) { tab.Click("text=Decide") }},
		{"desk-linked", "moderator.willow@northmoor", linked, nil},
		{"desk-care", "moderator.willow@northmoor", "/willow/desk/care", nil},
		{"desk-care-lead", "lead.willow@northmoor", "/willow/desk/care", nil},
		{"desk-words", "lead.willow@northmoor", "/willow/desk/words", nil},
		{"desk-words-error", "lead.willow@northmoor", "/willow/desk/words", func(tab *testkit.Tab) { tab.Click("text=Add") }},
		{"desk-links", "lead.willow@northmoor", "/willow/desk/links", nil},
		{"desk-links-empty", "lead.meadow@eastvale", "/meadow/desk/links", nil},
		{"desk-link", "clinician.willow@northmoor", "/willow/desk/links/new?of=hazel", nil},
		{"desk-settings", "lead.willow@northmoor", "/willow/settings/rooms/safeguarding", nil},
		{"decision", "marmalade.willow@northmoor", "/willow/decisions/" + deed, nil},
	}
}

func TestTheDesksPagesAreAccessibleAndFit(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	account, tab := "", testkit.Browser(t)
	pages := deskPages(s)
	slices.SortStableFunc(pages, func(a, b aPage) int { return strings.Compare(a.account, b.account) })
	for _, page := range pages {
		if page.account != account {
			account, tab = page.account, testkit.Browser(t)
			s.enter(tab, account)
		}
		s.look(t, tab, page)
	}
}

// Ten items by keyboard alone: to the queue, the first one open, and from there
// from decision to decision.
func TestTenItemsAreDecidedByKeyboardAlone(t *testing.T) {
	s := newDesk(t, testkit.SQLite(t, prepare))
	s.sql("UPDATE desk_items SET decided_at = ? WHERE tenant_id = ?", s.clock.Now(), s.northmoor())
	for i, handle := range []string{"hazel", "fern", "ivy", "rowan", "moss", "wren", "dill", "aspen", "clover", "juniper"} {
		s.raised(handle, fmt.Sprintf("The %d. thing that somebody said.", i+1), safety.Levels[min(3, i/2)], i%2 == 0)
	}
	tab := testkit.Browser(t)
	s.enter(tab, "moderator.willow@northmoor")
	tab.Goto(s.address("moderator.willow@northmoor") + "/willow/desk")
	tab.WaitText("#desk-queue", "The 10. thing")
	tab.Press("?")
	tab.WaitText("#desk-keys", "the next line")
	tab.Press("?")
	for _, key := range []string{"j", "j", "k"} {
		tab.Press(key)
	}
	tab.Press("Enter")
	for i, key := range []string{"1", "2", "3", "4", "5", "6", "1", "4", "5", "1"} {
		tab.WaitText("#desk-decide", "What do you decide?")
		tab.Press("c")
		tab.WaitText("#desk-state", "You have this.")
		tab.Press(key)
		switch key {
		case "1": // needs no reason, and the button has the focus
			tab.Press("Enter")
		case "3": // which asks what the note says first
			tab.Press("Space")
			for focused(tab) != "Why" {
				tab.Press("Tab")
			}
			fallthrough
		default:
			tab.Type("I have read it.")
			if i == 1 {
				for focused(tab) != "Decide" {
					tab.Press("Tab")
				}
				tab.Press("Enter")
			} else {
				tab.Press("Control+Enter")
			}
		}
		tab.WaitText(".desk-done", "Done:")
	}
	if !strings.Contains(tab.URL(), "/willow/desk?done=") {
		t.Errorf("after the last: %s", tab.URL())
	}
	if n := s.count("SELECT count(*) FROM desk_items WHERE tenant_id = ? AND decided_at IS NULL", s.northmoor()); n != 0 {
		t.Errorf("%d are left", n)
	}
	if n := s.count("SELECT count(DISTINCT act) FROM desk_items WHERE tenant_id = ? AND decided_by IS NOT NULL", s.northmoor()); n < 6 {
		t.Errorf("only %d acts were chosen", n)
	}
	for _, violation := range tab.Axe() {
		t.Error(violation)
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}

	// Switched off, a letter is a letter.
	item := s.raised("hazel", "one more", safety.Amber, false)
	tab.Goto(s.address("moderator.willow@northmoor") + deskPath(item))
	tab.Click("#desk-keys summary")
	tab.Click("text=Switch the keys off")
	tab.WaitText("[data-keys=off] h1", "Hazel")
	tab.Press("2")
	if tab.Has("input[value=ask]:checked") {
		t.Error("a key does something though the keys are off")
	}
}

// What colleagues do shows on pages that are open.
func TestTheDeskIsLive(t *testing.T) {
	s := newDesk(t, testkit.SQLite(t, prepare))
	item := s.raised("hazel", "many eyes", safety.Amber, false)
	queue, open := testkit.Browser(t), testkit.Browser(t)
	for _, tab := range []*testkit.Tab{queue, open} {
		s.enter(tab, "moderator.willow@northmoor")
	}
	queue.Goto(s.address("moderator.willow@northmoor") + "/willow/desk")
	open.Goto(s.address("moderator.willow@northmoor") + deskPath(item))
	s.raised("fern", "just now", safety.Amber, false)
	queue.WaitText("#desk-queue", "just now")
	jo := s.over("clinician.willow@northmoor")
	jo.item(item)
	open.WaitText("#desk-state", "Jo looks at this.")
	s.sent(jo, deskPath(item)+"/take", nil)
	open.WaitText("#desk-state", "Jo has this.")
	open.WaitText("#desk-history", "Jo took it")
	jo.decides(item, "approve", nil)
	open.WaitText("#desk-state", "Jo left it as it is")
}

func TestTheDeskWorksWithoutScript(t *testing.T) {
	s := newDesk(t, testkit.SQLite(t, prepare))
	item := s.raised("hazel", "plain as can be", safety.Red, false)
	s.pad.picture(item.SubjectID)
	tab := testkit.Browser(t, testkit.Viewport(390, 844), testkit.NoScript())
	s.enter(tab, "moderator.willow@northmoor")
	tab.Goto(s.address("moderator.willow@northmoor") + deskPath(item))
	tab.Click("text=Show the picture as it is")
	tab.WaitGone(".desk-pictures--shut")
	tab.Click("text=Take it")
	tab.WaitText("#desk-state", "You have this.")
	tab.Click("label[for='act-3']")
	tab.Click("text=Decide")
	tab.WaitText(".nhsuk-error-summary", "Say why")
	tab.Fill("#reason", "It names a street.")
	tab.Click("text=A message to its author")
	tab.Click("text=Out of sight for now")
	tab.WaitText("#words", "")
	if got := tab.Value("#words"); !strings.Contains(got, "You have done nothing wrong") {
		t.Errorf("kind words: %q", got)
	}
}
