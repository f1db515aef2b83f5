package ui

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/web"
)

type formStateKey struct{}

// Form is a form that posts to action, a path of the trust. If it was refused,
// the fields in it show again what was typed, with what to do about it. Also are
// other commands that buttons of the form send it to.
func Form(action string, attributes templ.Attributes, also ...string) templ.Component {
	return formOf(form, action, attributes, also)
}

// Asking is a form that asks for a page at action, which is bound with web.Asks.
func Asking(action string, attributes templ.Attributes) templ.Component {
	return formOf(asking, action, attributes, nil)
}

func formOf(shape func(string, templ.Attributes, templ.Component) templ.Component, action string, attributes templ.Attributes, also []string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		children := templ.GetChildren(ctx)
		refused := web.FormOf(ctx, action)
		for _, other := range also {
			if refused == nil {
				refused = web.FormOf(ctx, other)
			}
		}
		ctx = context.WithValue(templ.ClearChildren(ctx), formStateKey{}, refused)
		return shape(action, attributes, children).Render(ctx, w)
	})
}

// Typed is what the refused form around this held under a name; false if the
// form was not refused.
func Typed(ctx context.Context, name string) ([]string, bool) {
	if refused := state(ctx); refused != nil {
		return refused.Values[name], true
	}
	return nil, false
}

func state(ctx context.Context) *web.Form {
	refused, _ := ctx.Value(formStateKey{}).(*web.Form)
	return refused
}

// newKey makes a form count once, however often it is sent.
func newKey() string { return uuid.NewString() }

// Field is an input with its label. ID defaults to Name; give one where a page
// has several forms with a field of that name.
type Field struct {
	Name, Label, Hint, Value, ID string
	Type                         string // text by default
	Autocomplete                 string
	Rows                         int  // of a text area
	Draft                        bool // keep unsent text in this tab
	Own, OwnHint                 bool // somebody wrote the label, the hint: it is in no other words
	Options                      []Option
	Attributes                   templ.Attributes
}

// Option is a choice of a select, of radios or of tiles. Picture is the address
// of a tile's; its label says what it is. Own says that somebody wrote the label.
type Option struct {
	Value, Label, Hint, Picture string
	Own                         bool
}

// Own marks an element that holds what somebody wrote or is called, so that it is
// shown in no other words than theirs.
func Own(own bool) templ.Attributes {
	if own {
		return templ.Attributes{"translate": "no"}
	}
	return nil
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

// value is what was typed, else what the page gives.
func (f Field) value(ctx context.Context) string {
	if refused := state(ctx); refused != nil {
		if typed, ok := refused.Values[f.Name]; ok && len(typed) > 0 && !strings.EqualFold(f.Type, "password") {
			return typed[len(typed)-1]
		}
	}
	return f.Value
}

// checked is for boxes: an unticked box of a refused form is absent from it.
func (f Field) checked(ctx context.Context) bool {
	if refused := state(ctx); refused != nil {
		typed := refused.Values[f.Name]
		return len(typed) > 0 && typed[len(typed)-1] == "true"
	}
	return f.Value == "true"
}

// ticked is for several boxes of one name: what was ticked, else what the page gives.
func (f Field) ticked(ctx context.Context, value string, chosen []string) bool {
	if refused := state(ctx); refused != nil {
		chosen = refused.Values[f.Name]
	}
	return slices.Contains(chosen, value)
}

func (f Field) problem(ctx context.Context) string { return Wrong(ctx, f.Name) }

// Wrong is what is wrong with a field of the refused form around this; empty if
// nothing is.
func Wrong(ctx context.Context, name string) string {
	if refused := state(ctx); refused != nil {
		for _, field := range refused.Errors {
			if field.Name == name {
				return field.Message
			}
		}
	}
	return ""
}

// describedBy ties hint and error to the input for a screen reader.
func (f Field) describedBy(ctx context.Context) string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	if f.problem(ctx) != "" {
		ids = append(ids, f.id()+"-error")
	}
	return strings.Join(ids, " ")
}

func (f Field) described(ctx context.Context) templ.Attributes {
	if by := f.describedBy(ctx); by != "" {
		return templ.Attributes{"aria-describedby": by}
	}
	return nil
}

func (f Field) invalid(ctx context.Context) templ.Attributes {
	if f.problem(ctx) != "" {
		return templ.Attributes{"aria-invalid": "true"}
	}
	return nil
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) attributes(ctx context.Context) templ.Attributes {
	all := templ.Attributes{}
	maps.Copy(all, f.Attributes)
	maps.Copy(all, f.described(ctx))
	maps.Copy(all, f.invalid(ctx))
	if f.Autocomplete != "" {
		all["autocomplete"] = f.Autocomplete
	}
	if f.Draft {
		all["data-draft"] = "true"
	}
	return all
}
