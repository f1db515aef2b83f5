// Package reports is how a member asks the team to look at a post, and where the
// team answers for it. It touches posts through the kernel.
package reports

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "reports"

// reported has the report as its subject and the post as what it is about.
var reported = tenants.Kind{Key: "reports.made", Queue: jobs.Safety}

// Reasons are what can be wrong with a post, in the order shown.
var Reasons = []ui.Option{
	{Value: "danger", Label: "I am worried about somebody’s safety"},
	{Value: "unkind", Label: "It is unkind to somebody"},
	{Value: "triggering", Label: "It could harm people who read it", Hint: "Such as numbers, methods or pictures that make things worse."},
	{Value: "private", Label: "It gives away who somebody is"},
	{Value: "advice", Label: "It gives advice that could be unsafe"},
	{Value: "spam", Label: "It sells or advertises something"},
	{Value: "other", Label: "Something else"},
}

// Report is a member's wish that the team looks at a post. What the post said then
// is kept with it.
type Report struct {
	bun.BaseModel `bun:"table:post_reports,alias:report"`
	tenants.InService

	ID         uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	PostID     uuid.UUID  `bun:"post_id,type:uuid" json:"post_id"`
	ReporterID uuid.UUID  `bun:"reporter_id,type:uuid" json:"-"`
	Reason     string     `bun:"reason" json:"reason"`
	Words      string     `bun:"words" json:"words"`
	Title      string     `bun:"title" json:"title,omitempty"`
	Body       string     `bun:"body" json:"body"`
	ReportedAt time.Time  `bun:"reported_at" json:"reported_at"`
	SeenBy     *uuid.UUID `bun:"seen_by,type:uuid" json:"-"`
	SeenAt     *time.Time `bun:"seen_at" json:"seen_at,omitempty"`
	DecidedBy  *uuid.UUID `bun:"decided_by,type:uuid" json:"-"`
	DecidedAt  *time.Time `bun:"decided_at" json:"decided_at,omitempty"`
	Note       string     `bun:"note" json:"note,omitempty"`

	Post     *posts.Post     `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:post_id=id" json:"-"`
	Reporter *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:reporter_id=id" json:"reporter,omitempty"`
	Seer     *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:seen_by=id" json:"seen_by,omitempty"`
	Decider  *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:decided_by=id" json:"decided_by,omitempty"`
}

// why is the reason in words.
func (r Report) why() string {
	for _, reason := range Reasons {
		if reason.Value == r.Reason {
			return reason.Label
		}
	}
	return r.Reason
}

// Reports is the room.
type Reports struct{ posts *posts.Kernel }

// New makes the room.
func New(kernel *posts.Kernel) modules.Module {
	r := Reports{kernel}
	return modules.Module{
		Key: key, Name: "Reports", Icon: "flag", Always: true,
		About:  "Members ask the team to look at a post, and the team answers for it.",
		Grants: policy.Grants{"reports.make": {"member"}, "reports.review": {"moderator"}},
		Data:   data(),
		Rights: map[string]string{"reports.make": "Report a post to the team", "reports.review": "Look at reported posts"},
		Routes: r.routes,
		Tells:  []modules.Tell{{Kind: reported, Notices: tell}},
		Unread: open,
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("reports.review") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Reports", Icon: "flag", Path: "/" + s.Service.Slug + "/reports", Corner: true}}
		},
	}
}

func (x Reports) routes(r *modules.Router) {
	web.Get(r, "/posts/{id}/report", "reports.make", "A post to report", x.Reporting, reportingPage)
	web.Post(r, "/posts/{id}/report", "reports.make", "Ask the team to look at a post", x.Make, web.SeeOther("{path}"), web.FormAt("/posts/{id}/report"))
	web.Get(r, "/posts/{id}/reported", "reports.make", "A report was received", x.Thanks, thanksPage)
	web.Get(r, "/reports", "reports.review", "What members reported", x.List, listPage)
	web.Get(r, "/reports/{id}", "reports.review", "A report with the post and what stands around it", x.Show, reportPage)
	web.Post(r, "/reports/{id}/seen", "reports.review", "Say that I look into a report", x.See, web.SeeOther("/reports/{id}"))
	web.Post(r, "/reports/{id}/decide", "reports.review", "Settle a report with a word", x.Decide, web.SeeOther("/reports"), web.FormAt("/reports/{id}"))
}
