package all

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/byhand"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/gifts"
	"github.com/sharon-nhs/sharon/modules/recovery"
	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// CheckPresets says all that is wrong with presets, by file, line and field: what
// they name must be there, and fit. Presets are the areas' files, lists those of
// watched terms.
func CheckPresets(rooms []modules.Module, presets, lists fs.FS) (areas.Book, []byhand.Wrong) {
	book := areas.Read(presets)
	for _, area := range book.Areas {
		if file := book.File(area.Key); len(file.Wrong) == 0 {
			checking{rooms, book, file}.area(area)
		}
	}
	checking{rooms, book, book.File("matters")}.matters()
	return book, slices.Concat(book.Wrong(), terms.CheckLists(lists, book))
}

// checking is a file that is held to the rooms that there are.
type checking struct {
	rooms []modules.Module
	book  areas.Book
	*byhand.File
}

func (c checking) room(key string) (modules.Module, bool) {
	at := slices.IndexFunc(c.rooms, func(m modules.Module) bool { return m.Key == key })
	if at < 0 {
		return modules.Module{}, false
	}
	return c.rooms[at], true
}

func (c checking) area(a areas.Area) {
	for i, key := range a.Rooms {
		if room, known := c.room(key); !known || room.Always {
			c.Say("There is no room of this key to switch on.", "rooms", strconv.Itoa(i+1))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.Settings)) {
		c.settings(key, a.Settings[key])
	}
	for i, key := range a.Gifts {
		if !gifts.Drawn(key) {
			c.Say("There is no drawing of this key.", "gifts", strconv.Itoa(i+1))
		}
	}
	for i, key := range a.Measures {
		if _, shipped := recovery.Shipped(key); !shipped && c.book.Licensed[key] == "" {
			c.Say("There is no measure of this key, and licensed.yaml does not name it.", "measures", strconv.Itoa(i+1))
		}
	}
	for i, topic := range a.Topics {
		if slices.ContainsFunc(tenants.AlwaysTopics, func(t areas.Topic) bool { return t.Key == topic.Key }) {
			c.Say("Every service has this topic already.", "topics", strconv.Itoa(i+1), "key")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.Keep)) {
		c.keep(key, a.Keep[key])
	}
}

// settings lays each setting over the usual ones, as a lead's form does.
func (c checking) settings(key string, settings map[string]any) {
	room, known := c.room(key)
	if !known || room.Settings == nil {
		c.Say("There is no room of this key to set.", "settings", key)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		path := []string{"settings", key, name}
		whole, err := room.NewSettings(nil)
		one, broken := json.Marshal(map[string]any{name: settings[name]})
		if err = errors.Join(err, broken); err == nil {
			err = web.Lay(whole, one, "")
		}
		var refused *fault.Error
		switch {
		case errors.As(err, &refused) && len(refused.Fields) > 0:
			c.Say(refused.Fields[0].Message, path...)
		case err != nil:
			c.Say("This is not what the setting can be.", path...)
		}
	}
}

// keep holds bounds to those within which a trust can choose.
func (c checking) keep(key string, b areas.Bounds) {
	for _, room := range c.rooms {
		for _, class := range room.Data.Classes {
			if class.Key != key || class.Purge == nil {
				continue
			}
			for _, days := range []int{b.Least, b.Most} {
				if days != 0 && (days < class.Least || days > class.Most) {
					c.Say(fmt.Sprintf("This is kept from %d to %d days.", class.Least, class.Most), "keep", key)
				}
			}
			return
		}
	}
	c.Say("There is no class of records of this key that goes at an age.", "keep", key)
}

// parts are what can differ besides rooms and their settings.
var parts = []string{"waits", "rules", "welcome", "easy", "hours", "topics", "terms", "boards", "crisis", "words"}

// matters holds what is said of differences to what there is to differ.
func (c checking) matters() {
	for _, what := range slices.Sorted(maps.Keys(c.book.Matters)) {
		c.Text(c.book.Matters[what], 200, what)
		key, setting, set := strings.Cut(strings.TrimPrefix(what, "no "), ".")
		room, known := c.room(key)
		switch {
		case slices.Contains(parts, what):
		case !known:
			c.Say("There is nothing of this name that can differ.", what)
		case set && room.Settings == nil, set && !slices.ContainsFunc(reflect.VisibleFields(reflect.TypeOf(room.Settings)), func(f reflect.StructField) bool { return f.Tag.Get("json") == setting }):
			c.Say("The room has no setting of this name.", what)
		}
	}
}
