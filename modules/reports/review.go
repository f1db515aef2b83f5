package reports

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// List is what members reported.
type List struct {
	Open    []Report `json:"open"`    // somebody’s safety first, then the oldest
	Decided []Report `json:"decided"` // the latest first
	// Messages is where reported messages are looked at; empty where the actor may not.
	Messages string `json:"messages,omitempty"`
}

// List lists reports, but for those about what the actor wrote or reported.
func (x Reports) List(ctx context.Context, s tenants.Scope, _ web.None) (List, error) {
	var out List
	if s.Service.Open("messages") && s.May("messages.review") {
		out.Messages = "/messages/reports"
	}
	err := read(s, &out.Open).Where("report.decided_at IS NULL").OrderExpr("CASE WHEN report.reason = 'danger' THEN 0 ELSE 1 END").Order("report.reported_at", "report.id").Limit(200).Scan(ctx)
	if err == nil {
		err = read(s, &out.Decided).Where("report.decided_at IS NOT NULL").Order("report.decided_at DESC", "report.id").Limit(50).Scan(ctx)
	}
	return out, err
}

// Shown is a report with what the team needs to judge it.
type Shown struct {
	Report
	// Author wrote the post, which may be gone from sight or say something else by now.
	Author *tenants.Person `json:"author,omitempty"`
	State  posts.State     `json:"state"`
	Change bool            `json:"changed"`
	// Around is what stands above the post and a few replies before and after it.
	Around []posts.Post `json:"around"`
	// Others are further reports of the same post.
	Others []Report `json:"others"`
}

// Show reads a report.
func (x Reports) Show(ctx context.Context, s tenants.Scope, in ByID) (Shown, error) {
	var out Shown
	err := read(s, &out.Report).Where("report.id = ?", in.ID).Scan(ctx)
	if err != nil {
		return Shown{}, err
	}
	post := out.Post
	out.Author, out.State, out.Change = post.Author, post.State, post.Body != out.Body || post.Title != out.Title
	if out.Around, err = x.posts.Around(ctx, s, *post); err != nil {
		return Shown{}, err
	}
	err = read(s, &out.Others).Where("report.post_id = ?", post.ID).Where("report.id <> ?", out.ID).Order("report.reported_at").Scan(ctx)
	return out, err
}

// See says that the actor looks into a report; whoever was first stays.
func (x Reports) See(ctx context.Context, s tenants.Scope, in ByID) (Shown, error) {
	if _, err := x.Show(ctx, s, in); err != nil {
		return Shown{}, err
	}
	_, err := s.Update((*Report)(nil)).Set("seen_by = ?", s.Actor.ID()).Set("seen_at = ?", s.Now).Where("id = ?", in.ID).Where("seen_at IS NULL").Exec(ctx)
	if err != nil {
		return Shown{}, err
	}
	return x.Show(ctx, s, in)
}

// Decide is what was done about a report.
type Decide struct {
	ID   uuid.UUID `path:"id"`
	Note string    `json:"note" validate:"filled,max=2000" label:"what was done"`
}

// Decide settles a report. Conflict if somebody else was faster.
func (x Reports) Decide(ctx context.Context, s tenants.Scope, in Decide) (Shown, error) {
	if _, err := x.See(ctx, s, ByID{in.ID}); err != nil {
		return Shown{}, err
	}
	err := tenants.Touched(s.Update((*Report)(nil)).Set("decided_by = ?", s.Actor.ID()).Set("decided_at = ?", s.Now).Set("note = ?", strings.TrimSpace(in.Note)).
		Where("id = ?", in.ID).Where("decided_at IS NULL").Exec(ctx))
	if database.Missing(err) {
		return Shown{}, fault.Stale()
	}
	if err != nil {
		return Shown{}, err
	}
	if err := s.Emit(ctx, modules.Recount, tenants.Event{Subject: in.ID, Audience: tenants.AudienceStaff}); err != nil {
		return Shown{}, err
	}
	return x.Show(ctx, s, ByID{in.ID})
}

// open counts what waits for the actor.
func open(ctx context.Context, s tenants.Scope) (int, error) {
	if !s.May("reports.review") {
		return 0, nil
	}
	count, err := forReview(s, s.Select((*Report)(nil))).Where("report.decided_at IS NULL").Count(ctx)
	return int(count), err
}
