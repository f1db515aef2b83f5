package web

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// A plan says, once per input type, which field is filled from what.
type plan struct {
	path, body, files []planned
}

type planned struct {
	name  string
	index []int
}

// planOf reads the tags of an input struct: `path:"id"` comes from the address,
// `json:"title"` from the query of a page and from the form or JSON of a command.
func planOf(t reflect.Type) plan {
	var p plan
	for _, field := range reflect.VisibleFields(t) {
		if field.Anonymous || !field.IsExported() {
			continue
		}
		if name := field.Tag.Get("path"); name != "" {
			p.path = append(p.path, planned{name, field.Index})
		} else if name := jsonName(field); name != "" && anyFiles[field.Type] {
			p.files = append(p.files, planned{name, field.Index})
		} else if name != "" {
			p.body = append(p.body, planned{name, field.Index})
		}
	}
	return p
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}

// bind fills a new input from the request and validates it. What it returns
// holds copies: nothing points into the server's buffers.
func (b *binding[S]) bind(r *Request) (any, error) {
	if b.Input == deliveries {
		return &Delivery{r.Body, r.signature}, nil
	}
	in := reflect.New(b.Input)
	var err error
	switch {
	case r.JSON && b.Command():
		err = bindJSON(r.Body, in.Interface())
	default:
		err = b.bindValues(r.Values, in.Elem())
		b.bindFiles(r.Files, in.Elem())
	}
	if err != nil {
		return nil, err
	}
	// After the body, so that nothing in it can say otherwise than the address.
	for _, field := range b.plan.path {
		given := r.Params[field.name]
		if set(in.Elem().FieldByIndex(field.index), []string{given}) != "" || !plainText(given) {
			return nil, fault.Missing() // an id that cannot be read is an id of nothing
		}
	}
	if err := cleanText(in.Elem(), ""); err != nil {
		return nil, err
	}
	return in.Interface(), Validate(in.Interface())
}

func (b *binding[S]) bindValues(values map[string][]string, in reflect.Value) error {
	for _, field := range b.plan.body {
		if target := in.FieldByIndex(field.index); target.Type() == rawJSON {
			target.SetBytes(collect(values, field.name+"/"))
			continue
		}
		given, present := values[field.name]
		if !present {
			continue
		}
		if complaint := set(in.FieldByIndex(field.index), given); complaint != "" {
			return fault.Bad(field.name, complaint)
		}
	}
	return nil
}

var rawJSON = reflect.TypeFor[json.RawMessage]()

// collect makes a JSON object of a form's fields with a prefix: "settings/length"
// becomes {"length": "…"} for an input's field settings.
func collect(values map[string][]string, prefix string) []byte {
	object := map[string]string{}
	for name, given := range values {
		if inner, ok := strings.CutPrefix(name, prefix); ok && len(given) > 0 {
			object[inner] = given[len(given)-1]
		}
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return nil
	}
	return raw
}

// Lay lays a JSON object over a struct: its values may be JSON or, as forms
// send them, text. Invalid names the field with the given prefix.
func Lay(over any, object json.RawMessage, prefix string) error {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(object, &fields); err != nil {
		return malformed(strings.TrimSuffix(prefix, "/"), "Expected an object.")
	}
	target := reflect.ValueOf(over).Elem()
	plan := planOf(target.Type())
	for name, raw := range fields {
		at := slices.IndexFunc(plan.body, func(p planned) bool { return p.name == name })
		if at < 0 {
			return malformed(prefix+name, "There is no field of this name.")
		}
		field := target.FieldByIndex(plan.body[at].index)
		var text string
		if json.Unmarshal(raw, &text) == nil && field.Kind() != reflect.String {
			if complaint := set(field, []string{text}); complaint != "" {
				return fault.Bad(prefix+name, complaint)
			}
		} else if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
			return malformed(prefix+name, "Expected "+plainKind(field.Type())+".")
		}
	}
	if err := cleanText(target, strings.TrimSuffix(prefix, "/")); err != nil {
		return err
	}
	err := Validate(over)
	var invalid *fault.Error
	if errors.As(err, &invalid) {
		for i := range invalid.Fields {
			invalid.Fields[i].Name = prefix + invalid.Fields[i].Name
		}
	}
	return err
}

