package posts

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/album"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Saved is a draft: what somebody has begun to write. They have one for each
// kind and what it is about, and nobody else ever sees it.
type Saved struct {
	bun.BaseModel `bun:"table:drafts,alias:draft"`
	tenants.InService

	ID       uuid.UUID        `bun:"id,pk,type:uuid" json:"id"`
	MemberID uuid.UUID        `bun:"member_id,type:uuid" json:"-"`
	Kind     string           `bun:"kind" json:"kind"`
	AboutID  uuid.UUID        `bun:"about_id,type:uuid" json:"about"`
	Title    string           `bun:"title" json:"title,omitempty"`
	Body     string           `bun:"body" json:"body"`
	Audience tenants.Audience `bun:"audience" json:"audience,omitempty"`
	Choices
	QuotesID *uuid.UUID `bun:"quotes_id,type:uuid" json:"quotes_id,omitempty"`
	Notes    Notes      `bun:"notes" json:"notes,omitempty"`
	Images   []Image    `bun:"images,type:jsonb,nullzero" json:"images,omitempty"`
	SavedAt  time.Time  `bun:"saved_at" json:"saved_at"`
	// DueAt is when it is published by itself; until then nothing changes it.
	DueAt *time.Time `bun:"due_at" json:"due_at,omitempty"`

	// Spot is where it is written on.
	Spot Spot `bun:"-" json:"spot,omitzero"`
}

// Choices are what a form for something new has besides its words, in one room
// or another.
type Choices struct {
	Board     string `bun:"board" json:"board,omitempty" validate:"max=60"`
	Series    string `bun:"series" json:"series,omitempty" validate:"max=80" label:"the name of the series"`
	NoReplies bool   `bun:"no_replies" json:"no_replies,omitempty"`
	// Date and Time are when it is to be published, in London; empty for at once.
	Date string `bun:"on_date" json:"date,omitempty" validate:"max=20" label:"a day"`
	Time string `bun:"at_time" json:"time,omitempty" validate:"max=10" label:"a time"`
}

// Spot is a page with a form for something new: its path below the service, and
// what is written there in words. Without a path it is not there any more.
type Spot struct {
	Path string `json:"path"`
	Name string `json:"name"`
}

func (d Saved) empty() bool {
	return strings.TrimSpace(d.Title+d.Body) == "" && len(d.Images) == 0
}

// Start is how a list of drafts shows one.
func (d Saved) Start() string {
	words := []rune(strings.Join(strings.Fields(d.Title+" "+d.Body), " "))
	if len(words) > 160 {
		return string(words[:160]) + "…"
	}
	return string(words)
}

// Preview is the post that the draft would be.
func (d Saved) Preview(s tenants.Scope) Post {
	p := Post{AuthorID: s.Actor.ID(), Author: s.Actor.Member, Notes: d.Notes, Images: d.Images, PublishedAt: s.Now, Audience: tenants.AudienceService}
	p.Title, p.Rendered = d.Title, markdown.Render(d.Body)
	return p
}

// editing is the kind of a draft that changes a post.
const editing = "edit"

// mostDrafts keeps a member's drafts from growing without end.
const mostDrafts = 100

// Save is what a form holds now, to keep as a draft: while somebody types, when
// they wish, and whenever they add pictures or look at it as others will see it.
type Save struct {
	Kind     string           `json:"kind" validate:"required,max=40" label:"what it is"`
	About    *uuid.UUID       `json:"about,omitempty"`
	Title    string           `json:"title,omitempty" validate:"max=1000" label:"a title"`
	Body     string           `json:"body,omitempty" validate:"max=50000" label:"your words"`
	Audience tenants.Audience `json:"audience,omitempty" validate:"max=40"`
	Quotes   *uuid.UUID       `json:"quotes,omitempty"`
	Choices
	Extras
	Files []web.File `json:"files,omitempty" validate:"max=4" label:"pictures"`
	// Off is a picture to take off.
	Off *uuid.UUID `json:"off,omitempty"`
	// Then is what a browser is shown next: the drafts, or where the form stands, from.
	Then string `json:"then,omitempty" validate:"omitempty,oneof=write preview drafts"`
	From string `json:"from,omitempty" validate:"max=500"`
}

