package usage

import (
	"context"
	"math"
	"slices"

	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/tenants"
)

// Publish writes anew what leaves the trust: its services' months that are over, in
// multiples of five. Where nothing has changed nothing is written. It opens its units
// of work itself.
func Publish(ctx context.Context, s tenants.Scope) error {
	var rows []Published
	known := false
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if rows, err = publishable(ctx, s); err != nil {
			return err
		}
		known, err = stated(ctx, s, rows)
		return err
	})
	if err != nil || known {
		return err
	}
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return tenants.Restate(ctx, s, rows) })
}

func publishable(ctx context.Context, s tenants.Scope) (rows []Published, err error) {
	services, err := s.Everywhere(ctx)
	if err != nil {
		return nil, err
	}
	for _, at := range services {
		last, err := counting(ctx, at)
		if err != nil {
			return nil, err
		}
		if last == "" {
			continue
		}
		day, err := parse(last)
		if err != nil {
			return nil, err
		}
		cells, err := byMonth(ctx, at, "", day.next(Day).first(Month).String()) // before the month that has begun
		if err != nil {
			return nil, err
		}
		for _, cell := range safe(cells) {
			rows = append(rows, Published{OfTrust: tenants.OfTrust{TrustID: s.Trust().ID}, ServiceID: at.Service.ID, Since: cell.Since, Key: cell.Key, Part: cell.Part, Outside: cell.Outside, N: cell.N})
		}
	}
	return rows, nil
}

// stated tells whether the platform has exactly these rows of the trust.
func stated(ctx context.Context, s tenants.Scope, rows []Published) (bool, error) {
	var there []Published
	err := tenants.Stated[Published](s).Where("published.trust_id = ?", s.Trust().ID).Scan(ctx, &there)
	left := map[Published]bool{}
	for _, row := range there {
		left[row] = true
	}
	for _, row := range rows {
		if !left[row] {
			return false, err
		}
		delete(left, row)
	}
	return len(left) == 0, err
}

// safe is what may be known everywhere of a service's months. All that comes out is a
// multiple of five, and could itself be what was counted: see package disclosure.
//
//   - What happens (posts, joining, answers) is rounded over time, each part by itself,
//     so a sum of parts is the sum of what was published of them.
//   - Who was active, by month of joining, is at most how many are told to have joined
//     then; by device it adds up to the same total.
func safe(cells []Cell) (out []Cell) {
	months, rows := []string{}, map[place]int{}
	note := func(month string) {
		if !slices.Contains(months, month) {
			months = append(months, month)
		}
	}
	for _, c := range cells {
		rows[place{Month, c.Since, c.Key, c.Part, c.Outside}] += c.N
		if note(c.Since); c.Key == active {
			note(c.Part)
		}
	}
	slices.Sort(months)
	told := sums{}
	for at := range rows {
		if at.key == active || at.key == devices {
			continue
		}
		at.since = ""
		if _, done := told[at]; done {
			continue
		}
		told[at] = 0 // the series is done
		added := make([]int, len(months))
		for i, month := range months {
			at.since = month
			added[i] = rows[at]
		}
		for i, n := range disclosure.Running(added) {
			at.since = months[i]
			told[at] = n
		}
	}
	for _, month := range months {
		told.active(rows, months, month)
	}
	for at, n := range told {
		if n > 0 {
			out = append(out, Cell{Span: Month, Since: at.since, Key: at.key, Part: at.part, Outside: at.outside, N: n})
		}
	}
	return out
}

// active tells who came in a month, once it is told who joined.
func (n sums) active(rows map[place]int, cohorts []string, month string) {
	var parts, room []int
	for _, cohort := range cohorts {
		parts = append(parts, rows[place{Month, month, active, cohort, false}])
		room = append(room, n[place{Month, cohort, joined, "", false}])
	}
	total := 0
	for i, many := range disclosure.Parts(parts, room, disclosure.Floor(sum(parts))) {
		n[place{Month, month, active, cohorts[i], false}] = many
		total += many
	}
	parts, room = nil, nil
	for _, device := range Devices {
		parts = append(parts, rows[place{Month, month, devices, device, false}])
		room = append(room, math.MaxInt)
	}
	for i, many := range disclosure.Parts(parts, room, total) {
		n[place{Month, month, devices, Devices[i], false}] = many
	}
}

func sum(all []int) (total int) {
	for _, n := range all {
		total += n
	}
	return total
}
