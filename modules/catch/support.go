package catch

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Turned asks whom to turn to: at any time, or after something that the actor wrote.
type Turned struct {
	ID    uuid.UUID `path:"id"` // an item of the desk; zero for none
	Said  string    `json:"said,omitempty" validate:"omitempty,oneof=safe someone"`
	Asked bool      `json:"asked,omitempty"`
}

// Support is whom to turn to, and how to reach a human of the team.
type Support struct {
	ID       uuid.UUID         `json:"id,omitzero"`
	Contacts []tenants.Contact `json:"contacts"`
	Here     bool              `json:"team_here"`
	Hours    string            `json:"team_hours,omitempty"`
	Held     bool              `json:"held"`
	Said     string            `json:"said,omitempty"`
	Asked    bool              `json:"asked"`
	// Path is where what they wrote stands; empty for nowhere of its own.
	Path string `json:"path,omitempty"`
}

// Turn says whom to turn to now. NotFound for what is about somebody else.
func (c Catch) Turn(ctx context.Context, s tenants.Scope, in Turned) (Support, error) {
	here, hours := s.Service.Staffing(s.Now)
	out := Support{ID: in.ID, Contacts: tenants.Contacts(s.Service), Here: here, Hours: hours, Said: in.Said, Asked: in.Asked}
	if s.Actor.Member == nil {
		return Support{}, fault.New(fault.Forbidden, "You are not a member of this service.")
	}
	if in.ID == uuid.Nil {
		return out, nil
	}
	item, err := own(ctx, s, in.ID)
	out.Held = item.Held && item.DecidedAt == nil
	if item.Sort == posts.Sort {
		out.Path = "/posts/" + item.SubjectID.String()
	}
	return out, err
}

// own reads an item of the desk that is of something of the actor's.
func own(ctx context.Context, s tenants.Scope, id uuid.UUID) (item safety.Item, err error) {
	err = s.Select(&item).Where("item.id = ?", id).Where("item.author_id = ?", s.Actor.ID()).Scan(ctx)
	return item, err
}

// Say is the answer to "Are you safe right now?".
type Say struct {
	ID     uuid.UUID `path:"id"`
	Answer string    `json:"answer" validate:"required,oneof=safe someone" label:"an answer"`
}

// Where is where a browser goes.
type Where struct {
	Path string `json:"path"`
}

var answers = map[string]string{"safe": "says: I am safe for now", "someone": "says: I need someone"}

// Say keeps the answer with the item and its case. Who needs somebody is red from
// then on. The same answer twice changes nothing.
func (c Catch) Say(ctx context.Context, s tenants.Scope, in Say) (Where, error) {
	item, err := own(ctx, s, in.ID)
	if err != nil {
		return Where{}, err
	}
	out := Where{"/" + s.Service.Slug + "/support/" + in.ID.String() + "?said=" + in.Answer}
	said, err := s.Select((*safety.Mark)(nil)).Where("mark.item_id = ?", item.ID).Where("mark.by_id = ?", s.Actor.ID()).Where("mark.detail = ?", answers[in.Answer]).Exists(ctx)
	if err != nil || said && item.DecidedAt == nil {
		return out, err
	}
	finding := safety.Finding{Source: safety.ByRequest, Detail: answers[in.Answer], Level: safety.Green, By: s.Actor.ID()}
	note := "safe"
	if in.Answer == "someone" {
		finding.Level, note = safety.Red, "asked"
	} else if item.DecidedAt != nil {
		return out, nil // the team has looked, and this is no reason to look again
	}
	now, err := c.desk.Raise(ctx, s, safety.About{Sort: item.Sort, Subject: item.SubjectID, Author: s.Actor.ID()}, finding)
	if err != nil || now.CaseID == nil {
		return out, err
	}
	return out, safety.Case{ID: *now.CaseID}.Note(ctx, s, note, answers[in.Answer], now.ID)
}

// Request is what somebody said when they asked for a human of the team.
type Request struct {
	bun.BaseModel `bun:"table:help_requests,alias:request"`
	tenants.InService

	ID       uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MemberID uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	Words    string    `bun:"words" json:"words,omitempty"`
	AskedAt  time.Time `bun:"asked_at" json:"asked_at"`
}

// Ask is a wish for a human of the team. Words may be left out.
type Ask struct {
	Words string `json:"words,omitempty" validate:"max=1000" label:"what you want to say"`
}

// Ask asks for a human of the team: a red item, and a case. It is there at any hour.
func (c Catch) Ask(ctx context.Context, s tenants.Scope, in Ask) (Support, error) {
	if err := c.help(ctx, s, in.Words); err != nil {
		return Support{}, err
	}
	return c.Turn(ctx, s, Turned{Asked: true})
}

// help asks for a human of the team as the actor.
func (c Catch) help(ctx context.Context, s tenants.Scope, words string) error {
	if s.Actor.Member == nil {
		return fault.New(fault.Forbidden, "You are not a member of this service.")
	}
	row := Request{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), Words: strings.TrimSpace(words), AskedAt: s.Now}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return err
	}
	item, err := c.desk.Raise(ctx, s, safety.About{Sort: helpSort, Subject: s.Actor.ID(), Author: s.Actor.ID()},
		safety.Finding{Source: safety.ByRequest, Level: safety.Red, By: s.Actor.ID()})
	if err != nil {
		return err
	}
	return safety.Case{ID: *item.CaseID}.Note(ctx, s, "asked", row.Words, item.ID)
}

// helpSort is somebody who asked for a human; the subject is the member.
const helpSort = "help"

func (c Catch) sort() safety.Sort {
	return safety.Sort{
		Key: helpSort, Name: "somebody who asks for help", Show: shown,
		Acts: map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{
			safety.Approve: func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error { return nil }, // somebody was with them
		},
		Undo: func(context.Context, tenants.Scope, uuid.UUID, safety.Deed) error { return nil },
	}
}

// mostRequests is how many of a member's requests the team is shown, the latest of them.
const mostRequests = 5

func shown(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	if !s.Actor.Roles.Staff() {
		return safety.Subject{}, fault.Missing()
	}
	var rows []Request
	if err := s.Select(&rows).Where("request.member_id = ?", id).Order("request.asked_at DESC").Limit(mostRequests).Scan(ctx); err != nil {
		return safety.Subject{}, err
	}
	if len(rows) == 0 {
		return safety.Subject{}, fault.Missing()
	}
	var person tenants.Person
	if err := tenants.Face(s.Select(&person)).Where("person.id = ?", id).Scan(ctx); err != nil {
		return safety.Subject{}, err
	}
	out := safety.Subject{Title: "Asks for a human of the team", Where: "help", State: "waits for the team", Author: &person, At: rows[0].AskedAt, Path: "/people/" + person.HandleKey}
	for i, row := range rows {
		one := subjectOf(row, &person)
		if i == 0 {
			out.Body, out.HTML = one.Body, one.HTML
		} else {
			out.Context = append([]safety.Subject{one}, out.Context...)
		}
	}
	return out, nil
}

func subjectOf(row Request, person *tenants.Person) safety.Subject {
	return safety.Subject{Body: row.Words, HTML: markdown.HTML(row.Words), Author: person, At: row.AskedAt}
}
