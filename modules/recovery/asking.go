package recovery

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// Asking has other rooms ask a member for a measure. Where this room is closed there
// is none.
type Asking struct{}

// Choices are the measures that there are, by key.
func (Asking) Choices(ctx context.Context, s tenants.Scope) (options []ui.Option, err error) {
	if !s.Service.Open(key) {
		return nil, nil
	}
	all, err := definitionsOf(ctx, s)
	for _, d := range all {
		options = append(options, ui.Option{Value: d.Key, Label: d.Name})
	}
	return options, err
}

// Ask has the actor asked for a measure now, unless they are asked for it already or
// filled it in since.
func (Asking) Ask(ctx context.Context, s tenants.Scope, measure string, since time.Time) error {
	if !s.Service.Open(key) {
		return nil
	}
	me := s.Actor.ID()
	filled, err := s.Select((*Response)(nil)).Where("response.member_id = ?", me).Where("response.measure = ?", measure).Where("response.at > ?", since).Exists(ctx)
	if err != nil || filled {
		return err
	}
	row := Assignment{ID: uuid.Must(uuid.NewV7()), MemberID: me, Measure: measure, NextAt: &s.Now, Told: true, AssignedBy: me, AssignedAt: s.Now}
	_, err = s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// Open is a measure that the actor is asked for now: its name, and where it is filled
// in, below the service. Empty if there is nothing to fill in.
func (Asking) Open(ctx context.Context, s tenants.Scope, measure string) (name, path string, err error) {
	if !s.Service.Open(key) {
		return "", "", nil
	}
	var row Assignment
	err = s.Select(&row).Where("assignment.member_id = ?", s.Actor.ID()).Where("assignment.measure = ?", measure).Where("assignment.next_at <= ?", s.Now).Scan(ctx)
	if database.Missing(err) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	d, err := newestOf(ctx, s, measure)
	return d.Name, "/recovery/measures/" + row.ID.String(), err
}
