package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Call is a rung of the escalation tree, called for a case. As long as it is not
// stopped, its times are deadlines.
type Call struct {
	bun.BaseModel `bun:"table:case_calls,alias:call"`
	tenants.InService

	ID       uuid.UUID   `bun:"id,pk,type:uuid" json:"id"`
	CaseID   uuid.UUID   `bun:"case_id,type:uuid" json:"-"`
	Round    int         `bun:"round" json:"round"` // how often the tree was begun
	Position int         `bun:"position" json:"position"`
	Name     string      `bun:"name" json:"name"`
	People   tenants.IDs `bun:"people" json:"-"`
	Phone    string      `bun:"phone" json:"phone,omitempty"`
	Last     bool        `bun:"last" json:"last"` // no rung comes after it
	CalledAt time.Time   `bun:"called_at" json:"called_at"`
	NextAt   time.Time   `bun:"next_at" json:"next_at"` // when the next one is called
	TryAt    *time.Time  `bun:"try_at" json:"-"`        // when to try this one (again)
	Tries    int         `bun:"tries" json:"tries"`
	Attempts []Attempt   `bun:"attempts,type:jsonb" json:"attempts"`
	Reached  bool        `bun:"reached" json:"reached"` // somebody was, on some channel
	Again    bool        `bun:"again" json:"again"`     // the whole tree was called before, and nobody answered
	// StoppedAt is when somebody had the case, or it was closed.
	StoppedAt *time.Time `bun:"stopped_at" json:"stopped_at,omitempty"`
}

// Attempt is what became of a call to one member, or a telephone, on one channel.
type Attempt struct {
	To uuid.UUID `json:"to,omitzero"` // zero for a telephone that is nobody's own
	modules.Attempt
}

const (
	// lease is how long one worker has for a call before another takes it for dead.
	lease = 30 * time.Second
	// retry is how long after an attempt that reached nobody the next one follows.
	retry = time.Minute
	// hopeless is how soon the next rung is called where nobody of this one could be reached.
	hopeless = 30 * time.Second
	// rest is the least time between two beginnings of the tree.
	rest = 10 * time.Minute
	// usualWait is for an acknowledgement, where no rota says how long.
	usualWait = 5 * time.Minute
)

// due tells whether it is time to try the call.
func (k Call) due(now time.Time) bool { return k.TryAt != nil && !k.TryAt.After(now) }

// watch sees to the open cases of a service: hand-overs that nobody accepted,
// owners who are gone, rungs to call, calls to try again, drills to begin. All
// that it goes by are rows, so that any worker can do it at any time.
func (c Cases) watch(ctx context.Context, s tenants.Scope) error {
	if err := c.drillIfDue(ctx, s); err != nil {
		return err
	}
	waiting, err := waiting(ctx, s)
	if err != nil {
		return err
	}
	var calls []Call
	var failed error
	for _, id := range waiting {
		due, err := c.attend(ctx, s, id)
		failed, calls = errors.Join(failed, err), append(calls, due...)
	}
	return errors.Join(failed, together(calls, func(call Call) error { return c.carryOut(ctx, s, call) }))
}

// waiting are the cases that something is to be done about now.
func waiting(ctx context.Context, s tenants.Scope) (ids []uuid.UUID, err error) {
	err = s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		cases, err := openCases(ctx, s)
		if err != nil || len(cases) == 0 {
			return err
		}
		calls, err := running(ctx, s, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
		for _, one := range cases {
			ladder := slices.DeleteFunc(slices.Clone(calls), func(call Call) bool { return call.CaseID != one.ID })
			if lapsing(s, one) || one.OwnerID != nil && !works(s, one.Owner) || climbing(s, one, ladder) ||
				slices.ContainsFunc(ladder, func(call Call) bool { return call.due(s.Now) }) {
				ids = append(ids, one.ID)
			}
		}
		return err
	})
	return ids, err
}

// lapsing tells whether nobody accepted a hand-over in time.
func lapsing(s tenants.Scope, one safety.Case) bool {
	return one.AskedUntil != nil && !one.AskedUntil.After(s.Now)
}

// climbing tells whether the next rung is to be called; the ladder has the last first.
func climbing(s tenants.Scope, one safety.Case, ladder []Call) bool {
	return one.Calling() && (len(ladder) == 0 || !ladder[0].NextAt.After(s.Now))
}

// attend does what is due about a case and returns the calls that are now the
// caller's to carry out; none where another worker is at it.
func (c Cases) attend(ctx context.Context, s tenants.Scope, id uuid.UUID) (mine []Call, err error) {
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		var one safety.Case
		err := s.Claim(&one).Where("?TableAlias.id = ?", id).Scan(ctx)
		if database.Missing(err) || err == nil && one.ClosedAt != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.freeIfDue(ctx, s, &one); err != nil {
			return err
		}
		ladder, err := running(ctx, s, ofCase(id))
		if err != nil {
			return err
		}
		if climbing(s, one, ladder) {
			if ladder, err = c.climb(ctx, s, &one, ladder); err != nil {
				return err
			}
		}
		until := s.Now.Add(lease)
		for _, call := range ladder {
			if !call.due(s.Now) {
				continue
			}
			call.TryAt, call.Tries = &until, call.Tries+1
			if _, err := s.Update(&call).Column("try_at", "tries").Where("id = ?", call.ID).Exec(ctx); err != nil {
				return err
			}
			mine = append(mine, call)
		}
		return nil
	})
	return mine, err
}

