package tenants

import (
	"context"
	"strings"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/internal/words"
)

const (
	wordsCookie = "sharon-words"
	wordsAge    = 365 * 24 * 60 * 60 // seconds
)

// WordsCookies keep in a browser how words are shown in it.
func WordsCookies(tag words.Tag) []web.Cookie {
	return []web.Cookie{{Name: wordsCookie, Value: string(tag), MaxAge: wordsAge}}
}

// Words is how the interface is put for whoever asks: as they chose, else as was
// chosen in this browser, else as the service begins with for its members. The team
// works in English unless they choose.
func (s Scope) Words() words.Tag {
	begins := s.Actor.begins
	if s.Service != nil && s.Actor.Member != nil && !s.Actor.Roles.Staff() {
		begins = s.Service.Words
	}
	return firstKnown(s.Actor.words, s.browser, begins)
}

// supported are the roles of those for whom a service is there.
var supported = []Role{ServiceUser, Carer, Waiting}

// onboarding is where people who bring a service on are let in by their letters.
const onboarding = "/onboarding/"

// wordsOf is how a page is put. Pages that only those who
// work here come to are in English: half in other words they would mislead a screen
// reader.
func (s Scope) wordsOf(route *web.Route) words.Tag {
	permission := route.Permission
	if strings.HasPrefix(route.Path, onboarding) {
		return words.English
	}
	if permission == web.Public || withoutRole[permission] {
		return s.Words()
	}
	for _, role := range supported {
		if s.Estate.Policy.Decide(string(role), s.serviceID().String(), permission).Allowed {
			return s.Words()
		}
	}
	return words.English
}

func firstKnown(tags ...words.Tag) words.Tag {
	for _, tag := range tags {
		if words.Known(tag) {
			return tag
		}
	}
	return words.English
}

// ChooseWords keeps how the actor has the interface put.
func (s Scope) ChooseWords(ctx context.Context, tag words.Tag) error {
	return Touched(s.Update((*Account)(nil)).Set("words = ?", tag).Where("id = ?", s.Actor.AccountID).Exec(ctx))
}
