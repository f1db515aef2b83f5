package money

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// store is the platform's tables of money within one transaction.
type store struct {
	db  bun.IDB
	now time.Time
}

// within turns work on the store into work on a transaction.
func (m Money) within(fn func(context.Context, store) error) func(context.Context, bun.IDB) error {
	return func(ctx context.Context, db bun.IDB) error { return fn(ctx, store{db, m.Clock.Now()}) }
}

// locking has a row kept from others until the transaction ends. SQLite has one
// writer and needs no such thing.
func (s store) locking(q *bun.SelectQuery) *bun.SelectQuery {
	if q.Dialect().Name() == dialect.PG {
		return q.For("UPDATE")
	}
	return q
}

// book is the price book in force.
func (s store) book(ctx context.Context) (out PriceBook, err error) {
	var row struct {
		edition
		Who string `bun:"who"`
	}
	err = s.db.NewSelect().TableExpr("platform_price_books AS edition").ColumnExpr("edition.*, COALESCE(staff.name, '') AS who").
		Join("LEFT JOIN platform_staff AS staff ON staff.id = edition.changed_by").OrderExpr("edition.version DESC").Limit(1).Scan(ctx, &row)
	if database.Missing(err) {
		return PriceBook{Book: usual}, nil
	}
	return PriceBook{Book: row.Book, Version: row.Version, ChangedAt: &row.ChangedAt, ChangedBy: row.Who}, err
}

// publish writes a version of the book. Stale if there is one.
func (s store) publish(ctx context.Context, next edition) error {
	return tenants.Fresh(s.db.NewInsert().Model(&next).On("CONFLICT DO NOTHING").Exec(ctx))
}

// payer reads who pays for a trust; the zero row if nobody wrote it.
func (s store) payer(ctx context.Context, trust uuid.UUID) (row payer, err error) {
	err = s.db.NewSelect().Model(&row).Where("trust_id = ?", trust).Scan(ctx)
	if database.Missing(err) {
		return payer{TrustID: trust}, nil
	}
	return row, err
}

