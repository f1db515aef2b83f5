package recovery

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// what is a sort of thing that can be shared.
type what string

const (
	ofCheckIns what = "check_ins"
	ofPlan     what = "plan"
	ofGoals    what = "goals"
	ofCourses  what = "courses"
	ofMeasures what = "measures" // clinicians asked for them, so they see them
)

// shareable are all of them, as they are offered. A journal never is.
var shareable = []struct {
	key         what
	name, about string
	dated       bool // a part of its time can be shared
}{
	{ofCheckIns, "My check-ins", "How you were on the days that you choose, with your words.", true},
	{ofPlan, "My safety plan", "Its newest version. Whoever of the team looks after you when it is bad can open it too.", false},
	{ofGoals, "My goals", "What you want to reach, with its steps and how near you felt.", false},
	{ofCourses, "My course exercises", "What you write into the exercises of courses. Which courses you take stays with you.", false},
}

// Share is that a member shows something to the clinicians of their service.
type Share struct {
	bun.BaseModel `bun:"table:recovery_shares,alias:share"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid" json:"-"`
	What     what      `bun:"what,pk" json:"what"`
	// From and Until are days in London, inclusive; empty for no limit.
	From     string    `bun:"from_day" json:"from,omitempty"`
	Until    string    `bun:"until_day" json:"until,omitempty"`
	SharedAt time.Time `bun:"shared_at" json:"shared_at"`
}

// NewShare shares all of something from now on.
func NewShare(key string, now time.Time) Share { return Share{What: what(key), SharedAt: now} }

// look is that somebody of the team saw what a member shares.
type look struct {
	bun.BaseModel `bun:"table:recovery_looks,alias:look"`
	tenants.InService

	ID       uuid.UUID `bun:"id,pk,type:uuid"`
	MemberID uuid.UUID `bun:"member_id,type:uuid"`
	What     what      `bun:"what"`
	ByID     uuid.UUID `bun:"by_id,type:uuid"`
	At       time.Time `bun:"at"`

	By *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:by_id=id"`
}

// Seen says to a member who looked, and when.
type Seen struct {
	What what            `json:"what"`
	By   *tenants.Person `json:"by"`
	At   time.Time       `json:"at"`
}

// Sharing is what the actor shares, and who looked.
type Sharing struct {
	Shares []Share `json:"shares"`
	Seen   []Seen  `json:"seen"` // the latest first
}

// on is the share of something; nil if it is not shared.
func (x Sharing) on(key what) *Share {
	for i := range x.Shares {
		if x.Shares[i].What == key {
			return &x.Shares[i]
		}
	}
	return nil
}

// Sharing shows what the actor shares.
func (r Recovery) Sharing(ctx context.Context, s tenants.Scope, _ web.None) (out Sharing, err error) {
	if out.Shares, err = sharesOf(ctx, s, s.Actor.ID()); err != nil {
		return out, err
	}
	out.Seen, err = seen(ctx, s, "")
	return out, err
}

// ToShare is what clinicians are to see from now on, or no more.
type ToShare struct {
	What  what   `json:"what" validate:"oneof=check_ins plan goals courses" label:"what you share"`
	On    bool   `json:"on"`
	From  string `json:"from,omitempty" validate:"omitempty,datetime=2006-01-02" label:"the first day"`
	Until string `json:"until,omitempty" validate:"omitempty,datetime=2006-01-02" label:"the last day"`
}

// Share shows something to the clinicians of the service, or to nobody again.
func (r Recovery) Share(ctx context.Context, s tenants.Scope, in ToShare) (Sharing, error) {
	if err := owned(s); err != nil {
		return Sharing{}, err
	}
	if in.What != ofCheckIns { // all else is shared as it stands
		in.From, in.Until = "", ""
	}
	if in.From != "" && in.Until != "" && in.Until < in.From {
		return Sharing{}, fault.Bad("until", "The last day cannot be before the first one.")
	}
	if err := keepShare(ctx, s, Share{MemberID: s.Actor.ID(), What: in.What, From: in.From, Until: in.Until, SharedAt: s.Now}, in.On); err != nil {
		return Sharing{}, err
	}
	return r.Sharing(ctx, s, web.None{})
}
