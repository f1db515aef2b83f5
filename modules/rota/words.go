package rota

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// to is the page of a week.
func to(ctx context.Context, week string) string { return ui.Path(ctx, "/rota?week="+week) }

// dayWords writes a day such as 2026-11-23 in another form.
func dayWords(day, layout string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(layout)
}

// weekWords are "16 to 22 November 2026".
func weekWords(w Week) string {
	from, to := w.Days[0].Day, w.Days[6].Day
	layout := "2 January"
	if from[:7] == to[:7] {
		layout = "2"
	} else if from[:4] != to[:4] {
		layout = "2 January 2006"
	}
	return dayWords(from, layout) + " to " + dayWords(to, "2 January 2006")
}

// times are the hours of a shift: "9am–5pm", with the day where it ends much later.
func times(slot Slot) string {
	words := hourWords(slot.From) + "–" + hourWords(slot.To)
	if slot.To.Sub(slot.From) > 24*time.Hour {
		words += " on " + slot.To.In(clock.London).Format("Monday")
	}
	return words
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// gapID names the first gap of a week, which the top of the page leads to.
func gapID(week Week, day WeekDay, i int) string {
	if len(week.Gaps) > 0 && day.Gaps[i].From.Equal(week.Gaps[0].From) {
		return "gap"
	}
	return "gap-" + day.Day + "-" + stamp(day.Gaps[i].From)
}

// weekdays are the choices, Monday first.
func weekdays() (options []ui.Option) {
	for _, day := range week {
		options = append(options, ui.Option{Value: day, Label: dayNames[day]})
	}
	return options
}

var (
	week     = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	dayNames = map[string]string{"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"}
)

// inWeek puts rows in the order of the week.
func inWeek(rows []Row) []Row {
	return slices.SortedStableFunc(slices.Values(rows), func(a, b Row) int {
		if a.Weekday != b.Weekday {
			return slices.Index(week, a.Weekday) - slices.Index(week, b.Weekday)
		}
		return strings.Compare(a.From, b.From)
	})
}

// rowWords are who does what, and for how long.
func rowWords(row Row) string {
	words := strings.ToLower(row.Kind.Name())
	if row.Member != nil {
		words = row.Member.Handle + ", " + words
	}
	words += ", from " + dayWords(row.ValidFrom, "2 January 2006")
	if row.ValidUntil != "" {
		words += " until " + dayWords(row.ValidUntil, "2 January 2006")
	}
	return words
}

// colleagueOptions are the team to choose from, below what stands for nobody.
func colleagueOptions(team []tenants.Person, nobody string) []ui.Option {
	options := []ui.Option{{Label: nobody}}
	for _, person := range team {
		options = append(options, ui.Option{Value: person.HandleKey, Label: person.Handle})
	}
	return options
}

// swapWords say how an offer stands.
func swapWords(x Swap) string {
	switch x.State {
	case Accepted:
		return "Taken over by " + x.Answerer.Handle
	case Declined:
		return x.Answerer.Handle + " said no"
	case Withdrawn:
		return "Taken back"
	}
	if x.To != nil {
		return "Offered to " + x.To.Handle
	}
	return "Offered to everybody"
}
