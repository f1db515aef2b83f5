package mail

import (
	"time"

	ics "github.com/arran4/golang-ical"
)

// Invitation is a meeting for the receiver's calendar (RFC 5546). The same UID with
// a higher Sequence takes the place of what was sent before.
type Invitation struct {
	UID          string
	Sequence     int
	Made         time.Time
	Starts, Ends time.Time
	Summary, URL string
	// Off takes the meeting out of the calendar.
	Off bool
}

func (i Invitation) method() ics.Method {
	if i.Off {
		return ics.MethodCancel
	}
	return ics.MethodRequest
}

// calendar is what the receiver's calendar reads. Nobody waits for an answer.
func (i Invitation) calendar(from, to string) string {
	c := ics.NewCalendarFor("SHaRON")
	c.SetMethod(i.method())
	event := c.AddEvent(i.UID)
	event.SetSequence(i.Sequence)
	event.SetDtStampTime(i.Made)
	event.SetStartAt(i.Starts)
	event.SetEndAt(i.Ends)
	event.SetSummary(i.Summary)
	event.SetDescription(i.URL)
	event.SetURL(i.URL)
	event.SetOrganizer("mailto:"+from, ics.WithCN("SHaRON"))
	event.AddAttendee("mailto:"+to, ics.CalendarUserTypeIndividual, ics.ParticipationRoleReqParticipant, ics.ParticipationStatusNeedsAction, ics.WithRSVP(false))
	event.SetStatus(ics.ObjectStatusConfirmed)
	if i.Off {
		event.SetStatus(ics.ObjectStatusCancelled)
	}
	return c.Serialize(ics.WithNewLineWindows)
}
