package programmes

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// What a link is for: one thing each.
const (
	toAnswer = "answer" // about an action
	toFinish = "task"
	toSign   = "sign"
	toLook   = "look"
	toFollow = "weekly" // as toLook, in the weekly update
	toMeet   = "meet"
	toMiss   = "off" // a meeting that was called off
)

// looks are the purposes that show how the programme goes.
var looks = map[string]bool{toLook: true, toFollow: true}

const oneDay = 24 * time.Hour

// errand is what a link does: how long it opens, and the letter that it comes in,
// which names neither service nor person.
type errand struct {
	lasts         time.Duration
	subject, text string // the letter's, and the link's
	lines         []string
}

var errands = map[string]errand{
	toAnswer: {14 * oneDay, "An action waits for you", "Answer", []string{"You took on an action in the onboarding of a service of your trust. Please say how it goes."}},
	toFinish: {14 * oneDay, "A task waits for you", "Answer", []string{"A task in the onboarding of a service of your trust is yours. Please say how it goes."}},
	toSign:   {14 * oneDay, "Your signature is asked for", "See what it is", []string{"A gate in the onboarding of a service of your trust waits for your signature."}},
	toLook:   {92 * oneDay, "How the onboarding goes", "See how it goes", []string{"You can see at any time how the onboarding of a service of your trust goes."}},
	toFollow: {8 * oneDay, "Your weekly update is ready", "See the update", []string{"See how the onboarding of a service of your trust goes, what is next and what needs somebody."}},
	toMeet:   {35 * oneDay, "You are invited to a meeting", "See the meeting", []string{"It is about the onboarding of a service of your trust, and attached for your calendar.", "What it is about and where it is, you see by the link."}},
	toMiss:   {35 * oneDay, "A meeting is called off", "See which one", []string{"It was about the onboarding of a service of your trust. What is attached takes it out of your calendar."}},
}

// linked is that a link is to be sent; the subject is the link.
var linked = tenants.Kind{Key: "programmes.linked", Queue: jobs.Default}

// again is how long somebody is left alone after a letter about the same thing.
const again = oneDay

// post has a letter with a new link written.
func post(ctx context.Context, s tenants.Scope, to uuid.UUID, purpose string, subject uuid.UUID) (Link, error) {
	row := Link{ID: newID(), PersonID: to, Purpose: purpose, SubjectID: subject, CreatedAt: s.Now, ExpiresAt: s.Now.Add(errands[purpose].lasts)}
	if err := add(ctx, s, &row); err != nil {
		return row, err
	}
	return row, s.Emit(ctx, linked, tenants.Event{Subject: row.ID})
}

// reachable tells whether somebody can be written to.
func (who Stakeholder) reachable() bool { return who.LeftAt == nil && who.EmailSealed != "" }

// send is post because somebody wants it; what was sent before for the same purpose
// ends. Conflict if nothing can be sent, or was only just.
func (p Programmes) send(ctx context.Context, s tenants.Scope, by By, w Whole, to uuid.UUID, purpose string, subject uuid.UUID) error {
	if err := p.office.Open(); err != nil {
		return err
	}
	who, _ := w.person(&to)
	if !who.reachable() {
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
	row, err := post(ctx, s, to, purpose, subject)
	if err != nil {
		return err
	}
	return note(ctx, s, by, "programme.link", row.ID, nil, purpose)
}

// write sends the letter. Done again, it sends the same: the link follows from the row.
func (p Programmes) write(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var row Link
	var w Whole
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if row, err = linkAnywhere(ctx, s, e.Subject); err == nil {
			w, err = load(ctx, s)
		}
		return err
	})
	who, _ := w.person(&row.PersonID)
	if database.Missing(err) {
		return nil
	}
	if err != nil || !who.reachable() || row.SentAt != nil || !row.usable(s.Now) {
		return err // answered, ended or sent meanwhile
	}
	to, err := p.office.Keys.Open(who.EmailSealed, who.ID.String())
	if err != nil {
		return err
	}
	failed := p.office.Send(ctx, row.ID, "", to, errands[row.Purpose].subject, p.letter(s, w, row))
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

// letter is what a link comes in.
func (p Programmes) letter(s tenants.Scope, w Whole, row Link) mail.Letter {
	says, link := errands[row.Purpose], p.office.Link(s, "/onboarding/", signedFor, row.ID, round)
	last := "The link is for you alone and needs no password. It opens until " + ui.Date(row.ExpiresAt) + "."
	out := mail.Letter{Heading: says.subject, Lines: append(slices.Clone(says.lines), last), Link: mail.Link{Text: says.text, URL: link}}
	switch row.Purpose {
	case toFollow:
		out.Unsubscribe = link + "/stop"
	case toMeet, toMiss:
		if meeting, err := w.meeting(row.SubjectID); err == nil {
			out.Invitation = meeting.invitation(w.CreatedAt, link)
		}
	}
	return out
}
