package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// joinLasts is how long a link to join can be used.
const joinLasts = 72 * time.Hour

// JoinLink leads to where somebody chooses the password of their new account. It is
// kept nowhere: it is signed for the account as it is, so any change of it, such as a
// password, ends all links that were given.
type JoinLink struct {
	URL   string    `json:"url"`
	Until time.Time `json:"until"`
}

func (c Console) joinLink(staff Staff, now time.Time) *JoinLink {
	until := now.Add(joinLasts).Truncate(time.Second)
	at := strconv.FormatInt(until.Unix(), 36)
	scheme, host, _ := strings.Cut(c.BaseURL, "://")
	return &JoinLink{scheme + "://console." + host + "/join/" + strings.Join([]string{staff.ID.String(), at, c.Keys.Sign(joinParts(staff, at)...)}, "."), until}
}

func joinParts(staff Staff, until string) []string {
	return []string{"join the console", staff.ID.String(), strconv.Itoa(staff.Version), until}
}

// joins finds the account that a link is for. Invalid if it is over, was used or is none.
func (c Console) joins(ctx context.Context, rows store, token string) (Staff, error) {
	over := fault.New(fault.Invalid, "This link cannot be used any more. Ask whoever gave it to you for another one.")
	id, rest, _ := strings.Cut(token, ".")
	at, signature, _ := strings.Cut(rest, ".")
	staff, err := uuid.Parse(id)
	if err != nil {
		return Staff{}, over
	}
	row, err := rows.one(ctx, staff)
	if database.Missing(err) {
		return Staff{}, over
	}
	if err != nil {
		return Staff{}, err
	}
	until, err := strconv.ParseInt(at, 36, 64)
	if err != nil || !unjoined(row) || !c.Keys.Signed(signature, joinParts(row, at)...) || rows.now.Unix() > until {
		return Staff{}, over
	}
	return row, nil
}

// NewColleague is the form of a new account.
type NewColleague struct {
	App bool `json:"app"` // as in ColleaguePage
}

// NewColleague shows it.
func (Console) NewColleague(_ context.Context, s Scope, _ web.None) (NewColleague, error) {
	return NewColleague{s.Staff.app()}, nil
}

// AskColleague is somebody who shall sign in to the console. Proof is as in ChangeStaff.
type AskColleague struct {
	Name  string `json:"name" validate:"filled,max=100" label:"their name"`
	Email string `json:"email" validate:"required,email,max=254" label:"an email address"`
	Role  string `json:"role" validate:"required" label:"what they do"`
	Proof string `json:"proof" validate:"required,max=200" label:"what shows that it is you"`
}

// Asked is the account that was made.
type Asked struct {
	ID uuid.UUID `json:"id"`
}

// AskColleague makes an account that nobody can sign in to before its password is
// chosen, by the link on its page. Invalid if somebody has the email address.
func (c Console) AskColleague(ctx context.Context, s Scope, in AskColleague) (out Asked, err error) {
	if err := c.proves(ctx, s, in.Proof); err != nil {
		return out, err
	}
	return out, s.write(ctx, func(ctx context.Context, rows store) error {
		made, err := NewStaff{Email: in.Email, Name: in.Name, Role: tenants.Role(in.Role)}.add(ctx, rows, c.Keys)
		if err != nil {
			return err
		}
		out.ID = made.ID
		return rows.noteStaff(ctx, made.ID, "invite", "", &s.Staff.ID)
	})
}

// ByJoinToken is a link to join.
type ByJoinToken struct {
	Token string `path:"token"`
}

// JoinDoor is what whoever opens such a link sees.
type JoinDoor struct {
	Name  string `json:"name"`
	token string
}

// JoinForm shows it. It uses nothing up.
func (c Console) JoinForm(ctx context.Context, s Scope, in ByJoinToken) (JoinDoor, error) {
	out := JoinDoor{token: in.Token}
	return out, s.read(ctx, func(ctx context.Context, rows store) error {
		row, err := c.joins(ctx, rows, in.Token)
		out.Name = row.Name
		return err
	})
}

// JoinStaff is the password that somebody chose. The email shows that the link is theirs.
type JoinStaff struct {
	ByJoinToken
	Email    string `json:"email" validate:"required,email,max=254" label:"your email address at work"`
	Password string `json:"password" validate:"required,max=200" label:"a password"`
}

// JoinStaff gives the account its password; of two at once, one does. Invalid if the
// email is another one, Limited after too many of these.
func (c Console) JoinStaff(ctx context.Context, s Scope, in JoinStaff) (web.None, error) {
	lookup := c.Keys.Lookup(in.Email)
	buckets := signin.Buckets(s.Client, lookup, signin.Known(c.Keys, s.Client, realm, lookup))
	if err := s.write(ctx, func(ctx context.Context, rows store) error { return signin.Spend(ctx, rows, s.Now, buckets) }); err != nil {
		return web.None{}, err
	}
	if err := tenants.CheckPassword(in.Password); err != nil {
		return web.None{}, err
	}
	hash, err := crypt.HashPassword(ctx, in.Password)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, s.write(ctx, func(ctx context.Context, rows store) error {
		row, err := c.joins(ctx, rows, in.Token)
		if err != nil {
			return err
		}
		if row.EmailLookup != lookup {
			return fault.Bad("email", "This is not the email address that the account was made for.")
		}
		if err := signin.Refund(ctx, rows, buckets); err != nil {
			return err
		}
		row.PasswordHash = hash
		return rows.keepStaff(ctx, row, "join", "", &row.ID)
	})
}
