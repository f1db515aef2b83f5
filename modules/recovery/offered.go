package recovery

import (
	"cmp"
	"slices"

	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// offered are measures in the order in which clinicians choose of them: those of the
// service's area first.
func offered(s tenants.Scope, all []Definition) []Definition {
	area, _ := areas.Of(string(s.Service.Area))
	place := func(d Definition) int {
		if at := slices.Index(area.Measures, d.Key); at >= 0 {
			return at
		}
		return len(area.Measures)
	}
	return slices.SortedStableFunc(slices.Values(all), func(a, b Definition) int { return cmp.Compare(place(a), place(b)) })
}

// Shipped is the name of a measure that comes with SHaRON; false if none has this key.
func Shipped(key string) (name string, ok bool) {
	d, ok := builtIn(key)
	return d.Name, ok
}
