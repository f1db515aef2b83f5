package rota

import (
	"context"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// feed is the private address of somebody's own shifts. Only its hash is kept.
type feed struct {
	bun.BaseModel `bun:"table:rota_feeds,alias:feed"`
	tenants.InService

	MemberID  uuid.UUID `bun:"member_id,pk,type:uuid"`
	TokenHash string    `bun:"token_hash"`
	CreatedAt time.Time `bun:"created_at"`
}

// Feed is the actor's private calendar address. Address is shown once, when it
// is made; MadeAt is nil where there is none.
type Feed struct {
	Address string     `json:"address,omitempty"`
	MadeAt  *time.Time `json:"made_at,omitempty"`
}

// Feed tells whether there is one.
func (r Rota) Feed(ctx context.Context, s tenants.Scope, _ web.None) (Feed, error) {
	row, err := feedOf(ctx, s, s.Actor.ID())
	if database.Missing(err) {
		return Feed{}, nil
	}
	return Feed{MadeAt: &row.CreatedAt}, err
}

// MakeFeed makes a new address; one that was before is void.
func (r Rota) MakeFeed(ctx context.Context, s tenants.Scope, _ web.None) (Feed, error) {
	if s.Actor.Member == nil {
		return Feed{}, fault.New(fault.Forbidden, "You are not a member of this service, so you have no shifts in it.")
	}
	if err := dropFeed(ctx, s, s.Actor.ID()); err != nil {
		return Feed{}, err
	}
	token := crypt.Token()
	row := feed{MemberID: s.Actor.ID(), TokenHash: crypt.TokenHash(token), CreatedAt: s.Now}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Feed{}, err
	}
	return Feed{Address: r.address(s.Trust()) + "/calendar/" + token, MadeAt: &row.CreatedAt}, s.Audit(ctx, "rota.calendar", tenants.Audited{Subject: s.Actor.ID()})
}

// DropFeed makes the address void.
func (r Rota) DropFeed(ctx context.Context, s tenants.Scope, _ web.None) (Feed, error) {
	if err := dropFeed(ctx, s, s.Actor.ID()); err != nil {
		return Feed{}, err
	}
	return Feed{}, s.Audit(ctx, "rota.calendar", tenants.Audited{Subject: s.Actor.ID()})
}

// ByToken is the end of a private address.
type ByToken struct {
	Token string `path:"token"`
}

// How much of the rota a calendar is given, in days.
const (
	calendarBack  = 28
	calendarAhead = 182
)

// Calendar is somebody's own shifts. NotFound for an address that is void, and
// for somebody who left the team.
func (r Rota) Calendar(ctx context.Context, s tenants.Scope, in ByToken) (web.Content, error) {
	row, err := feedBy(ctx, s, crypt.TokenHash(in.Token))
	if database.Missing(err) {
		return web.Content{}, fault.Missing()
	}
	if err != nil {
		return web.Content{}, err
	}
	s, open := s.Within(row.ServiceID)
	if !open {
		return web.Content{}, fault.Missing()
	}
	today := dayOf(s.Now)
	from, to := begins(today.AddDate(0, 0, -calendarBack)), begins(today.AddDate(0, 0, calendarAhead))
	p, err := load(ctx, s, from, to)
	if err != nil {
		return web.Content{}, err
	}
	if _, here := p.team[row.MemberID]; !here {
		return web.Content{}, fault.Missing()
	}
	var own []Slot
	for _, slot := range p.slots(from, to) {
		if slot.Member.ID == row.MemberID {
			own = append(own, slot)
		}
	}
	return web.Text("text/calendar", "shifts.ics", calendar(own)), nil
}

// local is a time of iCalendar as a clock in a time zone shows it.
const local = "20060102T150405"

// calendar writes shifts as RFC 5545. It may lie open on a phone or at a mail
// provider's: it names no service, nobody else and nothing that anybody has.
func calendar(slots []Slot) string {
	c := ics.NewCalendarFor("SHaRON")
	c.SetXWRCalName("Shifts")
	zone := c.AddTimezone("Europe/London")
	summer, winter := &ics.Daylight{}, zone.AddStandard()
	zone.Components = append(zone.Components, summer)
	for _, half := range []struct {
		*ics.ComponentBase
		name, from, to, since, rule string
	}{
		{&summer.ComponentBase, "BST", "+0000", "+0100", "19960331T010000", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"},
		{&winter.ComponentBase, "GMT", "+0100", "+0000", "19961027T020000", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"},
	} {
		half.SetProperty(ics.ComponentProperty(ics.PropertyTzname), half.name)
		half.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), half.from)
		half.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), half.to)
		half.SetProperty(ics.ComponentPropertyDtStart, half.since)
		half.AddRrule(half.rule)
	}
	for _, slot := range slots {
		event := c.AddEvent(slot.Key + "/" + slot.From.UTC().Format(local) + "@sharon")
		event.SetDtStampTime(slot.Since)
		event.SetSummary(slot.Kind.Name())
		event.SetProperty(ics.ComponentPropertyDtStart, slot.From.In(clock.London).Format(local), ics.WithTZID("Europe/London"))
		event.SetProperty(ics.ComponentPropertyDtEnd, slot.To.In(clock.London).Format(local), ics.WithTZID("Europe/London"))
		event.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return c.Serialize(ics.WithNewLineWindows)
}
