package desk

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// undoable is how long a decision can be taken back.
const undoable = 24 * time.Hour

// Look asks for an item.
type Look struct {
	ID    uuid.UUID  `path:"id"`
	Clear bool       `json:"clear,omitempty"` // show its pictures as they are
	Words string     `json:"words,omitempty"` // key of kind words to start from
	Done  *uuid.UUID `json:"done,omitempty"`  // an item that was just decided, to be undone from here
}

// Shown is an item with what is needed to decide about it.
type Shown struct {
	safety.Item
	Name    string          `json:"name"`              // of the sort
	Subject *safety.Subject `json:"subject,omitempty"` // nil where the actor may not read it, or it is gone
	// Linked says that the actor is linked to whom it is about: they read nothing
	// and can only pass it on.
	Linked bool `json:"linked"`
	// Sealed says that it is private, and that the actor reads it once they have taken it.
	Sealed  bool             `json:"sealed,omitempty"`
	Choices []safety.Act     `json:"choices"`
	Topics  []tenants.Topic  `json:"-"`
	Kind    []Words          `json:"kind_words,omitempty"`
	Earlier []Count          `json:"earlier"` // of the member, by what was done
	Others  []safety.Item    `json:"others"`  // the latest of these
	History []safety.Deed    `json:"history"`
	Team    []tenants.Person `json:"team"` // whom it can be handed to
	Looking []tenants.Person `json:"looking"`
	Clear   bool             `json:"clear"`
	Undo    bool             `json:"may_undo"`
	Strikes bool             `json:"strikes"` // can be given
	Before  *uuid.UUID       `json:"before,omitempty"`
	After   *uuid.UUID       `json:"after,omitempty"`
	Done    *Done            `json:"done,omitempty"`
	Care    Care             `json:"care"`
	KeysOff bool             `json:"keys_off"`
	Needs   []string         `json:"needs,omitempty"` // of whom it is about, to be told things well

	start string // words for the author to start from
}

// Count is how often something was done.
type Count struct {
	Act safety.Act `json:"act"` // empty for what waits
	N   int        `json:"n"`
}

// Done is an item that was just decided.
type Done struct {
	ID  uuid.UUID  `json:"id"`
	Act safety.Act `json:"act"`
}

// find reads an item and tells whether the actor is linked to it.
func find(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Item, bool, error) {
	items, err := whole(ctx, s, []uuid.UUID{id})
	if err != nil {
		return safety.Item{}, false, err
	}
	if len(items) == 0 {
		return safety.Item{}, false, fault.Missing()
	}
	linked, err := isLinked(ctx, s, s.Actor.ID(), id)
	return items[0], linked, err
}

// Show reads an item. That it was read is noted as an exposure.
func (d Desk) Show(ctx context.Context, s tenants.Scope, in Look) (Shown, error) {
	item, linked, err := find(ctx, s, in.ID)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Item: item, Linked: linked, Name: d.nameOf(item.Sort), Clear: in.Clear, KeysOff: keysOff(s)}
	if out.Before, out.After, err = next(ctx, s, item.ID); err != nil {
		return Shown{}, err
	}
	if out.Done, out.Care, err = d.after(ctx, s, in.Done); err != nil {
		return Shown{}, err
	}
	if out.Team, err = receivers(ctx, s, item.ID, linked); err != nil {
		return Shown{}, err
	}
	if linked {
		out.Item = bare(item)
		return out, nil
	}
	return out, d.fill(ctx, s, in, &out)
}

// fill adds what only those see who are not linked to it.
func (d Desk) fill(ctx context.Context, s tenants.Scope, in Look, out *Shown) (err error) {
	item := out.Item
	if out.Subject, err = d.subject(ctx, s, item); err != nil {
		return err
	}
	if out.Sealed, err = sealed(ctx, s, item, out.Subject); err != nil {
		return err
	}
	if out.Choices = d.choices(s, item, out.Subject != nil); out.Sealed {
		bare := out.Subject.Bare()
		out.Choices, out.Subject = nil, &bare
	}
	if out.Kind, err = kindWords(ctx, s); err != nil {
		return err
	}
	out.Kind = slices.DeleteFunc(out.Kind, func(w Words) bool { return !slices.Contains(out.Choices, w.Act) })
	for _, w := range out.Kind {
		if w.Key == in.Words {
			out.start = w.Words
		}
	}
	out.Topics = offered(s)
	if out.History, err = deedsOf(ctx, s, item.ID); err != nil {
		return err
	}
	out.Undo = mayUndo(s, item, out.History) == nil
	out.Strikes = d.desk.Strike != nil && item.AuthorID != uuid.Nil && !slices.Contains(out.Choices, safety.Uphold)
	if item.AuthorID != uuid.Nil {
		others, err := latest(ctx, s, item.AuthorID, item.ID)
		if err != nil {
			return err
		}
		out.Earlier, out.Others = counted(others), others[:min(5, len(others))]
	}
	if out.Needs, err = d.desk.NeedsOf(ctx, s, item.AuthorID); err != nil {
		return err
	}
	if out.Looking, err = looking(ctx, s, item.ID); err != nil {
		return err
	}
	if out.Subject != nil && !out.Sealed && s.Actor.Member != nil {
		what := []string{"words"}
		if in.Clear && len(out.Subject.Images) > 0 {
			what = append(what, "pictures")
		}
		s.After(read(item, what...))
	}
	return nil
}

