package waiting

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// pathways lists those of a service by name, retired ones last.
func pathways(ctx context.Context, s tenants.Scope) (all []Pathway, err error) {
	return all, s.Select(&all).Order("pathway.retired", "pathway.name", "pathway.id").Scan(ctx)
}

func pathwayOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Pathway, err error) {
	return row, s.Select(&row).Where("pathway.id = ?", id).Scan(ctx)
}

// alone has a service's list changed by one after another, so that nobody gets onto
// it twice, and returns what is needed to read an entry.
func (w Waiting) alone(ctx context.Context, s tenants.Scope) (reading, error) {
	var ways []Pathway
	if err := s.Lock(&ways).Order("pathway.id").Scan(ctx); err != nil {
		return reading{}, err
	}
	team, err := s.WhoMay(ctx, "waiting.care")
	return readingOf(s, w.keys, ways, team), err
}

// looking is alone for whoever only looks.
func (w Waiting) looking(ctx context.Context, s tenants.Scope) (reading, error) {
	ways, err := pathways(ctx, s)
	if err != nil {
		return reading{}, err
	}
	team, err := s.WhoMay(ctx, "waiting.care")
	return readingOf(s, w.keys, ways, team), err
}

// every reads the whole list, with those who no longer wait.
func every(ctx context.Context, s tenants.Scope) (known, error) {
	var all []Entry
	err := s.Select(&all).Scan(ctx)
	return knownOf(all), err
}

// near reads what one line can touch: the entry of a reference, and those who wait
// and could be the same person.
func near(ctx context.Context, s tenants.Scope, reference string, lookups []string) (known, error) {
	var all []Entry
	err := s.Select(&all).Where("(lower(entry.reference) = ? OR entry.outcome = '' AND (entry.nhs_lookup IN (?) OR entry.email_lookup IN (?)))",
		refKey(reference), bun.List(lookups), bun.List(lookups)).Scan(ctx)
	return knownOf(all), err
}

// entryOf reads an entry with whom it concerns.
func entryOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Entry, err error) {
	return row, whole(s.Select(&row)).Where("entry.id = ?", id).Scan(ctx)
}

// byReference reads one by the trust's own reference. No row if there is none.
func byReference(ctx context.Context, s tenants.Scope, reference string) (row Entry, err error) {
	return row, whole(s.Select(&row)).Where("lower(entry.reference) = ?", refKey(reference)).Scan(ctx)
}

func whole(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("Pathway").Relation("Keyworker", tenants.Face).Relation("Member", tenants.Face)
}

// taken reads an entry that this unit of work is about to change.
func taken(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Entry, err error) {
	return row, s.Lock(&row).Where("entry.id = ?", id).Scan(ctx)
}

// put writes a changed entry. Conflict if it changed since it was read.
func put(ctx context.Context, s tenants.Scope, row *Entry) error {
	row.Version++
	row.ChangedAt = s.Now
	return tenants.Fresh(s.Update(row).ExcludeColumn("tenant_id", "service_id", "id", "reference", "added_at").Where("entry.id = ?", row.ID).Where("entry.version = ?", row.Version-1).Exec(ctx))
}

// atOnce is how many entries one statement writes.
const atOnce = 500

// kept are the columns of an entry that a line can change.
var kept = []string{"pathway_id", "referred_on", "priority", "pauses", "target_weeks", "keyworker_id", "outcome", "outcome_on", "closed_at", "ask_at",
	"email_sealed", "email_lookup", "nhs_sealed", "nhs_lookup", "changed_at", "version"}

// store writes what follows from lines, all of it or nothing.
func (w Waiting) store(ctx context.Context, s tenants.Scope, lines []Line) error {
	var rows []Entry
	for _, line := range lines {
		if line.What != added && line.What != changed {
			continue
		}
		row, err := w.sealed(s.Now, line)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	for some := range slices.Chunk(rows, atOnce) {
		q := tenants.InsertAll(s, some).On("CONFLICT (tenant_id, id) DO UPDATE")
		for _, column := range kept {
			q = q.Set("? = EXCLUDED.?", bun.Ident(column), bun.Ident(column))
		}
		if _, err := q.Exec(ctx); database.Taken(err) {
			return fault.Stale() // somebody on the list was changed in another way meanwhile
		} else if err != nil {
			return err
		}
	}
	return nil
}

// sealed is an entry as it is stored.
func (w Waiting) sealed(now time.Time, line Line) (row Entry, err error) {
	row = line.after
	if line.What == added {
		row.ID, row.AddedAt = uuid.Must(uuid.NewV7()), now
	}
	row.ChangedAt = now
	row.Version++
	row.Pathway, row.Keyworker, row.Member = nil, nil, nil
	for _, of := range []struct {
		text, bound string
		was, is     string
		into        *string
	}{
		{line.email, row.ID.String(), line.before.EmailLookup, row.EmailLookup, &row.EmailSealed},
		{line.nhs, nhsOf + row.ID.String(), line.before.NHSLookup, row.NHSLookup, &row.NHSSealed},
	} {
		if of.was == of.is {
			continue
		}
		if *of.into = ""; of.text != "" {
			if *of.into, err = w.keys.Seal(of.text, of.bound); err != nil {
				return row, err
			}
		}
	}
	return row, nil
}

// nhsOf is bound to a sealed NHS number, beside the entry's id.
const nhsOf = "NHS number of "

// file is one that somebody looks through and has not confirmed yet.
type file struct {
	bun.BaseModel `bun:"table:waiting_files,alias:file"`
	tenants.InService

	AccountID uuid.UUID `bun:"account_id,pk,type:uuid"`
	ID        uuid.UUID `bun:"id,type:uuid"`
	Sealed    string    `bun:"sealed"`
	MadeAt    time.Time `bun:"made_at"`
}

func keepFile(ctx context.Context, s tenants.Scope, row file) error {
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, service_id, account_id) DO UPDATE").
		Set("id = EXCLUDED.id").Set("sealed = EXCLUDED.sealed").Set("made_at = EXCLUDED.made_at").Exec(ctx)
	return err
}

// fileOf is the actor's file. No row if it was taken, or another came in its place.
func fileOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row file, err error) {
	return row, s.Select(&row).Where("file.account_id = ?", s.Actor.AccountID).Where("file.id = ?", id).Scan(ctx)
}

func dropFiles(ctx context.Context, s tenants.Scope, account uuid.UUID) error {
	_, err := s.Delete((*file)(nil)).Where("account_id = ?", account).Exec(ctx)
	return err
}

// fileHolds is how long a file waits to be confirmed.
const fileHolds = 24 * time.Hour

// tidy forgets files that nobody confirmed, and carers who see nothing any more.
func tidy(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if _, err := s.Delete((*file)(nil)).Where("made_at < ?", s.Now.Add(-fileHolds)).Exec(ctx); err != nil {
			return err
		}
		return forgetCarers(ctx, s)
	})
}

// column is what a column of the service's files is; an empty field passes it by.
type column struct {
	bun.BaseModel `bun:"table:waiting_columns,alias:col"`
	tenants.InService

	Heading string `bun:"heading,pk"`
	Field   string `bun:"field"`
}

func columns(ctx context.Context, s tenants.Scope) (rows []column, err error) {
	return rows, s.Select(&rows).Scan(ctx)
}

func keepColumns(ctx context.Context, s tenants.Scope, rows []column) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tenants.InsertAll(s, rows).On("CONFLICT (tenant_id, service_id, heading) DO UPDATE").Set("field = EXCLUDED.field").Exec(ctx)
	return err
}
