package standing

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Appeal asks that somebody else of the team looks at a decision, once.
type Appeal struct {
	bun.BaseModel `bun:"table:appeals,alias:appeal"`
	tenants.InService

	ID         uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID   uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	Sort       sort       `bun:"sort" json:"sort"`
	AboutID    uuid.UUID  `bun:"about_id,type:uuid" json:"about"`
	Words      string     `bun:"words" json:"words"`
	MadeAt     time.Time  `bun:"made_at" json:"made_at"`
	DecidedAt  *time.Time `bun:"decided_at" json:"decided_at,omitempty"`
	Overturned bool       `bun:"overturned" json:"overturned"`
	Answer     string     `bun:"answer" json:"answer,omitempty"`
}

// sort is what an appeal is about: something done on the desk, or a suspension.
type sort string

const (
	ofDecision   sort = "decision"
	ofSuspension sort = "suspension"
)

// appealable are the acts that somebody can ask another look at.
var appealable = []safety.Act{safety.AskEdit, safety.Cover, safety.Hide, safety.Remove, safety.Lock}

// matter is what the actor may ask another look at.
type matter struct {
	Sort       sort
	Deed       safety.Deed // of a decision
	Item       safety.Item
	Suspension Suspension // or this
	By         uuid.UUID  // who decided
	Until      time.Time
	Appealed   bool
}

// matterOf finds a decision about the actor. NotFound for everybody else, and until
// they are told of it; Conflict, saying why, where no other look is possible.
func (x Standing) matterOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (m matter, err error) {
	if s.Actor.Member == nil {
		return m, fault.Missing()
	}
	var taken bool
	if m.Suspension, err = suspensionOf(ctx, s, id); err == nil {
		m.Sort, m.By, m.Until, taken = ofSuspension, m.Suspension.ByID, m.Suspension.UntilAt, m.Suspension.LiftedAt != nil
		if m.Suspension.MemberID != s.Actor.ID() {
			return m, fault.Missing()
		}
	} else if !database.Missing(err) {
		return m, err
	} else {
		if m.Deed, err = safety.DeedOf(ctx, s, id); err != nil {
			return m, err
		}
		if m.Item, err = safety.ItemOf(ctx, s, m.Deed.ItemID); err != nil {
			return m, err
		}
		m.Sort, m.By, m.Until, taken = ofDecision, m.Deed.ActorID, m.Deed.At.AddDate(0, 0, settings(s).AppealDays), m.Deed.UndoneAt != nil
		if m.Item.AuthorID != s.Actor.ID() || !slices.Contains(appealable, m.Deed.Act) || s.Now.Before(m.Deed.At.Add(safety.Settles)) {
			return m, fault.Missing()
		}
	}
	if m.Appealed, err = appealed(ctx, s, id); err != nil {
		return m, err
	}
	switch {
	case m.Appealed:
		return m, fault.New(fault.Conflict, "You have asked for another look at this already. It can be asked for once.")
	case taken:
		return m, fault.New(fault.Conflict, "The team has taken this back already.")
	case !s.Now.Before(m.Until):
		return m, fault.New(fault.Conflict, "The time in which you could ask for another look at this has passed. You can always write to the team.")
	}
	return m, nil
}

// recourse says what the actor can do about a decision.
func (x Standing) recourse(ctx context.Context, s tenants.Scope, deed safety.Deed) (out safety.Recourse, err error) {
	strike, err := strikeWith(ctx, s, deed.ID)
	if err == nil {
		out.StrikeUntil = strike.ExpiresAt
	} else if !database.Missing(err) {
		return out, err
	}
	m, err := x.matterOf(ctx, s, deed.ID)
	switch {
	case err == nil:
		out.AppealUntil = m.Until
	case !fault.Is(err, fault.Conflict) && !database.Missing(err):
		return out, err
	}
	out.Appealed = m.Appealed
	return out, nil
}

// Appealing is what an appeal is about, for whoever makes it.
type Appealing struct {
	ID    uuid.UUID  `json:"id"`
	Sort  sort       `json:"sort"`
	Act   safety.Act `json:"act,omitempty"`
	Rule  string     `json:"rule,omitempty"`
	Words string     `json:"words,omitempty"` // of the team
	At    time.Time  `json:"at"`
	Until time.Time  `json:"appeal_until"`
}

// Appealing shows a decision about the actor that they can appeal.
func (x Standing) Appealing(ctx context.Context, s tenants.Scope, in ByID) (Appealing, error) {
	m, err := x.matterOf(ctx, s, in.ID)
	if err != nil {
		return Appealing{}, err
	}
	if m.Sort == ofSuspension {
		return Appealing{ID: in.ID, Sort: m.Sort, Rule: m.Suspension.Rule, Words: m.Suspension.Words, At: m.Suspension.BeganAt, Until: m.Until}, nil
	}
	return Appealing{ID: in.ID, Sort: m.Sort, Act: m.Deed.Act, Rule: m.Deed.Rule, Words: m.Deed.Words, At: m.Deed.At, Until: m.Until}, nil
}

// Ask is an appeal in the member's own words.
type Ask struct {
	ID    uuid.UUID `path:"id"`
	Words string    `json:"words" validate:"filled,max=2000" label:"what you want to say"`
}

