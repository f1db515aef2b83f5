package programmes

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/tenants"
)

// ahead is how long before a meeting its invitation goes out, so that a series does
// not fill somebody's inbox on one day.
const ahead = 28 * oneDay

func (m Meeting) ends() time.Time { return m.StartsAt.Add(time.Duration(m.Length) * time.Minute) }

// uid is how calendars know the meeting.
func (m Meeting) uid() string { return m.ID.String() + "@sharon" }

// invitation is the meeting for somebody's calendar. It says when and no more: what
// and where stand behind the link.
func (m Meeting) invitation(made time.Time, link string) *mail.Invitation {
	return &mail.Invitation{UID: m.uid(), Sequence: m.Version, Made: made, Starts: m.StartsAt, Ends: m.ends(), Summary: "Onboarding meeting", URL: link, Off: m.CalledOff != nil}
}

// invite posts the invitations to meetings that are near, to whoever has none yet.
func (p Programmes) invite(ctx context.Context, s tenants.Scope, w Whole) error {
	if p.office.Open() != nil {
		return nil // they wait for a mail server
	}
	for _, m := range w.Meetings {
		if m.CalledOff != nil || m.HeldAt != nil || !m.StartsAt.After(s.Now) || m.StartsAt.Sub(s.Now) > ahead {
			continue
		}
		for _, seat := range w.Attendance {
			who, _ := w.person(&seat.PersonID)
			if seat.MeetingID != m.ID || seat.InvitedAt != nil || !who.reachable() {
				continue
			}
			if err := invited(ctx, s, seat); err != nil {
				return err
			}
			if _, err := post(ctx, s, who.ID, toMeet, m.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// disinvite tells those who were invited by email that a meeting is called off.
func (w Whole) disinvite(ctx context.Context, s tenants.Scope, m Meeting) error {
	if err := endLinks(ctx, s, m.ID, toMeet); err != nil {
		return err
	}
	for _, seat := range w.Attendance {
		if who, _ := w.person(&seat.PersonID); seat.MeetingID == m.ID && seat.InvitedAt != nil && who.reachable() {
			if _, err := post(ctx, s, who.ID, toMiss, m.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
