package programmes

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// MeetingSeen is a meeting with those who are invited.
type MeetingSeen struct {
	Meeting
	Seats []Seat `json:"seats"`
	Came  int    `json:"came"`
	// Missing are the roles of required people of whom nobody came; with none of
	// these a meeting that was held has its quorum.
	Missing []string `json:"missing"`
}

// Seat is somebody who is invited.
type Seat struct {
	Who     Stakeholder `json:"who"`
	Came    bool        `json:"came"`
	Invited bool        `json:"invited"` // by email
}

// meetingsSeen puts attendance to the meetings.
func (w Whole) meetingsSeen() (all []MeetingSeen) {
	for _, m := range w.Meetings {
		seen := MeetingSeen{Meeting: m, Missing: []string{}}
		for _, a := range w.Attendance {
			if who, known := w.person(&a.PersonID); known && a.MeetingID == m.ID {
				if seen.Seats = append(seen.Seats, Seat{who, a.Came, a.InvitedAt != nil}); a.Came {
					seen.Came++
				}
			}
		}
		for _, role := range Roles {
			needed := slices.ContainsFunc(w.People, func(p Stakeholder) bool { return p.Role == role.Key && p.Required && p.LeftAt == nil })
			came := slices.ContainsFunc(seen.Seats, func(s Seat) bool { return s.Who.Role == role.Key && s.Came })
			if needed && !came {
				seen.Missing = append(seen.Missing, role.Name)
			}
		}
		all = append(all, seen)
	}
	return all
}

// quorate tells whether a meeting with its quorum was held since a phase could
// begin.
func (w Whole) quorate(phase Phase) bool {
	var since time.Time
	for _, before := range w.Phases {
		if before.Number == phase.Number-1 && before.SignedAt != nil {
			since = *before.SignedAt
		}
	}
	return slices.ContainsFunc(w.meetingsSeen(), func(m MeetingSeen) bool { return m.HeldAt != nil && m.StartsAt.After(since) && len(m.Missing) == 0 })
}

// attended is how many of a hundred came to the meetings that were held.
func attended(meetings []MeetingSeen) int {
	came, all := 0, 0
	for _, m := range meetings {
		if m.HeldAt != nil {
			came, all = came+m.Came, all+len(m.Seats)
		}
	}
	return came * 100 / max(1, all)
}

// AddMeeting is a meeting, or a series of them.
type AddMeeting struct {
	Place
	Name    string   `json:"name" validate:"required,max=100" label:"what the meeting is called"`
	Day     string   `json:"day" validate:"required,max=10" label:"the day"`
	Time    string   `json:"time" validate:"required,max=10" label:"the time"`
	Length  int      `json:"length" validate:"gte=5,lte=600" label:"how many minutes it takes"`
	Where   string   `json:"where" validate:"max=300"`
	Every   string   `json:"every" validate:"required,oneof=once week fortnight month" label:"how often it is"`
	Times   int      `json:"times" validate:"gte=1,lte=26" label:"how many times"`
	Invited []string `json:"invited" validate:"max=100,dive,max=36"`
}

// AddMeeting calls people together. Invalid where nobody is invited.
func (p Programmes) AddMeeting(ctx context.Context, s tenants.Scope, by By, in AddMeeting) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	day, ok := clock.ReadDate(in.Day)
	if !ok || day < w.StartsOn || day > w.EndsOn.Months(24) {
		return "", fault.Bad("day", "Write a day after the programme’s start, such as 2027-05-06.")
	}
	if _, err := time.Parse("15:04", in.Time); err != nil {
		return "", fault.Bad("time", "Write a time, such as 10:00.")
	}
	var invited []uuid.UUID
	for _, text := range in.Invited {
		id, err := w.choose("invited", text, "")
		if err != nil {
			return "", err
		}
		if id != nil && !slices.Contains(invited, *id) {
			invited = append(invited, *id)
		}
	}
	if len(invited) == 0 {
		return "", fault.Bad("invited", "Choose at least one person.")
	}
	times := in.Times
	if in.Every == "once" {
		times = 1
	}
	for n := range times {
		on := map[string]Day{"once": day, "week": day.Plus(7 * n), "fortnight": day.Plus(14 * n), "month": day.Months(n)}[in.Every]
		at, err := time.ParseInLocation("2006-01-02 15:04", string(on)+" "+in.Time, clock.London)
		if err != nil {
			return "", err
		}
		row := Meeting{ID: newID(), ProgrammeID: w.ID, Name: in.Name, StartsAt: at.UTC(), Length: in.Length, Where: in.Where, Version: 1}
		if err := add(ctx, s, &row); err != nil {
			return "", err
		}
		seats := make([]Attendance, len(invited))
		for i, id := range invited {
			seats[i] = Attendance{MeetingID: row.ID, PersonID: id}
		}
		if _, err := tenants.InsertAll(s, seats).Exec(ctx); err != nil {
			return "", err
		}
		if err := note(ctx, s, by, "programme.meeting", row.ID, nil, at); err != nil {
			return "", err
		}
		w.Meetings, w.Attendance = append(w.Meetings, row), append(w.Attendance, seats...)
	}
	return "/meetings", p.invite(ctx, s, w)
}

// MeetingPage is a meeting with its agenda.
type MeetingPage struct {
	Seen    `json:"-"`
	Meeting MeetingSeen  `json:"meeting"`
	Agenda  []Need       `json:"agenda"`
	Due     []ActionSeen `json:"actions"` // that are open
	Begun   bool         `json:"begun"`
}

