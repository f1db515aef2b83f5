package posts

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/phrase"
	"github.com/sharon-nhs/sharon/tenants"
)

// Filter is a word, or a phrase, that its reader does not want to come upon. It works on what others wrote; what the
// team wrote is covered at the most.
type Filter struct {
	bun.BaseModel `bun:"table:word_filters,alias:filter"`
	tenants.InService

	MemberID  uuid.UUID `bun:"member_id,pk,type:uuid" json:"-"`
	Words     string    `bun:"words,pk" json:"words"`
	How       Choice    `bun:"how" json:"how"`
	CreatedAt time.Time `bun:"created_at" json:"created_at"`
}

// filters are somebody's, ready to look with.
type filters []struct {
	Filter
	phrase phrase.Phrase
}

// FiltersOf reads the filters of some members, the oldest first.
func FiltersOf(ctx context.Context, s tenants.Scope, members ...uuid.UUID) (rows []Filter, err error) {
	err = s.Select(&rows).Where("filter.member_id IN (?)", bun.List(members)).Order("filter.created_at", "filter.words").Scan(ctx)
	return rows, err
}

// ForgetFilters removes all filters of a member.
func ForgetFilters(ctx context.Context, s tenants.Scope, member uuid.UUID) error {
	_, err := s.Delete((*Filter)(nil)).Where("member_id = ?", member).Exec(ctx)
	return err
}

func ready(rows []Filter) filters {
	all := make(filters, len(rows))
	for i, row := range rows {
		all[i].Filter = row
		all[i].phrase, _ = phrase.Parse(row.Words) // was looked at when it was kept
	}
	return all
}

// actorsFilters are the actor's own.
func actorsFilters(ctx context.Context, s tenants.Scope) (filters, error) {
	rows, err := FiltersOf(ctx, s, s.Actor.ID())
	return ready(rows), err
}

// meets finds the filter that a post falls under, the stricter first.
func (all filters) meets(p Post) (Filter, bool) {
	if len(all) == 0 {
		return Filter{}, false
	}
	said, found := phrase.Words(p.Title+"\n"+p.Body), Filter{}
	for _, one := range all {
		if found.How != HideIt && (found.How == "" || one.How == HideIt) && one.phrase.In(said) {
			found = one.Filter
		}
	}
	if found.How == HideIt && p.Author != nil && p.Author.Roles.Staff() {
		found.How = CoverIt
	}
	return found, found.How != ""
}

// cover looks once at posts for what the actor does not want to come upon, and
// marks it: for the page to cover, and for lists to leave out.
func (k *Kernel) cover(ctx context.Context, s tenants.Scope, posts []*Post) error {
	fresh := slices.DeleteFunc(slices.Clone(posts), func(p *Post) bool { return p.looked })
	if !s.Actor.Filters() || len(fresh) == 0 {
		return nil
	}
	all, err := actorsFilters(ctx, s)
	for _, p := range fresh {
		p.looked = true
		if found, met := all.meets(*p); met && p.AuthorID != s.Actor.ID() {
			p.Word, p.Unwanted = found.Words, found.How == HideIt
		}
	}
	return err
}

// wanted leaves out of a list what the actor wants hidden.
func (k *Kernel) wanted(ctx context.Context, s tenants.Scope, posts []Post) ([]Post, error) {
	err := k.cover(ctx, s, pointers(posts))
	return slices.DeleteFunc(slices.Clone(posts), func(p Post) bool { return p.Unwanted }), err
}

// spare leaves out those who want a post hidden from them.
func spare(ctx context.Context, s tenants.Scope, post Post, readers []uuid.UUID) ([]uuid.UUID, error) {
	if len(readers) == 0 {
		return nil, nil
	}
	rows, err := FiltersOf(ctx, s, readers...)
	if err != nil || len(rows) == 0 {
		return readers, err
	}
	byMember := map[uuid.UUID][]Filter{}
	for _, row := range rows {
		byMember[row.MemberID] = append(byMember[row.MemberID], row)
	}
	return slices.DeleteFunc(readers, func(id uuid.UUID) bool {
		found, _ := ready(byMember[id]).meets(post)
		return found.How == HideIt
	}), nil
}
