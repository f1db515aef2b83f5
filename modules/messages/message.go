package messages

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/tenants"
)

// Message is what somebody said in a conversation.
type Message struct {
	bun.BaseModel `bun:"table:messages,alias:message"`
	tenants.InService

	ID             uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	ConversationID uuid.UUID `bun:"conversation_id,type:uuid" json:"conversation_id"`
	// Seq is its place in the conversation; somebody's own view may have gaps.
	Seq      int64     `bun:"seq" json:"seq"`
	AuthorID uuid.UUID `bun:"author_id,type:uuid" json:"-"`
	ClientID uuid.UUID `bun:"client_id,type:uuid" json:"-"`
	Body     string    `bun:"body" json:"body"`
	markdown.Rendered
	UnseenBy tenants.IDs `bun:"unseen_by" json:"-"`
	// Held says that the team looks first; UnseenBy has all others meanwhile.
	Held          bool      `bun:"held" json:"held,omitempty"`
	AnsweredAfter *int      `bun:"answered_after" json:"-"`
	CreatedAt     time.Time `bun:"created_at" json:"created_at"`

	Author   *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:author_id=id" json:"author,omitempty"`
	Pictures []Picture       `bun:"-" json:"pictures,omitempty"`
}

// HTML is the body, rendered and safe.
func (m Message) HTML() string { return m.HTMLOf(m.Body) }

// Write sets the words of a message and what follows from them.
func (m *Message) Write(body string) {
	m.Body, m.Rendered = body, markdown.Render(body)
}

// pageSize is how many messages or conversations a page has.
const pageSize = 30

// seen reads messages that the actor can see, in a conversation that they are in.
func seen(s tenants.Scope, rows *[]Message) *bun.SelectQuery {
	return s.Select(rows).Relation("Author", tenants.Face).Where("message.unseen_by NOT LIKE ?", "%"+s.Actor.ID().String()+"%")
}

// latest reads the newest messages before some place, the oldest of them first;
// more tells whether there are earlier ones.
func latest(ctx context.Context, s tenants.Scope, conversation uuid.UUID, before int64) (rows []Message, more bool, err error) {
	q := seen(s, &rows).Where("message.conversation_id = ?", conversation).Order("message.seq DESC").Limit(pageSize + 1)
	if before > 0 {
		q = q.Where("message.seq < ?", before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, false, err
	}
	if more = len(rows) > pageSize; more {
		rows = rows[:pageSize]
	}
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows, more, addPictures(ctx, s, rows)
}

// after reads what came after some place, the oldest first.
func after(ctx context.Context, s tenants.Scope, conversation uuid.UUID, seq int64) (rows []Message, err error) {
	err = seen(s, &rows).Where("message.conversation_id = ?", conversation).Where("message.seq > ?", seq).
		Order("message.seq").Limit(100).Scan(ctx)
	if err != nil {
		return nil, err
	}
	return rows, addPictures(ctx, s, rows)
}

// sentBefore finds what the actor sent with this id; nil if nothing.
func sentBefore(ctx context.Context, s tenants.Scope, id uuid.UUID) (*Message, error) {
	var rows []Message
	err := s.Select(&rows).Relation("Author", tenants.Face).Where("message.author_id = ?", s.Actor.ID()).Where("message.client_id = ?", id).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
