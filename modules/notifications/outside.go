package notifications

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/push"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/tenants"
)

// Outside is how the room reaches members who are not on a page. A sender that is
// nil is a channel that this deployment lacks.
type Outside struct {
	Keys crypt.Keys
	// Address is where a trust's people go, such as https://northmoor.sharon.example.nhs.uk.
	Address func(tenants.Trust) string
	Email   func(context.Context, mail.Message) error
	Push    *push.Client
	Text    text.Provider
	// Unread counts what waits for the actor, by room.
	Unread func(context.Context, tenants.Scope) (map[string]int, error)
}

// Went is where a link leads to.
type Went struct {
	Path string `json:"path"`
}

// Elsewhere sends a browser there.
func (w Went) Elsewhere() string { return w.Path }

// Go follows a link of an email, a text or a device's notice, whose address names
// neither service nor room.
func (n *Notifications) Go(ctx context.Context, s tenants.Scope, in ByID) (Went, error) {
	return went(ctx, s, in.ID, func(d Delivery) string { return d.Path })
}

// GoToSettings follows a text's other link, to where texts are switched off.
func (n *Notifications) GoToSettings(ctx context.Context, s tenants.Scope, in ByID) (Went, error) {
	return went(ctx, s, in.ID, func(Delivery) string { return "/notifications/settings" })
}

// went finds a delivery to the actor, and a path in its service.
func went(ctx context.Context, s tenants.Scope, id uuid.UUID, path func(Delivery) string) (Went, error) {
	d, err := deliveryTo(ctx, s, id, s.Actor.AccountID)
	if err != nil {
		return Went{}, err
	}
	s, open := s.Within(d.ServiceID)
	if !open {
		return Went{}, fault.Missing()
	}
	return Went{"/" + s.Service.Slug + path(d)}, nil
}

// ticket lets whoever has it switch off emails of a kind for a member, and nothing else.
func (n *Notifications) ticket(s tenants.Scope, member uuid.UUID, kind string) string {
	name := base64.RawURLEncoding.EncodeToString(member[:]) + "~" + kind
	return name + "~" + n.outside.Keys.Sign("unsubscribe", s.Trust().ID.String(), name)
}

// Ticket is what an email's own link to unsubscribe carries.
type Ticket struct {
	Ticket string `path:"ticket"`
}

// Unsubscribed is what such a link switches off.
type Unsubscribed struct {
	// Name is the kind in words.
	Name   string `json:"name"`
	ticket string
}

// Unsubscribing shows a button: programmes that look through emails open links.
func (n *Notifications) Unsubscribing(_ context.Context, s tenants.Scope, in Ticket) (Unsubscribed, error) {
	_, _, name, err := n.redeem(s, in.Ticket)
	return Unsubscribed{name, in.Ticket}, err
}

// Unsubscribe switches emails of a kind off. Doing so twice changes nothing.
func (n *Notifications) Unsubscribe(ctx context.Context, s tenants.Scope, in Ticket) (Unsubscribed, error) {
	member, key, name, err := n.redeem(s, in.Ticket)
	if err != nil {
		return Unsubscribed{}, err
	}
	person, err := memberAnywhere(ctx, s, member)
	if database.Missing(err) {
		return Unsubscribed{name, in.Ticket}, nil // nothing is sent to somebody who is gone
	}
	if err != nil {
		return Unsubscribed{}, err
	}
	s, open := s.Within(person.ServiceID)
	if !open {
		return Unsubscribed{}, fault.Missing()
	}
	mine, err := settingsOf(ctx, s, member)
	if err != nil {
		return Unsubscribed{}, err
	}
	if key == digestKind {
		mine.Digest = "off"
	} else {
		mine.Choices[key+"."+string(Email)] = Off
	}
	mine.next(s.Now)
	return Unsubscribed{name, in.Ticket}, save(ctx, s, mine)
}

// redeem reads a ticket. NotFound if it is not one of ours, or another trust's.
func (n *Notifications) redeem(s tenants.Scope, ticket string) (member uuid.UUID, key, name string, err error) {
	parts := strings.Split(ticket, "~")
	if len(parts) != 3 || !n.outside.Keys.Signed(parts[2], "unsubscribe", s.Trust().ID.String(), parts[0]+"~"+parts[1]) {
		return member, "", "", fault.Missing()
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return member, "", "", fault.Missing()
	}
	if member, err = uuid.FromBytes(raw); err != nil {
		return member, "", "", fault.Missing()
	}
	if parts[1] == digestKind {
		return member, digestKind, "Digests", nil
	}
	k, ok := kindOf(parts[1])
	if !ok || k.always {
		return member, "", "", fault.Missing()
	}
	return member, k.key, k.name, nil
}
