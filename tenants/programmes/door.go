package programmes

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByToken is the end of a link.
type ByToken struct {
	Token string `path:"token"`
}

// Door is what somebody sees who comes by a link.
type Door struct {
	Purpose string   `json:"purpose"`
	Who     string   `json:"who"`
	Action  *Action  `json:"action,omitempty"`
	Task    *Task    `json:"task,omitempty"`
	Meeting *Meeting `json:"meeting,omitempty"`
	Gate    *Wait    `json:"gate,omitempty"`
	Seen    *Seen    `json:"programme,omitempty"` // for whoever only looks
	Weekly  bool     `json:"weekly"`              // they get the weekly update
	Service string   `json:"service"`
	token   string
}

// Wait is a gate as its approver sees it by a link.
type Wait struct {
	Name     string     `json:"name"`
	Phase    string     `json:"phase"`
	Evidence []Evidence `json:"evidence"`
	Lacks    []string   `json:"lacks"`
}

// proven is the link of a token; false if there is none, or the token is not its own.
func (p Programmes) proven(ctx context.Context, s tenants.Scope, token string) (row Link, ok bool, err error) {
	ok, err = p.office.Opens(s, token, signedFor, func(id uuid.UUID) (_ int, _ bool, err error) {
		row, err = linkAnywhere(ctx, s, id)
		return round, true, err
	})
	return row, ok, err
}

// enter finds the link of a token and its programme. Whatever keeps it from
// opening gets one answer, and counts as a guess.
func (p Programmes) enter(ctx context.Context, s tenants.Scope, token string) (row Link, at tenants.Scope, err error) {
	found, err := s.Try(ctx, func(ctx context.Context, s tenants.Scope) (ok bool, err error) {
		row, ok, err = p.proven(ctx, s, token)
		return ok && row.usable(s.Now), err
	})
	if err != nil {
		return row, s, err
	}
	at, open := s.Within(row.ServiceID)
	if !found || !open {
		return row, s, fault.New(fault.NotFound, "This link does not open any more. It may have been used, taken back, or be too old. Whoever sent it can send another.")
	}
	return row, at, nil
}

// door reads what a link is about.
func (w Whole) door(s tenants.Scope, row Link) (out Door, err error) {
	who, _ := w.person(&row.PersonID)
	out = Door{Purpose: row.Purpose, Who: who.Name, Service: s.Service.Name}
	switch row.Purpose {
	case toAnswer:
		action, err := w.action(row.SubjectID)
		out.Action = &action
		return out, err
	case toFinish:
		task, err := w.task(row.SubjectID)
		out.Task = &task
		return out, err
	case toMeet, toMiss:
		meeting, err := w.meeting(row.SubjectID)
		out.Meeting = &meeting
		return out, err
	case toSign:
		g, err := w.gate(s, By{}, w.numbered(row.SubjectID))
		out.Gate = &Wait{g.Phase.Gate, g.Phase.Name, g.Phase.Evidence, g.Lacks}
		return out, err
	}
	seen, err := w.seen(s, By{Frame: frameOf(s, "", false)})
	out.Seen, out.Weekly = &seen, who.Weekly
	return out, err
}

// Door shows what a link is for and notes that it was opened; nothing else changes,
// because programmes that look through emails open links too.
func (p Programmes) Door(ctx context.Context, s tenants.Scope, in ByToken) (out Door, err error) {
	row, at, err := p.enter(ctx, s, in.Token)
	if err != nil {
		return out, err
	}
	err = at.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		w, err := load(ctx, s)
		if err != nil {
			return err
		}
		if out, err = w.door(s, row); err != nil {
			return err
		}
		if out.Seen != nil {
			if err := p.value(ctx, s, out.Seen); err != nil {
				return err
			}
		}
		row.UsedAt, row.Uses = &s.Now, row.Uses+1
		if err := set(ctx, s, &row, row.ID, "used_at", "uses"); err != nil {
			return err
		}
		return s.Audit(ctx, "programme.opened", tenants.Audited{Subject: row.ID, After: map[string]any{"purpose": row.Purpose, "person": row.PersonID}})
	})
	out.token = in.Token
	return out, err
}

// Answer is what somebody says who came by a link.
type Answer struct {
	Token string `path:"token"`
	Done  bool   `json:"done"` // the action is done; or: I sign
	Words string `json:"words" validate:"max=1000"`
}

// Answered is what came of it.
type Answered struct {
	Purpose string `json:"purpose"`
	Done    bool   `json:"done"`
}

