package waiting

import (
	"context"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// Measures are the questionnaires of another room, which asks, scores and keeps
// them, and has a human look at answers that cannot wait.
type Measures interface {
	// Choices are those that there are, by key; none where they cannot be filled in.
	Choices(ctx context.Context, s tenants.Scope) ([]ui.Option, error)
	// Ask has the actor asked for one, unless they are already or filled it in since.
	Ask(ctx context.Context, s tenants.Scope, measure string, since time.Time) error
	// Open is where the actor fills one in that they are asked for; empty for nowhere.
	Open(ctx context.Context, s tenants.Scope, measure string) (name, path string, err error)
}

// Asks is a questionnaire to be filled in. The path is below the service.
type Asks struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// asks is what a pathway asks of the actor; nil for nothing.
func (w Waiting) asks(ctx context.Context, s tenants.Scope, way Pathway) (*Asks, error) {
	if way.Measure == "" {
		return nil, nil
	}
	name, path, err := w.measures.Open(ctx, s, way.Measure)
	if err != nil || path == "" {
		return nil, err
	}
	return &Asks{name, path}, nil
}

// measure asks for what belongs to a check-in: once for each, however often somebody
// checks in before the next is due.
func (w Waiting) measure(ctx context.Context, s tenants.Scope, e Entry) error {
	if e.Pathway.Measure == "" {
		return nil
	}
	return w.measures.Ask(ctx, s, e.Pathway.Measure, s.Now.Add(-cadenceOf(e)/2))
}

// measured refuses a questionnaire that there is not. One that was chosen stays.
func (w Waiting) measured(ctx context.Context, s tenants.Scope, measure, was string) error {
	if measure == "" || measure == was {
		return nil
	}
	all, err := w.measures.Choices(ctx, s)
	if err == nil && !slices.ContainsFunc(all, func(o ui.Option) bool { return o.Value == measure }) {
		err = fault.Bad("measure", "Choose one of the questionnaires, or none.")
	}
	return err
}
