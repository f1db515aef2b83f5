// Package identity keeps who members are outside: name, date of birth, NHS number
// and phone, sealed and apart from the handle that peers see. A clinician of the
// member's own service looks it up with a reason, and that is on record.
package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Identity is who somebody is. What is not known is empty. The email is the
// account's own.
type Identity struct {
	Name      string `json:"name,omitempty"`
	BornOn    string `json:"born_on,omitempty"`    // 1990-05-17
	NHSNumber string `json:"nhs_number,omitempty"` // ten digits
	Phone     string `json:"phone,omitempty"`      // +447700900123
}

// Given is an identity as somebody types it. All of it may be left out.
type Given struct {
	Name      string `json:"name" validate:"max=200" label:"a name"`
	BornOn    string `json:"born_on" validate:"max=30" label:"a date of birth"`
	NHSNumber string `json:"nhs_number" validate:"max=30" label:"an NHS number"`
	Phone     string `json:"phone" validate:"max=30" label:"a phone number"`
}

// Read makes an identity of what was typed. Invalid names every field that will not do.
func (g Given) Read(now time.Time) (Identity, error) {
	out := Identity{Name: plain(g.Name)}
	wrong := &fault.Error{Code: fault.Invalid, Message: "Some of what you entered needs a change."}
	for _, part := range []struct {
		name, given string
		into        *string
		read        func(string) (string, string)
	}{
		{"born_on", g.BornOn, &out.BornOn, func(text string) (string, string) { return birth(text, now) }},
		{"nhs_number", g.NHSNumber, &out.NHSNumber, nhsNumber},
		{"phone", g.Phone, &out.Phone, phone},
	} {
		if plain(part.given) == "" {
			continue
		}
		value, complaint := part.read(part.given)
		if *part.into = value; complaint != "" {
			wrong.Fields = append(wrong.Fields, fault.Field{Name: part.name, Message: complaint})
		}
	}
	if len(wrong.Fields) > 0 {
		return Identity{}, wrong
	}
	return out, nil
}

// With is the identity with what more tells laid over it.
func (i Identity) With(more Identity) Identity {
	for _, part := range []struct {
		into *string
		from string
	}{{&i.Name, more.Name}, {&i.BornOn, more.BornOn}, {&i.NHSNumber, more.NHSNumber}, {&i.Phone, more.Phone}} {
		if part.from != "" {
			*part.into = part.from
		}
	}
	return i
}

// Kept is an account's row.
type Kept struct {
	bun.BaseModel `bun:"table:identities,alias:identity"`
	tenants.InTrust

	AccountID       uuid.UUID  `bun:"account_id,pk,type:uuid"`
	Sealed          string     `bun:"sealed"`
	NHSLookup       string     `bun:"nhs_lookup"`
	PhoneVerifiedAt *time.Time `bun:"phone_verified_at"`
	PhoneRefusedAt  *time.Time `bun:"phone_refused_at"` // when it last took no text
	UpdatedAt       time.Time  `bun:"updated_at"`
}

// Archive seals and opens identities.
type Archive struct{ Keys crypt.Keys }

// Seal is an identity as one text that opens only for the same row.
func (a Archive) Seal(who Identity, row uuid.UUID) (string, error) {
	return a.Keys.SealValue(who, row.String())
}

// Open reads what Seal made; nothing was sealed of nobody.
func (a Archive) Open(sealed string, row uuid.UUID) (who Identity, err error) {
	if sealed == "" {
		return Identity{}, nil
	}
	err = a.Keys.OpenValue(sealed, row.String(), &who)
	return who, err
}

// Add keeps what more is known of an account. What more leaves out stays.
func (a Archive) Add(ctx context.Context, s tenants.Scope, account uuid.UUID, more Identity) error {
	row, was, err := a.of(ctx, s, account)
	if err != nil {
		return err
	}
	now := was.With(more)
	if now == was {
		return nil
	}
	if now.Phone != was.Phone {
		row.PhoneVerifiedAt, row.PhoneRefusedAt = nil, nil
	}
	return a.keep(ctx, s, row, now)
}

// keep writes who an account's row says they are.
func (a Archive) keep(ctx context.Context, s tenants.Scope, row Kept, who Identity) (err error) {
	if row.Sealed, err = a.Seal(who, row.AccountID); err != nil {
		return err
	}
	row.NHSLookup, row.UpdatedAt = a.lookup(who.NHSNumber), s.Now
	return put(ctx, s, &row)
}

// lookup finds an NHS number without storing it; the label keeps it apart from
// the look-up of an email.
func (a Archive) lookup(number string) string {
	if number == "" {
		return ""
	}
	return a.Keys.Lookup(Labelled(number))
}

// Labelled is an NHS number as its look-up is made.
func Labelled(number string) string { return "nhs:" + number }

// Of is who an account is, as far as it is known, for rules that must look at it.
// It is shown to nobody.
func (a Archive) Of(ctx context.Context, s tenants.Scope, account uuid.UUID) (Identity, error) {
	_, who, err := a.seen(ctx, s, account)
	return who, err
}

// Births are when some accounts were born, as far as it is known, for rules about age.
func (a Archive) Births(ctx context.Context, s tenants.Scope, accounts ...uuid.UUID) (map[uuid.UUID]clock.Date, error) {
	births := map[uuid.UUID]clock.Date{}
	rows, err := rowsOf(ctx, s, accounts)
	for _, row := range rows {
		who, failed := a.Open(row.Sealed, row.AccountID)
		if failed != nil {
			return nil, failed
		}
		if who.BornOn != "" {
			births[row.AccountID] = clock.Date(who.BornOn)
		}
	}
	return births, err
}

// of reads an account's row for changing it, and who it says they are.
func (a Archive) of(ctx context.Context, s tenants.Scope, account uuid.UUID) (Kept, Identity, error) {
	return a.scan(ctx, account, s.Lock)
}

// seen is of for who only reads.
func (a Archive) seen(ctx context.Context, s tenants.Scope, account uuid.UUID) (Kept, Identity, error) {
	return a.scan(ctx, account, s.Select)
}

func (a Archive) scan(ctx context.Context, account uuid.UUID, from func(any) *bun.SelectQuery) (Kept, Identity, error) {
	row := Kept{}
	if err := from(&row).Where("account_id = ?", account).Scan(ctx); err != nil && !database.Missing(err) {
		return Kept{}, Identity{}, err
	}
	row.AccountID = account
	who, err := a.Open(row.Sealed, account)
	return row, who, err
}
