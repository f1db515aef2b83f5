package recovery

import (
	"math"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

func nameOf(key what) string {
	for _, one := range shareable {
		if one.key == key {
			return one.name
		}
	}
	return "Questions from my team"
}

// charts show how somebody was, the first day first: a line for each scale, with
// its steps in words. There is nothing to draw of a single day.
func charts(days []CheckIn) (all []ui.Chart) {
	if len(days) < 2 {
		return nil
	}
	for _, scale := range []scale{moods, sleeps, energies} {
		c := ui.Chart{ID: "chart-" + scale.key, Title: scale.name, Of: "When", Top: float64(len(scale.steps)), Says: "Your " + scale.key + " at each check-in, from very low at the bottom to very good at the top.",
			Say: func(v float64) string { return scale.word(int(math.Round(v))) }}
		line := ui.Series{Name: scale.name, Colour: scale.colour, Line: true}
		for i := len(days) - 1; i >= 0; i-- {
			c.Rows = append(c.Rows, ui.Date(days[i].At))
			line.Values = append(line.Values, float64(scale.place(days[i].step(scale))))
		}
		c.Series = []ui.Series{line}
		all = append(all, c)
	}
	return all
}

// step is what was chosen of a scale.
func (x CheckIn) step(of scale) string {
	return map[string]string{moods.key: x.Mood, sleeps.key: x.Sleep, energies.key: x.Energy}[of.key]
}

// period says which days are shared.
func (x Share) period() string {
	from, until := dayWords(x.From), dayWords(x.Until)
	switch {
	case from == "" && until == "":
		return "all of it, now and later"
	case from == "":
		return "until " + until
	case until == "":
		return "from " + from + " on"
	}
	return "from " + from + " until " + until
}

// dayWords are a day in words; empty for none.
func dayWords(day string) string {
	if d, err := time.Parse(time.DateOnly, day); err == nil {
		return d.Format("2 January 2006")
	}
	return ""
}

// shared says how much somebody shares.
func shared(shares []Share) string {
	if len(shares) == 0 {
		return "Nothing is shared. Only you see what you keep here."
	}
	names := make([]string, len(shares))
	for i, share := range shares {
		names[i] = strings.ToLower(strings.TrimPrefix(nameOf(share.What), "My "))
	}
	return "Clinicians of your service can see your " + strings.Join(names, ", ") + "."
}

func handleOf(person *tenants.Person) string {
	if person == nil {
		return "Somebody who left"
	}
	return person.Handle
}
