package all

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/catch"
	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/gifts"
	"github.com/sharon-nhs/sharon/modules/recovery"
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
			out.Settings = append(out.Settings, changed(room, reflect.ValueOf(room.Settings), reflect.ValueOf(first).Elem(), ours)...)
		}
		for _, class := range room.Data.Classes {
			if bounds, bound := preset.Keep[class.Key]; bound {
				out.Kept = append(out.Kept, tenants.PresetKept{Name: class.Name, Least: bounds.Least, Most: bounds.Most})
			}
		}
	}
	for _, kind := range gifts.Preset(&tenants.Service{Area: area}) {
		out.Gifts = append(out.Gifts, kind.Name)
	}
	for _, key := range preset.Measures {
		name, shipped := recovery.Shipped(key)
		if !shipped {
			name = areas.Licensed(key)
		}
		out.Measures = append(out.Measures, tenants.Measure{Name: name, Licensed: !shipped})
	}
	var err error
	out.Watched, out.Terms, out.List, err = terms.Usual(area)
	return out, err
}

// DriftOf is how the scope's service differs from what its area begins with.
func DriftOf(ctx context.Context, s tenants.Scope, rooms []modules.Module) (tenants.Drift, error) {
	out := tenants.DriftOf(s)
	preset, _ := areas.Of(string(s.Service.Area))
	apart, err := catch.Apart(ctx, s)
	if err != nil {
		return out, err
	}
	for _, room := range rooms {
		if on := s.Service.Open(room.Key); !room.Always && on != preset.On(room.Key) {
			out.Rooms = append(out.Rooms, tenants.RoomDrift{Name: room.Name, On: on, Matters: areas.Matters(switched(room.Key, on))})
		}
		if slices.Contains(apart, room.Key) {
			out.Apart = append(out.Apart, room.Name)
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
			out.Settings = append(out.Settings, changed(room, reflect.ValueOf(first).Elem(), reflect.ValueOf(now).Elem(), theirs)...)
		}
	}
	waits, err := catch.Waits(ctx, s)
	if err != nil {
		return out, err
	}
	if first, now := preset.Waits.Words(), waits.Words(); first != now {
		out.Waits = &tenants.WaitsDrift{First: first, Now: now}
	}
	if out.Boards, err = forums.Drift(ctx, s, preset); err != nil {
		return out, err
	}
	if out.Gifts, err = gifts.Drift(ctx, s); err != nil {
		return out, err
	}
	out.Terms, err = terms.Drift(ctx, s)
	return out, err
}

// switched is how matters.yaml calls that a room is on, or off, and was not at first.
func switched(room string, on bool) string {
	if on {
		return room
	}
	return "no " + room
}

// changed are the settings of a room that are not what they were at first; words says
// what is shown of one that is words now.
func changed(room modules.Module, first, now reflect.Value, words func(string) string) (all []tenants.SettingDrift) {
	for i := range now.NumField() {
		field := now.Type().Field(i)
		if field.Tag.Get("label") == "" || now.Field(i).Equal(first.Field(i)) {
			continue
		}
		all = append(all, tenants.SettingDrift{Room: room.Name, Setting: field.Tag.Get("label"), First: shown(first.Field(i), ours), Now: shown(now.Field(i), words),
			Matters: areas.Matters(room.Key + "." + field.Tag.Get("json"))})
	}
	return all
}

// shown is a setting's value in words.
func shown(value reflect.Value, words func(string) string) string {
	switch value.Kind() {
	case reflect.Bool:
		return map[bool]string{true: "yes", false: "no"}[value.Bool()]
	case reflect.Int:
		return fmt.Sprint(value.Int())
	}
	return words(value.String())
}

// What a setting says is shown where it is ours, and not where a service wrote it.
func ours(words string) string {
	if words == "" {
		return "none"
	}
	return words
}

func theirs(words string) string {
	if words == "" {
		return "none"
	}
	return "words of their own"
}
