package main

import (
	"context"
	"testing"

	"github.com/sharon-nhs/sharon/tenants"
)

func TestACountBelowFiveIsNoFigure(t *testing.T) {
	for many, told := range map[int]float64{0: 0, 4: 0, 5: 5, 9: 5} {
		value, known, err := enough(func(context.Context, tenants.Scope) (int, error) { return many, nil })(t.Context(), tenants.Scope{})
		if value != told || known != (told > 0) || err != nil {
			t.Errorf("%d: %v %v %v", many, value, known, err)
		}
	}
}