// freeIfDue takes a case from an owner who is gone, or whose hand-over nobody accepted.
func (c Cases) freeIfDue(ctx context.Context, s tenants.Scope, one *safety.Case) error {
	if lapsing(s, *one) {
		return c.free(ctx, s, one, lapsed, "", *one.AskedID)
	}
	if one.OwnerID == nil {
		return nil
	}
	found, err := people(ctx, s, []uuid.UUID{*one.OwnerID})
	if owner := found[*one.OwnerID]; err != nil || works(s, &owner) {
		return err
	}
	return c.free(ctx, s, one, orphaned, "", *one.OwnerID)
}

// climb calls the next rung, from the first one again after the last. A drill is
// over there.
func (c Cases) climb(ctx context.Context, s tenants.Scope, one *safety.Case, ladder []Call) ([]Call, error) {
	steps, gaps, err := c.steps(ctx, s, *one)
	if err != nil {
		return nil, err
	}
	call := Call{ID: uuid.Must(uuid.NewV7()), CaseID: one.ID, CalledAt: s.Now, TryAt: &s.Now, Attempts: []Attempt{}}
	began, at := s.Now, 0
	if len(ladder) > 0 {
		call.Round, call.Again, began = ladder[0].Round, ladder[0].Again, ladder[len(ladder)-1].CalledAt
		at = slices.IndexFunc(steps, func(step safety.Step) bool { return step.Position > ladder[0].Position })
	}
	if at < 0 && one.Drill {
		return nil, c.end(ctx, s, one, drillOver, "Nobody answered. Everybody was called once, within "+lasting(s.Now.Sub(one.OpenedAt))+".")
	}
	if at < 0 {
		if err := c.nobodyAnswered(ctx, s, *one); err != nil {
			return nil, err
		}
		ladder, call.Again, began, at = nil, true, s.Now, 0
	}
	if len(ladder) == 0 {
		if call.Round, err = rounds(ctx, s, one.ID); err != nil {
			return nil, err
		}
		call.Round++
	}
	step := steps[at]
	call.Position, call.Name, call.People, call.Phone, call.Last = step.Position, step.Name, tenants.NewIDs(step.People...), step.Phone, at == len(steps)-1
	call.NextAt = s.Now.Add(step.Wait)
	if again := began.Add(rest); call.Last && !one.Drill && again.After(call.NextAt) {
		call.NextAt = again
	}
	words := call.Name
	if len(ladder) == 0 && len(gaps) > 0 {
		words += ". " + strings.Join(gaps, " ")
	}
	if err := one.Note(ctx, s, calling, words, uuid.Nil); err != nil {
		return nil, err
	}
	if _, err := s.Insert(&call).Exec(ctx); err != nil {
		return nil, err
	}
	return append([]Call{call}, ladder...), nil
}

// nobodyAnswered notes that the tree was called in vain, and tells the leads.
func (c Cases) nobodyAnswered(ctx context.Context, s tenants.Scope, one safety.Case) error {
	if err := stop(ctx, s, one.ID); err != nil {
		return err
	}
	if err := one.Note(ctx, s, unanswered, "Everybody was called. It begins again.", uuid.Nil); err != nil {
		return err
	}
	return tellLeads(ctx, s, one)
}

// steps are the rungs with those who can work on the case. There is always one:
// that of nobody, where there is nobody.
func (c Cases) steps(ctx context.Context, s tenants.Scope, one safety.Case) (steps []safety.Step, gaps []string, err error) {
	if c.desk.Tree != nil {
		steps, gaps, err = c.desk.Tree(ctx, s, s.Now)
	} else {
		var lead []uuid.UUID
		lead, err = leads(ctx, s)
		steps = []safety.Step{{Position: 1, Name: "Service lead", People: lead, Wait: usualWait}}
	}
	if err != nil {
		return nil, nil, err
	}
	near, err := c.desk.Near(ctx, s, one.MemberID)
	if err != nil {
		return nil, nil, err
	}
	var ids []uuid.UUID
	for _, step := range steps {
		ids = append(ids, step.People...)
	}
	known, err := people(ctx, s, ids)
	if err != nil {
		return nil, nil, err
	}
	var left []safety.Step
	for _, step := range steps {
		step.People = slices.DeleteFunc(slices.Clone(step.People), func(id uuid.UUID) bool {
			person := known[id]
			return !works(s, &person) || near.Has(id)
		})
		if len(step.People) > 0 || step.Phone != "" {
			left = append(left, step)
		}
	}
	if len(left) == 0 {
		left = []safety.Step{{Name: "There is nobody to call"}}
	}
	return left, gaps, nil
}
