package admin

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

// TrustName is a trust as its pages call it.
type TrustName struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	ODSCode string    `json:"ods_code"`
	Status  string    `json:"status"`
}

func nameOf(t tenants.Trust) TrustName { return TrustName{t.ID, t.Name, t.ODSCode, t.Status} }

// Contacts are whom the platform asks at the trust, which controls the data, about
// data protection.
type Contacts struct {
	Person string `json:"contact_name" validate:"max=100" label:"a name"`
	Post   string `json:"contact_role" validate:"max=100" label:"what they do"`
	Email  string `json:"contact_email" validate:"omitempty,email,max=254" label:"an email address"`
	Phone  string `json:"contact_phone" validate:"max=40" label:"a telephone number"`
}

// OneTrust names a trust.
type OneTrust struct {
	Trust uuid.UUID `path:"trust"`
}

// TrustPage is what the platform knows of a trust.
type TrustPage struct {
	Trust           TrustName            `json:"trust"`
	Address         string               `json:"address"`
	CreatedAt       time.Time            `json:"created_at"`
	Contacts        Contacts             `json:"contacts"`
	ContactsVersion int                  `json:"contacts_version"`
	Register        []Register           `json:"register"`
	Founders        invitations.Founders `json:"administrators"`
	Services        []ServiceLine        `json:"services"`
	Deeds           []Deed               `json:"deeds"`
}

// Deed is something that the platform did to the trust, and who.
type Deed struct {
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Action string    `json:"action"`
	Reason string    `json:"reason,omitempty"`
}

// deedNames are the deeds in words.
var deedNames = map[string]string{
	"trust.create": "Made the trust", "trust.suspended": "Suspended the trust", "trust.active": "Opened the trust again", "trust.archived": "Put the trust in the archive",
	"trust.register": "Wrote an entry of the register", "trust.contacts": "Wrote the contacts", "services.create": "Made a service",
	"kit.asked": "Had an exit kit made", "kit.fetched": "Fetched an exit kit", "kit.removed": "Threw an exit kit away",
	"administrator.invited": "Invited an administrator", "administrator.invited_again": "Sent the administrator’s invitation again", "administrator.revoked": "Took the administrator’s invitation back",
}

// shownDeeds is how many the page lists.
const shownDeeds = 20

// Trust shows a trust. NotFound if there is none.
func (c Console) Trust(ctx context.Context, s Scope, in OneTrust) (out TrustPage, err error) {
	trust, err := c.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return out, err
	}
	out = TrustPage{Trust: nameOf(trust), Address: trust.Address(c.BaseURL), CreatedAt: trust.CreatedAt, Services: []ServiceLine{}, Deeds: []Deed{}}
	err = s.read(ctx, func(ctx context.Context, rows store) error {
		entries, err := rows.registers(ctx, trust.ID)
		if err != nil {
			return err
		}
		out.Register = registerOf(entries, s.Now)
		contacts, err := rows.contacts(ctx, trust.ID)
		if err != nil {
			return err
		}
		out.ContactsVersion = contacts.Version
		if out.Contacts, err = c.openContacts(contacts); err != nil {
			return err
		}
		lines, err := rows.lines(ctx, trust.ID)
		if err != nil {
			return err
		}
		out.Services = append(out.Services, lines...)
		deeds, err := rows.deeds(ctx, trust.ID, shownDeeds)
		out.Deeds = append(out.Deeds, deeds...)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Founders, err = c.Founding.List(ctx, trust.ID, s.by())
	return out, err
}

func contactsSeal(trust uuid.UUID) string { return "contacts of " + trust.String() }

func (c Console) openContacts(row contactsRow) (out Contacts, err error) {
	if row.ContactsSealed == "" {
		return out, nil
	}
	err = c.Keys.OpenValue(row.ContactsSealed, contactsSeal(row.TrustID), &out)
	return out, err
}

// sealed are contacts as they are kept.
func (contacts Contacts) sealed(keys crypt.Keys, trust uuid.UUID, version int, now time.Time) (contactsRow, error) {
	sealed, err := keys.SealValue(contacts, contactsSeal(trust))
	return contactsRow{TrustID: trust, ContactsSealed: sealed, Version: version, ChangedAt: now}, err
}

func (c Console) keepContacts(ctx context.Context, s Scope, trust uuid.UUID, contacts Contacts, since int) error {
	row, err := contacts.sealed(c.Keys, trust, since+1, s.Now)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, rows store) error { return keep(ctx, rows, row, since) })
}

// NewTrustForm is what a new trust needs.
type NewTrustForm struct {
	Base string `json:"base"` // what its address ends in
}

// NewTrustForm shows what to fill in.
func (c Console) NewTrustForm(context.Context, Scope, web.None) (NewTrustForm, error) {
	return NewTrustForm{c.Directory.BaseHost}, nil
}

// NewTrust is a trust to be made.
type NewTrust struct {
	ODS    string `json:"ods" validate:"filled,max=20" label:"the ODS code"`
	Name   string `json:"name" validate:"filled,max=200" label:"the trust’s name"`
	Slug   string `json:"slug" validate:"filled,max=40" label:"an address"`
	Domain string `json:"domain" validate:"max=200" label:"a host name"`
	Contacts
}

// MadeTrust names a new trust.
type MadeTrust struct {
	ID uuid.UUID `json:"id"`
}

// MakeTrust makes a trust, which nobody runs yet. Invalid says which part to mend;
// Conflict if the code or the address is taken.
func (c Console) MakeTrust(ctx context.Context, s Scope, in NewTrust) (MadeTrust, error) {
	trust, err := c.Directory.CreateTrust(ctx, tenants.NewTrust{ODSCode: in.ODS, Name: in.Name, Slug: in.Slug, Domain: in.Domain, By: s.by()})
	if err != nil {
		return MadeTrust{}, err
	}
	if in.Contacts != (Contacts{}) {
		err = c.keepContacts(ctx, s, trust.ID, in.Contacts, 0)
	}
	return MadeTrust{trust.ID}, err
}

// ContactsForm is a trust's contacts, to be changed.
type ContactsForm struct {
	Trust TrustName `json:"trust"`
	Contacts
	Version int `json:"version"`
}

// Contacts shows a trust's contacts.
func (c Console) Contacts(ctx context.Context, s Scope, in OneTrust) (ContactsForm, error) {
	page, err := c.Trust(ctx, s, in)
	return ContactsForm{page.Trust, page.Contacts, page.ContactsVersion}, err
}

// KeepContacts are a trust's contacts as they shall be. Version is the one that
// was read; 0 where there were none.
type KeepContacts struct {
	OneTrust
	Contacts
	Version int `json:"version" validate:"gte=0" label:"the version"`
}

// KeepContacts writes a trust's contacts. Conflict if they changed since Version.
func (c Console) KeepContacts(ctx context.Context, s Scope, in KeepContacts) (web.None, error) {
	if strings.TrimSpace(in.Person) == "" {
		return web.None{}, fault.Bad("contact_name", "Enter a name.")
	}
	if _, err := c.Directory.Trust(ctx, in.Trust); err != nil {
		return web.None{}, err
	}
	if err := c.keepContacts(ctx, s, in.Trust, in.Contacts, in.Version); err != nil {
		return web.None{}, err
	}
	return web.None{}, c.Directory.Note(ctx, in.Trust, s.by(), "trust.contacts", map[string]string{})
}