// Appeal puts a decision on the desk again, for anybody of the team but who made it.
// Conflict for the second time, and once it is too late.
func (x Standing) Appeal(ctx context.Context, s tenants.Scope, in Ask) (Appeal, error) {
	m, err := x.matterOf(ctx, s, in.ID)
	if err != nil {
		return Appeal{}, err
	}
	row := Appeal{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), Sort: m.Sort, AboutID: in.ID, Words: strings.TrimSpace(in.Words), MadeAt: s.Now}
	err = tenants.Touched(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if database.Missing(err) {
		return Appeal{}, fault.New(fault.Conflict, "You have asked for another look at this already. It can be asked for once.")
	}
	if err != nil {
		return Appeal{}, err
	}
	// A decision waits for a day of staffed hours; who cannot write to others waits less.
	finding := safety.Finding{Source: safety.ByAppeal, Detail: "of " + names[m.Sort], Level: safety.Green, By: m.By}
	if m.Sort == ofSuspension {
		finding.Level = safety.Amber
	}
	if _, err := x.desk.Raise(ctx, s, safety.About{Sort: appealSort, Subject: row.ID, Author: s.Actor.ID()}, finding); err != nil {
		return Appeal{}, err
	}
	return row, s.Audit(ctx, "standing.appeal", tenants.Audited{Subject: in.ID})
}

// appealSort is an appeal on the desk; the subject is the appeal.
const appealSort = "appeal"

// names are what an appeal is about, in words.
var names = map[sort]string{ofDecision: "a decision", ofSuspension: "a suspension"}

func (x Standing) appeals() safety.Sort {
	answer := func(overturn bool) func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error {
		return func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
			return x.answer(ctx, s, id, d.Words, overturn)
		}
	}
	return safety.Sort{
		Key: appealSort, Name: "appeal", Show: x.shown,
		Acts: map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{safety.Uphold: answer(false), safety.Overturn: answer(true)},
	}
}

// answer decides an appeal. The desk sees to it that it is another than who decided
// before, and nobody who is linked to the member.
func (x Standing) answer(ctx context.Context, s tenants.Scope, id uuid.UUID, words string, overturn bool) error {
	var row Appeal
	if err := s.Lock(&row).Where("appeal.id = ?", id).Scan(ctx); err != nil {
		return err
	}
	row.DecidedAt, row.Overturned, row.Answer = &s.Now, overturn, words
	if _, err := s.Update(&row).Column("decided_at", "overturned", "answer").Where("id = ?", id).Exec(ctx); err != nil || !overturn {
		return err
	}
	if row.Sort == ofSuspension {
		suspension, err := suspensionOf(ctx, s, row.AboutID)
		if err != nil {
			return ignoreMissing(err)
		}
		return lift(ctx, s, suspension, "An appeal")
	}
	deed, err := safety.DeedOf(ctx, s, row.AboutID)
	if err != nil || deed.UndoneAt != nil {
		return ignoreMissing(err)
	}
	return x.takeBack(ctx, s, deed)
}

// takeBack undoes what was done on the desk, and with it the strike that came with
// it. What waited for the team before is shown: somebody has looked now.
func (x Standing) takeBack(ctx context.Context, s tenants.Scope, deed safety.Deed) error {
	item, err := safety.TakeItem(ctx, s, deed.ItemID)
	if err != nil {
		return err
	}
	if err := x.restore(ctx, s, item, deed); err != nil {
		return err
	}
	if err := deed.Undone(ctx, s); err != nil {
		return err
	}
	item.Act = safety.Overturn
	if err := item.Put(ctx, s); err != nil {
		return err
	}
	if item.CaseID != nil {
		if err := (safety.Case{ID: *item.CaseID}).Note(ctx, s, "undone", "", item.ID); err != nil {
			return err
		}
	}
	if err := s.Audit(ctx, "standing.overturn", tenants.Audited{Subject: item.ID, Before: map[string]any{"decision": deed.Act}}); err != nil {
		return err
	}
	return s.Emit(ctx, safety.Changed, tenants.Event{Subject: item.ID, About: item.SubjectID, Audience: tenants.AudienceStaff})
}

// restore puts something as it was before a deed; where that cannot be, because it
// changed since, or because it waited for the team, others see it from now on.
func (x Standing) restore(ctx context.Context, s tenants.Scope, item safety.Item, deed safety.Deed) error {
	room := x.desk.SortOf(item.Sort)
	if room.Undo == nil || room.Acts[deed.Act] == nil {
		return nil
	}
	err := room.Undo(ctx, s, item.SubjectID, deed)
	if database.Missing(err) {
		return nil // it is gone: there is nothing to put back
	}
	show := room.Acts[safety.Approve]
	if show != nil && (fault.Is(err, fault.Conflict) || err == nil && item.Held) {
		err = show(ctx, s, item.SubjectID, new(safety.Deed))
	}
	return err
}

// ignoreMissing is for what is gone: there is nothing to undo any more.
func ignoreMissing(err error) error {
	if database.Missing(err) {
		return nil
	}
	return err
}