func bindJSON(body []byte, into any) error {
	if !utf8.Valid(body) {
		return &fault.Error{Code: fault.Malformed, Message: "The text is not valid UTF-8.", Fields: []fault.Field{{Message: "must be UTF-8"}}}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			return malformed("", "There is more after the end of the JSON value.")
		}
		return nil
	}
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		return malformed(strings.ReplaceAll(kind.Field, ".", "/"), fmt.Sprintf("Expected %s, got %s.", plainKind(kind.Type), kind.Value))
	case errors.As(err, &syntax):
		return malformed("", fmt.Sprintf("The JSON breaks off at byte %d.", syntax.Offset))
	case errors.Is(err, errFileInJSON):
		return malformed(unreadable(body, reflect.ValueOf(into).Elem()), "Send files as multipart/form-data.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return malformed("", "The JSON ends too early.")
	}
	if name, ok := strings.CutPrefix(err.Error(), `json: unknown field "`); ok {
		return malformed(strings.TrimSuffix(name, `"`), "There is no field of this name.")
	}
	return malformed(unreadable(body, reflect.ValueOf(into).Elem()), "A value could not be read.")
}

// unreadable finds the field whose own type (an id, a place in a list) refused
// what was sent: the decoder does not say which it was.
func unreadable(body []byte, in reflect.Value) string {
	sent := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &sent); err != nil {
		return ""
	}
	plan := planOf(in.Type())
	for _, field := range slices.Concat(plan.body, plan.files) {
		if raw, given := sent[field.name]; given && json.Unmarshal(raw, in.FieldByIndex(field.index).Addr().Interface()) != nil {
			return field.name
		}
	}
	return ""
}

func malformed(field, message string) error {
	return &fault.Error{Code: fault.Malformed, Message: "We could not read what was sent.", Fields: []fault.Field{{Name: field, Message: message}}}
}

func plainKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	default:
		return "text"
	}
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// set reads text into a field. It returns what is wrong, in a sentence for the
// person who typed it; empty if nothing is.
func set(field reflect.Value, values []string) (complaint string) {
	value := ""
	if len(values) > 0 {
		value = values[len(values)-1]
	}
	if field.Kind() == reflect.Pointer {
		if value == "" {
			return ""
		}
		field.Set(reflect.New(field.Type().Elem()))
		return set(field.Elem(), values)
	}
	if field.CanAddr() && field.Addr().Type().Implements(textUnmarshaler) {
		if value == "" {
			return ""
		}
		if err := field.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(value)); err != nil {
			return "This value is not one that we can use."
		}
		return ""
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(value)
	case reflect.Bool:
		field.SetBool(value == "on" || value == "true" || value == "1")
	case reflect.Int, reflect.Int64:
		if value == "" {
			return ""
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || field.OverflowInt(n) {
			return "Enter a whole number."
		}
		field.SetInt(n)
	case reflect.Slice:
		list := reflect.MakeSlice(field.Type(), len(values), len(values))
		for i := range values {
			if complaint := set(list.Index(i), values[i:i+1]); complaint != "" {
				return complaint
			}
		}
		field.Set(list)
	default:
		panic("web: no way to read a " + field.Type().String() + " from a form")
	}
	return ""
}

// cleanText refuses what no keyboard makes (broken UTF-8, control characters)
// and gives line ends one form.
func cleanText(v reflect.Value, name string) error {
	switch v.Kind() {
	case reflect.String:
		text := strings.ReplaceAll(v.String(), "\r\n", "\n")
		if !plainText(text) {
			return &fault.Error{Code: fault.Malformed, Message: "The text holds characters that cannot be kept.",
				Fields: []fault.Field{{Name: name, Message: "Remove characters that do not show, then try again."}}}
		}
		if v.CanSet() {
			v.SetString(text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			inner := name
			if named := jsonName(field); named != "" {
				inner = strings.TrimPrefix(name+"/"+named, "/")
			}
			if err := cleanText(v.Field(i), inner); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Uint8 {
				break
			}
			if err := cleanText(v.Index(i), name+"/"+strconv.Itoa(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if err := cleanText(v.MapIndex(key), name+"/"+key.String()); err != nil {
				return err
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return cleanText(v.Elem(), name)
		}
	}
	return nil
}

func plainText(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	return strings.IndexFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r == 0x7f
	}) < 0
}
