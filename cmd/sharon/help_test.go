package main

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// Whom to turn to is asked for at the worst of times, which may be ours as well.
func TestHelpIsThereWhenTheDatabaseIsNot(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	v := s.as("hazel.willow@northmoor")
	v.get("/willow")
	if err := s.app.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, who := range []*visitor{v, s.visit("northmoor")} {
		got := who.get("/willow/help-now")
		for _, want := range []string{"999", "Samaritans", "SHOUT"} {
			if got.status != 200 || !got.has(want) {
				t.Errorf("help without a database lacks %q: %d", want, got.status)
			}
		}
	}
}
