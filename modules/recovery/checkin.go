package recovery

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// CheckIn is how somebody was at a time.
type CheckIn struct {
	bun.BaseModel `bun:"table:recovery_check_ins,alias:check_in"`
	tenants.InService

	ID       uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MemberID uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	At       time.Time `bun:"at" json:"at"`
	Mood     string    `bun:"mood" json:"mood"`
	Sleep    string    `bun:"sleep" json:"sleep"`
	Energy   string    `bun:"energy" json:"energy"`
	Sealed   string    `bun:"words_sealed" json:"-"`
	Version  int       `bun:"version" json:"version"`

	Words string `bun:"-" json:"words,omitempty"`
}

// How is how somebody is, in steps and in their own words.
type How struct {
	Mood   string `json:"mood" validate:"oneof=very_low low in_between good very_good" label:"your mood"`
	Sleep  string `json:"sleep" validate:"oneof=hardly badly so_so well very_well" label:"your sleep"`
	Energy string `json:"energy" validate:"oneof=none little some quite_a_lot plenty" label:"your energy"`
	Words  string `json:"words,omitempty" validate:"max=2000" label:"your words"`
}

// tell writes it into a check-in.
func (r Recovery) tell(one *CheckIn, how How) (err error) {
	one.Mood, one.Sleep, one.Energy, one.Words, one.Sealed = how.Mood, how.Sleep, how.Energy, strings.TrimSpace(how.Words), ""
	if one.Words != "" {
		one.Sealed, err = r.seal(one.Words, one.ID)
	}
	return err
}

// CheckIn notes how the actor is. Where their words say that they may be in
// danger the team is told, and they are shown whom to turn to.
func (r Recovery) CheckIn(ctx context.Context, s tenants.Scope, in How) (CheckIn, error) {
	if err := owned(s); err != nil {
		return CheckIn{}, err
	}
	one := CheckIn{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), At: s.Now, Version: 1}
	if err := r.tell(&one, in); err != nil {
		return CheckIn{}, err
	}
	if _, err := s.Insert(&one).Exec(ctx); err != nil {
		return CheckIn{}, err
	}
	return one, r.raise(ctx, s, one)
}

// pageSize is how many things a page lists.
const pageSize = 30

// Part asks for a part of a list, the latest first.
type Part struct {
	Before posts.Cursor `json:"before,omitzero"`
}

// Days are somebody's check-ins, the latest first.
type Days struct {
	CheckIns []CheckIn `json:"check_ins"`
	Older    string    `json:"older,omitempty"`
	Shared   *Share    `json:"shared,omitempty"` // nil while nobody else sees them
}

// CheckIns lists the actor's own.
func (r Recovery) CheckIns(ctx context.Context, s tenants.Scope, in Part) (Days, error) {
	all, err := r.checkIns(ctx, s, s.Actor.ID(), in.Before, nil)
	if err != nil {
		return Days{}, err
	}
	out := Days{CheckIns: all}
	if len(all) > pageSize {
		out.CheckIns = all[:pageSize]
		last := out.CheckIns[pageSize-1]
		out.Older = posts.Cursor{At: last.At, ID: last.ID}.String()
	}
	out.Shared, err = shareOf(ctx, s, s.Actor.ID(), ofCheckIns)
	return out, err
}

// OneCheckIn reads one of the actor's own.
func (r Recovery) OneCheckIn(ctx context.Context, s tenants.Scope, in ByID) (CheckIn, error) {
	return r.checkIn(ctx, s, in.ID, s.Actor.ID())
}

// ChangeHow is a check-in as it should have been.
type ChangeHow struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`
	How
}

// ChangeCheckIn changes one of the actor's own; when it was stays. Conflict if it
// changed since it was read.
func (r Recovery) ChangeCheckIn(ctx context.Context, s tenants.Scope, in ChangeHow) (CheckIn, error) {
	one, err := r.checkIn(ctx, s, in.ID, s.Actor.ID())
	if err != nil {
		return CheckIn{}, err
	}
	if err := r.tell(&one, in.How); err != nil {
		return CheckIn{}, err
	}
	one.Version = in.Version + 1
	err = tenants.Fresh(s.Update(&one).Column("mood", "sleep", "energy", "words_sealed", "version").
		Where("check_in.id = ?", one.ID).Where("check_in.version = ?", in.Version).Exec(ctx))
	if err != nil {
		return CheckIn{}, err
	}
	return one, r.raise(ctx, s, one)
}

// RemoveCheckIn removes one of the actor's own.
func (r Recovery) RemoveCheckIn(ctx context.Context, s tenants.Scope, in ByID) (Gone, error) {
	err := tenants.Touched(s.Delete((*CheckIn)(nil)).Where("id = ?", in.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx))
	return Gone{err == nil}, err
}
