// Package disclosure makes counts of people safe to publish: so that no count
// below five is in what is published, nor can be worked out of it.
//
// The usual way is primary and secondary suppression: leave out each cell below
// five, and then another one in its row and column, so that no total gives it away
// (ONS, "Policy on protecting confidentiality in tables of birth and death
// statistics"; NHS Digital, "Disclosure control guidance: HES analysis guide", which
// leaves out 1 to 7 and rounds the rest to 5). Totals over time and over places make
// such tables depend on each other, and choosing the second cells well for all of
// them at once is hard to do and harder to check.
//
// Here all that is published is a multiple of five, and it is a world that could be:
// where parts make a total in the truth, they do in what is published, and what
// cannot exceed something does not exceed it. Published again, such a world stays
// as it is. So whoever has all that was ever published, and sums, subtracts and
// compares it as they like, can never exclude that the truth is exactly what they
// read, in which there is no count from 1 to 4. (Rounding so that a table still adds
// up is called controlled rounding: Cox 1987, J. Amer. Statist. Assoc. 82, 520–524.)
package disclosure

// Base is what every published count is a multiple of, so also the smallest one.
const Base = 5

// Floor is a count, rounded down.
func Floor(n int) int { return n / Base * Base }

// Running rounds what was added in each of some periods, in their order. The sum of
// the first periods is always the true one, rounded down: what was too little to be
// told waits until more has come, and nothing is lost. Numbers are 0 or more.
func Running(added []int) []int {
	out := make([]int, len(added))
	sum := 0
	for i, n := range added {
		out[i] = Floor(sum+n) - Floor(sum)
		sum += n
	}
	return out
}

// Parts rounds the parts of one total, each to at most what there is room for and all
// together to at most a total; what room and total are must be multiples of five. What
// is too little of one part is told with the next, so the sum is the true one, rounded
// down, unless there is no room for it.
func Parts(parts, room []int, total int) []int {
	out := make([]int, len(parts))
	waiting := 0
	for i, n := range parts {
		waiting += n
		out[i] = min(Floor(waiting), room[i], total)
		waiting -= out[i]
		total -= out[i]
	}
	return out
}

// Shares is the least total of which it is worth telling shares. With less, rounding
// moves them by more than an eighth.
const Shares = 20

// Shared rounds the parts of a total that stands alone, told once and for all. The
// total is the true one, rounded down; the first parts together have the share of it
// that is nearest to their true one. Parts are 0 or more.
func Shared(parts []int) (out []int, total int) {
	n := 0
	for _, part := range parts {
		n += part
	}
	out, total = make([]int, len(parts)), Floor(n)
	if total == 0 {
		return out, 0
	}
	sum, told := 0, 0
	for i, part := range parts {
		sum += part
		upTo := (2*sum*total + Base*n) / (2 * Base * n) * Base
		out[i], told = upTo-told, upTo
	}
	return out, total
}
