package gifts

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/ui/assets"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Kind is one of a service's gifts: a drawing of SHaRON's, or a picture of the
// lead's own.
type Kind struct {
	bun.BaseModel `bun:"table:gift_kinds,alias:kind"`
	tenants.InService

	ID       uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	Art      string    `bun:"art" json:"art,omitempty"` // key of the drawing; empty for a picture
	File     string    `bun:"file" json:"-"`            // the picture's key in storage
	Type     string    `bun:"type" json:"-"`
	Bytes    int64     `bun:"bytes" json:"-"`
	Name     string    `bun:"name" json:"name"`
	Alt      string    `bun:"alt" json:"alt"` // what is to be seen
	Position int       `bun:"position" json:"-"`
	// RetiredAt is since when it cannot be given any more; what was given stays.
	RetiredAt *time.Time `bun:"retired_at" json:"retired_at,omitempty"`
	AddedAt   time.Time  `bun:"added_at" json:"added_at"`
}

// mostKinds keeps the catalogue one that somebody can choose from.
const mostKinds = 60

// src is where a page finds the picture.
func (k Kind) src(ctx context.Context) string {
	if k.Art != "" {
		return assets.URL("gifts/" + k.Art + ".svg")
	}
	return ui.Path(ctx, "/gifts/pictures/"+k.ID.String())
}

// Catalogue is a service's gifts.
type Catalogue struct {
	Kinds   []Kind `json:"kinds"`
	Retired []Kind `json:"retired"`
}

// Catalogue lists what members can give, and what they once could.
func (g Gifts) Catalogue(ctx context.Context, s tenants.Scope, _ web.None) (Catalogue, error) {
	all, err := catalogue(ctx, s)
	retired := func(k Kind) bool { return k.RetiredAt != nil }
	return Catalogue{
		Kinds:   slices.DeleteFunc(slices.Clone(all), retired),
		Retired: slices.DeleteFunc(all, func(k Kind) bool { return !retired(k) }),
	}, err
}

// Drawings are what a gift can look like.
type Drawings struct {
	Drawings []Drawing `json:"drawings"`
}

// Drawings lists SHaRON's own.
func (g Gifts) Drawings(context.Context, tenants.Scope, web.None) (Drawings, error) {
	return Drawings{drawings}, nil
}

// Labels are a gift's words.
type Labels struct {
	Name string `json:"name" validate:"filled,max=60" label:"a name"`
	Alt  string `json:"alt" validate:"filled,max=200" label:"what is to be seen"`
}

// Add is another gift for the catalogue; without words it has the drawing's own.
type Add struct {
	Art  string `json:"art" validate:"required,max=60" label:"a drawing"`
	Name string `json:"name,omitempty" validate:"max=60" label:"a name"`
	Alt  string `json:"alt,omitempty" validate:"max=200" label:"what is to be seen"`
	tenants.Why
}

// Add puts a drawing into the catalogue. Invalid if there is none of that key.
func (g Gifts) Add(ctx context.Context, s tenants.Scope, in Add) (Kind, error) {
	d, ok := drawingOf(in.Art)
	if !ok {
		return Kind{}, fault.Bad("art", "Choose one of the drawings.")
	}
	return add(ctx, s, Kind{Art: d.Key, Name: or(in.Name, d.Name), Alt: or(in.Alt, d.Alt)}, in.Why)
}

// Retirement says whether a gift can be given no longer.
type Retirement struct {
	ID      uuid.UUID `path:"id"`
	Retired bool      `json:"retired"`
	tenants.Why
}

// One is a gift of the catalogue, to retire it or bring it back.
func (g Gifts) One(ctx context.Context, s tenants.Scope, in ByID) (Kind, error) {
	all, err := catalogue(ctx, s)
	if err != nil {
		return Kind{}, err
	}
	at := slices.IndexFunc(all, func(k Kind) bool { return k.ID == in.ID })
	if at < 0 {
		return Kind{}, fault.Missing()
	}
	return all[at], nil
}

// Retire takes a gift out of the catalogue, or brings it back. What was given stays.
func (g Gifts) Retire(ctx context.Context, s tenants.Scope, in Retirement) (Kind, error) {
	if err := stock(ctx, s); err != nil {
		return Kind{}, err
	}
	kind, err := kindOf(ctx, s, in.ID)
	if err != nil || in.Retired == (kind.RetiredAt != nil) {
		return kind, err
	}
	before := kind
	kind.RetiredAt = nil
	if in.Retired {
		kind.RetiredAt = &s.Now
	}
	if err := retire(ctx, s, kind); err != nil {
		return Kind{}, err
	}
	return kind, s.Audit(ctx, "gifts.retire", tenants.Audited{Subject: kind.ID, Reason: in.Reason, Before: before, After: kind})
}
