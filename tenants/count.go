package tenants

import (
	"context"
	"time"
)

// Count is something that a room or part has counted each day: posts, gifts, how long
// an answer took. tenants/usage sums up, keeps and shows it.
type Count struct {
	Key, Name string
	// About says what exactly is counted, in plain words.
	About string
	// Room is the room that must be open for it to be shown; empty for always.
	Room string
	// Rooms says that the parts are rooms.
	Rooms bool
	// Deeds says that people did these things, so that the hour matters.
	Deeds bool
	// Waits says that they are answers, and it matters how long they took.
	Waits bool
	// Answers are the parts, where a question is counted that is asked now and then:
	// what share of all each of them has is told, instead of how many there were.
	Answers []AnswerPart
	// Of lists what happened in the scope's service from a time until before another.
	Of func(ctx context.Context, s Scope, from, until time.Time) ([]Counted, error)
}

// AnswerPart is an answer to a question, in words.
type AnswerPart struct{ Part, Name string }

// Counted is one thing that is counted.
type Counted struct {
	At   time.Time `bun:"at"`
	Part string    `bun:"part"` // of what is counted; may be empty
	// Since is when the wait began that ended at At, where the Count has Waits.
	Since time.Time `bun:"since,nullzero"`
}

// Counts are what all parts count.
func (p Parts) Counts() (all []Count) {
	for _, part := range p {
		all = append(all, part.Counts...)
	}
	return all
}
