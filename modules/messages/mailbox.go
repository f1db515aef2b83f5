package messages

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// mayWriteToTeam tells why the actor may not write to the whole team; nil if they may.
func mayWriteToTeam(s tenants.Scope) error {
	switch {
	case !settings(s).TeamMailbox:
		return fault.New(fault.Forbidden, "In this service you write to one of the team. You find them by their badge.")
	case s.Actor.Roles.Staff(), !s.May("messages.write"):
		return fault.New(fault.Forbidden, "Members write to the team here. You are on the team.")
	}
	return nil
}

func teamPair(s tenants.Scope) string { return "team " + s.Actor.ID().String() }

// TeamForm is the form of a first message to the team.
type TeamForm struct {
	Reach Reach  `json:"reach"`
	Path  string `json:"path,omitempty"`
}

// Elsewhere sends a browser to the conversation that there is already.
func (f TeamForm) Elsewhere() string { return f.Path }

// ToTeam is where the actor can write to the whole team, below the service; empty if
// they cannot.
func ToTeam(s tenants.Scope) string {
	if !s.Service.Open(key) || mayWriteToTeam(s) != nil {
		return ""
	}
	return "/messages/to-team"
}

// ToTeam says when the team answers.
func (m Messages) ToTeam(ctx context.Context, s tenants.Scope, _ web.None) (TeamForm, error) {
	if err := mayWriteToTeam(s); err != nil {
		return TeamForm{}, err
	}
	var c Conversation
	err := s.Select(&c).Column("id").Where("conversation.pair = ?", teamPair(s)).Scan(ctx)
	if err == nil {
		return TeamForm{Path: "/" + s.Service.Slug + "/messages/" + c.ID.String() + "#latest"}, nil
	} else if !database.Missing(err) {
		return TeamForm{}, err
	}
	reach, err := reachOf(ctx, s)
	return TeamForm{Reach: reach}, err
}

// WriteToTeam sends a message to the team. A member has one conversation with it.
func (m Messages) WriteToTeam(ctx context.Context, s tenants.Scope, in Draft) (Delivery, error) {
	if err := mayWriteToTeam(s); err != nil {
		return Delivery{}, err
	}
	id, err := in.key()
	if err != nil {
		return Delivery{}, err
	}
	pair := teamPair(s)
	t, _, err := m.make(ctx, s, Conversation{Kind: Team, Pair: &pair}, nil, nil)
	if err != nil {
		return Delivery{}, err
	}
	if before, err := again(ctx, s, id, in.Body); err != nil || before != nil {
		if err != nil {
			return Delivery{}, err
		}
		return delivery(s, *before), nil
	}
	return m.put(ctx, s, t, id, in.Body, nil)
}

// Post is a thread of the mailbox as it stands in the list.
type Post struct {
	Conversation Conversation    `json:"conversation"`
	Member       tenants.Person  `json:"member"`
	Last         Message         `json:"last"`
	Holder       *tenants.Person `json:"holder,omitempty"`
	WaitingSince *time.Time      `json:"waiting_since,omitempty"`
}

// Mailbox is the team's, the same for all of them.
type Mailbox struct {
	// Waiting are those who wait for a word, the longest first.
	Waiting []Post `json:"waiting"`
	// Answered are the others, the latest first.
	Answered []Post `json:"answered"`
	Older    string `json:"older,omitempty"`

	open uuid.UUID
}

// Mailbox shows the team's mailbox.
func (m Messages) Mailbox(ctx context.Context, s tenants.Scope, in Listing) (Mailbox, error) {
	out := Mailbox{open: in.Open}
	var err error
	if in.Before.Zero() {
		out.Waiting, err = mail(ctx, s, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("conversation.waiting_since IS NOT NULL").Order("conversation.waiting_since", "conversation.id").Limit(200)
		})
		if err != nil {
			return Mailbox{}, err
		}
	}
	out.Answered, err = mail(ctx, s, func(q *bun.SelectQuery) *bun.SelectQuery {
		if !in.Before.Zero() {
			q = q.Where("(conversation.active_at, conversation.id) < (?, ?)", in.Before.At, in.Before.ID)
		}
		return q.Where("conversation.waiting_since IS NULL").Order("conversation.active_at DESC", "conversation.id DESC").Limit(pageSize + 1)
	})
	if len(out.Answered) > pageSize {
		out.Answered = out.Answered[:pageSize]
		last := out.Answered[pageSize-1].Conversation
		out.Older = posts.Cursor{At: last.ActiveAt, ID: last.ID}.String()
	}
	return out, err
}

func mail(ctx context.Context, s tenants.Scope, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Post, error) {
	var rows []Conversation
	if err := narrow(s.Select(&rows).Relation("Holder", tenants.Face).Where("conversation.kind = ?", Team)).Scan(ctx); err != nil || len(rows) == 0 {
		return nil, err
	}
	in := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		in[i] = row.ID
	}
	var members []Participant
	err := s.Select(&members).Relation("Person", tenants.Face).Relation("Last").Relation("Last.Author", tenants.Face).Where("part.conversation_id IN (?)", bun.List(in)).Scan(ctx)
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID]Participant{}
	for _, p := range members {
		found[p.ConversationID] = p
	}
	list := make([]Post, len(rows))
	for i, row := range rows {
		p := found[row.ID]
		list[i] = Post{row, *p.Person, *p.Last, row.Holder, row.WaitingSince}
	}
	return list, nil
}

// waiting counts what waits in the mailbox for the actor: what they have, and
// what nobody has.
func waiting(ctx context.Context, s tenants.Scope) (int, error) {
	if s.Actor.Member == nil || !s.May("messages.team") {
		return 0, nil
	}
	count, err := s.Select((*Conversation)(nil)).Where("conversation.kind = ?", Team).Where("conversation.waiting_since IS NOT NULL").
		Where("(conversation.holder_id IS NULL OR conversation.holder_id = ?)", s.Actor.ID()).Count(ctx)
	return int(count), err
}

