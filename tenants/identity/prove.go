package identity

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// coded sends the code of a number. The subject is the row.
var coded = tenants.Kind{Key: "identity.phone_code", Queue: jobs.Realtime}

// codeHolds is how long a code works.
const codeHolds = 10 * time.Minute

// phoneCode is a number that an account says is its own, until it shows that. An
// account has one at a time. The code follows from the id, and stands nowhere.
type phoneCode struct {
	bun.BaseModel `bun:"table:phone_codes,alias:phone_code"`
	tenants.InTrust

	AccountID uuid.UUID `bun:"account_id,pk,type:uuid"`
	ID        uuid.UUID `bun:"id,type:uuid"`
	Sealed    string    `bun:"sealed"`
	Refused   bool      `bun:"refused"` // the number took no text
	CreatedAt time.Time `bun:"created_at"`
	ExpiresAt time.Time `bun:"expires_at"`
}

// code is the six digits that a number is sent.
func (i Identities) code(s tenants.Scope, id uuid.UUID) string {
	raw, _ := base64.RawURLEncoding.DecodeString(i.archive.Keys.Sign("phone code", s.Trust().ID.String(), id.String())) // Sign has written it
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(raw)%1_000_000)
}

// MyPhone is what somebody sees of where their texts go. Numbers are told by their
// last three digits: a page left open tells nobody a number.
type MyPhone struct {
	Ends    string `json:"ends"` // of the number that is known; empty for none
	Proved  bool   `json:"proved"`
	Refuses bool   `json:"refuses"` // it did not take our last text
	// Waiting is the end of a number that we sent a code, while that works.
	Waiting string    `json:"waiting"`
	Refused bool      `json:"refused"` // it did not take the code
	Until   time.Time `json:"until,omitzero"`
	// Texts says that this deployment can send any.
	Texts bool `json:"texts"`
}

// MyPhone shows it.
func (i Identities) MyPhone(ctx context.Context, s tenants.Scope, _ web.None) (MyPhone, error) {
	phone, err := i.archive.Phone(ctx, s, s.Actor.AccountID)
	if err != nil {
		return MyPhone{}, err
	}
	out := MyPhone{Ends: phone.Ends(), Proved: phone.Proved, Refuses: phone.Refuses, Texts: i.text() != nil}
	row, number, err := i.waiting(ctx, s, s.Actor.AccountID)
	if err == nil && number != "" {
		out.Waiting, out.Refused, out.Until = ends(number), row.Refused, row.ExpiresAt
	}
	return out, err
}

// waiting is an account's number that waits for its code; empty if none does.
func (i Identities) waiting(ctx context.Context, s tenants.Scope, account uuid.UUID) (phoneCode, string, error) {
	row, err := codeOf(ctx, s, account)
	if database.Missing(err) || err == nil && !s.Now.Before(row.ExpiresAt) {
		return phoneCode{}, "", nil
	}
	if err != nil {
		return phoneCode{}, "", err
	}
	number, err := i.archive.Keys.Open(row.Sealed, row.ID.String())
	return row, number, err
}

// Number is a mobile number as somebody types it.
type Number struct {
	Phone string `json:"phone" validate:"filled,max=30" label:"your mobile number"`
}

// AskCode texts a code to a number. Until that is given back, nothing changes.
func (i Identities) AskCode(ctx context.Context, s tenants.Scope, in Number) (web.None, error) {
	who, err := Given{Phone: in.Phone}.Read(s.Now)
	if err != nil {
		return web.None{}, err
	}
	if !who.Mobile() {
		return web.None{}, fault.Bad("phone", "We can only text UK mobile numbers. Write one that begins with 07, like 07700 900123.")
	}
	return web.None{}, i.issue(ctx, s, who.Phone)
}

// AskAgain texts another code to the number that waits for one, or else to the one
// that is known. The code before works no longer.
func (i Identities) AskAgain(ctx context.Context, s tenants.Scope, _ web.None) (web.None, error) {
	_, number, err := i.waiting(ctx, s, s.Actor.AccountID)
	if err != nil {
		return web.None{}, err
	}
	if number == "" {
		known, err := i.archive.Phone(ctx, s, s.Actor.AccountID)
		if err != nil {
			return web.None{}, err
		}
		if number = known.Number; number == "" {
			return web.None{}, fault.Bad("phone", "Enter your mobile number.")
		}
	}
	return web.None{}, i.issue(ctx, s, number)
}

