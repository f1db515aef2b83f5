package admin

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
	"github.com/sharon-nhs/sharon/tenants/usage"
)

// usageRoutes are those of what leaves the trusts of how they are used. No trust is asked.
func (c Console) usageRoutes(r *web.Router[Scope]) {
	const one = "/usage/{trust}/{service}"
	web.Get(r, "/usage", "usage.read", "How all services are used", c.Used, usagePage, web.Asks)
	web.Download(r, "/usage/file", "usage.read", "The figures of one chart as CSV or for a spreadsheet", c.UsedFile)
	web.Get(r, one, "usage.read", "How a service is used", c.UsedService, usedServicePage)
	web.Download(r, one+"/file", "usage.read", "The figures of one chart of a service as CSV or for a spreadsheet", c.UsedServiceFile)
}

// UsedIn narrows to an area; empty is all of them.
type UsedIn struct {
	Area string `json:"area" validate:"omitempty,oneof=eating_disorders perinatal children_young_people learning_disabilities early_intervention carers waiting_list" label:"an area"`
}

// UsedOn asks for a page of it.
type UsedOn struct {
	UsedIn
	Page int `json:"page" validate:"gte=0,lte=100000" label:"a page"`
}

// Used is how all services are used, and each in a line.
type Used struct {
	usage.View
	Services []UsedLine `json:"services"`
	Found    int        `json:"found"` // on all pages
	Page     int        `json:"page"`
	More     bool       `json:"more"`
	in       string
}

// UsedLine is a service in a line.
type UsedLine struct {
	Trust   string `json:"trust"`
	Service string `json:"service"`
	Area    string `json:"area"`
	Path    string `json:"path"`
	usage.Brief
}

// Used adds up what all services, or those of an area, have published.
func (c Console) Used(ctx context.Context, s Scope, in UsedOn) (Used, error) {
	out := Used{Services: []UsedLine{}, Page: in.Page, in: in.Area}
	trusts, err := c.Directory.Trusts(ctx)
	if err != nil {
		return out, err
	}
	var totals, latest []usage.Published
	var lines []ServiceLine
	err = s.read(ctx, func(ctx context.Context, rows store) (err error) {
		if totals, err = rows.usedTotals(ctx, in.Area); err != nil {
			return err
		}
		if latest, err = rows.usedLately(ctx, usage.Latest(totals)); err != nil {
			return err
		}
		lines, err = rows.lines(ctx, uuid.Nil)
		return err
	})
	if err != nil {
		return out, err
	}
	query := url.Values{}
	if in.Area != "" {
		query.Set("area", in.Area)
	}
	out.View = c.Usage.Seen(totals, nil, usage.Place{Base: "/usage", Query: query})
	out.list(trusts, lines, latest, usage.Latest(totals), in)
	return out, nil
}

// list fills in a page of the services, those where most are active first.
func (u *Used) list(trusts []tenants.Trust, lines []ServiceLine, latest []usage.Published, month string, in UsedOn) {
	briefs := map[uuid.UUID]usage.Brief{}
	if month != "" {
		briefs = usage.Briefs(latest, month)
	}
	of := map[uuid.UUID]tenants.Trust{}
	for _, trust := range trusts {
		of[trust.ID] = trust
	}
	var all []UsedLine
	for _, line := range lines {
		if trust, here := of[line.TrustID]; here && (in.Area == "" || string(line.Area) == in.Area) {
			all = append(all, UsedLine{trust.Name, line.Name, line.Area.Name(), "/usage/" + trust.Slug + "/" + line.Slug, briefs[line.ServiceID]})
		}
	}
	slices.SortStableFunc(all, func(a, b UsedLine) int {
		return cmp.Or(cmp.Compare(activeIn(b.Active), activeIn(a.Active)), strings.Compare(a.Trust, b.Trust), strings.Compare(a.Service, b.Service))
	})
	u.Found = len(all)
	from := min(in.Page*onPage, len(all))
	to := min(from+onPage, len(all))
	u.Services, u.More = append(u.Services, all[from:to]...), to < len(all)
}

func activeIn(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// UsedFile asks for a chart of all services, or of those of an area.
type UsedFile struct {
	UsedIn
	usage.Wanted
}

// UsedFile is one chart's table.
func (c Console) UsedFile(ctx context.Context, s Scope, in UsedFile) (web.Content, error) {
	out, err := c.Used(ctx, s, UsedOn{UsedIn: in.UsedIn})
	if err != nil {
		return web.Content{}, err
	}
	return out.File(in.Wanted)
}

// UsedPlace names a service by the addresses of its trust and itself.
type UsedPlace struct {
	Trust   string `path:"trust"`
	Service string `path:"service"`
}

// UsedService is how one service is used.
type UsedService struct {
	usage.View
	Trust   string `json:"trust"`
	Service string `json:"service"`
	Area    string `json:"area"`
}

// UsedService shows what a service has published. NotFound if there is none.
func (c Console) UsedService(ctx context.Context, s Scope, in UsedPlace) (UsedService, error) {
	trusts, err := c.Directory.AllTrusts(ctx)
	if err != nil {
		return UsedService{}, err
	}
	at := slices.IndexFunc(trusts, func(t tenants.Trust) bool { return t.Slug == in.Trust })
	if at < 0 {
		return UsedService{}, fault.Missing()
	}
	var rows, area []usage.Published
	var line portfolio.Line
	err = s.read(ctx, func(ctx context.Context, store store) error {
		lines, err := store.lines(ctx, trusts[at].ID)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(lines, func(l ServiceLine) bool { return l.Slug == in.Service })
		if n < 0 {
			return fault.Missing()
		}
		line = lines[n].Line
		if rows, err = store.usedBy(ctx, line); err != nil {
			return err
		}
		area, err = store.usedInArea(ctx, line.Area, usage.Latest(rows))
		return err
	})
	out := UsedService{Trust: trusts[at].Name, Service: line.Name, Area: line.Area.Name()}
	out.View = c.Usage.Seen(rows, area, usage.Place{Base: "/usage/" + in.Trust + "/" + in.Service, Area: line.Area.Name()})
	return out, err
}

// UsedServiceFile asks for a chart of a service.
type UsedServiceFile struct {
	UsedPlace
	usage.Wanted
}

// UsedServiceFile is one chart's table.
func (c Console) UsedServiceFile(ctx context.Context, s Scope, in UsedServiceFile) (web.Content, error) {
	out, err := c.UsedService(ctx, s, in.UsedPlace)
	if err != nil {
		return web.Content{}, err
	}
	return out.File(in.Wanted)
}
