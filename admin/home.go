package admin

import (
	"context"
	"log/slog"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// Console is what the console's pages are made of.
type Console struct {
	Directory  *tenants.Directory
	Queue      *jobs.Queue // nil where this process was not told of one
	Keys       crypt.Keys
	Sessions   signin.Sessions
	BaseURL    string // where people find their trust
	Programmes programmes.Office
	Log        *slog.Logger
}

// Home is the first page: the trusts by name, and figures.
type Home struct {
	Name     string      `json:"name"`
	Roles    []string    `json:"roles"`
	Trusts   []TrustLine `json:"trusts"`
	Services int         `json:"services"`
	Tasks    *Tasks      `json:"tasks,omitempty"` // only for those who may see the queues
}

// TrustLine is a trust as the platform knows it.
type TrustLine struct {
	Name     string `json:"name"`
	ODSCode  string `json:"ods_code"`
	Status   string `json:"status"`
	Services int    `json:"services"`
}

// Tasks are the queues in two numbers.
type Tasks struct {
	Problem string   `json:"problem,omitempty"`
	Waiting int      `json:"waiting"`
	Failed  int      `json:"failed"` // for good: they wait for a person
	Paused  []string `json:"paused"`
}

// Home counts the services of each trust and the tasks of each queue.
func (c Console) Home(ctx context.Context, s Scope, _ web.None) (Home, error) {
	out := Home{Name: s.Staff.Name, Roles: []string{}, Trusts: []TrustLine{}}
	for _, role := range s.Staff.Roles {
		out.Roles = append(out.Roles, role.Name())
	}
	trusts, err := c.Directory.Trusts(ctx)
	if err != nil {
		return out, err
	}
	for _, trust := range trusts {
		services, err := c.Directory.CountServices(ctx, trust.ID)
		if err != nil {
			return out, err
		}
		out.Services += services
		out.Trusts = append(out.Trusts, TrustLine{trust.Name, trust.ODSCode, trust.Status, services})
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
