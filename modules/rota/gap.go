package rota

import (
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
)

// Gap is a time for which nobody is on duty or on call.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Words say when it is and who is called then.
	Words string `json:"words"`
}

// gaps are the times between from and to that should be covered and are not.
func (p plan) gaps(s tenants.Scope, from, to time.Time) (gaps []Gap) {
	if p.empty() {
		return nil
	}
	var covered []tenants.Span
	for _, slot := range p.slots(from, to) {
		covered = append(covered, slot.span())
	}
	covered = union(covered)
	for _, wanted := range p.wanted(s, from, to) {
		for _, open := range without(wanted, covered) {
			gaps = append(gaps, Gap{open.From, open.To, spanWords(open) + ": nobody is on duty or on call. " + p.falls(s)})
		}
	}
	return gaps
}

// wanted are the times that should be covered: all, or those hours in which the
// team is usually there, but on closed days.
func (p plan) wanted(s tenants.Scope, from, to time.Time) []tenants.Span {
	whole := tenants.Span{From: from, To: to}
	if p.settings.AllHours || len(s.Service.Staffed) == 0 {
		return []tenants.Span{whole}
	}
	var usual []tenants.Span
	for day := dayOf(from).AddDate(0, 0, -1); begins(day).Before(to); day = day.AddDate(0, 0, 1) {
		for _, hours := range s.Service.Staffed {
			if p.closed[day.Format(time.DateOnly)] == "" && slices.Contains(hours.Days, weekday(day)) {
				usual = append(usual, between(day, hours.From, hours.To))
			}
		}
	}
	var wanted []tenants.Span
	for _, span := range union(usual) {
		if span.From.Before(from) {
			span.From = from
		}
		if span.To.After(to) {
			span.To = to
		}
		if span.From.Before(span.To) {
			wanted = append(wanted, span)
		}
	}
	return wanted
}

// falls says to whom a gap falls: to the first of the tree who needs no shift.
func (p plan) falls(s tenants.Scope) string {
	for _, rung := range p.settings.Tree {
		switch {
		case rung.Who == Lead && len(p.leads()) > 0:
			return "It falls to the service lead."
		case rung.Who == Phone && rung.number(s) != "":
			return "It falls to " + rung.title(s) + "."
		}
	}
	if len(p.leads()) > 0 {
		return "It falls to the service lead."
	}
	return "Nobody would be called."
}

// leads are the service leads, those who are away too.
func (p plan) leads() (leads []tenants.Person) {
	for _, person := range p.team {
		if person.Roles.Has(tenants.ServiceLead) {
			leads = append(leads, person)
		}
	}
	slices.SortFunc(leads, func(a, b tenants.Person) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return leads
}

// spanWords are a time in words: "Sunday 2am–8am", "Sunday 10pm – Monday 9am".
func spanWords(span tenants.Span) string {
	from, to := span.From.In(clock.London), span.To.In(clock.London)
	if last := to.Add(-time.Nanosecond); dayOf(from).Equal(dayOf(last)) {
		return from.Format("Monday 2 January, ") + hourWords(from) + "–" + hourWords(to)
	}
	return from.Format("Monday 2 January, ") + hourWords(from) + " – " + to.Format("Monday, ") + hourWords(to)
}

func hourWords(t time.Time) string {
	switch t = t.In(clock.London); {
	case t.Hour() == 0 && t.Minute() == 0:
		return "midnight"
	case t.Minute() == 0:
		return t.Format("3pm")
	}
	return t.Format("3:04pm")
}
