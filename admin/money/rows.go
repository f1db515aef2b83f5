package money

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Way is how a trust pays.
type Way string

// The ways.
const (
	ByStripe Way = "stripe"
	ByHand   Way = "hand"
)

// payer is who pays for a trust.
type payer struct {
	bun.BaseModel `bun:"table:platform_payers,alias:payer"`

	TrustID       uuid.UUID `bun:"trust_id,pk,type:uuid"`
	Way           Way       `bun:"way"`
	BillingSealed string    `bun:"billing_sealed"`
	StripeID      string    `bun:"stripe_id"`
	Version       int       `bun:"version"`
	ChangedAt     time.Time `bun:"changed_at"`
}

// Line is one of a quote. Amounts are without VAT.
type Line struct {
	ServiceID uuid.UUID `json:"service_id"`
	Service   string    `json:"service"`
	Words     string    `json:"words"`
	Pence     Pence     `json:"pence"`
	Yearly    bool      `json:"yearly"`
}

// Deal is a quote for one or more services of a trust, and what came of it.
type Deal struct {
	bun.BaseModel `bun:"table:platform_deals,alias:deal"`

	ID                uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	TrustID           uuid.UUID  `bun:"trust_id,type:uuid" json:"trust_id"`
	Number            string     `bun:"number" json:"number"`
	Lines             []Line     `bun:"lines,type:jsonb" json:"lines"`
	VAT               int        `bun:"vat" json:"vat"`
	DueDays           int        `bun:"due_days" json:"due_days"`
	ValidUntil        Day        `bun:"valid_until" json:"valid_until"`
	SentOn            Day        `bun:"sent_on" json:"sent_on"`
	OrderNumber       string     `bun:"order_number" json:"order_number"`
	OrderedOn         Day        `bun:"ordered_on" json:"ordered_on"`
	WithdrawnAt       *time.Time `bun:"withdrawn_at" json:"withdrawn_at"`
	SubscriptionID    string     `bun:"subscription_id" json:"subscription_id"`
	SubscriptionState string     `bun:"subscription_state" json:"subscription_state"`
	SubscriptionTold  int64      `bun:"subscription_told" json:"-"`
	MadeBy            *uuid.UUID `bun:"made_by,type:uuid" json:"-"`
	MadeAt            time.Time  `bun:"made_at" json:"made_at"`
	Version           int        `bun:"version" json:"version"`
}

// Net is what the lines come to without VAT, and Tax the VAT on each of them.
func (d Deal) Net() (sum Pence) {
	for _, line := range d.Lines {
		sum += line.Pence
	}
	return sum
}

// Tax is told with Net.
func (d Deal) Tax() (sum Pence) {
	for _, line := range d.Lines {
		sum += tax(line.Pence, d.VAT)
	}
	return sum
}

// Total is what is to be paid.
func (d Deal) Total() Pence { return d.Net() + d.Tax() }

// Yearly tells whether something of it is paid every year.
func (d Deal) Yearly() bool {
	return slices.ContainsFunc(d.Lines, func(line Line) bool { return line.Yearly })
}

// of is what the lines of a service come to without VAT; false if it has none.
func (d Deal) of(service uuid.UUID) (sum Pence, has bool) {
	for _, line := range d.Lines {
		if line.ServiceID == service {
			sum, has = sum+line.Pence, true
		}
	}
	return sum, has
}

// State is how an invoice stands, in Stripe's words but for the first.
type State string

// The states.
const (
	Asked         State = "asked" // Stripe is being asked for it
	Draft         State = "draft"
	Open          State = "open"
	Paid          State = "paid"
	Void          State = "void"
	Uncollectible State = "uncollectible"
)

// rank is how far an invoice has come. It never goes back.
var rank = map[State]int{Asked: 0, Draft: 1, Open: 2, Uncollectible: 3, Paid: 4, Void: 4}

// Invoice is one of a deal. Amounts are with VAT.
type Invoice struct {
	bun.BaseModel `bun:"table:platform_invoices,alias:invoice"`

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	TrustID  uuid.UUID  `bun:"trust_id,type:uuid" json:"trust_id"`
	DealID   uuid.UUID  `bun:"deal_id,type:uuid" json:"deal_id"`
	Way      Way        `bun:"way" json:"way"`
	Number   string     `bun:"number" json:"number"`
	StripeID string     `bun:"stripe_id" json:"stripe_id,omitempty"`
	State    State      `bun:"state" json:"state"`
	Pence    Pence      `bun:"pence" json:"pence"`
	Paid     Pence      `bun:"paid" json:"paid"`
	Credited Pence      `bun:"credited" json:"credited"`
	Owed     Pence      `bun:"owed" json:"owed"`
	IssuedOn Day        `bun:"issued_on" json:"issued_on"`
	DueOn    Day        `bun:"due_on" json:"due_on"`
	PaidOn   Day        `bun:"paid_on" json:"paid_on"`
	Link     string     `bun:"link" json:"link,omitempty"` // Stripe's page of it
	Told     int64      `bun:"told" json:"-"`
	MadeBy   *uuid.UUID `bun:"made_by,type:uuid" json:"-"`
	MadeAt   time.Time  `bun:"made_at" json:"made_at"`
}

