package resources

import (
	"context"
	"github.com/sharon-nhs/sharon/internal/ui"
	"net/url"
	"strconv"
	"strings"
)

func (k Sort) name() string {
	for _, sort := range sorts {
		if sort.Sort == k {
			return sort.one
		}
	}
	return ""
}

func (k Sort) icon() string {
	for _, sort := range sorts {
		if sort.Sort == k {
			return sort.icon
		}
	}
	return "library"
}

var stateWords = map[State]string{Suggested: "Waits for the team", Published: "In the library", Declined: "Not in the library", Archived: "Archived"}

func at(ctx context.Context, r Resource, more string) string {
	return ui.Path(ctx, "/resources/"+r.ID.String()+more)
}

// query is a part of the library as the end of an address.
func query(kind Sort, tag string) string {
	return "?" + url.Values{"kind": {string(kind)}, "tag": {tag}}.Encode()
}

func none(list Library) string {
	if list.Kind != "" || list.Tag != "" {
		return "There is nothing like that in the library yet."
	}
	return "The library is empty so far."
}

// meta is what a list says below an item's title.
func meta(r Resource) (parts []part) {
	add := func(words string, own bool) {
		if words != "" {
			parts = append(parts, part{words, own})
		}
	}
	if r.Kind == File {
		add(fileWords(r), false)
	} else {
		add(r.Kind.name(), false)
	}
	switch r.Kind {
	case Link:
		add(r.host(), true)
	case Organisation:
		add(r.Area, true)
	}
	if r.Shared {
		add("from the whole trust", false)
	}
	for _, tag := range r.Labels {
		add(tagName(tag), true)
	}
	return parts
}

// part is one thing of a line; own says that it is not the interface's.
type part struct {
	words string
	own   bool
}

var fileNames = map[string]string{".pdf": "PDF", ".docx": "Word document", ".odt": "OpenDocument text", ".jpg": "Picture", ".png": "Picture"}

func fileWords(r Resource) string {
	return fileNames[endings[r.FileType]] + ", " + strconv.FormatInt(max(1, r.FileBytes>>10), 10) + " KB"
}

// contact is how to reach an organisation.
func contact(r Resource) (rows []contactRow) {
	for _, row := range []contactRow{
		{"Where", r.Area, ""}, {"Phone", r.Phone, "tel:" + strings.ReplaceAll(r.Phone, " ", "")}, {"Email", r.Email, "mailto:" + r.Email},
		{"Open", r.Hours, ""}, {"Whom they help", r.Eligibility, ""},
	} {
		if row.value != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

func suggester(r Resource) string {
	if r.Suggester == nil {
		return "Somebody"
	}
	return r.Suggester.Handle
}

func who(r Resource) string {
	if r.Suggester == nil {
		return ""
	}
	return "from " + r.Suggester.Handle + ","
}

func owner(r Resource) string {
	if r.Owner == nil {
		return "The service leads look after it."
	}
	return r.Owner.Handle + " looks after it."
}

type contactRow struct{ name, value, link string }
