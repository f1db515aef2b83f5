package posts

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Choice is what a member wants done with a topic.
type Choice string

// The choices. Without one a topic is covered.
const (
	CoverIt Choice = "cover" // until I open it
	ShowIt  Choice = "show"
	HideIt  Choice = "hide" // I never want to see it
)

// Taste is what a member chose about reading.
type Taste struct {
	// HideCounts leaves out how many reacted and replied.
	HideCounts bool              `json:"hide_counts"`
	Topics     map[string]Choice `json:"topics,omitempty"`
}

const tasteKey = "posts"

func tasteOf(s tenants.Scope) Taste { return tenants.Own(s.Actor.Member, tasteKey, Taste{}) }

// hidden are the topics that the actor never wants to see. Who looks after a
// service sees what its members see: for them it is covered.
func (t Taste) hidden(s tenants.Scope) (keys []string) {
	for key, choice := range t.Topics {
		if choice == HideIt && !s.May("posts.moderate") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// hides tells whether somebody never wants to see a post with these notes.
func hides(s tenants.Scope, person tenants.Person, notes Notes) bool {
	if len(notes) == 0 || len(person.Chosen) == 0 {
		return false
	}
	s = s.As(person)
	return slices.ContainsFunc(tasteOf(s).hidden(s), notes.Has)
}

// unhidden is the condition, over a row called alias, that it is the actor's own or
// about no topic that they never want to see; empty where there is no such topic.
func unhidden(s tenants.Scope, alias string) (condition string, args []any) {
	keys := tasteOf(s).hidden(s)
	if len(keys) == 0 {
		return "", nil
	}
	likes := strings.Repeat(" OR "+alias+".notes LIKE ?", len(keys))[len(" OR "):]
	args = append(args, s.Actor.ID())
	for _, key := range keys {
		args = append(args, "%,"+key+",%")
	}
	return "(" + alias + ".notes = '' OR " + alias + ".author_id = ? OR NOT (" + likes + "))", args
}

// Reading is what the actor chose about reading, with what there is to choose.
type Reading struct {
	Taste
	Available []tenants.Topic `json:"available"`
	MayHide   bool            `json:"may_hide"`
}

// Reading shows the actor's choices.
func (k *Kernel) Reading(_ context.Context, s tenants.Scope, _ web.None) (Reading, error) {
	if s.Actor.Member == nil {
		return Reading{}, fault.New(fault.Forbidden, "You are not a member of this service.")
	}
	return Reading{tasteOf(s), s.Service.Topics(), !s.May("posts.moderate")}, nil
}

// Choose is a change of these choices: for each topic cover, show or hide.
type Choose struct {
	HideCounts bool            `json:"hide_counts"`
	Topics     json.RawMessage `json:"topics,omitempty"`
}

// Choose keeps what the actor chose about reading.
func (k *Kernel) Choose(ctx context.Context, s tenants.Scope, in Choose) (Reading, error) {
	now, err := k.Reading(ctx, s, web.None{})
	if err != nil {
		return Reading{}, err
	}
	now.Taste = Taste{HideCounts: in.HideCounts}
	if len(in.Topics) > 0 && json.Unmarshal(in.Topics, &now.Topics) != nil {
		return Reading{}, fault.Bad("topics", "Choose an answer for each topic.")
	}
	for key, choice := range now.Topics {
		_, known := s.Service.Topic(key)
		if !known || choice != CoverIt && choice != ShowIt && choice != HideIt {
			return Reading{}, fault.Bad("topics/"+key, "Choose one of the answers for each topic.")
		}
		if choice == CoverIt {
			delete(now.Topics, key) // as without a choice
		}
	}
	return now, s.Choose(ctx, tasteKey, now.Taste)
}
