package messages

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Report is a message that a member asked the team to look at. It and those
// around it, by id, are all that the team can read of the conversation.
type Report struct {
	bun.BaseModel `bun:"table:message_reports,alias:report"`
	tenants.InService

	ID             uuid.UUID   `bun:"id,pk,type:uuid" json:"id"`
	ConversationID uuid.UUID   `bun:"conversation_id,type:uuid" json:"-"`
	MessageID      uuid.UUID   `bun:"message_id,type:uuid" json:"message_id"`
	ReporterID     uuid.UUID   `bun:"reporter_id,type:uuid" json:"-"`
	Reason         string      `bun:"reason" json:"reason"`
	Context        tenants.IDs `bun:"context" json:"-"`
	ReportedAt     time.Time   `bun:"reported_at" json:"reported_at"`
	ClosedAt       *time.Time  `bun:"closed_at" json:"closed_at,omitempty"`

	Reporter *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:reporter_id=id" json:"reporter,omitempty"`
}

// around is how many messages before and after the reported one go with it.
const around = 5

// About names a message of a conversation.
type About struct {
	ID      uuid.UUID `path:"id"`
	Message uuid.UUID `json:"message"`
}

// ReportForm is the message to report.
type ReportForm struct {
	Conversation uuid.UUID `json:"conversation_id"`
	Message      Message   `json:"message"`
}

// Reporting shows the message that the actor is about to report.
func (m Messages) Reporting(ctx context.Context, s tenants.Scope, in About) (ReportForm, error) {
	message, err := m.reportable(ctx, s, in)
	return ReportForm{in.ID, message}, err
}

func (m Messages) reportable(ctx context.Context, s tenants.Scope, in About) (Message, error) {
	t, err := find(ctx, s, in.ID, false)
	if err != nil {
		return Message{}, err
	}
	var rows []Message
	err = seen(s, &rows).Where("message.conversation_id = ?", t.ID).Where("message.id = ?", in.Message).Scan(ctx)
	if err == nil && (len(rows) == 0 || t.mine == nil || rows[0].AuthorID == s.Actor.ID()) {
		err = fault.Missing()
	}
	if err != nil {
		return Message{}, err
	}
	return rows[0], nil
}

// MakeReport is a report with what the member says of it.
type MakeReport struct {
	About
	Reason string `json:"reason" validate:"filled,max=1000" label:"what is wrong"`
}

