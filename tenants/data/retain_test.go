package data

import (
	"testing"

	"github.com/sharon-nhs/sharon/tenants"
)

// What a child told the team is kept past their childhood and what was only said in
// passing not for long, whatever the trust chose; other services go by the trust.
func TestAnAreaBoundsWhatTheTrustChose(t *testing.T) {
	purged := func(key string, days, least, most int) tenants.Class {
		return tenants.Class{Key: key, Days: days, Least: least, Most: most}.Ages()
	}
	desk, live, notices := purged("desk", 8*365, 365, 20*365), purged("live-words", 365, 7, 3*365), purged("notices", 90, 14, 365)
	children, parents := &tenants.Service{Area: "children_young_people"}, &tenants.Service{Area: "perinatal"}
	chosen := periods{"desk": 400, "live-words": 700}
	for _, c := range []struct {
		class    tenants.Class
		services []*tenants.Service
		days     int
	}{
		{desk, []*tenants.Service{children}, 7300}, {desk, []*tenants.Service{parents}, 400}, {desk, []*tenants.Service{parents, children}, 7300}, {desk, nil, 400},
		{live, []*tenants.Service{children}, 90}, {live, []*tenants.Service{parents}, 700}, {notices, []*tenants.Service{children}, 90},
	} {
		if got := chosen.longest(c.class, c.services); got != c.days {
			t.Errorf("%s in %d services: %d days, not %d", c.class.Key, len(c.services), got, c.days)
		}
	}
}