// Act is what somebody of the team does about a thread of the mailbox.
type Act string

// The acts.
const (
	Take     Act = "take"
	Hand     Act = "hand"
	GiveBack Act = "give_back"
	Done     Act = "done" // what the member wrote last needs no answer, such as their thanks
)

// Move is such an act, kept for the team to see.
type Move struct {
	bun.BaseModel `bun:"table:mailbox_moves,alias:move"`
	tenants.InService

	ID             uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	ConversationID uuid.UUID  `bun:"conversation_id,type:uuid" json:"-"`
	Act            Act        `bun:"act" json:"act"`
	ByID           uuid.UUID  `bun:"by_id,type:uuid" json:"-"`
	ToID           *uuid.UUID `bun:"to_id,type:uuid" json:"-"`
	Note           string     `bun:"note" json:"note,omitempty"`
	MovedAt        time.Time  `bun:"moved_at" json:"moved_at"`

	By *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:by_id=id" json:"by,omitempty"`
	To *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:to_id=id" json:"to,omitempty"`
}

// Mail is what the team knows of a thread besides its words.
type Mail struct {
	Holder *tenants.Person `json:"holder,omitempty"`
	Moves  []Move          `json:"moves"`
	// Team are those whom it can be handed to.
	Team []tenants.Person `json:"team"`
}

func mailOf(ctx context.Context, s tenants.Scope, t talk) (*Mail, error) {
	out := &Mail{}
	err := s.Select(&out.Moves).Relation("By", tenants.Face).Relation("To", tenants.Face).Where("move.conversation_id = ?", t.ID).Order("move.moved_at DESC", "move.id DESC").Limit(20).Scan(ctx)
	if err != nil {
		return nil, err
	}
	team, err := team(ctx, s)
	for i, person := range team {
		if t.HolderID != nil && person.ID == *t.HolderID {
			out.Holder = &team[i]
		}
		if person.ID != s.Actor.ID() {
			out.Team = append(out.Team, person)
		}
	}
	return out, err
}

// team are those of the service's staff who answer the mailbox.
func team(ctx context.Context, s tenants.Scope) ([]tenants.Person, error) {
	people, err := s.WhoMay(ctx, "messages.team")
	return slices.DeleteFunc(people, func(p tenants.Person) bool { return !p.Roles.Staff() }), err
}

// Hold is an act, and who had the thread when it was decided on.
type Hold struct {
	ID     uuid.UUID  `path:"id"`
	Act    Act        `json:"act" validate:"required,oneof=take hand give_back done" label:"what to do"`
	To     string     `json:"to,omitempty" validate:"max=60" label:"a colleague"`
	Note   string     `json:"note,omitempty" validate:"max=1000" label:"a note"`
	Holder *uuid.UUID `json:"holder,omitempty"`
}

// Hold takes a thread of the mailbox, hands it over with a note, gives it back or
// says that it needs no answer.
// Conflict if somebody else has it by now.
func (m Messages) Hold(ctx context.Context, s tenants.Scope, in Hold) (Where, error) {
	t, err := find(ctx, s, in.ID, true)
	if err == nil && !t.ofTeam() {
		err = fault.Missing()
	}
	if err != nil {
		return Where{}, err
	}
	if (in.Holder == nil) != (t.HolderID == nil) || in.Holder != nil && *in.Holder != *t.HolderID {
		return Where{}, fault.Stale()
	}
	move := Move{Act: in.Act, Note: strings.TrimSpace(in.Note)}
	switch in.Act {
	case Take:
		me := s.Actor.ID()
		move.ToID = &me
	case Hand:
		to, err := m.colleague(ctx, s, in)
		if err != nil {
			return Where{}, err
		}
		move.ToID = &to.ID
	case Done:
		move.ToID, t.WaitingSince = t.HolderID, nil
	}
	return at(s, t), t.move(ctx, s, move)
}

// colleague is whom a thread is handed to. Invalid unless they can answer it.
func (m Messages) colleague(ctx context.Context, s tenants.Scope, in Hold) (tenants.Person, error) {
	person, err := s.PersonByHandle(ctx, in.To)
	switch {
	case database.Missing(err), err == nil && !s.As(person).May("messages.team"):
		return person, fault.Bad("to", "Choose one of the team.")
	case err == nil && strings.TrimSpace(in.Note) == "":
		return person, fault.Bad("note", "Enter a note, so that "+person.Handle+" knows what to do.")
	}
	return person, err
}

// move says who has the thread from now on, nobody if to is nil, and keeps that it was so.
func (t talk) move(ctx context.Context, s tenants.Scope, move Move) error {
	var err error
	if move.ID, err = uuid.NewV7(); err != nil {
		return err
	}
	move.ConversationID, move.ByID, move.MovedAt = t.ID, s.Actor.ID(), s.Now
	if err := tenants.Touched(s.Update((*Conversation)(nil)).Set("holder_id = ?", move.ToID).Set("waiting_since = ?", t.WaitingSince).Where("id = ?", t.ID).Exec(ctx)); err != nil {
		return err
	}
	if _, err := s.Insert(&move).Exec(ctx); err != nil {
		return err
	}
	if move.Act == Hand {
		if err := s.Emit(ctx, Handed, tenants.Event{Module: key, Subject: *move.ToID, About: t.ID, Audience: tenants.AudienceStaff}); err != nil {
			return err
		}
	}
	if err := changed(ctx, s, t); err != nil {
		return err
	}
	return recount(ctx, s, t, nil)
}
