package tenants_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Who comes back to more than a stream tells again must hear of the latest:
// what they are not told then, nobody tells them later.
func TestOfTooMuchThatHappenedTheLatestIsTold(t *testing.T) {
	onBoth(t, func(w *world) {
		var all []uuid.UUID
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			for range 5 {
				all = append(all, uuid.New())
				event := tenants.Event{Subject: all[len(all)-1], Readers: tenants.NewIDs(w.hazel.ID)}
				if err := s.Emit(ctx, tenants.Kind{Key: "test.happened"}, event); err != nil {
					return err
				}
			}
			return nil
		})
		var told []uuid.UUID
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			events, err := s.As(w.hazel).Happened(ctx, time.Now().Add(-time.Minute), 3)
			for _, e := range events {
				told = append(told, e.Subject)
			}
			return err
		})
		if !slices.Equal(told, all[2:]) {
			t.Errorf("told of %v, want the last three of %v", told, all)
		}
	})
}
