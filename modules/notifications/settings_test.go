package notifications

import (
	"slices"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
)

// slots are the next so many digests after a moment, in London's words.
func slots(p Settings, after string, many int) (all []string) {
	t, err := time.Parse(time.RFC3339, after)
	if err != nil {
		panic(err)
	}
	for range many {
		p.next(t)
		if p.NextDigestAt == nil {
			return all
		}
		t = *p.NextDigestAt
		all = append(all, t.In(clock.London).Format("Mon 2 Jan 15:04 MST"))
	}
	return all
}

func TestADigestComesOnceADayWhateverTheClocksDo(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings Settings
		after    string
		want     []string
	}{
		{"spring, an hour that is left out", Settings{Digest: "daily", DigestHour: 1}, "2026-03-28T00:30:00Z", []string{"Sat 28 Mar 01:00 GMT", "Sun 29 Mar 02:00 BST", "Mon 30 Mar 01:00 BST"}},
		{"spring, after it", Settings{Digest: "daily", DigestHour: 8}, "2026-03-28T12:00:00Z", []string{"Sun 29 Mar 08:00 BST", "Mon 30 Mar 08:00 BST"}},
		{"autumn, an hour that comes twice", Settings{Digest: "daily", DigestHour: 1}, "2026-10-24T12:00:00Z", []string{"Sun 25 Oct 01:00 BST", "Mon 26 Oct 01:00 GMT"}},
		{"autumn, between the two", Settings{Digest: "daily", DigestHour: 1}, "2026-10-25T00:30:00Z", []string{"Mon 26 Oct 01:00 GMT"}},
		{"autumn, midnight", Settings{Digest: "daily", DigestHour: 0}, "2026-10-24T12:00:00Z", []string{"Sun 25 Oct 00:00 BST", "Mon 26 Oct 00:00 GMT"}},
		{"summer, midnight is the day before in UTC", Settings{Digest: "daily", DigestHour: 0}, "2026-06-30T22:59:00Z", []string{"Wed 1 Jul 00:00 BST"}},
		{"weekly over the change", Settings{Digest: "weekly", DigestDay: 0, DigestHour: 18}, "2026-10-18T17:00:00Z", []string{"Sun 25 Oct 18:00 GMT", "Sun 1 Nov 18:00 GMT"}},
		{"off", Settings{Digest: "off"}, "2026-10-18T17:00:00Z", nil},
	} {
		if got := slots(c.settings, c.after, max(1, len(c.want))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestQuietHours(t *testing.T) {
	at := func(from, to int) Settings { return Settings{QuietFrom: &from, QuietTo: &to} }
	for _, c := range []struct {
		settings  Settings
		now, want string
	}{
		{Settings{}, "2026-11-20T03:00:00Z", "2026-11-20T03:00:00Z"},
		{at(22*60, 7*60), "2026-11-20T21:59:59Z", "2026-11-20T21:59:59Z"},
		{at(22*60, 7*60), "2026-11-20T22:00:00Z", "2026-11-21T07:00:00Z"},
		{at(22*60, 7*60), "2026-11-21T06:59:00Z", "2026-11-21T07:00:00Z"},
		{at(22*60, 7*60), "2026-07-01T05:30:00Z", "2026-07-01T06:00:00Z"}, // seven in summer
		{at(22*60, 7*60), "2026-03-28T23:00:00Z", "2026-03-29T06:00:00Z"}, // the clocks go forward in between
		{at(9*60, 12*60), "2026-11-20T09:00:00Z", "2026-11-20T12:00:00Z"},
		{at(9*60, 12*60), "2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z"},
		{at(9*60, 9*60), "2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z"},
		{at(23*60, 0), "2026-11-20T23:30:00Z", "2026-11-21T00:00:00Z"},
	} {
		now, _ := time.Parse(time.RFC3339, c.now)
		if got := c.settings.After(now).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%v to %v at %s: %s, want %s", c.settings.QuietFrom, c.settings.QuietTo, c.now, got, c.want)
		}
	}
}

// Children are not nudged, and early intervention is gentle.
func TestGentleServicesSendOnlyWhatIsNear(t *testing.T) {
	for _, area := range []tenants.Area{"children_young_people", "early_intervention"} {
		for _, k := range kinds {
			h := habitsOf(area)
			loud := h.when(k, Email) == Now || h.when(k, Push) == Now
			if loud != (k.near || k.always) {
				t.Errorf("%s: %s is sent at once: %v", area, k.key, loud)
			}
		}
	}
}

func TestNobodyGetsTextsWhoDidNotAskButOfSafety(t *testing.T) {
	for _, area := range []tenants.Area{"children_young_people", "early_intervention", "perinatal", "eating_disorders"} {
		for _, k := range kinds {
			if now := habitsOf(area).when(k, Text) == Now; now != k.always {
				t.Errorf("%s: %s is texted: %v", area, k.key, now)
			}
		}
	}
}

func TestEveryKindHasItsWords(t *testing.T) {
	for _, k := range kinds {
		if k.name == "" || k.bare == "" || k.outside == "" || k.one == "" || k.many == "" || k.ofPost != (k.titled != "") {
			t.Errorf("%+v", k)
		}
	}
}

func TestAnAddressIsMasked(t *testing.T) {
	for address, want := range map[string]string{"hazel@example.org": "h•••@example.org", "é@example.org": "é•••@example.org"} {
		if got := mask(address); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}
