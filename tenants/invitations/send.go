package invitations

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// Form is what a new invitation needs.
type Form struct {
	Roles []tenants.Role `json:"roles"`
	Usual tenants.Role   `json:"usual"`
	Days  int            `json:"days"`
	// Ages tells that the date of birth decides which wing somebody belongs in.
	Ages bool `json:"ages"`

	scope tenants.Scope
}

// Form shows what to fill in.
func (i Invitations) Form(_ context.Context, s tenants.Scope, _ web.None) (Form, error) {
	ages := slices.ContainsFunc(s.Estate.Wings(s.Service), func(wing *tenants.Service) bool { return wing.Band() != nil })
	return Form{mayInvite(s), usualRole(s.Service.Area), s.Service.InvitationDays, ages, s}, nil
}

// instead is the wing in which somebody belongs who was refused here, by what was
// typed of them; nil where that is not why.
func (f Form) instead(refused *web.Form) *tenants.Service {
	if refused == nil || !slices.ContainsFunc(refused.Errors, func(wrong fault.Field) bool { return wrong.Name == "to" }) {
		return nil
	}
	role, born := strings.Join(refused.Values["role"], ""), strings.Join(refused.Values["born_on"], "")
	who, err := identity.Given{BornOn: born}.Read(f.scope.Now)
	if err != nil {
		return nil
	}
	place, err := f.scope.Estate.Place(f.scope.Service, tenants.Role(role), clock.Date(who.BornOn), clock.DateOf(f.scope.Now))
	if err != nil {
		return nil
	}
	return place
}

// Send is an invitation to one person. To is the wing that it is to, where that is
// another one than this service.
type Send struct {
	To    string       `json:"to" validate:"max=60" label:"a wing"`
	Email string       `json:"email" validate:"required,email,max=254" label:"an email address"`
	Role  tenants.Role `json:"role" validate:"required,oneof=service_user carer waiting peer_supporter moderator clinician service_lead" label:"a role"`
	identity.Given
}

// Made names an invitation. It says nothing of whom it is for.
type Made struct {
	ID uuid.UUID `json:"id"`
}

// Invited is an invitation, and where those of its service are listed.
type Invited struct {
	Made
	Path string `json:"path"`
}

// Send invites somebody. Invalid if they are a member, have an invitation that waits
// or belong in another wing.
func (i Invitations) Send(ctx context.Context, s tenants.Scope, in Send) (Invited, error) {
	if err := i.office.Open(); err != nil {
		return Invited{}, err
	}
	who, err := in.Read(s.Now)
	if err != nil {
		return Invited{}, err
	}
	if s, err = beside(s, in.To); err != nil {
		return Invited{}, err
	}
	one := guest{email: in.Email, lookup: i.office.Keys.Lookup(in.Email), role: in.Role, who: who}
	if complaint := one.check(s); complaint.words != "" {
		return Invited{}, complaint.on()
	}
	refused, err := known(ctx, s, []guest{one})
	if err != nil {
		return Invited{}, err
	}
	if complaint, is := refused[one.lookup]; is {
		return Invited{}, complaint.on()
	}
	made, err := i.invite(ctx, s, []guest{one})
	if err != nil {
		return Invited{}, err
	}
	return Invited{Made{made[0].ID}, "/" + s.Service.Slug + "/invitations"}, nil
}

// beside is the scope in another wing of the family, where the team is the same.
func beside(s tenants.Scope, wing string) (tenants.Scope, error) {
	if wing == "" || wing == s.Service.Slug {
		return s, nil
	}
	family := s.Estate.Family(s.Service)
	at := slices.IndexFunc(family, func(one *tenants.Service) bool { return one.Slug == wing })
	if at < 0 {
		return s, fault.Bad("to", "Choose one of the wings.")
	}
	s.Service, s.Actor.Member = family[at], nil
	if !s.May("invitations.send") {
		return s, fault.New(fault.Forbidden, "You cannot invite people to "+s.Service.Name+".")
	}
	return s, nil
}

// guest is somebody to invite.
type guest struct {
	email, lookup string
	role          tenants.Role
	who           identity.Identity
}

// complaint is why somebody cannot be invited, and the field that it is about.
type complaint struct{ field, words string }

var (
	noSuchRole = complaint{"role", "You cannot invite people to this role. A service lead or the trust’s administrator can."}
	strange    = complaint{"email", "This address has letters that look like others. Type it again, with plain letters."}
	isWaiting  = complaint{"email", "This address has an invitation already. You can send that again."}
	isMember   = complaint{"email", "Somebody with this address is a member here already, or has left and not all of theirs is removed yet."}
)

func (c complaint) on() error { return fault.Bad(c.field, c.words) }

// complaintOf is what is wrong by an error about a field.
func complaintOf(err error) (c complaint) {
	var failed *fault.Error
	if errors.As(err, &failed) && len(failed.Fields) > 0 {
		c = complaint{failed.Fields[0].Name, failed.Fields[0].Message}
	}
	return c
}

