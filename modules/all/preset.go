package all

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/tenants"
)

// presets are the rooms that a service of each area begins with: what was seen to
// work there.
var presets = map[tenants.Area][]string{
	"eating_disorders":      {"forums", "blogs", "recovery", "live", "resources"},
	"perinatal":             {"walls", "messages", "gifts", "live", "forums"},
	"children_young_people": {"forums", "live", "recovery", "resources"},
	"learning_disabilities": {"walls", "videos", "gifts", "resources"},
	"early_intervention":    {"forums", "messages", "recovery", "live"},
	"carers":                {"forums", "messages", "resources", "live"},
	"waiting_list":          {"resources", "recovery", "forums"},
}

// Preset are the rooms that a service of an area begins with.
func Preset(area tenants.Area) []string { return presets[area] }

// PresetOf is all that a service of an area begins with.
func PresetOf(rooms []modules.Module, area tenants.Area) (tenants.Preset, error) {
	out := tenants.PresetOf(area)
	for _, room := range rooms {
		if !room.Always {
			out.Rooms = append(out.Rooms, tenants.PresetRoom{Key: room.Key, Name: room.Name, About: room.About, On: slices.Contains(presets[area], room.Key)})
		}
	}
	var err error
	out.Terms, out.List, err = terms.Usual(area)
	return out, err
}

// DriftOf is how the scope's service differs from what its area begins with.
func DriftOf(ctx context.Context, s tenants.Scope, rooms []modules.Module) (tenants.Drift, error) {
	out := tenants.DriftOf(s)
	for _, room := range rooms {
		if on := s.Service.Open(room.Key); !room.Always && on != slices.Contains(presets[s.Service.Area], room.Key) {
			out.Rooms = append(out.Rooms, tenants.RoomDrift{Name: room.Name, On: on})
		}
		kept, _ := s.Service.Room(room.Key)
		now, err := room.NewSettings(kept.Settings)
		if err != nil {
			return out, err
		}
		if now != nil {
			out.Settings = append(out.Settings, changed(room, reflect.ValueOf(now).Elem())...)
		}
	}
	var err error
	out.Terms, err = terms.Drift(ctx, s)
	return out, err
}

// changed are the settings of a room that are not what they were at first.
func changed(room modules.Module, now reflect.Value) (all []tenants.SettingDrift) {
	first := reflect.ValueOf(room.Settings)
	for i := range now.NumField() {
		label := now.Type().Field(i).Tag.Get("label")
		if label == "" || now.Field(i).Equal(first.Field(i)) {
			continue
		}
		all = append(all, tenants.SettingDrift{Room: room.Name, Setting: label, First: shown(first.Field(i)), Now: shown(now.Field(i))})
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
