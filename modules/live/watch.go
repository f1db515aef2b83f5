package live

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// The sorts of things of live sessions on the desk.
const (
	messageSort  = "live_message"
	questionSort = "live_question"
)

func textOf(m Message) safety.Text {
	return safety.Text{Sort: messageSort, Module: key, Subject: m.ID, Author: m.AuthorID, Body: m.Body}
}

// stood is how a message stood before the team did something.
type stood struct{ Held, Removed bool }

func (l Live) messages() safety.Sort {
	act := func(to stood) func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error {
		return func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
			was, err := l.stand(ctx, s, id, to)
			if err != nil {
				return err
			}
			before, err := json.Marshal(was)
			d.Before = string(before)
			return err
		}
	}
	after := map[safety.Act]stood{safety.Approve: {}, safety.Hide: {Held: true}, safety.Remove: {Removed: true}}
	acts := map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{}
	for name, to := range after {
		acts[name] = act(to)
	}
	return safety.Sort{Key: messageSort, Name: "message in a live session", Show: forTeam, Acts: acts,
		Undo: func(ctx context.Context, s tenants.Scope, id uuid.UUID, d safety.Deed) error {
			var before stood
			if err := json.Unmarshal([]byte(d.Before), &before); err != nil {
				return err
			}
			m, err := judged(ctx, s, id)
			if err != nil {
				return err
			}
			if (stood{m.Held, m.RemovedAt != nil}) != after[d.Act] {
				return fault.New(fault.Conflict, "This changed since, so it cannot be put back as it was. Look at it again and decide anew.")
			}
			_, err = l.stand(ctx, s, id, before)
			return err
		},
		Hold: func(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
			_, err := s.Update((*Message)(nil)).Set("held = ?", true).Where("id = ?", id).Exec(ctx)
			return err
		},
	}
}

// judged reads a message that the team decides about.
func judged(ctx context.Context, s tenants.Scope, id uuid.UUID) (m Message, err error) {
	if !s.Actor.Roles.Staff() {
		return m, fault.Missing()
	}
	err = s.Select(&m).Relation("Author", tenants.Face).Where("message.id = ?", id).Scan(ctx)
	return m, err
}

// stand has a message stand so, and tells how it stood. What comes into sight is
// said anew: it comes last.
func (l Live) stand(ctx context.Context, s tenants.Scope, id uuid.UUID, to stood) (stood, error) {
	m, err := judged(ctx, s, id)
	if err != nil {
		return stood{}, err
	}
	x, err := alone(ctx, s, m.SessionID)
	if err != nil {
		return stood{}, err
	}
	was := stood{m.Held, m.RemovedAt != nil}
	if was == to {
		return was, nil
	}
	if m.Held = to.Held; !to.Removed {
		m.RemovedAt, m.RemovedBy, m.RemovedWhy = nil, uuid.Nil, ""
	} else {
		m.RemovedAt, m.RemovedBy, m.RemovedWhy = &s.Now, s.Actor.ID(), "Decided at the desk"
	}
	kind := removed
	if to == (stood{}) {
		kind, m.Seq = said, x.LastSeq+1
		if _, err := s.Update((*Session)(nil)).Set("last_seq = ?", m.Seq).Where("id = ?", x.ID).Exec(ctx); err != nil {
			return was, err
		}
	}
	if _, err := s.Update(&m).Column("held", "seq", "removed_at", "removed_by", "removed_why").Where("message.id = ?", id).Exec(ctx); err != nil {
		return was, err
	}
	return was, x.tell(ctx, s, kind, id)
}

func forTeam(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	m, err := judged(ctx, s, id)
	if err != nil {
		return safety.Subject{}, err
	}
	out := safety.Subject{Body: m.Body, HTML: m.HTML(), Path: "/live/" + m.SessionID.String(), Where: "live session", State: "others can see it", Author: m.Author, At: m.SaidAt}
	switch {
	case m.RemovedAt != nil:
		out.State = "taken out"
	case m.Held:
		out.State = "waits for the team"
	}
	return out, nil
}

// questionsOnDesk are questions beforehand: they are shown to nobody before a host takes them, so there is
// nothing to hold: the team looks, and a host decides.
func questionsOnDesk() safety.Sort {
	return safety.Sort{Key: questionSort, Name: "question to a live session",
		Show: func(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
			var q Question
			if !s.Actor.Roles.Staff() {
				return safety.Subject{}, fault.Missing()
			}
			err := s.Select(&q).Relation("Author", tenants.Face).Where("question.id = ?", id).Scan(ctx)
			return safety.Subject{Body: q.Body, HTML: markdown.HTML(q.Body), Path: "/live/" + q.SessionID.String(), Where: "question to a live session", State: string(q.State), Author: q.Author, At: q.AskedAt}, err
		},
		Acts: map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{
			safety.Approve: func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error { return nil },
			safety.Hide: func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
				var q Question
				if err := s.Select(&q).Where("question.id = ?", id).Scan(ctx); err != nil {
					return err
				}
				d.Before = string(q.State)
				return mark(ctx, s, id, SetAside)
			},
		},
		Undo: func(ctx context.Context, s tenants.Scope, id uuid.UUID, d safety.Deed) error {
			if d.Act != safety.Hide {
				return nil
			}
			return mark(ctx, s, id, QuestionState(d.Before))
		},
	}
}

func mark(ctx context.Context, s tenants.Scope, id uuid.UUID, state QuestionState) error {
	return tenants.Touched(s.Update((*Question)(nil)).Set("state = ?", state).Where("id = ?", id).Exec(ctx))
}
