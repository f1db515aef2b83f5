package courses

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Progress is that a member began a course, and perhaps came to its end.
type Progress struct {
	bun.BaseModel `bun:"table:recovery_course_progress,alias:progress"`
	tenants.InService

	MemberID   uuid.UUID  `bun:"member_id,pk,type:uuid"`
	CourseID   uuid.UUID  `bun:"course_id,pk,type:uuid"`
	BegunAt    time.Time  `bun:"begun_at"`
	FinishedAt *time.Time `bun:"finished_at"`

	Course *Course `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:course_id=id"`
}

// Mark is that a member is done with a part.
type Mark struct {
	bun.BaseModel `bun:"table:recovery_course_marks,alias:mark"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	PartID   uuid.UUID `bun:"part_id,pk,type:uuid"`
	DoneAt   time.Time `bun:"done_at"`

	Part *Part `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:part_id=id"`
}

// Taken is a course as the actor has it.
type Taken struct {
	Course
	Steps    []Step `json:"parts"` // in their order; none of a course that was taken away
	Begun    bool   `json:"begun"`
	Finished bool   `json:"finished"`
	Next     *Step  `json:"next,omitempty"` // where to go on; nil where all is done
	// Kept is what the actor wrote into parts that are not among Steps.
	Kept []Answer `json:"kept,omitempty"`
}

// Step is a part in the list of a course.
type Step struct {
	ID    uuid.UUID `json:"id"`
	Kind  Kind      `json:"kind"`
	Title string    `json:"title"`
	Done  bool      `json:"done"`
}

// next is where somebody goes on: what follows the last part that they did, or else
// the first that they left out. Nil where all is done.
func next(steps []Step) *Step {
	var first, after *Step
	for i := range steps {
		switch one := &steps[i]; {
		case one.Done:
			after = nil
		case after == nil:
			after = one
		}
		if first == nil && !steps[i].Done {
			first = &steps[i]
		}
	}
	if after != nil {
		return after
	}
	return first
}

// Shelf is the courses of a service.
type Shelf struct {
	Courses []Taken `json:"courses"`
}

// List shows the courses that the service offers, and those that the actor began
// before they were taken away.
func (c Courses) List(ctx context.Context, s tenants.Scope, _ web.None) (Shelf, error) {
	rows, err := offered(ctx, s)
	if err != nil {
		return Shelf{}, err
	}
	all, err := taken(ctx, s, rows)
	return Shelf{all}, err
}

// Show is one course. Who makes courses sees also what is not offered.
func (c Courses) Show(ctx context.Context, s tenants.Scope, in ByID) (Taken, error) {
	row, err := find(ctx, s, in.ID)
	if err != nil {
		return Taken{}, err
	}
	all, err := taken(ctx, s, []Course{row})
	if err != nil {
		return Taken{}, err
	}
	out := all[0]
	answers, err := c.written(ctx, s, s.Actor.ID(), row.ID)
	for _, one := range answers {
		if one.out || row.State == Withdrawn {
			out.Kept = append(out.Kept, one)
		}
	}
	return out, err
}

// Shown is a part as the actor has it.
type Shown struct {
	Part
	Of     Course `json:"of"`
	Done   bool   `json:"done"`
	Before *Step  `json:"before,omitempty"` // the part before it
	After  *Step  `json:"after,omitempty"`  // and the one after
	Film   *Film  `json:"shows,omitempty"`  // nil where it is not there any more
	Answer Answer `json:"answer"`           // of version 0 if nothing was written
}

// Film is a video that a part shows.
type Film struct {
	Title   string `json:"title"`
	Path    string `json:"path"` // below the service
	Picture string `json:"picture,omitempty"`
}

// Part is a part of a course that the service offers.
func (c Courses) Part(ctx context.Context, s tenants.Scope, in ByID) (Shown, error) {
	part, course, err := open(ctx, s, in.ID)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Part: part, Of: course}
	steps, err := stepsOf(ctx, s, course.ID)
	if err != nil {
		return out, err
	}
	for i, step := range steps {
		if step.ID != part.ID {
			continue
		}
		out.Done = step.Done
		if i > 0 {
			out.Before = &steps[i-1]
		}
		if i+1 < len(steps) {
			out.After = &steps[i+1]
		}
	}
	switch part.Kind {
	case Video:
		out.Film, err = c.film(ctx, s, part)
	case Exercise:
		out.Answer, err = c.answer(ctx, s, part.ID)
	}
	return out, err
}

// film is the video of a part; nil where the actor cannot watch it.
func (c Courses) film(ctx context.Context, s tenants.Scope, part Part) (*Film, error) {
	if part.Film == nil {
		return nil, nil
	}
	post, picture, err := c.films.Film(ctx, s, *part.Film)
	if database.Missing(err) {
		return nil, nil
	}
	if err == nil && post.Covered() { // by a topic that the actor wants to open themselves
		return &Film{Title: "a video with a content note", Path: post.Path}, nil
	}
	return &Film{post.Title, post.Path, picture}, err
}

// Done says whether the actor is done with a part.
type Done struct {
	ID   uuid.UUID `path:"id"`
	Done bool      `json:"done"`
}

// Done keeps whether the actor is done with a part; twice is once. It leads on to the
// part that follows, or at the end to the course.
func (c Courses) Done(ctx context.Context, s tenants.Scope, in Done) (Onward, error) {
	part, course, err := begin(ctx, s, in.ID)
	if err == nil {
		err = keepMark(ctx, s, part, in.Done)
	}
	if err != nil {
		return Onward{}, err
	}
	return goOn(ctx, s, part, course, in.Done)
}

// goOn says where to go after a part, and keeps that the course came to its end. Who
// finished it once has finished it, also if a part is added later.
func goOn(ctx context.Context, s tenants.Scope, part Part, course Course, done bool) (Onward, error) {
	if !done {
		return Onward{partAt(s, part.ID)}, nil
	}
	steps, err := stepsOf(ctx, s, course.ID)
	if err == nil && next(steps) == nil {
		err = finish(ctx, s, course.ID)
	}
	if err != nil {
		return Onward{}, err
	}
	for i, step := range steps {
		if step.ID == part.ID && i+1 < len(steps) {
			return Onward{partAt(s, steps[i+1].ID)}, nil
		}
	}
	return Onward{courseAt(s, course.ID)}, nil
}
