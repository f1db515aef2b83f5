package tenants_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// corner is one trust with one service, or none.
type corner struct {
	trust   tenants.Trust
	service string
}

// corners puts a place of the same name into every service of both trusts.
func (w *world) corners() []corner {
	all := []corner{{w.north, "willow"}, {w.north, "harbour"}, {w.east, "orchard"}}
	for _, c := range all {
		w.write(c.trust, c.service, func(ctx context.Context, s tenants.Scope) error {
			row := shelf{ID: uuid.Must(uuid.NewV7()), Module: "walls", Slug: "hall", Name: c.service, Audience: "service", WhoMayPost: "members", CreatedAt: s.Now}
			_, err := s.Insert(&row).Exec(ctx)
			return err
		})
	}
	return all
}

// shelf is a place as the tests see it: a row of a service.
type shelf struct {
	bun.BaseModel `bun:"table:places,alias:shelf"`
	tenants.InService

	ID         uuid.UUID `bun:"id,pk,type:uuid"`
	Module     string    `bun:"module"`
	Slug       string    `bun:"slug"`
	Name       string    `bun:"name"`
	About      string    `bun:"about"`
	Audience   string    `bun:"audience"`
	WhoMayPost string    `bun:"who_may_post"`
	Position   int       `bun:"position"`
	Version    int       `bun:"version"`
	CreatedAt  time.Time `bun:"created_at"`
}

// names lists the shelves of a corner, or of all its trust's services.
func (w *world) names(c corner, across bool) (names []string) {
	w.Helper()
	w.read(c.trust, c.service, func(ctx context.Context, s tenants.Scope) error {
		var rows []shelf
		q := s.Select(&rows)
		if across {
			q = s.SelectAcross(&rows)
		}
		if err := q.Scan(ctx); err != nil {
			return err
		}
		for _, row := range rows {
			names = append(names, row.Name)
		}
		slices.Sort(names)
		return nil
	})
	return names
}

func TestScopeReadsItsOwnCornerOnly(t *testing.T) {
	onBoth(t, func(w *world) {
		for _, c := range w.corners() {
			if got := w.names(c, false); fmt.Sprint(got) != "["+c.service+"]" {
				w.Errorf("%s reads %v", c.service, got)
			}
		}
		if got := w.names(corner{w.north, ""}, false); len(got) > 0 {
			w.Errorf("rows of services are seen without a service: %v", got)
		}
		if got := w.names(corner{w.north, ""}, true); fmt.Sprint(got) != "[harbour willow]" {
			w.Errorf("across the services of northmoor: %v", got)
		}
		if got := w.names(corner{w.east, "orchard"}, true); fmt.Sprint(got) != "[orchard]" {
			w.Errorf("across the services of eastvale: %v", got)
		}
	})
}

func TestScopeChangesItsOwnCornerOnly(t *testing.T) {
	onBoth(t, func(w *world) {
		all := w.corners()
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			result, err := s.Update((*shelf)(nil)).Set("name = 'changed'").Where("slug = 'hall'").Exec(ctx)
			if rows, _ := result.RowsAffected(); rows != 1 {
				w.Errorf("%d rows changed", rows)
			}
			return err
		})
		w.write(w.east, "orchard", func(ctx context.Context, s tenants.Scope) error {
			result, err := s.Delete((*shelf)(nil)).Where("slug = 'hall'").Exec(ctx)
			if rows, _ := result.RowsAffected(); rows != 1 {
				w.Errorf("%d rows deleted", rows)
			}
			return err
		})
		w.write(w.north, "", func(ctx context.Context, s tenants.Scope) error {
			result, err := s.Delete((*shelf)(nil)).Where("slug = 'hall'").Exec(ctx)
			if rows, _ := result.RowsAffected(); rows != 0 {
				w.Errorf("%d rows of services deleted without a service", rows)
			}
			return err
		})
		for i, want := range []string{"[changed]", "[harbour]", "[]"} {
			if got := w.names(all[i], false); fmt.Sprint(got) != want {
				w.Errorf("%s has %v, not %s", all[i].service, got, want)
			}
		}
	})
}

func TestScopeOwnsWhatItInserts(t *testing.T) {
	onBoth(t, func(w *world) {
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			rows := make([]shelf, 2)
			for i := range rows {
				rows[i] = shelf{ID: uuid.Must(uuid.NewV7()), Module: "forums", Slug: fmt.Sprint(i), Name: "mine", CreatedAt: s.Now}
				rows[i].TenantID = w.east.ID // whatever the row said before
			}
			_, err := tenants.InsertAll(s, rows).Exec(ctx)
			return err
		})
		if got := w.names(corner{w.north, "willow"}, false); fmt.Sprint(got) != "[mine mine]" {
			w.Errorf("willow has %v", got)
		}
		if got := w.names(corner{w.east, "orchard"}, true); len(got) > 0 {
			w.Errorf("eastvale has %v", got)
		}
	})
}

func TestUpdateOfNothingIsNotFound(t *testing.T) {
	onBoth(t, func(w *world) {
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			if err := tenants.Touched(s.Update((*shelf)(nil)).Set("name = 'x'").Where("slug = 'nowhere'").Exec(ctx)); !fault.Is(err, fault.NotFound) {
				w.Errorf("got %v", err)
			}
			return nil
		})
	})
}

func TestPersonOfAnotherServiceIsNotFound(t *testing.T) {
	onBoth(t, func(w *world) {
		w.join(w.east, "orchard", "moss@example.org", "Moss", tenants.ServiceUser)
		for c, found := range map[corner]bool{{w.north, "willow"}: true, {w.north, "harbour"}: false, {w.east, "orchard"}: false} {
			w.read(c.trust, c.service, func(ctx context.Context, s tenants.Scope) error {
				person, err := s.PersonByHandle(ctx, "HAZEL")
				if found != (err == nil && person.ID == w.hazel.ID) || !found && !database.Missing(err) {
					w.Errorf("from %s: %v %v", c.service, person.Handle, err)
				}
				return nil
			})
		}
	})
}

func TestUnknownServiceIsNotFound(t *testing.T) {
	onBoth(t, func(w *world) {
		err := w.directory.ReadAs(w.ctx, w.north.ID, "orchard", func(context.Context, tenants.Scope) error { return nil })
		if !fault.Is(err, fault.NotFound) {
			w.Errorf("a service of another trust: %v", err)
		}
	})
}
