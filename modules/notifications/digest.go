package notifications

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// inBatch is how many digests are made in one transaction.
const inBatch = 200

// digests makes all that are due in the service.
func (n *Notifications) digests(ctx context.Context, s tenants.Scope) error {
	for ctx.Err() == nil {
		due := false
		err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
			due, err = anyDigestDue(ctx, s)
			return err
		})
		if err != nil || !due {
			return err
		}
		made := 0
		err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
			made, err = n.batch(ctx, s)
			return err
		})
		if err != nil || made == 0 {
			return err
		}
	}
	return ctx.Err()
}

// batch makes digests and, in the same transaction, sets when the next are due:
// whatever breaks, there is one for each member and slot.
func (n *Notifications) batch(ctx context.Context, s tenants.Scope) (int, error) {
	due, err := dueDigests(ctx, s, inBatch)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	ids := make([]uuid.UUID, len(due))
	for i, mine := range due {
		ids[i] = mine.MemberID
	}
	people, err := membersOf(ctx, s, ids)
	if err != nil {
		return 0, err
	}
	var deliveries []Delivery
	next := map[time.Time][]uuid.UUID{}
	var ended []uuid.UUID
	for _, mine := range due {
		at := slices.IndexFunc(people, func(p tenants.Person) bool { return p.ID == mine.MemberID })
		if mine.next(s.Now); at < 0 || mine.NextDigestAt == nil {
			ended = append(ended, mine.MemberID)
			continue
		}
		next[*mine.NextDigestAt] = append(next[*mine.NextDigestAt], mine.MemberID)
		if people[at].Away(s.Now) {
			continue
		}
		counts, err := n.digestOf(ctx, s.As(people[at]), mine)
		if err != nil {
			return 0, err
		}
		if counts != "" && n.has(Email) {
			deliveries = append(deliveries, Delivery{MemberID: mine.MemberID, Channel: Email, Kind: digestKind, Path: "/notifications", Counts: counts, DueAt: s.Now})
		}
	}
	for when, members := range next {
		if err := advance(ctx, s, members, &when); err != nil {
			return 0, err
		}
	}
	if len(ended) > 0 {
		if err := advance(ctx, s, ended, nil); err != nil {
			return 0, err
		}
	}
	if err := digested(ctx, s, ids); err != nil {
		return 0, err
	}
	return len(due), queue(ctx, s, deliveries)
}

// digestOf counts what a digest would tell the actor now; empty for nothing.
func (n *Notifications) digestOf(ctx context.Context, s tenants.Scope, mine Settings) (string, error) {
	groups, err := n.waiting(ctx, s)
	groups = slices.DeleteFunc(groups, func(g group) bool {
		k, _ := kindOf(g.Kind)
		return mine.When(k, Email) != Digest
	})
	return counted(groups), err
}

// Preview is what the actor's digest would say if it were sent now.
type Preview struct {
	Digest string `json:"digest"` // off, daily or weekly
	// Counts is all that the email says; empty if none would be sent.
	Counts string    `json:"counts"`
	Next   time.Time `json:"next_digest_at,omitzero"`
}

// Preview shows the actor's next digest as it stands.
func (n *Notifications) Preview(ctx context.Context, s tenants.Scope, _ web.None) (out Preview, err error) {
	if s.Actor.Member == nil {
		return out, notAMember()
	}
	mine, err := settingsOf(ctx, s, s.Actor.ID())
	if err != nil {
		return out, err
	}
	out.Digest = mine.Digest
	if mine.NextDigestAt != nil {
		out.Next = *mine.NextDigestAt
	}
	out.Counts, err = n.digestOf(ctx, s, mine)
	return out, err
}

// keptRead is how long what has been read, or has gone out, is kept.
const keptRead = 90 * 24 * time.Hour

// tidy forgets what nobody looks for any more.
func tidy(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return forget(ctx, s, s.Now.Add(-keptRead)) })
}
