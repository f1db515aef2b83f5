package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Holding is what a room or a part keeps of people. All of it works whether or
// not the room is switched on, and as nobody. A part is asked once for an
// account, with a Person that has nothing but its AccountID.
type Holding struct {
	Classes []Class
	// Export adds what is kept of the person to their copy.
	Export func(ctx context.Context, s Scope, person Person, into *Copy) error
	// Files are the keys of the files that Erase is about to forget; they go first.
	Files func(ctx context.Context, s Scope, person Person, how Leaving) ([]string, error)
	// Erase removes it, in one unit of work. After a crash it is called again, and
	// then has nothing more to do. What is kept names no longer whose it was: the
	// person's handle and account are removed by the trust itself.
	Erase func(ctx context.Context, s Scope, person Person, how Leaving) error
}

// Leaving is how somebody wants to leave.
type Leaving struct {
	KeepWords bool // what they wrote for everybody stays, without their name
}

// Class is a sort of record, as a member and the trust's administrator know it.
type Class struct {
	Key   string // "notices"
	Name  string // "Notices"
	About string // what it is, in a sentence to the member
	// Days is how long it is kept; where there is a Purge the trust may choose from
	// Least to Most. Zero: as long as the person is here.
	Days, Least, Most int
	// Stays is why it is kept when the person leaves; empty where it goes.
	Stays string
	// Count and Purge are of the rows of a service that are older than before, but
	// for those of members under a legal hold.
	Count func(ctx context.Context, s Scope, before time.Time) (int, error)
	Purge func(ctx context.Context, s Scope, before time.Time) (int, error)
}

// Copy is what somebody takes away of what is kept about them.
type Copy struct {
	Sections []Section `json:"sections"`
	// Service is where the next items belong.
	Service string `json:"-"`
}

// Section is one room's part of it.
type Section struct {
	Service string `json:"service,omitempty"`
	Name    string `json:"name"`
	Items   []Item `json:"items"`
}

// Item is one thing that is kept.
type Item struct {
	At       time.Time     `json:"at,omitzero"`
	Where    string        `json:"where,omitempty"`
	Title    string        `json:"title,omitempty"`
	Words    string        `json:"words,omitempty"` // as the person wrote them
	Facts    []Fact        `json:"facts,omitempty"`
	Pictures []CopyPicture `json:"pictures,omitempty"`
}

// Fact is a name and its value, such as a setting.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// CopyPicture is a picture or a film that goes with a copy.
type CopyPicture struct {
	File string `json:"file"` // its name in the copy
	Alt  string `json:"alt"`
	Key  string `json:"-"` // in storage
	Type string `json:"-"`
}

// Add puts items into a section of the service at hand.
func (c *Copy) Add(section string, items ...Item) {
	for i := range c.Sections {
		if c.Sections[i].Service == c.Service && c.Sections[i].Name == section {
			c.Sections[i].Items = append(c.Sections[i].Items, items...)
			return
		}
	}
	c.Sections = append(c.Sections, Section{c.Service, section, items})
}

// Aged are rows that go at an age: Model a row type, Since the column of their
// time, Whose the column with the member.
type Aged struct {
	Model        any
	Since, Whose string
}

// Ages completes a class whose rows go at their age.
func (c Class) Ages(rows ...Aged) Class {
	sum := func(of func(Aged, context.Context, Scope, time.Time) (int, error)) func(context.Context, Scope, time.Time) (int, error) {
		return func(ctx context.Context, s Scope, before time.Time) (all int, err error) {
			for _, a := range rows {
				n, err := of(a, ctx, s, before)
				if err != nil {
					return all, err
				}
				all += n
			}
			return all, nil
		}
	}
	c.Count, c.Purge = sum(Aged.count), sum(Aged.purge)
	return c
}

func (a Aged) count(ctx context.Context, s Scope, before time.Time) (int, error) {
	q := s.Select(a.Model).Where("? < ?", bun.Ident(a.Since), before)
	n, err := q.Where(notHeld, bun.Ident(a.Whose), s.Estate.Trust.ID).Count(ctx)
	return int(n), err
}

