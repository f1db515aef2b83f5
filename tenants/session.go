package tenants

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/words"
)

// Sessions says how long a session lasts.
type Sessions signin.Sessions

// Session is a signed-in browser or client. Only the hash of its token is stored.
type Session struct {
	bun.BaseModel `bun:"table:sessions,alias:session"`
	InTrust

	TokenHash string    `bun:"token_hash,pk"`
	ID        uuid.UUID `bun:"id,type:uuid"` // by which its owner calls it
	AccountID uuid.UUID `bun:"account_id,type:uuid"`
	Device    string    `bun:"device"` // in a few words
	Bearer    bool      `bun:"bearer"`
	Strong    bool      `bun:"strong"` // both factors have been shown, not the password alone
	CreatedAt time.Time `bun:"created_at"`
	SeenAt    time.Time `bun:"seen_at"`
	// ProvedAt is when the person last showed that it is them: a password, a code, a key.
	ProvedAt time.Time `bun:"proved_at"`
	// LockedAt is since when it is locked, if not by nobody's using it; LockTries are
	// the wrong tries at the lock since then.
	LockedAt  *time.Time `bun:"locked_at"`
	LockTries int        `bun:"lock_tries"`
}

// session is what a request carries of it.
type session struct {
	id     uuid.UUID
	hash   string
	lack   signin.Lack
	stale  bool // its last use should be noted
	cookie bool // came as a cookie, so forms need the token
	proved time.Time
	seen   time.Time
	lock   Lock
	locked bool
	badged bool
}

// openSession makes a session and returns its token, which is shown once.
func openSession(ctx context.Context, s Scope, account uuid.UUID, strong bool) (string, error) {
	token := crypt.Token()
	row := Session{TokenHash: crypt.TokenHash(token), ID: newID(), AccountID: account, Device: signin.DeviceName(s.Client.Agent),
		Bearer: !s.Client.Browser, Strong: strong, CreatedAt: s.Now, SeenAt: s.Now, ProvedAt: s.Now}
	_, err := s.Insert(&row).Exec(ctx)
	return token, err
}

// Session is the id of the session that asks.
func (a Actor) Session() uuid.UUID { return a.session.id }

// Lacks tells whether the session is still short of a second factor, so that it
// opens nothing but the pages on which that is mended.
func (a Actor) Lacks() bool { return a.session.lack != signin.Nothing }

// Proved notes that the person has just shown that it is them; strong, that they
// have now shown both factors.
func (s Scope) Proved(ctx context.Context, strong bool) error {
	q := s.Update((*Session)(nil)).Set("proved_at = ?", s.Now).Where("token_hash = ?", s.Actor.session.hash)
	if strong {
		q.Set("strong = ?", true)
	}
	return Touched(q.Exec(ctx))
}

// freshFor is how long a proof counts for what is most private.
const freshFor = 10 * time.Minute

// Fresh is nil if the person showed within the last ten minutes that it is
// them; otherwise it refuses with ProofNeeded, for which a browser is led to
// /account/confirm and back, form and all. What is most private asks for it:
// identities, policy, export.
func (s Scope) Fresh() error {
	if s.Now.Sub(s.Actor.session.proved) <= freshFor {
		return nil
	}
	return fault.New(fault.ProofNeeded, "Please show again that it is you: this page is a private one.")
}

func touch(ctx context.Context, s Scope) error {
	_, err := s.Update((*Session)(nil)).Set("seen_at = ?", s.Now).Where("token_hash = ?", s.Actor.session.hash).Exec(ctx)
	return err
}

// EndSessions signs an account out everywhere but where it asks from.
func (s Scope) EndSessions(ctx context.Context, account uuid.UUID) error {
	_, err := s.Delete((*Session)(nil)).Where("account_id = ?", account).Where("token_hash <> ?", s.Actor.session.hash).Exec(ctx)
	return err
}

// identity is all that a request must know of who asks, read in one query.
type identity struct {
	ConfigVersion int64           `bun:"config_version"`
	TrustStatus   string          `bun:"trust_status"`
	ServiceID     *uuid.UUID      `bun:"service_id,type:uuid"`
	AccountID     *uuid.UUID      `bun:"account_id,type:uuid"`
	TrustRoles    Roles           `bun:"trust_roles"`
	Words         words.Tag       `bun:"words"`
	Begins        words.Tag       `bun:"begins"`
	HasApp        bool            `bun:"has_app"`
	OnTeam        bool            `bun:"on_team"`
	SessionID     *uuid.UUID      `bun:"session_id,type:uuid"`
	Strong        bool            `bun:"strong"`
	LockKind      LockKind        `bun:"lock_kind"`
	LockMinutes   int             `bun:"lock_minutes"`
	LockedAt      *time.Time      `bun:"locked_at"`
	Badged        bool            `bun:"badge"`
	CreatedAt     *time.Time      `bun:"created_at"`
	SeenAt        *time.Time      `bun:"seen_at"`
	ProvedAt      *time.Time      `bun:"proved_at"`
	MemberID      *uuid.UUID      `bun:"member_id,type:uuid"`
	Handle        *string         `bun:"handle"`
	HandleKey     *string         `bun:"handle_key"`
	Avatar        *int            `bun:"avatar"`
	Roles         Roles           `bun:"roles"`
	JoinedAt      *time.Time      `bun:"joined_at"`
	Suspended     *time.Time      `bun:"suspended_until"`
	Away          *time.Time      `bun:"away_until"`
	VisitedOn     *string         `bun:"visited_on"`
	Chosen        json.RawMessage `bun:"own,type:jsonb"`
	Tied          bool            `bun:"tied"`
	Filters       bool            `bun:"filters"`
}