// keepPayer writes who pays. Stale if it changed since a version; 0 where there was none.
func (s store) keepPayer(ctx context.Context, row payer, since int) error {
	if since == 0 {
		return tenants.Fresh(s.db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	}
	return tenants.Fresh(s.db.NewUpdate().Model(&row).ExcludeColumn("stripe_id").WherePK().Where("version = ?", since).Exec(ctx))
}

// nameCustomer keeps what Stripe calls a trust, unless it is kept already.
func (s store) nameCustomer(ctx context.Context, trust uuid.UUID, id string) error {
	_, err := s.db.NewUpdate().Model((*payer)(nil)).Set("stripe_id = ?", id).Where("trust_id = ?", trust).Where("stripe_id = ''").Exec(ctx)
	return err
}

// deals are those of a trust or, for the zero UUID, of all, the newest first.
func (s store) deals(ctx context.Context, trust uuid.UUID) (all []Deal, err error) {
	q := s.db.NewSelect().Model(&all).OrderExpr("deal.made_at DESC, deal.id DESC")
	if trust != uuid.Nil {
		q.Where("deal.trust_id = ?", trust)
	}
	return all, q.Scan(ctx)
}

// deal reads a deal of a trust. NotFound if there is none.
func (s store) deal(ctx context.Context, trust, id uuid.UUID) (row Deal, err error) {
	return row, missing(s.db.NewSelect().Model(&row).Where("deal.id = ?", id).Where("deal.trust_id = ?", trust).Scan(ctx))
}

// alone is deal for a command: those who change a deal, or an invoice of it, take turns.
func (s store) alone(ctx context.Context, id uuid.UUID) (row Deal, err error) {
	return row, missing(s.locking(s.db.NewSelect().Model(&row).Where("deal.id = ?", id)).Scan(ctx))
}

func missing(err error) error {
	if database.Missing(err) {
		return fault.Missing()
	}
	return err
}

func (s store) add(ctx context.Context, row any) error {
	_, err := s.db.NewInsert().Model(row).Exec(ctx)
	return err
}

// put writes all of a row that is locked.
func (s store) put(ctx context.Context, row any) error {
	return tenants.Touched(s.db.NewUpdate().Model(row).WherePK().Exec(ctx))
}

// invoices are those of a trust or, for the zero UUID, of all, the oldest first.
func (s store) invoices(ctx context.Context, trust uuid.UUID) (all []Invoice, err error) {
	q := s.db.NewSelect().Model(&all).OrderExpr("invoice.made_at, invoice.id")
	if trust != uuid.Nil {
		q.Where("invoice.trust_id = ?", trust)
	}
	return all, q.Scan(ctx)
}

func (s store) invoicesOf(ctx context.Context, deal uuid.UUID) (all []Invoice, err error) {
	return all, s.db.NewSelect().Model(&all).Where("invoice.deal_id = ?", deal).OrderExpr("invoice.made_at, invoice.id").Scan(ctx)
}

// invoice reads one of a deal. NotFound if there is none.
func (s store) invoice(ctx context.Context, deal, id uuid.UUID) (row Invoice, err error) {
	return row, missing(s.db.NewSelect().Model(&row).Where("invoice.id = ?", id).Where("invoice.deal_id = ?", deal).Scan(ctx))
}

// invoiceBy finds one by what Stripe calls it; false if there is none.
func (s store) invoiceBy(ctx context.Context, stripe string) (row Invoice, found bool, err error) {
	err = s.db.NewSelect().Model(&row).Where("invoice.stripe_id = ?", stripe).Scan(ctx)
	if database.Missing(err) {
		return row, false, nil
	}
	return row, err == nil, err
}

func (s store) payments(ctx context.Context, invoices []uuid.UUID) (all []Payment, err error) {
	if len(invoices) == 0 {
		return nil, nil
	}
	return all, s.db.NewSelect().Model(&all).Where("invoice_id IN (?)", bun.List(invoices)).OrderExpr("paid_on, id").Scan(ctx)
}

func (s store) credits(ctx context.Context, invoices []uuid.UUID) (all []CreditNote, err error) {
	if len(invoices) == 0 {
		return nil, nil
	}
	return all, s.db.NewSelect().Model(&all).Where("invoice_id IN (?)", bun.List(invoices)).OrderExpr("made_at, id").Scan(ctx)
}

// creditBy finds a credit note by our id or by what Stripe calls it; false if there is none.
func (s store) creditBy(ctx context.Context, ours uuid.UUID, stripe string) (row CreditNote, found bool, err error) {
	q := s.db.NewSelect().Model(&row)
	if ours != uuid.Nil {
		q.Where("credit.id = ?", ours)
	} else {
		q.Where("credit.stripe_id = ?", stripe)
	}
	err = q.Scan(ctx)
	if database.Missing(err) {
		return row, false, nil
	}
	return row, err == nil, err
}

// dealBy finds the deal of a subscription; false if there is none.
func (s store) dealBy(ctx context.Context, ours uuid.UUID, subscription string) (row Deal, found bool, err error) {
	q := s.db.NewSelect().Model(&row)
	switch {
	case ours != uuid.Nil:
		q.Where("deal.id = ?", ours)
	case subscription != "":
		q.Where("deal.subscription_id = ?", subscription)
	default:
		return row, false, nil
	}
	err = s.locking(q).Scan(ctx)
	if database.Missing(err) {
		return row, false, nil
	}
	return row, err == nil, err
}

// calls are those of a deal that are not done.
func (s store) calls(ctx context.Context, deal uuid.UUID) (all []Call, err error) {
	return all, s.db.NewSelect().Model(&all).Where("call.deal_id = ?", deal).Where("call.done_at IS NULL").OrderExpr("call.made_at, call.id").Scan(ctx)
}

// openCalls are those of all trusts that are not done, at most so many.
func (s store) openCalls(ctx context.Context, many int) (all []Call, err error) {
	return all, s.db.NewSelect().Model(&all).Where("call.done_at IS NULL").OrderExpr("call.due_at, call.id").Limit(int64(many)).Scan(ctx)
}

// claim takes the next call that is due and keeps it from other workers for a
// while; false if none is.
func (s store) claim(ctx context.Context) (row Call, found bool, err error) {
	q := s.db.NewSelect().Model(&row).Where("call.done_at IS NULL").Where("call.stopped_at IS NULL").Where("call.due_at <= ?", s.now).OrderExpr("call.due_at, call.id").Limit(1)
	if q.Dialect().Name() == dialect.PG {
		q.For("UPDATE SKIP LOCKED")
	}
	if err = q.Scan(ctx); database.Missing(err) {
		return row, false, nil
	}
	if err != nil {
		return row, false, err
	}
	row.Tries++
	row.DueAt = s.now.Add(lease)
	return row, true, s.put(ctx, &row)
}

// callOf reads a call of a trust that is not done. NotFound if there is none.
func (s store) callOf(ctx context.Context, trust, id uuid.UUID) (row Call, err error) {
	return row, missing(s.locking(s.db.NewSelect().Model(&row).Where("call.id = ?", id).Where("call.trust_id = ?", trust).Where("call.done_at IS NULL")).Scan(ctx))
}

// keepEvent writes what Stripe told; false if it told it before.
func (s store) keepEvent(ctx context.Context, row event) (bool, error) {
	err := tenants.Touched(s.db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// openEvents are those about something that was not known, the latest first.
func (s store) openEvents(ctx context.Context, many int) (all []event, err error) {
	return all, s.db.NewSelect().Model(&all).Where("event.done_at IS NULL").OrderExpr("event.came_at DESC, event.id").Limit(int64(many)).Scan(ctx)
}

func (s store) closeEvent(ctx context.Context, id string) error {
	_, err := s.db.NewUpdate().Model((*event)(nil)).Set("done_at = ?", s.now).Where("id = ?", id).Exec(ctx)
	return err
}

// fact reads a fact by its name; the zero row if there is none.
func (s store) fact(ctx context.Context, name string) (row fact, err error) {
	err = s.db.NewSelect().Model(&row).Where("fact.name = ?", name).Scan(ctx)
	if database.Missing(err) {
		return fact{}, nil
	}
	return row, err
}

func (s store) keepFact(ctx context.Context, name, words string, number int64) error {
	row := fact{Name: name, Number: number, Words: words, At: s.now}
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").Set("words = EXCLUDED.words").Set("number = EXCLUDED.number").Set("at = EXCLUDED.at").Exec(ctx)
	return err
}

// next gives out numbers from 1, each once.
func (s store) next(ctx context.Context, name string) (n int64, err error) {
	row := fact{Name: name, Number: 1, At: s.now}
	_, err = s.db.NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").Set("number = fact.number + 1").Set("at = EXCLUDED.at").Returning("number").Exec(ctx, &n)
	return n, err
}

// said is what the programmes of a trust's services were told or, for the zero
// UUID, those of all.
func (s store) said(ctx context.Context, trust uuid.UUID) (all []said, err error) {
	q := s.db.NewSelect().Model(&all)
	if trust != uuid.Nil {
		q.Where("trust_id = ?", trust)
	}
	return all, q.Scan(ctx)
}

func (s store) keepSaid(ctx context.Context, row said) error {
	if row.Stage == Nothing {
		_, err := s.db.NewDelete().Model((*said)(nil)).Where("trust_id = ?", row.TrustID).Where("service_id = ?", row.ServiceID).Exec(ctx)
		return err
	}
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (trust_id, service_id) DO UPDATE").
		Set("stage = EXCLUDED.stage").Set("pence = EXCLUDED.pence").Set("told_at = EXCLUDED.told_at").Exec(ctx)
	return err
}

// note writes down what was done.
func (s store) note(ctx context.Context, who *uuid.UUID, trust uuid.UUID, deal *uuid.UUID, action, words string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return s.add(ctx, &Deed{ID: id, At: s.now, StaffID: who, TrustID: trust, DealID: deal, Action: action, Words: words})
}

// deeds are what was done about a trust's money or, if deal is not nil, about one
// deal, the latest first.
func (s store) deeds(ctx context.Context, trust uuid.UUID, deal *uuid.UUID, many int) (all []Deed, err error) {
	q := s.db.NewSelect().TableExpr("platform_money_log AS deed").ColumnExpr("deed.*, COALESCE(staff.name, '') AS who").
		Join("LEFT JOIN platform_staff AS staff ON staff.id = deed.staff_id").Where("deed.trust_id = ?", trust)
	if deal != nil {
		q.Where("deed.deal_id = ?", *deal)
	}
	return all, q.OrderExpr("deed.at DESC, deed.id DESC").Limit(int64(many)).Scan(ctx, &all)
}

// names are those of a trust's services, as the portfolio has them.
func (s store) names(ctx context.Context, trust uuid.UUID) (all []Service, err error) {
	return all, s.db.NewSelect().TableExpr("platform_services").ColumnExpr("service_id AS id, name").Where("trust_id = ?", trust).OrderExpr("name").Scan(ctx, &all)
}

// take tells whether a time has passed since a fact, and makes it one of now. Of
// several who ask, one is told so.
func (s store) take(ctx context.Context, name string, every time.Duration) (bool, error) {
	row := fact{Name: name, At: s.now}
	err := tenants.Touched(s.db.NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").Set("at = EXCLUDED.at").Where("fact.at <= ?", s.now.Add(-every)).Exec(ctx))
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// forget has facts be of long ago.
func (s store) forget(ctx context.Context, names ...string) error {
	_, err := s.db.NewUpdate().Model((*fact)(nil)).Set("at = ?", time.Unix(0, 0).UTC()).Where("name IN (?)", bun.List(names)).Exec(ctx)
	return err
}

// closeForeign gives up events that are about nothing that we know since a time.
func (s store) closeForeign(ctx context.Context, before time.Time) error {
	_, err := s.db.NewUpdate().Model((*event)(nil)).Set("done_at = ?", s.now).Where("done_at IS NULL").Where("came_at < ?", before).Exec(ctx)
	return err
}
