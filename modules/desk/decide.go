package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Decide is what is done about an item. Version and Seen are the item and its
// subject as the actor read them.
type Decide struct {
	ID      uuid.UUID  `path:"id"`
	Version int        `json:"version" validate:"gte=0"`
	Seen    int        `json:"seen" validate:"gte=0"`
	Act     safety.Act `json:"act" validate:"required,oneof=approve ask cover hide remove lock uphold overturn" label:"what to do"`
	Topics  []string   `json:"topics,omitempty" validate:"max=30,dive,max=60" label:"content notes"`
	Rule    string     `json:"rule,omitempty" validate:"max=200" label:"a rule"`
	Reason  string     `json:"reason,omitempty" validate:"max=2000" label:"why"`
	Words   string     `json:"words,omitempty" validate:"max=2000" label:"a message"`
	// StrikeDays gives the author a strike for so many days; 0 for none.
	StrikeDays int `json:"strike_days,omitempty" validate:"gte=0,lte=365" label:"days"`
}

// deed is what was decided, checked against what can be.
func (in Decide) deed(s tenants.Scope, choices []safety.Act, seen bool) (safety.Deed, error) {
	deed := safety.Deed{Act: in.Act, Rule: in.Rule, Reason: strings.TrimSpace(in.Reason), Words: strings.TrimSpace(in.Words)}
	switch {
	case !slices.Contains(choices, in.Act):
		return deed, fault.Bad("act", "That cannot be done about this. Choose something else.")
	case deed.Reason == "" && (in.Act != safety.Approve || !seen):
		return deed, fault.Bad("reason", "Say why, for your colleagues and for the record.")
	case deed.Words == "" && in.Act.Final():
		return deed, fault.Bad("words", "Tell them why. They waited for this answer.")
	case in.Rule != "" && !slices.Contains(usual.Rules, in.Rule):
		return deed, fault.Bad("rule", "Choose a rule from the list.")
	}
	if in.Act != safety.Cover {
		return deed, nil
	}
	for _, key := range in.Topics {
		if topic, ok := s.Service.Topic(key); !ok || !topic.Offered {
			return deed, fault.Bad("topics", "Choose content notes from the list.")
		}
	}
	if deed.Topics = in.Topics; len(deed.Topics) == 0 {
		return deed, fault.Bad("topics", "Choose what the note says.")
	}
	return deed, nil
}

// Went is where a browser goes after a decision.
type Went struct {
	Deed safety.Deed `json:"deed"`
	Path string      `json:"path"`
}

// Decide decides about an item that the actor has, or that nobody has. Conflict
// if somebody else has it, or if it or its subject changed since it was read.
func (d Desk) Decide(ctx context.Context, s tenants.Scope, in Decide) (Went, error) {
	if _, err := ours(ctx, s, in.ID); err != nil {
		return Went{}, err
	}
	_, after, err := next(ctx, s, in.ID)
	if err != nil {
		return Went{}, err
	}
	item, err := safety.TakeItem(ctx, s, in.ID)
	if err != nil {
		return Went{}, err
	}
	if item.DecidedAt != nil || item.HolderID != nil && *item.HolderID != s.Actor.ID() {
		return Went{}, whoHas(ctx, s, in.ID)
	}
	subject, err := d.subject(ctx, s, item)
	if err != nil {
		return Went{}, err
	}
	if private, err := sealed(ctx, s, item, subject); err != nil {
		return Went{}, err
	} else if private {
		return Went{}, fault.New(fault.Conflict, "This is private. Take it first: then you can read it, and that you did is on record.")
	}
	if item.Version != in.Version || subject != nil && subject.Version != in.Seen {
		return Went{}, fault.New(fault.Conflict, "This changed while you were looking: it was edited, or raised again. Look at it once more, then decide.")
	}
	deed, err := in.deed(s, d.choices(s, item, subject != nil), subject != nil)
	if err == nil && in.StrikeDays > 0 && (d.desk.Strike == nil || item.AuthorID == uuid.Nil || in.Act == safety.Approve || in.Act.Final()) {
		err = fault.Bad("strike_days", "A strike cannot be given here.")
	}
	if err == nil && in.StrikeDays > 0 && deed.Rule == "" {
		err = fault.Bad("rule", "Choose the rule that was broken. They read it with the strike.")
	}
	if err != nil {
		return Went{}, err
	}
	if act := d.desk.SortOf(item.Sort).Acts[in.Act]; act != nil && subject != nil {
		if err := act(ctx, s, item.SubjectID, &deed); err != nil {
			return Went{}, err
		}
	}
	if deed, err = done(ctx, s, item.ID, deed); err != nil {
		return Went{}, err
	}
	if err := d.close(ctx, s, item, deed); err != nil {
		return Went{}, err
	}
	if in.StrikeDays > 0 {
		strike := safety.Strike{Item: item.ID, Deed: deed.ID, Rule: deed.Rule, Words: deed.Words, Act: deed.Act, Expires: s.Now.AddDate(0, 0, in.StrikeDays)}
		if err := d.desk.Strike(ctx, s, item.AuthorID, strike); err != nil {
			return Went{}, err
		}
	}
	path := home(s, after)
	return Went{deed, path + "?done=" + item.ID.String()}, nil
}

