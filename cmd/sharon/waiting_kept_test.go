package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/tenants"
)

func TestWhatSomebodyWhoLeavesSaidIsGoneAndTheListStays(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		var kept tenants.Holding
		for _, room := range s.app.Rooms {
			if room.Key == "waiting" {
				kept = room.Data
			}
		}
		s.in("bridge", func(ctx context.Context, in tenants.Scope) error {
			person, err := in.Anybody(ctx, "Pepperpot")
			if err != nil {
				return err
			}
			var taken tenants.Copy
			if err := kept.Export(ctx, in, person, &taken); err != nil {
				return err
			}
			if all := fmt.Sprint(taken); !strings.Contains(all, "touch wood") || !strings.Contains(all, "EV-20391") || !strings.Contains(all, "No telephone before ten") {
				t.Errorf("the copy: %s", all)
			}
			return kept.Erase(ctx, in, person, tenants.Leaving{})
		})
		var notes, entries int
		s.ofBridge([]any{&notes}, "SELECT count(*) FROM waiting_notes WHERE tenant_id = ? AND words LIKE '%touch wood%'")
		s.ofBridge([]any{&entries}, "SELECT count(*) FROM waiting_entries WHERE tenant_id = ? AND reference = 'EV-20391' AND member_id IS NULL AND contact_words = '' AND email_sealed = ''")
		if notes != 0 || entries != 1 {
			t.Errorf("%d notes, %d entries", notes, entries)
		}
		// Those whose wait is over go at their age; who waits stays.
		s.in("bridge", func(ctx context.Context, in tenants.Scope) error {
			class := kept.Classes[1]
			would, err := class.Count(ctx, in, in.Now)
			if err != nil {
				return err
			}
			went, err := class.Purge(ctx, in, in.Now)
			if left, again := class.Count(ctx, in, in.Now); would != 24 || went != would || left != 0 || again != nil {
				t.Errorf("%d would go, %d went, %d are left: %v", would, went, left, again)
			}
			return err
		})
		if s.ofBridge([]any{&entries}, "SELECT count(*) FROM waiting_entries WHERE tenant_id = ?"); entries != 56 {
			t.Errorf("%d entries are left", entries)
		}
	})
}

// Of two systems that put the same person at once, one does.
func TestOfTwoWhoPutTheSamePersonOneDoes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		answers := make(chan int)
		for n := range 4 {
			pas := s.over("admin@eastvale")
			go func() {
				answers <- pas.sendBy(http.MethodPut, fmt.Sprintf("/bridge/waiting/references/R-%d", n), map[string]any{"nhs_number": "9998765439", "pathway": "Talking therapy", "referred_on": "2026-09-01"}).status
			}()
		}
		taken := map[int]int{}
		for range 4 {
			taken[<-answers]++
		}
		if taken[http.StatusOK] != 1 || taken[http.StatusUnprocessableEntity] != 3 {
			t.Errorf("answers: %v", taken)
		}
	})
}
