package rota

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// alone has those who change the service's rota take turns, so that what each of
// them decides on stays true, and the roster is made of all.
func alone(ctx context.Context, s tenants.Scope) error {
	_, err := rosterOf(ctx, s)
	return err
}

// rosterOf is the roster as it is kept now; whoever asks has the next turn.
func rosterOf(ctx context.Context, s tenants.Scope) (*tenants.Roster, error) {
	var row tenants.Service
	err := s.Lock(&row).Column("id", "roster").Where("service.id = ?", s.Service.ID).Scan(ctx)
	return row.Roster, err
}

// load reads all that the shifts between two times follow from.
func load(ctx context.Context, s tenants.Scope, from, to time.Time) (plan, error) {
	p := plan{settings: settingsOf(s)}
	people, err := colleagues(ctx, s)
	if err != nil {
		return p, err
	}
	p.team = make(map[uuid.UUID]tenants.Person, len(people))
	for _, person := range people {
		p.team[person.ID] = person
	}
	first, last := dayOf(from).AddDate(0, 0, -1).Format(time.DateOnly), dayOf(to).Format(time.DateOnly)
	err = s.Select(&p.rows).Where("pattern.valid_from <= ?", last).Where("(pattern.valid_until = '' OR pattern.valid_until >= ?)", first).Order("pattern.from_time", "pattern.id").Scan(ctx)
	if err != nil {
		return p, err
	}
	// Two days more: what stands in place of a shift of the pattern begins when that does.
	if err := s.Select(&p.shifts).Where("shift.ends_at > ?", from.AddDate(0, 0, -2)).Where("shift.starts_at <= ?", to).Order("shift.starts_at", "shift.id").Scan(ctx); err != nil {
		return p, err
	}
	if err := s.Select(&p.absences).Where("absence.ends_at > ?", from).Where("absence.starts_at <= ?", to).Order("absence.starts_at", "absence.id").Scan(ctx); err != nil {
		return p, err
	}
	days, err := ownDays(ctx, s)
	p.closed = closed(days)
	return p, err
}

// colleagues are those who may have shifts: the team, by handle.
func colleagues(ctx context.Context, s tenants.Scope) (people []tenants.Person, err error) {
	err = tenants.Face(s.Select(&people)).Where("person.status = 'active'").
		Where(tenants.StaffIn("person.roles")).Order("person.handle_key").Scan(ctx)
	return people, err
}

// colleague is one of them by handle. Invalid about the field if nobody is.
func colleague(ctx context.Context, s tenants.Scope, field, handle string) (tenants.Person, error) {
	people, err := colleagues(ctx, s)
	if err != nil {
		return tenants.Person{}, err
	}
	for _, person := range people {
		if person.HandleKey == tenants.HandleKey(handle) {
			return person, nil
		}
	}
	return tenants.Person{}, fault.Bad(field, "Choose somebody who is on the team now.")
}

func ownDays(ctx context.Context, s tenants.Scope) (days []Day, err error) {
	err = s.Select(&days).Order("closed.day").Scan(ctx)
	return days, err
}

// putDay writes what the service says of a day over what it said before.
func putDay(ctx context.Context, s tenants.Scope, day Day) error {
	_, err := s.Insert(&day).On("CONFLICT (tenant_id, service_id, day) DO UPDATE").Set("name = EXCLUDED.name").Set("open = EXCLUDED.open").Exec(ctx)
	return err
}

func dropDay(ctx context.Context, s tenants.Scope, day string) error {
	_, err := s.Delete((*Day)(nil)).Where("day = ?", day).Exec(ctx)
	return err
}

// rowsSince are the pattern's rows that have not ended before a day.
func rowsSince(ctx context.Context, s tenants.Scope, day string) (rows []Row, err error) {
	err = s.Select(&rows).Relation("Member", tenants.Face).Where("(pattern.valid_until = '' OR pattern.valid_until >= ?)", day).
		Order("pattern.kind", "pattern.from_time", "pattern.id").Scan(ctx)
	return rows, err
}

// awaySince are the absences that are not over, of everybody or of one member.
func awaySince(ctx context.Context, s tenants.Scope, at time.Time, member uuid.UUID) (rows []Absence, err error) {
	q := s.Select(&rows).Relation("Member", tenants.Face).Where("absence.ends_at > ?", at).Order("absence.starts_at", "absence.id")
	if member != uuid.Nil {
		q.Where("absence.member_id = ?", member)
	}
	return rows, q.Scan(ctx)
}

// swapsSince are the offers that are open, of shifts to come, and those answered
// since a time.
func swapsSince(ctx context.Context, s tenants.Scope, at time.Time) (swaps []Swap, err error) {
	err = s.Select(&swaps).Relation("Member", tenants.Face).Relation("To", tenants.Face).Relation("Answerer", tenants.Face).
		Where("(swap.state = ? AND swap.ends_at > ? OR swap.answered_at > ?)", Open, s.Now, at).Order("swap.starts_at", "swap.id").Scan(ctx)
	return swaps, err
}

// swap reads an offer, to be changed.
func swapOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Swap, err error) {
	err = s.Lock(&row).Where("swap.id = ?", id).Scan(ctx)
	return row, err
}

// answer closes an open offer. Conflict if it is open no longer.
func (x *Swap) answer(ctx context.Context, s tenants.Scope, state SwapState) error {
	by := s.Actor.ID()
	x.State, x.AnsweredBy, x.AnsweredAt = state, &by, &s.Now
	err := tenants.Touched(s.Update(x).Column("state", "answered_by", "answered_at").Where("swap.id = ?", x.ID).Where("swap.state = ?", Open).Exec(ctx))
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Conflict, "This shift is not on offer any more.")
	}
	return err
}

