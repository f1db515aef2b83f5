package usage

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

var someMonths = []string{"2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"}

func cell(month, key, part string, outside bool, n int) Cell {
	return Cell{Span: Month, Since: month, Key: key, Part: part, Outside: outside, N: n}
}

func ordered(cells []Cell) []Cell {
	cells = slices.DeleteFunc(slices.Clone(cells), func(c Cell) bool { return c.N == 0 })
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Part, b.Part), cmp.Compare(strconv.FormatBool(a.Outside), strconv.FormatBool(b.Outside)))
	})
	return cells
}

// made is a service of half a year, as one could be.
func made(r *rand.Rand) (cells []Cell) {
	here := map[string]int{}
	for i, month := range someMonths {
		here[month] = r.IntN(12)
		cells = append(cells, cell(month, joined, "", false, here[month]), cell(month, left, "", false, r.IntN(3)))
		who := 0
		for _, cohort := range someMonths[:i+1] {
			came := r.IntN(here[cohort] + 1)
			who += came
			cells = append(cells, cell(month, active, cohort, false, came))
		}
		for n, device := range Devices {
			many := r.IntN(who + 1)
			if n == len(Devices)-1 {
				many = who
			}
			who -= many
			cells = append(cells, cell(month, devices, device, false, many))
		}
		for _, room := range []string{"forums", "walls", "blogs"} {
			cells = append(cells, cell(month, "posts", room, false, r.IntN(15)), cell(month, "posts", room, true, r.IntN(15)))
		}
	}
	return cells
}

// What is published is a world that could be, and would be published as it is: then
// nobody can exclude that it is the truth, in which nothing is from 1 to 4.
func TestWhatIsPublishedCouldBeTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 500 {
		truth := made(r)
		told := ordered(safe(truth))
		if again := ordered(safe(told)); !slices.Equal(told, again) {
			t.Fatalf("%v\nis published as\n%v\nand that as\n%v", truth, told, again)
		}
		at := map[place]int{}
		for _, c := range told {
			if c.N <= 0 || c.N%5 != 0 {
				t.Fatalf("%v is published", c)
			}
			at[place{Month, c.Since, c.Key, c.Part, c.Outside}] = c.N
		}
		for _, month := range someMonths {
			came, used := 0, 0
			for _, cohort := range someMonths {
				n := at[place{Month, month, active, cohort, false}]
				if came += n; n > at[place{Month, cohort, joined, "", false}] {
					t.Fatalf("%d of %s came in %s, more than joined", n, cohort, month)
				}
			}
			for _, device := range Devices {
				used += at[place{Month, month, devices, device, false}]
			}
			if came != used {
				t.Fatalf("in %s %d came, with %d devices", month, came, used)
			}
		}
	}
}

// An attacker knows how figures are made safe, has all of them, and tries every truth
// that they could come from, here all up to 10 and to 5 of each sort. For no sum and no difference is there one answer from 1 to 4.
func TestNoSubtractionFindsASmallCount(t *testing.T) {
	months := someMonths[:3]
	tried := attack(t, func(try func(quantities map[string]int, cells []Cell)) {
		for a := range 11 {
			for b := range 11 {
				for c := range 11 {
					for lost := range 6 {
						try(map[string]int{
							"joined in the first": a, "in the second": b, "in the third": c, "in two": a + b, "in the last two": b + c, "in all": a + b + c,
							"left": lost, "members": a + b + c - lost, "grown by": b - lost, "more than before": c - b,
						}, []Cell{cell(months[0], joined, "", false, a), cell(months[1], joined, "", false, b), cell(months[2], joined, "", false, c), cell(months[2], left, "", false, lost)})
					}
				}
			}
		}
	})
	tried += attack(t, func(try func(quantities map[string]int, cells []Cell)) {
		for first := range 6 {
			for second := range 6 {
				for old := range first + 1 {
					for stayed := range first + 1 {
						for fresh := range second + 1 {
							for phone := range stayed + fresh + 1 {
								try(map[string]int{
									"joined": first, "joined later": second, "active": old, "active later": stayed + fresh, "stayed": stayed, "new and active": fresh,
									"not active": first - old, "gone": first - stayed, "never came": second - fresh, "by phone": phone, "not by phone": stayed + fresh - phone,
									"fewer than before": old - stayed, "inactive in all": first + second - stayed - fresh,
								}, []Cell{
									cell(months[0], joined, "", false, first), cell(months[1], joined, "", false, second), cell(months[0], active, months[0], false, old),
									cell(months[0], devices, "phone", false, old),
									cell(months[1], active, months[0], false, stayed), cell(months[1], active, months[1], false, fresh),
									cell(months[1], devices, "phone", false, phone), cell(months[1], devices, "computer", false, stayed+fresh-phone),
								})
							}
						}
					}
				}
			}
		}
	})
	if tried < 15_000 {
		t.Errorf("only %d truths were tried", tried)
	}
}

// attack groups truths by what is published of them.
func attack(t *testing.T, all func(try func(quantities map[string]int, cells []Cell))) (tried int) {
	t.Helper()
	could := map[string]map[string]map[int]bool{} // by publication and quantity, the values that it can have
	all(func(quantities map[string]int, cells []Cell) {
		tried++
		seen := ""
		for _, c := range ordered(safe(cells)) {
			seen += c.Since + " " + c.Key + " " + c.Part + " " + strconv.Itoa(c.N) + "; "
		}
		if could[seen] == nil {
			could[seen] = map[string]map[int]bool{}
		}
		for name, n := range quantities {
			if could[seen][name] == nil {
				could[seen][name] = map[int]bool{}
			}
			could[seen][name][n] = true
		}
	})
	for seen, quantities := range could {
		for name, values := range quantities {
			for n := 1; n < 5; n++ {
				if len(values) == 1 && values[n] {
					t.Errorf("%s is %d, by %s", name, n, seen)
				}
			}
		}
	}
	return tried
}
