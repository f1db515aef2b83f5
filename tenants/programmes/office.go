package programmes

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Routes binds the programmes to a console's table; who tells which of the
// platform's people asks. Permissions are those of the console.
func Routes[S any](r *web.Router[S], o Office, who func(S) Staff) {
	p := made(o.Letters, o.Files, o.Figures)
	f := func(ctx context.Context, s S, at Place, write bool, fn func(context.Context, tenants.Scope, By) error) error {
		return o.enter(ctx, who(s), at, write, fn)
	}
	next := web.SeeOther("{path}")
	web.Get(r, "/programmes", "programmes.read", "The onboarding programmes", func(ctx context.Context, _ S, _ web.None) (List, error) { return o.List(ctx) }, listPage)
	one := r.In("/programmes/{trust}/{service}", "")
	shared(one, p, f, f)
	web.Get(one, "/new", "programmes.manage", "What a service’s onboarding begins with", page(f, p.Beginning), beginPage)
	web.Post(one, "/new", "programmes.manage", "Begin a service’s onboarding", command(f, p.Begin), next, web.FormAt("/new"))
	web.Post(one, "/end", "programmes.manage", "End a service’s onboarding early, with a reason", command(f, p.End), next, web.FormAt(""))
	web.Post(one, "/tasks/{id}", "programmes.manage", "Plan a task: who, when, how long, after what", command(f, p.Plan), next, web.FormAt("/tasks/{id}"))
	web.Post(one, "/gates/{number}/approver", "programmes.manage", "Name who signs at a gate", command(f, p.NameApprover), next, web.FormAt("/gates/{number}"))
	web.Post(one, "/gates/{number}/ask", "programmes.manage", "Ask the approver of a gate for their signature", command(f, p.Ask), next, web.FormAt("/gates/{number}"))
	web.Post(one, "/people/{id}/share", "programmes.manage", "Send somebody a link to see how the programme goes", command(f, p.Share), next, web.FormAt("/people/{id}"))
	web.Get(one, "/money", "programmes.money", "How far the money has come", page(f, p.Show), moneyPage)
	web.Post(one, "/money", "programmes.money", "Note how far the money has come", command(f, p.SetMoney), next, web.FormAt("/money"))
}

// enter opens a unit of work of the service for one of the platform's people.
// NotFound if there is no such trust or service.
func (o Office) enter(ctx context.Context, who Staff, at Place, write bool, fn func(context.Context, tenants.Scope, By) error) error {
	trust, err := o.Directory.TrustAt(ctx, at.Trust+"."+o.Directory.BaseHost)
	if err != nil {
		return err
	}
	if trust.Slug != at.Trust || at.Service == "" {
		return fault.Missing()
	}
	unit := o.Directory.ReadAs
	if write {
		unit = o.Directory.WriteAs
	}
	return unit(ctx, trust.ID, at.Service, func(ctx context.Context, s tenants.Scope) error {
		s.Client = who.Client
		by := By{Name: who.Name, Side: Platform, Staff: who.ID, Frame: frameOf(s, "/programmes/"+at.Trust+"/"+at.Service, true)}
		return fn(ctx, s, by)
	})
}

// List is every service with its programme, those in trouble first.
type List struct {
	Lines []Line `json:"lines"`
}

// Line is a service of the list. Month is 0 without a programme.
type Line struct {
	Standing
	Trust   string `bun:"trust" json:"trust"`
	Service string `bun:"service" json:"service"`
	Path    string `bun:"path" json:"path"`
}

// List reads how the programmes of all trusts stood when something in them changed
// last, or the hour did: no trust is asked.
func (o Office) List(ctx context.Context) (List, error) {
	out := List{Lines: []Line{}}
	err := o.Directory.DB.Read(ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) (err error) {
		out.Lines, err = lines(ctx, db)
		return err
	})
	slices.SortStableFunc(out.Lines, func(a, b Line) int { return a.Trouble() - b.Trouble() })
	return out, err
}
