package recovery

import (
	"context"
	"io"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Assign asks a member to fill in a measure.
type Assign struct {
	Handle     string `path:"handle"`
	Measure    string `json:"measure" validate:"filled,max=60" label:"a questionnaire"`
	EveryWeeks int    `json:"every_weeks" validate:"gte=0,lte=52" label:"the weeks between"`
}

// Assign has a member asked for a measure, now and, if it is to come again, every
// so many weeks after they filled it in. Conflict if they are asked for it already.
func (r Recovery) Assign(ctx context.Context, s tenants.Scope, in Assign) (Questionnaires, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	if err == nil {
		err = apart(s, person)
	}
	if err != nil {
		return Questionnaires{}, err
	}
	if _, err := newestOf(ctx, s, in.Measure); err != nil {
		return Questionnaires{}, err
	}
	there, err := r.questionnaires(ctx, s, person.ID)
	if err != nil {
		return Questionnaires{}, err
	}
	if slices.ContainsFunc(there.Asked, func(a Assignment) bool { return a.Measure == in.Measure }) {
		return Questionnaires{}, askedAlready(person)
	}
	row := Assignment{ID: uuid.Must(uuid.NewV7()), MemberID: person.ID, Measure: in.Measure, EveryWeeks: in.EveryWeeks, NextAt: &s.Now, Told: true, AssignedBy: s.Actor.ID(), AssignedAt: s.Now}
	err = tenants.Touched(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)) // a colleague may ask at this moment
	if fault.Is(err, fault.NotFound) {
		err = askedAlready(person)
	}
	if err != nil {
		return Questionnaires{}, err
	}
	if err := s.Audit(ctx, "recovery.assign", tenants.Audited{Subject: person.ID, After: map[string]any{"measure": in.Measure, "every_weeks": in.EveryWeeks}}); err != nil {
		return Questionnaires{}, err
	}
	if err := s.Emit(ctx, asked, tenants.Event{Module: key, Subject: row.ID, About: person.ID}); err != nil {
		return Questionnaires{}, err
	}
	return r.questionnaires(ctx, s, person.ID)
}

func askedAlready(person tenants.Person) error {
	return fault.Bad("measure", person.Handle+" is asked for this already. End that first.")
}

// Unassign names an assignment of a member's.
type Unassign struct {
	Handle string    `path:"handle"`
	ID     uuid.UUID `json:"id"`
}

// Unassign no longer asks a member; what they filled in stays.
func (r Recovery) Unassign(ctx context.Context, s tenants.Scope, in Unassign) (Questionnaires, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	if err == nil {
		err = apart(s, person)
	}
	if err != nil {
		return Questionnaires{}, err
	}
	row, err := assignment(ctx, s, in.ID, person.ID)
	if err != nil {
		return Questionnaires{}, err
	}
	row.NextAt = nil
	if _, err := s.Update(&row).Column("next_at").Where("assignment.id = ?", row.ID).Exec(ctx); err != nil {
		return Questionnaires{}, err
	}
	if err := s.Audit(ctx, "recovery.unassign", tenants.Audited{Subject: person.ID, Before: map[string]any{"measure": row.Measure}}); err != nil {
		return Questionnaires{}, err
	}
	return r.questionnaires(ctx, s, person.ID)
}

// remindMeasures tells members of measures that are due again.
func (r Recovery) remindMeasures(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		var rows []Assignment
		err := s.Claim(&rows).Where("assignment.next_at <= ?", s.Now).Where("NOT assignment.told").Order("assignment.next_at").Limit(200).Scan(ctx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if _, err := s.Update((*Assignment)(nil)).Set("told = ?", true).Where("id = ?", row.ID).Exec(ctx); err != nil {
				return err
			}
			if err := s.Emit(ctx, asked, tenants.Event{Module: key, Subject: row.ID, About: row.MemberID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ofMeasure tells the member who is asked, unless they filled it in meanwhile.
func ofMeasure(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	row, err := assignment(ctx, s, e.Subject, e.About)
	if database.Missing(err) {
		return nil, nil
	}
	if err != nil || !row.due(s.Now) {
		return nil, err
	}
	return []modules.Notice{{Kind: "measure", To: []uuid.UUID{row.MemberID}, Subject: e.ID, About: row.ID, Path: "/recovery/measures"}}, nil
}

// Record is what a member filled in, as a file for their record: a line for each
// answer. That somebody took it is kept as a look.
func (r Recovery) Record(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (web.Content, error) {
	var lines [][]string
	var name string
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		person, err := s.PersonByHandle(ctx, in.Handle)
		if err == nil {
			err = apart(s, person)
		}
		if err != nil {
			return err
		}
		all, err := r.questionnaires(ctx, s, person.ID)
		if err != nil {
			return err
		}
		name = person.HandleKey
		for _, one := range all.Results {
			d, err := definitionOf(ctx, s, one.Measure, one.Revision)
			if err != nil {
				return err
			}
			lines = append(lines, one.lines(d)...)
		}
		return looked(ctx, s, person.ID, ofMeasures)
	})
	return web.Content{Type: "text/csv; charset=utf-8", Name: "measures-" + name + "-" + clock.Day(s.Now) + ".csv", Write: func(_ context.Context, w io.Writer) error {
		out := sheet.NewTable(w, "date", "measure", "revision", "item", "text", "answer", "value", "score", "band")
		for _, line := range lines {
			out.Line(line...)
		}
		return out.Sent()
	}}, err
}

// lines are the answers of a response, for a spreadsheet.
func (x Response) lines(d Definition) (all [][]string) {
	for i, answer := range x.Answers {
		value := ""
		if answer != nil {
			value = strconv.Itoa(*answer)
		}
		all = append(all, []string{clock.Day(x.At), d.Name, strconv.Itoa(d.Revision), strconv.Itoa(i + 1), d.Items[i].Text, d.answer(answer), value, scoreWords(x.Score), x.Band})
	}
	return all
}
