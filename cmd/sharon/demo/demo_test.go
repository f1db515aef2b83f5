package demo

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// TestContent reads every file as Seed does.
func TestContent(t *testing.T) {
	for _, trust := range trusts {
		for _, service := range trust.services {
			if _, err := read(service); err != nil {
				t.Error(err)
			}
		}
	}
}
