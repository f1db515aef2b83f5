package areas_test

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

func TestEveryWingOfAPresetIsForSomebodyElse(t *testing.T) {
	for _, area := range areas.All {
		taken, carers := map[int]string{}, 0
		for _, wing := range area.Offers() {
			if !web.IsSlug(wing.Key) || wing.Name == "" || wing.About == "" || wing.From > wing.To {
				t.Errorf("%s: %+v", area.Key, wing)
			}
			if wing.ForCarers() {
				carers++
				continue
			}
			for age := wing.From; age <= wing.To; age++ {
				if taken[age] != "" {
					t.Errorf("%s: who is %d is in %s and in %s", area.Key, age, taken[age], wing.Key)
				}
				taken[age] = wing.Key
			}
			for _, board := range area.Wing(wing.Key).Boards {
				if !web.IsSlug(board.Slug) || board.Name == "" || len(board.About) > 200 {
					t.Errorf("%s, %s: board %+v", area.Key, wing.Key, board)
				}
			}
		}
		if area.Key == "carers" && len(area.Offers()) > 0 || area.Key != "carers" && carers != 1 {
			t.Errorf("%s has %d wings for carers", area.Key, carers)
		}
	}
}

// Nobody of 11 to 25 is without a place among children and young people, and what a
// wing says comes before what its area says.
func TestTheChildrensWingsLeaveNobodyOut(t *testing.T) {
	children, _ := areas.Of("children_young_people")
	for age := 11; age <= 25; age++ {
		found := false
		for _, wing := range children.Wings {
			found = found || wing.From <= age && age <= wing.To
		}
		if !found {
			t.Errorf("who is %d has no wing", age)
		}
	}
	if youngest := children.Wing("11-13"); len(youngest.Rules) <= len(children.Rules) || youngest.Boards[2].Slug != "big-school" {
		t.Errorf("the youngest begin with %+v", youngest)
	}
	if other := children.Wing("attic"); other.Rules != children.Rules {
		t.Error("a wing that there is not has rules of its own")
	}
}
