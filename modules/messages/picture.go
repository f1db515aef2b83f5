package messages

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/album"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Picture is a picture of a message.
type Picture struct {
	bun.BaseModel `bun:"table:message_pictures,alias:picture"`
	tenants.InService

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MessageID uuid.UUID `bun:"message_id,type:uuid" json:"-"`
	Position  int       `bun:"position" json:"-"`
	album.Print
	Alt string `bun:"alt" json:"alt"`
}

// SendPictures is a message with pictures, for a conversation that both are in.
type SendPictures struct {
	Conversation uuid.UUID  `path:"id"`
	ID           *uuid.UUID `json:"id,omitempty"`
	Body         string     `json:"body,omitempty" validate:"max=10000" label:"your message"`
	Alt          string     `json:"alt,omitempty" validate:"max=500" label:"what is in the pictures"`
	Pictures     []web.File `json:"pictures" validate:"required,max=4" label:"pictures"`
}

// SendPictures sends up to four pictures. It looks at them between two units of
// work, because that takes its time.
func (m Messages) SendPictures(ctx context.Context, s tenants.Scope, in SendPictures) (Delivery, error) {
	draft := Draft{in.ID, in.Body}
	id, err := draft.key()
	if err != nil {
		return Delivery{}, err
	}
	before, err := m.mayAttach(ctx, s, in, id)
	if err != nil || before != nil {
		if err != nil {
			return Delivery{}, err
		}
		return delivery(s, *before), nil
	}
	kept, err := m.keep(ctx, s, in)
	if err == nil {
		var out Delivery
		err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
			t, err := find(ctx, s, in.Conversation, true)
			if err == nil {
				err = t.shut(s)
			}
			if err == nil {
				out, err = m.put(ctx, s, t, id, in.Body, kept)
			}
			return err
		})
		if err == nil {
			return out, nil
		}
	}
	for _, one := range kept {
		err = errors.Join(err, m.album.Forget(ctx, one.Print))
	}
	return Delivery{}, err
}

// mayAttach refuses before any work is done, and finds what was sent with this id before.
func (m Messages) mayAttach(ctx context.Context, s tenants.Scope, in SendPictures, id uuid.UUID) (before *Message, err error) {
	err = s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		t, err := find(ctx, s, in.Conversation, false)
		if err != nil {
			return err
		}
		if before, err = again(ctx, s, id, in.Body); err != nil || before != nil {
			return err
		}
		return t.shut(s)
	})
	return before, err
}

// keep makes safe pictures of what was sent and stores them. What was stored
// comes back with an error too, to be removed.
func (m Messages) keep(ctx context.Context, s tenants.Scope, in SendPictures) (kept []Picture, err error) {
	for i, file := range in.Pictures {
		row := Picture{Position: i, Alt: strings.TrimSpace(in.Alt)}
		if row.ID, err = uuid.NewV7(); err != nil {
			return kept, err
		}
		name := fmt.Sprintf("messages/%s/%s", s.Trust().ID, row.ID)
		if err := m.uploads.Note(ctx, s, name); err != nil {
			return kept, err
		}
		prints, err := m.album.Keep(ctx, name, "pictures", file)
		if err != nil {
			return kept, err
		}
		row.Print = prints[0]
		kept = append(kept, row)
	}
	return kept, nil
}

// attach writes the rows of a message's pictures.
func (m *Message) attach(ctx context.Context, s tenants.Scope, pictures []Picture) error {
	if len(pictures) == 0 {
		return nil
	}
	for i := range pictures {
		pictures[i].MessageID = m.ID
	}
	m.Pictures = pictures
	_, err := tenants.InsertAll(s, pictures).Exec(ctx)
	return err
}

// addPictures reads the pictures of some messages.
func addPictures(ctx context.Context, s tenants.Scope, rows []Message) error {
	if len(rows) == 0 {
		return nil
	}
	at := map[uuid.UUID]*Message{}
	of := make([]uuid.UUID, len(rows))
	for i := range rows {
		of[i], at[rows[i].ID] = rows[i].ID, &rows[i]
	}
	var found []Picture
	err := s.Select(&found).Where("picture.message_id IN (?)", bun.List(of)).Order("picture.message_id", "picture.position").Scan(ctx)
	for _, one := range found {
		at[one.MessageID].Pictures = append(at[one.MessageID].Pictures, one)
	}
	return err
}

// Picture reads a picture: for those who can see its message, and for whoever of
// the team took it, or a reported one near it, on the desk.
func (m Messages) Picture(ctx context.Context, s tenants.Scope, in ByID) (web.Content, error) {
	var row Picture
	if err := s.Select(&row).Where("picture.id = ?", in.ID).Scan(ctx); err != nil {
		return web.Content{}, err
	}
	var message Message
	if err := s.Select(&message).Where("message.id = ?", row.MessageID).Scan(ctx); err != nil {
		return web.Content{}, err
	}
	_, err := find(ctx, s, message.ConversationID, false)
	if fault.Is(err, fault.NotFound) {
		err = m.reviewing(ctx, s, message)
	} else if err == nil && message.UnseenBy.Has(s.Actor.ID()) {
		err = fault.Missing()
	}
	return m.album.Show(row.Print), err
}

// reviewing is NotFound unless the actor took the message on the desk, or one that
// was reported with it.
func (m Messages) reviewing(ctx context.Context, s tenants.Scope, message Message) error {
	if _, err := m.judged(ctx, s, message.ID); err != nil {
		return err
	}
	var reports []Report
	err := s.Select(&reports).Where("report.conversation_id = ?", message.ConversationID).Where("report.context LIKE ?", "%"+message.ID.String()+"%").Scan(ctx)
	if err != nil {
		return err
	}
	subjects := []uuid.UUID{message.ID}
	for _, report := range reports {
		subjects = append(subjects, report.MessageID)
	}
	had, err := safety.Had(ctx, s, subjects...)
	if err == nil && !had {
		err = fault.Missing()
	}
	return err
}
