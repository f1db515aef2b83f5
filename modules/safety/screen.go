package safety

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Screen asks all rules what they make of a text. Call it before the text is
// stored, store what it says (held, covered), and call Settle after. What the
// team itself says is asked about too: everybody can be in need.
func (d *Desk) Screen(ctx context.Context, s tenants.Scope, t Text) (Verdict, error) {
	var v Verdict
	for _, look := range d.catches {
		found, err := look(ctx, s, t)
		if err != nil {
			return Verdict{}, err
		}
		v.Findings = append(v.Findings, found...)
	}
	for _, f := range v.Findings {
		v.Hold, v.Support = v.Hold || f.Hold, v.Support || f.Support
		for _, topic := range f.Topics {
			if !slices.Contains(v.Topics, topic) {
				v.Topics = append(v.Topics, topic)
			}
		}
	}
	return v, nil
}

// Hear is Screen for words that nobody else reads. Only what says that their writer
// may be in danger counts: nothing is held back from anybody, and the team need not
// see rude words.
func (d *Desk) Hear(ctx context.Context, s tenants.Scope, t Text) (Verdict, error) {
	t.Private = true
	v, err := d.Screen(ctx, s, t)
	v.Hold, v.Topics = false, nil
	v.Findings = slices.DeleteFunc(v.Findings, func(f Finding) bool {
		return f.Source != ByTerm || !f.Support && !f.Case && !f.Level.Urgent()
	})
	v.Support = v.Support && len(v.Findings) > 0
	return v, err
}

// Settle puts on the desk what the rules found in a text that is now stored. The
// item is nil where there is nothing to look at.
// Where whom to turn to should be shown, or a case was opened, the author is led to it.
func (d *Desk) Settle(ctx context.Context, s tenants.Scope, t Text, v Verdict) (*Item, error) {
	item, err := d.settle(ctx, s, t, v)
	if err != nil || s.Actor.ID() != t.Author || s.Actor.Member == nil {
		return item, err
	}
	switch {
	case item != nil && (v.Support || item.CaseID != nil):
		s.Lead("/" + s.Service.Slug + "/support/" + item.ID.String())
	case v.Support:
		s.Lead("/" + s.Service.Slug + "/support")
	}
	return item, nil
}

func (d *Desk) settle(ctx context.Context, s tenants.Scope, t Text, v Verdict) (*Item, error) {
	if !slices.ContainsFunc(v.Findings, func(f Finding) bool { return !f.Quiet }) {
		return nil, nil
	}
	return d.Raise(ctx, s, About{Sort: t.Sort, Subject: t.Subject, Author: t.Author, Held: v.Hold}, v.Findings...)
}

// About names what an item is of. Author is the member whom it concerns, zero
// for nobody; Held says that nobody else sees it until it is decided.
type About struct {
	Sort            string
	Subject, Author uuid.UUID
	Held            bool
}

// Raise puts findings on the desk: on the open item of the same subject, if there
// is one. Urgent ones open a case at once.
func (d *Desk) Raise(ctx context.Context, s tenants.Scope, about About, findings ...Finding) (*Item, error) {
	item, fresh, err := openItem(ctx, s, about)
	if err != nil {
		return nil, err
	}
	level, wants := item.Level, false
	for _, f := range findings {
		level, wants = level.Graver(f.Level), wants || f.Case || f.Level.Urgent()
	}
	if due := SettingsOf(s).due(s, level, about.Held || item.Held); fresh || due.Before(item.DueAt) {
		item.DueAt = due
	}
	item.Level, item.Held = level, item.Held || about.Held
	if wants && item.CaseID == nil {
		opened, err := d.Open(ctx, s, NewCase{Member: about.Author, Level: level, Item: item.ID, Why: Why(findings)})
		if err != nil {
			return nil, err
		}
		item.CaseID = &opened.ID
	} else if item.CaseID != nil {
		if err := worsen(ctx, s, *item.CaseID, level, Why(findings)); err != nil {
			return nil, err
		}
	}
	if err := item.Put(ctx, s); err != nil {
		return nil, err
	}
	if err := mark(ctx, s, item, findings); err != nil {
		return nil, err
	}
	return item, s.Emit(ctx, Raised, tenants.Event{Subject: item.ID, About: item.SubjectID, Audience: tenants.AudienceStaff})
}

// Why says in a line what found something: "Watched term, 2 members".
func Why(findings []Finding) string {
	return why(len(findings), func(i int) (Source, string) { return findings[i].Source, findings[i].Detail })
}
