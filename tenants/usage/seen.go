package usage

import (
	"net/url"

	"github.com/google/uuid"
)

// Place is where a view of published figures stands, and of whom it is.
type Place struct {
	Base  string     // the address of the page
	Query url.Values // what else its files are asked with
	Area  string     // of the service, in words; empty for several services
}

// Seen is how published figures look: those of a service, or of several that are
// added up, and beside them those of an area's services.
func (u Usage) Seen(rows, area []Published, at Place) View {
	counts := u.Counts()
	made := view{safe: true, rooms: func(key string) (string, bool) { return u.Rooms()[key].Name, true }}
	for _, c := range counts {
		if c.Name != "" {
			made.counts = append(made.counts, c)
		}
	}
	latest := Latest(rows)
	if latest == "" {
		return View{Span: Month, Safe: true, Graphs: []Graph{}, Lines: []Line{}, Months: []Tenure{}, Polls: []Poll{}, base: at.Base, query: at.Query, area: at.Area}
	}
	months := Months(latest)
	made.months = newSheet(Month, months, map[string]int{})
	for _, row := range rows {
		made.months.add(row.cell())
	}
	made.shown = made.months
	made.peers = lively(Sheets(area, []string{latest}))
	out := made.make()
	last, _ := parse(latest)
	out.Until, out.base, out.query, out.area = last.next(Month).plus(-1).String(), at.Base, at.Query, at.Area
	return out
}

// Latest is the latest month of some figures; empty without any.
func Latest(rows []Published) (month string) {
	for _, row := range rows {
		month = max(month, row.Since)
	}
	return month
}

// Months are those that are shown, up to a latest one.
func Months(latest string) []string {
	last, err := parse(latest)
	if err != nil {
		return nil
	}
	return periods(Month, compared, last.next(Month))
}

// Brief is a service in a line; nil is fewer than five.
type Brief struct {
	Members *int `json:"members"`
	Active  *int `json:"active"`
	Posts   *int `json:"posts"`
	Before  *int `json:"active_before"` // active the month before
}

// Briefs are the figures of a month of several services.
func Briefs(rows []Published, month string) map[uuid.UUID]Brief {
	months := Months(month)
	all := map[uuid.UUID]Brief{}
	for id, sheet := range Sheets(rows, months[len(months)-2:]) {
		all[id] = Brief{told(sheet.members(month)), told(sheet.of(month, active)), told(sheet.of(month, "posts")), told(sheet.of(sheet.Periods[0], active))}
	}
	return all
}

func told(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}