func (a Aged) purge(ctx context.Context, s Scope, before time.Time) (int, error) {
	q := s.Delete(a.Model).Where("? < ?", bun.Ident(a.Since), before)
	result, err := q.Where(notHeld, bun.Ident(a.Whose), s.Estate.Trust.ID).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

const notHeld = `? NOT IN (SELECT m.id FROM members AS m JOIN legal_holds AS h ON h.tenant_id = m.tenant_id AND h.account_id = m.account_id
	WHERE m.tenant_id = ? AND h.lifted_at IS NULL)`

// NotHeld narrows to rows of members who are under no legal hold; whose is the
// column with the member. Whatever a purge removes or changes goes through it.
func NotHeld(s Scope, whose string) (condition string, column bun.Ident, trust uuid.UUID) {
	return notHeld, bun.Ident(whose), s.Estate.Trust.ID
}

// Held tells whether an account is under a legal hold.
func Held(ctx context.Context, s Scope, account uuid.UUID) (bool, error) {
	return s.Select((*Account)(nil)).Where("account.id = ?", account).
		Where("EXISTS (SELECT 1 FROM legal_holds AS h WHERE h.tenant_id = account.tenant_id AND h.account_id = account.id AND h.lifted_at IS NULL)").Exists(ctx)
}

// gone is what a member who left is called where others still see what was theirs.
const gone = "Somebody who left"

// Shut closes an account and all its sessions, so that nothing is added any more
// to what is about to be removed.
func Shut(ctx context.Context, s Scope, account uuid.UUID) error {
	if err := Touched(s.Update((*Account)(nil)).Set("status = 'closed'").Where("id = ?", account).Exec(ctx)); err != nil {
		return err
	}
	if _, err := s.Delete((*Session)(nil)).Where("account_id = ?", account).Exec(ctx); err != nil {
		return err
	}
	members := func(change string, args ...any) *bun.UpdateQuery {
		return s.unit.db.NewUpdate().Model((*Person)(nil)).Set(change, args...).Where("tenant_id = ?", s.Estate.Trust.ID).Where("account_id = ?", account)
	}
	if _, err := members("left_at = ?", s.Now).Where("status = 'active'").Where("NOT " + StaffIn("roles")).Exec(ctx); err != nil {
		return err
	}
	_, err := members("status = 'left'").Exec(ctx)
	return err
}

// Forget removes who an account is: its email, password, roles, handles, avatars
// and choices. Rows without any of that stay, for what others wrote to refer to.
// The email and the handles are free again: who is invited later joins anew.
func Forget(ctx context.Context, s Scope, account uuid.UUID) error {
	var was Account
	if err := s.Select(&was).Where("account.id = ?", account).Scan(ctx); err != nil {
		return err
	}
	if _, err := s.Delete((*throttle)(nil)).Where("subject LIKE ?", "%"+was.EmailLookup+"%").Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Delete((*Receipt)(nil)).Where("account_id = ?", account).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.unit.db.NewDelete().Model((*formerHandle)(nil)).Where("tenant_id = ?", s.Estate.Trust.ID).
		Where("member_id IN (SELECT m.id FROM members AS m WHERE m.tenant_id = ? AND m.account_id = ?)", s.Estate.Trust.ID, account).Exec(ctx); err != nil {
		return err
	}
	_, err := s.unit.db.NewUpdate().Model((*Person)(nil)).Set("handle = ?", gone).Set("handle_key = ?", bun.Safe("'left-' || id")).
		Set("handle_skeleton = ?", bun.Safe("'left-' || id")).Set("own = NULL").
		Set("avatar = 1").Set("about = ''").Set("pronouns = ''").Set("interests = ''").Set("roles = ''").
		Where("tenant_id = ?", s.Estate.Trust.ID).Where("account_id = ?", account).Exec(ctx)
	if err != nil {
		return err
	}
	return Touched(s.Update((*Account)(nil)).Set("email_lookup = ?", "left:"+account.String()).Set("email_sealed = ''").
		Set("password_hash = ''").Set("totp_sealed = ''").Set("totp_used = 0").Set("pin_sealed = ''").Set("lock_kind = ''").Set("trust_roles = ''").Set("words = ''").Where("id = ?", account).Exec(ctx))
}

// Everywhere returns a scope of each of the trust's services, also of those that
// are closed: what was written there is still kept.
func (s Scope) Everywhere(ctx context.Context) ([]Scope, error) {
	var services []*Service
	if err := s.Select(&services).Order("name").Scan(ctx); err != nil {
		return nil, err
	}
	all := make([]Scope, len(services))
	for i, service := range services {
		all[i] = s
		all[i].Service = service
	}
	return all, nil
}
