package desk

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Exposure is that somebody of the team read what an item is of. It counts once a
// shift, and pictures count by themselves.
type Exposure struct {
	bun.BaseModel `bun:"table:desk_exposures,alias:exposure"`
	tenants.InService

	ID       uuid.UUID    `bun:"id,pk,type:uuid"`
	MemberID uuid.UUID    `bun:"member_id,type:uuid"`
	ItemID   uuid.UUID    `bun:"item_id,type:uuid"`
	What     string       `bun:"what"` // words or pictures
	Level    safety.Level `bun:"level"`
	Weight   int          `bun:"weight"`
	At       time.Time    `bun:"at"`
	SeenAt   time.Time    `bun:"seen_at"` // when they last had it open

	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id"`
}

// weights are what reading something of a level counts.
var weights = map[safety.Level]int{safety.Crisis: 5, safety.Red: 3, safety.Amber: 2, safety.Green: 1}

const (
	// pause ends a shift: nights and days alike, whatever the rota says.
	pause = 6 * time.Hour
	// open is how long after a sign somebody counts as looking at an item.
	open = 3 * time.Minute
)

// shift picks those of somebody's exposures that belong to the shift they are in,
// and adds up what they count. There is none after a pause.
func shift(rows []Exposure, now time.Time) (ofShift []Exposure, weight int) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b Exposure) int { return b.SeenAt.Compare(a.SeenAt) })
	since := now
	for _, row := range rows {
		if since.Sub(row.SeenAt) >= pause {
			break
		}
		if row.At.Before(since) {
			since = row.At
		}
		ofShift, weight = append(ofShift, row), weight+row.Weight
	}
	return ofShift, weight
}

// read notes, once the page is on its way, that the actor has the item open, and
// tells those who have it open too.
func read(item safety.Item, what ...string) func(context.Context, tenants.Scope) error {
	return func(ctx context.Context, s tenants.Scope) error {
		for _, what := range what {
			last, err := lastExposure(ctx, s, item.ID, what)
			if err != nil {
				return err
			}
			if what == "words" && !last.SeenAt.After(s.Now.Add(-open)) {
				s.Signal(opened, tenants.Event{Subject: item.ID, About: item.SubjectID, Audience: tenants.AudienceStaff})
			}
			if last.SeenAt.After(s.Now.Add(-pause)) {
				err = seenAgain(ctx, s, last.ID)
			} else {
				row := Exposure{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), ItemID: item.ID, What: what, Level: item.Level, Weight: weights[item.Level], At: s.Now, SeenAt: s.Now}
				_, err = s.Insert(&row).Exec(ctx)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// Care is how somebody of the team is, as far as what they read tells.
type Care struct {
	Items  int `json:"items"`  // read in this shift
	Weight int `json:"weight"` // what they count together
	Limit  int `json:"limit,omitempty"`
	// Hard says that the last decision was about somebody in danger.
	Hard    bool   `json:"hard,omitempty"`
	Contact string `json:"contact"`
}

// Due tells whether to ask them how they are.
func (c Care) Due() bool { return c.Hard || c.Limit > 0 && c.Weight >= c.Limit }

func careOf(ctx context.Context, s tenants.Scope) (Care, []Exposure, error) {
	settings := safety.SettingsOf(s)
	rows, err := exposuresOf(ctx, s, s.Actor.ID(), s.Now.AddDate(0, 0, -7))
	now, weight := shift(rows, s.Now)
	items := map[uuid.UUID]bool{}
	for _, row := range now {
		items[row.ItemID] = true
	}
	return Care{Items: len(items), Weight: weight, Limit: settings.CareWeight, Contact: settings.CareContact}, rows, err
}

// Day is what was read on one day, in Europe/London.
type Day struct {
	Day    string `json:"day"` // Friday 20 November
	Items  int    `json:"items"`
	Weight int    `json:"weight"`
}

// CarePage is what somebody read, and for the lead what all did together.
type CarePage struct {
	Care
	Days []Day `json:"days"` // the last seven, the latest first
	// Team are the days of the whole team: never whose they are.
	Team []Day `json:"team,omitempty"`
}

// Care shows the actor what they read lately.
func (d Desk) Care(ctx context.Context, s tenants.Scope, _ web.None) (CarePage, error) {
	care, mine, err := careOf(ctx, s)
	if err != nil {
		return CarePage{}, err
	}
	out := CarePage{Care: care, Days: days(mine, s.Now)}
	if s.May("desk.settings") {
		all, err := exposuresOf(ctx, s, uuid.Nil, s.Now.AddDate(0, 0, -7))
		if err != nil {
			return CarePage{}, err
		}
		out.Team = days(all, s.Now)
	}
	return out, nil
}

func days(rows []Exposure, now time.Time) []Day {
	out := make([]Day, 7)
	for ago := range out {
		day := now.In(clock.London).AddDate(0, 0, -ago)
		out[ago].Day = day.Format("Monday 2 January")
		for _, row := range rows {
			if clock.Day(row.At) == clock.Day(day) {
				out[ago].Weight += row.Weight
				if row.What == "words" {
					out[ago].Items++
				}
			}
		}
	}
	return out
}
