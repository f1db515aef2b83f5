package programmes

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// About is what is known of a stakeholder.
type About struct {
	Name       string `json:"name" validate:"required,max=100" label:"their name"`
	Role       string `json:"role" validate:"required,oneof=senior_leader clinical_lead safety_officer ig_lead service_lead finance project_manager it" label:"their role"`
	Side       string `json:"side" validate:"required,oneof=trust platform" label:"whose people they are"`
	Email      string `json:"email" validate:"required,email,max=254" label:"their email address"`
	Engagement string `json:"engagement" validate:"required,oneof=unaware resistant neutral supportive leading" label:"how they take part"`
	Required   bool   `json:"required"`
	Weekly     bool   `json:"weekly"`
}

// write puts it on a row and seals the address.
func (a About) write(keys crypt.Keys, row *Stakeholder) (err error) {
	email := strings.TrimSpace(a.Email)
	row.Name, row.Role, row.Side, row.Engagement, row.Required, row.Weekly = strings.TrimSpace(a.Name), Role(a.Role), Side(a.Side), a.Engagement, a.Required, a.Weekly
	row.EmailLookup = keys.Lookup(email)
	row.EmailSealed, err = keys.Seal(email, row.ID.String())
	return err
}

// AddPerson is a new stakeholder.
type AddPerson struct {
	Place
	About
}

// AddPerson adds somebody. Invalid if the address is another's already.
func (p Programmes) AddPerson(ctx context.Context, s tenants.Scope, by By, in AddPerson) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row := Stakeholder{ID: newID(), ProgrammeID: w.ID, Version: 1}
	if err := in.write(p.office.Keys, &row); err != nil {
		return "", err
	}
	if err := w.free(row); err != nil {
		return "", err
	}
	if err := add(ctx, s, &row); err != nil {
		return "", err
	}
	return "/people/" + row.ID.String(), note(ctx, s, by, "programme.person", row.ID, nil, roleOf(row))
}

// free is Invalid if somebody else of the programme has the address: whoever signs
// in with it would be two people.
func (w Whole) free(row Stakeholder) error {
	if slices.ContainsFunc(w.People, func(p Stakeholder) bool { return p.ID != row.ID && p.EmailLookup == row.EmailLookup }) {
		return fault.Bad("email", "Somebody else of this programme has this email address.")
	}
	return nil
}

// roleOf is what the audit log keeps of somebody: not who they are.
func roleOf(row Stakeholder) map[string]any {
	return map[string]any{"role": row.Role, "side": row.Side, "engagement": row.Engagement, "required": row.Required, "left": row.LeftAt != nil}
}

// PersonPage is a stakeholder with what is planned around them.
type PersonPage struct {
	Seen  `json:"-"`
	Who   Stakeholder `json:"who"`
	Email string      `json:"email"`
	Away  []AwaySeen  `json:"away"`
	Links []Link      `json:"links"`
}

// Person reads a stakeholder.
func (p Programmes) Person(ctx context.Context, s tenants.Scope, by By, in ByID) (PersonPage, error) {
	w, err := load(ctx, s)
	if err != nil {
		return PersonPage{}, err
	}
	who, known := w.person(&in.ID)
	if !known {
		return PersonPage{}, fault.Missing()
	}
	out := PersonPage{Who: who, Away: []AwaySeen{}}
	if out.Seen, err = w.seen(s, by); err != nil {
		return out, err
	}
	for _, a := range out.Absences {
		if a.PersonID == who.ID {
			out.Away = append(out.Away, a)
		}
	}
	if who.EmailSealed != "" {
		if out.Email, err = p.office.Keys.Open(who.EmailSealed, who.ID.String()); err != nil {
			return out, err
		}
	}
	out.Links, err = linksOf(ctx, s, who.ID)
	return out, err
}

// ChangePerson is a stakeholder as somebody wants them. Version is the one that was
// read.
type ChangePerson struct {
	Place
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	About
	Left bool `json:"left"`
}

// ChangePerson changes what is known of somebody. Whoever left the programme signs
// nothing any more, and their links end.
func (p Programmes) ChangePerson(ctx context.Context, s tenants.Scope, by By, in ChangePerson) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, known := w.person(&in.ID)
	if !known {
		return "", fault.Missing()
	}
	was := row
	if err := in.write(p.office.Keys, &row); err != nil {
		return "", err
	}
	if err := w.free(row); err != nil {
		return "", err
	}
	switch {
	case !in.Left:
		row.LeftAt = nil
	case row.LeftAt == nil:
		row.LeftAt = &s.Now
	}
	row.Version = in.Version + 1
	if err := put(ctx, s, &row, row.ID, in.Version, "name", "role", "side", "email_lookup", "email_sealed", "engagement", "required", "weekly", "left_at"); err != nil {
		return "", err
	}
	if in.Left || was.EmailLookup != row.EmailLookup {
		if err := endLinksTo(ctx, s, row.ID); err != nil {
			return "", err
		}
	}
	return "/people/" + row.ID.String(), note(ctx, s, by, "programme.person", row.ID, roleOf(was), roleOf(row))
}

