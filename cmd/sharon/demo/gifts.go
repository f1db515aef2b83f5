package demo

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/modules/gifts"
	"github.com/sharon-nhs/sharon/tenants"
)

// gift is one that somebody gave, as a file tells it.
type gift struct {
	From, To, Art, Note string
	At                  string
	Opened              bool
}

func (g gift) check(members map[string]member) error {
	var wrong []error
	for _, login := range []string{g.From, g.To} {
		if _, ok := members[login]; !ok {
			wrong = append(wrong, fmt.Errorf("gift %q: no member %q", start(g.Note), login))
		}
	}
	return errors.Join(wrong...)
}

func (w *seeding) gifts(c content, service *tenants.Service) error {
	if len(c.Gifts) == 0 {
		return nil
	}
	w.kinds = gifts.Preset(service)
	for _, g := range c.Gifts {
		at, err := moment(w.s.Now, g.At)
		kind := slices.IndexFunc(w.kinds, func(k gifts.Kind) bool { return k.Art == g.Art })
		if err != nil || kind < 0 {
			return fmt.Errorf("gift %q of %q: is that drawing in the preset? %w", start(g.Note), g.Art, err)
		}
		at = at.UTC()
		row := gifts.Gift{ID: w.ids.at(at), KindID: w.kinds[kind].ID, FromID: w.people[g.From].ID, ToID: w.people[g.To].ID, Note: g.Note, GivenAt: at}
		if g.Opened {
			opened := earliest(at.Add(2*time.Hour), w.s.Now).UTC()
			row.OpenedAt = &opened
		}
		w.given = append(w.given, row)
	}
	return nil
}
