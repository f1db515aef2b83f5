package admin

import (
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// programmeRoutes bind what the office of programmes does to this console. It
// hands out no scope: what it does in a trust is its own.
func (c Console) programmeRoutes(r *web.Router[Scope]) {
	programmes.Routes(r, c.Programmes, func(s Scope) programmes.Staff {
		return programmes.Staff{ID: s.Staff.ID, Name: s.Staff.Name, Client: s.Client}
	})
}
