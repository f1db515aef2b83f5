package programmes

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Whole is a programme with all that is in it.
type Whole struct {
	Programme
	Phases     []Phase
	Tasks      []Task
	Evidence   []Evidence
	People     []Stakeholder
	Absences   []Absence
	Holidays   []Holiday
	Actions    []Action
	Meetings   []Meeting
	Attendance []Attendance
	Entries    []Entry
	Benefits   []Benefit
}

// load reads the service's programme: the one that runs, else the last. NotFound
// if there never was one.
func load(ctx context.Context, s tenants.Scope) (w Whole, err error) {
	return w, w.read(ctx, s, s.Select(&w.Programme))
}

// alone is load for a command. Those who change a programme take turns, so that
// what each decides on stays true. Conflict if it has ended.
func alone(ctx context.Context, s tenants.Scope) (w Whole, err error) {
	if err = w.read(ctx, s, s.Lock(&w.Programme)); err == nil && w.EndedAt != nil {
		err = fault.New(fault.Conflict, "This programme has ended, so nothing in it changes any more.")
	}
	return w, err
}

func (w *Whole) read(ctx context.Context, s tenants.Scope, q *bun.SelectQuery) error {
	err := q.OrderExpr("CASE WHEN programme.ended_at IS NULL THEN 0 ELSE 1 END").Order("programme.created_at DESC").Limit(1).Scan(ctx)
	if database.Missing(err) {
		return fault.Missing()
	}
	if err != nil {
		return err
	}
	for _, q := range []*bun.SelectQuery{
		s.Select(&w.Phases).Where("phase.programme_id = ?", w.ID).Order("phase.number"),
		s.Select(&w.Tasks).Where("task.programme_id = ?", w.ID).Order("task.phase", "task.position"),
		s.Select(&w.Evidence).Join("JOIN programme_phases AS phase ON phase.tenant_id = evidence.tenant_id AND phase.id = evidence.phase_id").
			Where("phase.programme_id = ?", w.ID).Order("evidence.position", "evidence.id"),
		s.Select(&w.People).Where("stakeholder.programme_id = ?", w.ID).Order("stakeholder.name", "stakeholder.id"),
		s.Select(&w.Absences).Join("JOIN programme_people AS person ON person.tenant_id = absence.tenant_id AND person.id = absence.person_id").
			Where("person.programme_id = ?", w.ID).Order("absence.from_day", "absence.id"),
		s.Select(&w.Holidays).Where("holiday.programme_id = ?", w.ID).Order("holiday.from_day", "holiday.name"),
		s.Select(&w.Actions).Where("action.programme_id = ?", w.ID).Order("action.due_on", "action.id"),
		s.Select(&w.Meetings).Where("meeting.programme_id = ?", w.ID).Order("meeting.starts_at", "meeting.id"),
		s.Select(&w.Attendance).Join("JOIN programme_meetings AS meeting ON meeting.tenant_id = seat.tenant_id AND meeting.id = seat.meeting_id").
			Where("meeting.programme_id = ?", w.ID).Order("seat.person_id"),
		s.Select(&w.Entries).Where("entry.programme_id = ?", w.ID).Order("entry.created_at", "entry.id"),
		s.Select(&w.Benefits).Where("benefit.programme_id = ?", w.ID).Order("benefit.review_on", "benefit.id"),
	} {
		if err := q.Scan(ctx); err != nil {
			return err
		}
	}
	return nil
}

// find is the row for which is holds. NotFound if there is none.
func find[T any](rows []T, is func(T) bool) (row T, err error) {
	at := slices.IndexFunc(rows, is)
	if at < 0 {
		return row, fault.Missing()
	}
	return rows[at], nil
}

// running tells whether the service has a programme that has not ended.
func running(ctx context.Context, s tenants.Scope) (bool, error) {
	return s.Select((*Programme)(nil)).Where("programme.ended_at IS NULL").Exists(ctx)
}

// create writes a new programme. Conflict if another was faster.
func create(ctx context.Context, s tenants.Scope, w Whole) error {
	if _, err := s.Insert(&w.Programme).Exec(ctx); database.Taken(err) {
		return overlapping()
	} else if err != nil {
		return err
	}
	if _, err := tenants.InsertAll(s, w.Phases).Exec(ctx); err != nil {
		return err
	}
	if _, err := tenants.InsertAll(s, w.Evidence).Exec(ctx); err != nil {
		return err
	}
	if len(w.Holidays) > 0 {
		if _, err := tenants.InsertAll(s, w.Holidays).Exec(ctx); err != nil {
			return err
		}
	}
	_, err := tenants.InsertAll(s, w.Tasks).Exec(ctx)
	return err
}

// add writes a new row.
func add(ctx context.Context, s tenants.Scope, row tenants.Row) error {
	_, err := s.Insert(row).Exec(ctx)
	return err
}

// put changes the columns of a row that is not to have changed since a version: one
// behind the row's. Stale if it has.
func put(ctx context.Context, s tenants.Scope, row tenants.Row, id uuid.UUID, seen int, columns ...string) error {
	return tenants.Fresh(s.Update(row).Column(append(columns, "version")...).Where("id = ?", id).Where("version = ?", seen).Exec(ctx))
}

// set changes columns of a row that has no version.
func set(ctx context.Context, s tenants.Scope, row tenants.Row, id uuid.UUID, columns ...string) error {
	return tenants.Touched(s.Update(row).Column(columns...).Where("id = ?", id).Exec(ctx))
}

