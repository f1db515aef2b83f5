package programmes

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/letters"
)

// What a link is for: one thing each.
const (
	toAnswer = "answer"
	toSign   = "sign"
	toLook   = "look"
)

// lasts is how long a link opens.
var lasts = map[string]time.Duration{toAnswer: 14 * 24 * time.Hour, toSign: 14 * 24 * time.Hour, toLook: 92 * 24 * time.Hour}

// linked is that a link is to be sent; the subject is the link.
var linked = tenants.Kind{Key: "programmes.linked", Queue: jobs.Default}

// signedFor is what the links are signed for.
const signedFor = "programme"

// round is that of every link: sending again makes another row.
const round = 1

// again is how long somebody is left alone after a letter about the same thing.
const again = 24 * time.Hour

// send has a letter with a new link written; what was sent before for the same
// purpose ends. Conflict if nothing can be sent, or was only just.
func (p Programmes) send(ctx context.Context, s tenants.Scope, by By, w Whole, to uuid.UUID, purpose string, subject uuid.UUID) error {
	if err := p.office.Open(); err != nil {
		return err
	}
	who, known := w.person(&to)
	if !known || who.LeftAt != nil || who.EmailSealed == "" {
		return fault.New(fault.Conflict, "They have left the programme. Choose somebody else first.")
	}
	sent, err := linksOf(ctx, s, to)
	if err != nil {
		return err
	}
	for _, link := range sent {
		if link.SubjectID != subject || link.Purpose != purpose || link.EndedAt != nil {
			continue
		}
		if s.Now.Sub(link.CreatedAt) < again {
			return fault.New(fault.Conflict, "We wrote to "+who.Name+" about this within the last day. Give them some time.")
		}
		link.EndedAt = &s.Now
		if err := set(ctx, s, &link, link.ID, "ended_at"); err != nil {
			return err
		}
	}
	row := Link{ID: newID(), PersonID: to, Purpose: purpose, SubjectID: subject, CreatedAt: s.Now, ExpiresAt: s.Now.Add(lasts[purpose])}
	if err := add(ctx, s, &row); err != nil {
		return err
	}
	if err := s.Emit(ctx, linked, tenants.Event{Subject: row.ID}); err != nil {
		return err
	}
	return note(ctx, s, by, "programme.link", row.ID, nil, purpose)
}

// Ask writes to the approver of a gate.
func (p Programmes) Ask(ctx context.Context, s tenants.Scope, by By, in ByNumber) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	g, err := w.gate(s, by, in.Number)
	if err != nil {
		return "", err
	}
	switch {
	case g.Phase.SignedAt != nil:
		return "", fault.New(fault.Conflict, "This gate is open already.")
	case g.Phase.ApproverID == nil:
		return "", fault.New(fault.Conflict, "Name who signs here first.")
	case len(g.Lacks) > 0:
		return "", fault.New(fault.Conflict, "There is nothing to sign yet. "+g.Lacks[0])
	}
	return gatePath(in.Number), p.send(ctx, s, by, w, *g.Phase.ApproverID, toSign, g.Phase.ID)
}

// Share writes to somebody with a link to see how the programme goes.
func (p Programmes) Share(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	if _, known := w.person(&in.ID); !known {
		return "", fault.Missing()
	}
	return "/people/" + in.ID.String() + "#links", p.send(ctx, s, by, w, in.ID, toLook, w.ID)
}

// Revoke ends a link.
func (p Programmes) Revoke(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	row, err := linkOf(ctx, s, in.ID)
	if database.Missing(err) {
		return "", fault.Missing()
	}
	if err != nil {
		return "", err
	}
	path := "/people/" + row.PersonID.String() + "#links"
	if row.EndedAt != nil {
		return path, nil
	}
	row.EndedAt = &s.Now
	if err := set(ctx, s, &row, row.ID, "ended_at"); err != nil {
		return "", err
	}
	return path, note(ctx, s, by, "programme.link", row.ID, nil, "ended")
}

// letterOf says what a link is for; a letter names neither service nor person.
var letterOf = map[string]struct{ subject, line, text string }{
	toAnswer: {"An action waits for you", "You took on an action in the onboarding of a service of your trust. Please say how it goes.", "Answer"},
	toSign:   {"Your signature is asked for", "A gate in the onboarding of a service of your trust waits for your signature.", "See what it is"},
	toLook:   {"How the onboarding goes", "You can see at any time how the onboarding of a service of your trust goes.", "See how it goes"},
}

