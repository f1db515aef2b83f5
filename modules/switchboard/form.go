package switchboard

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// fieldsOf makes the form of a room's settings: the name from the `label` tag,
// the help from `hint`, the choices from the `oneof` of `validate`.
func fieldsOf(settings any) []ui.Field {
	if settings == nil {
		return nil
	}
	value := reflect.Indirect(reflect.ValueOf(settings))
	var fields []ui.Field
	for i := range value.NumField() {
		tag := value.Type().Field(i).Tag
		field := ui.Field{Name: "settings/" + tag.Get("json"), Label: tag.Get("label"), Hint: tag.Get("hint"), Value: fmt.Sprint(value.Field(i).Interface())}
		switch value.Field(i).Kind() {
		case reflect.Bool:
			field.Type = "checkbox"
		case reflect.Int:
			field.Type = "number"
		}
		for _, rule := range strings.Split(tag.Get("validate"), ",") {
			if choices, ok := strings.CutPrefix(rule, "oneof="); ok {
				field.Type = "select"
				for _, choice := range strings.Fields(choices) {
					field.Options = append(field.Options, ui.Option{Value: choice, Label: strings.ReplaceAll(choice, "_", " ")})
				}
			}
		}
		fields = append(fields, field)
	}
	return fields
}

// difference says in words what a change changed.
func (c Changed) difference() []string {
	var words []string
	switch {
	case c.NowEnabled && !c.WasEnabled:
		words = append(words, "Switched on")
	case c.WasEnabled && !c.NowEnabled:
		words = append(words, "Switched off")
	}
	was, now := map[string]any{}, map[string]any{}
	_ = json.Unmarshal(c.WasSettings, &was) // ours, and only for show
	_ = json.Unmarshal(c.NowSettings, &now)
	for name, value := range now {
		if fmt.Sprint(was[name]) != fmt.Sprint(value) {
			words = append(words, fmt.Sprintf("%s: %v, was %v", strings.ReplaceAll(name, "_", " "), value, was[name]))
		}
	}
	if len(words) == 0 {
		return []string{"Saved without a change"}
	}
	sort.Strings(words)
	return words
}
