package tenants

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/web"
)

// nationalContacts answer for everybody in England.
// Sources: nhs.uk/urgent-mental-health, samaritans.org, giveusashout.org.
var nationalContacts = []Contact{
	{Name: "Emergency services", Phone: "999", Hours: "Any time, when a life is at risk"},
	{Name: "NHS 111, option 2: mental health crisis line", Phone: "111", Hours: "Any time"},
	{Name: "Samaritans", Phone: "116 123", Hours: "Any time, free from any phone"},
	{Name: "Shout", Text: "85258", Word: "SHOUT", Hours: "Any time, if you would rather not talk"},
}

// Help answers "Get help now" from memory alone, so that it is there even when
// the database is not.
func (g *Gate) Help(_ context.Context, r *web.Request) (int, templ.Component) {
	return 200, helpPage(g.contacts(r))
}

// contacts are those of the service that a path begins with, so far as they are
// remembered, or else those for everybody.
func (g *Gate) contacts(r *web.Request) []Contact {
	if estate := g.Directory.Remembered(r.Host); estate != nil {
		slug, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
		if service := estate.Service(slug); service != nil {
			return Contacts(service)
		}
	}
	return nationalContacts
}

// Contacts are whom to turn to in a crisis, who answers at any hour first: 999, the
// service’s own, those that know what its members live with, and those for everybody.
// The area’s are not stored with the service, so a number that changes is mended
// everywhere at once.
func Contacts(s *Service) []Contact {
	now, later := helplines(s.Area)
	return slices.Concat(nationalContacts[:1], s.Crisis, nationalContacts[1:2], now, nationalContacts[2:], later)
}

// helplines are an area’s contacts: those that answer at any hour, and the others.
func helplines(area Area) (now, later []Contact) {
	for _, line := range area.preset().Crisis {
		contact := Contact{Name: line.Name, Phone: line.Phone, Text: line.Text, Word: line.Word, Hours: line.Hours}
		if line.AnyTime() {
			now = append(now, contact)
		} else {
			later = append(later, contact)
		}
	}
	return now, later
}

func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}
