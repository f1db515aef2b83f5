package surveys

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// rounding says how numbers are told.
const rounding = "Numbers are rounded to fives, so that nobody can work out what one person answered. With few answers a number can be some way off."

// deskPath is where the team has a survey.
func deskPath(ctx context.Context, id uuid.UUID, rest string) string {
	return ui.Path(ctx, "/surveys/desk/"+id.String()+rest)
}

// path is where members have it.
func path(ctx context.Context, id uuid.UUID, rest string) string {
	return ui.Path(ctx, "/surveys/"+id.String()+rest)
}

// tags are the states in a word, with how they look.
var tags = map[State]struct{ words, class string }{
	Draft:   {"Draft", "tag--plain"},
	Planned: {"Planned", "tag--accent"},
	Open:    {"Open now", "tag--ok"},
	Closed:  {"Closed", "tag--plain"},
}

// days are from when to when a survey is open.
func (x Survey) days() string { return x.OpensOn.Words() + " to " + x.ClosesOn.Words() }

// whom says who is asked.
func (x Survey) whom() string {
	names := make([]string, len(x.Roles))
	for i, role := range x.Roles {
		names[i] = roleWords[role]
	}
	text := names[0]
	if last := len(names) - 1; last > 0 {
		text = strings.Join(names[:last], ", ") + " and " + names[last]
	}
	if x.MinDays > 0 {
		text += " who have been here for " + ui.Count(x.MinDays, "day", "days")
	}
	return text
}

var roleWords = map[tenants.Role]string{
	tenants.ServiceUser: "service users", tenants.Carer: "relatives and carers", tenants.Waiting: "people who wait",
	tenants.PeerSupporter: "peer supporters", tenants.Moderator: "moderators", tenants.Clinician: "clinicians", tenants.ServiceLead: "service leads",
}

func roleOptions() (all []ui.Option) {
	for _, role := range tenants.ServiceRoles {
		words := roleWords[role]
		all = append(all, ui.Option{Value: string(role), Label: strings.ToUpper(words[:1]) + words[1:]})
	}
	return all
}

func roleKeys(roles tenants.Roles) (all []string) {
	for _, role := range roles {
		all = append(all, string(role))
	}
	return all
}

// standing is how far a survey has come, in a line.
func (x Listed) standing() string {
	switch x.State {
	case Open:
		return "Until " + x.ClosesOn.Words() + ". " + x.answered()
	case Closed:
		return "Closed on " + x.Ended().Words() + ". " + x.answered()
	case Planned:
		return x.days()
	}
	return ui.Count(len(x.Questions), "question", "questions") + ". Nobody else sees it."
}

func (x Listed) answered() string {
	if x.Answered == 0 {
		return "Fewer than " + strconv.Itoa(disclosure.Base) + " answers."
	}
	return strconv.Itoa(x.Answered) + " answers or a few more."
}

// canChange tells whether it has not opened.
func (x Listed) canChange() bool { return x.State == Draft || x.State == Planned }

// base is how many were asked, and answered.
func (r Result) base() string {
	if r.Answered == 0 {
		return "Fewer than five people answered, so nothing of it is shown."
	}
	return strconv.Itoa(r.Answered) + " people or a few more answered, of " + strconv.Itoa(r.Asked) + " or a few more who were asked."
}

// chart shows the answers to the question of this number, from 1.
func (r Result) chart(number int, a Answer) ui.Chart {
	out := ui.Chart{ID: "answers-" + a.Key, Title: strconv.Itoa(number) + ". " + a.Text, Says: "About how many people gave each answer.", Of: "Answer", Say: r.words, Open: true, Top: disclosure.Base}
	if a.Kind == Several {
		out.Means = "People could choose as many as fit."
	}
	values := make([]float64, len(a.Lines))
	for i, line := range a.Lines {
		out.Rows, values[i] = append(out.Rows, line.Answer), float64(line.N)
		out.Top = max(out.Top, values[i])
	}
	out.Series = []ui.Series{{Name: "People", Colour: "first", Values: values}}
	return out
}

// file is the address of the results as a file.
func (r Result) file(ctx context.Context, as string) string {
	return deskPath(ctx, r.ID, "/results/file?"+url.Values{"as": {as}}.Encode())
}

// scale are the numbers to choose from.
func (q Question) scale() []ui.Option {
	return append([]ui.Option{{Label: "Choose a number"}}, q.choices()...)
}

// label is a question with its number.
func (q Question) label(number int) string {
	text := strconv.Itoa(number) + ". " + q.Text
	if q.Required {
		return text
	}
	return text + " (you can leave this out)"
}

// summary says how a question is answered.
func (q Question) summary() string {
	parts := []string{q.Kind.name()}
	if q.Kind.Chosen() {
		parts = append(parts, strings.Join(q.Options, " / "))
	}
	if q.Required {
		parts = append(parts, "must be answered")
	}
	return strings.Join(parts, " · ")
}

// ticked tells whether a box of the refused form around it was ticked.
func ticked(ctx context.Context, name string) bool {
	typed, _ := ui.Typed(ctx, name)
	return len(typed) > 0 && typed[len(typed)-1] == "true"
}

// refused tells whether the answers have come back.
func refused(ctx context.Context, x Asking) bool {
	return web.FormOf(ctx, path(ctx, x.ID, "/answers")) != nil
}

// lines are its options, one on each line.
func (q Question) lines() string { return strings.Join(q.Options, "\n") }
