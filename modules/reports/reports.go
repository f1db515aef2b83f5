// Package reports is how a member asks the team to look at a post: it puts the
// post on the desk. It touches posts through the kernel.
package reports

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "reports"

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

// levels are how soon somebody must look; what is not in it is amber.
var levels = map[string]safety.Level{"danger": safety.Red, "spam": safety.Green}

// Report is a member's wish that the team looks at a post.
type Report struct {
	bun.BaseModel `bun:"table:post_reports,alias:report"`
	tenants.InService

	ID         uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	PostID     uuid.UUID `bun:"post_id,type:uuid" json:"post_id"`
	ReporterID uuid.UUID `bun:"reporter_id,type:uuid" json:"-"`
	Reason     string    `bun:"reason" json:"reason"`
	Words      string    `bun:"words" json:"words"`
	ReportedAt time.Time `bun:"reported_at" json:"reported_at"`
}

// Finding is the report as the desk has it: the reason, with the reporter's words.
func (r Report) Finding() safety.Finding {
	level, known := levels[r.Reason]
	if !known {
		level = safety.Amber
	}
	detail := r.Reason
	for _, reason := range Reasons {
		if reason.Value == r.Reason {
			detail = reason.Label
		}
	}
	if r.Words != "" {
		detail += ": “" + r.Words + "”"
	}
	return safety.Finding{Detail: detail, Level: level}
}

// Reports is the room.
type Reports struct {
	desk  *safety.Desk
	posts *posts.Kernel
}

// New makes the room.
func New(desk *safety.Desk, kernel *posts.Kernel) modules.Module {
	r := Reports{desk, kernel}
	return modules.Module{
		Key: key, Name: "Reports", Icon: "flag", Always: true,
		About:  "Members ask the team to look at a post.",
		Grants: policy.Grants{"reports.make": {"member"}},
		Data:   data(),
		Rights: map[string]string{"reports.make": "Report a post to the team"},
		Routes: r.routes,
	}
}

func (x Reports) routes(r *modules.Router) {
	web.Get(r, "/posts/{id}/report", "reports.make", "A post to report", x.Reporting, reportingPage)
	web.Post(r, "/posts/{id}/report", "reports.make", "Ask the team to look at a post", x.Make, web.SeeOther("{path}"), web.FormAt("/posts/{id}/report"))
	web.Get(r, "/posts/{id}/reported", "reports.make", "A report was received", x.Thanks, thanksPage)
}
