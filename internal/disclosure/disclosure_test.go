package disclosure_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharon-nhs/sharon/internal/disclosure"
)

func sum(all []int) (n int) {
	for _, one := range all {
		n += one
	}
	return n
}

func some(r *rand.Rand, many, most int) []int {
	all := make([]int, many)
	for i := range all {
		all[i] = r.IntN(most + 1)
	}
	return all
}

func unsafe(all []int) bool {
	return slices.ContainsFunc(all, func(n int) bool { return n < 0 || n%disclosure.Base != 0 })
}

func TestRunningSumsAreTheTrueOnesRoundedDown(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		added := some(r, 1+r.IntN(12), 12)
		told := disclosure.Running(added)
		for i := range added {
			if sum(told[:i+1]) != disclosure.Floor(sum(added[:i+1])) {
				t.Fatalf("%v is told as %v", added, told)
			}
		}
		if unsafe(told) || !slices.Equal(disclosure.Running(told), told) {
			t.Fatalf("%v is told as %v, and that as %v", added, told, disclosure.Running(told))
		}
	}
}

func TestPartsFitTheirRoomAndTheirTotal(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		parts := some(r, 1+r.IntN(8), 12)
		room := some(r, len(parts), 5)
		for i := range room {
			room[i] *= disclosure.Base
		}
		total := disclosure.Floor(sum(parts))
		told := disclosure.Parts(parts, room, total)
		for i := range told {
			if told[i] > room[i] || sum(told[:i+1]) > sum(parts[:i+1]) {
				t.Fatalf("%v with room for %v is told as %v", parts, room, told)
			}
		}
		if sum(told) > total || unsafe(told) || !slices.Equal(disclosure.Parts(told, room, disclosure.Floor(sum(told))), told) {
			t.Fatalf("%v with room for %v is told as %v", parts, room, told)
		}
		for i := range room {
			room[i] = total
		}
		if whole := disclosure.Parts(parts, room, total); sum(whole) != total {
			t.Fatalf("%v with room for all is told as %v", parts, whole)
		}
	}
}

func TestSharesAreNearAndAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 2000 {
		parts := some(r, 1+r.IntN(8), 20)
		told, total := disclosure.Shared(parts)
		if n := sum(parts); total != disclosure.Floor(n) || sum(told) != total || unsafe(told) {
			t.Fatalf("%v is told as %v of %d", parts, told, total)
		}
		if again, _ := disclosure.Shared(told); !slices.Equal(again, told) {
			t.Fatalf("%v is told as %v, and that as %v", parts, told, again)
		}
		for i := range parts {
			if n := sum(parts); total > 0 && 2*max(sum(told[:i+1])*n-sum(parts[:i+1])*total, sum(parts[:i+1])*total-sum(told[:i+1])*n) > disclosure.Base*n {
				t.Fatalf("%v is told as %v: the first %d are far off", parts, told, i+1)
			}
		}
	}
}

// The attacker knows what was told and even how many answered exactly, and tries all
// truths: no part of theirs is left with nothing but counts from 1 to 4.
func TestNoSmallPartIsFoundEvenWhereTheTotalIsKnown(t *testing.T) {
	for n := disclosure.Base; n < 28; n++ {
		worlds := map[[3]int][][3]int{}
		for a := range n + 1 {
			for b := range n + 1 - a {
				parts := [3]int{a, b, n - a - b}
				told, _ := disclosure.Shared(parts[:])
				worlds[[3]int(told)] = append(worlds[[3]int(told)], parts)
			}
		}
		for told, all := range worlds {
			for i := range told {
				if !slices.ContainsFunc(all, func(truth [3]int) bool { return truth[i] == 0 || truth[i] >= disclosure.Base }) {
					t.Errorf("of %d told as %v, part %d is from 1 to 4 in each of %v", n, told, i, all)
				}
			}
		}
	}
}
