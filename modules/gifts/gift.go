package gifts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Gift is one that somebody gave to somebody.
type Gift struct {
	bun.BaseModel `bun:"table:gifts,alias:gift"`
	tenants.InService

	ID     uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	KindID uuid.UUID  `bun:"kind_id,type:uuid" json:"-"`
	FromID uuid.UUID  `bun:"from_id,type:uuid" json:"-"`
	ToID   uuid.UUID  `bun:"to_id,type:uuid" json:"-"`
	PostID *uuid.UUID `bun:"post_id,type:uuid" json:"post_id,omitempty"`
	Note   string     `bun:"note" json:"note,omitempty"`
	// NoteHeld says that the team looks at the note before the receiver reads it.
	NoteHeld bool `bun:"note_held" json:"-"`
	// Quiet says that the receiver is not told: they find it when they look.
	Quiet     bool       `bun:"quiet" json:"-"`
	GivenAt   time.Time  `bun:"given_at" json:"given_at"`
	OpenedAt  *time.Time `bun:"opened_at" json:"opened_at,omitempty"`
	PutAwayAt *time.Time `bun:"put_away_at" json:"put_away_at,omitempty"`
	// The receiver's report to the team.
	ReportedAt *time.Time `bun:"reported_at" json:"reported_at,omitempty"`
	Reason     string     `bun:"reason" json:"-"`

	From *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:from_id=id" json:"from,omitempty"`
	To   *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:to_id=id" json:"to,omitempty"`
	// Kind is what it is; nil while it is wrapped.
	Kind *Kind `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:kind_id=id" json:"kind,omitempty"`
	// For is what the post is called that it was given for, where the actor may read that.
	For string `bun:"-" json:"for,omitempty"`
	// Fresh tells that it was opened just now.
	Fresh bool `bun:"-" json:"-"`
}

// freshFor is how long after opening the page still celebrates.
const freshFor = 10 * time.Second

// seenBy is the gift as somebody sees it: wrapped until the receiver opens it,
// and the giver does not learn when that was.
func (g Gift) seenBy(reader uuid.UUID, now time.Time) Gift {
	if g.ToID != reader {
		g.OpenedAt, g.PutAwayAt, g.ReportedAt = nil, nil, nil
		return g
	}
	if g.OpenedAt == nil {
		g.Kind = nil
	}
	if g.OpenedAt == nil || g.NoteHeld {
		g.Note = ""
	}
	g.Fresh = g.OpenedAt != nil && now.Sub(*g.OpenedAt) < freshFor
	return g
}

// Chosen is whom a new gift is meant for: somebody, or whoever wrote a post.
type Chosen struct {
	To   string     `json:"to,omitempty" validate:"max=60"`
	Post *uuid.UUID `json:"post,omitempty"`
}

// Beginning is the form of a new gift.
type Beginning struct {
	Chosen
	For   string `json:"for,omitempty"` // what the post is called
	Kinds []Kind `json:"kinds"`
	Left  int    `json:"left"` // how many the actor may still give today
}

// Beginning says what the actor may give.
func (g Gifts) Beginning(ctx context.Context, s tenants.Scope, in Chosen) (Beginning, error) {
	out := Beginning{Chosen: in}
	all, err := g.Catalogue(ctx, s, struct{}{})
	if err != nil {
		return out, err
	}
	out.Kinds = all.Kinds
	if in.Post != nil {
		author, err := g.posts.Author(ctx, s, *in.Post)
		if err != nil {
			return out, err
		}
		out.To = author.Handle
		if out.For, err = g.title(ctx, s, *in.Post); err != nil {
			return out, err
		}
	} else if person, err := s.PersonByHandle(ctx, in.To); err == nil {
		out.To = person.Handle
	} else if !database.Missing(err) {
		return out, err
	}
	given, err := givenSince(ctx, s, midnight(s.Now))
	out.Left = max(0, settings(s).DailyLimit-given)
	return out, err
}

func (g Gifts) title(ctx context.Context, s tenants.Scope, post uuid.UUID) (string, error) {
	titles, err := g.posts.Titles(ctx, s, []uuid.UUID{post})
	return titles[post], err
}

// Send is a gift for somebody, or for whoever wrote a post.
type Send struct {
	To   string     `json:"to,omitempty" validate:"max=60" label:"whom it is for"`
	Post *uuid.UUID `json:"post,omitempty"`
	Kind uuid.UUID  `json:"kind" label:"a gift"`
	Note string     `json:"note,omitempty" validate:"max=500" label:"your note"`
}

