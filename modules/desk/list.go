package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

const pageSize = 25

// Ask is which part of the queue to show.
type Ask struct {
	With   string `json:"with,omitempty" validate:"omitempty,oneof=all mine nobody" label:"with whom"`
	Level  string `json:"level,omitempty" validate:"omitempty,oneof=crisis red amber green" label:"a level"`
	Source string `json:"source,omitempty" validate:"omitempty,oneof=term figure flag mode rate waiting help measure drill team appeal strikes" label:"what raised it"`
	Page   int    `json:"page,omitempty" validate:"gte=0,lte=10000" label:"a page"` // from 1
	// Done is an item that was just decided, to be undone from here.
	Done *uuid.UUID `json:"done,omitempty"`
}

// Line is an item in the queue. Of what the actor is linked to it says no more
// than that it is there.
type Line struct {
	safety.Item
	Linked bool   `json:"linked"`
	Name   string `json:"name"`            // of the sort
	Words  string `json:"words,omitempty"` // how it begins
	Where  string `json:"where,omitempty"`
}

// Queue is what waits.
type Queue struct {
	Figures Figures `json:"figures"`
	Lines   []Line  `json:"items"`
	Open    int     `json:"open"`  // as asked
	Later   int     `json:"later"` // the next page; 0 for none
	Ask     Ask     `json:"ask"`
	OnDuty  string  `json:"on_duty,omitempty"`
	// Alarms are urgent cases that nobody has.
	Alarms  []safety.Alarm `json:"alarms"`
	Done    *Done          `json:"done,omitempty"`
	Care    Care           `json:"care"`
	KeysOff bool           `json:"keys_off"`
}

// List shows what waits, in the order in which it should be looked at.
func (d Desk) List(ctx context.Context, s tenants.Scope, in Ask) (Queue, error) {
	in.Page = max(1, in.Page)
	out := Queue{Ask: in, KeysOff: keysOff(s)}
	items, err := in.open(ctx, s)
	if err != nil {
		return Queue{}, err
	}
	inOrder(items, s.Now)
	out.Open = len(items)
	shown := items[min(len(items), (in.Page-1)*pageSize):min(len(items), in.Page*pageSize)]
	if len(items) > in.Page*pageSize {
		out.Later = in.Page + 1
	}
	if out.Lines, err = d.lines(ctx, s, shown); err != nil {
		return Queue{}, err
	}
	if out.Figures, err = figures(ctx, s); err != nil {
		return Queue{}, err
	}
	if out.OnDuty, err = d.onDuty(ctx, s); err != nil {
		return Queue{}, err
	}
	if out.Alarms, err = d.desk.Alarms(ctx, s); err != nil {
		return Queue{}, err
	}
	out.Done, out.Care, err = d.after(ctx, s, in.Done)
	return out, err
}

func (d Desk) lines(ctx context.Context, s tenants.Scope, shown []safety.Item) ([]Line, error) {
	ids := make([]uuid.UUID, len(shown))
	for i, item := range shown {
		ids[i] = item.ID
	}
	items, err := whole(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	mine, err := linkedAmong(ctx, s, items)
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(items))
	for i, item := range items {
		lines[i] = Line{Item: item, Linked: mine[item.ID], Name: d.nameOf(item.Sort)}
		if mine[item.ID] {
			lines[i].Item = bare(item)
			continue
		}
		subject, err := d.subject(ctx, s, item)
		if err != nil {
			return nil, err
		}
		if subject == nil {
			lines[i].Where = "not for you to read, or gone"
			continue
		}
		lines[i].Where = subject.Where
		if !subject.Private {
			lines[i].Words = begins(*subject)
		}
	}
	return lines, nil
}

// bare is an item as somebody who is linked to it may know of it.
func bare(item safety.Item) safety.Item {
	return safety.Item{InService: item.InService, ID: item.ID, Sort: item.Sort, Level: item.Level, RaisedAt: item.RaisedAt, DueAt: item.DueAt,
		HolderID: item.HolderID, Holder: item.Holder, DecidedAt: item.DecidedAt, Version: item.Version}
}

// nameOf is a sort of thing in words.
func (d Desk) nameOf(sort string) string {
	if name := d.desk.SortOf(sort).Name; name != "" {
		return name
	}
	return "something"
}

// subject reads what an item is of; nil where it is gone or not for the actor.
func (d Desk) subject(ctx context.Context, s tenants.Scope, item safety.Item) (*safety.Subject, error) {
	show := d.desk.SortOf(item.Sort).Show
	if show == nil {
		return nil, nil
	}
	subject, err := show(ctx, s, item.SubjectID)
	if database.Missing(err) {
		return nil, nil
	}
	return &subject, err
}

// begins is how a subject begins, in a line.
func begins(subject safety.Subject) string {
	const most = 80
	text := subject.Body
	if subject.HTML != "" {
		text = markdown.Text(subject.HTML)
	}
	if subject.Title != "" {
		text = subject.Title
	}
	words := []rune(strings.Join(strings.Fields(text), " "))
	if len(words) <= most {
		return string(words)
	}
	return strings.TrimSpace(string(words[:most])) + "…"
}

// onDuty names who is on duty now, as the rota has it; empty without one.
func (d Desk) onDuty(ctx context.Context, s tenants.Scope) (string, error) {
	if d.desk.Tree == nil {
		return "", nil
	}
	steps, _, err := d.desk.Tree(ctx, s, s.Now)
	if err != nil || len(steps) == 0 {
		return "", err
	}
	if len(steps[0].People) == 0 {
		return steps[0].Name + " (" + steps[0].Phone + ")", nil
	}
	people, err := s.WhoMay(ctx, "desk.work")
	var names []string
	for _, person := range people {
		if slices.Contains(steps[0].People, person.ID) {
			names = append(names, person.Handle)
		}
	}
	return strings.Join(names, " and "), err
}

// unread counts what waits for the actor.
func unread(ctx context.Context, s tenants.Scope) (int, error) {
	if !s.May("desk.work") {
		return 0, nil
	}
	return count(ctx, s)
}

// next is where to go from an item: the next that the actor can take, or back to the queue.
func next(ctx context.Context, s tenants.Scope, from uuid.UUID) (before, after *uuid.UUID, err error) {
	items, err := Ask{}.open(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	mine, err := linkedAmong(ctx, s, items)
	if err != nil {
		return nil, nil, err
	}
	inOrder(items, s.Now)
	items = slices.DeleteFunc(items, func(i safety.Item) bool {
		return i.ID != from && (mine[i.ID] || i.HolderID != nil && *i.HolderID != s.Actor.ID())
	})
	at := slices.IndexFunc(items, func(i safety.Item) bool { return i.ID == from })
	if at < 0 {
		if len(items) > 0 {
			after = &items[0].ID
		}
		return nil, after, nil
	}
	if len(items) > 1 {
		before, after = &items[(at+len(items)-1)%len(items)].ID, &items[(at+1)%len(items)].ID
	}
	return before, after, nil
}

// spell says a span of time as people do: 6 min, 1 h 40, 3 days.
func spell(span time.Duration) string {
	minutes := int(span.Abs().Round(time.Minute).Minutes())
	switch hours := minutes / 60; {
	case hours == 0:
		return strconv.Itoa(minutes) + " min"
	case hours >= 48:
		return strconv.Itoa(hours/24) + " days"
	case hours >= 10 || minutes%60 == 0:
		return strconv.Itoa(hours) + " h"
	default:
		return fmt.Sprintf("%d h %02d", hours, minutes%60)
	}
}
