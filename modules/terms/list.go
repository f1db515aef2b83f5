package terms

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

const pageSize = 50

// Filter asks for a part of the list; what is zero counts not.
type Filter struct {
	Q       string     `json:"q" validate:"max=100" label:"what to look for"`
	Act     string     `json:"act" validate:"omitempty,oneof=note hold cover support case" label:"what follows"`
	Sort    watch.Sort `json:"sort" validate:"omitempty,oneof=word phrase pattern" label:"a sort"`
	Origin  string     `json:"origin" validate:"omitempty,oneof=area own" label:"where it is from"`
	Retired bool       `json:"retired"`
	After   string     `json:"after" validate:"max=500"`
}

// List is a page of the terms.
type List struct {
	Terms   []Term `json:"terms"`
	Active  int    `json:"active"`
	Retired int    `json:"retired"`
	Taken   string `json:"taken"` // the version of the area's list that the service has
	Newer   bool   `json:"newer"` // there is a newer one
	After   string `json:"after,omitempty"`
	filter  Filter
	service *tenants.Service
}

// List shows the terms that fit a filter.
func (t *Terms) List(ctx context.Context, s tenants.Scope, in Filter) (out List, err error) {
	out.filter, out.service = in, s.Service
	if out.Taken, err = taken(ctx, s); err != nil {
		return out, err
	}
	newest, err := listOf(s.Service.Area)
	if err != nil {
		return out, err
	}
	out.Newer = out.Taken != newest.version
	if out.Active, out.Retired, err = counts(ctx, s); err != nil {
		return out, err
	}
	if out.Terms, err = some(ctx, s, in); len(out.Terms) > pageSize {
		out.Terms = out.Terms[:pageSize]
		out.After = out.Terms[pageSize-1].Key
	}
	return out, err
}

// ByID names a term.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Shown is a term with what was changed about it, the last first.
type Shown struct {
	Term
	// Wrong is why it cannot be looked for any more; empty if it can.
	Wrong   string   `json:"wrong,omitempty"`
	History []Change `json:"history"`
	service *tenants.Service
}

// Show reads a term.
func (t *Terms) Show(ctx context.Context, s tenants.Scope, in ByID) (out Shown, err error) {
	if out.Term, err = byID(ctx, s, in.ID); err != nil {
		return out, err
	}
	out.service, out.Wrong = s.Service, out.wrong()
	out.History, err = history(ctx, s, in.ID, uuid.Nil, pageSize)
	return out, err
}

// Before asks for what happened before a change.
type Before struct {
	Before uuid.UUID `json:"before"`
}

// History is a page of changes, the last first.
type History struct {
	Changes []Change `json:"changes"`
	Older   string   `json:"older,omitempty"`
	service *tenants.Service
}

// History lists every change of the service's terms.
func (t *Terms) History(ctx context.Context, s tenants.Scope, in Before) (out History, err error) {
	out.service = s.Service
	if out.Changes, err = history(ctx, s, uuid.Nil, in.Before, pageSize+1); len(out.Changes) > pageSize {
		out.Changes = out.Changes[:pageSize]
		out.Older = out.Changes[pageSize-1].ID.String()
	}
	return out, err
}

// Form is what a form about terms needs.
type Form struct {
	Topics  []tenants.Topic `json:"topics"` // that can cover
	service *tenants.Service
}

// Form is that of the service.
func (t *Terms) Form(_ context.Context, s tenants.Scope, _ web.None) (Form, error) {
	return Form{s.Service.Topics(), s.Service}, nil
}
