package terms

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// listing is how often a service's terms changed, and which version of its area's
// list it has.
type listing struct {
	bun.BaseModel `bun:"table:term_lists,alias:listing"`
	tenants.InService

	Version edition `bun:"version"`
	Taken   string  `bun:"taken"`
}

// batch is how many rows one statement writes.
const batch = 500

// edition is the version of a service's list: it grows with each change; 0 for a
// service without a list.
type edition int

func editionOf(ctx context.Context, s tenants.Scope) (version edition, err error) {
	err = s.Select((*listing)(nil)).Column("version").Scan(ctx, &version)
	if database.Missing(err) {
		return 0, nil
	}
	return version, err
}

// taken is the version of the area's list that the service has.
func taken(ctx context.Context, s tenants.Scope) (taken string, err error) {
	err = s.Select((*listing)(nil)).Column("taken").Scan(ctx, &taken)
	if database.Missing(err) {
		return "", nil
	}
	return taken, err
}

// first are the terms that a service begins with.
func first(s tenants.Scope) ([]Term, error) {
	list, err := listOf(s.Service.Area)
	rows := make([]Term, len(list.rules))
	for i, rule := range list.rules {
		rows[i] = fresh(s, rule)
		rows[i].Listed = true
	}
	return rows, err
}

func fresh(s tenants.Scope, rule Rule) Term {
	return Term{ID: uuid.Must(uuid.NewV7()), Key: rule.key(), Rule: rule, Active: true, Version: 1, ChangedAt: s.Now}
}

// begin gives a service the list of its area, once.
func begin(ctx context.Context, s tenants.Scope, _ areas.Area) error {
	list, err := listOf(s.Service.Area)
	if err != nil {
		return err
	}
	err = tenants.Touched(s.Insert(&listing{Version: 1, Taken: list.version}).On("CONFLICT DO NOTHING").Exec(ctx))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := first(s)
	if err != nil {
		return err
	}
	return put(ctx, s, rows)
}

// alone makes this unit of work the only one that changes the service's terms,
// and counts the change.
func alone(ctx context.Context, s tenants.Scope) error {
	var list listing
	if err := begin(ctx, s, areas.Area{}); err != nil {
		return err
	}
	if err := s.Lock(&list).Scan(ctx); err != nil {
		return err
	}
	list.Version++
	if err := tenants.Touched(s.Update(&list).Column("version").Where("tenant_id = ?", s.Trust().ID).Exec(ctx)); err != nil {
		return err
	}
	return s.Changed(ctx)
}

// put writes new and changed terms. Conflict if one looks for what another does.
func put(ctx context.Context, s tenants.Scope, rows []Term) error {
	for some := range slices.Chunk(rows, batch) {
		q := tenants.InsertAll(s, some).On("CONFLICT (tenant_id, id) DO UPDATE")
		for _, column := range []bun.Ident{"key", "text", "sort", "prefix", "hold", "topic", "support", "level", "listed", "active", "version", "changed_at"} {
			q.Set("? = EXCLUDED.?", column, column)
		}
		if _, err := q.Exec(ctx); database.Taken(err) {
			return fault.Bad("text", "This term is on the list already. Change that one instead.")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// active are the terms that are looked for.
func active(ctx context.Context, s tenants.Scope) (rows []Term, err error) {
	err = s.Select(&rows).Where("term.active").Order("term.key").Scan(ctx)
	return rows, err
}

// every term, also those that are retired.
func every(ctx context.Context, s tenants.Scope) (rows []Term, err error) {
	err = s.Select(&rows).Order("term.key").Scan(ctx)
	return rows, err
}

func byID(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Term, err error) {
	err = s.Select(&row).Where("term.id = ?", id).Scan(ctx)
	return row, err
}

// acting are the conditions of Filter.Act.
var acting = map[string]string{
	"note": "NOT term.hold AND term.topic = '' AND NOT term.support AND term.level = ''",
	"hold": "term.hold", "cover": "term.topic <> ''", "support": "term.support", "case": "term.level <> ''",
}

// some are the terms that fit a filter, up to one more than a page.
func some(ctx context.Context, s tenants.Scope, f Filter) (rows []Term, err error) {
	q := s.Select(&rows).Where("term.active = ?", !f.Retired)
	if f.Q != "" {
		q.Where("lower(term.key) LIKE ? ESCAPE '!'", database.Having(watch.Fold(f.Q)))
	}
	if f.Sort != "" {
		q.Where("term.sort = ?", f.Sort)
	}
	if f.Act != "" {
		q.Where(acting[f.Act])
	}
	if f.Origin != "" {
		q.Where("term.listed = ?", f.Origin == "area")
	}
	if f.After != "" {
		q.Where("term.key > ?", f.After)
	}
	err = q.Order("term.key").Limit(pageSize + 1).Scan(ctx)
	return rows, err
}

// counts tells how many terms are looked for and how many are retired.
func counts(ctx context.Context, s tenants.Scope) (active, retired int, err error) {
	err = s.Select((*Term)(nil)).ColumnExpr("count(CASE WHEN term.active THEN 1 END)").ColumnExpr("count(CASE WHEN NOT term.active THEN 1 END)").Scan(ctx, &active, &retired)
	return active, retired, err
}

func insertChanges(ctx context.Context, s tenants.Scope, rows []Change) error {
	for some := range slices.Chunk(rows, batch) {
		if _, err := tenants.InsertAll(s, some).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// history are the latest changes before one, of one term or of all.
func history(ctx context.Context, s tenants.Scope, term, before uuid.UUID, most int64) (rows []Change, err error) {
	q := s.Select(&rows)
	if term != uuid.Nil {
		q.Where("change.term_id = ?", term)
	}
	if before != uuid.Nil {
		q.Where("change.id < ?", before) // ids grow with time
	}
	err = q.Order("change.id DESC").Limit(most).Scan(ctx)
	return rows, err
}

// draft is a file that somebody looked through and has not confirmed yet.
type draft struct {
	bun.BaseModel `bun:"table:term_drafts,alias:draft"`
	tenants.InService

	AccountID uuid.UUID `bun:"account_id,type:uuid"`
	ID        uuid.UUID `bun:"id,type:uuid"`
	List      string    `bun:"list"`
}

func keepDraft(ctx context.Context, s tenants.Scope, row draft) error {
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, service_id, account_id) DO UPDATE").Set("id = EXCLUDED.id").Set("list = EXCLUDED.list").Exec(ctx)
	return err
}

// takeDraft gives the draft of the actor and forgets it. NotFound if it is not
// there any more.
func takeDraft(ctx context.Context, s tenants.Scope, id uuid.UUID) (row draft, err error) {
	if err = s.Lock(&row).Where("draft.account_id = ?", s.Actor.AccountID).Where("draft.id = ?", id).Scan(ctx); err != nil {
		return row, err
	}
	_, err = s.Delete((*draft)(nil)).Where("account_id = ?", s.Actor.AccountID).Exec(ctx)
	return row, err
}

func dropDrafts(ctx context.Context, s tenants.Scope, account uuid.UUID) error {
	_, err := s.Delete((*draft)(nil)).Where("account_id = ?", account).Exec(ctx)
	return err
}

// unname takes the name of somebody who leaves out of the history; the audit log
// knows who it was.
func unname(ctx context.Context, s tenants.Scope, account uuid.UUID) error {
	_, err := s.Update((*Change)(nil)).Set("changed_by = 'Somebody who left'").Set("account_id = NULL").Where("account_id = ?", account).Exec(ctx)
	return err
}
