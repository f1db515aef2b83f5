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
