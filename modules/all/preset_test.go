package all_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/all"
	"github.com/sharon-nhs/sharon/modules/gifts"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

func rooms() []modules.Module {
	return all.Rooms(safety.NewDesk(), nil, &notifications.Outside{}, invitations.Guests{}, func(tenants.Scope, tenants.Person) []tenants.Link { return nil })
}

func find(key string) (modules.Module, bool) {
	all := rooms()
	at := slices.IndexFunc(all, func(m modules.Module) bool { return m.Key == key })
	if at < 0 {
		return modules.Module{}, false
	}
	return all[at], true
}

func TestEveryPresetIsOneThatSHaRONCanMake(t *testing.T) {
	for _, area := range areas.All {
		for _, key := range area.Rooms {
			if room, known := find(key); !known || room.Always {
				t.Errorf("%s: there is no room %q to switch on", area.Key, key)
			}
		}
		for key := range area.Settings {
			room, known := find(key)
			if !known || room.Settings == nil {
				t.Errorf("%s: there is no room %q to set", area.Key, key)
				continue
			}
			settings := reflect.New(reflect.TypeOf(room.Settings)).Interface()
			strict := json.NewDecoder(bytes.NewReader(area.SettingsOf(key)))
			strict.DisallowUnknownFields()
			if err := strict.Decode(settings); err != nil {
				t.Errorf("%s: settings of %s: %v", area.Key, key, err)
			}
			whole, err := room.NewSettings(area.SettingsOf(key))
			if err != nil {
				t.Fatal(err)
			}
			if err := web.Validate(whole); err != nil {
				t.Errorf("%s: settings of %s: %v", area.Key, key, err)
			}
		}
		for _, board := range area.Boards {
			if !web.IsSlug(board.Slug) || board.Name == "" || len(board.About) > 200 {
				t.Errorf("%s: board %+v", area.Key, board)
			}
		}
		for _, kind := range gifts.Preset(&tenants.Service{Area: tenants.Area(area.Key)}) {
			if kind.Name == "" {
				t.Errorf("%s: there is no drawing %q", area.Key, kind.Art)
			}
		}
		if area.Name == "" || area.About == "" || area.Rules == "" || !slices.Contains([]string{"take", "hold", "refuse"}, area.Waits.Unattended) {
			t.Errorf("%s lacks a name, a reason, rules, or what happens while nobody is on duty", area.Key)
		}
	}
}

// Pre-moderation and no private messages are what keeps children safe here; see
// "Service areas and their presets" of the domain.
func TestChildrenAreReadBeforeOthersReadThem(t *testing.T) {
	children, _ := areas.Of("children_young_people")
	if !children.Waits.Before || children.On("messages") || children.Settings["messages"]["members_may_write_each_other"] != false {
		t.Errorf("%+v", children)
	}
}

func TestWhatMattersIsThereToDiffer(t *testing.T) {
	for _, what := range areas.Concerns() {
		key, setting, _ := strings.Cut(what, ".")
		room, known := find(key)
		if !known {
			if !slices.Contains([]string{"waits", "rules", "hours", "topics", "terms"}, what) {
				t.Errorf("nothing is called %q", what)
			}
			continue
		}
		if setting == "" {
			continue
		}
		named := func(f reflect.StructField) bool { return f.Tag.Get("json") == setting }
		if !slices.ContainsFunc(reflect.VisibleFields(reflect.TypeOf(room.Settings)), named) {
			t.Errorf("%s has no setting %q", key, setting)
		}
	}
}