// strange tells of letters in the address that could be taken for others.
func (g guest) strange() bool {
	return slices.ContainsFunc([]rune(g.email), func(r rune) bool { return r > 0x7e || r <= ' ' })
}

// check tells what is wrong before the database is asked.
func (g guest) check(s tenants.Scope) complaint {
	switch {
	case g.strange():
		return strange
	case !slices.Contains(tenants.ServiceRoles, g.role), g.role.Staff() && !s.May("invitations.send_staff"):
		return noSuchRole
	}
	return complaintOf(s.Estate.Fits(s.Service, g.role, clock.Date(g.who.BornOn), clock.DateOf(s.Now)))
}

// known are those who cannot be invited since they have been, by look-up.
func known(ctx context.Context, s tenants.Scope, guests []guest) (map[string]complaint, error) {
	lookups := lookupsOf(guests)
	waiting, err := waitingFor(ctx, s, lookups)
	if err != nil {
		return nil, err
	}
	members, err := membersAmong(ctx, s, lookups)
	out := map[string]complaint{}
	for _, lookup := range waiting {
		out[lookup] = isWaiting
	}
	for _, lookup := range members {
		out[lookup] = isMember
	}
	return out, err
}

func lookupsOf(guests []guest) []string {
	lookups := make([]string, len(guests))
	for i, one := range guests {
		lookups[i] = one.lookup
	}
	return lookups
}

// invite writes invitations, and the events that send them.
func (i Invitations) invite(ctx context.Context, s tenants.Scope, guests []guest) ([]Row, error) {
	if err := closeExpired(ctx, s, lookupsOf(guests)); err != nil {
		return nil, err
	}
	rows := make([]Row, len(guests))
	events := make([]tenants.Event, len(guests))
	for at, one := range guests {
		row := Row{ID: uuid.Must(uuid.NewV7()), Role: one.role, EmailLookup: one.lookup, AsksBirth: one.who.BornOn != "",
			InvitedBy: s.Actor.AccountID, Course: Course{Sends: 1, CreatedAt: s.Now, ExpiresAt: s.Now.AddDate(0, 0, s.Service.InvitationDays)}}
		var err error
		if row.EmailSealed, err = i.office.Keys.Seal(one.email, row.ID.String()); err != nil {
			return nil, err
		}
		if row.IdentitySealed, err = i.archive.Seal(one.who, row.ID); err != nil {
			return nil, err
		}
		rows[at], events[at] = row, tenants.Event{Subject: row.ID}
	}
	if _, err := tenants.InsertAll(s, rows).Exec(ctx); database.Taken(err) {
		return nil, isWaiting.on() // somebody was faster
	} else if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if err := s.Audit(ctx, "invitation.sent", tenants.Audited{Subject: row.ID, After: map[string]string{"role": string(row.Role)}}); err != nil {
			return nil, err
		}
	}
	return rows, s.EmitAll(ctx, sent, events)
}

// ByID names an invitation.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Resend sends an invitation once more: its days begin anew, and the link that
// went before ends. Also for one that has expired.
func (i Invitations) Resend(ctx context.Context, s tenants.Scope, in ByID) (Made, error) {
	row, err := i.changeable(ctx, s, in.ID)
	if err != nil {
		return Made{}, err
	}
	if err := i.office.Open(); err != nil {
		return Made{}, err
	}
	row.again(s.Now.AddDate(0, 0, s.Service.InvitationDays))
	if err := update(ctx, s, &row); err != nil {
		return Made{}, err
	}
	if err := s.Audit(ctx, "invitation.resent", tenants.Audited{Subject: row.ID}); err != nil {
		return Made{}, err
	}
	return Made{row.ID}, s.Emit(ctx, sent, tenants.Event{Subject: row.ID})
}

// Revoke takes an invitation back: its link lets nobody in from now on.
func (i Invitations) Revoke(ctx context.Context, s tenants.Scope, in ByID) (Made, error) {
	row, err := i.changeable(ctx, s, in.ID)
	if err != nil {
		return Made{}, err
	}
	row.RevokedAt, row.ClosedAt, row.IdentitySealed = &s.Now, &s.Now, ""
	if err := update(ctx, s, &row); err != nil {
		return Made{}, err
	}
	return Made{row.ID}, s.Audit(ctx, "invitation.revoked", tenants.Audited{Subject: row.ID})
}

// changeable is an invitation that has not come to an end; Conflict if it has.
func (i Invitations) changeable(ctx context.Context, s tenants.Scope, id uuid.UUID) (Row, error) {
	row, err := find(ctx, s, id)
	if err != nil {
		return Row{}, err
	}
	if row.ClosedAt != nil {
		return Row{}, fault.New(fault.Conflict, "This invitation has been used or taken back meanwhile. You can invite the person anew.")
	}
	if !slices.Contains(mayInvite(s), row.Role) {
		return Row{}, fault.New(fault.Forbidden, noSuchRole.words)
	}
	return row, nil
}
