package cases

import (
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

func aboutWhom(one safety.Case) string {
	switch {
	case one.Drill:
		return "Drill"
	case one.Member == nil:
		return "Case about no member"
	}
	return one.Member.Handle
}

func withWhom(one safety.Case) string {
	if one.Owner == nil {
		return "With nobody yet"
	}
	return "With " + one.Owner.Handle
}

// asking says whom the owner asks to take it over.
func asking(one safety.Case) string {
	if one.Asked == nil {
		return ""
	}
	return one.Asked.Handle + " is asked to take it over, and can say so until " + clockOf(*one.AskedUntil) + "."
}

func clockOf(t time.Time) string { return t.In(clock.London).Format("15:04 on 2 January") }

func backTo(one safety.Case) string {
	if one.Drill {
		return "/cases/drills"
	}
	return "/cases"
}

func backName(one safety.Case) string {
	if one.Drill {
		return "Drills"
	}
	return "Cases"
}

func byWhom(line Line) string {
	if line.Actor == nil && line.ActorID == uuid.Nil {
		return "SHaRON"
	}
	return nameOf(line.Actor)
}

// bad tells whether a line says that something went wrong.
func bad(line Line) bool {
	return line.What == unreached || line.What == unanswered || line.What == lapsed || line.What == orphaned
}

func query(show, level string) string {
	values := url.Values{"show": {show}}
	if level != "" {
		values.Set("level", level)
	}
	return "?" + values.Encode()
}

func chosen(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

func emptyWords(list List) string {
	switch {
	case list.Level != "":
		return "No case of this level is here."
	case list.Show == "mine":
		return "You have no case."
	case list.Show == "nobody":
		return "Somebody has every open case."
	case list.Show == "closed":
		return "No case was closed yet."
	}
	return "No case is open."
}

func teamOptions(team []tenants.Person) []ui.Option {
	options := []ui.Option{{Label: "Choose a colleague"}}
	for _, person := range team {
		options = append(options, ui.Option{Value: person.Handle, Label: person.Handle})
	}
	return options
}

func nameOf(person *tenants.Person) string {
	if person == nil {
		return "Nobody"
	}
	return person.Handle
}
