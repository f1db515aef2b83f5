package messages

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Lately asks for a page of conversations.
type Lately struct {
	Before posts.Cursor `json:"before,omitempty"`
}

// Listing asks for a page of conversations beside the one that is open, if any.
type Listing struct {
	Lately
	Open uuid.UUID `json:"open,omitzero"`
}

// Line is a conversation as it stands in a list.
type Line struct {
	Conversation Conversation     `json:"conversation"`
	Title        string           `json:"title"`
	People       []tenants.Person `json:"people"`
	Last         Message          `json:"last"`
	Unread       bool             `json:"unread"`
	Muted        bool             `json:"muted"`
	// Waiting is that the others have not answered the actor's request.
	Waiting bool `json:"waiting"`
}

// Lines are a page of conversations.
type Lines struct {
	Lines []Line `json:"conversations"`
	Older string `json:"older,omitempty"`
	// Requests counts those that wait for an answer of the actor's.
	Requests int `json:"requests"`
	// MayWriteToTeam tells whether the actor may write to the whole team.
	MayWriteToTeam bool `json:"may_write_to_team"`
	// Waiting counts, for the team, what waits in its mailbox.
	Waiting int `json:"mailbox_waiting"`

	open uuid.UUID
}

// List shows the actor's conversations, the latest first.
func (m Messages) List(ctx context.Context, s tenants.Scope, in Listing) (Lines, error) {
	out, err := m.listing(ctx, s, in)
	if err != nil {
		return Lines{}, err
	}
	noteHere(s)
	s.After(func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Update((*Participant)(nil)).Set("delivered_seq = last_seq").
			Where("member_id = ?", s.Actor.ID()).Where("state = ?", In).Where("delivered_seq < last_seq").Exec(ctx)
		return err
	})
	return out, nil
}

// listing is a page of the actor's conversations, with what else waits for them.
// What is open beside it is being read.
func (m Messages) listing(ctx context.Context, s tenants.Scope, in Listing) (Lines, error) {
	out, err := m.lines(ctx, s, in.Before, In)
	if err != nil {
		return Lines{}, err
	}
	for i := range out.Lines {
		out.Lines[i].Unread = out.Lines[i].Unread && out.Lines[i].Conversation.ID != in.Open
	}
	out.open, out.MayWriteToTeam = in.Open, mayWriteToTeam(s) == nil
	if out.Requests, err = requests(ctx, s); err != nil {
		return Lines{}, err
	}
	out.Waiting, err = waiting(ctx, s)
	return out, err
}

// Requests lists those who ask to write with the actor.
func (m Messages) Requests(ctx context.Context, s tenants.Scope, in Lately) (Lines, error) {
	return m.lines(ctx, s, in.Before, Asked)
}

func (m Messages) lines(ctx context.Context, s tenants.Scope, before posts.Cursor, state State) (Lines, error) {
	var mine []Participant
	q := s.Select(&mine).Relation("Conversation").Relation("Last").Relation("Last.Author", tenants.Face).
		Where("part.member_id = ?", s.Actor.ID()).Where("part.state = ?", state).Where("part.last_seq > 0").
		Order("part.active_at DESC", "part.conversation_id DESC").Limit(pageSize + 1)
	if !before.Zero() {
		q = q.Where("(part.active_at, part.conversation_id) < (?, ?)", before.At, before.ID)
	}
	if err := q.Scan(ctx); err != nil || len(mine) == 0 {
		return Lines{}, err
	}
	var out Lines
	if len(mine) > pageSize {
		mine = mine[:pageSize]
		out.Older = posts.Cursor{At: mine[pageSize-1].ActiveAt, ID: mine[pageSize-1].ConversationID}.String()
	}
	others, err := companyOf(ctx, s, mine)
	for i, p := range mine {
		t := talk{Conversation: *p.Conversation, mine: &mine[i], others: others[p.ConversationID]}
		out.Lines = append(out.Lines, line(s, t))
	}
	return out, err
}

