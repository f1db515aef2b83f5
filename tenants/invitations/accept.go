package invitations

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui/assets"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// ByToken is what the link of an invitation carries.
type ByToken struct {
	Token string `path:"token"`
}

// Door is what whoever opens an invitation sees of it.
type Door struct {
	Service   string   `json:"service"`
	Rules     Rules    `json:"rules"`
	AsksBirth bool     `json:"asks_birth"` // joining needs the date of birth
	SignedIn  bool     `json:"signed_in"`  // and so no password
	Ideas     []string `json:"ideas"`      // handles that are free
	token     string
}

// Door shows an invitation. It uses nothing up: programmes that look through
// emails open links.
func (i Invitations) Door(ctx context.Context, s tenants.Scope, in ByToken) (Door, error) {
	row, at, err := i.redeem(ctx, s, in.Token, func(Row) (bool, error) { return true, nil })
	if err != nil {
		return Door{}, err
	}
	out := Door{Service: at.Service.Name, Rules: rulesOf(at.Service), AsksBirth: row.AsksBirth, SignedIn: s.Actor.SignedIn(), token: in.Token}
	err = at.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if row.OpenedAt == nil {
			if _, err := s.Update((*Row)(nil)).Set("opened_at = ?", s.Now).Where("id = ?", row.ID).Exec(ctx); err != nil {
				return err
			}
		}
		out.Ideas, err = ideas(ctx, s, row.ID.String())
		return err
	})
	return out, err
}

// redeem finds the invitation of a token and its service's scope, if right says
// so too; unusable otherwise, whatever the reason, and that counts as a guess.
func (i Invitations) redeem(ctx context.Context, s tenants.Scope, token string, right func(Row) (bool, error)) (row Row, at tenants.Scope, err error) {
	found, err := s.Try(ctx, func(ctx context.Context, s tenants.Scope) (bool, error) {
		ok, err := i.office.Opens(s, token, purpose, func(id uuid.UUID) (_ int, _ bool, err error) {
			row, err = anywhere(ctx, s, id)
			return row.Sends, row.usable(s.Now), err
		})
		if err != nil || !ok {
			return false, err
		}
		return right(row)
	})
	if err != nil {
		return Row{}, s, err
	}
	at, open := s.Within(row.ServiceID)
	if !found || !open {
		return Row{}, s, unusable()
	}
	return row, at, nil
}

// Accept is somebody who joins. The identity may be left empty; the email, and the
// date of birth where it is asked for, show that the invitation was to them.
type Accept struct {
	Token    string `path:"token"`
	Email    string `json:"email" validate:"required,email,max=254" label:"the email address that you got the invitation at"`
	Handle   string `json:"handle" validate:"max=100" label:"a name to be known by"`
	Avatar   int    `json:"avatar"`
	Password string `json:"password" validate:"max=200" label:"a password"` // not for somebody who has signed in
	Agree    bool   `json:"agree"`
	identity.Given
}

// Accept makes somebody a member: of two at once with one invitation, one. It
// opens a session for them.
func (i Invitations) Accept(ctx context.Context, s tenants.Scope, in Accept) (tenants.SignedIn, error) {
	more, err := in.Read(s.Now)
	if err != nil {
		return tenants.SignedIn{}, err
	}
	var who identity.Identity
	row, at, err := i.redeem(ctx, s, in.Token, func(row Row) (right bool, err error) {
		if who, err = i.archive.Open(row.IdentitySealed, row.ID); err != nil {
			return false, err
		}
		return row.EmailLookup == i.office.Keys.Lookup(in.Email) && (!row.AsksBirth || who.BornOn == more.BornOn), nil
	})
	if err != nil {
		return tenants.SignedIn{}, err
	}
	who = who.With(more)
	if err := i.checkJoining(ctx, at, row.Role, in, who); err != nil {
		return tenants.SignedIn{}, err
	}
	hash := ""
	if !s.Actor.SignedIn() {
		if hash, err = crypt.HashPassword(ctx, in.Password); err != nil {
			return tenants.SignedIn{}, err
		}
	}
	var out tenants.SignedIn
	err = at.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if row, err = find(ctx, s, row.ID); err != nil {
			return err
		}
		if !row.usable(s.Now) {
			return unusable() // somebody was faster
		}
		out, err = i.join(ctx, s, row, in, who, hash)
		return err
	})
	return out, err
}