// Stored is the draft after it, and where to go.
type Stored struct {
	Draft Saved  `json:"draft"`
	Path  string `json:"path"`
}

// Save keeps a draft. Invalid if a picture is none; what cannot be posted as it is
// is kept all the same.
func (k *Kernel) Save(ctx context.Context, s tenants.Scope, in Save) (Stored, error) {
	if s.Actor.Member == nil {
		return Stored{}, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot write in it.")
	}
	if kind, known := k.kinds[in.Kind]; in.Kind != Reply && in.Kind != editing && (!known || kind.Spot == nil || !s.Service.Open(kind.Module)) {
		return Stored{}, fault.Bad("kind", "Nothing of this kind is written here.")
	}
	if len(slices.DeleteFunc(slices.Clone(in.Pictures), func(id uuid.UUID) bool { return id == uuid.Nil }))+len(in.Files) > album.Most {
		return Stored{}, fault.Bad("files", tooMany)
	}
	made, err := k.develop(ctx, s, in.Files)
	if err != nil {
		return Stored{}, err
	}
	var out Stored
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		out.Draft, err = k.keep(ctx, s, in, made)
		return err
	})
	if err != nil {
		return Stored{}, k.forget(ctx, made, err)
	}
	out.Path = onwards(s, in)
	return out, nil
}

// keep writes the draft with the pictures that came with it; an empty one goes.
func (k *Kernel) keep(ctx context.Context, s tenants.Scope, in Save, made []Picture) (Saved, error) {
	row := Saved{MemberID: s.Actor.ID(), Kind: in.Kind, AboutID: orNil(in.About), Title: in.Title, Body: in.Body, Choices: in.Choices,
		Audience: in.Audience, QuotesID: in.Quotes, SavedAt: s.Now}
	if err := unsettled(ctx, s, row.Kind, row.AboutID); err != nil {
		return row, err
	}
	for _, key := range in.Notes {
		if _, known := s.Service.Topic(key); known {
			row.Notes = row.Notes.With(Notes{key})
		}
	}
	post := uuid.Nil
	if in.Kind == editing {
		post = row.AboutID
	}
	there, err := ownPictures(ctx, s, in.Pictures, post)
	if err != nil {
		return row, err
	}
	for i, id := range in.Pictures {
		if picture, found := there[id]; found && id != orNil(in.Off) {
			one := picture.image()
			one.Alt, one.Decorative = in.alt(i)
			row.Images = append(row.Images, one)
		}
	}
	if len(made) > 0 {
		if _, err := tenants.InsertAll(s, made).Exec(ctx); err != nil {
			return row, err
		}
	}
	for _, one := range made {
		row.Images = append(row.Images, one.image())
	}
	if row.empty() {
		return row, dropOf(ctx, s, row.Kind, row.AboutID)
	}
	if row.ID, err = uuid.NewV7(); err != nil {
		return row, err
	}
	if many, err := mine(s, s.Select((*Saved)(nil))).Where("NOT (draft.kind = ? AND draft.about_id = ?)", row.Kind, row.AboutID).Count(ctx); err != nil {
		return row, err
	} else if many >= mostDrafts {
		return row, fault.New(fault.Limited, "You have 100 drafts. Throw one away that you no longer need, then this one can be kept.")
	}
	if err := row.put(ctx, s); err != nil {
		return row, err
	}
	return row, hold(ctx, s, row.ID, row.Images)
}

// dropOf forgets the actor's draft of a kind about something, if there is one.
func dropOf(ctx context.Context, s tenants.Scope, kind string, about uuid.UUID) error {
	draft, err := saved(ctx, s, kind, about)
	if err != nil || draft == nil {
		return err
	}
	if err := drop(ctx, s, draft.ID); !database.Missing(err) {
		return err
	}
	return nil // gone in the same instant
}

