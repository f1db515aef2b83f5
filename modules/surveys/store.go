package surveys

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// Answerer is that a member has answered a survey, or does not want to: never what,
// and never when.
type Answerer struct {
	bun.BaseModel `bun:"table:survey_people,alias:answerer"`
	tenants.InService

	SurveyID uuid.UUID `bun:"survey_id,pk,type:uuid"`
	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	Answered bool      `bun:"answered"` // or else it is not for them
}

// all are the service's surveys, the latest first.
func all(ctx context.Context, s tenants.Scope) (rows []Survey, err error) {
	return rows, s.Select(&rows).Order("survey.opens_on DESC", "survey.id DESC").Scan(ctx)
}

func surveyOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Survey, err error) {
	return row, s.Select(&row).Where("survey.id = ?", id).Scan(ctx)
}

// taken reads a survey that this unit of work is about to change, or to answer.
func taken(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Survey, err error) {
	return row, s.Lock(&row).Where("survey.id = ?", id).Scan(ctx)
}

// put writes a changed survey. Conflict if it changed since it was read.
func put(ctx context.Context, s tenants.Scope, row *Survey) error {
	row.Version++
	return tenants.Fresh(s.Update(row).ExcludeColumn("tenant_id", "service_id", "id").Where("survey.id = ?", row.ID).Where("survey.version = ?", row.Version-1).Exec(ctx))
}

// drop removes a survey that never opened.
func drop(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Delete((*Survey)(nil)).Where("id = ?", id).Exec(ctx))
}

// lively are the surveys that can be open or close on a day, locked for this unit of
// work; those that another one has are passed by.
func lively(ctx context.Context, s tenants.Scope, today clock.Date) (rows []Survey, err error) {
	return rows, s.Claim(&rows).Where("survey.planned").Where("survey.closed_at IS NULL").Where("survey.opens_on <= ?", today).Order("survey.opens_on", "survey.id").Limit(50).Scan(ctx)
}

// whom narrows a query of members to those whom a survey asks at a time.
func whom(q *bun.SelectQuery, x Survey, now time.Time) *bun.SelectQuery {
	held := make([]string, len(x.Roles))
	for i, role := range x.Roles {
		held[i] = tenants.Holds("person.roles", role)
	}
	if len(held) == 0 {
		held = []string{"1 = 0"}
	}
	return q.Where("person.status = 'active'").Where("person.joined_at <= ?", x.since(now)).Where("(" + strings.Join(held, " OR ") + ")")
}

// asked counts those whom a survey asks, with whoever answered and has left since.
func asked(ctx context.Context, s tenants.Scope, x Survey, answered int, now time.Time) (int, error) {
	n, err := whom(s.Select((*tenants.Person)(nil)), x, now).Count(ctx)
	return max(int(n), answered), err
}

// silent are those whom a survey asks and who have neither answered nor said that
// it is not for them.
func silent(ctx context.Context, s tenants.Scope, x Survey) (ids []uuid.UUID, err error) {
	err = whom(s.Select((*tenants.Person)(nil)), x, s.Now).Column("id").
		Where("NOT EXISTS (SELECT 1 FROM survey_people AS a WHERE a.tenant_id = person.tenant_id AND a.survey_id = ? AND a.member_id = person.id)", x.ID).
		Order("person.id").Scan(ctx, &ids)
	return ids, err
}

// said is what a member said to a survey; the zero Answerer for nothing.
func said(ctx context.Context, s tenants.Scope, survey, member uuid.UUID) (row Answerer, err error) {
	err = s.Select(&row).Where("answerer.survey_id = ?", survey).Where("answerer.member_id = ?", member).Scan(ctx)
	if database.Missing(err) {
		return Answerer{}, nil
	}
	return row, err
}

// saidBy is what a member said to each survey.
func saidBy(ctx context.Context, s tenants.Scope, member uuid.UUID) (map[uuid.UUID]Answerer, error) {
	var rows []Answerer
	err := s.Select(&rows).Where("answerer.member_id = ?", member).Scan(ctx)
	by := map[uuid.UUID]Answerer{}
	for _, row := range rows {
		by[row.SurveyID] = row
	}
	return by, err
}

// note keeps that a member answered, or does not want to. Who has answered stays so.
func note(ctx context.Context, s tenants.Scope, row Answerer) error {
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, survey_id, member_id) DO UPDATE").
		Set("answered = EXCLUDED.answered").Where("NOT answerer.answered").Exec(ctx)
	return err
}

// boxOf reads a survey's box, an empty one where nobody has answered.
func boxOf(ctx context.Context, s tenants.Scope, survey uuid.UUID) (row Box, err error) {
	err = s.Select(&row).Where("box.survey_id = ?", survey).Scan(ctx)
	if database.Missing(err) {
		return Box{SurveyID: survey}, nil
	}
	return row, err
}

// answeredIn counts the answers of surveys, by survey.
func answeredIn(ctx context.Context, s tenants.Scope) (map[uuid.UUID]int, error) {
	var rows []Box
	err := s.Select(&rows).Column("survey_id", "answered").Scan(ctx)
	by := map[uuid.UUID]int{}
	for _, row := range rows {
		by[row.SurveyID] = row.Answered
	}
	return by, err
}

func putBox(ctx context.Context, s tenants.Scope, box Box) error {
	_, err := s.Insert(&box).On("CONFLICT (tenant_id, survey_id) DO UPDATE").
		Set("answered = EXCLUDED.answered").Set("counts = EXCLUDED.counts").Set("words_sealed = EXCLUDED.words_sealed").Exec(ctx)
	return err
}

// yearlies are the yearly questions that closed from a time until before another.
func yearlies(ctx context.Context, s tenants.Scope, from, until time.Time) (rows []Survey, err error) {
	return rows, s.Select(&rows).Where("survey.year > 0").Where("survey.closed_at >= ?", from.UTC()).Where("survey.closed_at < ?", until.UTC()).Scan(ctx)
}

// lastYearly is the yearly question that closed last. No row if none has.
func lastYearly(ctx context.Context, s tenants.Scope) (row Survey, err error) {
	return row, s.Select(&row).Where("survey.year > 0").Where("survey.closed_at IS NOT NULL").Order("survey.closed_at DESC").Limit(1).Scan(ctx)
}

// begunIn tells whether the yearly question of a year is there.
func begunIn(ctx context.Context, s tenants.Scope, year int) (bool, error) {
	return s.Select((*Survey)(nil)).Where("survey.year = ?", year).Exists(ctx)
}
