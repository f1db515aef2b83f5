package courses

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Desk is the courses of a service, what is offered first.
type Desk struct {
	Courses []Course `json:"courses"`
}

// Desk lists them, also drafts and what was taken away.
func (c Courses) Desk(ctx context.Context, s tenants.Scope, _ web.None) (out Desk, err error) {
	out.Courses, err = made(ctx, s)
	return out, err
}

// Bench is a course to work on.
type Bench struct {
	Course
	Parts []Part `json:"parts"` // in their order
	Out   []Part `json:"out"`   // those that were taken out
	// Begun and Finished are how many members did, rounded down to fives: nobody can
	// be told by them.
	Begun    int `json:"begun"`
	Finished int `json:"finished"`
}

// Bench reads a course to work on.
func (c Courses) Bench(ctx context.Context, s tenants.Scope, in ByID) (Bench, error) {
	row, err := find(ctx, s, in.ID)
	if err != nil {
		return Bench{}, err
	}
	return bench(ctx, s, row)
}

func bench(ctx context.Context, s tenants.Scope, row Course) (Bench, error) {
	out := Bench{Course: row, Parts: []Part{}, Out: []Part{}}
	all, err := everyPart(ctx, s, row.ID)
	if err != nil {
		return out, err
	}
	for _, part := range all {
		if part.OutAt == nil {
			out.Parts = append(out.Parts, part)
		} else {
			out.Out = append(out.Out, part)
		}
	}
	began, finished, err := takers(ctx, s, row.ID)
	out.Begun, out.Finished = disclosure.Floor(began), disclosure.Floor(finished)
	return out, err
}

// Make makes a course, which nobody sees yet but who makes courses.
func (c Courses) Make(ctx context.Context, s tenants.Scope, in Words) (Bench, error) {
	all, err := made(ctx, s)
	if err != nil {
		return Bench{}, err
	}
	if len(all) >= mostCourses {
		return Bench{}, fault.New(fault.Conflict, "There are 50 courses in this service, which is all that there is room for. Write a new one in place of one that you do not need.")
	}
	row := Course{ID: uuid.Must(uuid.NewV7()), Words: in, State: Draft, Version: 1, MadeAt: s.Now, ChangedAt: s.Now}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Bench{}, err
	}
	if err := noted(ctx, s, row, "made"); err != nil {
		return Bench{}, err
	}
	return bench(ctx, s, row)
}

// noted writes into the audit log what became of a course.
func noted(ctx context.Context, s tenants.Scope, row Course, what string) error {
	return s.Audit(ctx, "recovery.course", tenants.Audited{Subject: row.ID, After: map[string]string{"title": row.Title, "what": what}})
}

// Change is what a course says of itself, in other words.
type Change struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`
	Words
}

// Change changes it. Conflict if the course changed since it was read.
func (c Courses) Change(ctx context.Context, s tenants.Scope, in Change) (Bench, error) {
	return c.changed(ctx, s, in.ID, in.Version, "reworded", func(row *Course) error {
		row.Words = in.Words
		return nil
	})
}

// NewState is where a course is to stand.
type NewState struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`
	State   State     `json:"state" validate:"oneof=published withdrawn" label:"what is to become of it"`
}

// SetState offers a course to members, or takes it away; what they did in it stays.
// Conflict if it changed since it was read. Doing it twice changes nothing.
func (c Courses) SetState(ctx context.Context, s tenants.Scope, in NewState) (Bench, error) {
	row, err := toChange(ctx, s, in.ID)
	if err != nil {
		return Bench{}, err
	}
	if row.State == in.State {
		return bench(ctx, s, row)
	}
	return c.changed(ctx, s, in.ID, in.Version, string(in.State), func(row *Course) error {
		parts, err := partsOf(ctx, s, row.ID)
		if err == nil && in.State == Published && len(parts) == 0 {
			err = fault.New(fault.Conflict, "There is nothing in this course yet. Add a part first.")
		}
		row.State = in.State
		return err
	})
}

// changed changes a course that nobody else changes meanwhile, and keeps it.
func (c Courses) changed(ctx context.Context, s tenants.Scope, id uuid.UUID, seen int, what string, change func(row *Course) error) (Bench, error) {
	row, err := toChange(ctx, s, id)
	if err != nil {
		return Bench{}, err
	}
	if row.Version != seen {
		return Bench{}, fault.Stale()
	}
	if err := change(&row); err != nil {
		return Bench{}, err
	}
	return touched(ctx, s, row, what)
}

// touched keeps a course that is locked, with its next version.
func touched(ctx context.Context, s tenants.Scope, row Course, what string) (Bench, error) {
	row.Version, row.ChangedAt = row.Version+1, s.Now
	if err := save(ctx, s, &row); err != nil {
		return Bench{}, err
	}
	if err := noted(ctx, s, row, what); err != nil {
		return Bench{}, err
	}
	return bench(ctx, s, row)
}

// Form is what the form of a part offers.
type Form struct {
	Course Course       `json:"course"`
	Part   Part         `json:"part"`  // empty for a new one
	Films  []posts.Post `json:"films"` // that it can show
}

// NewPart asks for the form of a new part.
type NewPart struct {
	ID   uuid.UUID `path:"id"`
	Kind Kind      `json:"kind,omitempty" validate:"omitempty,oneof=page video exercise" label:"a kind"`
}

// NewPart is the form of a new part of a course.
func (c Courses) NewPart(ctx context.Context, s tenants.Scope, in NewPart) (Form, error) {
	row, err := find(ctx, s, in.ID)
	if err != nil {
		return Form{}, err
	}
	if in.Kind == "" {
		in.Kind = Page
	}
	return c.form(ctx, s, row, Part{Kind: in.Kind})
}

func (c Courses) form(ctx context.Context, s tenants.Scope, row Course, part Part) (out Form, err error) {
	out = Form{Course: row, Part: part}
	if part.Kind == Video {
		out.Films, err = c.films.Latest(ctx, s)
	}
	return out, err
}
