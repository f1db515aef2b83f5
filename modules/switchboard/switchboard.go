// Package switchboard is where a service lead switches the service's rooms on
// and off and tunes them. A change holds with the next request on every node;
// what was written in a room that is switched off is kept.
package switchboard

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Switchboard knows the rooms that a service can have.
type Switchboard struct {
	rooms  []modules.Module
	differ func(ctx context.Context, s tenants.Scope) (tenants.Drift, error)
}

// New makes the room; rooms are those to switch, and differ says how a service is
// not as its area’s services begin.
func New(rooms []modules.Module, differ func(ctx context.Context, s tenants.Scope) (tenants.Drift, error)) modules.Module {
	b := Switchboard{slices.DeleteFunc(slices.Clone(rooms), func(m modules.Module) bool { return m.Always && m.Settings == nil }), differ}
	return modules.Module{
		Key: "switchboard", Name: "Rooms", Icon: "sliders-horizontal", Always: true,
		About: "Which rooms a service has, and how they are tuned.",
		Routes: func(r *modules.Router) {
			web.Get(r, "/settings/rooms", "services.configure", "The rooms of this service", b.List, listPage)
			web.Get(r, "/settings/preset", "services.configure", "How this service differs from what its area begins with", b.Differ, differPage)
			web.Get(r, "/settings/rooms/{room}", "services.configure", "A room and its settings", b.Show, roomPage)
			web.Post(r, "/settings/rooms/{room}", "services.configure", "Switch or tune a room", b.Change,
				web.SeeOther("/settings/rooms/{room}"), web.FormAt("/settings/rooms/{room}"))
		},
		Mine: func(s tenants.Scope) []tenants.MeLink {
			if !s.May("services.configure") {
				return nil
			}
			return []tenants.MeLink{{Name: "Rooms", About: "Choose which rooms this service has", Path: "/" + s.Service.Slug + "/settings/rooms"}}
		},
		Data: tenants.Holding{Erase: unname},
		Acts: tenants.Acts{"rooms.change": "Switched or tuned a room"},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("services.configure") {
				return nil
			}
			return []ui.Room{{Name: "Rooms", Icon: "sliders-horizontal", Path: "/" + s.Service.Slug + "/settings/rooms", Corner: true}}
		},
	}
}

// Switch is a room as it stands.
type Switch struct {
	Room     string          `json:"room"`
	Name     string          `json:"name"`
	About    string          `json:"about"`
	Icon     string          `json:"icon"`
	On       bool            `json:"on"`
	Always   bool            `json:"always"` // it can be tuned, not switched off
	Version  int             `json:"version"`
	Settings json.RawMessage `json:"settings,omitempty"`
}

// List is the whole board.
type List struct {
	Rooms []Switch `json:"rooms"`
}

// List shows every room that the service can have.
func (b Switchboard) List(_ context.Context, s tenants.Scope, _ web.None) (List, error) {
	var out List
	for _, room := range b.rooms {
		one, err := stand(s, room)
		if err != nil {
			return List{}, err
		}
		out.Rooms = append(out.Rooms, one)
	}
	return out, nil
}

// Differ is how the service differs from what its area begins with.
func (b Switchboard) Differ(ctx context.Context, s tenants.Scope, _ web.None) (tenants.Drift, error) {
	return b.differ(ctx, s)
}

// ByRoom names a room by its key.
type ByRoom struct {
	Room string `path:"room"`
}

// Details are a room with what was changed about it.
type Details struct {
	Switch
	History []Changed `json:"history"`
	fields  []ui.Field
}

// Show reads a room and the history of its changes.
func (b Switchboard) Show(ctx context.Context, s tenants.Scope, in ByRoom) (Details, error) {
	room, err := b.find(in.Room)
	if err != nil {
		return Details{}, err
	}
	out := Details{}
	if out.Switch, err = stand(s, room); err != nil {
		return Details{}, err
	}
	settings, err := room.NewSettings(out.Settings)
	if err != nil {
		return Details{}, err
	}
	out.fields = fieldsOf(settings)
	err = s.Select(&out.History).Where("change.module = ?", room.Key).Order("change.changed_at DESC", "change.id DESC").Limit(50).Scan(ctx)
	return out, err
}

// Change is what a lead wants of a room. What is left out stays.
type Change struct {
	Room     string          `path:"room"`
	On       *bool           `json:"on,omitempty"`
	Version  int             `json:"version" validate:"gte=0"`
	Settings json.RawMessage `json:"settings,omitempty"`
	tenants.Why
}