// join writes all that follows from a yes, in one unit of work.
func (i Invitations) join(ctx context.Context, s tenants.Scope, row Row, in Accept, who identity.Identity, hash string) (out tenants.SignedIn, err error) {
	var account tenants.Account
	if s.Actor.SignedIn() {
		err = s.Select(&account).Where("id = ?", s.Actor.AccountID).Scan(ctx)
	} else {
		account, err = tenants.CreateAccount(ctx, s, i.office.Keys, tenants.NewAccount{Email: strings.TrimSpace(in.Email), PasswordHash: hash})
	}
	if err != nil {
		return out, err
	}
	person, err := tenants.Join(ctx, s, account.ID, tenants.NewPerson{Handle: in.Handle, Avatar: in.Avatar, Roles: tenants.Roles{row.Role}, JoinedAt: s.Now, BornOn: clock.Date(who.BornOn)})
	if err != nil {
		return out, err
	}
	if err := i.archive.Add(ctx, s, account.ID, who); err != nil {
		return out, err
	}
	row.AcceptedAt, row.ClosedAt, row.IdentitySealed = &s.Now, &s.Now, ""
	if err := update(ctx, s, &row); err != nil {
		return out, err
	}
	agreed := map[string]any{"role": row.Role, "rules_version": s.Service.JoiningVersion}
	if err := s.As(person).Audit(ctx, "member.joined", tenants.Audited{Subject: person.ID, After: agreed}); err != nil {
		return out, err
	}
	if err := s.Emit(ctx, Joined, tenants.Event{Subject: person.ID, About: row.ID}); err != nil {
		return out, err
	}
	return i.entrance.Admit(ctx, s, account, "invitation", false, "/"+s.Service.Slug)
}

// checkJoining tells everything that has to change before somebody can join.
func (i Invitations) checkJoining(ctx context.Context, at tenants.Scope, role tenants.Role, in Accept, who identity.Identity) error {
	wrong := &fault.Error{Code: fault.Invalid, Message: "Some of what you entered needs a change."}
	add := func(field, message string) {
		wrong.Fields = append(wrong.Fields, fault.Field{Name: field, Message: message})
	}
	err := at.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		here, err := standing(ctx, s, i.office.Keys.Lookup(in.Email))
		if err != nil {
			return err
		}
		if here != "" {
			add("email", here)
		}
		complaint, err := unfit(ctx, s, in.Handle, who.Name)
		if complaint != "" {
			add("handle", complaint)
		}
		return err
	})
	if err != nil {
		return err
	}
	if at.Estate.Fits(at.Service, role, clock.Date(who.BornOn), clock.DateOf(at.Now)) != nil {
		add("born_on", "This invitation is to a part of "+at.Estate.Root(at.Service).Name+" that is not for you, or not any more. Tell whoever invited you, and they will send you the right one.")
	}
	if in.Avatar < 1 || in.Avatar > assets.Avatars {
		add("avatar", "Choose a picture.")
	}
	if !at.Actor.SignedIn() {
		var failed *fault.Error
		if errors.As(tenants.CheckPassword(in.Password), &failed) {
			wrong.Fields = append(wrong.Fields, failed.Fields...)
		}
	}
	if !in.Agree {
		add("agree", "Read the house rules, and say yes if you will keep to them.")
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}

// standing tells whether somebody has an account, or a place in the service, that
// keeps them from joining as they are about to.
func standing(ctx context.Context, s tenants.Scope, lookup string) (complaint string, err error) {
	if s.Actor.SignedIn() {
		member, err := s.Select((*tenants.Person)(nil)).Where("account_id = ?", s.Actor.AccountID).Exists(ctx)
		if member {
			complaint = "You are a member here already."
		}
		return complaint, err
	}
	var known []tenants.Account
	err = s.Select(&known).Column("id", "status").Where("email_lookup = ?", lookup).Scan(ctx)
	held := false
	if err == nil && len(known) > 0 && known[0].Status == "closed" {
		held, err = tenants.Held(ctx, s, known[0].ID)
	}
	switch {
	case held:
		complaint = "You left, and there is a legal reason to keep what is here about you for now. You cannot join again with this address before that ends. Your service’s team can tell you more."
	case len(known) > 0 && known[0].Status == "closed":
		complaint = "You left, and your things are still being removed. Open the invitation again tomorrow. If it still does not let you in, ask your service’s team."
	case len(known) > 0:
		complaint = "You have an account here already. Sign in with it first, then open the invitation again: it joins you with one click less."
	}
	return complaint, err
}
