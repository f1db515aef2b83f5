package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/live"
	"github.com/sharon-nhs/sharon/tenants"
)

// session is a live session as a file tells it.
type session struct {
	Title, About string
	Hosts        []string
	At           string // -6d 19:30, 2d 20:00, or now: open at this moment
	Minutes      int
	Audience     tenants.Audience
	Said         []answer
	Questions    []struct {
		By, Body  string
		Anonymous bool
		State     live.QuestionState
	}
}

// waking are the hours, in London, in which a session can be open now.
const wakingFrom, wakingTo = 8, 22

// begins is when a session starts; false for one that would be open now, but
// at this hour nobody hosts.
func (l session) begins(now time.Time) (time.Time, bool, error) {
	if l.At == "now" {
		hour := now.In(clock.London).Hour()
		return now.Truncate(15 * time.Minute), hour >= wakingFrom && hour < wakingTo, nil
	}
	at, err := coming(now, l.At)
	return at, true, err
}

func (l session) check(members map[string]member) error {
	var wrong []error
	named := slices.Clone(l.Hosts)
	for _, said := range l.Said {
		named = append(named, said.By)
	}
	for _, q := range l.Questions {
		named = append(named, q.By)
	}
	for _, login := range named {
		if m, ok := members[login]; !ok || !slices.Contains(tenants.Roles{m.Role}.Audiences(), wide(l.Audience)) {
			wrong = append(wrong, fmt.Errorf("live session %q: no member %q who can come", l.Title, login))
		}
	}
	if len(l.Hosts) == 0 {
		wrong = append(wrong, fmt.Errorf("live session %q has no host", l.Title))
	}
	return errors.Join(wrong...)
}

func (w *seeding) live(c content) error {
	for _, l := range c.Live {
		starts, fits, err := l.begins(w.s.Now)
		if err != nil {
			return fmt.Errorf("live session %q: %w", l.Title, err)
		}
		if fits {
			if err := w.session(l, starts); err != nil {
				return fmt.Errorf("live session %q: %w", l.Title, err)
			}
		}
	}
	return nil
}

// session adds one session with what was asked and said. One that is open stays
// so for its whole length, so that whoever tries the demo finds it.
func (w *seeding) session(l session, starts time.Time) error {
	host := w.people[l.Hosts[0]].ID
	x := live.Session{ID: w.ids.at(w.begun), Title: l.Title, About: l.About, Audience: wide(l.Audience), StartsAt: starts, Minutes: l.Minutes,
		Questions: true, Anonymous: true, SlowSeconds: 10, Transcript: true, Version: 1, CreatedBy: host, CreatedAt: w.begun,
		ClosesAt: starts.Add(15 * time.Minute), ReminderID: w.ids.at(w.begun)}
	seen := (*time.Time)(nil)
	if !starts.After(w.s.Now) {
		x.OpenedAt, x.ClosesAt, seen = &starts, x.EndsAt(), &w.s.Now
		if l.At != "now" {
			over := x.EndsAt()
			x.ClosedAt, x.Ended = &over, live.ByHost
		} else if !x.ClosesAt.After(w.s.Now.Add(5 * time.Minute)) {
			return fmt.Errorf("%d minutes are too short for a session that is open now", l.Minutes)
		}
	}
	for _, login := range l.Hosts {
		w.hosts = append(w.hosts, live.Host{SessionID: x.ID, MemberID: w.people[login].ID, SeenAt: seen})
	}
	for _, q := range l.Questions {
		w.questions = append(w.questions, live.Question{ID: w.ids.at(w.begun), SessionID: x.ID, AuthorID: w.people[q.By].ID, Anonymous: q.Anonymous, Body: q.Body, State: q.State, AskedAt: w.begun})
	}
	at := starts
	for _, said := range l.Said {
		var err error
		if at, err = after(at, said.After); err != nil {
			return err
		}
		m := live.Message{ID: w.ids.at(at), SessionID: x.ID, Seq: x.LastSeq + 1, AuthorID: w.people[said.By].ID, SaidAt: earliest(at, w.s.Now).UTC()}
		m.Write(said.Body)
		w.said = append(w.said, m)
		x.LastSeq++
	}
	w.sessions = append(w.sessions, x)
	return nil
}

// remind lets the reminders of sessions to come wait until it is time.
func remind(ctx context.Context, s tenants.Scope, sessions []live.Session) error {
	for _, x := range sessions {
		if x.OpenedAt == nil {
			if err := live.Promise(ctx, s, x); err != nil {
				return err
			}
		}
	}
	return nil
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// lives are the rows of live sessions.
type lives struct {
	sessions  []live.Session
	hosts     []live.Host
	questions []live.Question
	said      []live.Message
}
