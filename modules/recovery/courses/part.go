package courses

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// AddPart is a new part, which comes after the others.
type AddPart struct {
	ID   uuid.UUID `path:"id"` // of the course
	Kind Kind      `json:"kind" validate:"required,oneof=page video exercise" label:"a kind"`
	Text
}

// AddPart adds a part to a course.
func (c Courses) AddPart(ctx context.Context, s tenants.Scope, in AddPart) (Bench, error) {
	row, err := toChange(ctx, s, in.ID)
	if err != nil {
		return Bench{}, err
	}
	text, err := c.fit(ctx, s, in.Kind, in.Text, nil)
	if err != nil {
		return Bench{}, err
	}
	parts, err := partsOf(ctx, s, row.ID)
	if err != nil {
		return Bench{}, err
	}
	if len(parts) >= mostParts {
		return Bench{}, fault.New(fault.Conflict, "There are 40 parts in this course, which is all that there is room for. Two shorter courses are easier to take.")
	}
	part := Part{ID: uuid.Must(uuid.NewV7()), CourseID: row.ID, Place: len(parts) + 1, Kind: in.Kind, Version: 1}
	part.Set(text)
	if _, err := s.Insert(&part).Exec(ctx); err != nil {
		return Bench{}, err
	}
	return touched(ctx, s, row, "part added")
}

// fit is Text.fit, which also sees to it that a video can be shown; one that was
// chosen before may stay.
func (c Courses) fit(ctx context.Context, s tenants.Scope, kind Kind, text Text, was *uuid.UUID) (Text, error) {
	text, err := text.fit(kind)
	if err != nil || text.Film == nil || was != nil && *was == *text.Film {
		return text, err
	}
	film, _, err := c.films.Film(ctx, s, *text.Film)
	if database.Missing(err) || err == nil && film.Audience != tenants.AudienceService {
		err = fault.Bad("film", "Choose a video that everybody in this service can watch.")
	}
	return text, err
}

// EditPart reads a part to change it.
func (c Courses) EditPart(ctx context.Context, s tenants.Scope, in ByID) (Form, error) {
	part, row, err := anyPart(ctx, s, in.ID)
	if err != nil {
		return Form{}, err
	}
	return c.form(ctx, s, row, part)
}

// ChangePart is a part in other words.
type ChangePart struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`
	Text
}

// ChangePart changes a part; what members did with it stays with it. Conflict if it
// changed since it was read.
func (c Courses) ChangePart(ctx context.Context, s tenants.Scope, in ChangePart) (Bench, error) {
	part, row, err := partToChange(ctx, s, in.ID)
	if err != nil {
		return Bench{}, err
	}
	if part.Version != in.Version {
		return Bench{}, fault.Stale()
	}
	text, err := c.fit(ctx, s, part.Kind, in.Text, part.Film)
	if err != nil {
		return Bench{}, err
	}
	part.Set(text)
	part.Version++
	if err := savePart(ctx, s, part, "title", "body", "film_id", "prompts", "body_html", "rendered_by", "version"); err != nil {
		return Bench{}, err
	}
	return touched(ctx, s, row, "part changed")
}

// MovePart moves a part one place up, or down.
type MovePart struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"` // of the course
	Up      bool      `json:"up"`
}

// MovePart changes the order. Conflict if the course changed since it was read, so
// that two clicks do not move a part twice.
func (c Courses) MovePart(ctx context.Context, s tenants.Scope, in MovePart) (Bench, error) {
	part, row, err := partToChange(ctx, s, in.ID)
	switch {
	case err != nil:
		return Bench{}, err
	case row.Version != in.Version:
		return Bench{}, fault.Stale()
	}
	parts, err := partsOf(ctx, s, row.ID)
	if err != nil {
		return Bench{}, err
	}
	at := slices.IndexFunc(parts, func(one Part) bool { return one.ID == part.ID })
	to := at + 1
	if in.Up {
		to = at - 1
	}
	if at < 0 || to < 0 || to >= len(parts) { // it is out, or at the end already
		return bench(ctx, s, row)
	}
	parts[at], parts[to] = parts[to], parts[at]
	if err := number(ctx, s, parts); err != nil {
		return Bench{}, err
	}
	return touched(ctx, s, row, "part moved")
}

// PutPart takes a part out of its course, or puts it back.
type PutPart struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"` // of the course
	Out     bool      `json:"out"`
}

// PutPart does so; what members wrote into it stays theirs. What is put back comes
// last. Conflict if the course changed since it was read; twice is once.
func (c Courses) PutPart(ctx context.Context, s tenants.Scope, in PutPart) (Bench, error) {
	part, row, err := partToChange(ctx, s, in.ID)
	switch {
	case err != nil:
		return Bench{}, err
	case in.Out == (part.OutAt != nil):
		return bench(ctx, s, row)
	case row.Version != in.Version:
		return Bench{}, fault.Stale()
	}
	parts, err := partsOf(ctx, s, row.ID)
	if err != nil {
		return Bench{}, err
	}
	if in.Out {
		if len(parts) == 1 && row.State == Published {
			return Bench{}, fault.New(fault.Conflict, "This is the only part of a course that members can take. Take the course away instead.")
		}
		parts = slices.DeleteFunc(parts, func(one Part) bool { return one.ID == part.ID })
		part.OutAt = &s.Now
	} else {
		if len(parts) >= mostParts {
			return Bench{}, fault.New(fault.Conflict, "There are 40 parts in this course, which is all that there is room for.")
		}
		part.OutAt = nil
		parts = append(parts, part)
	}
	if err := savePart(ctx, s, part, "out_at"); err != nil {
		return Bench{}, err
	}
	if err := number(ctx, s, parts); err != nil {
		return Bench{}, err
	}
	return touched(ctx, s, row, map[bool]string{true: "part taken out", false: "part put back"}[in.Out])
}

// number gives parts their places, in their order.
func number(ctx context.Context, s tenants.Scope, parts []Part) error {
	for i, part := range parts {
		if part.Place == i+1 {
			continue
		}
		part.Place = i + 1
		if err := savePart(ctx, s, part, "place"); err != nil {
			return err
		}
	}
	return nil
}
