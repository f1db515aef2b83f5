package web

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// schemas collects JSON Schemas of Go types by name.
type schemas struct {
	defs  map[string]any
	names map[reflect.Type]string
}

func newSchemas() *schemas { return &schemas{map[string]any{}, map[reflect.Type]string{}} }

// of returns a schema, by reference for named structs.
func (s *schemas) of(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[uuid.UUID]():
		return map[string]any{"type": "string", "format": "uuid"}
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == oneFile:
		return map[string]any{"type": "string", "contentMediaType": "application/octet-stream"}
	case t == reflect.TypeFor[json.RawMessage]():
		return map[string]any{}
	case t.Kind() != reflect.Pointer && t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{s.of(t.Elem()), map[string]any{"type": "null"}}}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": []string{"array", "null"}, "items": s.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		if t.NumField() == 0 || t.Name() == "" {
			return s.object(t, nil)
		}
		return s.named(t)
	}
	return map[string]any{}
}

func (s *schemas) named(t reflect.Type) map[string]any {
	name, known := s.names[t]
	if !known {
		name = t.Name()
		if _, taken := s.defs[name]; taken { // two rooms may use one word
			name = strings.Title(t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:]) + name //nolint:staticcheck // ASCII package names
		}
		s.names[t] = name
		s.defs[name] = map[string]any{} // stops recursion
		s.defs[name] = s.object(t, nil)
	}
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

// object describes a struct's fields, those that keep says, all without it.
func (s *schemas) object(t reflect.Type, keep func(reflect.StructField) bool) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, field := range reflect.VisibleFields(t) {
		name := jsonName(field)
		if name == "" || field.Anonymous || keep != nil && !keep(field) {
			continue
		}
		properties[name] = s.field(field)
		if hasRule(field, "required") || hasRule(field, "filled") {
			required = append(required, name)
		}
	}
	object := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		object["required"] = required
	}
	if keep != nil {
		object["additionalProperties"] = false
	}
	return object
}

// field adds to a type's schema what its `validate` tag says.
func (s *schemas) field(field reflect.StructField) map[string]any {
	schema := s.of(field.Type)
	bounds := map[reflect.Kind][2]string{
		reflect.String: {"minLength", "maxLength"}, reflect.Int: {"minimum", "maximum"},
		reflect.Int64: {"minimum", "maximum"}, reflect.Slice: {"minItems", "maxItems"},
	}[field.Type.Kind()]
	for _, rule := range strings.Split(field.Tag.Get("validate"), ",") {
		name, param, _ := strings.Cut(rule, "=")
		number, isNumber := strconv.Atoi(param)
		switch {
		case name == "dive":
			return schema
		case name == "oneof":
			schema["enum"] = strings.Fields(param)
		case name == "filled":
			schema["minLength"] = 1
		case (name == "min" || name == "gte") && isNumber == nil && bounds[0] != "":
			schema[bounds[0]] = number
		case (name == "max" || name == "lte") && isNumber == nil && bounds[1] != "":
			schema[bounds[1]] = number
		}
	}
	if enum, ok := schema["enum"].([]string); ok && hasRule(field, "omitempty") {
		schema["enum"] = append(enum, "")
	}
	return schema
}

func hasRule(field reflect.StructField, rule string) bool {
	for _, one := range strings.Split(field.Tag.Get("validate"), ",") {
		if one == rule {
			return true
		}
	}
	return false
}
