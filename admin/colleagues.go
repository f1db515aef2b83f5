package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// staffAct is something that can be done with an account of platform staff. Whatever
// it is, they are signed out everywhere.
type staffAct struct {
	Key, Name, About string
	Done             string // in the log
	fits             func(Staff) bool
	do               func(*Staff)
}

func active(staff Staff) bool { return staff.Status == "active" }

// unjoined tells whether somebody was asked and has not chosen a password yet.
func unjoined(staff Staff) bool { return active(staff) && staff.PasswordHash == "" }

// staffActs are all there are, but for a new password, which needs somebody at the
// command line.
var staffActs = slices.Concat([]staffAct{
	{"close", "Close the account", "They cannot sign in any more. What they did keeps their name.", "Closed the account", active, func(s *Staff) { s.Status = "closed" }},
	{"open", "Open the account again", "They sign in as before.", "Opened the account again", func(s Staff) bool { return !active(s) }, func(s *Staff) { s.Status = "active" }},
	{"forget-step", "Forget their second step", "For somebody whose phone is lost, and whose recovery codes are too: they set up another app when they sign in next. Be sure that it is them who asks.", "Forgot their second step",
		func(s Staff) bool { return active(s) && s.app() }, func(s *Staff) { s.TOTPSealed = "" }},
}, staffRoles())

// staffRoles are the acts that give somebody another role.
func staffRoles() (acts []staffAct) {
	for _, role := range tenants.PlatformRoles {
		acts = append(acts, staffAct{string(role), "Make them " + strings.ToLower(role.Name()), "In place of the role that they have.", "Gave another role: " + strings.ToLower(role.Name()),
			func(s Staff) bool { return active(s) && !s.Roles.Has(role) }, func(s *Staff) { s.Roles = tenants.Roles{role} }})
	}
	return acts
}

// actOn finds what can be done with an account; Conflict if that is not (any more).
func actOn(staff Staff, key string) (staffAct, error) {
	at := slices.IndexFunc(staffActs, func(a staffAct) bool { return a.Key == key && a.fits(staff) })
	if at < 0 {
		return staffAct{}, fault.New(fault.Conflict, "This cannot be done with the account as it is now. Look at it again.")
	}
	return staffActs[at], nil
}

// Colleague is an account of platform staff, as the others see it.
type Colleague struct {
	ID      uuid.UUID  `json:"id"`
	Name    string     `json:"name"`
	Email   string     `json:"email"`
	Roles   []string   `json:"roles"`
	Open    bool       `json:"open"`
	Waits   bool       `json:"waits"` // for them to choose a password
	Second  bool       `json:"second_step"`
	Me      bool       `json:"me"`
	Since   time.Time  `json:"since"`
	SeenAt  *time.Time `json:"seen_at,omitempty"` // in a session that is still open
	Version int        `json:"version"`
}

func (c Console) colleague(s Scope, row Staff, seen map[uuid.UUID]time.Time) (Colleague, error) {
	out := Colleague{ID: row.ID, Name: row.Name, Roles: row.Roles.Names(), Open: active(row), Waits: unjoined(row), Second: row.app(), Me: row.ID == s.Staff.ID, Since: row.CreatedAt, Version: row.Version}
	if at, ok := seen[row.ID]; ok {
		out.SeenAt = &at
	}
	var err error
	out.Email, err = c.Keys.Open(row.EmailSealed, row.ID.String())
	return out, err
}

// Colleagues are all accounts of platform staff; those that are closed come last.
type Colleagues struct {
	Staff []Colleague `json:"staff"`
}

// Colleagues lists the accounts of platform staff.
func (c Console) Colleagues(ctx context.Context, s Scope, _ web.None) (out Colleagues, err error) {
	err = s.read(ctx, func(ctx context.Context, rows store) error {
		seen, err := rows.seen(ctx, c.Sessions.Absolute)
		if err != nil {
			return err
		}
		all, err := rows.staff(ctx)
		for _, row := range all {
			one, err := c.colleague(s, row, seen)
			if err != nil {
				return err
			}
			out.Staff = append(out.Staff, one)
		}
		return err
	})
	return out, err
}

// OneColleague names an account of platform staff.
type OneColleague struct {
	Staff uuid.UUID `path:"staff"`
}

// ColleaguePage is an account, what can be done with it and what was.
type ColleaguePage struct {
	Colleague
	Link  *JoinLink   `json:"link,omitempty"` // for whom it waits
	Acts  []ActOption `json:"acts"`
	App   bool        `json:"app"` // whoever asks proves themselves by a code, not by their password
	Deeds []Deed      `json:"deeds"`
}

