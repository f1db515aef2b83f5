package posts

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// ReactionKind is one of the four ways to be with somebody. There is no way to be against.
type ReactionKind struct{ Key, Name, Icon string }

// ReactionKinds are all there are, in the order shown. Each is a column of posts.
var ReactionKinds = []ReactionKind{
	{"with_you", "With you", "heart"},
	{"hug", "Hug", "hand-heart"},
	{"thank_you", "Thank you", "smile"},
	{"hope", "Hope", "sun"},
}

// Count is how many members reacted so.
func (p Post) Count(kind string) int {
	if n := p.counter(kind); n != nil {
		return *n
	}
	return 0
}

func (p *Post) counter(kind string) *int {
	return map[string]*int{"with_you": &p.WithYou, "hug": &p.Hug, "thank_you": &p.ThankYou, "hope": &p.Hope}[kind]
}

// Reaction is one member's to one post.
type Reaction struct {
	bun.BaseModel `bun:"table:reactions,alias:reaction"`
	tenants.InService

	PostID   uuid.UUID `bun:"post_id,pk,type:uuid"`
	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	Kind     string    `bun:"kind"`
}

// React is a member's wish for one post. Kind "none" takes the reaction back.
type React struct {
	ID   uuid.UUID `path:"id"`
	Kind string    `json:"kind" validate:"required,oneof=with_you hug thank_you hope none" label:"a reaction"`
	From string    `json:"from,omitempty" validate:"max=500"`
}

// Done is what came of a command, and where to go.
type Done struct {
	Post Post   `json:"post"`
	Path string `json:"path"`
}

// React sets the actor's reaction; doing so twice changes nothing.
func (k *Kernel) React(ctx context.Context, s tenants.Scope, in React) (Done, error) {
	post, err := k.find(ctx, s, in.ID)
	if err != nil {
		return Done{}, err
	}
	if in.Kind != post.MyReaction {
		if err := k.setReaction(ctx, s, post, in.Kind); err != nil {
			return Done{}, err
		}
	}
	post, err = k.find(ctx, s, in.ID)
	if err != nil {
		return Done{}, err
	}
	return Done{post, back(s, in.From, post)}, nil
}

func (k *Kernel) setReaction(ctx context.Context, s tenants.Scope, post Post, kind string) error {
	var was []Reaction
	if err := s.Lock(&was).Where("post_id = ?", post.ID).Where("member_id = ?", s.Actor.ID()).Scan(ctx); err != nil {
		return err
	}
	update := s.Update((*Post)(nil)).Where("id = ?", post.ID)
	changed := false
	if len(was) > 0 && was[0].Kind != kind {
		update.Set("? = ? - 1", bun.Ident(was[0].Kind), bun.Ident(was[0].Kind))
		changed = true
		if _, err := s.Delete((*Reaction)(nil)).Where("post_id = ?", post.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx); err != nil {
			return err
		}
	}
	if kind != "none" && (len(was) == 0 || was[0].Kind != kind) {
		row := Reaction{PostID: post.ID, MemberID: s.Actor.ID(), Kind: kind}
		result, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		// A second click in the same instant met the first one's row: it is counted already.
		if added, err := result.RowsAffected(); err != nil || added == 0 {
			return err
		}
		update.Set("? = ? + 1", bun.Ident(kind), bun.Ident(kind))
		changed = true
	}
	if !changed {
		return nil
	}
	if err := tenants.Touched(update.Exec(ctx)); err != nil || kind == "none" {
		return err
	}
	return k.emit(ctx, s, Reacted, post)
}
