package recovery

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Goal is something that a member wants to reach.
type Goal struct {
	bun.BaseModel `bun:"table:recovery_goals,alias:goal"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	Sealed   string     `bun:"goal_sealed" json:"-"`
	BegunAt  time.Time  `bun:"begun_at" json:"begun_at"`
	Ended    Ending     `bun:"ended" json:"ended,omitempty"`
	EndedAt  *time.Time `bun:"ended_at" json:"ended_at,omitempty"`
	Version  int        `bun:"version" json:"version"`

	GoalWords `bun:"-"`
	Scores    []Score `bun:"-" json:"scores"` // the first one first
}

// GoalWords is what a goal says.
type GoalWords struct {
	Title string     `json:"title"`
	Steps []GoalStep `json:"steps"`
}

// GoalStep is a small part of a goal.
type GoalStep struct {
	Text string `json:"text"`
	Done bool   `json:"done"`
}

// Ending is how a goal ended; empty while it has not.
type Ending string

// The endings. Neither is better than the other.
const (
	Open    Ending = ""
	Reached Ending = "reached"
	LetGo   Ending = "let_go"
)

// Score is how near to a goal its owner felt, from 0 to 10.
type Score struct {
	bun.BaseModel `bun:"table:recovery_scores,alias:score"`
	tenants.InService

	ID     uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	GoalID uuid.UUID `bun:"goal_id,type:uuid" json:"-"`
	Score  int       `bun:"score" json:"score"`
	At     time.Time `bun:"at" json:"at"`
}

// Goals are somebody's, those that go on first.
type Goals struct {
	Goals  []Goal `json:"goals"`
	Shared *Share `json:"shared,omitempty"`
}

// Goals lists the actor's own.
func (r Recovery) Goals(ctx context.Context, s tenants.Scope, _ web.None) (out Goals, err error) {
	if out.Goals, err = r.goals(ctx, s, s.Actor.ID()); err != nil {
		return out, err
	}
	out.Shared, err = shareOf(ctx, s, s.Actor.ID(), ofGoals)
	return out, err
}

// Goal reads one of the actor's own.
func (r Recovery) Goal(ctx context.Context, s tenants.Scope, in ByID) (Goal, error) {
	return r.goal(ctx, s, in.ID)
}

// Aim is what somebody wants to reach. Steps are one a line.
type Aim struct {
	Title string `json:"title" validate:"filled,max=200" label:"what you want to reach"`
	Steps string `json:"steps,omitempty" validate:"max=4000" label:"the steps"`
}

// words are those of the goal; a step that was done before stays done.
func (x Aim) words(was []GoalStep) GoalWords {
	out := GoalWords{Title: strings.TrimSpace(x.Title), Steps: []GoalStep{}}
	for line := range strings.Lines(x.Steps) {
		if line = strings.TrimSpace(line); line != "" {
			out.Steps = append(out.Steps, GoalStep{line, slices.Contains(was, GoalStep{line, true})})
		}
	}
	return out
}

// Begin keeps a new goal of the actor's.
func (r Recovery) Begin(ctx context.Context, s tenants.Scope, in Aim) (Goal, error) {
	if err := owned(s); err != nil {
		return Goal{}, err
	}
	one := Goal{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), BegunAt: s.Now, Version: 1, GoalWords: in.words(nil), Scores: []Score{}}
	var err error
	if one.Sealed, err = r.seal(one.GoalWords, one.ID); err != nil {
		return Goal{}, err
	}
	if _, err := s.Insert(&one).Exec(ctx); err != nil {
		return Goal{}, err
	}
	return one, r.comfort(ctx, s, in.Title+"\n"+in.Steps)
}

// ChangeAim is a goal in other words.
type ChangeAim struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`
	Aim
}

// Change puts one of the actor's goals into other words. Conflict if it changed
// since it was read.
func (r Recovery) Change(ctx context.Context, s tenants.Scope, in ChangeAim) (Goal, error) {
	one, err := r.goal(ctx, s, in.ID)
	if err != nil {
		return Goal{}, err
	}
	if one.Version != in.Version {
		return Goal{}, fault.Stale()
	}
	one.GoalWords = in.words(one.Steps)
	if err := r.keepGoal(ctx, s, &one); err != nil {
		return Goal{}, err
	}
	return one, r.comfort(ctx, s, in.Title+"\n"+in.Steps)
}

// Tick is which steps of a goal are done, by their number from 0.
type Tick struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`
	Done    []int     `json:"done"`
}

// Tick notes which steps are done. Conflict if the goal changed since it was read.
func (r Recovery) Tick(ctx context.Context, s tenants.Scope, in Tick) (Goal, error) {
	one, err := r.goal(ctx, s, in.ID)
	if err != nil {
		return Goal{}, err
	}
	if one.Version != in.Version {
		return Goal{}, fault.Stale()
	}
	for i := range one.Steps {
		one.Steps[i].Done = slices.Contains(in.Done, i)
	}
	return one, r.keepGoal(ctx, s, &one)
}

// Near is how near to a goal somebody feels.
type Near struct {
	ID    uuid.UUID `path:"id"`
	Score *int      `json:"score"`
}

// Near adds to a goal how near to it the actor feels now.
func (r Recovery) Near(ctx context.Context, s tenants.Scope, in Near) (Goal, error) {
	one, err := r.goal(ctx, s, in.ID)
	if err != nil {
		return Goal{}, err
	}
	if in.Score == nil || *in.Score < 0 || *in.Score > 10 {
		return Goal{}, fault.Bad("score", "Choose a number from 0 to 10.")
	}
	row := Score{ID: uuid.Must(uuid.NewV7()), GoalID: one.ID, Score: *in.Score, At: s.Now}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Goal{}, err
	}
	one.Scores = append(one.Scores, row)
	return one, nil
}

// End is what becomes of a goal.
type End struct {
	ID  uuid.UUID `path:"id"`
	How string    `json:"how" validate:"oneof=reached let_go open" label:"what becomes of it"`
}

// End ends one of the actor's goals, either way, or takes it up again.
func (r Recovery) End(ctx context.Context, s tenants.Scope, in End) (Goal, error) {
	one, err := r.goal(ctx, s, in.ID)
	if err != nil {
		return Goal{}, err
	}
	one.Ended, one.EndedAt = Ending(in.How), &s.Now
	if in.How == "open" {
		one.Ended, one.EndedAt = Open, nil
	}
	return one, r.keepGoal(ctx, s, &one)
}

// RemoveGoal removes one of the actor's own, with its scores.
func (r Recovery) RemoveGoal(ctx context.Context, s tenants.Scope, in ByID) (Gone, error) {
	err := tenants.Touched(s.Delete((*Goal)(nil)).Where("id = ?", in.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx))
	return Gone{err == nil}, err
}