func line(s tenants.Scope, t talk) Line {
	p := t.mine
	out := Line{Conversation: t.Conversation, Title: t.title(), Last: *p.Last, Muted: p.Muted, Unread: p.LastSeq > p.ReadSeq}
	out.Waiting = t.Kind == Direct && len(t.in()) == 0 && out.Last.AuthorID == s.Actor.ID()
	for _, other := range t.others {
		if other.State != Left {
			out.People = append(out.People, *other.Person)
		}
	}
	return out
}

// companyOf are the others in some conversations of the actor's.
func companyOf(ctx context.Context, s tenants.Scope, mine []Participant) (map[uuid.UUID][]Participant, error) {
	in := make([]uuid.UUID, len(mine))
	for i, p := range mine {
		in[i] = p.ConversationID
	}
	var all []Participant
	err := s.Select(&all).Relation("Person").Where("part.conversation_id IN (?)", bun.List(in)).Where("part.member_id <> ?", s.Actor.ID()).
		Order("part.conversation_id", "part.member_id").Scan(ctx)
	found := map[uuid.UUID][]Participant{}
	for _, p := range all {
		found[p.ConversationID] = append(found[p.ConversationID], p)
	}
	return found, err
}

// Words are what somebody looks for.
type Words struct {
	Q string `json:"q,omitempty" validate:"max=100" label:"words to look for"`
}

// Found are messages that have the words.
type Found struct {
	Q        string `json:"q"`
	Messages []Hit  `json:"messages"`
}

// Hit is a message that was found, and in which conversation.
type Hit struct {
	Message
	Title string `json:"title"`
}

// most is how many messages a search finds.
const most = 50

// Search finds words in the actor's own conversations, the latest first.
func (m Messages) Search(ctx context.Context, s tenants.Scope, in Words) (Found, error) {
	out := Found{Q: strings.TrimSpace(in.Q)}
	if len(out.Q) < 2 {
		return out, nil
	}
	var rows []Message
	err := seen(s, &rows).
		Join("JOIN participants AS mine ON mine.tenant_id = message.tenant_id AND mine.conversation_id = message.conversation_id AND mine.member_id = ? AND mine.state = ?", s.Actor.ID(), In).
		Where("lower(message.body) LIKE ? ESCAPE '!'", database.Having(out.Q)).
		Order("message.created_at DESC", "message.id DESC").Limit(most).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return out, err
	}
	titles, err := titlesOf(ctx, s, rows)
	for _, row := range rows {
		out.Messages = append(out.Messages, Hit{row, titles[row.ConversationID]})
	}
	return out, err
}

func titlesOf(ctx context.Context, s tenants.Scope, rows []Message) (map[uuid.UUID]string, error) {
	var in []uuid.UUID
	for _, row := range rows {
		if !slices.Contains(in, row.ConversationID) {
			in = append(in, row.ConversationID)
		}
	}
	var mine []Participant
	err := s.Select(&mine).Relation("Conversation").Where("part.member_id = ?", s.Actor.ID()).Where("part.conversation_id IN (?)", bun.List(in)).Scan(ctx)
	if err != nil {
		return nil, err
	}
	others, err := companyOf(ctx, s, mine)
	titles := map[uuid.UUID]string{}
	for i, p := range mine {
		titles[p.ConversationID] = talk{Conversation: *p.Conversation, mine: &mine[i], others: others[p.ConversationID]}.title()
	}
	return titles, err
}

// unread counts what waits in the room for the actor: conversations with
// something new, requests and, for the team, its mailbox.
func unread(ctx context.Context, s tenants.Scope) (int, error) {
	news, err := s.Select((*Participant)(nil)).Where("part.member_id = ?", s.Actor.ID()).
		Where("(part.state = ? AND NOT part.muted AND part.last_seq > part.read_seq OR part.state = ? AND part.last_seq > 0)", In, Asked).Count(ctx)
	if err != nil {
		return 0, err
	}
	mail, err := waiting(ctx, s)
	return int(news) + mail, err
}

func requests(ctx context.Context, s tenants.Scope) (int, error) {
	count, err := s.Select((*Participant)(nil)).Where("part.member_id = ?", s.Actor.ID()).Where("part.state = ?", Asked).Where("part.last_seq > 0").Count(ctx)
	return int(count), err
}
