package usage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// The keys of what the part counts itself.
const (
	joined = "joined"
	left   = "left"
	// active are members who came; of a month by that of their joining.
	active = "active"
	// devices are the same, of a month, by the device that they used on most days.
	devices = "device"
)

// grace is how long after midnight a day is counted, for what was begun before it.
const grace = 10 * time.Minute

// chunk bounds how many days are counted in one go.
const chunk = 31

// chunks bounds how many are counted in one round, so that it ends in time.
const chunks = 16

// CatchUp counts the days of the scope's service that are over and were not counted,
// up to a good year of them; the next round goes on. It tells whether there were any.
func (u Usage) CatchUp(ctx context.Context, s tenants.Scope) (fresh bool, err error) {
	today := dateOf(s.Now.Add(-grace))
	var from date
	var done map[string]bool
	err = s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		first, err := begun(ctx, s)
		from = dateOf(first)
		if err != nil {
			return err
		}
		done, err = counted(ctx, s, from.String())
		return err
	})
	if err != nil {
		return false, err
	}
	for more := chunks; more > 0 && from.before(today); {
		until := from
		for until.before(today) && !done[until.String()] && until.before(from.plus(chunk)) {
			until = until.plus(1)
		}
		if from.before(until) {
			if err := u.count(ctx, s, from, until); err != nil {
				return fresh, err
			}
			from, fresh = until, true
			more--
		} else {
			from = from.plus(1)
		}
	}
	return fresh, nil
}

// Backfill counts days anew, the last one included. A count never falls by it: what
// has been erased since was counted while it was there.
func (u Usage) Backfill(ctx context.Context, s tenants.Scope, from, to string) error {
	first, err := parse(from)
	if err != nil {
		return fault.Bad("from", "Write a day such as 2026-01-31.")
	}
	last, err := parse(to)
	if err != nil || last.before(first) {
		return fault.Bad("to", "Write a day such as 2026-01-31, not before the first.")
	}
	until := last.plus(1)
	if today := dateOf(s.Now); today.before(until) {
		until = today
	}
	for first.before(until) {
		end := first.plus(chunk)
		if until.before(end) {
			end = until
		}
		if err := u.count(ctx, s, first, end); err != nil {
			return err
		}
		first = end
	}
	return nil
}

// count counts some days and keeps what it finds.
func (u Usage) count(ctx context.Context, s tenants.Scope, from, until date) error {
	var cells []Cell
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		cells, err = u.reckon(ctx, s, from, until)
		return err
	})
	if err != nil {
		return err
	}
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return keep(ctx, s, cells) })
}

// reckon works out the cells of some days, and of the weeks and months that end in them.
func (u Usage) reckon(ctx context.Context, s tenants.Scope, from, until date) ([]Cell, error) {
	sums := sums{}
	for _, of := range slices.Concat(own, u.Counts()) {
		all, err := of.Of(ctx, s, from.Time, until.Time)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			part := one.Part
			if of.Waits {
				part = stepOf(one.At.Sub(one.Since))
			}
			sums[place{Day, dateOf(one.At).String(), of.Key, part, of.Deeds && clock.OutOfHours(one.At)}]++
		}
	}
	begin := from.first(Week)
	if month := from.first(Month); month.before(begin) {
		begin = month
	}
	visits, err := visited(ctx, s, begin.String(), until.String())
	if err != nil {
		return nil, err
	}
	sums.come(visits, from, until)
	return sums.cells(), nil
}

// place is what a number stands for.
type place struct {
	span       Span
	since, key string
	part       string
	outside    bool
}

type sums map[place]int

// come counts who came: each day, and each week and month that ends before until.
func (n sums) come(visits []visit, from, until date) {
	days := map[string][]visit{}
	for _, v := range visits {
		days[v.Day] = append(days[v.Day], v)
	}
	for day := from; day.before(until); day = day.plus(1) {
		n[place{span: Day, since: day.String(), key: active}] = len(days[day.String()])
		if week := day.first(Week); week.next(Week) == day.next(Day) {
			n[place{span: Week, since: week.String(), key: active}] = len(people(days, week, day.next(Day)))
		}
		if month := day.first(Month); month.next(Month) == day.next(Day) {
			for _, who := range people(days, month, day.next(Day)) {
				n[place{span: Month, since: month.String(), key: active, part: dateOf(who.joined).first(Month).String()}]++
				n[place{span: Month, since: month.String(), key: devices, part: who.device()}]++
			}
		}
	}
}

// person is somebody who came in a period.
type person struct {
	joined time.Time
	days   map[string]int // by device
}

// Devices are the kinds of device, in their order.
var Devices = []string{"phone", "tablet", "computer", "other"}

// device is the one of most days; the first in the order where there are several.
func (p person) device() string {
	return slices.MaxFunc(Devices, func(a, b string) int {
		return cmp.Or(cmp.Compare(p.days[a], p.days[b]), cmp.Compare(slices.Index(Devices, b), slices.Index(Devices, a)))
	})
}

func people(days map[string][]visit, from, until date) map[uuid.UUID]person {
	all := map[uuid.UUID]person{}
	for day := from; day.before(until); day = day.plus(1) {
		for _, v := range days[day.String()] {
			who, known := all[v.MemberID]
			if !known {
				who = person{v.JoinedAt, map[string]int{}}
				all[v.MemberID] = who
			}
			who.days[v.Device]++
		}
	}
	return all
}

func (n sums) cells() []Cell {
	cells := make([]Cell, 0, len(n))
	for at, many := range n {
		cells = append(cells, Cell{Span: at.span, Since: at.since, Key: at.key, Part: at.part, Outside: at.outside, N: many})
	}
	slices.SortFunc(cells, func(a, b Cell) int { // so that two who count at once wait for each other in one order
		return cmp.Or(cmp.Compare(a.Span, b.Span), cmp.Compare(a.Since, b.Since), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Part, b.Part))
	})
	return cells
}
