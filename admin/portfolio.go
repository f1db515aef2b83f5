package admin

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// View is how somebody looks at the portfolio; what is empty counts not.
type View struct {
	Q        string `json:"q" validate:"max=100" label:"what to look for"`
	Status   string `json:"status" validate:"omitempty,oneof=active suspended archived" label:"a state"`
	Area     string `json:"area" validate:"omitempty,oneof=eating_disorders perinatal children_young_people learning_disabilities early_intervention carers waiting_list" label:"an area"`
	Light    string `json:"light" validate:"omitempty,oneof=red amber green none" label:"how an onboarding stands"`
	Register string `json:"register" validate:"omitempty,oneof=expired ending lacking" label:"how the register stands"`
	Sort     string `json:"sort" validate:"omitempty,oneof=name members register newest trouble live money" label:"an order"`
}

// PageOf asks for a page of a view.
type PageOf struct {
	View
	Page int `json:"page" validate:"gte=0,lte=100000" label:"a page"`
}

// query is the view as the address of a page has it.
func (v View) query() string {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.Q, "status": v.Status, "area": v.Area, "light": v.Light, "register": v.Register, "sort": v.Sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// Portfolio is a page of the trusts with their services.
type Portfolio struct {
	Trusts    []TrustLine `json:"trusts"`
	Found     int         `json:"found"` // trusts, on all pages
	Page      int         `json:"page"`
	More      bool        `json:"more"`
	CountedAt *time.Time  `json:"counted_at"` // when the oldest of the counts was made; nil without any
	Views     []KeptView  `json:"views"`
	view      View
}

// TrustLine is a trust in the portfolio.
type TrustLine struct {
	Trust    TrustName      `json:"trust"`
	Register []Register     `json:"register"`
	Services []ServiceLine  `json:"services"`
	Money    money.Standing `json:"money"`
	since    time.Time
}

// ServiceLine is a service in the portfolio, with its onboarding; nil where it has
// none.
type ServiceLine struct {
	portfolio.Line
	Onboarding *programmes.Standing `json:"onboarding"`
}

// light is how its onboarding stands: "none" where there is none, or it has ended.
func (s ServiceLine) light() string {
	if s.Onboarding == nil || s.Onboarding.Ended {
		return "none"
	}
	return string(s.Onboarding.Light)
}

// worst is how the entry stands that needs somebody most.
func worst(register []Register) Standing {
	for _, bad := range []Standing{Expired, Ending, Lacking} {
		if slices.ContainsFunc(register, func(r Register) bool { return r.Standing == bad }) {
			return bad
		}
	}
	return Holding
}

// members are those of the services whose count is known.
func (t TrustLine) members() (n int) {
	for _, service := range t.Services {
		if service.Members != nil {
			n += *service.Members
		}
	}
	return n
}

// KeptView is a view that somebody gave a name.
type KeptView struct {
	Name  string `json:"name"`
	Query string `json:"query"`
}

// onPage is how many trusts a page has.
const onPage = 50

// Portfolio shows the trusts, from what was counted last: no trust is asked.
func (c Console) Portfolio(ctx context.Context, s Scope, in PageOf) (Portfolio, error) {
	out := Portfolio{Trusts: []TrustLine{}, Views: []KeptView{}, Page: in.Page, view: in.View}
	all, err := c.trusts(ctx, s)
	if err != nil {
		return out, err
	}
	for _, trust := range all {
		for _, service := range trust.Services {
			if out.CountedAt == nil || service.CountedAt.Before(*out.CountedAt) {
				out.CountedAt = &service.CountedAt
			}
		}
	}
	found := in.among(all)
	out.Found = len(found)
	from := min(in.Page*onPage, len(found))
	to := min(from+onPage, len(found))
	out.Trusts, out.More = append(out.Trusts, found[from:to]...), to < len(found)
	return out, s.read(ctx, func(ctx context.Context, rows store) error {
		views, err := rows.views(ctx, s.Staff.ID)
		for _, view := range views {
			out.Views = append(out.Views, KeptView{view.Name, view.Query})
		}
		return err
	})
}

// trusts are all there are, with what the platform knows of them.
func (c Console) trusts(ctx context.Context, s Scope) ([]TrustLine, error) {
	trusts, err := c.Directory.AllTrusts(ctx)
	if err != nil {
		return nil, err
	}
	standings, err := c.Money.Standings(ctx)
	if err != nil {
		return nil, err
	}
	stands := map[uuid.UUID]money.Standing{}
	for _, one := range standings {
		stands[one.Trust.ID] = one
	}
	entries, services := map[uuid.UUID][]registerRow{}, map[uuid.UUID][]ServiceLine{}
	err = s.read(ctx, func(ctx context.Context, rows store) error {
		registers, err := rows.registers(ctx, uuid.Nil)
		if err != nil {
			return err
		}
		for _, row := range registers {
			entries[row.TrustID] = append(entries[row.TrustID], row)
		}
		lines, err := rows.lines(ctx, uuid.Nil)
		for _, line := range lines {
			services[line.TrustID] = append(services[line.TrustID], line)
		}
		return err
	})
	all := make([]TrustLine, len(trusts))
	for i, trust := range trusts {
		all[i] = TrustLine{nameOf(trust), registerOf(entries[trust.ID], s.Now), services[trust.ID], stands[trust.ID], trust.CreatedAt}
	}
	return all, err
}

// among are the trusts that a view shows, in its order. Of a trust it shows the
// services that fit, or all if the trust itself does. The archive is shown only to
// who asks for it.
func (v View) among(all []TrustLine) (found []TrustLine) {
	looked := strings.ToLower(strings.TrimSpace(v.Q))
	for _, trust := range all {
		if v.Status == "" && trust.Trust.Status == tenants.Archived || v.Status != "" && trust.Trust.Status != v.Status || v.Register != "" && !trust.has(Standing(v.Register)) {
			continue
		}
		named := strings.Contains(strings.ToLower(trust.Trust.Name+" "+trust.Trust.ODSCode), looked)
		trust.Services = slices.DeleteFunc(slices.Clone(trust.Services), func(line ServiceLine) bool {
			return v.Light != "" && line.light() != v.Light || v.Area != "" && string(line.Area) != v.Area || !named && !strings.Contains(strings.ToLower(line.Name), looked)
		})
		if len(trust.Services) > 0 || named && v.Area == "" && v.Light == "" {
			found = append(found, trust)
		}
	}
	slices.SortStableFunc(found, orders[v.Sort])
	return found
}

func (t TrustLine) has(one Standing) bool {
	return slices.ContainsFunc(t.Register, func(r Register) bool { return r.Standing == one })
}

// orders are those of a view; by name they are already.
var orders = map[string]func(a, b TrustLine) int{
	"": byName, "name": byName,
	"members":  func(a, b TrustLine) int { return cmp.Compare(b.members(), a.members()) },
	"money":    func(a, b TrustLine) int { return money.Urgency(a.Money, b.Money) },
	"trouble":  func(a, b TrustLine) int { return cmp.Compare(a.trouble(), b.trouble()) },
	"live":     func(a, b TrustLine) int { return cmp.Compare(a.live(), b.live()) },
	"newest":   func(a, b TrustLine) int { return b.since.Compare(a.since) },
	"register": func(a, b TrustLine) int { return cmp.Compare(urgency[worst(a.Register)], urgency[worst(b.Register)]) },
}

// trouble is how badly the worst of a trust's onboardings stands, and live the day
// on which the next of its services is likely to open.
func (t TrustLine) trouble() int {
	worst := programmes.Standing{}.Trouble()
	for _, service := range t.Services {
		if service.Onboarding != nil {
			worst = min(worst, service.Onboarding.Trouble())
		}
	}
	return worst
}

func (t TrustLine) live() programmes.Day {
	first := programmes.Day("9999-12-31")
	for _, service := range t.Services {
		if service.light() != "none" {
			first = min(first, service.Onboarding.Likely)
		}
	}
	return first
}

func byName(a, b TrustLine) int { return strings.Compare(a.Trust.Name, b.Trust.Name) }

var urgency = map[Standing]int{Expired: 0, Ending: 1, Lacking: 2, Holding: 3}

// KeepView gives a view a name.
type KeepView struct {
	View
	Name string `json:"name" validate:"filled,max=60" label:"a name for this view"`
}

// mostViews is how many somebody can keep.
const mostViews = 20

// Named leads back to a view.
type Named struct {
	Path string `json:"path"`
}

// KeepView keeps a view for whoever asks; one with this name is replaced.
func (c Console) KeepView(ctx context.Context, s Scope, in KeepView) (Named, error) {
	return Named{"/trusts?" + in.query()}, s.write(ctx, func(ctx context.Context, rows store) error {
		kept, err := rows.views(ctx, s.Staff.ID)
		if err != nil {
			return err
		}
		name := strings.TrimSpace(in.Name)
		if len(kept) >= mostViews && !slices.ContainsFunc(kept, func(v viewRow) bool { return v.Name == name }) {
			return fault.Bad("name", "You have "+strconv.Itoa(mostViews)+" views. Remove one first.")
		}
		return rows.keepView(ctx, viewRow{StaffID: s.Staff.ID, Name: name, Query: in.query()})
	})
}

// DropView is a view that is kept no more.
type DropView struct {
	Name string `json:"name" validate:"required,max=60" label:"a view"`
}

// DropView forgets a view of whoever asks. NotFound if there is none of this name.
func (c Console) DropView(ctx context.Context, s Scope, in DropView) (web.None, error) {
	return web.None{}, s.write(ctx, func(ctx context.Context, rows store) error { return rows.dropView(ctx, s.Staff.ID, in.Name) })
}

var portfolioColumns = []string{"trust", "ods_code", "status", "register", "money", "owed", "service", "area", "service_status", "members", "counted_at", "month", "light", "reason", "go_live_planned", "go_live_likely"}

// PortfolioFile is a view as CSV, a line for each service.
func (c Console) PortfolioFile(ctx context.Context, s Scope, in View) (web.Content, error) {
	all, err := c.trusts(ctx, s)
	return web.Content{Type: "text/csv; charset=utf-8", Name: "trusts-" + clock.Day(s.Now) + ".csv", Write: func(_ context.Context, w io.Writer) error {
		out := sheet.NewTable(w, portfolioColumns...)
		for _, trust := range in.among(all) {
			for _, cells := range trust.cells() {
				out.Line(cells...)
			}
		}
		return out.Sent()
	}}, err
}

// cells are the lines of a trust in the file: one for each service, or one without any.
func (t TrustLine) cells() (lines [][]string) {
	first := []string{t.Trust.Name, t.Trust.ODSCode, t.Trust.Status, string(worst(t.Register)), t.Money.Stage.Name(), t.Money.Owed.Typed()}
	for _, service := range t.Services {
		lines = append(lines, append(append(slices.Clone(first), service.Name, service.Area.Name(), service.Status, countWords(service.Members), service.CountedAt.UTC().Format(time.RFC3339)), service.cells()...))
	}
	if lines == nil {
		lines = [][]string{append(first, make([]string, len(portfolioColumns)-len(first))...)}
	}
	return lines
}

// cells are the onboarding of a service in the file.
func (s ServiceLine) cells() []string {
	if s.Onboarding == nil {
		return make([]string, 5)
	}
	o := *s.Onboarding
	return []string{strconv.Itoa(o.Month), s.light(), o.Reason, string(o.Planned), string(o.Likely)}
}

// countWords is a count as people read it.
func countWords(many *int) string {
	if many == nil {
		return "fewer than " + strconv.Itoa(portfolio.Least)
	}
	return strconv.Itoa(*many)
}
