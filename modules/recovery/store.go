package recovery

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// checkIns lists a member's, the latest first and one more than a page has; of
// those that are shared where a share is given.
func (r Recovery) checkIns(ctx context.Context, s tenants.Scope, member uuid.UUID, before posts.Cursor, share *Share) (all []CheckIn, err error) {
	q := s.Select(&all).Where("check_in.member_id = ?", member).Order("check_in.at DESC", "check_in.id DESC").Limit(pageSize + 1)
	if !before.Zero() {
		q.Where("(check_in.at, check_in.id) < (?, ?)", before.At, before.ID)
	}
	if share != nil {
		from, until := share.bounds()
		q.Where("check_in.at >= ?", from).Where("check_in.at < ?", until)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	for i := range all {
		if err := r.unseal(&all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (r Recovery) unseal(one *CheckIn) error {
	if one.Sealed == "" {
		return nil
	}
	return r.open(one.Sealed, one.ID, &one.Words)
}

// bounds are the times between which something is shared: from the first, until
// before the second.
func (x Share) bounds() (from, until time.Time) {
	from, until = time.Unix(0, 0).UTC(), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	if day, err := time.ParseInLocation(time.DateOnly, x.From, clock.London); err == nil {
		from = day.UTC()
	}
	if day, err := time.ParseInLocation(time.DateOnly, x.Until, clock.London); err == nil {
		until = day.AddDate(0, 0, 1).UTC()
	}
	return from, until
}

// checkIn reads one; of a member, or whosever it is.
func (r Recovery) checkIn(ctx context.Context, s tenants.Scope, id, member uuid.UUID) (one CheckIn, err error) {
	q := s.Select(&one).Where("check_in.id = ?", id)
	if member != uuid.Nil {
		q.Where("check_in.member_id = ?", member)
	}
	if err := q.Scan(ctx); err != nil {
		return CheckIn{}, err
	}
	return one, r.unseal(&one)
}

func sharesOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (all []Share, err error) {
	return all, s.Select(&all).Where("share.member_id = ?", member).Order("share.what").Scan(ctx)
}

// shareOf is how a member shares something; nil if they do not.
func shareOf(ctx context.Context, s tenants.Scope, member uuid.UUID, key what) (*Share, error) {
	var one Share
	err := s.Select(&one).Where("share.member_id = ?", member).Where("share.what = ?", key).Scan(ctx)
	if database.Missing(err) {
		return nil, nil
	}
	return &one, err
}

func keepShare(ctx context.Context, s tenants.Scope, one Share, on bool) error {
	if !on {
		_, err := s.Delete((*Share)(nil)).Where("member_id = ?", one.MemberID).Where("what = ?", one.What).Exec(ctx)
		return err
	}
	_, err := s.Insert(&one).On("CONFLICT (tenant_id, member_id, what) DO UPDATE").
		Set("from_day = EXCLUDED.from_day").Set("until_day = EXCLUDED.until_day").Set("shared_at = EXCLUDED.shared_at").Exec(ctx)
	return err
}

// anew is for how long one look counts: whoever loads a page again looks once.
const anew = time.Hour

// looked keeps that the actor saw what a member shares.
func looked(ctx context.Context, s tenants.Scope, member uuid.UUID, key what) error {
	before, err := s.Select((*look)(nil)).Where("look.member_id = ?", member).Where("look.what = ?", key).
		Where("look.by_id = ?", s.Actor.ID()).Where("look.at > ?", s.Now.Add(-anew)).Exists(ctx)
	if err != nil || before {
		return err
	}
	row := look{ID: uuid.Must(uuid.NewV7()), MemberID: member, What: key, ByID: s.Actor.ID(), At: s.Now}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return err
	}
	return s.Audit(ctx, "recovery.look", tenants.Audited{Subject: member, After: map[string]what{"what": key}})
}

// seen are the latest looks at what the actor shares, of one sort or of all.
func seen(ctx context.Context, s tenants.Scope, key what) ([]Seen, error) {
	var rows []look
	q := s.Select(&rows).Relation("By", tenants.Face).Where("look.member_id = ?", s.Actor.ID()).Order("look.at DESC", "look.id DESC").Limit(pageSize)
	if key != "" {
		q.Where("look.what = ?", key)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	all := make([]Seen, len(rows))
	for i, row := range rows {
		all[i] = Seen{row.What, row.By, row.At}
	}
	return all, nil
}
