package courses

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// begun tells of a course whether a member began it.
const begun = "EXISTS (SELECT 1 FROM recovery_course_progress AS p WHERE p.tenant_id = course.tenant_id AND p.course_id = course.id AND p.member_id = ?)"

// seen narrows a query to the courses that the service offers, and those that the
// actor began before they were taken away.
func seen(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("(course.state = ? OR course.state = ? AND "+begun+")", Published, Withdrawn, s.Actor.ID())
}

// offered are the courses that the actor can see, by their titles.
func offered(ctx context.Context, s tenants.Scope) (rows []Course, err error) {
	err = seen(s, s.Select(&rows)).Order("course.title", "course.id").Scan(ctx)
	return rows, err
}

// find reads a course that the actor can see; who makes courses sees all.
func find(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Course, err error) {
	q := s.Select(&row).Where("course.id = ?", id)
	if !s.May(teaches) {
		q = seen(s, q)
	}
	err = q.Scan(ctx)
	return row, err
}

// open reads a part that the actor can see, with its course. What a course that was
// taken away says is for whoever makes courses only.
func open(ctx context.Context, s tenants.Scope, id uuid.UUID) (part Part, course Course, err error) {
	if err := s.Select(&part).Where("part.id = ?", id).Where("part.out_at IS NULL").Scan(ctx); err != nil {
		return Part{}, Course{}, err
	}
	if course, err = find(ctx, s, part.CourseID); err != nil {
		return Part{}, Course{}, err
	}
	if course.State != Published && !s.May(teaches) {
		return Part{}, Course{}, fault.Missing()
	}
	return part, course, nil
}

// begin opens a part for the actor to do, and keeps that they began its course. What
// they do in one course at the same time waits for its turn.
func begin(ctx context.Context, s tenants.Scope, id uuid.UUID) (Part, Course, error) {
	if err := owned(s); err != nil {
		return Part{}, Course{}, err
	}
	part, course, err := open(ctx, s, id)
	if err != nil {
		return Part{}, Course{}, err
	}
	if course.State != Published {
		return Part{}, Course{}, fault.New(fault.Conflict, "This course is not offered just now, so nothing of it is kept.")
	}
	row := Progress{MemberID: s.Actor.ID(), CourseID: course.ID, BegunAt: s.Now}
	if _, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return Part{}, Course{}, err
	}
	return part, course, s.Lock(&row).Where("progress.member_id = ?", s.Actor.ID()).Where("progress.course_id = ?", course.ID).Scan(ctx)
}

// finish keeps that the actor came to the end of a course.
func finish(ctx context.Context, s tenants.Scope, course uuid.UUID) error {
	_, err := s.Update((*Progress)(nil)).Set("finished_at = ?", s.Now).Where("member_id = ?", s.Actor.ID()).Where("course_id = ?", course).Where("finished_at IS NULL").Exec(ctx)
	return err
}

