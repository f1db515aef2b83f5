package invitations

import (
	"context"
	"errors"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// sent is that somebody was invited; the subject is the invitation.
var sent = tenants.Kind{Key: "invitations.sent", Queue: jobs.Default}

// purpose is what the links of invitations are signed for.
const purpose = "invitation"

// refusedBy tells whether an address takes no email; any other failure comes back.
func refusedBy(failed error) (bounced bool, left error) {
	var refused *mail.Refused
	if errors.As(failed, &refused) && refused.Address {
		return true, nil
	}
	return false, failed
}

// write sends the letter. Done again, it sends the same: the link follows from the row.
func (i Invitations) write(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var row Row
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		return s.Select(&row).Where("invitation.id = ?", e.Subject).Scan(ctx)
	})
	if database.Missing(err) {
		return nil
	}
	if err != nil || !row.usable(s.Now) || row.SentAt != nil {
		return err // answered, taken back or sent meanwhile
	}
	to, err := i.office.Keys.Open(row.EmailSealed, row.ID.String())
	if err != nil {
		return err
	}
	failed := i.office.Send(ctx, row.ID, "/"+e.ID.String(), to, "You are invited", mail.Letter{
		Heading: "You are invited",
		Lines: []string{
			"Your NHS team invites you to SHaRON, a private place online where people support each other. Nobody there needs to know your name.",
			"The invitation is for you alone. It can be used once, until " + ui.Date(row.ExpiresAt) + ".",
			"If you did not expect this, you need not do anything.",
		},
		Link: mail.Link{Text: "See the invitation", URL: i.office.Link(s, "/invitation/", purpose, row.ID, row.Sends)},
	})
	bounced, failed := refusedBy(failed)
	if failed != nil {
		return failed
	}
	return s.Write(context.WithoutCancel(ctx), func(ctx context.Context, s tenants.Scope) error {
		now, err := find(ctx, s, row.ID)
		if err != nil || now.Sends != row.Sends {
			return err
		}
		now.went(bounced, s.Now)
		return update(ctx, s, &now)
	})
}
