package reach

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Week is when a team is there on each day, as somebody writes it: "9am to 5pm", or
// "09:00 to 12:30 and 13:30 to 17:00"; empty for a day without anybody. A time that is
// not after the one before it is of the next morning.
type Week struct {
	Mon string `json:"mon" validate:"max=80" label:"Monday"`
	Tue string `json:"tue" validate:"max=80" label:"Tuesday"`
	Wed string `json:"wed" validate:"max=80" label:"Wednesday"`
	Thu string `json:"thu" validate:"max=80" label:"Thursday"`
	Fri string `json:"fri" validate:"max=80" label:"Friday"`
	Sat string `json:"sat" validate:"max=80" label:"Saturday"`
	Sun string `json:"sun" validate:"max=80" label:"Sunday"`
}

// day is one of a week, by its key among staffed hours.
type day struct {
	key, name string
	says      *string
}

func (w *Week) days() []day {
	return []day{{"mon", "Monday", &w.Mon}, {"tue", "Tuesday", &w.Tue}, {"wed", "Wednesday", &w.Wed}, {"thu", "Thursday", &w.Thu}, {"fri", "Friday", &w.Fri}, {"sat", "Saturday", &w.Sat}, {"sun", "Sunday", &w.Sun}}
}

// weekOf is staffed hours as somebody would write them.
func weekOf(staffed []tenants.Hours) (w Week) {
	for _, day := range w.days() {
		var spans []string
		for _, hours := range staffed {
			if slices.Contains(hours.Days, day.key) {
				spans = append(spans, hours.From+" to "+hours.To)
			}
		}
		slices.Sort(spans)
		*day.says = strings.Join(spans, " and ")
	}
	return w
}

// hours reads a week; days of the same hours become one. Invalid names the day.
func (w Week) hours() (all []tenants.Hours, err error) {
	for _, day := range w.days() {
		spans, complaint := spansOf(*day.says)
		if complaint != "" {
			return nil, fault.Bad(day.key, complaint)
		}
		for _, span := range spans {
			at := slices.IndexFunc(all, func(h tenants.Hours) bool { return h.From == span.From && h.To == span.To })
			if at < 0 {
				at, all = len(all), append(all, span)
			}
			all[at].Days = append(all[at].Days, day.key)
		}
	}
	return all, nil
}

var between = regexp.MustCompile(`\s*(?:-|–|—|\bto\b|\buntil\b|\btill\b)\s*`)

var also = regexp.MustCompile(`\s*(?:,|;|\band\b)\s*`)

// spansOf reads the hours of one day.
func spansOf(text string) (spans []tenants.Hours, complaint string) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, ""
	}
	for _, part := range also.Split(text, -1) {
		ends := between.Split(part, -1)
		if len(ends) != 2 {
			return nil, "Write from when until when, such as 9:00 to 17:00."
		}
		from, ok := clockOf(ends[0])
		to, right := clockOf(ends[1])
		switch {
		case !ok || !right:
			return nil, "Write times like 9:00, 17:30 or 5pm."
		case len(spans) > 0 && from < spans[len(spans)-1].To:
			return nil, "Write the hours in their order: each begins after the one before has ended."
		case len(spans) > 0 && spans[len(spans)-1].To <= spans[len(spans)-1].From:
			return nil, "Hours that last until the next morning come last."
		}
		spans = append(spans, tenants.Hours{From: from, To: to})
	}
	return spans, ""
}

var oclock = regexp.MustCompile(`^([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*(am|pm)?$`)

// clockOf reads a time of the day and writes it as 17:30.
func clockOf(text string) (string, bool) {
	switch text {
	case "noon", "midday":
		text = "12:00"
	case "midnight", "24:00":
		text = "00:00"
	}
	found := oclock.FindStringSubmatch(text)
	if found == nil {
		return "", false
	}
	hour, _ := strconv.Atoi(found[1])
	minute, _ := strconv.Atoi(found[2])
	if half := found[3]; half != "" {
		if hour < 1 || hour > 12 {
			return "", false
		}
		if hour %= 12; half == "pm" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 {
		return "", false
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), true
}
