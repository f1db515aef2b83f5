// Package letters sends what a trust writes to people about their account, and
// makes the links in it. A link is signed and stands in no table: the database
// holds nothing from which one could be made. A letter says nothing of a service,
// a condition or a person (docs/architecture.md, "Reaching people elsewhere").
package letters

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/tenants"
)

// Office is where letters go out.
type Office struct {
	Keys crypt.Keys
	// Address is where a trust's people go.
	Address func(tenants.Trust) string
	// Email hands a message over; it returns what sends, nil where there is no mail
	// server.
	Email func() func(context.Context, mail.Message) error
}

// Open is a Conflict where the deployment has no mail server, so that nobody
// waits for an email that cannot come.
func (o Office) Open() error {
	if o.Email() == nil {
		return fault.New(fault.Conflict, "SHaRON cannot send emails here yet. Those who run it can tell you more.")
	}
	return nil
}

// Send writes to somebody. The same id is the same email, however often it is sent.
func (o Office) Send(ctx context.Context, id uuid.UUID, part, to, subject string, letter mail.Letter) error {
	if err := o.Open(); err != nil {
		return err
	}
	letter.Why = "Nobody reads answers to this email."
	message, err := letter.Message(ctx, id.String()+part, to, subject)
	if err != nil {
		return err
	}
	return o.Email()(ctx, message)
}

// Link is an address of the trust that ends in the token of a row. Each round has
// another token, so that sending again ends the link that went before.
func (o Office) Link(s tenants.Scope, path, purpose string, id uuid.UUID, round int) string {
	return o.Address(s.Trust()) + path + o.Token(s, purpose, id, round)
}

// Token is what proves that somebody got the letter about a row.
func (o Office) Token(s tenants.Scope, purpose string, id uuid.UUID, round int) string {
	return base64.RawURLEncoding.EncodeToString(id[:]) + "~" + o.sign(s, purpose, id, round)
}

func (o Office) sign(s tenants.Scope, purpose string, id uuid.UUID, round int) string {
	return o.Keys.Sign("letter", purpose, s.Trust().ID.String(), id.String(), strconv.Itoa(round))
}

// rowOf reads which row a token claims to be of; false if that cannot be read.
func rowOf(token string) (uuid.UUID, bool) {
	name, _, _ := strings.Cut(token, "~")
	raw, err := base64.RawURLEncoding.DecodeString(name)
	if err != nil {
		return uuid.Nil, false
	}
	id, err := uuid.FromBytes(raw)
	return id, err == nil
}

// proves tells whether a token is that of a row and round.
func (o Office) proves(s tenants.Scope, token, purpose string, id uuid.UUID, round int) bool {
	_, signature, ok := strings.Cut(token, "~")
	return ok && o.Keys.Signed(signature, "letter", purpose, s.Trust().ID.String(), id.String(), strconv.Itoa(round))
}

// Opens tells whether the link of a token opens: find reads its row, and says which
// round that is in and whether it is of use still. A token that is none, a row that
// is missing and a wrong signature are all false; count that as a guess (Scope.Try).
func (o Office) Opens(s tenants.Scope, token, purpose string, find func(id uuid.UUID) (round int, usable bool, err error)) (bool, error) {
	id, ok := rowOf(token)
	if !ok {
		return false, nil
	}
	round, usable, err := find(id)
	if database.Missing(err) {
		return false, nil
	}
	return err == nil && usable && o.proves(s, token, purpose, id, round), err
}