// Send gives one of the service's gifts to another member. Invalid if they take
// none from the actor; Limited once the day's allowance is used.
func (g Gifts) Send(ctx context.Context, s tenants.Scope, in Send) (Gift, error) {
	to, err := g.receiver(ctx, s, in)
	if err != nil {
		return Gift{}, err
	}
	quiet, err := welcome(ctx, s, to)
	if err != nil {
		return Gift{}, err
	}
	if err := allowance(ctx, s); err != nil {
		return Gift{}, err
	}
	kind, err := offered(ctx, s, in.Kind)
	if err != nil {
		return Gift{}, err
	}
	gift := Gift{ID: uuid.Must(uuid.NewV7()), KindID: kind.ID, FromID: s.Actor.ID(), ToID: to.ID, PostID: in.Post, Note: strings.TrimSpace(in.Note), Quiet: quiet, GivenAt: s.Now}
	said := noteOf(gift)
	verdict, err := g.desk.Screen(ctx, s, said)
	if err != nil {
		return Gift{}, err
	}
	gift.NoteHeld = verdict.Hold
	if err := insert(ctx, s, &gift); err != nil {
		return Gift{}, err
	}
	if _, err := g.desk.Settle(ctx, s, said, verdict); err != nil {
		return Gift{}, err
	}
	gift.Kind, gift.To, gift.From = &kind, &to, s.Actor.Member
	if quiet {
		return gift, nil
	}
	event := tenants.Event{Module: key, Subject: gift.ID, Readers: tenants.NewIDs(to.ID)}
	if err := s.Emit(ctx, modules.Recount, event); err != nil {
		return Gift{}, err
	}
	return gift, s.Emit(ctx, Given, event)
}

// receiver finds whom a gift is for. Invalid, about the field, if nobody can be given it.
func (g Gifts) receiver(ctx context.Context, s tenants.Scope, in Send) (to tenants.Person, err error) {
	switch {
	case s.Actor.Member == nil:
		return to, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot give gifts in it.")
	case in.Post != nil:
		to, err = g.posts.Author(ctx, s, *in.Post)
	case strings.TrimSpace(in.To) == "":
		return to, fault.Bad("to", "Enter whom it is for.")
	default:
		to, err = s.PersonByHandle(ctx, strings.TrimPrefix(strings.TrimSpace(in.To), "@"))
		if database.Missing(err) {
			return to, fault.Bad("to", "There is nobody here of that name.")
		}
	}
	switch {
	case err != nil:
		return to, err
	case to.ID == s.Actor.ID():
		return to, fault.Bad("to", "A gift is for somebody else. Enter another handle.")
	case !sameSide(s, to.Roles):
		return to, fault.Bad("to", "In this service carers and service users do not give each other gifts.")
	}
	return to, nil
}

// sameSide tells whether the actor's words may reach somebody with these roles.
func sameSide(s tenants.Scope, roles tenants.Roles) bool {
	mine := s.Actor.Roles
	return mine.Staff() || roles.Staff() || s.Service.ForCarers() || mine.Has(tenants.Carer) == roles.Has(tenants.Carer)
}

// offered finds a gift that can be given now, and makes sure that it is stored.
func offered(ctx context.Context, s tenants.Scope, id uuid.UUID) (Kind, error) {
	if err := stock(ctx, s); err != nil {
		return Kind{}, err
	}
	kind, err := kindOf(ctx, s, id)
	if database.Missing(err) || err == nil && kind.RetiredAt != nil {
		return Kind{}, fault.Bad("kind", "Choose one of the gifts.")
	}
	return kind, err
}

// allowance is Limited once the actor gave as much today as one person may.
func allowance(ctx context.Context, s tenants.Scope) error {
	if err := alone(ctx, s); err != nil {
		return err
	}
	most := settings(s).DailyLimit
	given, err := givenSince(ctx, s, midnight(s.Now))
	if err == nil && given >= most {
		return fault.New(fault.Limited, fmt.Sprintf("That was all for today: everybody can give %d in a day. There is always tomorrow.", most))
	}
	return err
}

// midnight is when the day began in London.
func midnight(now time.Time) time.Time {
	y, m, d := now.In(clock.London).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, clock.London).UTC()
}

// ofGift tells the receiver.
func ofGift(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	gift, err := byID(ctx, s, e.Subject)
	if database.Missing(err) {
		return nil, nil
	}
	if err != nil || gift.OpenedAt != nil {
		return nil, err
	}
	return []modules.Notice{{Kind: "gift", To: []uuid.UUID{gift.ToID}, Subject: gift.ID, Path: "/gifts/" + gift.ID.String()}}, nil
}

func or(text, instead string) string {
	if text = strings.TrimSpace(text); text != "" {
		return text
	}
	return instead
}

// one is a gift in a list of its own.
func (g Gifts) one(ctx context.Context, s tenants.Scope, gift Gift) (Gift, error) {
	all := []Gift{gift}
	err := g.dress(ctx, s, all)
	return all[0], err
}

// dress shows gifts as the actor may see them.
func (g Gifts) dress(ctx context.Context, s tenants.Scope, gifts []Gift) error {
	var about []uuid.UUID
	for i := range gifts {
		if gifts[i] = gifts[i].seenBy(s.Actor.ID(), s.Now); gifts[i].PostID != nil {
			about = append(about, *gifts[i].PostID)
		}
	}
	titles, err := g.posts.Titles(ctx, s, slices.Compact(about))
	for i := range gifts {
		if gifts[i].PostID != nil {
			gifts[i].For = titles[*gifts[i].PostID]
		}
	}
	return err
}