// onwards is where a browser goes after a draft was kept.
func onwards(s tenants.Scope, in Save) string {
	home := "/" + s.Service.Slug
	if in.Then == "drafts" || !within(home, in.From) {
		return home + "/drafts"
	}
	path, _, _ := strings.Cut(in.From, "#")
	path, query, _ := strings.Cut(path, "?")
	values, _ := url.ParseQuery(query)
	values.Del("preview")
	if in.Then == "preview" {
		values.Set("preview", "true")
	}
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	return path + "#" + anchor(in.Kind)
}

// anchor is the id of the form for something new of a kind.
func anchor(kind string) string {
	if kind == Reply {
		return "reply"
	}
	return "write"
}

// Drafts are what the actor has begun.
type Drafts struct {
	Drafts []Saved `json:"drafts"`
}

// Drafts lists the actor's drafts, the latest first.
func (k *Kernel) Drafts(ctx context.Context, s tenants.Scope, _ web.None) (Drafts, error) {
	var out Drafts
	if err := mine(s, s.Select(&out.Drafts)).Order("draft.saved_at DESC", "draft.id DESC").Scan(ctx); err != nil {
		return out, err
	}
	for i := range out.Drafts {
		spot, err := k.spot(ctx, s, out.Drafts[i])
		if err != nil {
			return Drafts{}, err
		}
		out.Drafts[i].Spot = spot
	}
	return out, nil
}

// spot says where a draft is written on; without a path where that is gone.
func (k *Kernel) spot(ctx context.Context, s tenants.Scope, draft Saved) (spot Spot, err error) {
	switch kind := k.kinds[draft.Kind]; {
	case draft.Kind == Reply || draft.Kind == editing:
		var post Post
		if post, err = k.find(ctx, s, draft.AboutID); err == nil {
			spot = Spot{post.Path, "A reply to " + post.called(s.Actor.ID())}
			if draft.Kind == editing {
				spot = Spot{post.link() + "/edit", "A change of " + post.called(s.Actor.ID())}
			}
		}
	case kind.Spot == nil || !slices.Contains(k.openRooms(s), kind.Module):
		err = fault.Missing()
	default:
		spot, err = kind.Spot(ctx, s, draft.AboutID)
	}
	if database.Missing(err) {
		return Spot{Name: "Where this was to stand is gone"}, nil
	}
	if err == nil {
		spot.Path += "#" + anchor(draft.Kind)
	}
	return spot, err
}

// Discard throws a draft of the actor's away.
func (k *Kernel) Discard(ctx context.Context, s tenants.Scope, in ByID) (web.None, error) {
	return web.None{}, drop(ctx, s, in.ID)
}

// Desk is a form for something new: what it is, what was begun, and what can be
// chosen.
type Desk struct {
	Kind   string          `json:"kind"`
	About  uuid.UUID       `json:"about"`
	Draft  *Saved          `json:"draft,omitempty"`
	Topics []tenants.Topic `json:"topics"`
	// Figures says that figures of weight, food and exercise are asked about here.
	Figures bool `json:"figures,omitempty"`
	// Settled notes were put on by the team and stay.
	Settled Notes `json:"settled,omitempty"`

	preview *Post // to be shown above the form
}

// Written asks a page with such a form to show how it will look.
type Written struct {
	Preview bool `json:"preview,omitempty"`
}

// Desk reads what the actor has begun of a kind about something.
func (k *Kernel) Desk(ctx context.Context, s tenants.Scope, kind string, about uuid.UUID, how Written) (Desk, error) {
	draft, err := saved(ctx, s, kind, about)
	desk := Desk{Kind: kind, About: about, Draft: draft, Topics: Topics(s, nil), Figures: watchesFigures(s)}
	if draft != nil && how.Preview {
		post := draft.Preview(s)
		k.Dress(s, &post)
		desk.preview = &post
	}
	return desk, err
}

// replyDesk is Desk for a reply. A reader who has begun none costs no query.
func (k *Kernel) replyDesk(ctx context.Context, s tenants.Scope, root Post, how Written) (Desk, error) {
	if !root.Drafting {
		return Desk{Kind: Reply, About: root.ID, Topics: Topics(s, nil), Figures: watchesFigures(s)}, nil
	}
	return k.Desk(ctx, s, Reply, root.ID, how)
}