// Meeting reads a meeting. Its agenda is what waits for a person now.
func (p Programmes) Meeting(ctx context.Context, s tenants.Scope, by By, in ByID) (MeetingPage, error) {
	seen, err := p.Show(ctx, s, by, in.Place)
	if err != nil {
		return MeetingPage{}, err
	}
	meeting, err := find(seen.Meetings, func(m MeetingSeen) bool { return m.ID == in.ID })
	if err != nil {
		return MeetingPage{}, err
	}
	out := MeetingPage{Seen: seen, Meeting: meeting, Agenda: []Need{}, Due: []ActionSeen{}, Begun: !meeting.StartsAt.After(s.Now)}
	for _, need := range seen.Needs {
		if need.What != "Action" {
			out.Agenda = append(out.Agenda, need)
		}
	}
	for _, action := range seen.Actions {
		if action.DoneAt == nil {
			out.Due = append(out.Due, action)
		}
	}
	return out, nil
}

// Hold is what is written down of a meeting. Version is the one that was read.
type Hold struct {
	Place
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	Came    []string  `json:"came" validate:"max=100,dive,max=36"`
	Minutes string    `json:"minutes" validate:"required,max=20000" label:"the minutes"`
}

func (w Whole) meeting(id uuid.UUID) (Meeting, error) {
	return find(w.Meetings, func(m Meeting) bool { return m.ID == id })
}

// Hold notes who came and what was said. Conflict before the meeting begins.
func (p Programmes) Hold(ctx context.Context, s tenants.Scope, by By, in Hold) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := w.meeting(in.ID)
	if err != nil {
		return "", err
	}
	switch {
	case row.CalledOff != nil:
		return "", fault.New(fault.Conflict, "This meeting was called off.")
	case row.StartsAt.After(s.Now):
		return "", fault.New(fault.Conflict, "This meeting has not begun yet.")
	}
	if row.Minutes, row.Version = in.Minutes, in.Version+1; row.HeldAt == nil {
		row.HeldAt = &s.Now
	}
	if err := put(ctx, s, &row, row.ID, in.Version, "minutes", "held_at"); err != nil {
		return "", err
	}
	for _, seat := range w.Attendance {
		if seat.MeetingID == row.ID {
			if err := came(ctx, s, seat, slices.Contains(in.Came, seat.PersonID.String())); err != nil {
				return "", err
			}
		}
	}
	return "/meetings/" + in.ID.String(), note(ctx, s, by, "programme.meeting", in.ID, nil, "held")
}

// CallOff calls off a meeting that was not held. Whoever was invited by email is told.
func (p Programmes) CallOff(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := w.meeting(in.ID)
	if err != nil {
		return "", err
	}
	switch {
	case row.HeldAt != nil:
		return "", fault.New(fault.Conflict, "This meeting was held. Its minutes stay.")
	case row.CalledOff != nil:
		return "/meetings", nil
	}
	seen := row.Version
	row.CalledOff, row.Version = &s.Now, seen+1
	if err := put(ctx, s, &row, row.ID, seen, "called_off_at"); err != nil {
		return "", err
	}
	if err := w.disinvite(ctx, s, row); err != nil {
		return "", err
	}
	return "/meetings", note(ctx, s, by, "programme.meeting", in.ID, row.StartsAt, nil)
}

// Calendar is the meetings for somebody's own calendar, by their link to look. It
// names the meetings and nobody.
func (p Programmes) Calendar(ctx context.Context, s tenants.Scope, in ByToken) (web.Content, error) {
	row, ok, err := p.proven(ctx, s, in.Token)
	if err != nil {
		return web.Content{}, err
	}
	s, open := s.Within(row.ServiceID)
	if !ok || !open || !looks[row.Purpose] || !row.usable(s.Now) {
		return web.Content{}, fault.Missing()
	}
	w, err := load(ctx, s)
	if err != nil {
		return web.Content{}, err
	}
	text := w.calendar(row.PersonID)
	return web.Content{Type: "text/calendar; charset=utf-8", Name: "meetings.ics", Size: int64(len(text)), Tag: text,
		Open: func(context.Context) (io.ReadSeekCloser, error) { return reader{bytes.NewReader([]byte(text))}, nil }}, nil
}

type reader struct{ *bytes.Reader }

func (reader) Close() error { return nil }

// calendar writes the meetings to which somebody is invited as RFC 5545.
func (w Whole) calendar(person uuid.UUID) string {
	c := ics.NewCalendarFor("SHaRON")
	c.SetXWRCalName("Onboarding")
	for _, m := range w.meetingsSeen() {
		if !slices.ContainsFunc(m.Seats, func(s Seat) bool { return s.Who.ID == person }) {
			continue
		}
		event := c.AddEvent(m.uid())
		event.SetDtStampTime(w.CreatedAt)
		event.SetSequence(m.Version)
		event.SetSummary(m.Name)
		event.SetLocation(m.Where)
		event.SetStartAt(m.StartsAt)
		event.SetEndAt(m.ends())
		if m.CalledOff != nil {
			event.SetStatus(ics.ObjectStatusCancelled)
		}
	}
	return c.Serialize(ics.WithNewLineWindows)
}

// attendance is in words.
func attendance(s Seen) string {
	held := 0
	for _, m := range s.Meetings {
		if m.HeldAt != nil {
			held++
		}
	}
	if held == 0 {
		return "no meeting held yet"
	}
	return strconv.Itoa(s.Attended) + "% came to meetings"
}
