package courses

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/tenants"
)

// State is where a course stands.
type State string

// The states. What is withdrawn keeps where members were in it and what they wrote.
const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// Course is parts in an order.
type Course struct {
	bun.BaseModel `bun:"table:recovery_courses,alias:course"`
	tenants.InService

	ID uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	Words
	State     State     `bun:"state" json:"state"`
	Version   int       `bun:"version" json:"version"` // grows with each change of it or of its parts
	MadeAt    time.Time `bun:"made_at" json:"made_at"`
	ChangedAt time.Time `bun:"changed_at" json:"changed_at"`
}

// Words are what a course says of itself.
type Words struct {
	Title   string `bun:"title" json:"title" validate:"filled,max=120" label:"a title"`
	About   string `bun:"about" json:"about" validate:"filled,max=1000" label:"what it is about"`
	ForWhom string `bun:"for_whom" json:"for_whom,omitempty" validate:"max=300" label:"whom it is for"`
}

// Kind is what a part is.
type Kind string

// The kinds.
const (
	Page     Kind = "page"
	Video    Kind = "video"
	Exercise Kind = "exercise"
)

// Part is a part of a course. Its id stays as it is changed and moved, so that what
// members did with it stays with it.
type Part struct {
	bun.BaseModel `bun:"table:recovery_course_parts,alias:part"`
	tenants.InService

	ID       uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	CourseID uuid.UUID `bun:"course_id,type:uuid" json:"course"`
	Place    int       `bun:"place" json:"place"` // from 1
	Kind     Kind      `bun:"kind" json:"kind"`
	Text
	markdown.Rendered
	Version int        `bun:"version" json:"version"`
	OutAt   *time.Time `bun:"out_at" json:"out_at,omitempty"` // it was taken out of the course

	Course *Course `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:course_id=id" json:"-"`
}

// Text is what a part says. Which of it there is depends on its kind.
type Text struct {
	Title   string     `bun:"title" json:"title" validate:"filled,max=120" label:"a title"`
	Body    string     `bun:"body" json:"body,omitempty" validate:"max=20000" label:"the text"`
	Film    *uuid.UUID `bun:"film_id,type:uuid" json:"film,omitempty"`                                // the post of a video
	Prompts string     `bun:"prompts" json:"prompts,omitempty" validate:"max=2000" label:"questions"` // one a line
}

// The most courses of a service, parts of a course and prompts of an exercise that
// there can be, and how long a prompt is at most.
const mostCourses, mostParts, mostPrompts, longestPrompt = 50, 40, 6, 300

// fit keeps of the text what a part of the kind has. Invalid if it lacks what it needs.
func (x Text) fit(kind Kind) (Text, error) {
	out := Text{Title: strings.TrimSpace(x.Title), Body: strings.TrimSpace(x.Body)}
	switch kind {
	case Page:
		if out.Body == "" {
			return out, fault.Bad("body", "Write the text of the page.")
		}
	case Video:
		if out.Film = x.Film; out.Film == nil {
			return out, fault.Bad("film", "Choose a video.")
		}
	case Exercise:
		lines := linesOf(x.Prompts)
		out.Prompts = strings.Join(lines, "\n")
		if len(lines) == 0 || len(lines) > mostPrompts {
			return out, fault.Bad("prompts", "Write 1 to 6 questions, one a line.")
		}
		for i, line := range lines {
			if len([]rune(line)) > longestPrompt {
				return out, fault.Bad("prompts", "A question can have 300 characters at most. Make the longest shorter.")
			}
			for _, before := range lines[:i] {
				if before == line {
					return out, fault.Bad("prompts", "Two of the questions are the same. Change one of them.")
				}
			}
		}
	}
	return out, nil
}

// linesOf are the lines of a text that have something in them.
func linesOf(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// prompts are what an exercise asks, in order.
func (x Part) prompts() []string { return linesOf(x.Prompts) }

// Set gives a part its text.
func (x *Part) Set(text Text) {
	x.Text = text
	x.Rendered = markdown.Render(text.Body)
}

// HTML is the text, rendered and safe.
func (x Part) HTML() string { return x.HTMLOf(x.Body) }
