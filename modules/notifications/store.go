package notifications

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// settingsOf reads what a member chose, or what is usual where they never did.
func settingsOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (Settings, error) {
	found, err := settingsOfMany(ctx, s, []uuid.UUID{member})
	if err != nil {
		return Settings{}, err
	}
	if mine, ok := found[member]; ok {
		return mine, nil
	}
	return usually(s, member), nil
}

// settingsOfMany leaves out those who never chose.
func settingsOfMany(ctx context.Context, s tenants.Scope, members []uuid.UUID) (map[uuid.UUID]Settings, error) {
	var rows []Settings
	if err := s.Select(&rows).Where("member_id IN (?)", bun.List(members)).Scan(ctx); err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]Settings, len(members))
	for _, row := range rows {
		row.habits = habitsOf(s.Service.Area)
		found[row.MemberID] = row
	}
	return found, nil
}

// save keeps a member's choices.
func save(ctx context.Context, s tenants.Scope, mine Settings) error {
	_, err := s.Insert(&mine).On("CONFLICT (tenant_id, member_id) DO UPDATE").
		Set("choices = EXCLUDED.choices").Set("quiet_from = EXCLUDED.quiet_from").Set("quiet_to = EXCLUDED.quiet_to").
		Set("digest = EXCLUDED.digest").Set("digest_day = EXCLUDED.digest_day").Set("digest_hour = EXCLUDED.digest_hour").
		Set("next_digest_at = EXCLUDED.next_digest_at").Exec(ctx)
	return err
}

// begin keeps what is usual for members who never chose.
func begin(ctx context.Context, s tenants.Scope, rows []Settings) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tenants.InsertAll(s, rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// notAway leaves out those who are on a break.
func notAway(ctx context.Context, s tenants.Scope, members []uuid.UUID) ([]uuid.UUID, error) {
	var away []uuid.UUID
	err := s.Select((*tenants.Person)(nil)).Column("id").Where("person.id IN (?)", bun.List(members)).Where("person.away_until > ?", s.Now).Scan(ctx, &away)
	if err != nil || len(away) == 0 {
		return members, err
	}
	return slices.DeleteFunc(slices.Clone(members), func(id uuid.UUID) bool { return slices.Contains(away, id) }), nil
}

// unreadOf are those of the members to whom something about a thing is new already.
func unreadOf(ctx context.Context, s tenants.Scope, about uuid.UUID, members []uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := s.Select((*Notice)(nil)).Column("member_id").Where("about_id = ?", about).Where("member_id IN (?)", bun.List(members)).
		Where("read_at IS NULL").Scan(ctx, &ids)
	return set(ids), err
}

// insert writes notices and returns the members to whom they are news: nobody is
// told the same of the same person twice.
func insert(ctx context.Context, s tenants.Scope, notices []Notice) (map[uuid.UUID]bool, error) {
	if len(notices) == 0 {
		return nil, nil
	}
	var ids []uuid.UUID
	err := tenants.InsertAll(s, notices).On("CONFLICT DO NOTHING").Returning("member_id").Scan(ctx, &ids)
	return set(ids), err
}

func set(ids []uuid.UUID) map[uuid.UUID]bool {
	all := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		all[id] = true
	}
	return all
}

// reachable are those of the members who have what a channel needs: everybody has
// an email address, but not a device or a telephone number.
func reachable(ctx context.Context, s tenants.Scope, c Channel, members []uuid.UUID) (ids []uuid.UUID, err error) {
	var having *bun.SelectQuery
	switch c {
	case Push:
		having = s.Select((*Device)(nil)).Column("account_id")
	case Text:
		having = s.Select((*identity.Kept)(nil)).Column("account_id").Where("phone_verified_at IS NOT NULL")
	}
	if having == nil || len(members) == 0 {
		return members, nil
	}
	err = s.Select((*tenants.Person)(nil)).Column("id").Where("id IN (?)", bun.List(members)).Where("account_id IN (?)", having).Scan(ctx, &ids)
	return ids, err
}

