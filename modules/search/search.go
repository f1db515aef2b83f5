// Package search finds again what the actor may see, in all rooms. What can be
// found and who may see it is said by the rooms (modules.Find); the index is the
// database's own.
package search

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/search"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const (
	key      = "search"
	pageSize = 20
	least    = 30   // hits that are asked about at first; mostly they can all be seen
	most     = 2000 // before somebody is asked whether to look further back
)

// Search is the room.
type Search struct {
	finds map[string]source
	rooms []modules.Module
}

// source is a sort of thing and the room that has it.
type source struct {
	modules.Find
	room modules.Module
}

// open tells whether the actor is let into a room.
func open(s tenants.Scope, room modules.Module) bool {
	return room.Always || s.Service.Open(room.Key) && s.May(room.Key+".read")
}

// New makes the room, which finds what the other rooms have.
func New(rooms []modules.Module) modules.Module {
	r := Search{finds: map[string]source{}, rooms: rooms}
	for _, room := range rooms {
		for _, find := range room.Finds {
			r.finds[find.Kind] = source{find, room}
		}
	}
	return modules.Module{
		Key: key, Name: "Search", Icon: "search", Always: true,
		About:  "Finds again what somebody may see, in all rooms.",
		Grants: policy.Grants{"search.read": {"member"}},
		Rights: map[string]string{"search.read": "Search what they may read"},
		Routes: func(t *modules.Router) {
			web.Get(t, "/search", "search.read", "What has these words, in all rooms", r.Find, page, web.Asks)
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("search.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Search", Icon: "search", Path: "/" + s.Service.Slug + "/search", Corner: true, Bar: true, Search: true}}
		},
	}
}

// Find is what somebody looks for. From and To are days in Europe/London; both
// count. Before continues a list.
type Find struct {
	Q      string `json:"q,omitempty" validate:"max=200" label:"words to look for"`
	Room   string `json:"room,omitempty" validate:"max=40"`
	By     string `json:"by,omitempty" validate:"max=60" label:"a handle"`
	From   string `json:"from,omitempty" validate:"max=10" label:"a day"`
	To     string `json:"to,omitempty" validate:"max=10" label:"a day"`
	Before int64  `json:"before,omitempty" validate:"min=0"`
}

// Results are what was found, the latest first.
type Results struct {
	Find
	Found []Result `json:"found"`
	// Older continues the list; 0 at its end.
	Older int64 `json:"older,omitempty"`

	rooms []modules.Module
	words search.Words
}

// Result is one thing that was found, with the words marked.
type Result struct {
	modules.Found
	Text []search.Piece `json:"text"`
}

// Find looks for words in all that the actor may see.
func (r Search) Find(ctx context.Context, s tenants.Scope, in Find) (Results, error) {
	out := Results{Find: in, rooms: r.offers(s), words: search.Parse(in.Q)}
	narrow, err := r.narrow(ctx, s, in)
	if err != nil || out.words.Empty() {
		return out, err
	}
	before := in.Before
	if before == 0 {
		before = math.MaxInt64
	}
	for batch, asked := least, 0; asked < most; batch, asked = 4*batch, asked+batch {
		hits, err := s.Search(ctx, out.words, before, batch)
		if err != nil {
			return out, err
		}
		seen, err := r.seen(ctx, s, hits, narrow)
		if err != nil {
			return out, err
		}
		for _, hit := range hits {
			if found, ok := seen[hit.Subject]; ok {
				out.Found = append(out.Found, Result{found, out.words.Mark(found.Text)})
			}
			before = hit.Number
			if len(out.Found) == pageSize {
				out.Older = before
				return out, nil
			}
		}
		if len(hits) < batch {
			return out, nil
		}
	}
	out.Older = before
	return out, nil
}

// seen asks the rooms which of the hits the actor may see.
func (r Search) seen(ctx context.Context, s tenants.Scope, hits []tenants.Hit, narrow modules.Narrow) (map[uuid.UUID]modules.Found, error) {
	ids := map[string][]uuid.UUID{}
	for _, hit := range hits {
		ids[hit.Kind] = append(ids[hit.Kind], hit.Subject)
	}
	seen := map[uuid.UUID]modules.Found{}
	for kind, of := range ids {
		find, ok := r.finds[kind]
		if !ok || !open(s, find.room) {
			continue
		}
		found, err := find.Show(ctx, s, of, narrow)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			seen[one.ID] = one
		}
	}
	return seen, nil
}

// offers are the rooms that the actor can choose from.
func (r Search) offers(s tenants.Scope) (rooms []modules.Module) {
	for _, room := range r.rooms {
		if room.Searched && open(s, room) {
			rooms = append(rooms, room)
		}
	}
	return rooms
}

func (r Search) narrow(ctx context.Context, s tenants.Scope, in Find) (modules.Narrow, error) {
	narrow := modules.Narrow{Room: in.Room}
	if in.By != "" {
		person, err := s.PersonByHandle(ctx, in.By)
		if database.Missing(err) {
			return narrow, fault.Bad("by", "Nobody here has this handle. Leave it empty to look in what everybody wrote.")
		}
		if err != nil {
			return narrow, err
		}
		narrow.By = person.ID
	}
	var err error
	if narrow.From, err = day("from", in.From); err != nil {
		return narrow, err
	}
	if narrow.To, err = day("to", in.To); err == nil && !narrow.To.IsZero() {
		narrow.To = narrow.To.AddDate(0, 0, 1)
	}
	return narrow, err
}

// day is when a day begins; zero for none.
func day(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, clock.London)
	if err != nil {
		return t, fault.Bad(field, "Write the day as 2026-11-04.")
	}
	return t, nil
}
