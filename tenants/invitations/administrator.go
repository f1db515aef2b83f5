package invitations

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// Administrator is an invitation to run a trust, by the platform. Whoever it was
// to is not in it any more once it is closed.
type Administrator struct {
	bun.BaseModel `bun:"table:administrator_invitations,alias:invitation"`
	tenants.InTrust

	ID          uuid.UUID `bun:"id,pk,type:uuid"`
	EmailLookup string    `bun:"email_lookup"`
	EmailSealed string    `bun:"email_sealed"`
	InvitedBy   uuid.UUID `bun:"invited_by,type:uuid"` // of the platform's staff
	Course
}

// close ends the invitation and forgets whom it was to.
func (a *Administrator) close(now time.Time) {
	a.ClosedAt, a.EmailSealed, a.EmailLookup = &now, "", "closed:"+a.ID.String()
}

// asked is that somebody was invited to run a trust; the subject is the invitation.
var asked = tenants.Kind{Key: "invitations.administrator", Queue: jobs.Default}

// running is what the links of these invitations are signed for.
const running = "administrator"

// administrator reads an invitation and keeps others from it. NotFound if there is none.
func administrator(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Administrator, err error) {
	return row, s.Lock(&row).Where("invitation.id = ?", id).Scan(ctx)
}

func updateAdministrator(ctx context.Context, s tenants.Scope, row *Administrator) error {
	_, err := s.Update(row).Column(append([]string{"email_lookup", "email_sealed"}, coursing...)...).Where("id = ?", row.ID).Exec(ctx)
	return err
}

// ask sends the letter. Done again, it sends the same.
func (i Invitations) ask(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var row Administrator
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return s.Select(&row).Where("invitation.id = ?", e.Subject).Scan(ctx)
	})
	if database.Missing(err) {
		return nil
	}
	if err != nil || !row.usable(s.Now) || row.SentAt != nil {
		return err
	}
	to, err := i.office.Keys.Open(row.EmailSealed, row.ID.String())
	if err != nil {
		return err
	}
	bounced, failed := refusedBy(i.office.Send(ctx, row.ID, "/"+e.ID.String(), to, "You are invited", mail.Letter{
		Heading: "You are invited to run SHaRON for your trust",
		Lines: []string{
			"SHaRON is a private place online where people support each other. You are asked to be its administrator for your NHS trust.",
			"The invitation is for you alone. It can be used once, until " + ui.Date(row.ExpiresAt) + ". You choose your own password, and a second step to sign in.",
			"If you did not expect this, you need not do anything.",
		},
		Link: mail.Link{Text: "See the invitation", URL: i.office.Link(s, "/administrator/", running, row.ID, row.Sends)},
	}))
	if failed != nil {
		return failed
	}
	return s.Write(context.WithoutCancel(ctx), func(ctx context.Context, s tenants.Scope) error {
		now, err := administrator(ctx, s, row.ID)
		if err != nil || now.Sends != row.Sends {
			return err
		}
		now.went(bounced, s.Now)
		return updateAdministrator(ctx, s, &now)
	})
}

// AdministratorDoor is what whoever opens such an invitation sees of it.
type AdministratorDoor struct {
	token string
}

// AdministratorDoor shows an invitation to run the trust. It uses nothing up.
func (i Invitations) AdministratorDoor(ctx context.Context, s tenants.Scope, in ByToken) (AdministratorDoor, error) {
	row, err := i.redeemAdministrator(ctx, s, in.Token, "")
	if err != nil || row.OpenedAt != nil {
		return AdministratorDoor{in.Token}, err
	}
	return AdministratorDoor{in.Token}, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Update((*Administrator)(nil)).Set("opened_at = ?", s.Now).Where("id = ?", row.ID).Exec(ctx)
		return err
	})
}

// redeemAdministrator finds the invitation of a token, to an address unless that is
// empty; unusable otherwise, whatever the reason, and that counts as a guess.
func (i Invitations) redeemAdministrator(ctx context.Context, s tenants.Scope, token, email string) (row Administrator, err error) {
	found, err := s.Try(ctx, func(ctx context.Context, s tenants.Scope) (bool, error) {
		return i.office.Opens(s, token, running, func(id uuid.UUID) (_ int, _ bool, err error) {
			row, err = administrator(ctx, s, id)
			return row.Sends, row.usable(s.Now) && (email == "" || row.EmailLookup == i.office.Keys.Lookup(email)), err
		})
	})
	if err == nil && !found {
		err = unusable()
	}
	return row, err
}

// Administer is somebody who says yes to running the trust. The email shows that
// the invitation was to them.
type Administer struct {
	Token    string `path:"token"`
	Email    string `json:"email" validate:"required,email,max=254" label:"the email address that you got the invitation at"`
	Password string `json:"password" validate:"required,max=200" label:"a password"`
}

// Administer makes the trust's administrator: of two at once with one invitation,
// one. It opens a session for them, which may lack a second factor.
func (i Invitations) Administer(ctx context.Context, s tenants.Scope, in Administer) (out tenants.SignedIn, err error) {
	row, err := i.redeemAdministrator(ctx, s, in.Token, in.Email)
	if err != nil {
		return out, err
	}
	if err := tenants.CheckPassword(in.Password); err != nil {
		return out, err
	}
	hash, err := crypt.HashPassword(ctx, in.Password)
	if err != nil {
		return out, err
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if row, err = administrator(ctx, s, row.ID); err != nil {
			return err
		}
		if !row.usable(s.Now) {
			return unusable() // somebody was faster
		}
		account, err := tenants.CreateAccount(ctx, s, i.office.Keys, tenants.NewAccount{Email: strings.TrimSpace(in.Email), PasswordHash: hash, TrustRoles: tenants.Roles{tenants.TrustAdmin}})
		if err != nil {
			return err
		}
		row.AcceptedAt = &s.Now
		row.close(s.Now)
		if err := updateAdministrator(ctx, s, &row); err != nil {
			return err
		}
		s.Actor = tenants.Actor{AccountID: account.ID}
		if err := s.Audit(ctx, "administrator.joined", tenants.Audited{Subject: account.ID}); err != nil {
			return err
		}
		out, err = i.entrance.Admit(ctx, s, account, "invitation", false, "/")
		return err
	})
	return out, err
}

// tidyAsked forgets whom invitations were to that nobody answered.
func tidyAsked(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Update((*Administrator)(nil)).Set("closed_at = ?", s.Now).Set("email_sealed = ''").Set("email_lookup = 'closed:' || id").
			Where("closed_at IS NULL").Where("expires_at < ?", s.Now.Add(-unanswered)).Exec(ctx)
		return err
	})
}
