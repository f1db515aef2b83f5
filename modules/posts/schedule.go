package posts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// keptBack is that something planned could not be published. The subject is the draft.
var keptBack = tenants.Kind{Key: "posts.kept_back", Queue: jobs.Default}

// tooLate is how long after its time something is no longer published by itself:
// its writer may not mean it any more.
const tooLate = 24 * time.Hour

// settled refuses to change what waits to be published.
func settled() error {
	return fault.New(fault.Conflict, "This waits to be published, so it cannot change. Take it back first.")
}

// unsettled is an error where the actor's draft waits to be published.
func unsettled(ctx context.Context, s tenants.Scope, kind string, about uuid.UUID) error {
	waiting, err := mine(s, s.Lock((*Saved)(nil))).Column("id").Where("draft.kind = ?", kind).Where("draft.about_id = ?", about).Where("draft.due_at IS NOT NULL").Exists(ctx)
	if err == nil && waiting {
		err = settled()
	}
	return err
}

// Schedule keeps a draft until its time, when Kind.Due publishes it. What Publish
// would refuse is refused now.
func (k *Kernel) Schedule(ctx context.Context, s tenants.Scope, place Place, draft Draft, at time.Time) (Saved, error) {
	if err := k.fits(s, place, draft); err != nil {
		return Saved{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Saved{}, err
	}
	row := Saved{ID: id, MemberID: s.Actor.ID(), Kind: draft.Kind, AboutID: draft.About, Title: strings.TrimSpace(draft.Title), Body: strings.TrimSpace(draft.Body),
		Audience: draft.Audience, Choices: draft.Choices, SavedAt: s.Now, DueAt: &at}
	if row.Notes, err = offered(s, draft.Notes, nil); err != nil {
		return Saved{}, err
	}
	if row.Images, err = pictured(ctx, s, draft.Extras, uuid.Nil); err != nil {
		return Saved{}, err
	}
	if err := row.put(ctx, s); err != nil {
		return Saved{}, err
	}
	return row, hold(ctx, s, row.ID, row.Images)
}

// TakeBack makes a draft of what waits to be published. NotFound where it does
// not wait, or not any more.
func (k *Kernel) TakeBack(ctx context.Context, s tenants.Scope, kind string, about uuid.UUID) error {
	return tenants.Touched(s.Update((*Saved)(nil)).Set("due_at = NULL").Set("saved_at = ?", s.Now).Where("kind = ?", kind).Where("about_id = ?", about).
		Where("member_id = ?", s.Actor.ID()).Where("due_at IS NOT NULL").Exec(ctx))
}

// Waiting lists what the actor has planned of a kind, the next first.
func (k *Kernel) Waiting(ctx context.Context, s tenants.Scope, kind string) (waiting []Saved, err error) {
	err = mine(s, s.Select(&waiting)).Where("draft.kind = ?", kind).Where("draft.due_at IS NOT NULL").Order("draft.due_at", "draft.id").Scan(ctx)
	return waiting, err
}

// ToPublish is the draft as a form would send it.
func (d Saved) ToPublish() Draft {
	out := Draft{Kind: d.Kind, Title: d.Title, Body: d.Body, Audience: d.Audience, About: d.AboutID, Choices: d.Choices, Extras: Extras{Notes: d.Notes, Draft: true}}
	for _, one := range d.Images {
		out.Pictures, out.Alts = append(out.Pictures, one.ID), append(out.Alts, one.Alt)
		if one.Decorative {
			out.Decorative = append(out.Decorative, one.ID)
		}
	}
	return out
}

// publishDue publishes what is due in the open rooms, each in a unit of work of its own.
func (k *Kernel) publishDue(ctx context.Context, s tenants.Scope) error {
	var kinds []string
	for _, kind := range k.kinds {
		if kind.Due != nil && s.Service.Open(kind.Module) {
			kinds = append(kinds, kind.Key)
		}
	}
	if len(kinds) == 0 {
		return nil
	}
	var broken error
	for last := (*Saved)(nil); ; {
		var now *Saved
		err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
			if now, err = nextDue(ctx, s, kinds, last); err != nil || now == nil {
				return err
			}
			return k.due(ctx, s, *now)
		})
		if now == nil {
			return errors.Join(broken, err)
		}
		var refused *fault.Error
		if errors.As(err, &refused) {
			err = keepBack(ctx, s, *now)
		}
		broken, last = errors.Join(broken, err), now // one that breaks does not keep the others waiting
	}
}

// due publishes a draft as its writer.
func (k *Kernel) due(ctx context.Context, s tenants.Scope, draft Saved) error {
	var writer tenants.Person
	if err := s.Select(&writer).Where("person.id = ?", draft.MemberID).Scan(ctx); err != nil {
		return err
	}
	if s.Now.Sub(*draft.DueAt) > tooLate {
		return fault.New(fault.Conflict, "The time for this has passed.")
	}
	if err := s.As(writer).Silence(); err != nil {
		return err
	}
	return k.kinds[draft.Kind].Due(ctx, s.As(writer), draft)
}

// keepBack gives a draft that cannot be published back to its writer and tells them.
func keepBack(ctx context.Context, s tenants.Scope, draft Saved) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		result, err := s.Update((*Saved)(nil)).Set("due_at = NULL").Set("saved_at = ?", s.Now).Where("id = ?", draft.ID).Where("due_at IS NOT NULL").Exec(ctx)
		if err := tenants.Touched(result, err); fault.Is(err, fault.NotFound) {
			return nil // taken back in the same instant
		} else if err != nil {
			return err
		}
		return s.Emit(ctx, keptBack, tenants.Event{Subject: draft.ID, Readers: tenants.NewIDs(draft.MemberID)})
	})
}

// nextDue claims what is due after last, of those who are still here; nil if there is nothing.
func nextDue(ctx context.Context, s tenants.Scope, kinds []string, last *Saved) (*Saved, error) {
	var rows []Saved
	q := s.Claim(&rows).Where("draft.kind IN (?)", bun.List(kinds)).Where("draft.due_at <= ?", s.Now).
		Where("EXISTS (SELECT 1 FROM members AS m WHERE m.tenant_id = draft.tenant_id AND m.id = draft.member_id AND m.status = 'active')").
		Order("draft.due_at", "draft.id").Limit(1)
	if last != nil {
		q.Where("(draft.due_at, draft.id) > (?, ?)", *last.DueAt, last.ID)
	}
	if err := q.Scan(ctx); err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// tellKeptBack tells a writer that what they planned is among their drafts.
func (k *Kernel) tellKeptBack(_ context.Context, _ tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return []modules.Notice{{Kind: "kept_back", To: slices.Clone(e.Readers), Subject: e.Subject, About: e.Subject, Path: "/drafts"}}, nil
}
