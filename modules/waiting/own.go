package waiting

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Contact is how somebody who waits likes to be reached.
type Contact string

// The ways.
const (
	ContactHere  Contact = "here"
	ContactEmail Contact = "email"
	ContactPhone Contact = "phone"
	ContactPost  Contact = "post"
)

var contacts = []struct {
	Contact
	name string
}{{ContactHere, "Write to me here"}, {ContactEmail, "Email me"}, {ContactPhone, "Ring me"}, {ContactPost, "Send me a letter"}}

func (c Contact) name() string {
	for _, one := range contacts {
		if one.Contact == c {
			return one.name
		}
	}
	return ""
}

// Mine is where somebody who waits is.
type Mine struct {
	// Waits is false where there is no open entry of theirs, yet or any more.
	Waits   bool    `json:"waits"`
	Pathway string  `json:"pathway,omitempty"`
	Weeks   int     `json:"weeks"`
	Stands  bool    `json:"clock_stands"` // the clock stands still today
	Range   string  `json:"range,omitempty"`
	Cadence string  `json:"cadence,omitempty"`
	Said    []Note  `json:"said"`
	Contact Contact `json:"contact,omitempty"`
	// ContactWords say when and how.
	ContactWords string     `json:"contact_words,omitempty"`
	AskAt        *time.Time `json:"next_check_in,omitempty"`
	Due          bool       `json:"due"` // it is time for a check-in
	Tag          string     `json:"resources,omitempty"`
	// Asks is a questionnaire that comes with the check-ins and is to be filled in.
	Asks    *Asks   `json:"asks,omitempty"`
	Carers  []Carer `json:"carers"`
	next    string  // HTML
	library bool
	forums  bool
}

// mostSaid is how much of what somebody said their page shows.
const mostSaid = 6

// mine reads the actor's own open entry. No row if there is none.
func mine(ctx context.Context, s tenants.Scope) (row Entry, err error) {
	return row, whole(s.Select(&row)).Where("entry.member_id = ?", s.Actor.ID()).Where("entry.outcome = ''").Scan(ctx)
}

// Where shows somebody who waits where they are.
func (w Waiting) Where(ctx context.Context, s tenants.Scope, _ web.None) (Mine, error) {
	entry, err := mine(ctx, s)
	if database.Missing(err) {
		return Mine{Said: []Note{}, Carers: []Carer{}}, nil
	}
	if err != nil {
		return Mine{}, err
	}
	today, way := dayOf(s.Now), *entry.Pathway
	out := Mine{Waits: true, Pathway: way.Name, Weeks: entry.Weeks(today), Stands: entry.Stands(today), Cadence: cadenceName(way.Cadence), next: way.next(),
		Contact: entry.Contact, ContactWords: entry.ContactWords, AskAt: entry.AskAt, Due: entry.AskAt != nil && !s.Now.Before(*entry.AskAt) || entry.SaidAt == nil,
		Tag: way.Tag, library: s.Service.Open("resources") && s.May("resources.read"), forums: s.Service.Open("forums") && s.May("forums.read")}
	if out.Said, err = notes(ctx, s, entry.ID, mostSaid); err != nil {
		return Mine{}, err
	}
	if out.Asks, err = w.asks(ctx, s, way); err != nil {
		return Mine{}, err
	}
	if out.Carers, err = w.carers(ctx, s, entry.ID); err != nil {
		return Mine{}, err
	}
	out.Range, err = w.rangeOf(ctx, s, way, today)
	return out, err
}

// rangeOf says how long it takes, as the pathway wants it said; empty for not at all.
func (w Waiting) rangeOf(ctx context.Context, s tenants.Scope, way Pathway, today Day) (string, error) {
	switch way.Range {
	case NotShown:
		return "", nil
	case InWords:
		return way.RangeWords, nil
	}
	began, err := beganSince(ctx, s, way.ID, today.Plus(-lookBack))
	waits := make([]int, len(began))
	for i, e := range began {
		waits[i] = e.Weeks(today)
	}
	return spread(waits), err
}

// lookBack is from how many days the range is worked out, and fewest from how many
// people at least.
const (
	lookBack = 90
	fewest   = 10
)

// spread says in words how many weeks most people waited: 8 of 10, leaving out the
// shortest and the longest waits.
func spread(weeks []int) string {
	if len(weeks) < fewest {
		return "Too few people have begun in the last 90 days to tell how long it takes. When we can tell, we will say so here."
	}
	slices.Sort(weeks)
	from, until := weeks[rank(.1, len(weeks))], weeks[rank(.9, len(weeks))]
	if from == until {
		return fmt.Sprintf("In the last 90 days most people began after about %d weeks.", from)
	}
	return fmt.Sprintf("In the last 90 days 8 of 10 people began after %d to %d weeks. For some it was sooner, for some later.", from, until)
}

// rank is the place of a share of n sorted values (nearest rank).
func rank(share float64, n int) int { return max(0, int(math.Ceil(share*float64(n)))-1) }

// beganSince are those of a pathway whose appointment or treatment began since a day.
func beganSince(ctx context.Context, s tenants.Scope, way uuid.UUID, since Day) (rows []Entry, err error) {
	return rows, s.Select(&rows).Where("entry.pathway_id = ?", way).Where("entry.outcome_on >= ?", since).
		Where("(entry.outcome = ? OR entry.outcome = ?)", FirstAppointment, TreatmentBegan).Scan(ctx)
}

// Reach is how somebody who waits likes to be reached.
type Reach struct {
	Contact Contact `json:"contact" validate:"required,oneof=here email phone post" label:"how to reach you"`
	When    string  `json:"when" validate:"max=300" label:"when"`
}

// Reach keeps it for the team.
func (w Waiting) Reach(ctx context.Context, s tenants.Scope, in Reach) (Mine, error) {
	entry, err := mine(ctx, s)
	if err != nil {
		return Mine{}, err
	}
	entry.Contact, entry.ContactWords = in.Contact, strings.TrimSpace(in.When)
	if err := put(ctx, s, &entry); err != nil {
		return Mine{}, err
	}
	return w.Where(ctx, s, web.None{})
}
