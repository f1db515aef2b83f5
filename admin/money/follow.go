package money

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// follow tells the onboarding programmes of a trust's services how far their money
// has come, as far as they were told otherwise. What fails the round does again.
func (m Money) follow(ctx context.Context, trust uuid.UUID) {
	if err := m.Follow(ctx, trust, false); err != nil {
		m.Log.WarnContext(ctx, "an onboarding programme could not be told", slog.String("trust", trust.String()), slog.Any("cause", err))
	}
}

// Follow tells the programmes of a trust or, for the zero UUID, of all; with anew
// also those that were told the same before: a programme may have begun since.
func (m Money) Follow(ctx context.Context, trust uuid.UUID, anew bool) error {
	due, err := m.untold(ctx, trust, anew)
	if err != nil {
		return err
	}
	var failed error // one trust's trouble keeps no other waiting
	for _, row := range due {
		err := m.Tell(ctx, row.TrustID, row.ServiceID, string(row.Stage), int64(row.Pence), row.Stage != Nothing)
		if err == nil {
			err = m.write(ctx, func(ctx context.Context, rows store) error {
				row.ToldAt = rows.now
				return rows.keepSaid(ctx, row)
			})
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// untold is what programmes are to be told.
func (m Money) untold(ctx context.Context, trust uuid.UUID, anew bool) (due []said, err error) {
	return due, m.read(ctx, func(ctx context.Context, rows store) error {
		deals, err := rows.deals(ctx, trust)
		if err != nil {
			return err
		}
		invoices, err := rows.invoices(ctx, trust)
		if err != nil {
			return err
		}
		before, err := rows.said(ctx, trust)
		if err != nil {
			return err
		}
		type place struct{ trust, service uuid.UUID }
		told, now := map[place]said{}, map[place]standing{}
		for _, row := range before {
			told[place{row.TrustID, row.ServiceID}] = row
		}
		of := map[uuid.UUID][]Deal{}
		for _, deal := range deals {
			of[deal.TrustID] = append(of[deal.TrustID], deal)
		}
		for trust, deals := range of {
			for service, stands := range standings(deals, invoices, m.today()) {
				now[place{trust, service}] = stands
			}
		}
		for at, stands := range now {
			if row, was := told[at]; anew || !was || row.Stage != stands.Stage || row.Pence != stands.Pence {
				due = append(due, said{TrustID: at.trust, ServiceID: at.service, Stage: stands.Stage, Pence: stands.Pence})
			}
		}
		for at := range told {
			if _, still := now[at]; !still {
				due = append(due, said{TrustID: at.trust, ServiceID: at.service})
			}
		}
		return nil
	})
}

// The facts about when the round did what it does seldom.
const (
	factFollowed   = "followed"
	factCompared   = "stripe:compared"
	factComparison = "stripe:comparing"
)

// Round is what the platform's workers do about money, often: it asks Stripe for
// what is due, takes in what Stripe told, notices what is overdue by today, and
// once a day compares what is known with what Stripe has.
func (m Money) Round(ctx context.Context) error {
	if err := m.Events(ctx); err != nil {
		return err
	}
	if err := m.Calls(ctx); err != nil {
		return err
	}
	if err := m.Follow(ctx, uuid.Nil, false); err != nil {
		return err
	}
	if hour, err := m.since(ctx, factFollowed, time.Hour); err != nil {
		return err
	} else if hour {
		if err := m.Follow(ctx, uuid.Nil, true); err != nil {
			return err
		}
	}
	return m.compareDaily(ctx)
}

// since tells whether something is due, and notes that it is done now. Of several
// workers one is told so.
func (m Money) since(ctx context.Context, name string, every time.Duration) (due bool, err error) {
	return due, m.write(ctx, func(ctx context.Context, rows store) (err error) {
		due, err = rows.take(ctx, name, every)
		return err
	})
}
