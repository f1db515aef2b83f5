package demo

import (
	"errors"
	"fmt"

	"github.com/sharon-nhs/sharon/modules/resources"
	"github.com/sharon-nhs/sharon/tenants"
)

// resource is an item of the library, as a file tells it.
type resource struct {
	Kind            resources.Sort
	resources.Words `yaml:",inline"`
	Tags            resources.Tags
	Owner           string // of the team; empty for a suggestion
	By              string // who suggested it
	Shared          bool
	At              string
	Review          int // days from today
}

func (r resource) check(members map[string]member) error {
	var wrong []error
	if m, ok := members[r.Owner]; r.Owner != "" && (!ok || !m.Role.Staff()) {
		wrong = append(wrong, fmt.Errorf("resource %q: %q is not of the team", r.Title, r.Owner))
	}
	if _, ok := members[r.By]; r.By != "" && !ok || (r.By == "") == (r.Owner == "") {
		wrong = append(wrong, fmt.Errorf("resource %q: somebody looks after it, or somebody suggested it", r.Title))
	}
	return errors.Join(wrong...)
}

func (w *seeding) library(c content, service *tenants.Service) error {
	for _, r := range c.Resources {
		at, err := moment(w.s.Now, r.At)
		if err != nil {
			return fmt.Errorf("resource %q: %w", r.Title, err)
		}
		row := resources.Resource{ID: w.ids.at(at), HomeID: service.ID, Shared: r.Shared, Kind: r.Kind, State: resources.Published, Labels: r.Tags, Version: 1, CreatedAt: at.UTC(), ChangedAt: at.UTC()}
		row.Write(r.Words)
		if r.By != "" {
			by := w.people[r.By].ID
			row.State, row.SuggestedBy = resources.Suggested, &by
		} else {
			owner, review := w.people[r.Owner].ID, day(w.s.Now, r.Review).UTC()
			if row.OwnerID, row.ReviewAt = &owner, &review; review.Before(w.s.Now) {
				row.RemindedAt = &review
			}
		}
		w.shelved = append(w.shelved, row)
	}
	return nil
}
