package demo

import (
	"context"
	"fmt"

	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/tenants"
)

// watchedTerm is a term that a service added to its area's list, as a file tells it.
type watchedTerm struct {
	terms.Rule `yaml:",inline"`
	By, At     string
	Why        string
	Retired    string // why it was retired a day later; empty if it was not
}

func (t watchedTerm) check(members map[string]member) error {
	if m, ok := members[t.By]; !ok || !m.Role.Staff() {
		return fmt.Errorf("term %q: %q is not of the team", t.Text, t.By)
	}
	return nil
}

func (w *seeding) terms(ctx context.Context, c content) error {
	var room terms.Terms
	for _, t := range c.Terms {
		at, err := moment(w.s.Now, t.At)
		if err != nil {
			return fmt.Errorf("term %q: %w", t.Text, err)
		}
		s := w.s.As(w.people[t.By])
		s.Now = at.UTC()
		row, err := room.Add(ctx, s, terms.Add{Rule: t.Rule, Why: tenants.Why{Reason: t.Why}})
		if err == nil && t.Retired != "" {
			s.Now = s.Now.AddDate(0, 0, 1)
			_, err = room.Retire(ctx, s, terms.Retire{ID: row.ID, Version: row.Version, Retired: true, Why: tenants.Why{Reason: t.Retired}})
		}
		if err != nil {
			return fmt.Errorf("term %q: %w", t.Text, err)
		}
	}
	return nil
}
