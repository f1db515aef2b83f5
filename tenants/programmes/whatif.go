package programmes

import (
	"context"
	"slices"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// If asks what would be if a task began on another day.
type If struct {
	Place
	Task string `json:"task,omitempty" validate:"max=60"`
	To   string `json:"to,omitempty" validate:"max=10"`
}

// Other is the forecast as it is, and as it would be. Nothing is saved.
type Other struct {
	Seen
	Task string    `json:"task,omitempty"`
	To   Day       `json:"to,omitempty"`
	Then *Forecast `json:"then,omitempty"` // nil while nothing was asked
	// Clashing are those that there would be.
	Clashing []Clash `json:"clashing"`
}

// WhatIf reckons the forecast anew with a task moved. Invalid if the day is before
// the programme's start, or the task is done.
func (p Programmes) WhatIf(ctx context.Context, s tenants.Scope, by By, in If) (Other, error) {
	w, err := load(ctx, s)
	if err != nil {
		return Other{}, err
	}
	out := Other{Task: in.Task, Clashing: []Clash{}}
	if out.Seen, err = w.seen(s, by); err != nil || in.Task == "" && in.To == "" {
		return out, err
	}
	at := slices.IndexFunc(w.Tasks, func(t Task) bool { return t.Key == in.Task })
	if at < 0 || w.Tasks[at].DoneOn != "" {
		return out, fault.Bad("task", "Choose a task that is not done.")
	}
	if out.To, err = w.readMove("to", in.To); err != nil {
		return out, err
	}
	w.Tasks = slices.Clone(w.Tasks)
	w.Tasks[at].MovedTo = out.To
	o := w.outlook(DayOf(s.Now))
	then, err := o.Forecast()
	out.Then, out.Clashing = &then, append(out.Clashing, w.clashes(o, then.Meant)...)
	return out, err
}
