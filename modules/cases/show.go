package cases

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Listing is which cases to show.
type Listing struct {
	Show   string       `json:"show,omitempty" validate:"omitempty,oneof=open mine nobody closed"`
	Level  string       `json:"level,omitempty" validate:"omitempty,oneof=crisis red amber green"`
	Before posts.Cursor `json:"before,omitzero"` // of closed ones
}

// Row is a case in a list.
type Row struct {
	safety.Case
	Clock   string `json:"clock"`
	Overdue bool   `json:"overdue"`
}

// List is some of the service's cases.
type List struct {
	Show   string         `json:"show"`
	Level  string         `json:"level,omitempty"`
	Alarms []safety.Alarm `json:"alarms"`
	Cases  []Row          `json:"cases"` // open ones by level and clock, closed ones the latest first
	Older  string         `json:"older,omitempty"`
}

// onePage is how many closed cases a page shows.
const onePage = 50

// List lists cases; drills have a page of their own.
func (c Cases) List(ctx context.Context, s tenants.Scope, in Listing) (List, error) {
	out := List{Show: cmp.Or(in.Show, "open"), Level: in.Level, Cases: []Row{}}
	var err error
	if out.Alarms, err = c.desk.Alarms(ctx, s); err != nil {
		return List{}, err
	}
	var cases []safety.Case
	q, err := c.mine(ctx, s, withPeople(s.Select(&cases)))
	if err != nil {
		return List{}, err
	}
	q = q.Where("NOT ?TableAlias.drill")
	if in.Level != "" {
		q = q.Where("?TableAlias.level = ?", in.Level)
	}
	switch out.Show {
	case "closed":
		q = q.Where("?TableAlias.closed_at IS NOT NULL").OrderExpr("?TableAlias.closed_at DESC, ?TableAlias.id DESC").Limit(onePage + 1)
		if !in.Before.Zero() {
			q = q.Where("(?TableAlias.closed_at, ?TableAlias.id) < (?, ?)", in.Before.At, in.Before.ID)
		}
	case "mine":
		q = q.Where("?TableAlias.closed_at IS NULL").Where("(?TableAlias.owner_id = ? OR ?TableAlias.asked_id = ?)", s.Actor.ID(), s.Actor.ID())
	case "nobody":
		q = q.Where("?TableAlias.closed_at IS NULL").Where("?TableAlias.owner_id IS NULL")
	default:
		q = q.Where("?TableAlias.closed_at IS NULL")
	}
	if err := q.Scan(ctx); err != nil {
		return List{}, err
	}
	if out.Show == "closed" && len(cases) > onePage {
		cases = cases[:onePage]
		out.Older = posts.Cursor{At: *cases[onePage-1].ClosedAt, ID: cases[onePage-1].ID}.String()
	} else if out.Show != "closed" {
		slices.SortFunc(cases, func(a, b safety.Case) int {
			return cmp.Or(slices.Index(safety.Levels, a.Level)-slices.Index(safety.Levels, b.Level), a.DueAt.Compare(b.DueAt), strings.Compare(a.ID.String(), b.ID.String()))
		})
	}
	for _, one := range cases {
		out.Cases = append(out.Cases, row(s, one))
	}
	return out, nil
}

func row(s tenants.Scope, one safety.Case) Row {
	return Row{one, clockWords(one, s.Now), one.ClosedAt == nil && one.AckedAt == nil && !one.DueAt.After(s.Now)}
}

// Line is an entry of the timeline in words.
type Line struct {
	safety.Entry
	Name    string          `json:"name"`
	Subject *tenants.Person `json:"subject,omitempty"` // the member whom it was about
}

// Linked is something that belongs to a case.
type Linked struct {
	Sort string `json:"sort"` // in words
	// Subject is nil where the actor may not see it, or it is gone.
	Subject *safety.Subject `json:"subject,omitempty"`
	// Sealed says that few were to read it, and of the team only whoever has the case.
	Sealed bool         `json:"sealed,omitempty"`
	Item   *safety.Item `json:"item,omitempty"` // of the desk
}

// Shown is a case with all that belongs to it.
type Shown struct {
	Row
	Alarm    string           `json:"alarm,omitempty"`
	Timeline []Line           `json:"timeline"`
	Linked   []Linked         `json:"linked"`
	Calls    []Call           `json:"calls"`
	Team     []tenants.Person `json:"team"` // whom it can be handed to
	// Mine says that the actor has it, Asked that they are asked to take it over.
	Mine     bool `json:"mine"`
	AskedMe  bool `json:"asked_me"`
	Writable bool `json:"writable"` // the actor can write to the member
	Knowable bool `json:"knowable"` // and see who they are
	// Planned says that the member shares a safety plan, which whoever has the case can open.
	Planned bool `json:"planned"`
	// Needs is how to tell the member things.
	Needs []string `json:"needs,omitempty"`
}