// late tells whether it should have been paid before a day.
func (i Invoice) late(today Day) bool {
	return (i.State == Open || i.State == Uncollectible) && i.Owed > 0 && i.DueOn != "" && i.DueOn < today
}

// Payment is one that somebody noted.
type Payment struct {
	bun.BaseModel `bun:"table:platform_payments,alias:payment"`

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	InvoiceID uuid.UUID  `bun:"invoice_id,type:uuid" json:"-"`
	Pence     Pence      `bun:"pence" json:"pence"`
	PaidOn    Day        `bun:"paid_on" json:"paid_on"`
	Reference string     `bun:"reference" json:"reference"`
	NotedBy   *uuid.UUID `bun:"noted_by,type:uuid" json:"-"`
	NotedAt   time.Time  `bun:"noted_at" json:"noted_at"`
}

// CreditNote takes something off an invoice.
type CreditNote struct {
	bun.BaseModel `bun:"table:platform_credit_notes,alias:credit"`

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	InvoiceID uuid.UUID  `bun:"invoice_id,type:uuid" json:"-"`
	Number    string     `bun:"number" json:"number"`
	StripeID  string     `bun:"stripe_id" json:"stripe_id,omitempty"`
	State     string     `bun:"state" json:"state"` // asked, issued or void
	Pence     Pence      `bun:"pence" json:"pence"`
	Reason    string     `bun:"reason" json:"reason"`
	Told      int64      `bun:"told" json:"-"`
	MadeBy    *uuid.UUID `bun:"made_by,type:uuid" json:"-"`
	MadeAt    time.Time  `bun:"made_at" json:"made_at"`
}

// Call is something that Stripe is to be asked for.
type Call struct {
	bun.BaseModel `bun:"table:platform_stripe_calls,alias:call"`

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	Kind      string     `bun:"kind" json:"kind"`
	TrustID   uuid.UUID  `bun:"trust_id,type:uuid" json:"trust_id"`
	DealID    uuid.UUID  `bun:"deal_id,type:uuid" json:"deal_id"`
	SubjectID uuid.UUID  `bun:"subject_id,type:uuid" json:"subject_id"`
	Tries     int        `bun:"tries" json:"tries"`
	Turn      int        `bun:"turn" json:"-"`
	Problem   string     `bun:"problem" json:"problem"`
	DueAt     time.Time  `bun:"due_at" json:"due_at"`
	DoneAt    *time.Time `bun:"done_at" json:"done_at"`
	StoppedAt *time.Time `bun:"stopped_at" json:"stopped_at"`
	MadeAt    time.Time  `bun:"made_at" json:"made_at"`
}

// event is what Stripe told us, once.
type event struct {
	bun.BaseModel `bun:"table:platform_stripe_events,alias:event"`

	ID     string     `bun:"id,pk"`
	Kind   string     `bun:"kind"`
	Told   told       `bun:"told,type:jsonb"`
	CameAt time.Time  `bun:"came_at"`
	DoneAt *time.Time `bun:"done_at"`
}

// fact is a single one by name.
type fact struct {
	bun.BaseModel `bun:"table:platform_money_facts,alias:fact"`

	Name   string    `bun:"name,pk"`
	Number int64     `bun:"number"`
	Words  string    `bun:"words"`
	At     time.Time `bun:"at"`
}

// said is what the programme of a service was told last.
type said struct {
	bun.BaseModel `bun:"table:platform_money_told,alias:said"`

	TrustID   uuid.UUID `bun:"trust_id,pk,type:uuid"`
	ServiceID uuid.UUID `bun:"service_id,pk,type:uuid"`
	Stage     Stage     `bun:"stage"`
	Pence     Pence     `bun:"pence"`
	ToldAt    time.Time `bun:"told_at"`
}

// Deed is something that was done about money.
type Deed struct {
	bun.BaseModel `bun:"table:platform_money_log,alias:deed"`

	ID      uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	At      time.Time  `bun:"at" json:"at"`
	StaffID *uuid.UUID `bun:"staff_id,type:uuid" json:"-"`
	TrustID uuid.UUID  `bun:"trust_id,type:uuid" json:"-"`
	DealID  *uuid.UUID `bun:"deal_id,type:uuid" json:"-"`
	Action  string     `bun:"action" json:"action"`
	Words   string     `bun:"words" json:"words,omitempty"`
	Who     string     `bun:"who,scanonly" json:"who,omitempty"` // empty for what Stripe told and what the clock brought
}
