package tenants_test

import (
	"context"
	"errors"
	"testing"

	"github.com/sharon-nhs/sharon/tenants"
)

// about is what the tests keep of a service.
type about string

func TestWhatIsKnownOfAServiceIsReadOnceAndAnewAfterAChangeOnAnotherNode(t *testing.T) {
	onBoth(t, func(w *world) {
		reads := 0
		read := func(ctx context.Context, s tenants.Scope) (found about, err error) {
			reads++
			var service tenants.Service
			err = s.SelectAcross(&service).Where("service.id = ?", s.Service.ID).Scan(ctx)
			return about(service.About), err
		}
		known := func(service string, want about, times int) {
			w.Helper()
			w.read(w.north, service, func(ctx context.Context, s tenants.Scope) error {
				got, err := tenants.Known(ctx, s, read)
				if got != want || reads != times {
					w.Errorf("%s: %q after %d reads, not %q after %d", service, got, reads, want, times)
				}
				return err
			})
		}
		change := func(ctx context.Context, s tenants.Scope, to string) error {
			if _, err := s.Update((*tenants.Service)(nil)).Set("about = ?", to).Where("id = ?", s.Service.ID).Exec(ctx); err != nil {
				return err
			}
			return s.Changed(ctx)
		}
		known("willow", "", 1)
		known("willow", "", 1)
		known("harbour", "", 2)

		var early tenants.Scope // of something that goes on in units of its own
		w.read(w.north, "willow", func(_ context.Context, s tenants.Scope) error {
			early = s
			return nil
		})
		w.must(w.node().WriteAs(w.ctx, w.north.ID, "willow", func(ctx context.Context, s tenants.Scope) error { return change(ctx, s, "new") }))
		w.must(early.Write(w.ctx, func(ctx context.Context, s tenants.Scope) error {
			if got, err := tenants.Known(ctx, s, read); err != nil || got != "new" {
				w.Errorf("a unit that began after the change knows %q %v", got, err)
			}
			return nil
		}))
		known("willow", "new", 3)

		undone := errors.New("undone")
		err := w.directory.WriteAs(w.ctx, w.north.ID, "willow", func(ctx context.Context, s tenants.Scope) error {
			w.must(change(ctx, s, "undone"))
			if _, err := tenants.Known(ctx, s, func(context.Context, tenants.Scope) (never, error) { return "undone", nil }); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			w.Error(err)
		}
		w.read(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			got, err := tenants.Known(ctx, s, func(context.Context, tenants.Scope) (never, error) { return "as it stands", nil })
			if got != "as it stands" {
				w.Errorf("what was undone is known: %q", got)
			}
			return err
		})
	})
}

// never is what nobody may get to know.
type never string
