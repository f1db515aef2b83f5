package waiting

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// pageSize is how many people a page of the board has.
const pageSize = 30

// Asking narrows the board.
type Asking struct {
	Pathway   string `json:"pathway,omitempty" validate:"omitempty,uuid" label:"a pathway"`
	Keyworker string `json:"keyworker,omitempty" validate:"max=60" label:"a handle"`
	Show      string `json:"show,omitempty" validate:"omitempty,oneof=news worse missed target joined invited alone ended" label:"whom to show"`
	After     string `json:"after,omitempty" validate:"omitempty,uuid"` // the last of the page before
}

// shows are the choices of the board. What is over target is told by the referral
// alone in SQL, and by the clock on the page.
var shows = []struct{ key, name, where string }{
	{"", "Everybody who waits", "entry.outcome = ''"},
	{"news", "Something to read", "entry.outcome = '' AND entry.unread > 0"},
	{"worse", "Worse", "entry.outcome = '' AND entry.pulse = 'worse'"},
	{"missed", "Missed check-ins", "entry.outcome = '' AND entry.missed > 0"},
	{"joined", "Here", "entry.outcome = '' AND entry.member_id IS NOT NULL"},
	{"invited", "Invited, not here yet", "entry.outcome = '' AND entry.member_id IS NULL AND entry.invited_at IS NOT NULL"},
	{"alone", "Not invited", "entry.outcome = '' AND entry.member_id IS NULL AND entry.invited_at IS NULL"},
	{"ended", "No longer waiting", "entry.outcome <> ''"},
}

// Board is who waits, the longest wait first.
type Board struct {
	Asking
	Pathways []Pathway `json:"pathways"`
	People   []Placed  `json:"people"`
	Counts   []Count   `json:"counts"`
	Older    string    `json:"older,omitempty"` // the next page's after
	CanAsk   int       `json:"can_be_invited"`
	team     []tenants.Person
	today    Day
}

// Count is how many people a choice of the board shows.
type Count struct {
	Show string `json:"show"`
	Name string `json:"name"`
	Many int    `json:"many"`
}

// Placed is somebody on the board.
type Placed struct {
	Entry
	Weeks  int  `json:"weeks"`
	Target int  `json:"target,omitempty"`
	Stands bool `json:"clock_stands"`
	// Needs is how to tell them things.
	Needs []string `json:"needs,omitempty"`
}

// Late tells whether they have waited beyond their target.
func (p Placed) Late() bool { return p.Target > 0 && p.Weeks >= p.Target }

func placed(e Entry, today Day) Placed {
	return Placed{Entry: e, Weeks: e.Weeks(today), Target: e.Target(*e.Pathway), Stands: e.Open() && e.Stands(today)}
}

// Board shows who waits.
func (w Waiting) Board(ctx context.Context, s tenants.Scope, in Asking) (Board, error) {
	out := Board{Asking: in, People: []Placed{}, today: dayOf(s.Now)}
	var err error
	if out.Pathways, err = pathways(ctx, s); err != nil {
		return out, err
	}
	if out.team, err = s.WhoMay(ctx, "waiting.care"); err != nil {
		return out, err
	}
	if out.Counts, err = counts(ctx, s, in); err != nil {
		return out, err
	}
	rows, err := onBoard(ctx, s, in)
	if err != nil {
		return out, err
	}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		out.Older = rows[pageSize-1].ID.String()
	}
	for _, row := range rows {
		out.People = append(out.People, placed(row, out.today))
	}
	if err := w.needs(ctx, s, out.People); err != nil {
		return out, err
	}
	ask := Invite{}
	if in.Pathway != "" {
		ask.Pathway = uuid.MustParse(in.Pathway) // was validated
	}
	out.CanAsk, err = invitable(ctx, s, ask)
	return out, err
}

// needs fills in how those who have joined are to be told things.
func (w Waiting) needs(ctx context.Context, s tenants.Scope, people []Placed) error {
	if w.desk.Needs == nil {
		return nil
	}
	var members []uuid.UUID
	for _, one := range people {
		if one.MemberID != nil {
			members = append(members, *one.MemberID)
		}
	}
	all, err := w.desk.Needs.Of(ctx, s, members...)
	for i, one := range people {
		if one.MemberID != nil {
			people[i].Needs = all[*one.MemberID]
		}
	}
	return err
}

// in narrows a query to a pathway and a keyworker.
func (in Asking) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	if in.Pathway != "" {
		q = q.Where("entry.pathway_id = ?", in.Pathway)
	}
	switch in.Keyworker {
	case "":
	case "-":
		q = q.Where("entry.keyworker_id IS NULL")
	default:
		q = q.Where("entry.keyworker_id IN (SELECT m.id FROM members AS m WHERE m.tenant_id = entry.tenant_id AND m.service_id = entry.service_id AND m.handle_key = ?)", tenants.HandleKey(in.Keyworker))
	}
	return q
}

