package terms

import (
	"context"
	"errors"
	"sync"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// book is what a service looks for, compiled. It never changes.
type book struct {
	version edition
	list    *watch.List
	rules   map[uuid.UUID]Rule
}

// shelf keeps the last book of each service in memory.
type shelf struct {
	mu    sync.RWMutex
	books map[uuid.UUID]*book
}

// book is the service's as it stands in this unit of work: a change holds at once
// on every node.
func (t *Terms) book(ctx context.Context, s tenants.Scope) (*book, error) {
	version, err := tenants.Known(ctx, s, editionOf)
	if err != nil {
		return nil, err
	}
	t.shelf.mu.RLock()
	kept := t.shelf.books[s.Service.ID]
	t.shelf.mu.RUnlock()
	if kept != nil && kept.version == version {
		return kept, nil
	}
	rows, err := active(ctx, s)
	if err != nil {
		return nil, err
	}
	if version == 0 { // a service from before there were lists
		if rows, err = first(s); err != nil {
			return nil, err
		}
	}
	made, err := bind(version, rows)
	if err != nil {
		return nil, err
	}
	t.shelf.mu.Lock()
	t.shelf.books[s.Service.ID] = made
	t.shelf.mu.Unlock()
	return made, nil
}

// bind compiles terms. Those that cannot be looked for, because what can changed
// since they were written, are left out: the others must be found all the same.
func bind(version edition, rows []Term) (*book, error) {
	b := &book{version: version, rules: make(map[uuid.UUID]Rule, len(rows))}
	terms := make([]watch.Term, 0, len(rows))
	for _, row := range rows {
		term := row.term()
		term.ID = row.ID
		terms = append(terms, term)
		b.rules[row.ID] = row.Rule
	}
	list, err := watch.Compile(terms)
	if err != nil {
		wrong := map[int]bool{}
		for _, refusal := range refused(err) {
			wrong[refusal.Index] = true
		}
		var sound []watch.Term
		for i, term := range terms {
			if !wrong[i] {
				sound = append(sound, term)
			}
		}
		list, err = watch.Compile(sound)
	}
	b.list = list
	return b, err
}

func refused(err error) (all watch.Refusals) {
	errors.As(err, &all)
	return all
}

// catch is the rule of the desk: each term that is found, once.
func (t *Terms) catch(ctx context.Context, s tenants.Scope, text safety.Text) ([]safety.Finding, error) {
	book, err := t.book(ctx, s)
	if err != nil {
		return nil, err
	}
	byTeam := text.Author == s.Actor.ID() && s.Actor.Member != nil && s.Actor.Member.Roles.Staff()
	var all []safety.Finding
	for _, rule := range book.find(text.Title, text.Body) {
		all = append(all, rule.finding(s, byTeam))
	}
	return all, nil
}

// find gives the rules that find something, once each, in the order in which they do.
func (b *book) find(texts ...string) (found []Rule) {
	seen := map[uuid.UUID]bool{}
	for _, text := range texts {
		for _, match := range b.list.Find(text) {
			if !seen[match.Term.ID] {
				seen[match.Term.ID] = true
				found = append(found, b.rules[match.Term.ID])
			}
		}
	}
	return found
}