// close writes down that the item is decided, and tells those whom it concerns.
func (d Desk) close(ctx context.Context, s tenants.Scope, item safety.Item, deed safety.Deed) error {
	me := s.Actor.ID()
	item.DecidedAt, item.DecidedBy, item.Act = &s.Now, &me, deed.Act
	if item.HolderID == nil {
		item.HolderID, item.TakenAt = &me, &s.Now
	}
	if item.RespondedAt == nil {
		item.RespondedAt = &s.Now
	}
	if err := item.Put(ctx, s); err != nil {
		return err
	}
	if item.CaseID != nil {
		if err := (safety.Case{ID: *item.CaseID}).Note(ctx, s, "decided", "", item.ID); err != nil {
			return err
		}
	}
	if err := s.Audit(ctx, "desk.decide", tenants.Audited{Subject: item.ID, After: map[string]any{"decision": deed.Act}}); err != nil {
		return err
	}
	if err := tellAuthor(ctx, s, item, deed); err != nil {
		return err
	}
	return changed(ctx, s, item)
}

// decision is the last decision of an item's history that holds; nil for none.
func decision(history []safety.Deed) *safety.Deed {
	for i := range history {
		if deed := &history[len(history)-1-i]; slices.Contains(safety.Acts, deed.Act) && deed.UndoneAt == nil {
			return deed
		}
	}
	return nil
}

// mayUndo tells why the actor cannot undo what was decided; nil if they can.
func mayUndo(s tenants.Scope, item safety.Item, history []safety.Deed) error {
	last := decision(history)
	switch {
	case item.DecidedAt == nil || last == nil:
		return fault.New(fault.Conflict, "Nothing is decided about this, so there is nothing to undo.")
	case last.Act.Final():
		return fault.New(fault.Forbidden, "This was the answer to an appeal, so it stays.")
	case last.ActorID != s.Actor.ID() && !s.May("desk.settings"):
		return fault.New(fault.Forbidden, "Only "+nameOf(last.Actor)+" or the service lead can undo this.")
	case s.Now.Sub(last.At) >= undoable:
		return fault.New(fault.Forbidden, "This was decided more than a day ago, so it stays. You can still act on it where it stands.")
	}
	return nil
}

// Undo takes back what was decided within the day: the item is with the actor
// again, and what was done stays in its history. Conflict if it is on the desk anew.
func (d Desk) Undo(ctx context.Context, s tenants.Scope, in ByID) (Taken, error) {
	_, linked, err := find(ctx, s, in.ID)
	if err != nil {
		return Taken{}, err
	}
	if linked || s.Actor.Member == nil {
		return Taken{}, fault.New(fault.Forbidden, "You are linked to this person; a colleague decides.")
	}
	item, err := safety.TakeItem(ctx, s, in.ID)
	if err != nil {
		return Taken{}, err
	}
	history, err := deedsOf(ctx, s, item.ID)
	if err == nil {
		err = mayUndo(s, item, history)
	}
	if err != nil {
		return Taken{}, err
	}
	last, me := decision(history), s.Actor.ID()
	sort := d.desk.SortOf(item.Sort)
	if sort.Acts[last.Act] != nil && sort.Undo != nil {
		if err := sort.Undo(ctx, s, item.SubjectID, *last); err != nil {
			return Taken{}, err
		}
	}
	item.DecidedAt, item.DecidedBy, item.Act, item.HolderID, item.TakenAt = nil, nil, "", &me, &s.Now
	if err := item.Put(ctx, s); database.Taken(err) {
		return Taken{}, fault.New(fault.Conflict, "This is on the desk again already. Decide about it there.")
	} else if err != nil {
		return Taken{}, err
	}
	if err := last.Undone(ctx, s); err != nil {
		return Taken{}, err
	}
	if item.CaseID != nil {
		if err := (safety.Case{ID: *item.CaseID}).Note(ctx, s, "undone", "", item.ID); err != nil {
			return Taken{}, err
		}
	}
	if tells(item, *last) && told(*last, s.Now) {
		if err := quietly(s).Emit(ctx, undone, tenants.Event{Subject: last.ID, About: item.ID}); err != nil {
			return Taken{}, err
		}
	}
	return d.took(ctx, s, item, safety.Deed{Act: undid}, "desk.undo")
}
