// Package courses is small courses among the recovery tools: pages, videos and
// exercises that a service puts in order for its members. Who takes which course is
// theirs alone; the team sees counts that name nobody. What members write into
// exercises is sealed, and theirs alone unless they share it. Nothing counts streaks
// or points, or says how much of a course is done. It may touch its own tables.
package courses

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Films are the videos of a service, as their room has them.
type Films interface {
	// Latest are those that everybody in the service may watch, the newest first.
	Latest(ctx context.Context, s tenants.Scope) ([]posts.Post, error)
	// Film is one that the actor may watch, by its post, and the path of its picture.
	// NotFound if there is none.
	Film(ctx context.Context, s tenants.Scope, post uuid.UUID) (film posts.Post, picture string, err error)
}

// Courses is what the recovery tools have of them.
type Courses struct {
	keys    crypt.Keys
	films   Films
	comfort func(ctx context.Context, s tenants.Scope, words string) error
}

// New makes them: keys seal what members write; comfort shows the actor whom to turn
// to where their words say that they may be in danger.
func New(keys crypt.Keys, films Films, comfort func(ctx context.Context, s tenants.Scope, words string) error) Courses {
	return Courses{keys, films, comfort}
}

// The permissions to take courses and to make them.
const takes, teaches = "recovery.own", "recovery.teach"

// Routes adds the pages of members and those of whoever makes courses.
func (c Courses) Routes(t *modules.Router) {
	const part = "/recovery/course-parts/{id}"
	web.Get(t, "/recovery/courses", takes, "The courses of this service, and where I am in them", c.List, listPage)
	web.Get(t, "/recovery/courses/{id}", takes, "A course and its parts", c.Show, coursePage)
	web.Get(t, part, takes, "A part of a course", c.Part, partPage)
	web.Post(t, part+"/done", takes, "Say that I am done with a part of a course, or not yet", c.Done, web.SeeOther("{path}"))
	web.Post(t, part+"/answers", takes, "Write into an exercise of a course", c.Write, web.SeeOther("{path}"), web.FormAt(part))
	web.Post(t, part+"/answers/remove", takes, "Remove what I wrote into an exercise", c.Remove, web.SeeOther("{path}"))

	const desk, one, piece = "/recovery/teaching", "/recovery/teaching/{id}", "/recovery/teaching/parts/{id}"
	web.Get(t, desk, teaches, "The courses of this service, for whoever makes them", c.Desk, deskPage)
	web.Post(t, desk, teaches, "Make a course", c.Make, web.SeeOther(one), web.FormAt(desk))
	web.Get(t, one, teaches, "A course to work on, and how many took it", c.Bench, benchPage)
	web.Post(t, one, teaches, "Change what a course says of itself", c.Change, web.SeeOther(one), web.FormAt(one))
	web.Post(t, one+"/state", teaches, "Offer a course to members, or take it away", c.SetState, web.SeeOther(one), web.FormAt(one))
	web.Get(t, one+"/parts/new", teaches, "What a new part of a course needs", c.NewPart, newPartPage)
	web.Post(t, one+"/parts", teaches, "Add a part to a course", c.AddPart, web.SeeOther(one), web.FormAt(one+"/parts/new?kind={kind}"))
	web.Get(t, piece, teaches, "A part of a course, to change it", c.EditPart, editPartPage)
	web.Post(t, piece, teaches, "Change a part of a course", c.ChangePart, web.SeeOther(one), web.FormAt(piece))
	web.Post(t, piece+"/move", teaches, "Move a part of a course up or down", c.MovePart, web.SeeOther(one), web.FormAt("{from}"))
	web.Post(t, piece+"/out", teaches, "Take a part out of a course, or put it back", c.PutPart, web.SeeOther(one), web.FormAt("{from}"))
}

// ByID names a course, or a part of one.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Onward is where a member goes on.
type Onward struct {
	Path string `json:"path"`
}

// owned refuses those who are no member of the service: they take no courses in it.
func owned(s tenants.Scope) error {
	if s.Actor.Member == nil {
		return fault.New(fault.Forbidden, "You are not a member of this service, so you keep nothing in it.")
	}
	return nil
}

// courseAt and partAt are the whole addresses of a course and of a part.
func courseAt(s tenants.Scope, id uuid.UUID) string {
	return "/" + s.Service.Slug + "/recovery/courses/" + id.String()
}

func partAt(s tenants.Scope, id uuid.UUID) string {
	return "/" + s.Service.Slug + "/recovery/course-parts/" + id.String()
}
