package usage

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/tenants"
)

// Publish writes anew what leaves the trust: its services' months that are over, in
// multiples of five. Where nothing has changed nothing is written.
func Publish(ctx context.Context, s tenants.Scope) error {
	services, err := s.Everywhere(ctx)
	if err != nil {
		return err
	}
	var rows []Published
	for _, at := range services {
		last, err := counting(ctx, at)
		if err != nil {
			return err
		}
		if last == "" {
			continue
		}
		day, err := parse(last)
		if err != nil {
			return err
		}
		cells, err := byMonth(ctx, at, "", day.next(Day).first(Month).String()) // before the month that has begun
		if err != nil {
			return err
		}
		for _, cell := range safe(cells) {
			rows = append(rows, Published{ServiceID: at.Service.ID, Since: cell.Since, Key: cell.Key, Part: cell.Part, Outside: cell.Outside, N: cell.N})
		}
	}
	var there []Published
	if err := tenants.Stated[Published](s).Model(&there).Where("published.trust_id = ?", s.Trust().ID).Scan(ctx); err != nil {
		return err
	}
	if same(rows, there, s) {
		return nil
	}
	return tenants.Restate(ctx, s, rows)
}

func same(rows, there []Published, s tenants.Scope) bool {
	order := func(a, b Published) int {
		outside := func(p Published) int {
			if p.Outside {
				return 1
			}
			return 0
		}
		return cmp.Or(slices.Compare(a.ServiceID[:], b.ServiceID[:]), cmp.Compare(a.Since, b.Since), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Part, b.Part), cmp.Compare(outside(a), outside(b)))
	}
	slices.SortFunc(there, order)
	slices.SortFunc(rows, order)
	return slices.EqualFunc(rows, there, func(a, b Published) bool {
		a.TrustID = s.Trust().ID
		return a == b
	})
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
