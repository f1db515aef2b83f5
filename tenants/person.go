package tenants

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/words"
	"github.com/sharon-nhs/sharon/tenants/handles"
)

// Account is how a person signs in to a trust. Who they are is not in it: the
// email is kept as a keyed hash, to find it, and sealed.
type Account struct {
	bun.BaseModel `bun:"table:accounts,alias:account"`
	InTrust

	ID           uuid.UUID `bun:"id,pk,type:uuid"`
	EmailLookup  string    `bun:"email_lookup"`
	EmailSealed  string    `bun:"email_sealed"`
	PasswordHash string    `bun:"password_hash"`
	TOTPSealed   string    `bun:"totp_sealed"` // the secret of the app that makes codes; empty for none
	TOTPUsed     int64     `bun:"totp_used"`   // the last step of time whose code was taken
	TrustRoles   Roles     `bun:"trust_roles"`
	LockKind     LockKind  `bun:"lock_kind"`
	LockMinutes  int       `bun:"lock_minutes"`
	PINSealed    string    `bun:"pin_sealed"` // the hash of the PIN that opens the lock; empty for none
	Badge        bool      `bun:"badge"`      // how much waits is shown on the app's icon
	Status       string    `bun:"status"`
	Words        words.Tag `bun:"words"` // how the interface is put; empty for no choice
	CreatedAt    time.Time `bun:"created_at"`
}

// Email opens the address that the account signs in with.
func (a Account) Email(keys crypt.Keys) (string, error) {
	return keys.Open(a.EmailSealed, a.ID.String())
}

// Person is an account in one service, as its peers know it: a handle and a face.
type Person struct {
	bun.BaseModel `bun:"table:members,alias:person"`
	InService

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	AccountID uuid.UUID `bun:"account_id,type:uuid" json:"-"`
	Handle    string    `bun:"handle" json:"handle"`
	HandleKey string    `bun:"handle_key" json:"-"`
	Skeleton  string    `bun:"handle_skeleton" json:"-"` // what the handle looks like
	Avatar    int       `bun:"avatar" json:"avatar"`
	About     string    `bun:"about" json:"about,omitempty"`
	Pronouns  string    `bun:"pronouns" json:"pronouns,omitempty"`
	Interests Labels    `bun:"interests" json:"interests,omitempty"`
	Unlisted  bool      `bun:"unlisted" json:"-"` // not in the members' directory
	Roles     Roles     `bun:"roles" json:"-"`
	Status    string    `bun:"status" json:"-"`
	JoinedAt  time.Time `bun:"joined_at" json:"joined_at,omitzero"`
	// SuspendedUntil is until when they may not write to others, AwayUntil until when
	// they are on a break of their own: see Suspended and Away.
	SuspendedUntil *time.Time `bun:"suspended_until" json:"-"`
	AwayUntil      *time.Time `bun:"away_until" json:"-"`
	// Chosen is what they chose for themselves, by room: see Own.
	Chosen json.RawMessage `bun:"own,type:jsonb,nullzero" json:"-"`
	// Badge is the role that peers see, for the API; the others are nobody's business.
	Badge Role `bun:"-" json:"badge,omitempty"`
}

// Suspended tells whether they may not write to others at a time.
func (p *Person) Suspended(at time.Time) bool {
	return p != nil && p.SuspendedUntil != nil && at.Before(*p.SuspendedUntil)
}

// Away tells whether they are on a break at a time, on which nothing but safety
// notices reaches them.
func (p *Person) Away(at time.Time) bool {
	return p != nil && p.AwayUntil != nil && at.Before(*p.AwayUntil)
}

// Face reads of a member only what a page shows beside their words.
func Face(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Column("id", "handle", "handle_key", "avatar", "roles")
}

// MarshalJSON implements json.Marshaler.
func (p Person) MarshalJSON() ([]byte, error) {
	type plain Person
	p.Badge = p.Roles.Badge()
	return json.Marshal(plain(p))
}

// HandleKey is a handle as an address and for comparing: lower case, blanks as hyphens.
func HandleKey(handle string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(handle), func(r rune) bool { return r == ' ' || r == '-' }), "-")
}

// Call gives a member a handle, with what it is found by and what it looks like.
func (p *Person) Call(handle string) {
	p.Handle, p.HandleKey, p.Skeleton = handle, HandleKey(handle), handles.Skeleton(handle)
}

// PersonByHandle finds an active member of this service, by the handle that they
// have or one that they had, whom the actor sees. No
// row (database.Missing) otherwise.
func (s Scope) PersonByHandle(ctx context.Context, handle string) (person Person, err error) {
	err = s.called(&person, handle).ApplyQueryBuilder(s.Seeing("person.id")).Scan(ctx)
	return person, err
}

// Anybody is PersonByHandle also across a block: to end it, and for what must
// look as if there were none.
func (s Scope) Anybody(ctx context.Context, handle string) (person Person, err error) {
	err = s.called(&person, handle).Scan(ctx)
	return person, err
}

// WhoMay lists the active members who may do permission here, by their handles.
func (s Scope) WhoMay(ctx context.Context, permission string) ([]Person, error) {
	may := func(roles Roles) bool { return s.As(Person{Roles: roles}).May(permission) }
	var people []Person
	q := s.Select(&people).Where("person.status = 'active'").Order("person.handle_key")
	for _, role := range ServiceRoles {
		if !may(Roles{role}) {
			q.Where("person.roles <> ?", role) // held alone; nearly everybody has just one of them
		}
	}
	err := q.Scan(ctx)
	return slices.DeleteFunc(people, func(p Person) bool { return !may(p.Roles) }), err
}

func (s Scope) called(person *Person, handle string) *bun.SelectQuery {
	var service uuid.UUID
	if s.Service != nil {
		service = s.Service.ID
	}
	return s.Bearing(s.Select(person), service, handle).Where("person.status = 'active'")
}
