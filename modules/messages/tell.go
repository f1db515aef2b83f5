package messages

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// notice is the kind of notice that a message makes.
const notice = "message"

// ofMessage tells those who can see a message and have not muted it; of one to
// the team, whoever has the thread or else the whole team.
func ofMessage(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	var message Message
	if err := s.Select(&message).Where("message.id = ?", e.Subject).Scan(ctx); err != nil {
		return nil, missing(err)
	}
	var parts []Participant
	if err := s.Select(&parts).Relation("Conversation").Where("part.conversation_id = ?", message.ConversationID).Scan(ctx); err != nil {
		return nil, err
	}
	var to []uuid.UUID
	for _, p := range parts {
		if p.MemberID != message.AuthorID && !p.Muted && !message.UnseenBy.Has(p.MemberID) && (p.State == In || p.State == Asked) {
			to = append(to, p.MemberID)
		}
		if p.Conversation.Kind == Team && p.MemberID == message.AuthorID {
			side, err := teamSide(ctx, s, *p.Conversation)
			if err != nil {
				return nil, err
			}
			to = append(to, side...)
		}
	}
	if len(to) == 0 {
		return nil, nil
	}
	return []modules.Notice{{Kind: notice, To: to, Subject: message.ID, About: message.ConversationID, Path: "/messages/" + message.ConversationID.String()}}, nil
}

func teamSide(ctx context.Context, s tenants.Scope, c Conversation) ([]uuid.UUID, error) {
	if c.HolderID != nil {
		return []uuid.UUID{*c.HolderID}, nil
	}
	people, err := team(ctx, s)
	all := make([]uuid.UUID, len(people))
	for i, person := range people {
		all[i] = person.ID
	}
	return all, err
}

// ofHandOver tells a colleague that they have a thread now.
func ofHandOver(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	var c Conversation
	if err := s.Select(&c).Where("conversation.id = ?", e.About).Scan(ctx); err != nil {
		return nil, missing(err)
	}
	if c.HolderID == nil || *c.HolderID != e.Subject {
		return nil, nil // somebody else has it by now
	}
	return []modules.Notice{{Kind: notice, To: []uuid.UUID{e.Subject}, Subject: e.ID, About: c.ID, Path: "/messages/" + c.ID.String()}}, nil
}

// missing lets what is gone be no error.
func missing(err error) error {
	if database.Missing(err) {
		return nil
	}
	return err
}
