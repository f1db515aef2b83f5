package web

import (
	"cmp"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/sharon-nhs/sharon/internal/fault"
)

var validate = newValidator()

func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(field reflect.StructField) string { return jsonName(field) })
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	// White space alone is not an answer.
	must(v.RegisterValidation("filled", func(fl validator.FieldLevel) bool {
		return strings.TrimSpace(fl.Field().String()) != ""
	}))
	must(v.RegisterValidation("slug", func(fl validator.FieldLevel) bool { return IsSlug(fl.Field().String()) }))
	// A few short words, with commas between them.
	must(v.RegisterValidation("listed", func(fl validator.FieldLevel) bool {
		most, err := strconv.Atoi(fl.Param())
		words := strings.Split(fl.Field().String(), ",")
		return err == nil && len(words) <= mostListed && !slices.ContainsFunc(words, func(word string) bool { return len([]rune(strings.TrimSpace(word))) > most })
	}))
	return v
}

// mostListed is how many a few are.
const mostListed = 12

// IsSlug tells whether text can be a part of an address: a to z, digits and
// single hyphens, at most 60 characters.
func IsSlug(text string) bool {
	if text == "" || len(text) > 60 || strings.HasPrefix(text, "-") || strings.HasSuffix(text, "-") || strings.Contains(text, "--") {
		return false
	}
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// messages say what to do about a broken rule, some in other words of a number, a list
// or a file; {label} and {param} are filled in. The rejected value is never repeated.
var messages = map[string]string{
	"required":      "Enter {label}.",
	"required file": "Choose {label}.",
	"filled":        "Enter {label}.",
	"max":           "{Label} must be {param} characters or fewer.",
	"max number":    "{Label} must be {param} or less.",
	"max list":      "{Label} must be {param} choices or fewer.",
	"min":           "{Label} must be at least {param} characters.",
	"min number":    "{Label} must be at least {param}.",
	"min list":      "{Label} must be at least {param} choices.",
	"gte":           "{Label} must be {param} or more.",
	"lte":           "{Label} must be {param} or less.",
	"oneof":         "Choose one of the answers for {label}.",
	"email":         "Enter an email address like name@example.com.",
	"datetime":      "Enter {label} as a date such as 2026-11-04.",
	"slug":          "Use only a to z, numbers and single hyphens for {label}.",
	"listed":        "{Label} must be a few, with commas between them, each {param} characters or fewer.",
	"":              "Check {label}.",
}

// Validate checks a struct by its `validate` tags and answers in plain words.
// The `label` tag is the field's name in a sentence ("a title").
func Validate(in any) error {
	err := validate.Struct(in)
	var broken validator.ValidationErrors
	if !errors.As(err, &broken) {
		return err
	}
	invalid := &fault.Error{Code: fault.Invalid, Message: "Some of what you entered needs a change."}
	root := reflect.Indirect(reflect.ValueOf(in)).Type()
	for _, one := range broken {
		name, label := nameOf(root, one)
		invalid.Fields = append(invalid.Fields, fault.Field{Name: name, Message: message(one, label)})
	}
	return invalid
}

func message(broken validator.FieldError, label string) string {
	text := cmp.Or(messages[broken.Tag()+sort(broken)], messages[broken.Tag()], messages[""])
	bare := label
	for _, article := range []string{"a ", "an ", "the ", "your "} {
		bare = strings.TrimPrefix(bare, article)
	}
	if bare != "" {
		bare = strings.ToUpper(bare[:1]) + bare[1:]
	}
	return strings.NewReplacer("{label}", label, "{Label}", bare, "{param}", broken.Param()).Replace(text)
}

// sort is what a broken field is besides text.
func sort(broken validator.FieldError) string {
	switch {
	case anyFiles[broken.Type()] && broken.Tag() == "required":
		return " file"
	case broken.Kind() == reflect.Int || broken.Kind() == reflect.Int64:
		return " number"
	case broken.Kind() == reflect.Slice:
		return " list"
	}
	return ""
}

// nameOf is a broken field's name as it was sent, with / between its parts, and
// what a sentence calls it. What is embedded has no name of its own.
func nameOf(t reflect.Type, broken validator.FieldError) (name, label string) {
	label = "this"
	sent := strings.Split(broken.Namespace(), ".")[1:]
	var parts []string
	for i, part := range strings.Split(broken.StructNamespace(), ".")[1:] {
		own, _, _ := strings.Cut(part, "[")
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		field, ok := t.FieldByName(own)
		if !ok {
			break
		}
		if t = field.Type; field.Anonymous {
			continue
		}
		parts = append(parts, sent[i])
		if given := field.Tag.Get("label"); given != "" {
			label = given
		} else if given := jsonName(field); given != "" {
			label = strings.ReplaceAll(given, "_", " ")
		}
	}
	return strings.NewReplacer("[", "/", "]", "").Replace(strings.Join(parts, "/")), label
}
