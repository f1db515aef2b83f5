package ui

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

func TestAPageBringsWhatItsScriptsSay(t *testing.T) {
	files, err := filepath.Glob("assets/files/*.js")
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`inWords\('([^']+)'`).FindAllStringSubmatch(string(code), -1) {
			said = append(said, found[1])
		}
	}
	slices.Sort(said)
	if said = slices.Compact(said); !slices.Equal(said, scripted) {
		t.Errorf("scripts say\n%q\nthe pages bring\n%q", said, scripted)
	}
}
