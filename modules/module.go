// Package modules says what a room is. Each room has a folder of its own beside
// this file and makes a Module; package all lists them.
package modules

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Router is the table that a room adds its routes to.
type Router = web.Router[tenants.Scope]

// Module is a room: a capability that a service can switch on, tune or switch
// off. What a room does not have, it leaves out.
type Module struct {
	Key, Name, Icon string
	// About says in a sentence what the room is for, to a service lead.
	About string
	// Always is for rooms that cannot be switched off, such as the timeline.
	Always bool
	// Settings is the default, a struct with `json`, `label`, `hint` and
	// `validate` tags, which also make its form; nil if there is nothing to tune.
	Settings any
	// Grants are the default permissions: "object.action" to roles.
	Grants policy.Grants
	// Begin writes what a new service has of it at first; nil for nothing.
	Begin func(ctx context.Context, s tenants.Scope, preset areas.Area) error
	// Routes adds pages and commands; r is already below /{service}.
	Routes func(r *Router)
	// On are what follows from events, and Rounds what comes round.
	On     []tenants.Handler
	Rounds []tenants.Round
	// Tells are whom events concern; the notifications room tells them.
	Tells []Tell
	// Unread counts what waits in the room for the actor; nil if nothing ever does.
	Unread func(ctx context.Context, s tenants.Scope) (int, error)
	// Searched says that a search can be narrowed to this room.
	Searched bool
	// Finds are the sorts of things here that a search can find.
	Finds []Find
	// Person is what the room offers to do with a member, on their page; nil for nothing.
	Person func(s tenants.Scope, person tenants.Person) []tenants.Link
	// Mine are its pages as the Me page offers them to s; nil for none.
	Mine func(s tenants.Scope) []tenants.MeLink
	// Bars are what it says at the top of each page of whoever asks; nil for nothing.
	Bars func(s tenants.Scope) []ui.Bar
	// Rights say in plain words what each of the Grants lets somebody do.
	Rights map[string]string
	// Acts name its actions in the audit log.
	Acts tenants.Acts
	// Counts are what it has counted each day; a Count shows while the room is open.
	Counts []tenants.Count
	// Data is what it keeps of members.
	Data tenants.Holding
	// Nav is where the room shows in the navigation; nil shows it nowhere.
	Nav func(s tenants.Scope) []ui.Room
}

// Tell says whom a kind of event concerns. Notices runs as nobody, in the
// event's service; those who may not see what it is about are left out by it.
type Tell struct {
	Kind    tenants.Kind
	Notices func(ctx context.Context, s tenants.Scope, e tenants.Event) ([]Notice, error)
}

// Find is a sort of thing that the search index has. Show tells, of those with
// these ids, what the actor may see and what fits; the rest it leaves out.
type Find struct {
	Kind string // in the index
	Show func(ctx context.Context, s tenants.Scope, ids []uuid.UUID, narrow Narrow) ([]Found, error)
}

// Narrow is what somebody wants to find besides the words; what is zero counts not.
type Narrow struct {
	Room     string // key of the room
	By       uuid.UUID
	From, To time.Time // from this time, until before that
}

// Found is something that a search found. Text is plain; Path is below the service.
type Found struct {
	ID    uuid.UUID       `json:"id"`
	Title string          `json:"title"`
	Text  string          `json:"-"`
	Path  string          `json:"path"`
	Where string          `json:"where"`
	By    *tenants.Person `json:"by,omitempty"`
	At    time.Time       `json:"at"`
}

// Notice is one thing to tell some members. Kind is one of the notifications
// room's; About groups what belongs together ("Fern and 3 others"); Path is
// where it leads, below the service.
type Notice struct {
	Kind    string
	To      []uuid.UUID
	Subject uuid.UUID
	About   uuid.UUID
	Path    string
}

// Recount is emitted, live only, for members whose unread counts have changed.
var Recount = tenants.Kind{Key: "counts"}

// Mount adds every room's routes to the table.
func Mount(table *Router, rooms []Module) {
	for _, room := range rooms {
		if room.Routes == nil {
			continue
		}
		key := room.Key
		if room.Always {
			key = ""
		}
		room.Routes(table.In("/{service}", key))
	}
}

// Grants are all rooms' default rules.
func Grants(rooms []Module) []policy.Rule {
	var rules []policy.Rule
	for _, room := range rooms {
		rules = append(rules, room.Grants.Rules()...)
	}
	return rules
}

