package courses

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// kindWords are a kind in words: its name, what adds one, its picture.
type kindWords struct {
	Kind
	name, add, icon string
}

// kinds are all there are.
var kinds = []kindWords{
	{Page, "Page", "Add a page", "file-text"},
	{Video, "Video", "Add a video", "video"},
	{Exercise, "Exercise", "Add an exercise", "notebook-pen"},
}

func (k Kind) words() kindWords {
	for _, one := range kinds {
		if one.Kind == k {
			return one
		}
	}
	return kindWords{}
}

// states have a word and a colour each, for whoever makes courses.
var states = map[State]struct{ name, tag string }{
	Draft:     {"Draft", "tag--plain"},
	Published: {"Offered", "tag--ok"},
	Withdrawn: {"Taken away", "tag--warn"},
}

// group is some of the courses, under a heading.
type group struct {
	name    string
	courses []Taken
}

// groups are the courses as a member finds them: what they are in the middle of first.
func (x Shelf) groups() (all []group) {
	at := func(name string, wanted func(Taken) bool) {
		one := group{name: name}
		for _, course := range x.Courses {
			if wanted(course) {
				one.courses = append(one.courses, course)
			}
		}
		if len(one.courses) > 0 {
			all = append(all, one)
		}
	}
	at("Where you were", func(t Taken) bool { return t.Begun && !t.through() })
	at("Courses to take", func(t Taken) bool { return !t.Begun })
	at("Courses you have been through", Taken.through)
	return all
}

// through tells whether the actor has been through it, perhaps to its end as it is now.
func (x Taken) through() bool {
	return x.Finished || x.Begun && x.Next == nil && x.State == Published
}

// where says where the actor is in a course.
func (x Taken) where() string {
	switch {
	case x.State == Withdrawn:
		return "Your team has taken this away for now. What you wrote is still yours."
	case x.through() && x.Next != nil:
		return "There is something here that you have not done: " + x.Next.Title
	case x.through():
		return "You can look at it again whenever you like."
	case x.Begun && x.Next != nil:
		return "You stopped here: " + x.Next.Title
	}
	return x.About
}

// begins is the word on the button that leads on.
func (x Taken) begins() string {
	if x.Begun {
		return "Go on"
	}
	return "Begin"
}

// stopped tells whether a part is where the actor goes on.
func (x Taken) stopped(step Step) bool { return x.Begun && x.Next != nil && x.Next.ID == step.ID }

// people is a count of people, rounded down to fives, in words.
func people(n int) string {
	if n == 0 {
		return "fewer than 5 members"
	}
	return strconv.Itoa(n) + " members or more"
}

// counts says how a course is taken.
func (x Bench) counts() string {
	return "Begun by " + people(x.Begun) + ", finished by " + people(x.Finished) + ". Nobody can see who."
}

// options are the films that a part can show; one that it shows already is among them.
func (x Form) options() []ui.Option {
	all := []ui.Option{{Label: "Choose a video"}}
	known := x.Part.Film == nil
	for _, film := range x.Films {
		all = append(all, ui.Option{Value: film.ID.String(), Label: film.Title})
		known = known || *x.Part.Film == film.ID
	}
	if !known {
		all = append(all, ui.Option{Value: x.Part.Film.String(), Label: "The one that was chosen before"})
	}
	return all
}

// film is the video of a part as a form has it.
func (x Part) film() string {
	if x.Film == nil {
		return ""
	}
	return x.Film.String()
}

func coursePath(ctx context.Context, id uuid.UUID) string {
	return ui.Path(ctx, "/recovery/courses/"+id.String())
}

func partPath(ctx context.Context, id uuid.UUID) string {
	return ui.Path(ctx, "/recovery/course-parts/"+id.String())
}

func benchPath(ctx context.Context, id uuid.UUID) string {
	return ui.Path(ctx, "/recovery/teaching/"+id.String())
}

func piecePath(ctx context.Context, id uuid.UUID) string {
	return ui.Path(ctx, "/recovery/teaching/parts/"+id.String())
}