// lastOf is the latest delivery of a channel to each of the members, of those that
// wait or went out; a digest or a call to the team keeps nothing else waiting.
func lastOf(ctx context.Context, s tenants.Scope, c Channel, members []uuid.UUID) (map[uuid.UUID]Delivery, error) {
	var rows []Delivery
	err := s.Select(&rows).Column("member_id", "state", "sent_at").Where("channel = ?", c).Where("member_id IN (?)", bun.List(members)).
		Where("kind NOT IN (?)", bun.List([]string{digestKind, paged.key})).Where("(state = ? OR sent_at > ?)", Queued, s.Now.Add(-apartBy)).Order("due_at").Scan(ctx)
	last := make(map[uuid.UUID]Delivery, len(rows))
	for _, row := range rows {
		if last[row.MemberID].State != Queued {
			last[row.MemberID] = row
		}
	}
	return last, err
}

// insertDeliveries writes calls that are to go out and returns those that do:
// where another worker has just noted one for the same member, that will do.
func insertDeliveries(ctx context.Context, s tenants.Scope, deliveries []Delivery) (noted []Delivery, err error) {
	var ids []uuid.UUID
	if err := tenants.InsertAll(s, deliveries).On("CONFLICT DO NOTHING").Returning("id").Scan(ctx, &ids); err != nil {
		return nil, err
	}
	there := tenants.NewIDs(ids...)
	return slices.DeleteFunc(slices.Clone(deliveries), func(d Delivery) bool { return !there.Has(d.ID) }), nil
}

// deliveryOf locks a delivery to carry it out. NotFound if there is none.
func deliveryOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (d Delivery, err error) {
	err = s.Lock(&d).Where("id = ?", id).Scan(ctx)
	return d, err
}

// begun counts a try before it is made, and keeps what it is about now.
func begun(ctx context.Context, s tenants.Scope, d *Delivery) error {
	d.Attempts++
	_, err := s.Update(d).Column("state", "attempts", "kind", "about_id", "path").Where("id = ?", d.ID).Exec(ctx)
	return err
}

// postpone lets a delivery wait for an event of its own.
func postpone(ctx context.Context, s tenants.Scope, d Delivery) error {
	if _, err := s.Update(&d).Column("due_at").Where("id = ?", d.ID).Exec(ctx); err != nil {
		return err
	}
	return s.Emit(ctx, d.carrier(), d.event(s))
}

// finish ends a delivery, or keeps why a try failed (Queued). What somebody else
// has ended meanwhile stays as it is.
func finish(ctx context.Context, s tenants.Scope, d *Delivery, state State, code string) error {
	was := d.State
	d.State, d.Code = state, code
	if state == Sent {
		d.SentAt = &s.Now
	}
	_, err := s.Update(d).Column("state", "code", "sent_at").Where("id = ?", d.ID).Where("state = ?", was).Exec(ctx)
	return err
}

// keepPage notes a call to one of the team, or finds it as it was left.
func keepPage(ctx context.Context, s tenants.Scope, d Delivery) (Delivery, error) {
	if _, err := s.Insert(&d).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return d, err
	}
	return deliveryOf(ctx, s, d.ID)
}

// deliveryFor is deliveryOf for who only reads.
func deliveryFor(ctx context.Context, s tenants.Scope, id uuid.UUID) (d Delivery, err error) {
	err = s.Select(&d).Where("id = ?", id).Scan(ctx)
	return d, err
}

func memberOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (person tenants.Person, err error) {
	err = s.Select(&person).Where("id = ?", id).Where("status = 'active'").Scan(ctx)
	return person, err
}

func accountOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (account tenants.Account, err error) {
	err = s.Select(&account).Where("id = ?", id).Where("status = 'active'").Scan(ctx)
	return account, err
}

// lookingNow tells whether somebody has a page open.
func lookingNow(ctx context.Context, s tenants.Scope, account uuid.UUID) (bool, error) {
	return s.Select((*tenants.Session)(nil)).Where("account_id = ?", account).Where("seen_at > ?", s.Now.Add(-lately)).Exists(ctx)
}

// bounced is an address that refused an email.
type bounced struct {
	bun.BaseModel `bun:"table:email_bounces,alias:bounce"`
	tenants.InTrust

	AccountID   uuid.UUID `bun:"account_id,pk,type:uuid"`
	EmailLookup string    `bun:"email_lookup"`
	Code        string    `bun:"code"`
	BouncedAt   time.Time `bun:"bounced_at"`
}

// bouncing tells whether the address that the account has now refuses emails.
func bouncing(ctx context.Context, s tenants.Scope, account tenants.Account) (bool, error) {
	return s.Select((*bounced)(nil)).Where("account_id = ?", account.ID).Where("email_lookup = ?", account.EmailLookup).Exists(ctx)
}