// Change switches and tunes a room, and keeps what was.
// Conflict if somebody else changed it since Version.
func (b Switchboard) Change(ctx context.Context, s tenants.Scope, in Change) (Switch, error) {
	room, err := b.find(in.Room)
	if err != nil {
		return Switch{}, err
	}
	was, err := stand(s, room)
	if err != nil {
		return Switch{}, err
	}
	if was.Version != in.Version {
		return Switch{}, fault.Stale()
	}
	now := tenants.Room{Module: room.Key, Enabled: was.On, Version: in.Version + 1, Settings: was.Settings}
	if in.On != nil {
		now.Enabled = *in.On
	}
	if room.Always && !now.Enabled {
		return Switch{}, fault.Bad("on", "This room is always there.")
	}
	if room.Settings != nil && len(in.Settings) > 0 {
		if now.Settings, err = tune(room, was.Settings, in.Settings); err != nil {
			return Switch{}, err
		}
	}
	if err := put(ctx, s, now, in.Version); err != nil {
		return Switch{}, err
	}
	if err := remember(ctx, s, was, now, in.Reason); err != nil {
		return Switch{}, err
	}
	before, after := map[string]any{"room": room.Name, "on": was.On, "settings": was.Settings}, map[string]any{"room": room.Name, "on": now.Enabled, "settings": now.Settings}
	if err := s.Audit(ctx, "rooms.change", tenants.Audited{Reason: in.Reason, Before: before, After: after}); err != nil {
		return Switch{}, err
	}
	if err := s.Changed(ctx); err != nil {
		return Switch{}, err
	}
	was.On, was.Version, was.Settings = now.Enabled, now.Version, now.Settings
	return was, nil
}

// tune lays what was sent over what is, and holds it to the room's rules.
func tune(room modules.Module, was, sent json.RawMessage) (json.RawMessage, error) {
	settings, err := room.NewSettings(was)
	if err != nil {
		return nil, err
	}
	if err := web.Lay(settings, sent, "settings/"); err != nil {
		return nil, err
	}
	return json.Marshal(settings)
}

func (b Switchboard) find(key string) (modules.Module, error) {
	at := slices.IndexFunc(b.rooms, func(m modules.Module) bool { return m.Key == key })
	if at < 0 {
		return modules.Module{}, fault.Missing()
	}
	return b.rooms[at], nil
}

// stand is how a room stands in the service: switched off where it never was on.
func stand(s tenants.Scope, room modules.Module) (Switch, error) {
	row, _ := s.Service.Room(room.Key)
	out := Switch{Room: room.Key, Name: room.Name, About: room.About, Icon: room.Icon, On: row.Enabled || room.Always, Always: room.Always, Version: row.Version, Settings: json.RawMessage("{}")}
	if room.Settings == nil {
		return out, nil
	}
	settings, err := room.NewSettings(row.Settings)
	if err != nil {
		return out, err
	}
	out.Settings, err = json.Marshal(settings)
	return out, err
}

func put(ctx context.Context, s tenants.Scope, now tenants.Room, seen int) error {
	if seen == 0 {
		result, err := s.Insert(&now).On("CONFLICT DO NOTHING").Exec(ctx)
		return tenants.Fresh(result, err)
	}
	result, err := s.Update(&now).Column("enabled", "settings", "version").
		Where("module = ?", now.Module).Where("version = ?", seen).Exec(ctx)
	return tenants.Fresh(result, err)
}

// unname takes the name of somebody who leaves out of the histories; the audit
// log knows who it was.
func unname(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	_, err := s.Update((*Changed)(nil)).Set("changed_by = 'Somebody who left'").Where("account_id = ?", person.AccountID).Exec(ctx)
	return err
}

// Changed is an entry of a room's history.
type Changed struct {
	bun.BaseModel `bun:"table:module_changes,alias:change"`
	tenants.InService

	ID          uuid.UUID       `bun:"id,pk,type:uuid" json:"id"`
	Module      string          `bun:"module" json:"-"`
	AccountID   uuid.UUID       `bun:"account_id,type:uuid" json:"-"`
	ChangedBy   string          `bun:"changed_by" json:"changed_by"`
	WasEnabled  bool            `bun:"was_enabled" json:"was_on"`
	NowEnabled  bool            `bun:"now_enabled" json:"now_on"`
	WasSettings json.RawMessage `bun:"was_settings,type:jsonb" json:"was_settings"`
	NowSettings json.RawMessage `bun:"now_settings,type:jsonb" json:"now_settings"`
	Reason      string          `bun:"reason" json:"reason"`
	ChangedAt   time.Time       `bun:"changed_at" json:"changed_at"`
}

func remember(ctx context.Context, s tenants.Scope, was Switch, now tenants.Room, reason string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	by := tenants.TrustAdmin.Name()
	if s.Actor.Member != nil {
		by = s.Actor.Member.Handle
	}
	row := Changed{ID: id, Module: now.Module, AccountID: s.Actor.AccountID, ChangedBy: by, WasEnabled: was.On, NowEnabled: now.Enabled,
		WasSettings: was.Settings, NowSettings: now.Settings, Reason: reason, ChangedAt: s.Now}
	_, err = s.Insert(&row).Exec(ctx)
	return err
}
