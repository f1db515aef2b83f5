package portfolio

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

// Members counts those of the scope's service whom it is for.
func Members(ctx context.Context, s tenants.Scope) (int, error) {
	n, err := s.Select((*tenants.Person)(nil)).Where("person.status = 'active'").Where("NOT " + tenants.StaffIn("person.roles")).Count(ctx)
	return int(n), err
}
