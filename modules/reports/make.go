package reports

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByID names a post.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Form is a post to report.
type Form struct {
	Post posts.Post `json:"post"`
	// Done tells that the actor has reported it before.
	Done bool `json:"done"`
}

// Reporting shows the post that the actor is about to report. NotFound for their own.
func (x Reports) Reporting(ctx context.Context, s tenants.Scope, in ByID) (Form, error) {
	post, err := x.posts.Find(ctx, s, in.ID)
	if err != nil {
		return Form{}, err
	}
	switch {
	case s.Actor.Member == nil:
		return Form{}, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot report in it.")
	case post.AuthorID == s.Actor.ID():
		return Form{}, fault.New(fault.Forbidden, "You wrote this yourself. You can change it or take it down, and you can always write to the team.")
	}
	done, err := s.Select((*Report)(nil)).Where("report.post_id = ?", post.ID).Where("report.reporter_id = ?", s.Actor.ID()).Exists(ctx)
	return Form{post, done}, err
}

// Make is a report. Words are needed where the reason says little by itself.
type Make struct {
	ID     uuid.UUID `path:"id"`
	Reason string    `json:"reason" validate:"required,oneof=danger unkind triggering private advice spam other" label:"what is wrong"`
	Words  string    `json:"words,omitempty" validate:"max=1000" label:"what you want to tell the team"`
}

// Made is where a browser goes.
type Made struct {
	Path string `json:"path"`
}

// Make reports a post to the team. Its writer is not told. A second report of the
// same member about the same post changes nothing.
func (x Reports) Make(ctx context.Context, s tenants.Scope, in Make) (Made, error) {
	form, err := x.Reporting(ctx, s, ByID{in.ID})
	if err != nil {
		return Made{}, err
	}
	if in.Reason == "other" && strings.TrimSpace(in.Words) == "" {
		return Made{}, fault.Bad("words", "Tell the team in a few words what is wrong.")
	}
	out := Made{"/" + s.Service.Slug + "/posts/" + in.ID.String() + "/reported"}
	row := Report{ID: uuid.Must(uuid.NewV7()), PostID: in.ID, ReporterID: s.Actor.ID(), Reason: in.Reason, Words: strings.TrimSpace(in.Words),
		ReportedAt: s.Now}
	err = tenants.Touched(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if database.Missing(err) {
		return out, nil // reported before
	}
	if err != nil {
		return Made{}, err
	}
	_, err = x.desk.Flag(ctx, s, safety.About{Sort: posts.Sort, Subject: in.ID, Author: form.Post.AuthorID}, row.Finding())
	return out, err
}

// Received is what a member reads after a report.
type Received struct {
	Path     string            `json:"path"`
	Here     bool              `json:"team_here"`
	Hours    string            `json:"team_hours,omitempty"`
	Contacts []tenants.Contact `json:"contacts"`
}

// Thanks says what happens now and whom to turn to. NotFound without a report.
func (x Reports) Thanks(ctx context.Context, s tenants.Scope, in ByID) (Received, error) {
	form, err := x.Reporting(ctx, s, in)
	if err == nil && !form.Done {
		err = fault.Missing()
	}
	if err != nil {
		return Received{}, err
	}
	here, hours := s.Service.Staffing(s.Now)
	return Received{form.Post.Path, here, hours, tenants.Contacts(s.Service)}, nil
}
