package database

import "testing"

func TestPatternOfWords(t *testing.T) {
	for words, want := range map[string]string{"Tea": "%tea%", "100%": "%100!%%", "a_b!": "%a!_b!!%", "": "%%"} {
		if got := Having(words); got != want {
			t.Errorf("%q: %q instead of %q", words, got, want)
		}
	}
}
