package resources

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Care is who looks after an item, when next, and for whom it is.
type Care struct {
	Owner    string `json:"owner,omitempty" validate:"max=60" label:"who looks after it"`
	ReviewOn string `json:"review_on,omitempty" validate:"max=10" label:"when to look at it again"`
	Shared   bool   `json:"shared,omitempty"`
}

// day is how a form writes one.
const day = time.DateOnly

// reviewHour is when the reminder comes, in London.
const reviewHour = 9

// apply lays the care over an item. Whoever adds it looks after it unless they
// name somebody else of the team.
func (c Care) apply(ctx context.Context, s tenants.Scope, row *Resource) error {
	if c.Shared != row.Shared && !s.May("resources.share") {
		return fault.New(fault.Forbidden, "Only a service lead or the trust’s administrators share something with the whole trust.")
	}
	row.Shared = c.Shared
	if err := c.entrust(ctx, s, row); err != nil {
		return err
	}
	on := s.Now.In(clock.London).AddDate(0, settings(s).ReviewMonths, 0)
	if c.ReviewOn != "" {
		var err error
		if on, err = time.ParseInLocation(day, c.ReviewOn, clock.London); err != nil {
			return fault.Bad("review_on", "Enter a day, such as 2027-11-20.")
		}
	}
	at := time.Date(on.Year(), on.Month(), on.Day(), reviewHour, 0, 0, 0, clock.London).UTC()
	switch {
	case row.ReviewAt != nil && row.ReviewAt.Equal(at):
	case at.Before(s.Now), at.After(s.Now.AddDate(5, 0, 0)):
		return fault.Bad("review_on", "Choose a day to come, within five years.")
	default:
		row.ReviewAt, row.RemindedAt = &at, nil
	}
	return nil
}

// entrust names who looks after the item. An administrator of the trust, who is
// on no team, may leave it to the service's leads.
func (c Care) entrust(ctx context.Context, s tenants.Scope, row *Resource) error {
	if c.Owner == "" {
		if me := s.Actor.ID(); row.OwnerID == nil && me != uuid.Nil {
			row.OwnerID = &me
		}
		return nil
	}
	owner, err := s.PersonByHandle(ctx, c.Owner)
	if database.Missing(err) || err == nil && !owner.Roles.Staff() {
		return fault.Bad("owner", "Choose somebody of the team who looks after it.")
	}
	row.OwnerID = &owner.ID
	return err
}

// Add is a new item; files have a command of their own.
type Add struct {
	Kind Sort `json:"kind" validate:"required,oneof=article link organisation" label:"a kind"`
	Words
	Tags string `json:"tags,omitempty" validate:"max=300" label:"tags"`
	Care
}

// Add puts an item into the library.
func (r Resources) Add(ctx context.Context, s tenants.Scope, in Add) (Resource, error) {
	row, err := fresh(s, in.Kind, in.Words, in.Tags)
	if err == nil {
		err = in.apply(ctx, s, &row)
	}
	if err == nil {
		row.State = Published
		err = insert(ctx, s, &row)
	}
	return row, err
}

// fresh is a new item, not stored yet.
func fresh(s tenants.Scope, kind Sort, words Words, tags string) (row Resource, err error) {
	row = Resource{ID: uuid.Must(uuid.NewV7()), HomeID: s.Service.ID, Kind: kind, Version: 1, CreatedAt: s.Now, ChangedAt: s.Now}
	if row.Labels, err = tagsOf(tags); err != nil {
		return row, err
	}
	words, err = words.fit(kind)
	row.Write(words)
	return row, err
}

// Edit is an item with other words. Version is the one that was read.
type Edit struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	Words
	Tags string `json:"tags,omitempty" validate:"max=300" label:"tags"`
	Care
}

// Edit changes an item. Conflict if it changed since Version.
func (r Resources) Edit(ctx context.Context, s tenants.Scope, in Edit) (Resource, error) {
	row, err := alone(ctx, s, in.ID)
	if err == nil {
		err = row.canChange(s)
	}
	if err == nil && row.Version != in.Version {
		err = fault.Stale()
	}
	if err != nil {
		return Resource{}, err
	}
	if row.Labels, err = tagsOf(in.Tags); err != nil {
		return row, err
	}
	words, err := in.fit(row.Kind)
	if err != nil {
		return row, err
	}
	row.Write(words)
	if err := in.apply(ctx, s, &row); err != nil {
		return row, err
	}
	row.ChangedAt = s.Now
	return row, save(ctx, s, &row)
}

// Sorted chooses the form of a sort.
type Sorted struct {
	Kind Sort `json:"kind,omitempty" validate:"omitempty,oneof=article link file organisation" label:"a kind"`
}

// Form is what the form of an item offers.
type Form struct {
	Kind       Sort             `json:"kind"`
	Team       []tenants.Person `json:"team"` // who can look after it
	ReviewOn   string           `json:"review_on"`
	MayShare   bool             `json:"may_share"`
	Categories []Category       `json:"categories"`
}

// Beginning is the form of a new item.
func (r Resources) Beginning(ctx context.Context, s tenants.Scope, in Sorted) (Form, error) {
	out := Form{Kind: in.Kind, MayShare: s.May("resources.share"), Categories: categories(s)}
	if out.Kind == "" {
		out.Kind = Article
	}
	out.ReviewOn = s.Now.In(clock.London).AddDate(0, settings(s).ReviewMonths, 0).Format(day)
	var err error
	out.Team, err = team(ctx, s)
	return out, err
}

// Editing is the form of an item that is there.
type Editing struct {
	Resource Resource `json:"resource"`
	Form
}

// Editing reads an item to change it.
func (r Resources) Editing(ctx context.Context, s tenants.Scope, in ByID) (Editing, error) {
	row, err := find(ctx, s, in.ID)
	if err == nil {
		err = row.canChange(s)
	}
	if err != nil {
		return Editing{}, err
	}
	form, err := r.Beginning(ctx, s, Sorted{row.Kind})
	if row.ReviewAt != nil {
		form.ReviewOn = row.ReviewAt.In(clock.London).Format(day)
	}
	return Editing{row, form}, err
}

// PutAway says whether an item is out of the library.
type PutAway struct {
	ID       uuid.UUID `path:"id"`
	Archived bool      `json:"archived"`
}

// PutAway takes an item out of the library, or puts it back. Nothing of it is lost.
func (r Resources) PutAway(ctx context.Context, s tenants.Scope, in PutAway) (Resource, error) {
	row, err := alone(ctx, s, in.ID)
	if err == nil {
		err = row.canChange(s)
	}
	if err != nil {
		return Resource{}, err
	}
	from, to := Published, Archived
	if !in.Archived {
		from, to = to, from
	}
	switch row.State {
	case to:
		return row, nil
	case from:
		row.State, row.ChangedAt = to, s.Now
		return row, save(ctx, s, &row)
	}
	return row, fault.New(fault.Conflict, "This waits for a yes or no first.")
}