// move gives a single shift to somebody. NotFound if it is whose it was no longer.
func move(ctx context.Context, s tenants.Scope, shift, from, to uuid.UUID) error {
	return tenants.Touched(s.Update((*Shift)(nil)).Set("member_id = ?", to).Set("created_at = ?", s.Now).Where("id = ?", shift).Where("member_id = ?", from).Exec(ctx))
}

// latest are the newest notes.
func latest(ctx context.Context, s tenants.Scope, many int) (notes []Note, err error) {
	err = s.Select(&notes).Relation("Author", tenants.Face).Order("note.at DESC", "note.id DESC").Limit(int64(many)).Scan(ctx)
	return notes, err
}

// put writes the settings' row over the one of a version; 0 for none.
func put(ctx context.Context, s tenants.Scope, row tenants.Room, seen int) error {
	var result sql.Result
	var err error
	if seen == 0 {
		result, err = s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	} else {
		result, err = s.Update(&row).Column("settings", "version").Where("module = ?", row.Module).Where("version = ?", seen).Exec(ctx)
	}
	return tenants.Fresh(result, err)
}

// keepRoster writes what the rota says of the next weeks into the service's row;
// nil for nothing.
func keepRoster(ctx context.Context, s tenants.Scope, roster *tenants.Roster) error {
	row := tenants.Service{Roster: roster}
	return tenants.Touched(s.Update(&row).Column("roster").Where("id = ?", s.Service.ID).Exec(ctx))
}

// warned notes that the lead is told of a gap so many days before; false if they were.
func warned(ctx context.Context, s tenants.Scope, gap Gap, days int) (bool, error) {
	row := warning{StartsAt: gap.From, Days: days}
	result, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	err = tenants.Touched(result, err)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// warning is a gap of which the lead was told.
type warning struct {
	bun.BaseModel `bun:"table:rota_warnings,alias:warning"`
	tenants.InService

	StartsAt time.Time `bun:"starts_at,pk"`
	Days     int       `bun:"days,pk"`
}

// rowOf is NotFound where there is no such row of the pattern.
func rowOf(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return s.Select(new(Row)).Where("pattern.id = ?", id).Scan(ctx)
}

// endRow sets the last day of a row of the pattern.
func endRow(ctx context.Context, s tenants.Scope, id uuid.UUID, last string) error {
	return tenants.Touched(s.Update((*Row)(nil)).Set("valid_until = ?", last).Where("id = ?", id).Where("(valid_until = '' OR valid_until >= ?)", dayOf(s.Now).Format(time.DateOnly)).Exec(ctx))
}

func shiftOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Shift, err error) {
	err = s.Select(&row).Relation("Member", tenants.Face).Where("shift.id = ?", id).Scan(ctx)
	return row, err
}

func dropShift(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Delete((*Shift)(nil)).Where("id = ?", id).Exec(ctx))
}

func absenceOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Absence, err error) {
	err = s.Select(&row).Where("absence.id = ?", id).Scan(ctx)
	return row, err
}

func dropAbsence(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Delete((*Absence)(nil)).Where("id = ?", id).Exec(ctx))
}

func feedOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (row feed, err error) {
	err = s.Select(&row).Where("feed.member_id = ?", member).Scan(ctx)
	return row, err
}

// feedBy finds a private address in whichever service of the trust it is.
func feedBy(ctx context.Context, s tenants.Scope, hash string) (row feed, err error) {
	err = s.SelectAcross(&row).Where("feed.token_hash = ?", hash).Scan(ctx)
	return row, err
}

func dropFeed(ctx context.Context, s tenants.Scope, member uuid.UUID) error {
	_, err := s.Delete((*feed)(nil)).Where("member_id = ?", member).Exec(ctx)
	return err
}

// holdings are all rows of a member.
type holdings struct {
	rows     []Row
	shifts   []Shift
	absences []Absence
	swaps    []Swap
	notes    []Note
}

func everything(ctx context.Context, s tenants.Scope, member uuid.UUID) (kept holdings, err error) {
	for _, q := range []*bun.SelectQuery{
		s.Select(&kept.rows).Where("pattern.member_id = ?", member).Order("pattern.id"),
		s.Select(&kept.shifts).Where("shift.member_id = ?", member).Order("shift.starts_at"),
		s.Select(&kept.absences).Where("absence.member_id = ?", member).Order("absence.starts_at"),
		s.Select(&kept.swaps).Where("swap.member_id = ?", member).Order("swap.offered_at"),
		s.Select(&kept.notes).Where("note.author_id = ?", member).Order("note.at"),
	} {
		if err := q.Scan(ctx); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// forget removes what is of a member alone. Their shifts stay, and those to come
// fall out with them: nobody else is thought to have what they had taken over.
func forget(ctx context.Context, s tenants.Scope, member uuid.UUID) error {
	for _, q := range []*bun.DeleteQuery{
		s.Delete((*Note)(nil)).Where("author_id = ?", member),
		s.Delete((*feed)(nil)).Where("member_id = ?", member),
		s.Delete((*Swap)(nil)).Where("(member_id = ? OR to_id = ? OR answered_by = ?)", member, member, member),
		s.Delete((*Absence)(nil)).Where("member_id = ?", member),
	} {
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	today := dayOf(s.Now).Format(time.DateOnly)
	_, err := s.Update((*Row)(nil)).Set("valid_until = ?", today).Where("member_id = ?", member).Where("(valid_until = '' OR valid_until > ?)", today).Exec(ctx)
	return err
}
