package rights

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// In is the service that a table is of; empty for what holds in all of them.
type In struct {
	Service string `json:"service" validate:"max=60" label:"a service"`
}

// Cell is one permission of one role.
type Cell struct {
	Role    string `json:"role"`
	May     bool   `json:"may"`
	Usual   bool   `json:"usual"`   // whether they may unless the trust changes it
	Changed bool   `json:"changed"` // by the trust
	Fixed   string `json:"fixed,omitempty"`
}

// Row is one permission.
type Row struct {
	Permission string `json:"permission"`
	Words      string `json:"words"`
	Cells      []Cell `json:"cells"`
}

// Changed is a change that the trust made.
type Changed struct {
	tenants.PolicyRule
	Permission string `json:"permission"`
	Words      string `json:"words"`
	Where      string `json:"where"`
	slug       string
}

// Table is who may do what.
type Table struct {
	Service  string    `json:"service"`
	Rows     []Row     `json:"rows"`
	Changes  []Changed `json:"changes"`
	services []ui.Option
}

// Table shows it, with the trust's changes marked.
func (x Rights) Table(ctx context.Context, s tenants.Scope, in In) (Table, error) {
	at, err := where(s, in.Service)
	if err != nil {
		return Table{}, err
	}
	rules, err := rulesOf(ctx, s)
	if err != nil {
		return Table{}, err
	}
	usual, err := s.Compile(nil)
	if err != nil {
		return Table{}, err
	}
	out := Table{Service: in.Service, services: services(s)}
	for _, permission := range x.permissions(s) {
		row := Row{Permission: permission, Words: x.words(permission)}
		for _, role := range columns {
			cell := Cell{Role: string(role), Fixed: fixed(usual, role, permission)}
			cell.May = s.Estate.Policy.Decide(cell.Role, at, permission).Allowed
			cell.Usual = usual.Decide(cell.Role, at, permission).Allowed
			cell.Changed = cell.May != cell.Usual
			row.Cells = append(row.Cells, cell)
		}
		out.Rows = append(out.Rows, row)
	}
	for _, rule := range rules {
		out.Changes = append(out.Changes, x.changed(s, rule))
	}
	return out, nil
}

func (x Rights) changed(s tenants.Scope, rule tenants.PolicyRule) Changed {
	c := Changed{PolicyRule: rule, Permission: rule.Permission(), Words: x.words(rule.Permission()), Where: "In every service"}
	if id, err := uuid.Parse(rule.Service); err == nil {
		c.Where = "In a service that is closed"
		if at, open := s.Within(id); open {
			c.Where, c.slug = "In "+at.Service.Name, at.Service.Slug
		}
	}
	return c
}

// where is the service of a rule, by slug.
func where(s tenants.Scope, slug string) (string, error) {
	if slug == "" {
		return everywhere, nil
	}
	service := s.Estate.Service(slug)
	if service == nil {
		return "", fault.Bad("service", "Choose one of the services.")
	}
	return service.ID.String(), nil
}

func services(s tenants.Scope) []ui.Option {
	options := []ui.Option{{Label: "All services"}}
	for _, service := range s.Estate.Services {
		options = append(options, ui.Option{Value: service.Slug, Label: service.Name})
	}
	return options
}

// rulesOf are the trust's changes.
func rulesOf(ctx context.Context, s tenants.Scope) (rules []tenants.PolicyRule, err error) {
	err = s.Select(&rules).Order("rule.created_at", "rule.id").Scan(ctx)
	return rules, err
}

// put makes a rule what was chosen of it, in place of what was.
func put(ctx context.Context, s tenants.Scope, role, service, permission, effect string) error {
	object, action, _ := strings.Cut(permission, ".")
	_, err := s.Delete((*tenants.PolicyRule)(nil)).Where("role = ?", role).Where("service = ?", service).Where("object = ?", object).Where("action = ?", action).Exec(ctx)
	if err != nil || effect == usually {
		return err
	}
	row := tenants.PolicyRule{Role: role, Service: service, Object: object, Action: action, Effect: effect, CreatedAt: s.Now}
	if row.ID, err = uuid.NewV7(); err != nil {
		return err
	}
	_, err = s.Insert(&row).Exec(ctx)
	return err
}
