package invitations

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/letters"
)

// Founding is the door by which the platform asks somebody to run a trust that
// nobody runs yet.
type Founding struct {
	Directory *tenants.Directory
	Office    letters.Office
}

// answerDays is how long somebody has to answer.
const answerDays = 7

// Founders is how far a trust has come to having somebody who runs it.
type Founders struct {
	There bool    `json:"there"` // somebody does
	Asked []Asked `json:"asked"` // the last first
}

// Asked is an invitation to run a trust.
type Asked struct {
	ID        uuid.UUID `json:"id"`
	Email     string    `json:"email,omitempty"` // only for who invited, and while it waits
	State     State     `json:"state"`
	Open      bool      `json:"open"` // it can be sent again or taken back
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// List tells who of the platform may see what of a trust's invitations.
func (f Founding) List(ctx context.Context, trust uuid.UUID, by tenants.By) (out Founders, err error) {
	out.Asked = []Asked{}
	err = f.Directory.ReadAs(ctx, trust, "", func(ctx context.Context, s tenants.Scope) error {
		if out.There, err = run(ctx, s); err != nil {
			return err
		}
		var rows []Administrator
		if err := s.Select(&rows).Order("invitation.id DESC").Limit(20).Scan(ctx); err != nil {
			return err
		}
		for _, row := range rows {
			one := Asked{ID: row.ID, State: row.State(s.Now), Open: row.ClosedAt == nil, CreatedAt: row.CreatedAt, ExpiresAt: row.ExpiresAt}
			if one.Open && row.InvitedBy == by.ID {
				if one.Email, err = f.Office.Keys.Open(row.EmailSealed, row.ID.String()); err != nil {
					return err
				}
			}
			out.Asked = append(out.Asked, one)
		}
		return nil
	})
	return out, err
}

// run tells whether somebody runs the trust.
func run(ctx context.Context, s tenants.Scope) (bool, error) {
	return s.Select((*tenants.Account)(nil)).Where("account.status = 'active'").Where(tenants.Holds("account.trust_roles", tenants.TrustAdmin)).Exists(ctx)
}

// Invite asks somebody to run a trust. Conflict if somebody does, or is asked
// already: the platform makes a trust's first administrator and no other.
func (f Founding) Invite(ctx context.Context, trust uuid.UUID, email string, by tenants.By) (id uuid.UUID, err error) {
	email = strings.TrimSpace(email)
	if guest := (guest{email: email}); guest.strange() {
		return uuid.Nil, strange.on()
	}
	err = f.write(ctx, trust, func(ctx context.Context, s tenants.Scope) error {
		if there, err := run(ctx, s); err != nil || there {
			return orTold(err, "Somebody runs this trust already. Further administrators are their business.")
		}
		row := Administrator{ID: uuid.Must(uuid.NewV7()), EmailLookup: f.Office.Keys.Lookup(email), InvitedBy: by.ID, Course: Course{Sends: 1, CreatedAt: s.Now, ExpiresAt: s.Now.AddDate(0, 0, answerDays)}}
		if row.EmailSealed, err = f.Office.Keys.Seal(email, row.ID.String()); err != nil {
			return err
		}
		if _, err := s.Insert(&row).Exec(ctx); database.Taken(err) {
			return orTold(nil, "Somebody is asked already. Take that invitation back before you invite another person.")
		} else if err != nil {
			return err
		}
		id = row.ID
		return told(ctx, s, row, by, "administrator.invited")
	})
	return id, err
}

// Resend sends an invitation once more: its days begin anew, and the link that
// went before ends.
func (f Founding) Resend(ctx context.Context, trust, id uuid.UUID, by tenants.By) error {
	return f.write(ctx, trust, func(ctx context.Context, s tenants.Scope) error {
		row, err := open(ctx, s, id)
		if err != nil {
			return err
		}
		row.again(s.Now.AddDate(0, 0, answerDays))
		if err := updateAdministrator(ctx, s, &row); err != nil {
			return err
		}
		return told(ctx, s, row, by, "administrator.invited_again")
	})
}

// Revoke takes an invitation back: its link lets nobody in from now on.
func (f Founding) Revoke(ctx context.Context, trust, id uuid.UUID, by tenants.By) error {
	return f.Directory.WriteAs(ctx, trust, "", func(ctx context.Context, s tenants.Scope) error {
		row, err := open(ctx, s, id)
		if err != nil {
			return err
		}
		row.RevokedAt = &s.Now
		row.close(s.Now)
		if err := updateAdministrator(ctx, s, &row); err != nil {
			return err
		}
		return told(ctx, s, row, by, "administrator.revoked")
	})
}

// write is for what sends a letter: to a trust whose doors are open, where letters
// can be sent.
func (f Founding) write(ctx context.Context, trust uuid.UUID, do func(context.Context, tenants.Scope) error) error {
	if err := f.Office.Open(); err != nil {
		return err
	}
	return f.Directory.WriteAs(ctx, trust, "", func(ctx context.Context, s tenants.Scope) error {
		if s.Trust().Status != tenants.Active {
			return orTold(nil, "This trust is closed. Open it first: the invitation would lead to a closed door.")
		}
		return do(ctx, s)
	})
}

// open is an invitation that has not come to an end; Conflict if it has.
func open(ctx context.Context, s tenants.Scope, id uuid.UUID) (Administrator, error) {
	row, err := administrator(ctx, s, id)
	if err == nil && row.ClosedAt != nil {
		err = orTold(nil, "This invitation has been used or taken back meanwhile.")
	}
	return row, err
}

// told writes down what was done about an invitation, and has its letter sent if
// it is open.
func told(ctx context.Context, s tenants.Scope, row Administrator, by tenants.By, action string) error {
	if err := s.Audit(ctx, action, tenants.Audited{Subject: row.ID, After: map[string]string{"by": by.Name}}); err != nil {
		return err
	}
	if err := s.Deed(ctx, by, action, ""); err != nil || row.ClosedAt != nil {
		return err
	}
	return s.Emit(ctx, asked, tenants.Event{Subject: row.ID})
}

// orTold is err, or else a Conflict in words.
func orTold(err error, words string) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, words)
}
