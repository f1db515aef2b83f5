package data

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// periods are those that a trust chose, by class.
type periods map[string]int

// of is how many days a class is kept; zero for as long as the person is here.
func (p periods) of(class tenants.Class) int {
	if days, chosen := p[class.Key]; chosen && class.Purge != nil {
		return min(max(days, class.Least), class.Most)
	}
	return class.Days
}

// in is of in a service: what its area bounds, the trust cannot choose otherwise.
func (p periods) in(class tenants.Class, service *tenants.Service) int {
	area, _ := areas.Of(string(service.Area))
	return area.Keep[class.Key].Of(p.of(class))
}

// longest is of for somebody with places in some services.
func (p periods) longest(class tenants.Class, services []*tenants.Service) int {
	if len(services) == 0 {
		return p.of(class)
	}
	longest := 0
	for _, service := range services {
		longest = max(longest, p.in(class, service))
	}
	return longest
}

func periodsOf(ctx context.Context, s tenants.Scope) (periods, error) {
	var rows []period
	err := s.Select(&rows).Scan(ctx)
	all := periods{}
	for _, row := range rows {
		all[row.Class] = row.Days
	}
	return all, err
}

// Period is how long a class of records is kept.
type Period struct {
	Class string `json:"class"`
	Name  string `json:"name"`
	About string `json:"about"`
	Days  int    `json:"days"`
	Usual int    `json:"usual"` // days unless the trust chooses
	Least int    `json:"least"`
	Most  int    `json:"most"`
	// Bounds are those of areas that the trust has services of.
	Bounds []Bound `json:"bounds,omitempty"`
}

// Bound is that services of an area keep a class for at least and at most so many
// days, whatever the trust chose; zero for no bound.
type Bound struct {
	Area  string `json:"area"`
	Least int    `json:"least,omitempty"`
	Most  int    `json:"most,omitempty"`
}

// Periods are those of all classes that go at an age.
type Periods struct {
	Periods []Period `json:"periods"`
}

// Periods lists them for the trust's administrator.
func (d Data) Periods(ctx context.Context, s tenants.Scope, _ web.None) (Periods, error) {
	chosen, err := periodsOf(ctx, s)
	var out Periods
	for _, class := range d.classes() {
		if class.Purge != nil {
			out.Periods = append(out.Periods, periodOf(s, class, chosen))
		}
	}
	return out, err
}

func periodOf(s tenants.Scope, class tenants.Class, chosen periods) Period {
	return Period{class.Key, class.Name, class.About, chosen.of(class), class.Days, class.Least, class.Most, boundsOf(s, class)}
}

func boundsOf(s tenants.Scope, class tenants.Class) (all []Bound) {
	for _, area := range areas.All {
		bounds, bound := area.Keep[class.Key]
		if bound && slices.ContainsFunc(s.Estate.Services, func(at *tenants.Service) bool { return string(at.Area) == area.Key }) {
			all = append(all, Bound{area.Name, bounds.Least, bounds.Most})
		}
	}
	return all
}

// find is NotFound where no class of this name goes at an age.
func (d Data) find(key string) (tenants.Class, error) {
	for _, class := range d.classes() {
		if class.Key == key && class.Purge != nil {
			return class, nil
		}
	}
	return tenants.Class{}, fault.Missing()
}

// Wish is another period for a class.
type Wish struct {
	Class string `path:"class"`
	Days  int    `json:"days" validate:"gte=0" label:"a number of days"`
}

// fits tells what is wrong with it.
func (w Wish) fits(class tenants.Class) error {
	if w.Days < class.Least || w.Days > class.Most {
		return fault.Bad("days", fmt.Sprintf("Choose from %d to %d days.", class.Least, class.Most))
	}
	return nil
}

// Preview is what a period would remove: within the hour, and in the month after.
type Preview struct {
	Period
	Wish  int        `json:"wish"` // days; zero until some are chosen
	Now   int        `json:"now"`
	Month int        `json:"month"`
	Until *time.Time `json:"until,omitempty"` // what is older goes
}

// Preview counts what a class kept for so many days would lose. Without days it
// counts for the period that holds.
func (d Data) Preview(ctx context.Context, s tenants.Scope, in Wish) (Preview, error) {
	class, err := d.find(in.Class)
	if err != nil {
		return Preview{}, err
	}
	chosen, err := periodsOf(ctx, s)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{Period: periodOf(s, class, chosen), Wish: in.Days}
	if in.Days == 0 {
		out.Wish = out.Days
	} else if err := in.fits(class); err != nil && web.Refused(ctx) == nil { // a refused form is shown, whatever is in it
		return Preview{}, err
	}
	until := s.Now.AddDate(0, 0, -out.Wish)
	out.Until = &until
	services, err := s.Everywhere(ctx)
	if err != nil {
		return Preview{}, err
	}
	wished := periods{class.Key: out.Wish}
	for _, at := range services {
		until := s.Now.AddDate(0, 0, -wished.in(class, at.Service))
		now, err := class.Count(ctx, at, until)
		if err != nil {
			return Preview{}, err
		}
		month, err := class.Count(ctx, at, until.AddDate(0, 0, 30))
		if err != nil {
			return Preview{}, err
		}
		out.Now, out.Month = out.Now+now, out.Month+month-now
	}
	return out, nil
}

// Keeping is a wish to hold from now on.
type Keeping struct {
	Wish
	tenants.Why
}

// Keep chooses how long a class is kept from now on.
func (d Data) Keep(ctx context.Context, s tenants.Scope, in Keeping) (Period, error) {
	class, err := d.find(in.Class)
	if err != nil {
		return Period{}, err
	}
	if err := s.Fresh(); err != nil {
		return Period{}, err
	}
	if err := in.fits(class); err != nil {
		return Period{}, err
	}
	chosen, err := periodsOf(ctx, s)
	if err != nil {
		return Period{}, err
	}
	before := chosen.of(class)
	row := period{Class: class.Key, Days: in.Days, ChangedAt: s.Now}
	_, err = s.Insert(&row).On("CONFLICT (tenant_id, class) DO UPDATE").Set("days = EXCLUDED.days").Set("changed_at = EXCLUDED.changed_at").Exec(ctx)
	if err != nil {
		return Period{}, err
	}
	chosen[class.Key] = in.Days
	return periodOf(s, class, chosen), s.Audit(ctx, "retention.change", tenants.Audited{Reason: in.Reason, Before: kept{class.Name, before}, After: kept{class.Name, in.Days}})
}

// kept is what the audit log says of a period.
type kept struct {
	What string `json:"what"`
	Days int    `json:"days"`
}

// purge removes what has been kept long enough, class by class and service by
// service, until there is no more of it.
func (d Data) purge(ctx context.Context, s tenants.Scope) error {
	var chosen periods
	var services []tenants.Scope
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if chosen, err = periodsOf(ctx, s); err != nil {
			return err
		}
		services, err = s.Everywhere(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, class := range d.classes() {
		if class.Purge == nil {
			continue
		}
		for _, at := range services {
			for more := true; more; {
				err := at.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
					n, err := class.Purge(ctx, s, s.Now.AddDate(0, 0, -chosen.in(class, s.Service)))
					more = n > 0
					if err != nil || n == 0 {
						return err
					}
					return s.Audit(ctx, "retention.purge", tenants.Audited{After: purged{class.Name, n}})
				})
				if err != nil {
					return fmt.Errorf("%s: %w", class.Key, err)
				}
			}
		}
	}
	return nil
}

// purged is what the audit log says of a round.
type purged struct {
	What string `json:"what"`
	Many int    `json:"how_many"`
}
