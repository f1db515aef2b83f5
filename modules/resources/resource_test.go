package resources

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/web"
)

func TestTagsAreReadAsTheyAreTyped(t *testing.T) {
	for typed, want := range map[string][]string{
		"":                               nil,
		" , ,,":                          nil,
		"Sleep":                          {"sleep"},
		"sleep, Feeding at night, SLEEP": {"feeding-at-night", "sleep"},
		"100%_of it":                     {"100-of-it"},
		"–, ✨":                           nil,
	} {
		got, err := tagsOf(typed)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", typed, got, err, want)
		}
		kept, err := got.Value()
		var back Tags
		if err != nil || back.Scan(kept) != nil || !slices.Equal(back, got) {
			t.Errorf("%q: kept as %v, read as %v", typed, kept, back)
		}
	}
	for _, typed := range []string{strings.Repeat("x", 31), "a,b,c,d,e,f,g,h,i"} {
		if got, err := tagsOf(typed); err == nil {
			t.Errorf("%q: %v", typed, got)
		}
	}
}

func TestOnlyWebsitesCanBeLinkedTo(t *testing.T) {
	for address, want := range map[string]bool{
		"https://www.nhs.uk/conditions": true, "http://example.org": true, "HTTPS://EXAMPLE.ORG/": true,
		"javascript:alert(1)": false, "data:text/html,x": false, "//example.org": false, "www.nhs.uk": false, "https://": false,
		"https://localhost/": false, "https://me@example.org": false, "ftp://example.org": false, "https://.": false, "": false,
	} {
		if got := reachable(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestAnItemKeepsOnlyTheWordsOfItsSort(t *testing.T) {
	full := Words{Title: " A ", Summary: "s", Body: "b", URL: "https://example.org", Area: "x", Phone: "1", Email: "e@example.org", Hours: "h", Eligibility: "w"}
	for kind, want := range map[Sort]Words{
		Article:      {Title: "A", Summary: "s", Body: "b"},
		Link:         {Title: "A", Summary: "s", URL: "https://example.org"},
		File:         {Title: "A", Summary: "s"},
		Organisation: {Title: "A", Summary: "s", Body: "b", URL: "https://example.org", Area: "x", Phone: "1", Email: "e@example.org", Hours: "h", Eligibility: "w"},
	} {
		if got, err := full.fit(kind); err != nil || got != want {
			t.Errorf("%s: %+v %v", kind, got, err)
		}
	}
}

func TestCategoriesStandBeforeOtherTagsAlsoWhenTheyAreEmpty(t *testing.T) {
	list := Library{Categories: categoriesOf("Sleep, Feeding at night,, sleep, !!"), Tags: Tags{"benefits", "sleep"}}
	want := []Category{{"sleep", "Sleep"}, {"feeding-at-night", "Feeding at night"}, {"benefits", "benefits"}}
	if got := list.chips(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for words, fits := range map[string]bool{"Sleep, Feeding": true, "": true, strings.Repeat("a", 31): false, strings.Repeat("a, ", 13): false} {
		if err := web.Validate(&Settings{ReviewMonths: 12, Categories: words}); (err == nil) != fits {
			t.Errorf("%q: %v", words, err)
		}
	}
}