// MakeReport reports a message to the team. Reporting it twice makes one report.
func (m Messages) MakeReport(ctx context.Context, s tenants.Scope, in MakeReport) (Where, error) {
	message, err := m.reportable(ctx, s, in.About)
	if err != nil {
		return Where{}, err
	}
	row := Report{ConversationID: in.ID, MessageID: message.ID, ReporterID: s.Actor.ID(), Reason: strings.TrimSpace(in.Reason), ReportedAt: s.Now}
	if row.ID, err = uuid.NewV7(); err != nil {
		return Where{}, err
	}
	if row.Context, err = neighbours(ctx, s, message); err != nil {
		return Where{}, err
	}
	back := Where{"/" + s.Service.Slug + "/messages/" + in.ID.String() + "?reported=true"}
	err = tenants.Touched(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if database.Missing(err) {
		return back, nil // reported before
	}
	if err != nil {
		return Where{}, err
	}
	about := safety.About{Sort: sortKey, Subject: message.ID, Author: message.AuthorID}
	if _, err := m.desk.Flag(ctx, s, about, safety.Finding{Detail: detail(row.Reason), Level: safety.Amber}); err != nil {
		return Where{}, err
	}
	return back, s.Emit(ctx, modules.Recount, tenants.Event{Subject: row.ID, Audience: tenants.AudienceStaff})
}

// neighbours are the ids of a message and of those around it that the actor can see.
func neighbours(ctx context.Context, s tenants.Scope, message Message) (tenants.IDs, error) {
	var before, next []Message
	in := func(rows *[]Message) *bun.SelectQuery {
		return seen(s, rows).Where("message.conversation_id = ?", message.ConversationID).Limit(around)
	}
	if err := in(&before).Where("message.seq < ?", message.Seq).Order("message.seq DESC").Scan(ctx); err != nil {
		return nil, err
	}
	if err := in(&next).Where("message.seq > ?", message.Seq).Order("message.seq").Scan(ctx); err != nil {
		return nil, err
	}
	all := []uuid.UUID{message.ID}
	for _, row := range slices.Concat(before, next) {
		all = append(all, row.ID)
	}
	return tenants.NewIDs(all...), nil
}

// forReview narrows to reports that the actor may look at: nobody reviews a
// conversation that they are in.
func forReview(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("NOT EXISTS (SELECT 1 FROM participants AS p WHERE p.tenant_id = report.tenant_id AND p.conversation_id = report.conversation_id AND p.member_id = ?)", s.Actor.ID())
}

func openReports(ctx context.Context, s tenants.Scope) (int, error) {
	if s.Actor.Member == nil || !s.May("messages.review") {
		return 0, nil
	}
	count, err := forReview(s, s.Select((*Report)(nil))).Where("report.closed_at IS NULL").Count(ctx)
	return int(count), err
}

// Reports are what members reported.
type Reports struct {
	Open   []Report `json:"open"`   // the oldest first
	Closed []Report `json:"closed"` // the latest first
}

// Reports lists them, without the words of any message.
func (m Messages) Reports(ctx context.Context, s tenants.Scope, _ web.None) (Reports, error) {
	var out Reports
	err := forReview(s, s.Select(&out.Open).Relation("Reporter", tenants.Face)).Where("report.closed_at IS NULL").Order("report.reported_at").Limit(200).Scan(ctx)
	if err == nil {
		err = forReview(s, s.Select(&out.Closed).Relation("Reporter", tenants.Face)).Where("report.closed_at IS NOT NULL").Order("report.closed_at DESC").Limit(50).Scan(ctx)
	}
	return out, err
}

// Review is that somebody read a report's messages, or closed it.
type Review struct {
	bun.BaseModel `bun:"table:message_reviews,alias:review"`
	tenants.InService

	ID         uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	ReportID   uuid.UUID `bun:"report_id,type:uuid" json:"-"`
	ReviewerID uuid.UUID `bun:"reviewer_id,type:uuid" json:"-"`
	Act        string    `bun:"act" json:"act"`
	Note       string    `bun:"note" json:"note,omitempty"`
	ReviewedAt time.Time `bun:"reviewed_at" json:"reviewed_at"`

	Reviewer *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:reviewer_id=id" json:"reviewer,omitempty"`
}

// Reviewed is a report with what was done about it.
type Reviewed struct {
	Report
	// Messages are the reported one and those around it, for whoever has it on
	// record that they read them.
	Messages []Message `json:"messages"`
	Reviews  []Review  `json:"reviews"`
}

// Report reads a report. The messages come once ReadReport has put on record who reads them.
func (m Messages) Report(ctx context.Context, s tenants.Scope, in ByID) (Reviewed, error) {
	var out Reviewed
	if err := forReview(s, s.Select(&out.Report).Relation("Reporter", tenants.Face)).Where("report.id = ?", in.ID).Scan(ctx); err != nil {
		return Reviewed{}, err
	}
	err := s.Select(&out.Reviews).Relation("Reviewer", tenants.Face).Where("review.report_id = ?", in.ID).Order("review.reviewed_at", "review.id").Scan(ctx)
	if err != nil || !slices.ContainsFunc(out.Reviews, func(r Review) bool { return r.ReviewerID == s.Actor.ID() }) {
		return out, err
	}
	err = s.Select(&out.Messages).Relation("Author", tenants.Face).Where("message.id IN (?)", bun.List(out.Context)).Order("message.seq").Scan(ctx)
	if err != nil {
		return Reviewed{}, err
	}
	return out, addPictures(ctx, s, out.Messages)
}

// ReadReport puts on record that the actor reads the messages of a report.
func (m Messages) ReadReport(ctx context.Context, s tenants.Scope, in ByID) (Where, error) {
	found, err := m.Report(ctx, s, in)
	if err != nil || len(found.Messages) > 0 {
		return Where{"/" + s.Service.Slug + "/messages/reports/" + in.ID.String()}, err
	}
	if err := s.Audit(ctx, "reports.read", tenants.Audited{Subject: in.ID}); err != nil {
		return Where{}, err
	}
	return Where{"/" + s.Service.Slug + "/messages/reports/" + in.ID.String()}, review(ctx, s, Review{ReportID: in.ID, Act: "read"})
}

func review(ctx context.Context, s tenants.Scope, row Review) (err error) {
	if row.ID, err = uuid.NewV7(); err != nil {
		return err
	}
	row.ReviewerID, row.ReviewedAt = s.Actor.ID(), s.Now
	_, err = s.Insert(&row).Exec(ctx)
	return err
}

// CloseReport is what was done about a report.
type CloseReport struct {
	ID   uuid.UUID `path:"id"`
	Note string    `json:"note" validate:"filled,max=2000" label:"what was done"`
}

// CloseReport closes a report that the actor has read. Conflict if somebody else was faster.
func (m Messages) CloseReport(ctx context.Context, s tenants.Scope, in CloseReport) (Where, error) {
	found, err := m.Report(ctx, s, ByID{in.ID})
	if err != nil {
		return Where{}, err
	}
	if len(found.Messages) == 0 {
		return Where{}, fault.Bad("note", "Read the messages first, then say what was done.")
	}
	err = tenants.Touched(s.Update((*Report)(nil)).Set("closed_at = ?", s.Now).Where("id = ?", in.ID).Where("closed_at IS NULL").Exec(ctx))
	if database.Missing(err) {
		return Where{}, fault.Stale()
	}
	if err != nil {
		return Where{}, err
	}
	if err := s.Audit(ctx, "reports.close", tenants.Audited{Subject: in.ID}); err != nil {
		return Where{}, err
	}
	if err := review(ctx, s, Review{ReportID: in.ID, Act: "close", Note: strings.TrimSpace(in.Note)}); err != nil {
		return Where{}, err
	}
	return Where{"/" + s.Service.Slug + "/messages/reports"}, s.Emit(ctx, modules.Recount, tenants.Event{Subject: in.ID, Audience: tenants.AudienceStaff})
}