// write sends the letter. Done again, it sends the same: the link follows from the row.
func (p Programmes) write(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var row Link
	var to string
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if row, err = linkAnywhere(ctx, s, e.Subject); err != nil {
			return err
		}
		w, err := load(ctx, s)
		if err != nil {
			return err
		}
		if who, known := w.person(&row.PersonID); known && who.EmailSealed != "" {
			to, err = p.office.Keys.Open(who.EmailSealed, who.ID.String())
		}
		return err
	})
	if database.Missing(err) || fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || to == "" || row.SentAt != nil || !row.usable(s.Now) {
		return err // answered, ended or sent meanwhile
	}
	says := letterOf[row.Purpose]
	failed := p.office.Send(ctx, row.ID, "", to, says.subject, mail.Letter{
		Heading: says.subject,
		Lines:   []string{says.line, "The link is for you alone and needs no password. It opens until " + ui.Date(row.ExpiresAt) + "."},
		Link:    mail.Link{Text: says.text, URL: p.office.Link(s, "/onboarding/", signedFor, row.ID, round)},
	})
	var refused *mail.Refused
	nowhere := errors.As(failed, &refused) && refused.Address
	if failed != nil && !nowhere {
		return failed
	}
	return s.Write(context.WithoutCancel(ctx), func(ctx context.Context, s tenants.Scope) error {
		if failed == nil {
			row.SentAt = &s.Now
			return set(ctx, s, &row, row.ID, "sent_at")
		}
		row.EndedAt = &s.Now // there is no such address
		return set(ctx, s, &row, row.ID, "ended_at")
	})
}

func (l Link) usable(now time.Time) bool { return l.EndedAt == nil && now.Before(l.ExpiresAt) }

// ByToken is the end of a link.
type ByToken struct {
	Token string `path:"token"`
}

// Door is what somebody sees who comes by a link.
type Door struct {
	Purpose string  `json:"purpose"`
	Who     string  `json:"who"`
	Action  *Action `json:"action,omitempty"`
	Gate    *Wait   `json:"gate,omitempty"`
	Seen    *Seen   `json:"programme,omitempty"` // for whoever only looks
	Service string  `json:"service"`
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
	id, ok := letters.Row(token)
	if !ok {
		return row, false, nil
	}
	row, err = linkAnywhere(ctx, s, id)
	if database.Missing(err) {
		return row, false, nil
	}
	return row, err == nil && p.office.Proves(s, token, signedFor, row.ID, round), err
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
	case toSign:
		g, err := w.gate(s, By{}, w.numbered(row.SubjectID))
		out.Gate = &Wait{g.Phase.Gate, g.Phase.Name, g.Phase.Evidence, g.Lacks}
		return out, err
	}
	seen, err := w.seen(s, By{Frame: frameOf(s, "", false)})
	out.Seen = &seen
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
		row.UsedAt, row.Uses = &s.Now, row.Uses+1
		return set(ctx, s, &row, row.ID, "used_at", "uses")
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
	if row.Purpose == toLook {
		return out, fault.Missing()
	}
	err = at.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		w, err := alone(ctx, s)
		if err != nil {
			return err
		}
		who, _ := w.person(&row.PersonID)
		by := By{Name: who.Name, Side: Trust, lookup: who.EmailLookup}
		now, err := linkOf(ctx, s, row.ID)
		if err != nil {
			return err
		}
		if !now.usable(s.Now) { // another click was faster
			return fault.Missing()
		}
		if row.Purpose == toSign {
			if !in.Done {
				return fault.Bad("done", "Tick the box to sign.")
			}
			g, err := w.gate(s, by, w.numbered(row.SubjectID))
			if err != nil {
				return err
			}
			if !g.Mine {
				return fault.New(fault.Conflict, "Somebody else is named to sign here now.")
			}
			if err := w.sign(ctx, s, by, g); err != nil {
				return err
			}
		} else if err := w.answer(ctx, s, row.SubjectID, in); err != nil {
			return err
		}
		out = Answered{Purpose: row.Purpose, Done: in.Done}
		return s.Audit(ctx, "programme.answered", tenants.Audited{Subject: row.ID, After: map[string]any{"purpose": row.Purpose, "person": row.PersonID, "done": in.Done}})
	})
	return out, err
}

// answer notes what the owner of an action says.
func (w Whole) answer(ctx context.Context, s tenants.Scope, id uuid.UUID, in Answer) error {
	row, err := w.action(id)
	if err != nil {
		return err
	}
	if !in.Done && in.Words == "" {
		return fault.Bad("words", "Say how it goes, or that it is done.")
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
