package admin

import (
	"context"
	"log/slog"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
	"github.com/sharon-nhs/sharon/tenants/invitations"
	"github.com/sharon-nhs/sharon/tenants/programmes"
	"github.com/sharon-nhs/sharon/tenants/usage"
)

// Console is what the console's pages are made of.
type Console struct {
	Directory  *tenants.Directory
	Founding   invitations.Founding
	Services   Services
	Queue      *jobs.Queue // nil where this process was not told of one
	Keys       crypt.Keys
	Sessions   signin.Sessions
	BaseURL    string // where people find their trust
	Programmes programmes.Office
	Kits       exitkit.Office
	Money      money.Money
	Usage      usage.Usage // what there is to count
	Log        *slog.Logger
}

// Home is the first page: figures, and what needs a person.
type Home struct {
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Trusts   int      `json:"trusts"`
	Services int      `json:"services"`        // that are open, as they were counted last
	Warnings int      `json:"warnings"`        // trusts with an entry of the register that has ended or soon will
	Tasks    *Tasks   `json:"tasks,omitempty"` // only for those who may see the queues
}

// Tasks are the queues in two numbers.
type Tasks struct {
	Problem string   `json:"problem,omitempty"`
	Waiting int      `json:"waiting"`
	Failed  int      `json:"failed"` // for good: they wait for a person
	Paused  []string `json:"paused"`
}

// Home counts the trusts, their services and the tasks of each queue.
func (c Console) Home(ctx context.Context, s Scope, _ web.None) (Home, error) {
	out := Home{Name: s.Staff.Name, Roles: s.Staff.Roles.Names()}
	trusts, err := c.trusts(ctx, s)
	if err != nil {
		return out, err
	}
	for _, trust := range trusts {
		if trust.Trust.Status == tenants.Archived {
			continue
		}
		out.Trusts++
		if stands := worst(trust.Register); stands == Expired || stands == Ending {
			out.Warnings++
		}
		for _, service := range trust.Services {
			if service.Status == tenants.Active {
				out.Services++
			}
		}
	}
	if s.May("queues.read") {
		out.Tasks = c.tasks(ctx)
		lost, err := c.givenUp(ctx)
		if err != nil {
			return out, err
		}
		out.Tasks.Failed += len(lost)
	}
	return out, nil
}

func (c Console) tasks(ctx context.Context) *Tasks {
	states, problem := c.states(ctx)
	out := &Tasks{Problem: problem, Paused: []string{}}
	for _, queue := range states {
		out.Waiting += queue.Pending
		out.Failed += queue.Archived
		if queue.Paused {
			out.Paused = append(out.Paused, queue.Queue)
		}
	}
	return out
}