// Show reads a case with its timeline.
func (c Cases) Show(ctx context.Context, s tenants.Scope, in ByID) (Shown, error) {
	one, err := c.find(ctx, s, in.ID)
	if err != nil {
		return Shown{}, err
	}
	me := s.Actor.ID()
	out := Shown{Row: row(s, one), Mine: one.OwnerID != nil && *one.OwnerID == me, AskedMe: one.AskedID != nil && *one.AskedID == me}
	here := one.ClosedAt == nil && one.MemberID != uuid.Nil
	out.Writable, out.Knowable = here && mayWrite(s) && c.write != nil, here && s.May("identities.read")
	if c.desk.Plans != nil && here && out.Mine {
		if out.Planned, err = c.desk.Plans.Shares(ctx, s, one.MemberID); err != nil {
			return Shown{}, err
		}
	}
	if out.Needs, err = c.desk.NeedsOf(ctx, s, one.MemberID); err != nil {
		return Shown{}, err
	}
	if out.Timeline, err = lines(ctx, s, one.ID); err != nil {
		return Shown{}, err
	}
	if out.Linked, err = c.linked(ctx, s, one); err != nil {
		return Shown{}, err
	}
	if out.Calls, err = callsOf(ctx, s, one.ID); err != nil {
		return Shown{}, err
	}
	if out.Calls == nil {
		out.Calls = []Call{}
	}
	ladder := slices.DeleteFunc(slices.Clone(out.Calls), func(call Call) bool { return call.StoppedAt != nil })
	out.Alarm = alarm(s.Now, one, ladder)
	out.Team, err = c.colleagues(ctx, s, one)
	return out, err
}

func lines(ctx context.Context, s tenants.Scope, id uuid.UUID) ([]Line, error) {
	entries, err := timeline(ctx, s, id)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, entry := range entries {
		if entry.SubjectID != uuid.Nil {
			ids = append(ids, entry.SubjectID)
		}
	}
	known, err := people(ctx, s, ids)
	out := make([]Line, len(entries))
	for i, entry := range entries {
		out[i] = Line{Entry: entry, Name: cmp.Or(entryNames[entry.What], entry.What)}
		if person, ok := known[entry.SubjectID]; ok {
			out[i].Subject = &person
		}
	}
	return out, err
}

// linked are the desk's items of a case, and what the team added.
func (c Cases) linked(ctx context.Context, s tenants.Scope, one safety.Case) ([]Linked, error) {
	found, err := items(ctx, s, one)
	if err != nil {
		return nil, err
	}
	added, err := links(ctx, s, one.ID)
	if err != nil {
		return nil, err
	}
	mine := one.OwnerID != nil && *one.OwnerID == s.Actor.ID()
	out := []Linked{}
	seen := map[uuid.UUID]bool{}
	add := func(key string, id uuid.UUID, item *safety.Item) error {
		if seen[id] {
			return nil
		}
		seen[id] = true
		sort := c.desk.SortOf(key)
		row := Linked{Sort: cmp.Or(sort.Name, key), Item: item}
		if sort.Show != nil {
			subject, err := sort.Show(ctx, s, id)
			if err != nil && !database.Missing(err) {
				return err
			}
			if err == nil && subject.Private && !mine {
				subject, row.Sealed = subject.Bare(), true
			}
			if err == nil {
				row.Subject = &subject
			}
		}
		out = append(out, row)
		return nil
	}
	for i, item := range found {
		if err := add(item.Sort, item.SubjectID, &found[i]); err != nil {
			return nil, err
		}
	}
	for _, link := range added {
		if err := add(link.Sort, link.SubjectID, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// colleagues are those to whom the actor can hand a case over.
func (c Cases) colleagues(ctx context.Context, s tenants.Scope, one safety.Case) ([]tenants.Person, error) {
	all, err := s.WhoMay(ctx, "cases.work")
	if err != nil {
		return nil, err
	}
	near, err := c.desk.Near(ctx, s, one.MemberID)
	return slices.DeleteFunc(all, func(person tenants.Person) bool {
		return person.ID == s.Actor.ID() || near.Has(person.ID) || one.OwnerID != nil && *one.OwnerID == person.ID
	}), err
}