func bounce(ctx context.Context, s tenants.Scope, account tenants.Account, code string) error {
	row := bounced{AccountID: account.ID, EmailLookup: account.EmailLookup, Code: code, BouncedAt: s.Now}
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, account_id) DO UPDATE").
		Set("email_lookup = EXCLUDED.email_lookup").Set("code = EXCLUDED.code").Set("bounced_at = EXCLUDED.bounced_at").Exec(ctx)
	return err
}

// group is what is shown as one: notices of a kind about a thing, the read apart
// from the unread.
type group struct {
	Kind    string    `bun:"kind"`
	AboutID uuid.UUID `bun:"about_id,type:uuid"`
	Unread  bool      `bun:"unread"`
	Latest  uuid.UUID `bun:"latest,type:uuid"`
	Notices int       `bun:"notices"`
	Actors  int       `bun:"actors"`
}

// wanted chooses groups.
type wanted struct {
	unread    bool // only these
	elsewhere bool // also what does not stand on the page
	before    Cursor
	limit     int64
}

// seen narrows a query of notices to the actor's own that they may know of now.
func (n *Notifications) seen(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	post := n.posts.Seen(s, s.Select((*posts.Post)(nil)).ColumnExpr("1").Where("post.id = notice.subject_id"))
	if hears, args := s.Hears("notice.actor_id"); hears != "" {
		q.Where("(notice.kind IN (?) OR "+hears+")", append([]any{bun.List(unfailing)}, args...)...)
	}
	return q.Where("notice.member_id = ?", s.Actor.ID()).Where("notice.module IN (?)", bun.List(n.open(s))).
		Where("(notice.kind IN (?) OR EXISTS (?))", bun.List(apart), post)
}

// groups lists them, the unread first and the latest first.
func (n *Notifications) groups(ctx context.Context, s tenants.Scope, in wanted) (all []group, err error) {
	q := n.seen(s, s.Select((*Notice)(nil))).
		ColumnExpr("notice.kind, notice.about_id, notice.read_at IS NULL AS unread, max(CAST(notice.id AS text)) AS latest").
		ColumnExpr("count(*) AS notices, count(DISTINCT notice.actor_id) AS actors").
		GroupExpr("notice.kind, notice.about_id, notice.read_at IS NULL").
		OrderExpr("unread DESC, latest DESC").Limit(in.limit)
	if in.unread {
		q.Where("notice.read_at IS NULL")
	}
	if !in.elsewhere {
		q.Where("notice.in_app")
	}
	if before := in.before; before.ID != uuid.Nil {
		q.Having("(notice.read_at IS NULL, max(CAST(notice.id AS text))) < (?, ?)", before.Unread, before.ID.String())
	}
	err = q.Scan(ctx, &all)
	return all, err
}

// waiting counts, by kind, what waits for the actor's digest.
func (n *Notifications) waiting(ctx context.Context, s tenants.Scope) (all []group, err error) {
	err = n.seen(s, s.Select((*Notice)(nil))).ColumnExpr("notice.kind, count(*) AS notices").GroupExpr("notice.kind").
		Where("notice.in_digest").Where("notice.read_at IS NULL").Scan(ctx, &all)
	return all, err
}