// onTeam tells of an account a whether it is on any team: that of its trust or of
// one of the trust's services.
var onTeam = "(COALESCE(a.trust_roles, '') <> '' OR EXISTS (SELECT 1 FROM members AS team WHERE team.tenant_id = a.tenant_id AND team.account_id = a.id" +
	" AND team.status = 'active' AND " + StaffIn("team.roles") + "))"

// begins is how the interface is put to a member of a service who chose nothing, on
// a page that is of no service.
var begins = `COALESCE((SELECT MAX(sw.words) FROM members AS mw JOIN services AS sw ON sw.tenant_id = mw.tenant_id AND sw.id = mw.service_id
	WHERE mw.tenant_id = a.tenant_id AND mw.account_id = a.id AND mw.status = 'active' AND NOT ` + StaffIn("mw.roles") + `), '') AS begins`

// identify reads trust, session, account and member together. Without a valid
// token only the trust's part is filled.
func identify(ctx context.Context, db bun.IDB, trust uuid.UUID, service, tokenHash string) (identity, error) {
	var found identity
	q := db.NewSelect().TableExpr("trusts AS t").
		ColumnExpr("t.config_version, t.status AS trust_status, sv.id AS service_id").
		ColumnExpr("a.id AS account_id, a.trust_roles, COALESCE(a.words, '') AS words, s.id AS session_id, COALESCE(s.strong, ?) AS strong, s.created_at, s.seen_at, s.proved_at", false).
		ColumnExpr("CASE WHEN s.bearer THEN '' ELSE COALESCE(a.lock_kind, '') END AS lock_kind, COALESCE(a.lock_minutes, 0) AS lock_minutes, s.locked_at, COALESCE(a.badge, ?) AS badge", false).
		ColumnExpr("COALESCE(a.totp_sealed, '') <> '' AS has_app, "+onTeam+" AS on_team").
		ColumnExpr("m.id AS member_id, m.handle, m.handle_key, m.avatar, m.roles, m.joined_at, m.suspended_until, m.away_until, m.visited_on, m.own").
		ColumnExpr("EXISTS (SELECT 1 FROM ties AS ti WHERE ti.tenant_id = m.tenant_id AND ti.member_id = m.id) AS tied").
		ColumnExpr("EXISTS (SELECT 1 FROM word_filters AS wf WHERE wf.tenant_id = m.tenant_id AND wf.member_id = m.id) AS filters").
		Join("LEFT JOIN services AS sv ON sv.tenant_id = t.id AND sv.slug = ?", service).
		Join("LEFT JOIN sessions AS s ON s.tenant_id = t.id AND s.token_hash = ?", tokenHash).
		Join("LEFT JOIN accounts AS a ON a.tenant_id = s.tenant_id AND a.id = s.account_id AND a.status = 'active'").
		Join("LEFT JOIN members AS m ON m.tenant_id = a.tenant_id AND m.account_id = a.id AND m.service_id = sv.id AND m.status = 'active'").
		Where("t.id = ?", trust)
	if service == "" {
		q = q.ColumnExpr(begins)
	}
	err := q.Scan(ctx, &found)
	return found, err
}

// actor is who the identity is at this time; nobody once the session is over.
func (i identity) actor(limits Sessions, now time.Time, tokenHash string, cookie bool) Actor {
	if i.AccountID == nil || signin.Sessions(limits).Over(*i.CreatedAt, *i.SeenAt, now) {
		return Actor{}
	}
	actor := Actor{
		AccountID: *i.AccountID, Roles: append(Roles{}, i.TrustRoles...), words: i.Words, begins: i.Begins,
		session: session{id: *i.SessionID, lack: signin.LackOf(i.Strong, i.HasApp, i.OnTeam, signin.Sessions(limits)), hash: tokenHash, cookie: cookie, proved: *i.ProvedAt, stale: signin.Stale(*i.SeenAt, now),
			seen: *i.SeenAt, badged: i.Badged},
	}
	if lock := (Lock{i.LockKind, i.LockMinutes}); lock.On() && !actor.Lacks() {
		actor.session.lock, actor.session.locked = lock, lock.shut(i.LockedAt, *i.SeenAt, now)
		actor.session.stale = !actor.session.locked && now.Sub(*i.SeenAt) > noticedEvery
	}
	if i.MemberID != nil {
		actor.untied, actor.unfiltered, actor.visitedOn = !i.Tied, !i.Filters, *i.VisitedOn
		actor.Member = &Person{ID: *i.MemberID, AccountID: *i.AccountID, Handle: *i.Handle, HandleKey: *i.HandleKey, Avatar: *i.Avatar, Roles: i.Roles, JoinedAt: *i.JoinedAt,
			SuspendedUntil: i.Suspended, AwayUntil: i.Away, Chosen: i.Chosen}
		actor.Roles = append(actor.Roles, i.Roles...)
	}
	return actor
}