func drop(ctx context.Context, s tenants.Scope, row tenants.Row, id uuid.UUID) error {
	return tenants.Touched(s.Delete(row).Where("id = ?", id).Exec(ctx))
}

func commentsOn(ctx context.Context, s tenants.Scope, subject uuid.UUID) (all []Comment, err error) {
	err = s.Select(&all).Where("comment.subject_id = ?", subject).Order("comment.at", "comment.id").Scan(ctx)
	return all, err
}

// linksOf are the links that somebody was sent, the newest first.
func linksOf(ctx context.Context, s tenants.Scope, person uuid.UUID) (all []Link, err error) {
	err = s.Select(&all).Where("link.person_id = ?", person).Order("link.created_at DESC", "link.id DESC").Limit(50).Scan(ctx)
	return all, err
}

// linkAnywhere finds a link in whichever service of the trust it is: its address
// names none.
func linkAnywhere(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Link, err error) {
	err = s.SelectAcross(&row).Where("link.id = ?", id).Scan(ctx)
	return row, err
}

// endLinks ends the links about something that are still open.
func endLinks(ctx context.Context, s tenants.Scope, subject uuid.UUID, purpose string) error {
	_, err := s.Update((*Link)(nil)).Set("ended_at = ?", s.Now).Where("subject_id = ?", subject).Where("purpose = ?", purpose).Where("ended_at IS NULL").Exec(ctx)
	return err
}

// endLinksTo ends all links of somebody.
func endLinksTo(ctx context.Context, s tenants.Scope, person uuid.UUID) error {
	_, err := s.Update((*Link)(nil)).Set("ended_at = ?", s.Now).Where("person_id = ?", person).Where("ended_at IS NULL").Exec(ctx)
	return err
}

// linkOf reads a link of this service.
func linkOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Link, err error) {
	err = s.Lock(&row).Where("link.id = ?", id).Scan(ctx)
	return row, err
}

// came notes whether somebody was at a meeting.
func came(ctx context.Context, s tenants.Scope, seat Attendance, was bool) error {
	_, err := s.Update((*Attendance)(nil)).Set("came = ?", was).Where("meeting_id = ?", seat.MeetingID).Where("person_id = ?", seat.PersonID).Exec(ctx)
	return err
}

// invited notes that somebody's invitation is on its way.
func invited(ctx context.Context, s tenants.Scope, seat Attendance) error {
	_, err := s.Update((*Attendance)(nil)).Set("invited_at = ?", s.Now).Where("meeting_id = ?", seat.MeetingID).Where("person_id = ?", seat.PersonID).Exec(ctx)
	return err
}

// linksAbout are the links to the owners of what is due.
func linksAbout(ctx context.Context, s tenants.Scope, due []owed) (all []Link, err error) {
	subjects := make([]uuid.UUID, len(due))
	for i, one := range due {
		subjects[i] = one.subject
	}
	err = s.Select(&all).Where("link.subject_id IN (?)", bun.List(subjects)).Where("link.purpose IN ('answer', 'task')").Scan(ctx)
	return all, err
}

// lastUpdate are the links of the weekly update that went out last.
func lastUpdate(ctx context.Context, s tenants.Scope, w Whole) (all []Link, err error) {
	q := s.Select(&all).Where("link.subject_id = ?", w.ID).Where("link.purpose = 'weekly'")
	err = q.Where("link.created_at = (?)", s.Select((*Link)(nil)).ColumnExpr("MAX(link.created_at)").Where("link.subject_id = ?", w.ID).Where("link.purpose = 'weekly'")).Scan(ctx)
	return all, err
}

// endAllLinks ends the links of everybody in a programme.
func endAllLinks(ctx context.Context, s tenants.Scope, programme uuid.UUID) error {
	people := s.Select((*Stakeholder)(nil)).Column("id").Where("stakeholder.programme_id = ?", programme)
	_, err := s.Update((*Link)(nil)).Set("ended_at = ?", s.Now).Where("ended_at IS NULL").Where("person_id IN (?)", people).Exec(ctx)
	return err
}

// lines are all services of the platform that are open, by name, with how their
// programmes stand.
func lines(ctx context.Context, db bun.IDB) (all []Line, err error) {
	err = db.NewSelect().TableExpr("platform_services AS line").
		Join("JOIN trusts AS trust ON trust.id = line.trust_id AND trust.status <> ?", tenants.Archived).
		Join("LEFT JOIN platform_programmes AS standing ON standing.trust_id = line.trust_id AND standing.service_id = line.service_id").
		Where("line.status = ?", tenants.Active).
		ColumnExpr("line.trust_id, line.service_id, trust.name AS trust, line.name AS service, '/programmes/' || trust.slug || '/' || line.slug AS path").
		ColumnExpr("COALESCE(standing.month, 0) AS month, COALESCE(standing.light, '') AS light, COALESCE(standing.reason, '') AS reason, COALESCE(standing.done, 0) AS done").
		ColumnExpr("COALESCE(standing.planned, '') AS planned, COALESCE(standing.likely, '') AS likely, COALESCE(standing.ended, ?) AS ended, COALESCE(standing.stated_at, line.counted_at) AS stated_at", false).
		Order("trust.name", "line.name").Scan(ctx, &all)
	return all, err
}
