package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/reports"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// onDesk puts a report on the desk, where the team looks at it or has looked.
func (w *seeding) onDesk(ctx context.Context, s tenants.Scope, row reports.Report, author uuid.UUID, r report) error {
	found := row.Finding()
	found.Source = safety.ByFlag
	item := safety.Item{ID: w.ids.at(row.ReportedAt), Sort: posts.Sort, SubjectID: row.PostID, AuthorID: author, Level: found.Level,
		RaisedAt: row.ReportedAt, DueAt: s.Service.InStaffedHours(row.ReportedAt, 4*time.Hour), Version: 1}
	if r.Settled != "" {
		settled, err := moment(s.Now, r.Settled)
		if err != nil {
			return err
		}
		who := w.people[r.With].ID
		item.HolderID, item.TakenAt, item.RespondedAt, item.DecidedAt, item.DecidedBy, item.Act = &who, &settled, &settled, &settled, &who, safety.Approve
	}
	if _, err := s.Insert(&item).Exec(ctx); err != nil {
		return err
	}
	if item.Level.Urgent() {
		if err := w.urgent(ctx, s, &item, safety.Why([]safety.Finding{found}), r.With); err != nil {
			return err
		}
	}
	mark := safety.Mark{ID: w.ids.at(row.ReportedAt), ItemID: item.ID, Source: safety.ByFlag, Detail: found.Detail, Level: found.Level, ByID: row.ReporterID, At: row.ReportedAt}
	_, err := s.Insert(&mark).Exec(ctx)
	return err
}
