// Package invitations is how people come in: somebody of a service's team writes
// to them, and the link in that email lets one person join, once and in time.
// Nobody signs up by themselves.
package invitations

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Row is an invitation.
type Row struct {
	bun.BaseModel `bun:"table:invitations,alias:invitation"`
	tenants.InService

	ID             uuid.UUID    `bun:"id,pk,type:uuid"`
	Role           tenants.Role `bun:"role"`
	EmailLookup    string       `bun:"email_lookup"`
	EmailSealed    string       `bun:"email_sealed"`
	IdentitySealed string       `bun:"identity_sealed"` // empty once it is closed
	AsksBirth      bool         `bun:"asks_birth"`      // the inviter knew the date of birth, so whoever joins must
	InvitedBy      uuid.UUID    `bun:"invited_by,type:uuid"`
	Course
}

// Course is what has become of an invitation.
type Course struct {
	Sends      int        `bun:"sends"` // the round that its link is of
	CreatedAt  time.Time  `bun:"created_at"`
	ExpiresAt  time.Time  `bun:"expires_at"`
	SentAt     *time.Time `bun:"sent_at"`
	BouncedAt  *time.Time `bun:"bounced_at"`
	OpenedAt   *time.Time `bun:"opened_at"`
	AcceptedAt *time.Time `bun:"accepted_at"`
	RevokedAt  *time.Time `bun:"revoked_at"`
	ClosedAt   *time.Time `bun:"closed_at"`
}

// coursing are the columns of a Course that change.
var coursing = []string{"sends", "expires_at", "sent_at", "bounced_at", "opened_at", "accepted_at", "revoked_at", "closed_at"}

// State is how far an invitation has come.
type State string

// The states.
const (
	Waiting  State = "waiting" // to be sent
	Sent     State = "sent"
	Bounced  State = "bounced" // the address took no email
	Opened   State = "opened"  // somebody, or a mail scanner, opened its link
	Accepted State = "accepted"
	Expired  State = "expired"
	Revoked  State = "revoked"
)

var stateNames = map[State]string{
	Waiting: "Being sent", Sent: "Sent", Bounced: "Could not be delivered", Opened: "Link opened",
	Accepted: "Accepted", Expired: "Expired", Revoked: "Taken back",
}

// Name is the state in words.
func (s State) Name() string { return stateNames[s] }

// State is how the invitation stands at a time.
func (r Course) State(now time.Time) State {
	switch {
	case r.AcceptedAt != nil:
		return Accepted
	case r.RevokedAt != nil:
		return Revoked
	case !now.Before(r.ExpiresAt):
		return Expired
	case r.BouncedAt != nil:
		return Bounced
	case r.OpenedAt != nil:
		return Opened
	case r.SentAt != nil:
		return Sent
	}
	return Waiting
}

// again begins the days of an invitation anew; the link that went before ends.
func (r *Course) again(until time.Time) {
	r.Sends++
	r.ExpiresAt, r.SentAt, r.BouncedAt, r.OpenedAt = until, nil, nil, nil
}

// went is what the post made of a letter at a time.
func (r *Course) went(bounced bool, now time.Time) {
	if r.SentAt = &now; bounced {
		r.SentAt, r.BouncedAt = nil, &now
	}
}

// usable tells whether somebody can join with it.
func (r Course) usable(now time.Time) bool { return r.ClosedAt == nil && now.Before(r.ExpiresAt) }

// unusable is the one answer to a link that does not let in, whatever the reason:
// expired, used, taken back, guessed, or opened by somebody it was not sent to.
func unusable() *fault.Error {
	return fault.New(fault.Invalid, "This invitation cannot be used. Ask the person who invited you, or your service’s team, to send you a new one.")
}

// mayInvite are the roles that the actor may invite people to, to this service or a
// wing beside it.
func mayInvite(s tenants.Scope) (roles []tenants.Role) {
	for _, role := range tenants.ServiceRoles {
		if s.Estate.Takes(s.Service, role) && (!role.Staff() || s.May("invitations.send_staff")) {
			roles = append(roles, role)
		}
	}
	return roles
}

// usualRole is what most people of a service are.
func usualRole(area tenants.Area) tenants.Role {
	switch area {
	case "carers":
		return tenants.Carer
	case "waiting_list":
		return tenants.Waiting
	}
	return tenants.ServiceUser
}

// veiled is an address that tells its owner's colleagues which it is, and no more.
func veiled(email string) string {
	name, domain, _ := strings.Cut(email, "@")
	return name[:min(len(name), 1)] + "•••@" + domain
}

// find reads an invitation of this service and keeps others from it. NotFound if
// there is none.
func find(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Row, err error) {
	return row, s.Lock(&row).Where("invitation.id = ?", id).Scan(ctx)
}

// anywhere reads an invitation of the trust, whichever service it is for.
func anywhere(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Row, err error) {
	return row, s.SelectAcross(&row).Where("invitation.id = ?", id).Scan(ctx)
}

// waitingFor are the addresses, by look-up, that have an open invitation to this service.
func waitingFor(ctx context.Context, s tenants.Scope, lookups []string) ([]string, error) {
	var found []string
	err := s.Select((*Row)(nil)).Column("email_lookup").Where("invitation.email_lookup IN (?)", bun.List(lookups)).
		Where("invitation.closed_at IS NULL").Where("invitation.expires_at > ?", s.Now).Scan(ctx, &found)
	return found, err
}

// membersAmong are the addresses, by look-up, whose account is in this service already.
func membersAmong(ctx context.Context, s tenants.Scope, lookups []string) ([]string, error) {
	var found []string
	err := s.Select((*tenants.Person)(nil)).ColumnExpr("account.email_lookup").
		Join("JOIN accounts AS account ON account.tenant_id = person.tenant_id AND account.id = person.account_id").
		Where("account.email_lookup IN (?)", bun.List(lookups)).Scan(ctx, &found)
	return found, err
}

// closeExpired makes room for a new invitation to the same address.
func closeExpired(ctx context.Context, s tenants.Scope, lookups []string) error {
	_, err := s.Update((*Row)(nil)).Set("closed_at = ?", s.Now).Set("identity_sealed = ''").
		Where("email_lookup IN (?)", bun.List(lookups)).Where("closed_at IS NULL").Where("expires_at <= ?", s.Now).Exec(ctx)
	return err
}

// unanswered is how long an invitation that has expired can be sent again; then
// what was sealed of the person goes.
const unanswered = 30 * 24 * time.Hour

func tidy(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Update((*Row)(nil)).Set("closed_at = ?", s.Now).Set("identity_sealed = ''").
			Where("closed_at IS NULL").Where("expires_at < ?", s.Now.Add(-unanswered)).Exec(ctx)
		return err
	})
}

// update writes what changes of an invitation.
func update(ctx context.Context, s tenants.Scope, row *Row) error {
	_, err := s.Update(row).Column(append([]string{"identity_sealed"}, coursing...)...).
		Where("id = ?", row.ID).Exec(ctx)
	return err
}