// Answer notes an answer, or signs. An action that is not done can be answered
// again with the same link; once it is done, or the gate signed, the link ends.
func (p Programmes) Answer(ctx context.Context, s tenants.Scope, in Answer) (out Answered, err error) {
	row, at, err := p.enter(ctx, s, in.Token)
	if err != nil {
		return out, err
	}
	if !answers[row.Purpose] {
		return out, fault.Missing()
	}
	err = at.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		w, err := alone(ctx, s)
		if err != nil {
			return err
		}
		who, _ := w.person(&row.PersonID)
		by := By{Name: who.Name, Side: who.Side, lookup: who.EmailLookup}
		now, err := linkOf(ctx, s, row.ID)
		if err != nil {
			return err
		}
		if !now.usable(s.Now) { // another click was faster
			return fault.Missing()
		}
		switch row.Purpose {
		case toSign:
			err = w.signBy(ctx, s, by, row.SubjectID, in)
		case toFinish:
			err = w.report(ctx, s, by, row.SubjectID, in)
		default:
			err = w.answer(ctx, s, row.SubjectID, in)
		}
		if err != nil {
			return err
		}
		now.Answered = &s.Now
		if err := set(ctx, s, &now, now.ID, "answered_at"); err != nil {
			return err
		}
		if err := Restate(ctx, s); err != nil {
			return err
		}
		out = Answered{Purpose: row.Purpose, Done: in.Done}
		return s.Audit(ctx, "programme.answered", tenants.Audited{Subject: row.ID, After: map[string]any{"purpose": row.Purpose, "person": row.PersonID, "done": in.Done}})
	})
	return out, err
}

// answers are the purposes that take an answer.
var answers = map[string]bool{toAnswer: true, toFinish: true, toSign: true}

// signBy signs at the gate of a phase.
func (w Whole) signBy(ctx context.Context, s tenants.Scope, by By, phase uuid.UUID, in Answer) error {
	if !in.Done {
		return fault.Bad("done", "Tick the box to sign.")
	}
	g, err := w.gate(s, by, w.numbered(phase))
	if err != nil {
		return err
	}
	if !g.Mine {
		return fault.New(fault.Conflict, "Somebody else is named to sign here now.")
	}
	return w.sign(ctx, s, by, g)
}

// report notes what the owner of a task says, among its comments.
func (w Whole) report(ctx context.Context, s tenants.Scope, by By, id uuid.UUID, in Answer) error {
	task, err := w.task(id)
	if err != nil {
		return err
	}
	if in.Words != "" {
		if err := w.comment(ctx, s, by, id, in.Words); err != nil {
			return err
		}
	}
	if !in.Done {
		return unsaid(in)
	}
	return w.finish(ctx, s, by, task, Finish{Version: task.Version, Done: true})
}

// unsaid is Invalid for an answer that says nothing.
func unsaid(in Answer) error {
	if !in.Done && in.Words == "" {
		return fault.Bad("words", "Say how it goes, or that it is done.")
	}
	return nil
}

// answer notes what the owner of an action says.
func (w Whole) answer(ctx context.Context, s tenants.Scope, id uuid.UUID, in Answer) error {
	row, err := w.action(id)
	if err != nil {
		return err
	}
	if err := unsaid(in); err != nil {
		return err
	}
	seen := row.Version
	row.Answer, row.AnsweredAt, row.Version = in.Words, &s.Now, seen+1
	if in.Done {
		row.DoneAt = &s.Now
		if err := endLinks(ctx, s, id, toAnswer); err != nil {
			return err
		}
	}
	return put(ctx, s, &row, row.ID, seen, "answer", "answered_at", "done_at")
}

// FileBy is a piece of evidence by a link to sign.
type FileBy struct {
	ByToken
	ID uuid.UUID `path:"id"`
}

// FileByLink reads a file of the gate that whoever has the link is to sign at.
func (p Programmes) FileByLink(ctx context.Context, s tenants.Scope, in FileBy) (web.Content, error) {
	row, ok, err := p.proven(ctx, s, in.Token)
	at, open := s.Within(row.ServiceID)
	if err == nil && (!ok || !open || row.Purpose != toSign || !row.usable(s.Now)) {
		err = fault.Missing()
	}
	if err != nil {
		return web.Content{}, err
	}
	w, err := load(ctx, at)
	if err != nil {
		return web.Content{}, err
	}
	return p.file(slices.DeleteFunc(w.Evidence, func(e Evidence) bool { return e.PhaseID != row.SubjectID || e.TaskID != nil }), in.ID)
}
