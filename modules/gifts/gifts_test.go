package gifts

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/ui/assets"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

func TestEveryDrawingIsThereAndHasWords(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range drawings {
		assets.URL("gifts/" + d.Key + ".svg") // panics where there is none
		if d.Name == "" || d.Alt == "" || len(d.Name) > 60 || seen[d.Key] || seen[d.Name] {
			t.Errorf("%+v", d)
		}
		seen[d.Key], seen[d.Name] = true, true
	}
}

func TestEveryAreaBeginsWithGiftsThatExist(t *testing.T) {
	for _, area := range areas.All {
		service := &tenants.Service{ID: uuid.New(), Area: tenants.Area(area.Key)}
		kinds := Preset(service)
		if len(kinds) < 8 || len(kinds) > mostKinds {
			t.Errorf("%s begins with %d gifts", area.Name, len(kinds))
		}
		for i, kind := range kinds {
			if kind.Name == "" || kind.ID == uuid.Nil || kind.ID != Preset(service)[i].ID {
				t.Errorf("%s: %+v", area.Name, kind)
			}
		}
	}
}

func TestNobodyWithAnEatingDisorderIsGivenFood(t *testing.T) {
	food := []string{"hot-beverage", "teapot", "cookie", "cupcake", "shortcake", "birthday-cake", "strawberry", "honey-pot", "baby-bottle"}
	for _, kind := range Preset(&tenants.Service{Area: "eating_disorders"}) {
		if slices.Contains(food, kind.Art) {
			t.Errorf("the preset has %q", kind.Name)
		}
	}
}
