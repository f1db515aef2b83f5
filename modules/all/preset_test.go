package all_test

import (
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/all"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

func rooms() []modules.Module {
	return all.Rooms(safety.NewDesk(), nil, &notifications.Outside{}, invitations.Guests{}, func(tenants.Scope, tenants.Person) []tenants.Link { return nil })
}

func TestEveryPresetIsOneThatSHaRONCanMake(t *testing.T) {
	_, wrong := all.CheckPresets(rooms(), areas.Shipped, terms.Shipped)
	for _, one := range wrong {
		t.Error(one)
	}
	for _, area := range areas.All {
		if _, err := all.PresetOf(rooms(), tenants.Area(area.Key)); err != nil {
			t.Errorf("%s: %v", area.Key, err)
		}
	}
}

// Pre-moderation and no private messages are what keeps children safe here; see
// "Service areas and their presets" of the domain.
func TestChildrenAreReadBeforeOthersReadThem(t *testing.T) {
	children, _ := areas.Of("children_young_people")
	if !children.Waits.Before || children.On("messages") || children.Settings["messages"]["members_may_write_each_other"] != false || !children.Notices.Gentle || children.Notices.Digest != "off" {
		t.Errorf("%+v", children)
	}
}

// Whoever edits a preset is told what is wrong by file, line and field; all of it at
// once, and nothing besides.
func TestAPresetEditedIntoNonsenseIsToldByLineAndField(t *testing.T) {
	const file = "children_young_people.yaml"
	shipped, err := fs.ReadFile(areas.Shipped, file)
	if err != nil {
		t.Fatal(err)
	}
	lineOf := func(words string) string {
		before, _, found := strings.Cut(string(shipped), words)
		if !found {
			t.Fatalf("%s has no %q", file, words)
		}
		return strconv.Itoa(strings.Count(before, "\n") + 1)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"an unknown room":       {"[forums, live, ", "[forums, casino, ", ", rooms/2: There is no room"},
		"a room that is always": {"[forums, live, ", "[forums, timeline, ", ", rooms/2: There is no room"},
		"a room twice":          {"[forums, live, ", "[forums, forums, ", ", rooms/2: “forums” is here twice."},
		"an unknown setting":    {"new_days: 30", "new_day: 30", ", settings/safeguarding/new_day: There is no field"},
		"a setting of words":    {"amber_hours: 2", "amber_hours: soon", ", settings/safeguarding/amber_hours: "},
		"a setting too far":     {"amber_hours: 2", "amber_hours: 2000", ", settings/safeguarding/amber_hours: "},
		"settings of no room":   {"  videos: {", "  vidoes: {", ", settings/vidoes: There is no room"},
		"an unknown field":      {"waits: {before: true", "waits: {befor: true", ": There is no field of the name befor."},
		"no way to wait":        {"unattended: hold", "unattended: panic", ", waits/unattended: While nobody"},
		"a digest by the hour":  {`digest: "off"`, `digest: hourly`, ", notices/digest: A digest is"},
		"no such hour":          {`quiet_to: "08:00"`, `quiet_to: "28:00"`, ", notices/quiet_to: Write an hour"},
		"a board twice":         {"{slug: hello, ", "{slug: start-here, ", ", boards/2: “start-here” is here twice."},
		"a board's bad address": {"{slug: hello, ", "{slug: Hello There, ", ", boards/2/slug: Use only"},
		"too many words":        {"about: Say hello and never your real name or school", "about: " + strings.Repeat("hello ", 40), ", boards/2/about: This is longer than 200 characters."},
		"a topic of all":        {"key: bullying", "key: suicide", ", topics/1/key: Every service has this topic already."},
		"an unknown drawing":    {"balloon, kite", "balloon, sword", ", gifts/5: There is no drawing"},
		"an unknown measure":    {"[rcads, sdq]", "[rcads, horoscope]", ", measures/2: There is no measure"},
		"an unknown class":      {"  desk: {least: 7300}", "  desks: {least: 7300}", ", keep/desks: There is no class"},
		"longer than possible":  {"  desk: {least: 7300}", "  desk: {least: 73000}", ", keep/desk: This is kept from"},
		"kept for no time":      {"  desk: {least: 7300}", "  desk: {least: 0}", ", keep/desk: Say for how many days"},
		"a number that is none": {"phone: 0800 1111", "phone: call us", ", crisis/1/phone: This is not a telephone number"},
		"a number from nowhere": {`source: "https://www.childline.org.uk"`, `source: "a leaflet"`, ", crisis/1/source: Say where"},
		"never checked":         {"checked: 2026-11-23}\n  - {name: \"Papyrus", "checked: lately}\n  - {name: \"Papyrus", ", crisis/1/checked: Say on which day"},
		"not a file":            {"settings:\n", "settings: [\n", ": "},
	} {
		folder := fstest.MapFS{}
		for _, entry := range must(fs.ReadDir(areas.Shipped, ".")) {
			folder[entry.Name()] = &fstest.MapFile{Data: must(fs.ReadFile(areas.Shipped, entry.Name()))}
		}
		folder[file].Data = []byte(strings.Replace(string(shipped), c.from, c.to, 1))
		_, wrong := all.CheckPresets(rooms(), folder, terms.Shipped)
		at := file + ", line " + lineOf(c.from)
		if name == "not a file" {
			at = file + ", line "
		}
		if len(wrong) == 0 || !strings.HasPrefix(wrong[0].String(), at) || !strings.Contains(wrong[0].String(), c.want) || len(wrong) > 2 {
			t.Errorf("%s: want %s%s, got %v", name, at, c.want, wrong)
		}
	}
	if _, wrong := all.CheckPresets(rooms(), fstest.MapFS{}, terms.Shipped); len(wrong) < len(areas.All) {
		t.Errorf("an empty folder: %v", wrong)
	}
}

func TestWhatMattersIsThereToDiffer(t *testing.T) {
	folder := fstest.MapFS{}
	for _, entry := range must(fs.ReadDir(areas.Shipped, ".")) {
		folder[entry.Name()] = &fstest.MapFile{Data: must(fs.ReadFile(areas.Shipped, entry.Name()))}
	}
	folder["matters.yaml"].Data = append(folder["matters.yaml"].Data, "casino: It may ruin somebody.\nmessages.colour: It may hurt the eyes.\nno searches: x\n"...)
	if _, wrong := all.CheckPresets(rooms(), folder, terms.Shipped); len(wrong) != 3 || wrong[0].Field != "casino" || wrong[1].Field != "messages.colour" {
		t.Errorf("%v", wrong)
	}
}

func must[T any](out T, err error) T {
	if err != nil {
		panic(err)
	}
	return out
}
