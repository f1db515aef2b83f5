package messages

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// sortKey is that of messages on the desk.
const sortKey = "message"

// sort is a message as the desk has it: the team reads it, and what stands around
// it only where a member reported it.
func (m Messages) sort() safety.Sort {
	keep := func(to bool) func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error {
		return func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
			was, err := m.deliver(ctx, s, id, to)
			d.Before = fmt.Sprint(was)
			return err
		}
	}
	return safety.Sort{
		Key: sortKey, Name: "private message", Show: m.subject,
		Acts: map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{
			safety.Approve: keep(true), safety.Hide: keep(false), safety.Remove: keep(false),
		},
		Undo: func(ctx context.Context, s tenants.Scope, id uuid.UUID, d safety.Deed) error {
			message, err := m.judged(ctx, s, id)
			if err == nil && message.Held == (d.Act == safety.Approve) {
				err = fault.New(fault.Conflict, "This changed since, so it cannot be put back as it was. Look at it again and decide anew.")
			}
			if err == nil {
				_, err = m.deliver(ctx, s, id, d.Before == "true")
			}
			return err
		},
		Hold: m.withhold,
	}
}

// screen asks the desk about a message. What members say to the team, and the team
// to members, is never kept back.
func (m Messages) screen(ctx context.Context, s tenants.Scope, t talk, message Message) (safety.Text, safety.Verdict, error) {
	said := safety.Text{Sort: sortKey, Module: key, Subject: message.ID, Author: message.AuthorID, Body: message.Body, Private: true, To: ids(t.others)}
	verdict, err := m.desk.Screen(ctx, s, said)
	if t.Kind == Team || s.Actor.Roles.Staff() || t.Kind == Direct && t.staffed() {
		verdict.Hold = false
	}
	return said, verdict, err
}

// strangers finds somebody who writes to many whom they have not written with.
func strangers(ctx context.Context, s tenants.Scope, t safety.Text) ([]safety.Finding, error) {
	most, fresh := safety.SettingsOf(s).Most(s, safety.Settings.Strangers)
	if t.Sort != sortKey || most == 0 {
		return nil, nil
	}
	many, err := s.Select((*Participant)(nil)).Relation("Conversation").Where("part.asked_by = ?", t.Author).
		Where("conversation.created_at > ?", s.Now.Add(-time.Hour)).Count(ctx)
	if err != nil || int(many) <= most {
		return nil, err
	}
	return []safety.Finding{safety.Rate(fmt.Sprintf("%d new people written to in an hour", many), fresh)}, nil
}

// judged reads a message that the team decides about.
func (m Messages) judged(ctx context.Context, s tenants.Scope, id uuid.UUID) (message Message, err error) {
	err = s.Select(&message).Relation("Author", tenants.Face).Where("message.id = ?", id).Scan(ctx)
	if err != nil {
		return Message{}, err
	}
	in, err := s.Select((*Participant)(nil)).Where("part.conversation_id = ?", message.ConversationID).Where("part.member_id = ?", s.Actor.ID()).Exists(ctx)
	if err == nil && (in || !s.May("messages.review")) {
		err = fault.Missing()
	}
	return message, err
}

func (m Messages) subject(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	message, err := m.judged(ctx, s, id)
	if err != nil {
		return safety.Subject{}, err
	}
	said := []Message{message}
	if err := addPictures(ctx, s, said); err != nil {
		return safety.Subject{}, err
	}
	out := shownToTeam(said[0])
	out.Where, out.State, out.Private = "private message", "delivered", true
	if message.Held {
		out.State = "waits for the team"
	}
	var reports []Report
	if err := s.Select(&reports).Where("report.message_id = ?", id).Scan(ctx); err != nil {
		return safety.Subject{}, err
	}
	var around []uuid.UUID
	for _, report := range reports {
		around = append(around, report.Context...)
	}
	if len(around) == 0 {
		return out, nil
	}
	var rows []Message
	err = s.Select(&rows).Relation("Author", tenants.Face).Where("message.id IN (?)", bun.List(around)).Where("message.id <> ?", id).Order("message.seq").Scan(ctx)
	for _, row := range rows {
		out.Context = append(out.Context, shownToTeam(row))
	}
	return out, err
}

func shownToTeam(m Message) safety.Subject {
	out := safety.Subject{HTML: m.HTML(), Body: m.Body, Author: m.Author, At: m.CreatedAt}
	for _, p := range m.Pictures {
		out.Images = append(out.Images, safety.Picture{Src: "/messages/pictures/" + p.ID.String(), Alt: p.Alt})
	}
	return out
}

// deliver gives a message to those it is for, or keeps it from them; was tells
// whether they had it before.
func (m Messages) deliver(ctx context.Context, s tenants.Scope, id uuid.UUID, to bool) (was bool, err error) {
	message, err := m.judged(ctx, s, id)
	switch {
	case err != nil:
		return false, err
	case to && message.Held:
		return false, m.release(ctx, s, message)
	case !to && !message.Held:
		err = m.withhold(ctx, s, id)
	}
	return !message.Held, err
}

// release delivers a message that waited: it comes last, as it is new to all others.
func (m Messages) release(ctx context.Context, s tenants.Scope, message Message) error {
	var author tenants.Person
	if err := s.Select(&author).Where("person.id = ?", message.AuthorID).Scan(ctx); err != nil {
		return err
	}
	s = s.As(author)
	t, err := find(ctx, s, message.ConversationID, true)
	if err != nil {
		return err
	}
	readers, unseen := t.reach(s)
	message.Seq, message.UnseenBy, message.Held = t.LastSeq+1, tenants.NewIDs(unseen...), false
	if _, err := s.Update(&message).Column("seq", "unseen_by", "held").Where("message.id = ?", message.ID).Exec(ctx); err != nil {
		return err
	}
	if err := t.reached(ctx, s, message, readers); err != nil {
		return err
	}
	return tell(ctx, s, t, message, readers)
}

// withhold keeps a message from all but its author until the team has looked.
func (m Messages) withhold(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	var message Message
	if err := s.Select(&message).Where("message.id = ?", id).Scan(ctx); err != nil {
		return err
	}
	if err := s.Lock(new(Conversation)).Column("id").Where("conversation.id = ?", message.ConversationID).Scan(ctx, new(uuid.UUID)); err != nil {
		return err
	}
	var parts []Participant
	if err := s.Select(&parts).Where("part.conversation_id = ?", message.ConversationID).Where("part.member_id <> ?", message.AuthorID).Scan(ctx); err != nil {
		return err
	}
	message.Held, message.UnseenBy = true, tenants.NewIDs(ids(parts)...)
	if _, err := s.Update(&message).Column("unseen_by", "held").Where("message.id = ?", id).Exec(ctx); err != nil {
		return err
	}
	for _, part := range parts {
		if part.LastSeq != message.Seq {
			continue
		}
		_, err := s.Update((*Participant)(nil)).
			Set("last_seq = COALESCE((SELECT max(m.seq) FROM messages AS m WHERE m.tenant_id = part.tenant_id AND m.conversation_id = part.conversation_id AND m.unseen_by NOT LIKE ?), 0)", "%"+part.MemberID.String()+"%").
			Where("conversation_id = ?", message.ConversationID).Where("member_id = ?", part.MemberID).Exec(ctx)
		if err != nil {
			return err
		}
	}
	e := tenants.Event{Subject: message.ConversationID, Readers: tenants.NewIDs(ids(parts)...)}
	return s.Emit(ctx, Changed, e)
}

// detail is what a member said of a message that they reported.
func detail(reason string) string { return "“" + strings.TrimSpace(reason) + "”" }