// readDays reads two days, the first one not after the last. Invalid about a field.
func readDays(from, to string) (Day, Day, error) {
	first, ok := clock.ReadDate(from)
	if !ok {
		return "", "", fault.Bad("from", "Write a day, such as 2027-05-30.")
	}
	last, ok := clock.ReadDate(to)
	switch {
	case !ok:
		return "", "", fault.Bad("to", "Write a day, such as 2027-06-12.")
	case last < first:
		return "", "", fault.Bad("to", "The last day cannot be before the first.")
	case first.Until(last) > furthest:
		return "", "", fault.Bad("to", "That is more than a year. Note that somebody has left instead.")
	}
	return first, last, nil
}

// AddAbsence is when somebody is away, the last day included.
type AddAbsence struct {
	Place
	ID   uuid.UUID `path:"id"`
	From string    `json:"from" validate:"required,max=10" label:"the first day"`
	To   string    `json:"to" validate:"required,max=10" label:"the last day"`
}

// AddAbsence notes it. What it clashes with shows at once.
func (p Programmes) AddAbsence(ctx context.Context, s tenants.Scope, by By, in AddAbsence) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	if _, known := w.person(&in.ID); !known {
		return "", fault.Missing()
	}
	row := Absence{ID: newID(), PersonID: in.ID}
	if row.From, row.To, err = readDays(in.From, in.To); err != nil {
		return "", err
	}
	if err := add(ctx, s, &row); err != nil {
		return "", err
	}
	return "/people/" + in.ID.String(), note(ctx, s, by, "programme.absence", in.ID, nil, []Day{row.From, row.To})
}

func (w Whole) absence(id uuid.UUID) (Absence, error) {
	return find(w.Absences, func(a Absence) bool { return a.ID == id })
}

// Cover is who stands in; empty for nobody.
type Cover struct {
	Place
	ID    uuid.UUID `path:"id"`
	Cover string    `json:"cover" validate:"max=36"`
}

// Cover says who stands in for somebody who is away: another of the same role.
func (p Programmes) Cover(ctx context.Context, s tenants.Scope, by By, in Cover) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := w.absence(in.ID)
	if err != nil {
		return "", err
	}
	who, _ := w.person(&row.PersonID)
	was := row.CoverID
	if row.CoverID, err = w.choose("cover", in.Cover, who.Role); err != nil {
		return "", err
	}
	if row.CoverID != nil {
		o := w.outlook(DayOf(s.Now))
		could := stand(Player{ID: who.ID, Role: who.Role}, o.Players, o.Away, row.From, row.To)
		if !slices.ContainsFunc(could, func(c Choice) bool { return c.ID == *row.CoverID }) {
			return "", fault.Bad("cover", "Choose somebody who is there themselves.")
		}
	}
	if err := set(ctx, s, &row, row.ID, "cover_id"); err != nil {
		return "", err
	}
	return "/people#away", note(ctx, s, by, "programme.absence", row.PersonID, was, row.CoverID)
}

// DropAbsence removes an absence.
func (p Programmes) DropAbsence(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := w.absence(in.ID)
	if err != nil {
		return "", err
	}
	if err := drop(ctx, s, &row, row.ID); err != nil {
		return "", err
	}
	return "/people#away", note(ctx, s, by, "programme.absence", row.PersonID, []Day{row.From, row.To}, nil)
}

// AddHoliday is when many are away.
type AddHoliday struct {
	Place
	Name string `json:"holiday" validate:"required,max=100" label:"what these days are called"`
	Kind string `json:"kind" validate:"required,oneof=school year_end other" label:"what kind they are"`
	From string `json:"from" validate:"required,max=10" label:"the first day"`
	To   string `json:"to" validate:"required,max=10" label:"the last day"`
}

// AddHoliday adds days to the programme's own calendar.
func (p Programmes) AddHoliday(ctx context.Context, s tenants.Scope, by By, in AddHoliday) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row := Holiday{ID: newID(), ProgrammeID: w.ID, Name: in.Name, Kind: in.Kind}
	if row.From, row.To, err = readDays(in.From, in.To); err != nil {
		return "", err
	}
	if err := add(ctx, s, &row); err != nil {
		return "", err
	}
	return "/people#holidays", note(ctx, s, by, "programme.holiday", row.ID, nil, []Day{row.From, row.To})
}

// DropHoliday removes days from it.
func (p Programmes) DropHoliday(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := find(w.Holidays, func(h Holiday) bool { return h.ID == in.ID })
	if err != nil {
		return "", err
	}
	if err := drop(ctx, s, &row, in.ID); err != nil {
		return "", err
	}
	return "/people#holidays", note(ctx, s, by, "programme.holiday", in.ID, []Day{row.From, row.To}, nil)
}
