package notifications

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/tenants"
)

// fate asks what became of a text that the provider took: whether there is such a
// telephone shows only later. The subject is the delivery.
var fate = tenants.Kind{Key: "notifications.fate", Queue: jobs.Bulk}

const (
	// firstAsked is when a text's fate is asked for first; then at twice that age, and
	// so on.
	firstAsked = 10 * time.Minute
	// lastAsked is the age at which it no longer is: providers try for three days.
	lastAsked = 4 * 24 * time.Hour
)

// askFate has the fate of a delivery asked for later; not if it is too old.
func askFate(ctx context.Context, s tenants.Scope, d Delivery) error {
	age := max(s.Now.Sub(*d.SentAt), firstAsked)
	if age > lastAsked {
		return nil
	}
	due := s.Now.Add(age)
	return s.Emit(ctx, fate, tenants.Event{Subject: d.ID, DueAt: &due})
}

// learn notes what became of a text.
func (n *Notifications) learn(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var d Delivery
	var to receiver
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if d, err = deliveryFor(ctx, s, e.Subject); err != nil {
			return err
		}
		person, err := memberOf(ctx, s, d.MemberID)
		to.account.ID = person.AccountID
		return err
	})
	if database.Missing(err) || err == nil && (d.State != Sent || !n.has(Text)) {
		return nil // they left, or there is nobody to ask
	}
	if err != nil {
		return err
	}
	was, err := n.outside.Text.Fate(ctx, d.ID.String())
	if err != nil {
		return err
	}
	switch was {
	case text.NoPhone:
		return n.became(ctx, s, &d, to, Bounced, string(was))
	case text.Lost:
		return n.became(ctx, s, &d, to, Failed, string(was))
	case text.Underway:
		return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return askFate(ctx, s, d) })
	}
	return nil
}
