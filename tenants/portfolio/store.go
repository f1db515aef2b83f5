package portfolio

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/tenants"
)

// Members counts those of the scope's service whom it is for: those who joined, less
// those who left, each rounded as in the figures of usage, so that the two agree.
func Members(ctx context.Context, s tenants.Scope) (int, error) {
	left, err := s.Select((*tenants.Person)(nil)).Where("person.left_at IS NOT NULL").Count(ctx)
	if err != nil {
		return 0, err
	}
	here, err := s.Select((*tenants.Person)(nil)).Where("person.status = 'active'").Where("NOT " + tenants.StaffIn("person.roles")).Count(ctx)
	return disclosure.Floor(int(here+left)) - disclosure.Floor(int(left)), err
}
