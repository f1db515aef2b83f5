package main

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/desk"
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
	Figures desk.Figures
	Care    struct{ Weight int }
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
