package messages

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Where is where a browser goes after a small command.
type Where struct {
	Path string `json:"path"`
}

func at(s tenants.Scope, t talk) Where {
	return Where{"/" + s.Service.Slug + "/messages/" + t.ID.String()}
}

// Answer is what the actor says to a request.
type Answer struct {
	ID     uuid.UUID `path:"id"`
	Accept bool      `json:"accept"`
}

// Answer accepts or declines a request. Whoever asked is not told of a no.
func (m Messages) Answer(ctx context.Context, s tenants.Scope, in Answer) (Where, error) {
	t, err := find(ctx, s, in.ID, true)
	if err != nil {
		return Where{}, err
	}
	if t.mine == nil || t.mine.State != Asked {
		return at(s, t), nil // answered before
	}
	state := map[bool]State{true: In, false: Declined}[in.Accept]
	if err := t.stand(ctx, s, state); err != nil {
		return Where{}, err
	}
	if err := recount(ctx, s, t, []uuid.UUID{s.Actor.ID()}); err != nil {
		return Where{}, err
	}
	if state == Declined {
		return Where{"/" + s.Service.Slug + "/messages"}, nil
	}
	return at(s, t), changed(ctx, s, t)
}

// changed shows the others that something about the conversation is different.
func changed(ctx context.Context, s tenants.Scope, t talk) error {
	e := tenants.Event{Module: key, Subject: t.ID, About: t.ID, Readers: tenants.NewIDs(t.reachable()...)}
	if t.Kind == Team {
		e.Audience, e.Readers = tenants.AudienceStaff, nil
	}
	if len(e.Readers) == 0 && e.Audience == "" {
		return nil
	}
	return s.Emit(ctx, Changed, e)
}

// Mute is whether the actor wants notices of a conversation.
type Mute struct {
	ID    uuid.UUID `path:"id"`
	Muted bool      `json:"muted"`
}

// Mute stops notices of a conversation, or has them come again.
func (m Messages) Mute(ctx context.Context, s tenants.Scope, in Mute) (Where, error) {
	t, err := find(ctx, s, in.ID, true)
	if err == nil && t.mine == nil {
		err = fault.Missing() // the mailbox is the team's work
	}
	if err != nil {
		return Where{}, err
	}
	err = tenants.Touched(s.Update((*Participant)(nil)).Set("muted = ?", in.Muted).
		Where("conversation_id = ?", t.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx))
	if err != nil {
		return Where{}, err
	}
	return at(s, t), recount(ctx, s, t, []uuid.UUID{s.Actor.ID()})
}

// Leave takes the actor out of a group for good.
func (m Messages) Leave(ctx context.Context, s tenants.Scope, in ByID) (Where, error) {
	t, err := find(ctx, s, in.ID, true)
	if err != nil {
		return Where{}, err
	}
	if t.Kind != Group {
		return Where{}, fault.New(fault.Forbidden, "You can leave a group. A conversation between two can be muted, or you can block the other person.")
	}
	if err := t.stand(ctx, s, Left); err != nil {
		return Where{}, err
	}
	if err := recount(ctx, s, t, []uuid.UUID{s.Actor.ID()}); err != nil {
		return Where{}, err
	}
	return Where{"/" + s.Service.Slug + "/messages"}, changed(ctx, s, t)
}
