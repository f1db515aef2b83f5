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
	var own []Contact
	if estate := g.Directory.Remembered(r.Host); estate != nil {
		slug, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
		if service := estate.Service(slug); service != nil {
			own = service.Crisis
		}
	}
	return 200, helpPage(own)
}

// Contacts are whom to turn to in a crisis: the service's own, then the national ones.
func Contacts(s *Service) []Contact { return slices.Concat(s.Crisis, nationalContacts) }

func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}