func (in Asking) where() string {
	for _, show := range shows {
		if show.key == in.Show {
			return show.where
		}
	}
	return shows[0].where
}

func onBoard(ctx context.Context, s tenants.Scope, in Asking) (rows []Entry, err error) {
	q := in.narrow(whole(s.Select(&rows)).Where(in.where())).Order("entry.referred_on", "entry.id").Limit(pageSize + 1)
	if in.After != "" {
		q = q.Where("(entry.referred_on, entry.id) > (SELECT l.referred_on, l.id FROM waiting_entries AS l WHERE l.tenant_id = entry.tenant_id AND l.id = ?)", in.After)
	}
	return rows, q.Scan(ctx)
}

// counts are how many people each choice would show.
func counts(ctx context.Context, s tenants.Scope, in Asking) ([]Count, error) {
	out, into := make([]Count, len(shows)), make([]any, len(shows))
	q := in.narrow(s.Select((*Entry)(nil)))
	for i, show := range shows {
		out[i] = Count{Show: show.key, Name: show.name}
		into[i] = &out[i].Many
		q = q.ColumnExpr("COALESCE(sum(CASE WHEN " + show.where + " THEN 1 ELSE 0 END), 0)")
	}
	return out, q.Scan(ctx, into...)
}

// Caseload is how many people each keyworker looks after.
type Caseload struct {
	Workers []Load `json:"workers"`
}

// Load is one keyworker's; without a handle, those whom nobody looks after.
type Load struct {
	Handle string `json:"handle,omitempty"`
	People int    `json:"people"`
	News   int    `json:"news"`
	Worse  int    `json:"worse"`
	Missed int    `json:"missed"`
}

// Caseload lists them.
func (w Waiting) Caseload(ctx context.Context, s tenants.Scope, _ web.None) (Caseload, error) {
	out := Caseload{Workers: []Load{}}
	err := s.Select((*Entry)(nil)).ColumnExpr("COALESCE(worker.handle, '') AS handle").ColumnExpr("count(*) AS people").
		ColumnExpr("sum(CASE WHEN entry.unread > 0 THEN 1 ELSE 0 END) AS news").
		ColumnExpr("sum(CASE WHEN entry.pulse = 'worse' THEN 1 ELSE 0 END) AS worse").
		ColumnExpr("sum(CASE WHEN entry.missed > 0 THEN 1 ELSE 0 END) AS missed").
		Join("LEFT JOIN members AS worker ON worker.tenant_id = entry.tenant_id AND worker.id = entry.keyworker_id").
		Where("entry.outcome = ''").GroupExpr("worker.handle").OrderExpr("worker.handle").Scan(ctx, &out.Workers)
	return out, err
}

// Shown is somebody who waits, with what they said.
type Shown struct {
	Placed
	Notes    []Note   `json:"notes"`
	Services []string `json:"services"` // addresses of those whom they can be handed over to
	Phone    bool     `json:"has_nhs_number"`
	services []*tenants.Service
	here     string
	handed   string
	measured bool // clinicians see their answers to questionnaires
}

// mostNotes is how much of what somebody said the team is shown.
const mostNotes = 100

// Show reads an entry for the team.
func (w Waiting) Show(ctx context.Context, s tenants.Scope, in ByID) (Shown, error) {
	row, err := entryOf(ctx, s, in.ID)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Placed: placed(row, dayOf(s.Now)), here: s.Service.Slug}
	if row.MemberID != nil {
		if out.Needs, err = w.desk.NeedsOf(ctx, s, *row.MemberID); err != nil {
			return Shown{}, err
		}
	}
	out.measured = row.Member != nil && row.Pathway.Measure != "" && s.Service.Open("recovery") && s.May("recovery.shared")
	for _, service := range s.Estate.Services {
		if !service.ForCarers() {
			out.services, out.Services = append(out.services, service), append(out.Services, service.Slug)
		}
		if row.HandedTo != nil && service.ID == *row.HandedTo {
			out.handed = service.Name
		}
	}
	out.Notes, err = notes(ctx, s, row.ID, mostNotes)
	return out, err
}

// Seen says that somebody of the team read what a person told it.
func (w Waiting) Seen(ctx context.Context, s tenants.Scope, in ByID) (File, error) {
	if _, err := taken(ctx, s, in.ID); err != nil {
		return File{}, err
	}
	if err := seen(ctx, s, in.ID); err != nil {
		return File{}, err
	}
	return File(in), s.Emit(ctx, Changed, tenants.Event{Module: key, Subject: in.ID, Audience: tenants.AudienceStaff})
}
