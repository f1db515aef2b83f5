package courses

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Answer is what a member wrote into an exercise. It keeps what they were asked, so
// that it can be read as it was meant when the exercise asks something else.
type Answer struct {
	bun.BaseModel `bun:"table:recovery_course_answers,alias:answer"`
	tenants.InService

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MemberID  uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	PartID    uuid.UUID `bun:"part_id,type:uuid" json:"part"`
	Sealed    string    `bun:"answer_sealed" json:"-"`
	WrittenAt time.Time `bun:"written_at" json:"written_at"`
	Version   int       `bun:"version" json:"version"`

	Part *Part `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:part_id=id" json:"-"`

	Said []Said `bun:"-" json:"said"`
	// Course and Title are those of the part.
	Course string `bun:"-" json:"course,omitempty"`
	Title  string `bun:"-" json:"title,omitempty"`
	out    bool   // the part was taken out of the course
}

// Said is what was asked and what somebody wrote.
type Said struct {
	Prompt string `json:"prompt"`
	Words  string `json:"words"`
}

// to is what was written to a prompt; empty for nothing.
func (x Answer) to(prompt string) string {
	for _, said := range x.Said {
		if said.Prompt == prompt {
			return said.Words
		}
	}
	return ""
}

// besides is what was written to prompts that are not among these.
func (x Answer) besides(prompts []string) (rest []Said) {
	for _, said := range x.Said {
		if !slices.Contains(prompts, said.Prompt) {
			rest = append(rest, said)
		}
	}
	return rest
}

// Boxes are those of an exercise, one for each prompt in order.
type Boxes struct {
	First  string `json:"answer_1,omitempty" validate:"max=5000" label:"your first answer"`
	Second string `json:"answer_2,omitempty" validate:"max=5000" label:"your second answer"`
	Third  string `json:"answer_3,omitempty" validate:"max=5000" label:"your third answer"`
	Fourth string `json:"answer_4,omitempty" validate:"max=5000" label:"your fourth answer"`
	Fifth  string `json:"answer_5,omitempty" validate:"max=5000" label:"your fifth answer"`
	Sixth  string `json:"answer_6,omitempty" validate:"max=5000" label:"your sixth answer"`
}

// said is what stands in the boxes, with its prompts. What was written before to
// prompts that are no longer asked stays.
func (x Boxes) said(prompts []string, was Answer) (all []Said) {
	boxes := []string{x.First, x.Second, x.Third, x.Fourth, x.Fifth, x.Sixth}
	for i, prompt := range prompts {
		if words := strings.TrimSpace(boxes[i]); words != "" {
			all = append(all, Said{prompt, words})
		}
	}
	return append(all, was.besides(prompts)...)
}

// Write is what the actor writes into an exercise.
type Write struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`      // of what they wrote before; 0 for nothing
	Asked   int       `json:"part_version"` // of the part that they read
	Done    bool      `json:"done"`         // and they are done with it
	Boxes
}

// Write keeps what the actor writes. Conflict if they wrote more in another tab, or if
// the exercise asks something else by now. Where their words say that they may be in
// danger they are shown whom to turn to; nobody else is told, for nobody else reads it.
func (c Courses) Write(ctx context.Context, s tenants.Scope, in Write) (Onward, error) {
	part, course, err := begin(ctx, s, in.ID)
	if err != nil {
		return Onward{}, err
	}
	was, err := c.answer(ctx, s, part.ID)
	switch {
	case err != nil:
		return Onward{}, err
	case part.Kind != Exercise:
		return Onward{}, fault.Missing()
	case part.Version != in.Asked || was.Version != in.Version:
		return Onward{}, fault.Stale()
	}
	one := was
	if one.Said = in.said(part.prompts(), was); len(one.Said) == 0 {
		return Onward{}, fault.Bad("answer_1", "Write something into one of the boxes, or go on without writing.")
	}
	if err := c.keep(ctx, s, one); err != nil {
		return Onward{}, err
	}
	if in.Done {
		if err := keepMark(ctx, s, part, true); err != nil {
			return Onward{}, err
		}
	}
	to, err := goOn(ctx, s, part, course, in.Done)
	if err != nil {
		return Onward{}, err
	}
	var words []string
	for _, said := range one.Said {
		words = append(words, said.Words)
	}
	return to, c.comfort(ctx, s, strings.Join(words, "\n\n"))
}

// Remove removes what the actor wrote into an exercise, also one that is not offered
// any more.
func (c Courses) Remove(ctx context.Context, s tenants.Scope, in ByID) (Onward, error) {
	course, offered, err := removeAnswer(ctx, s, in.ID)
	if err != nil {
		return Onward{}, err
	}
	if offered {
		return Onward{partAt(s, in.ID)}, nil
	}
	return Onward{courseAt(s, course)}, nil
}

// Written is what a member wrote into exercises, the latest first, for their own eyes
// or those that they share it with.
func (c Courses) Written(ctx context.Context, s tenants.Scope, member uuid.UUID) ([]Answer, error) {
	return c.written(ctx, s, member, uuid.Nil)
}
