package demo

import (
	"context"
	"fmt"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/modules/access"
	"github.com/sharon-nhs/sharon/tenants"
)

// needing is what somebody needs to be told things well, as a file tells it.
type needing struct {
	By, Recorder string
	Keys         []string `yaml:"needs"`
	Words        string
	Share        bool
	At           string
	Review       int // in so many days
	Met          []struct {
		On         int // so many days from today
		How        access.Met
		Done, Team string
	}
}

func (n needing) check(members map[string]member) error {
	who := []string{n.By, n.Recorder}
	for _, one := range n.Met {
		who = append(who, one.Team)
	}
	for _, login := range who {
		if _, ok := members[login]; !ok {
			return fmt.Errorf("needs of %q: no member %q", n.By, login)
		}
	}
	return nil
}

// needs writes what members need, sealed with the deployment's keys.
func (w *seeding) needs(ctx context.Context, s tenants.Scope, keys crypt.Keys, all []needing) error {
	for _, one := range all {
		at, err := moment(s.Now, one.At)
		if err != nil {
			return err
		}
		at = at.UTC()
		recorder := w.people[one.Recorder].ID
		kept := access.Kept{Record: access.Record{ID: w.ids.at(at), MemberID: w.people[one.By].ID, Shared: one.Share, RecordedBy: &recorder, RecordedAt: at,
			ReviewOn: clock.DateOf(day(s.Now, one.Review)), Version: 1, Needs: access.Needs{Keys: one.Keys, Words: one.Words}}}
		for _, met := range one.Met {
			on, by := day(s.Now, met.On), w.people[met.Team].ID
			kept.Met = append(kept.Met, access.Contact{ID: w.ids.at(on.UTC()), MemberID: w.people[one.By].ID, ByID: &by, On: clock.DateOf(on), NotedAt: on.UTC(),
				Outcome: access.Outcome{Met: met.How, Done: met.Done}})
		}
		if err := kept.Keep(ctx, s, keys); err != nil {
			return fmt.Errorf("needs of %s: %w", one.By, err)
		}
	}
	return nil
}
