package main

import (
	"context"
	"testing"

	"github.com/sharon-nhs/sharon/tenants"
)

func TestACountBelowFiveIsNoFigure(t *testing.T) {
	for many, known := range map[int]bool{0: false, 4: false, 5: true} {
		value, got, err := enough(func(context.Context, tenants.Scope) (int, error) { return many, nil })(t.Context(), tenants.Scope{})
		if got != known || value != float64(many) || err != nil {
			t.Errorf("%d: %v %v %v", many, value, got, err)
		}
	}
}
