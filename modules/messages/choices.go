package messages

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// choice is what a member chose about messages, and when they last used them.
type choice struct {
	bun.BaseModel `bun:"table:message_choices,alias:choice"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	Receipts bool      `bun:"receipts"`
	Presence bool      `bun:"presence"`
	SeenAt   time.Time `bun:"seen_at"`
}

const (
	hereFor   = 5 * time.Minute // after somebody used messages
	seenEvery = time.Minute     // a note of it is kept at most this often
)

// here tells whether others may know that they are here now, and they are.
func (c choice) here(now time.Time) bool { return c.Presence && now.Sub(c.SeenAt) < hereFor }

// chosen are some members' choices.
type chosen map[uuid.UUID]choice

// of is what a member chose, or what holds until they do.
func (c chosen) of(member uuid.UUID) choice {
	if found, ok := c[member]; ok {
		return found
	}
	return choice{MemberID: member, Receipts: true, Presence: true}
}

func choicesOf(ctx context.Context, s tenants.Scope, members []uuid.UUID) (chosen, error) {
	var rows []choice
	err := s.Select(&rows).Where("choice.member_id IN (?)", bun.List(members)).Scan(ctx)
	found := chosen{}
	for _, row := range rows {
		found[row.MemberID] = row
	}
	return found, err
}

// noteHere notes, later, that the actor uses messages.
func noteHere(s tenants.Scope) {
	if s.Actor.Member == nil {
		return
	}
	s.After(func(ctx context.Context, s tenants.Scope) error {
		row := chosen{}.of(s.Actor.ID())
		row.SeenAt = s.Now
		_, err := s.Insert(&row).On("CONFLICT (tenant_id, member_id) DO UPDATE").Set("seen_at = EXCLUDED.seen_at").
			Where("choice.seen_at < ?", s.Now.Add(-seenEvery)).Exec(ctx)
		return err
	})
}

// Choose is what a member wants of messages.
type Choose struct {
	Receipts bool `json:"receipts"`
	Presence bool `json:"presence"`
}

// Choices are what the actor chose.
type Choices struct {
	Choose
	// Offered tells whether the service shows at all that a message was read.
	Offered bool `json:"receipts_offered"`
}

// Choices reads them.
func (m Messages) Choices(ctx context.Context, s tenants.Scope, _ web.None) (Choices, error) {
	found, err := choicesOf(ctx, s, []uuid.UUID{s.Actor.ID()})
	if err != nil {
		return Choices{}, err
	}
	mine := found.of(s.Actor.ID())
	return Choices{Choose{mine.Receipts, mine.Presence}, settings(s).ReadReceipts}, nil
}

// Choose keeps them.
func (m Messages) Choose(ctx context.Context, s tenants.Scope, in Choose) (Choose, error) {
	row := choice{MemberID: s.Actor.ID(), Receipts: in.Receipts, Presence: in.Presence, SeenAt: s.Now}
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, member_id) DO UPDATE").
		Set("receipts = EXCLUDED.receipts").Set("presence = EXCLUDED.presence").Exec(ctx)
	return in, err
}