// ActOption is something that can be done with an account.
type ActOption struct {
	Key   string `json:"act"`
	Name  string `json:"name"`
	About string `json:"about"`
}

// Colleague shows an account of platform staff. NotFound if there is none.
func (c Console) Colleague(ctx context.Context, s Scope, in OneColleague) (out ColleaguePage, err error) {
	out.App, out.Acts, out.Deeds = s.Staff.app(), []ActOption{}, []Deed{}
	err = s.read(ctx, func(ctx context.Context, rows store) error {
		row, err := rows.one(ctx, in.Staff)
		if err != nil {
			return err
		}
		seen, err := rows.seen(ctx, c.Sessions.Absolute)
		if err != nil {
			return err
		}
		if out.Colleague, err = c.colleague(s, row, seen); err != nil {
			return err
		}
		if unjoined(row) {
			out.Link = c.joinLink(row, s.Now)
		}
		for _, act := range staffActs {
			if act.fits(row) && !out.Me {
				out.Acts = append(out.Acts, ActOption{act.Key, act.Name, act.About})
			}
		}
		deeds, err := rows.staffDeeds(ctx, row.ID, shownDeeds)
		out.Deeds = append(out.Deeds, deeds...)
		return err
	})
	return out, err
}

// ChangeStaff is something to do with a colleague's account. Proof is a code from the
// app or, for somebody without one, their password.
type ChangeStaff struct {
	OneColleague
	Act     string `json:"act" validate:"required" label:"what shall happen"`
	Reason  string `json:"reason" validate:"filled,max=500" label:"why"`
	Proof   string `json:"proof" validate:"required,max=200" label:"what shows that it is you"`
	Version int    `json:"version" validate:"gte=1"`
}

// ChangeStaff does it. Nobody changes their own account, so there is always an
// administrator; Conflict if the account changed since Version.
func (c Console) ChangeStaff(ctx context.Context, s Scope, in ChangeStaff) (web.None, error) {
	if in.Staff == s.Staff.ID {
		return web.None{}, fault.New(fault.Conflict, "This is your own account. Another platform administrator can change it.")
	}
	if err := c.proves(ctx, s, in.Proof); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.write(ctx, func(ctx context.Context, rows store) error {
		// Of two who change each other at once the second finds that they may not any more.
		admins, err := rows.lockAdmins(ctx)
		if err != nil {
			return err
		}
		if !slices.Contains(admins, s.Staff.ID) {
			return fault.New(fault.Forbidden, "Your role here does not allow this.")
		}
		row, err := rows.one(ctx, in.Staff)
		if err != nil {
			return err
		}
		if row.Version != in.Version {
			return fault.Stale()
		}
		return rows.changeStaff(ctx, row, in.Act, in.Reason, &s.Staff.ID)
	})
}

// Change does something with the account of an email address, for who runs the
// machine. NotFound if there is none.
func (r Roster) Change(ctx context.Context, email, act, reason string) error {
	return r.change(ctx, email, func(ctx context.Context, rows store, row Staff) error {
		return rows.changeStaff(ctx, row, act, reason, nil)
	})
}

// SetPassword gives somebody another password, and signs them out everywhere.
func (r Roster) SetPassword(ctx context.Context, email, hash string) error {
	return r.change(ctx, email, func(ctx context.Context, rows store, row Staff) error {
		row.PasswordHash = hash
		return rows.keepStaff(ctx, row, "password", "", nil)
	})
}

func (r Roster) change(ctx context.Context, email string, do func(context.Context, store, Staff) error) error {
	return r.DB.Platform(ctx, within(r.Clock.Now(), func(ctx context.Context, rows store) error {
		row, err := rows.staffBy(ctx, r.Keys.Lookup(email))
		if err != nil {
			return err
		}
		return do(ctx, rows, row)
	}))
}

// StaffActs are the keys of what Change can do.
func StaffActs() (keys []string) {
	for _, act := range staffActs {
		keys = append(keys, act.Key)
	}
	return keys
}

// staffDone is what the log of an account says in words.
func staffDone(action string) string {
	for _, act := range staffActs {
		if act.Key == action {
			return act.Done
		}
	}
	return map[string]string{"password": "Gave another password", "invite": "Asked them to join", "join": "Chose a password, and joined"}[action]
}
