package all

import (
	"context"
	"fmt"
	"reflect"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/catch"
	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// PresetOf is all that a service of an area begins with.
func PresetOf(rooms []modules.Module, area tenants.Area) (tenants.Preset, error) {
	out := tenants.PresetOf(area)
	preset, _ := areas.Of(string(area))
	for _, room := range rooms {
		if !room.Always {
			out.Rooms = append(out.Rooms, tenants.PresetRoom{Key: room.Key, Name: room.Name, About: room.About, On: preset.On(room.Key)})
		}
		first, err := room.NewSettings(preset.SettingsOf(room.Key))
		if err != nil {
			return out, err
		}
		if first != nil {
			out.Settings = append(out.Settings, changed(room, reflect.ValueOf(room.Settings), reflect.ValueOf(first).Elem())...)
		}
	}
	var err error
	out.Terms, out.List, err = terms.Usual(area)
	return out, err
}

// DriftOf is how the scope's service differs from what its area begins with.
func DriftOf(ctx context.Context, s tenants.Scope, rooms []modules.Module) (tenants.Drift, error) {
	out := tenants.DriftOf(s)
	preset, _ := areas.Of(string(s.Service.Area))
	for _, room := range rooms {
		if on := s.Service.Open(room.Key); !room.Always && on != preset.On(room.Key) {
			drift := tenants.RoomDrift{Name: room.Name, On: on}
			if on {
				drift.Matters = areas.Matters(room.Key)
			}
			out.Rooms = append(out.Rooms, drift)
		}
		kept, _ := s.Service.Room(room.Key)
		now, err := room.NewSettings(kept.Settings)
		if err != nil {
			return out, err
		}
		first, err := room.NewSettings(preset.SettingsOf(room.Key))
		if err != nil {
			return out, err
		}
		if now != nil {
			out.Settings = append(out.Settings, changed(room, reflect.ValueOf(first).Elem(), reflect.ValueOf(now).Elem())...)
		}
	}
	waits, err := catch.Waits(ctx, s)
	if err != nil {
		return out, err
	}
	if first, now := preset.Waits.Words(), waits.Words(); first != now {
		out.Waits = &tenants.WaitsDrift{First: first, Now: now}
	}
	out.Terms, err = terms.Drift(ctx, s)
	return out, err
}

// changed are the settings of a room that are not what they were at first.
func changed(room modules.Module, first, now reflect.Value) (all []tenants.SettingDrift) {
	for i := range now.NumField() {
		field := now.Type().Field(i)
		if field.Tag.Get("label") == "" || now.Field(i).Equal(first.Field(i)) {
			continue
		}
		all = append(all, tenants.SettingDrift{Room: room.Name, Setting: field.Tag.Get("label"), First: shown(first.Field(i)), Now: shown(now.Field(i)),
			Matters: areas.Matters(room.Key + "." + field.Tag.Get("json"))})
	}
	return all
}

// shown is a setting's value in words.
func shown(value reflect.Value) string {
	switch value.Kind() {
	case reflect.Bool:
		return map[bool]string{true: "yes", false: "no"}[value.Bool()]
	case reflect.Int:
		return fmt.Sprint(value.Int())
	}
	return "words of their own"
}