// issue writes a code and the event that sends it. Limited after a few: texts cost
// money, and the number may be a stranger's.
func (i Identities) issue(ctx context.Context, s tenants.Scope, number string) error {
	if i.text() == nil {
		return fault.New(fault.Conflict, "SHaRON cannot send text messages here yet. Those who run it can tell you more.")
	}
	account, err := accountOf(ctx, s, s.Actor.AccountID)
	if err != nil {
		return err
	}
	if err := tenants.Spend(ctx, s, signin.Texts(account.EmailLookup, i.archive.Keys.Lookup("phone:"+number))); err != nil {
		return err
	}
	row := phoneCode{AccountID: account.ID, ID: uuid.Must(uuid.NewV7()), CreatedAt: s.Now, ExpiresAt: s.Now.Add(codeHolds)}
	if row.Sealed, err = i.archive.Keys.Seal(number, row.ID.String()); err != nil {
		return err
	}
	if err := putCode(ctx, s, &row); err != nil {
		return err
	}
	s.Service = nil // a trust's own event
	return s.Emit(ctx, coded, tenants.Event{Subject: row.ID})
}

// sendCode texts a code, unless there is a newer one or it is over.
func (i Identities) sendCode(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var number string
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		row, err := codeBy(ctx, s, e.Subject)
		if err != nil || !s.Now.Before(row.ExpiresAt) {
			return err
		}
		number, err = i.archive.Keys.Open(row.Sealed, row.ID.String())
		return err
	})
	if database.Missing(err) || err == nil && (number == "" || i.text() == nil) {
		return nil
	}
	if err != nil {
		return err
	}
	err = i.text().Send(ctx, text.Message{ID: e.Subject.String(), To: number,
		Text: i.code(s, e.Subject) + " is your code for SHaRON. It works for 10 minutes. If you did not ask for it, you need not do anything."})
	var refused *text.Refused
	if errors.As(err, &refused) {
		return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return refuseCode(ctx, s, e.Subject) })
	}
	return err
}

// Proof is a code as somebody types it.
type Proof struct {
	Code string `json:"code" validate:"filled,max=40" label:"the code"`
}

// Prove makes the number that waits the one that texts go to. Invalid if the code
// is not right, used or over; Limited after too many.
func (i Identities) Prove(ctx context.Context, s tenants.Scope, in Proof) (web.None, error) {
	var buckets []signin.Bucket
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		account, err := accountOf(ctx, s, s.Actor.AccountID)
		if err != nil {
			return err
		}
		buckets = signin.Codes(s.Client, "phone:"+account.EmailLookup, false)
		return tenants.Spend(ctx, s, buckets)
	})
	if err != nil {
		return web.None{}, err
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		row, number, err := i.waiting(ctx, s, s.Actor.AccountID)
		if err != nil {
			return err
		}
		typed := strings.Join(strings.Fields(in.Code), "")
		if number == "" || subtle.ConstantTimeCompare([]byte(typed), []byte(i.code(s, row.ID))) != 1 {
			return wrongCode()
		}
		if err := useCode(ctx, s, row.ID); fault.Is(err, fault.NotFound) {
			return wrongCode() // of two at once one wins
		} else if err != nil {
			return err
		}
		if err := i.archive.SetPhone(ctx, s, row.AccountID, number); err != nil {
			return err
		}
		if err := tenants.Refund(ctx, s, buckets); err != nil {
			return err
		}
		return s.Audit(ctx, "phone.proved", tenants.Audited{Subject: row.AccountID})
	})
	return web.None{}, err
}

func wrongCode() *fault.Error {
	return fault.Bad("code", "This code is not right, or it is over. Check the newest text, or have another code sent.")
}

// RemovePhone forgets the number of whoever asks, and one that waits. Doing so
// twice changes nothing.
func (i Identities) RemovePhone(ctx context.Context, s tenants.Scope, _ web.None) (web.None, error) {
	if err := dropCodes(ctx, s, s.Actor.AccountID); err != nil {
		return web.None{}, err
	}
	if err := i.archive.SetPhone(ctx, s, s.Actor.AccountID, ""); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "phone.removed", tenants.Audited{Subject: s.Actor.AccountID})
}

// tidy removes numbers whose code is over.
func tidy(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Delete((*phoneCode)(nil)).Where("expires_at < ?", s.Now).Exec(ctx)
		return err
	})
}
