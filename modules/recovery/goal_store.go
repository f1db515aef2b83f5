package recovery

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// goals lists a member's with their scores, those that go on first.
func (r Recovery) goals(ctx context.Context, s tenants.Scope, member uuid.UUID) ([]Goal, error) {
	all := []Goal{}
	err := s.Select(&all).Where("goal.member_id = ?", member).OrderExpr("CASE WHEN goal.ended = '' THEN 0 ELSE 1 END, goal.begun_at DESC, goal.id DESC").Scan(ctx)
	if err != nil {
		return nil, err
	}
	return all, r.fillGoals(ctx, s, all)
}

// goal reads one of the actor's own.
func (r Recovery) goal(ctx context.Context, s tenants.Scope, id uuid.UUID) (Goal, error) {
	one := make([]Goal, 1)
	if err := s.Select(&one[0]).Where("goal.id = ?", id).Where("goal.member_id = ?", s.Actor.ID()).Scan(ctx); err != nil {
		return Goal{}, err
	}
	return one[0], r.fillGoals(ctx, s, one)
}

// fillGoals opens the words of goals and reads their scores.
func (r Recovery) fillGoals(ctx context.Context, s tenants.Scope, goals []Goal) error {
	at, ids := map[uuid.UUID]*Goal{}, make([]uuid.UUID, len(goals))
	for i := range goals {
		one := &goals[i]
		if err := r.open(one.Sealed, one.ID, &one.GoalWords); err != nil {
			return err
		}
		one.Scores, at[one.ID], ids[i] = []Score{}, one, one.ID
	}
	if len(goals) == 0 {
		return nil
	}
	var scores []Score
	err := s.Select(&scores).Where("score.goal_id IN (?)", bun.List(ids)).Order("score.at", "score.id").Scan(ctx)
	for _, score := range scores {
		at[score.GoalID].Scores = append(at[score.GoalID].Scores, score)
	}
	return err
}

// keepGoal writes a changed goal. Conflict if it changed since it was read.
func (r Recovery) keepGoal(ctx context.Context, s tenants.Scope, one *Goal) (err error) {
	if one.Sealed, err = r.seal(one.GoalWords, one.ID); err != nil {
		return err
	}
	one.Version++
	return tenants.Fresh(s.Update(one).Column("goal_sealed", "ended", "ended_at", "version").
		Where("goal.id = ?", one.ID).Where("goal.version = ?", one.Version-1).Exec(ctx))
}