// noticesOf reads notices with who did it.
func noticesOf(ctx context.Context, s tenants.Scope, ids []uuid.UUID) (map[uuid.UUID]Notice, error) {
	var rows []Notice
	byID := make(map[uuid.UUID]Notice, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	err := s.Select(&rows).Relation("Actor").Where("notice.id IN (?)", bun.List(ids)).Scan(ctx)
	for _, row := range rows {
		byID[row.ID] = row
	}
	return byID, err
}

// noticeOf reads one of the actor's own. NotFound otherwise.
func noticeOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (notice Notice, err error) {
	err = s.Select(&notice).Where("notice.id = ?", id).Where("notice.member_id = ?", s.Actor.ID()).Scan(ctx)
	return notice, err
}

// anyUnread tells whether something about a thing is new to the actor.
func anyUnread(ctx context.Context, s tenants.Scope, about uuid.UUID) (bool, error) {
	return s.Select((*Notice)(nil)).Where("member_id = ?", s.Actor.ID()).Where("about_id = ?", about).Where("read_at IS NULL").Exists(ctx)
}

// markRead marks the actor's own notices, about one thing or all.
func markRead(ctx context.Context, s tenants.Scope, about *uuid.UUID) (int64, error) {
	q := s.Update((*Notice)(nil)).Set("read_at = ?", s.Now).Where("member_id = ?", s.Actor.ID()).Where("read_at IS NULL")
	if about != nil {
		q.Where("about_id = ?", *about)
	}
	result, err := q.Exec(ctx)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// dueDigests claims settings whose digest is due; no other worker gets the same.
func dueDigests(ctx context.Context, s tenants.Scope, limit int64) (rows []Settings, err error) {
	err = s.Claim(&rows).Where("next_digest_at <= ?", s.Now).Order("next_digest_at").Limit(limit).Scan(ctx)
	for i := range rows {
		rows[i].habits = habitsOf(s.Service.Area)
	}
	return rows, err
}

// anyDigestDue looks without a lock.
func anyDigestDue(ctx context.Context, s tenants.Scope) (bool, error) {
	return s.Select((*Settings)(nil)).Where("next_digest_at <= ?", s.Now).Exists(ctx)
}

func membersOf(ctx context.Context, s tenants.Scope, ids []uuid.UUID) (people []tenants.Person, err error) {
	err = s.Select(&people).Where("id IN (?)", bun.List(ids)).Where("status = 'active'").Scan(ctx)
	return people, err
}

// advance sets when the members' next digest is due.
func advance(ctx context.Context, s tenants.Scope, members []uuid.UUID, next *time.Time) error {
	_, err := s.Update((*Settings)(nil)).Set("next_digest_at = ?", next).Where("member_id IN (?)", bun.List(members)).Exec(ctx)
	return err
}

// digested takes out of the next digest what was in this one.
func digested(ctx context.Context, s tenants.Scope, members []uuid.UUID) error {
	_, err := s.Update((*Notice)(nil)).Set("in_digest = ?", false).Where("member_id IN (?)", bun.List(members)).Where("in_digest").Exec(ctx)
	return err
}

func devicesOf(ctx context.Context, s tenants.Scope, account uuid.UUID) (devices []Device, err error) {
	err = s.Select(&devices).Where("account_id = ?", account).Order("created_at DESC", "id DESC").Limit(mostDevices).Scan(ctx)
	return devices, err
}

// keepDevice adds a device, or makes one that was somebody else's this account's.
func keepDevice(ctx context.Context, s tenants.Scope, device *Device) error {
	_, err := s.Insert(device).On("CONFLICT (tenant_id, endpoint_hash) DO UPDATE").
		Set("account_id = EXCLUDED.account_id").Set("sealed = EXCLUDED.sealed").Set("created_at = EXCLUDED.created_at").Set("reached_at = NULL").
		Returning("id").Exec(ctx)
	if err != nil {
		return err
	}
	kept, err := devicesOf(ctx, s, device.AccountID)
	if err != nil || len(kept) < mostDevices {
		return err
	}
	ids := make([]uuid.UUID, len(kept))
	for i := range kept {
		ids[i] = kept[i].ID
	}
	_, err = s.Delete((*Device)(nil)).Where("account_id = ?", device.AccountID).Where("id NOT IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

func dropDevice(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	_, err := s.Delete((*Device)(nil)).Where("id = ?", id).Exec(ctx)
	return err
}

func reached(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	_, err := s.Update((*Device)(nil)).Set("reached_at = ?", s.Now).Where("id = ?", id).Exec(ctx)
	return err
}

// deliveryTo finds what a link in an email or a notice is about, if it went to
// this account. NotFound otherwise.
func deliveryTo(ctx context.Context, s tenants.Scope, id, account uuid.UUID) (d Delivery, err error) {
	err = s.SelectAcross(&d).Where("id = ?", id).
		Where("member_id IN (?)", s.SelectAcross((*tenants.Person)(nil)).Column("id").Where("account_id = ?", account).Where("status = 'active'")).Scan(ctx)
	return d, err
}

// memberAnywhere finds a member in whichever service they are.
func memberAnywhere(ctx context.Context, s tenants.Scope, id uuid.UUID) (person tenants.Person, err error) {
	err = s.SelectAcross(&person).Where("id = ?", id).Scan(ctx)
	return person, err
}

// forget removes notices that were read before a time, and deliveries that ended.
func forget(ctx context.Context, s tenants.Scope, before time.Time) error {
	if _, err := s.Delete((*Notice)(nil)).Where("read_at < ?", before).Exec(ctx); err != nil {
		return err
	}
	_, err := s.Delete((*Delivery)(nil)).Where("created_at < ?", before).Where("state <> ?", Queued).Exec(ctx)
	return err
}