// Navigation lists the rooms that are open to whoever asks.
func Navigation(rooms []Module) func(s tenants.Scope) []ui.Room {
	return func(s tenants.Scope) []ui.Room {
		var entries []ui.Room
		for _, room := range rooms {
			if room.Nav == nil || !room.Always && !s.Service.Open(room.Key) {
				continue
			}
			for _, entry := range room.Nav(s) {
				entry.Counted = room.Unread != nil && entry.Key == room.Key
				entries = append(entries, entry)
			}
		}
		home := "/" + s.Service.Slug
		entries = append(entries, ui.Room{Name: "How words are shown", Icon: "globe", Path: "/reading?next=" + home, Corner: true})
		return append(entries, ui.Room{Key: "me", Name: "Me", Icon: "user-round", Path: home + "/me", Corner: true})
	}
}

// Unread counts what waits for the actor in the rooms that are open to them.
func Unread(rooms []Module) func(ctx context.Context, s tenants.Scope) (map[string]int, error) {
	return func(ctx context.Context, s tenants.Scope) (map[string]int, error) {
		waiting := map[string]int{}
		for _, room := range rooms {
			if room.Unread == nil || s.Actor.Member == nil || !room.Always && !s.Service.Open(room.Key) {
				continue
			}
			var err error
			if waiting[room.Key], err = room.Unread(ctx, s); err != nil {
				return nil, err
			}
		}
		return waiting, nil
	}
}

// Links lists what the rooms that are open offer to do with a member.
func Links(rooms []Module) func(s tenants.Scope, person tenants.Person) []tenants.Link {
	return func(s tenants.Scope, person tenants.Person) (links []tenants.Link) {
		for _, room := range rooms {
			if room.Person != nil && (room.Always || s.Service.Open(room.Key)) {
				links = append(links, room.Person(s, person)...)
			}
		}
		return links
	}
}

// Mine lists the pages that the open rooms put on the Me page.
func Mine(rooms []Module) func(s tenants.Scope) []tenants.MeLink {
	return func(s tenants.Scope) (links []tenants.MeLink) {
		for _, room := range rooms {
			if room.Mine != nil && (room.Always || s.Service.Open(room.Key)) {
				links = append(links, room.Mine(s)...)
			}
		}
		return links
	}
}

// Bars are what the open rooms say at the top of each page of whoever asks.
func Bars(rooms []Module) func(s tenants.Scope) []ui.Bar {
	return func(s tenants.Scope) (bars []ui.Bar) {
		for _, room := range rooms {
			if room.Bars != nil && (room.Always || s.Service.Open(room.Key)) {
				bars = append(bars, room.Bars(s)...)
			}
		}
		return bars
	}
}

// Tune returns the service's settings of a room: the defaults with what the
// service changed. Settings that do not fit any more count as the defaults.
func Tune[T any](s tenants.Scope, key string, defaults T) T {
	room, ok := s.Service.Room(key)
	if !ok {
		return defaults
	}
	tuned := defaults
	if err := json.Unmarshal(room.Settings, &tuned); err != nil {
		return defaults
	}
	return tuned
}

// NewSettings returns a pointer to a copy of the room's defaults with raw laid over them.
func (m Module) NewSettings(raw json.RawMessage) (any, error) {
	if m.Settings == nil {
		return nil, nil
	}
	settings := reflect.New(reflect.TypeOf(m.Settings))
	settings.Elem().Set(reflect.ValueOf(m.Settings))
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, settings.Interface()); err != nil {
			return nil, fmt.Errorf("settings of %s: %w", m.Key, err)
		}
	}
	return settings.Interface(), nil
}

// Rights say what the grants of all rooms let somebody do.
func Rights(rooms []Module) map[string]string {
	all := map[string]string{}
	for _, room := range rooms {
		maps.Copy(all, room.Rights)
	}
	return all
}

// Acts are the actions of all rooms in the audit log.
func Acts(rooms []Module) tenants.Acts {
	all := tenants.Acts{}
	for _, room := range rooms {
		maps.Copy(all, room.Acts)
	}
	return all
}

// Begins are what the rooms write for a new service.
func Begins(rooms []Module) (all []func(ctx context.Context, s tenants.Scope, preset areas.Area) error) {
	for _, room := range rooms {
		if room.Begin != nil {
			all = append(all, room.Begin)
		}
	}
	return all
}

// Handlers are what all rooms do about events.
func Handlers(rooms []Module) (all []tenants.Handler) {
	for _, room := range rooms {
		all = append(all, room.On...)
	}
	return all
}

// Rounds are what comes round in all rooms.
func Rounds(rooms []Module) (all []tenants.Round) {
	for _, room := range rooms {
		all = append(all, room.Rounds...)
	}
	return all
}

// Counts are what all rooms have counted each day.
func Counts(rooms []Module) (all []tenants.Count) {
	for _, room := range rooms {
		for _, count := range room.Counts {
			if !room.Always {
				count.Room = room.Key
			}
			all = append(all, count)
		}
	}
	return all
}
