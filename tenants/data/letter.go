package data

import (
	"context"
	"errors"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/tenants"
)

// tell writes to whoever asked for a copy that it is there. Where no email can be
// sent, the page says so alone.
func (d Data) tell(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	if d.Office.Email() == nil {
		return nil
	}
	var row Export
	var account tenants.Account
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		if err := s.Select(&row).Where("export.id = ?", e.Subject).Where("export.state = 'ready'").Where("export.expires_at > ?", s.Now).Scan(ctx); err != nil {
			return err
		}
		return s.Select(&account).Where("account.id = ?", row.AccountID).Where("account.status = 'active'").Scan(ctx)
	})
	if database.Missing(err) {
		return nil // over, or they left
	}
	if err != nil {
		return err
	}
	address, err := account.Email(d.Office.Keys)
	if err != nil {
		return err
	}
	err = d.Office.Send(ctx, row.ID, "/ready", address, "Your copy is ready", mail.Letter{
		Heading: "Your copy is ready",
		Lines:   []string{"You asked for a copy of what is kept about you. You can download it until " + moment(row.ExpiresAt) + ". Then we remove it.", "If it was not you who asked, choose a new password."},
		Link:    mail.Link{Text: "Get your copy", URL: d.Office.Address(s.Trust()) + "/account/data"},
	})
	var refused *mail.Refused
	if errors.As(err, &refused) && refused.Address {
		return nil // trying again would not mend that
	}
	return err
}
