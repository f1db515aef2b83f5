package people

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/phrase"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// mostWords is how many filters a member can have.
const mostWords = 100

// Words are what the actor does not want to come upon.
type Words struct {
	Filters []posts.Filter `json:"filters"`
}

// Words lists them, the oldest first.
func (p People) Words(ctx context.Context, s tenants.Scope, _ web.None) (out Words, err error) {
	out.Filters, err = posts.FiltersOf(ctx, s, s.Actor.ID())
	return out, err
}

// AddWords is a word or a phrase, and what should become of posts with it.
type AddWords struct {
	Words string       `json:"words" validate:"filled,max=60" label:"a word or a phrase"`
	How   posts.Choice `json:"how" validate:"required,oneof=cover hide" label:"what should happen"`
}

// AddWords adds a filter. One that finds the same takes the new way.
func (p People) AddWords(ctx context.Context, s tenants.Scope, in AddWords) (Words, error) {
	if s.Actor.Member == nil {
		return Words{}, fault.New(fault.Forbidden, "You are not a member of this service, so you read nothing in it.")
	}
	looked, reason := phrase.Parse(in.Words)
	if reason != "" {
		return Words{}, fault.Bad("words", reason)
	}
	now, err := p.Words(ctx, s, web.None{})
	if err != nil {
		return Words{}, err
	}
	row := posts.Filter{MemberID: s.Actor.ID(), Words: looked.String(), How: in.How, CreatedAt: s.Now}
	for _, known := range now.Filters {
		if one, _ := phrase.Parse(known.Words); one.Key() == looked.Key() {
			row.Words = known.Words
		}
	}
	if len(now.Filters) >= mostWords && row.Words == looked.String() {
		return Words{}, fault.Bad("words", "You have 100 of these, which is the most. Take one off the list first.")
	}
	_, err = s.Insert(&row).On("CONFLICT (tenant_id, member_id, words) DO UPDATE").Set("how = EXCLUDED.how").Exec(ctx)
	if err != nil {
		return Words{}, err
	}
	return p.Words(ctx, s, web.None{})
}

// RemoveWords names a filter.
type RemoveWords struct {
	Words string `json:"words" validate:"filled,max=60" label:"a word or a phrase"`
}

// RemoveWords takes a filter off the list; a second time changes nothing.
func (p People) RemoveWords(ctx context.Context, s tenants.Scope, in RemoveWords) (Words, error) {
	if _, err := s.Delete((*posts.Filter)(nil)).Where("member_id = ?", s.Actor.ID()).Where("words = ?", in.Words).Exec(ctx); err != nil {
		return Words{}, err
	}
	return p.Words(ctx, s, web.None{})
}
