package programmes

import (
	"strconv"
	"time"
)

// chart is a programme as bars over months: places and widths are shares of the
// whole width, as SVG has them.
type chart struct {
	Months      []mark
	Bars, Aways []bar
	Today       string // where today is; empty outside the programme
}

type mark struct{ X, Name string }

type bar struct {
	Name, X, W, Class string
	Words             string // beside the bar, at At, before or behind it
	At, Anchor        string
}

// chart draws phases by the forecast, and absences and holidays below them.
func (s Seen) chart() chart {
	from, to := s.Programme.StartsOn, s.Programme.EndsOn
	for _, phase := range s.Phases {
		to = max(to, phase.To)
	}
	from, to = Day(string(from)[:8]+"01"), to.Plus(1)
	all := float64(from.Until(to))
	at := func(d Day) string {
		return strconv.FormatFloat(min(100, max(0, float64(from.Until(d))*100/all)), 'f', 2, 64) + "%"
	}
	wide := func(a, b Day) string {
		a, b = max(a, from), min(b.Plus(1), to)
		return strconv.FormatFloat(max(0.6, float64(a.Until(b))*100/all), 'f', 2, 64) + "%"
	}
	var c chart
	for month := from; month < to; month = month.Months(1) {
		c.Months = append(c.Months, mark{at(month), month.Time().Format("Jan")})
	}
	if s.today >= from && s.today < to {
		c.Today = at(s.today)
	}
	for _, phase := range s.Phases {
		first, last := phase.From, phase.To
		if phase.SignedAt != nil {
			last = phase.signedOn()
		}
		one := bar{Name: strconv.Itoa(phase.Number) + " " + phase.Name, X: at(first), W: wide(min(first, last), last), Class: "gantt__bar gantt__bar--" + string(phase.State),
			Words: phase.Note, At: at(last.Plus(1)), Anchor: "start"}
		if late := from.Months(len(c.Months) * 2 / 3); first > late {
			one.At, one.Anchor = one.X, "end"
		}
		c.Bars = append(c.Bars, one)
	}
	for _, a := range s.Absences {
		if _, _, within := meets(from, to, a.From, a.To); within {
			c.Aways = append(c.Aways, bar{Name: "Away: " + a.Who.Name, X: at(a.From), W: wide(a.From, a.To), Class: "gantt__away"})
		}
	}
	for _, h := range s.Holidays {
		if _, _, within := meets(from, to, h.From, h.To); within {
			c.Aways = append(c.Aways, bar{Name: h.Name, X: at(h.From), W: wide(h.From, h.To), Class: "gantt__away gantt__away--many"})
		}
	}
	return c
}

// pounds are pence as we write them.
func pounds(pence int64) string {
	digits := strconv.FormatInt(pence/100, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return "£" + digits
}

// stamp is a time's day in words.
func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return DayOf(*t).Words()
}
