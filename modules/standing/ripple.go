package standing

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// CheckIn asks a member how they are after something hard that they may have read.
// Neither they nor anybody else is shown what that was.
type CheckIn struct {
	bun.BaseModel `bun:"table:check_ins,alias:asked"`
	tenants.InService

	ID         uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID   uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	ItemID     uuid.UUID  `bun:"item_id,type:uuid" json:"-"`
	AskedAt    time.Time  `bun:"asked_at" json:"asked_at"`
	Answer     string     `bun:"answer" json:"answer,omitempty"`
	AnsweredAt *time.Time `bun:"answered_at" json:"answered_at,omitempty"`
}

// The answers; empty for none yet.
const (
	fine = "fine"
	talk = "talk"
)

// ripple asks those how they are who read what the team has just taken out of sight
// because somebody was in danger. It waits until the decision stands.
func (x Standing) ripple(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	deed, err := safety.DeedOf(ctx, s, e.Subject)
	if err != nil || deed.UndoneAt != nil || deed.Act != safety.Hide && deed.Act != safety.Remove {
		return ignoreMissing(err)
	}
	item, err := safety.ItemOf(ctx, s, deed.ItemID)
	readers := x.desk.SortOf(item.Sort).Readers
	if err != nil || !item.Level.Urgent() || readers == nil {
		return ignoreMissing(err)
	}
	read, err := readers(ctx, s, item.SubjectID)
	if err != nil {
		return err
	}
	told, err := reporters(ctx, s, item.ID)
	if err != nil {
		return err
	}
	people, err := staying(ctx, s, tenants.NewIDs(append(told, read...)...))
	if err != nil {
		return err
	}
	for _, member := range people {
		if member == item.AuthorID {
			continue
		}
		row := CheckIn{ID: uuid.New(), MemberID: member, ItemID: item.ID, AskedAt: s.Now} // no time in its id, for it stands in an address
		err := tenants.Touched(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
		if database.Missing(err) {
			continue // asked before
		}
		if err != nil {
			return err
		}
		if err := s.Emit(ctx, wondered, tenants.Event{Subject: row.ID, About: member}); err != nil {
			return err
		}
	}
	return nil
}

// ofWondered tells a member that they are asked how they are.
func ofWondered(_ context.Context, _ tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return []modules.Notice{{Kind: "check_in", To: []uuid.UUID{e.About}, Subject: e.Subject, Path: "/how-are-you/" + e.Subject.String()}}, nil
}

// HowAreYou is the question to the actor. NotFound for everybody else.
func (x Standing) HowAreYou(ctx context.Context, s tenants.Scope, in ByID) (row CheckIn, err error) {
	err = s.Select(&row).Where("asked.id = ?", in.ID).Where("asked.member_id = ?", s.Actor.ID()).Scan(ctx)
	return row, err
}

// Answer is how somebody says that they are.
type Answer struct {
	ID     uuid.UUID `path:"id"`
	Answer string    `json:"answer" validate:"required,oneof=fine talk no" label:"an answer"`
}

// Answer keeps how the actor is. Who would like to talk has asked for a human of the
// team, as with "I need help now"; saying so again asks for nobody else.
func (x Standing) Answer(ctx context.Context, s tenants.Scope, in Answer) (Where, error) {
	var row CheckIn
	if err := s.Lock(&row).Where("asked.id = ?", in.ID).Where("asked.member_id = ?", s.Actor.ID()).Scan(ctx); err != nil {
		return Where{}, err
	}
	home := "/" + s.Service.Slug
	out := Where{home + "/how-are-you/" + in.ID.String()}
	if in.Answer == talk {
		out.Path = home + "/support?asked=true"
	}
	if row.Answer == talk || row.Answer == in.Answer {
		return out, nil
	}
	if _, err := s.Update((*CheckIn)(nil)).Set("answer = ?", in.Answer).Set("answered_at = ?", s.Now).Where("id = ?", in.ID).Exec(ctx); err != nil {
		return Where{}, err
	}
	if in.Answer != talk {
		return out, nil
	}
	if x.desk.Help == nil {
		return Where{}, fault.New(fault.Unavailable, "We cannot ask the team for you just now. Please use “Get help now”.")
	}
	return out, x.desk.Help(ctx, s, "")
}
