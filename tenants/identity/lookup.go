package identity

import (
	"context"
	"strings"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// How a look-up is on record: for safeguarding, it is kept from the member.
const (
	read    = "identity.read"
	guarded = "identity.read_safeguarding"
	sought  = "identity.search"
)

// Asking is what a clinician sees before they look: whom, and that it is on record.
type Asking struct {
	Person tenants.Person `json:"person"`
}

// Asking shows the form that asks for a reason.
func (i Identities) Asking(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (Asking, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	return Asking{person}, err
}

// Why is the reason for which somebody looks.
type Why struct {
	Reason string `json:"reason" validate:"filled,max=500" label:"a reason"`
	// Safeguarding keeps the look-up from the member, where knowing would put somebody at risk.
	Safeguarding bool `json:"safeguarding"`
}

func (w Why) action() string {
	if w.Safeguarding {
		return guarded
	}
	return read
}

// LookUp asks who a member is.
type LookUp struct {
	Handle string `path:"handle"`
	Why
}

// Found is who a member is.
type Found struct {
	Person   tenants.Person `json:"person"`
	Identity Identity       `json:"identity"`
	Email    string         `json:"email"`
}

// LookUp tells a clinician who a member is, and puts on record that it did. It is
// shown once and kept nowhere: OwnUnits leaves no receipt.
func (i Identities) LookUp(ctx context.Context, s tenants.Scope, in LookUp) (Found, error) {
	if err := s.Fresh(); err != nil {
		return Found{}, err
	}
	var out Found
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if out.Person, err = s.PersonByHandle(ctx, in.Handle); err != nil {
			return err
		}
		if _, out.Identity, err = i.archive.of(ctx, s, out.Person.AccountID); err != nil {
			return err
		}
		account, err := accountOf(ctx, s, out.Person.AccountID)
		if err != nil {
			return err
		}
		if out.Email, err = account.Email(i.archive.Keys); err != nil {
			return err
		}
		return s.Audit(ctx, in.action(), tenants.Audited{Subject: out.Person.ID, Reason: plain(in.Reason)})
	})
	if database.Missing(err) {
		return Found{}, fault.Missing()
	}
	return out, err
}

// Seek looks for a member by what is known of them outside.
type Seek struct {
	Known string `json:"known" validate:"filled,max=254" label:"an NHS number or an email address"`
	Why
}

// Sought are the members of this service that it fits.
type Sought struct {
	People []tenants.Person `json:"people"`
}

// Seeking shows the form.
func (Identities) Seeking(context.Context, tenants.Scope, web.None) (web.None, error) {
	return web.None{}, nil
}

// Seek finds the handle of somebody whose NHS number or email a clinician has, and
// puts that on record, whether or not it found anybody.
func (i Identities) Seek(ctx context.Context, s tenants.Scope, in Seek) (Sought, error) {
	if err := s.Fresh(); err != nil {
		return Sought{}, err
	}
	lookup := i.archive.Keys.Lookup(in.Known)
	if !strings.Contains(in.Known, "@") {
		number, complaint := nhsNumber(in.Known)
		if complaint != "" {
			return Sought{}, fault.Bad("known", complaint+" Or write an email address.")
		}
		lookup = i.archive.lookup(number)
	}
	var out Sought
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if out.People, err = memberBy(ctx, s, lookup); err != nil {
			return err
		}
		if err := s.Audit(ctx, sought, tenants.Audited{Reason: plain(in.Reason)}); err != nil {
			return err
		}
		for _, person := range out.People { // whoever is found has been looked up
			if err := s.Audit(ctx, in.action(), tenants.Audited{Subject: person.ID, Reason: plain(in.Reason)}); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