// sealed tells whether a subject is private and the actor has not taken it.
func sealed(ctx context.Context, s tenants.Scope, item safety.Item, subject *safety.Subject) (bool, error) {
	if subject == nil || !subject.Private {
		return false, nil
	}
	had, err := safety.Had(ctx, s, item.SubjectID)
	return !had, err
}

// choices are what can be decided. What the actor cannot read they cannot judge:
// a clinician, who reads everything but private journals, closes what is gone.
func (d Desk) choices(s tenants.Scope, item safety.Item, seen bool) []safety.Act {
	if item.DecidedAt != nil || !seen && !s.Actor.Roles.Has(tenants.Clinician) {
		return nil
	}
	if !seen {
		return []safety.Act{safety.Approve}
	}
	acts := d.desk.SortOf(item.Sort).Acts
	return slices.DeleteFunc(slices.Clone(safety.Acts), func(act safety.Act) bool {
		stays := act == safety.Approve && !item.Held && acts[safety.Uphold] == nil // is so already; an appeal needs an answer
		return acts[act] == nil && !stays
	})
}

// receivers are those of the team to whom the actor can hand an item. Whoever is
// linked to it passes it to the lead, or else to anybody who is not.
func receivers(ctx context.Context, s tenants.Scope, item uuid.UUID, leads bool) ([]tenants.Person, error) {
	people, err := s.WhoMay(ctx, "desk.work")
	if err != nil {
		return nil, err
	}
	var free, lead []tenants.Person
	for _, person := range people {
		if person.ID == s.Actor.ID() {
			continue
		}
		tied, err := isLinked(ctx, s, person.ID, item)
		if err != nil {
			return nil, err
		}
		if tied {
			continue
		}
		free = append(free, person)
		if person.Roles.Has(tenants.ServiceLead) {
			lead = append(lead, person)
		}
	}
	if leads && len(lead) > 0 {
		return lead, nil
	}
	return free, nil
}

// counted says how often each was done, the most frequent act of the desk's order first.
func counted(items []safety.Item) (counts []Count) {
	for _, act := range append([]safety.Act{""}, safety.Acts...) {
		n := 0
		for _, item := range items {
			if item.Act == act {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, Count{act, n})
		}
	}
	return counts
}

func offered(s tenants.Scope) []tenants.Topic {
	return slices.DeleteFunc(slices.Clone(s.Service.Topics()), func(t tenants.Topic) bool { return !t.Offered })
}

// after is what to say of what the actor has just decided, and how they are.
func (d Desk) after(ctx context.Context, s tenants.Scope, done *uuid.UUID) (*Done, Care, error) {
	care, _, err := careOf(ctx, s)
	if err != nil || done == nil {
		return nil, care, err
	}
	item, err := safety.ItemOf(ctx, s, *done)
	if database.Missing(err) || err == nil && (item.DecidedBy == nil || *item.DecidedBy != s.Actor.ID()) {
		return nil, care, nil
	}
	care.Hard = item.Level.Urgent()
	return &Done{item.ID, item.Act}, care, err
}

// keys is what somebody chose about the desk's keys.
type keys struct {
	Off bool `json:"off"`
}

// ownKey is that of the choice among a member's own.
const ownKey = "desk"

func keysOff(s tenants.Scope) bool { return tenants.Own(s.Actor.Member, ownKey, keys{}).Off }

// Keys switches the desk's keys on or off.
type Keys struct {
	Off  bool       `json:"off"`
	Item *uuid.UUID `json:"item,omitempty"` // whose page it stood on
}

// Chosen is where a browser goes.
type Chosen struct {
	Path string `json:"path"`
}

// Keys keeps whether the actor wants the desk's keys.
func (d Desk) Keys(ctx context.Context, s tenants.Scope, in Keys) (Chosen, error) {
	if s.Actor.Member == nil {
		return Chosen{}, fault.New(fault.Forbidden, "You are not a member of this service.")
	}
	return Chosen{home(s, in.Item)}, s.Choose(ctx, ownKey, keys{in.Off})
}

// home is the page of an item, or the queue.
func home(s tenants.Scope, item *uuid.UUID) string {
	path := "/" + s.Service.Slug + "/desk"
	if item != nil {
		path += "/" + item.String()
	}
	return path
}