func keepMark(ctx context.Context, s tenants.Scope, part Part, done bool) error {
	if !done {
		_, err := s.Delete((*Mark)(nil)).Where("member_id = ?", s.Actor.ID()).Where("part_id = ?", part.ID).Exec(ctx)
		return err
	}
	_, err := s.Insert(&Mark{MemberID: s.Actor.ID(), PartID: part.ID, DoneAt: s.Now}).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// partsOf are those of some courses that are in them, in order, without their texts.
func partsOf(ctx context.Context, s tenants.Scope, courses ...uuid.UUID) (rows []Part, err error) {
	if len(courses) == 0 {
		return nil, nil
	}
	err = s.Select(&rows).ExcludeColumn("body", "body_html", "prompts").Where("part.course_id IN (?)", bun.List(courses)).
		Where("part.out_at IS NULL").Order("part.course_id", "part.place", "part.id").Scan(ctx)
	return rows, err
}

// stepsBy are the steps of some courses as the actor has them.
func stepsBy(ctx context.Context, s tenants.Scope, courses ...uuid.UUID) (map[uuid.UUID][]Step, error) {
	parts, err := partsOf(ctx, s, courses...)
	if err != nil {
		return nil, err
	}
	var marks []Mark
	if len(parts) > 0 {
		ids := make([]uuid.UUID, len(parts))
		for i, part := range parts {
			ids[i] = part.ID
		}
		if err := s.Select(&marks).Where("mark.member_id = ?", s.Actor.ID()).Where("mark.part_id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
			return nil, err
		}
	}
	done := map[uuid.UUID]bool{}
	for _, mark := range marks {
		done[mark.PartID] = true
	}
	all := map[uuid.UUID][]Step{}
	for _, part := range parts {
		all[part.CourseID] = append(all[part.CourseID], Step{part.ID, part.Kind, part.Title, done[part.ID]})
	}
	return all, nil
}

func stepsOf(ctx context.Context, s tenants.Scope, course uuid.UUID) ([]Step, error) {
	all, err := stepsBy(ctx, s, course)
	return all[course], err
}

// taken are courses as the actor has them.
func taken(ctx context.Context, s tenants.Scope, rows []Course) ([]Taken, error) {
	all := make([]Taken, len(rows))
	if len(rows) == 0 {
		return all, nil
	}
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	steps, err := stepsBy(ctx, s, ids...)
	if err != nil {
		return nil, err
	}
	var mine []Progress
	if err := s.Select(&mine).Where("progress.member_id = ?", s.Actor.ID()).Where("progress.course_id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	at := map[uuid.UUID]Progress{}
	for _, one := range mine {
		at[one.CourseID] = one
	}
	for i, row := range rows {
		progress, began := at[row.ID]
		all[i] = Taken{Course: row, Steps: []Step{}, Begun: began, Finished: progress.FinishedAt != nil}
		if row.State != Withdrawn || s.May(teaches) {
			all[i].Steps = append(all[i].Steps, steps[row.ID]...)
			all[i].Next = next(all[i].Steps)
		}
	}
	return all, nil
}

// answer is what the actor wrote into a part; of version 0 if nothing.
func (c Courses) answer(ctx context.Context, s tenants.Scope, part uuid.UUID) (one Answer, err error) {
	err = s.Select(&one).Where("answer.member_id = ?", s.Actor.ID()).Where("answer.part_id = ?", part).Scan(ctx)
	if database.Missing(err) {
		return Answer{MemberID: s.Actor.ID(), PartID: part}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	return one, c.keys.OpenValue(one.Sealed, one.ID.String(), &one.Said)
}

// keep writes an answer over the one of its version; 0 for none.
func (c Courses) keep(ctx context.Context, s tenants.Scope, one Answer) (err error) {
	fresh := one.Version == 0
	if fresh {
		one.ID = uuid.Must(uuid.NewV7())
	}
	one.WrittenAt, one.Version = s.Now, one.Version+1
	if one.Sealed, err = c.keys.SealValue(one.Said, one.ID.String()); err != nil {
		return err
	}
	if fresh {
		return tenants.Fresh(s.Insert(&one).On("CONFLICT DO NOTHING").Exec(ctx))
	}
	return tenants.Fresh(s.Update(&one).Column("answer_sealed", "written_at", "version").
		Where("answer.id = ?", one.ID).Where("answer.version = ?", one.Version-1).Exec(ctx))
}

// removeAnswer removes what the actor wrote into a part. It tells which course that is
// of, and whether the part can be opened.
func removeAnswer(ctx context.Context, s tenants.Scope, part uuid.UUID) (course uuid.UUID, offered bool, err error) {
	if err := tenants.Touched(s.Delete((*Answer)(nil)).Where("member_id = ?", s.Actor.ID()).Where("part_id = ?", part).Exec(ctx)); err != nil {
		return uuid.Nil, false, err
	}
	var row Part
	if err := s.Select(&row).Where("part.id = ?", part).Scan(ctx); err != nil {
		return uuid.Nil, false, err
	}
	offered, err = s.Select((*Course)(nil)).Where("course.id = ?", row.CourseID).Where("course.state = ?", Published).Exists(ctx)
	return row.CourseID, offered && row.OutAt == nil, err
}

// written is what a member wrote, in one course or in all, the latest first.
func (c Courses) written(ctx context.Context, s tenants.Scope, member, course uuid.UUID) ([]Answer, error) {
	all := []Answer{}
	q := s.Select(&all).Relation("Part", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Column("title", "course_id", "out_at") }).
		Relation("Part.Course", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Column("title") }).
		Where("answer.member_id = ?", member).Order("answer.written_at DESC", "answer.id DESC")
	if course != uuid.Nil {
		q.Where("part.course_id = ?", course)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	for i := range all {
		one := &all[i]
		one.Title, one.Course, one.out = one.Part.Title, one.Part.Course.Title, one.Part.OutAt != nil
		if err := c.keys.OpenValue(one.Sealed, one.ID.String(), &one.Said); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// made are all courses of the service, what is offered first, then drafts.
func made(ctx context.Context, s tenants.Scope) (rows []Course, err error) {
	err = s.Select(&rows).OrderExpr("CASE course.state WHEN 'published' THEN 0 WHEN 'draft' THEN 1 ELSE 2 END").Order("course.title", "course.id").Scan(ctx)
	return rows, err
}

// toChange is a course that nobody else changes meanwhile.
func toChange(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Course, err error) {
	err = s.Lock(&row).Where("course.id = ?", id).Scan(ctx)
	return row, err
}

// anyPart is a part, also one that was taken out, with its course.
func anyPart(ctx context.Context, s tenants.Scope, id uuid.UUID) (part Part, row Course, err error) {
	if err := s.Select(&part).Where("part.id = ?", id).Scan(ctx); err != nil {
		return Part{}, Course{}, err
	}
	row, err = find(ctx, s, part.CourseID)
	return part, row, err
}

// partToChange is a part whose course nobody else changes meanwhile.
func partToChange(ctx context.Context, s tenants.Scope, id uuid.UUID) (part Part, row Course, err error) {
	if _, row, err = anyPart(ctx, s, id); err != nil {
		return Part{}, Course{}, err
	}
	if row, err = toChange(ctx, s, row.ID); err != nil {
		return Part{}, Course{}, err
	}
	// As it is now that its course is ours.
	err = s.Select(&part).Where("part.id = ?", id).Scan(ctx)
	return part, row, err
}

func save(ctx context.Context, s tenants.Scope, row *Course) error {
	return tenants.Touched(s.Update(row).Column("title", "about", "for_whom", "state", "version", "changed_at").Where("course.id = ?", row.ID).Exec(ctx))
}

func savePart(ctx context.Context, s tenants.Scope, part Part, columns ...string) error {
	return tenants.Touched(s.Update(&part).Column(columns...).Where("part.id = ?", part.ID).Exec(ctx))
}

// everyPart is every part of a course, in order, also those taken out.
func everyPart(ctx context.Context, s tenants.Scope, course uuid.UUID) (rows []Part, err error) {
	err = s.Select(&rows).ExcludeColumn("body", "body_html").Where("part.course_id = ?", course).Order("part.place", "part.id").Scan(ctx)
	return rows, err
}

// takers are how many began a course, and how many of them came to its end.
func takers(ctx context.Context, s tenants.Scope, course uuid.UUID) (began, finished int, err error) {
	err = s.Select((*Progress)(nil)).ColumnExpr("count(*)").ColumnExpr("count(progress.finished_at)").Where("progress.course_id = ?", course).Scan(ctx, &began, &finished)
	return began, finished, err
}

// courseOf is a course that a member took, and the titles of the parts that they did.
type courseOf struct {
	Progress
	done []string
}

// taking are the courses that a member took, the latest first.
func taking(ctx context.Context, s tenants.Scope, member uuid.UUID) ([]courseOf, error) {
	var rows []Progress
	err := s.Select(&rows).Relation("Course", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Column("title") }).
		Where("progress.member_id = ?", member).Order("progress.begun_at DESC", "progress.course_id").Scan(ctx)
	if err != nil {
		return nil, err
	}
	var marks []Mark
	err = s.Select(&marks).Relation("Part", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Column("title", "course_id") }).
		Where("mark.member_id = ?", member).Order("mark.done_at", "mark.part_id").Scan(ctx)
	all := make([]courseOf, len(rows))
	for i, row := range rows {
		all[i].Progress = row
		for _, mark := range marks {
			if mark.Part.CourseID == row.CourseID {
				all[i].done = append(all[i].done, mark.Part.Title)
			}
		}
	}
	return all, err
}
