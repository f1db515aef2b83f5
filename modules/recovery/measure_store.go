package recovery

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// loaded is a definition file that a trust loaded. Rows are added and never
// changed: what was filled in keeps what it was asked.
type loaded struct {
	bun.BaseModel `bun:"table:recovery_definitions,alias:definition"`
	tenants.InTrust

	Key      string    `bun:"key,pk"`
	Revision int       `bun:"revision,pk"` // from 1
	File     string    `bun:"file"`
	LoadedBy uuid.UUID `bun:"loaded_by,type:uuid"` // an account
	LoadedAt time.Time `bun:"loaded_at"`
}

// read is the definition, which was looked through when it was loaded.
func (x loaded) read() Definition {
	d, _ := readDefinition(x.File)
	d.Revision = x.Revision
	return d
}

func builtIn(key string) (Definition, bool) {
	for _, d := range shipped {
		if d.Key == key {
			return d, true
		}
	}
	return Definition{}, false
}

// definitionsOf are the newest of all measures of the trust, SHaRON's own first.
func definitionsOf(ctx context.Context, s tenants.Scope) ([]Definition, error) {
	var rows []loaded
	if err := s.Select(&rows).Order("definition.key", "definition.revision DESC").Scan(ctx); err != nil {
		return nil, err
	}
	all := append([]Definition{}, shipped...)
	for i, row := range rows {
		if i == 0 || rows[i-1].Key != row.Key {
			all = append(all, row.read())
		}
	}
	return all, nil
}

// newestOf is the newest definition of a measure. Invalid, about "measure", if
// there is none.
func newestOf(ctx context.Context, s tenants.Scope, measure string) (Definition, error) {
	if d, ok := builtIn(measure); ok {
		return d, nil
	}
	var row loaded
	err := s.Select(&row).Where("definition.key = ?", measure).Order("definition.revision DESC").Limit(1).Scan(ctx)
	if database.Missing(err) {
		return Definition{}, fault.Bad("measure", "Choose one of the questionnaires.")
	}
	return row.read(), err
}

// definitionOf is the definition by which something was filled in.
func definitionOf(ctx context.Context, s tenants.Scope, measure string, revision int) (Definition, error) {
	if d, ok := builtIn(measure); ok && revision == 0 {
		return d, nil
	}
	var row loaded
	err := s.Select(&row).Where("definition.key = ?", measure).Where("definition.revision = ?", revision).Scan(ctx)
	return row.read(), err
}

// assignment reads one of a member's.
func assignment(ctx context.Context, s tenants.Scope, id, member uuid.UUID) (row Assignment, err error) {
	return row, s.Select(&row).Where("assignment.id = ?", id).Where("assignment.member_id = ?", member).Scan(ctx)
}

// filled notes that an assignment was filled in: it is over, or due again later.
func filled(ctx context.Context, s tenants.Scope, row Assignment) error {
	row.NextAt, row.Told = nil, true
	if row.EveryWeeks > 0 {
		next := s.Now.AddDate(0, 0, 7*row.EveryWeeks)
		row.NextAt, row.Told = &next, false
	}
	return tenants.Fresh(s.Update(&row).Column("next_at", "told").Where("assignment.id = ?", row.ID).Where("assignment.next_at <= ?", s.Now).Exec(ctx))
}

// questionnaires are all of a member's.
func (r Recovery) questionnaires(ctx context.Context, s tenants.Scope, member uuid.UUID) (Questionnaires, error) {
	out := Questionnaires{Asked: []Assignment{}, Results: []Response{}}
	all, err := definitionsOf(ctx, s)
	if err != nil {
		return out, err
	}
	known := map[string]Definition{}
	for _, d := range all {
		known[d.Key] = d
	}
	if err := s.Select(&out.Asked).Where("assignment.member_id = ?", member).Where("assignment.next_at IS NOT NULL").Order("assignment.next_at", "assignment.id").Scan(ctx); err != nil {
		return out, err
	}
	for i := range out.Asked {
		out.Asked[i].Name = known[out.Asked[i].Measure].Name
	}
	if err := s.Select(&out.Results).Where("response.member_id = ?", member).Order("response.at DESC", "response.id DESC").Scan(ctx); err != nil {
		return out, err
	}
	for i := range out.Results {
		one := &out.Results[i]
		one.Name, one.Most = known[one.Measure].Name, known[one.Measure].most()
		if err := r.open(one.Sealed, one.ID, &one.Result); err != nil {
			return out, err
		}
	}
	return out, nil
}

// response reads what a member filled in, or whoever did, with what it asked.
func (r Recovery) response(ctx context.Context, s tenants.Scope, id, member uuid.UUID) (one Response, d Definition, err error) {
	q := s.Select(&one).Where("response.id = ?", id)
	if member != uuid.Nil {
		q.Where("response.member_id = ?", member)
	}
	if err := q.Scan(ctx); err != nil {
		return Response{}, Definition{}, err
	}
	if d, err = definitionOf(ctx, s, one.Measure, one.Revision); err != nil {
		return Response{}, Definition{}, err
	}
	one.Name, one.Most = d.Name, d.most()
	return one, d, r.open(one.Sealed, one.ID, &one.Result)
}
