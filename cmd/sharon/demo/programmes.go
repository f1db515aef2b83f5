package demo

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/document"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// mandate is a paper of two sentences. All gates of a trust that have it share the file.
//
//go:embed papers/mandate.pdf
var mandate []byte

func mandateKey(trust uuid.UUID) string { return "programmes/" + trust.String() + "/demo/mandate.pdf" }

// months are in which month of its programme a service is; the others have none.
var months = map[string]int{"willow": 4, "harbour": 2, "kin": 6, "orchard": 8, "lantern": 1}

// boards are whom the programmes of a trust need. The service's lead is added to
// each, with the address that they sign in with.
var boards = map[string][]programmes.Stakeholder{
	"northmoor": {
		{Name: "Dr Kwame Osei", Role: "senior_leader", Side: programmes.Trust, Engagement: "leading", Required: true},
		{Name: "Margaret Shaw", Role: "senior_leader", Side: programmes.Trust, Engagement: "supportive"},
		{Name: "Dr Amira Rahman", Role: "clinical_lead", Side: programmes.Trust, Engagement: "leading", Required: true},
		{Name: "Joy Bennett", Role: "safety_officer", Side: programmes.Trust, Engagement: "supportive", Required: true},
		{Name: "Sanjay Patel", Role: "ig_lead", Side: programmes.Trust, Engagement: "neutral"},
		{Name: "Helen Marsh", Role: "finance", Side: programmes.Trust, Engagement: "supportive"},
		{Name: "Lewis Grant", Role: "it", Side: programmes.Trust, Engagement: "resistant"},
		{Name: "Joan Adeyemi", Role: "project_manager", Side: programmes.Platform, Engagement: "leading", Required: true},
	},
	"eastvale": {
		{Name: "Patricia Lowe", Role: "senior_leader", Side: programmes.Trust, Engagement: "supportive", Required: true},
		{Name: "Dr Owen Hughes", Role: "clinical_lead", Side: programmes.Trust, Engagement: "leading", Required: true},
		{Name: "Farah Iqbal", Role: "safety_officer", Side: programmes.Trust, Engagement: "supportive"},
		{Name: "Neil Carver", Role: "ig_lead", Side: programmes.Trust, Engagement: "neutral"},
		{Name: "Grace Obi", Role: "finance", Side: programmes.Trust, Engagement: "supportive"},
		{Name: "Joan Adeyemi", Role: "project_manager", Side: programmes.Platform, Engagement: "leading", Required: true},
	},
}

// programmed is a programme that is being made up.
type programmed struct {
	programmes.Whole
	ids   *ids
	today programmes.Day
	slack int // days that its actions have more
	links []programmes.Link
}

// programme gives a service the programme that it is in.
func (w *seeding) programme(ctx context.Context, s tenants.Scope, keys crypt.Keys) error {
	month := months[s.Service.Slug]
	if month == 0 {
		return nil
	}
	starts := programmes.DayOf(day(s.Now, 0).AddDate(0, 1-month, -14))
	made, err := programmes.Make(programmes.Usual, starts)
	if err != nil {
		return err
	}
	p := programmed{Whole: made, ids: w.ids, today: programmes.DayOf(s.Now), slack: 14}
	p.CreatedAt, p.WeeklyOn = noon(starts), p.today
	if err := p.gather(s, keys); err != nil {
		return err
	}
	p.pass(month, s.Trust().ID)
	if month > 1 {
		p.Money, p.Pence = "quoted", 18400_00
	}
	if month > 2 {
		p.Money = "invoiced"
	}
	if s.Service.Slug == "willow" {
		p.trouble()
		p.slack = 0
	}
	p.talk()
	p.meet()
	p.promise()
	p.wrote()
	for _, step := range []func() error{
		func() error { return insert(ctx, s, []programmes.Programme{p.Programme}) },
		func() error { return insert(ctx, s, p.People) },
		func() error { return insert(ctx, s, p.Phases) },
		func() error { return insert(ctx, s, p.Evidence) },
		func() error { return insert(ctx, s, p.Tasks) },
		func() error { return insert(ctx, s, p.Absences) },
		func() error { return insert(ctx, s, p.Holidays) },
		func() error { return insert(ctx, s, p.Actions) },
		func() error { return insert(ctx, s, p.Entries) },
		func() error { return insert(ctx, s, p.Meetings) },
		func() error { return insert(ctx, s, p.Attendance) },
		func() error { return insert(ctx, s, p.Benefits) },
		func() error { return insert(ctx, s, p.links) },
		func() error { return programmes.Restate(ctx, s) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// noon is when things of a day were done.
func noon(d programmes.Day) time.Time {
	at, _ := time.ParseInLocation(time.DateOnly, string(d), clock.London)
	return later(at, 12, time.Hour).UTC()
}

// gather brings its people together and names who signs.
func (p *programmed) gather(s tenants.Scope, keys crypt.Keys) error {
	lead := programmes.Stakeholder{Name: "Ruth Calder", Role: "service_lead", Side: programmes.Trust, Engagement: "leading", Required: true}
	for _, who := range append([]programmes.Stakeholder{lead}, boards[s.Trust().Slug]...) {
		who.ID, who.ProgrammeID, who.Version, who.Weekly = p.ids.at(p.CreatedAt), p.ID, 1, who.Role != "it"
		names := strings.Fields(strings.ToLower(who.Name))
		address := names[len(names)-1] + "@" + s.Trust().Slug + ".example"
		switch {
		case who.Role == "service_lead":
			address = email("lead", s.Service.Slug, s.Trust().Slug)
		case who.Side == programmes.Platform:
			address = "onboarding@sharon.example"
		}
		var err error
		if who.EmailSealed, err = keys.Seal(address, who.ID.String()); err != nil {
			return err
		}
		who.EmailLookup = keys.Lookup(address)
		p.People = append(p.People, who)
	}
	for i := range p.Phases {
		for _, who := range p.People {
			if who.Role == p.Phases[i].Approver && p.Phases[i].ApproverID == nil {
				p.Phases[i].ApproverID = &who.ID
			}
		}
	}
	for i := range p.Tasks {
		for _, who := range p.People {
			if who.Role == owners[p.Tasks[i].Key] {
				p.Tasks[i].OwnerID = &who.ID
			}
		}
	}
	return nil
}

// owners are whose some tasks are, by the key of the task.
var owners = map[string]programmes.Role{
	"mandate": "senior_leader", "money": "finance", "order": "finance", "dpia": "ig_lead", "dpia-done": "ig_lead", "rota": "service_lead", "content": "service_lead",
	"escalation": "clinical_lead", "safety-case": "safety_officer", "testing": "it", "pilot": "service_lead", "invite-all": "service_lead", "board": "project_manager",
}

// pass has everything before a month done and signed, and of that month what was
// to be done by now.
func (p *programmed) pass(month int, trust uuid.UUID) {
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.Phase < month || t.PlannedTo < p.today {
			t.DoneOn, t.DoneBy = min(t.PlannedTo, p.today), "Ruth Calder"
		}
	}
	for i := range p.Phases {
		phase := &p.Phases[i]
		if phase.Number >= month {
			continue
		}
		at := noon(min(phase.GateOn, p.today.Plus(-1)))
		phase.SignedAt, phase.SignedBy = &at, phase.ApproverID
		for n := range p.Evidence {
			if e := &p.Evidence[n]; e.PhaseID == phase.ID {
				e.GivenBy, e.GivenAt = "Ruth Calder", &at
				if phase.Number == 1 && e.Position == 1 {
					e.File, e.FileType, e.Bytes = mandateKey(trust), document.PDF, int64(len(mandate))
					continue
				}
				e.Link = fmt.Sprintf("https://documents.example/onboarding/%d/%d", phase.Number, e.Position)
			}
		}
	}
}

// trouble has a task late, and the senior leader away when the service opens.
func (p *programmed) trouble() {
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.Phase == 4 && (t.Key == "policies" || t.Key == "content") {
			t.DoneOn, t.DoneBy = "", ""
		}
	}
	for _, who := range p.People {
		if who.Name == "Dr Kwame Osei" {
			p.Absences = append(p.Absences, programmes.Absence{ID: p.ids.at(p.CreatedAt), PersonID: who.ID, From: p.LiveOn.Plus(-3), To: p.LiveOn.Plus(11)})
		}
	}
}

// meet has its board meet every second week, with somebody missing now and then.
func (p *programmed) meet() {
	for n, in := range []int{-31, -17, -3, 11, 25} {
		starts := noon(p.today.Plus(in)).Add(-2 * time.Hour)
		if starts.Before(p.CreatedAt) {
			continue
		}
		row := programmes.Meeting{ID: p.ids.at(p.CreatedAt), ProgrammeID: p.ID, Name: "Project board", StartsAt: starts, Length: 60, Where: "Room 4, Trust headquarters", Version: 1}
		if in < 0 {
			held := starts.Add(2 * time.Hour)
			row.HeldAt, row.Minutes = &held, "Actions were gone through.\nThe register has one new risk.\nNext meeting as planned."
		}
		p.Meetings = append(p.Meetings, row)
		for i, who := range p.People {
			if who.Required || i%2 == 0 {
				p.Attendance = append(p.Attendance, programmes.Attendance{MeetingID: row.ID, PersonID: who.ID, Came: in < 0 && (i+n)%6 != 0, InvitedAt: &p.CreatedAt})
			}
		}
	}
}

// talk is what came up at its meetings.
func (p *programmed) talk() {
	ago := func(days int) time.Time { return noon(p.today.Plus(-days)) }
	for _, a := range []struct {
		what     string
		role     programmes.Role
		ago, due int
		done     bool
		answer   string
	}{
		{"Send the list of moderators who can come to the training", "service_lead", 12, 3, false, "Five of nine so far. Two are on leave until Monday."},
		{"Book a room for the project board", "project_manager", 20, -14, true, "Room 4, every second Tuesday."},
		{"Ask the Caldicott Guardian for a date", "ig_lead", 16, -5, false, ""},
		{"Open the firewall for the service’s address", "it", 9, 6, false, ""},
	} {
		made := max(ago(a.ago).Unix(), p.CreatedAt.Unix())
		row := programmes.Action{ID: p.ids.at(p.CreatedAt), ProgrammeID: p.ID, What: a.what, OwnerID: p.of(a.role).ID, DueOn: p.today.Plus(a.due + p.slack), CreatedAt: time.Unix(made, 0).UTC(), Answer: a.answer, Version: 1}
		said := ago(2)
		if a.answer != "" {
			row.AnsweredAt = &said
		}
		if a.done {
			row.DoneAt = &said
		}
		p.Actions = append(p.Actions, row)
	}
	for _, e := range []struct{ kind, words, response, weight string }{
		{"risk", "Too few moderators for evenings in the first weeks.", "Peer supporters of another service help out until the second course.", "high"},
		{"risk", "The trust’s single sign-on may not be ready in time.", "Open with passwords and a second factor.", "medium"},
		{"issue", "The pathway team has changed its manager.", "New manager is briefed before the next board.", "low"},
		{"decision", "The pilot group are twenty people from two community teams.", "", ""},
		{"assumption", "Referrals stay at about thirty a month.", "", ""},
	} {
		p.Entries = append(p.Entries, programmes.Entry{ID: p.ids.at(p.CreatedAt), ProgrammeID: p.ID, Kind: e.kind, Words: e.words, Response: e.response, Weight: e.weight, ByName: "Joan Adeyemi", CreatedAt: ago(12), Version: 1})
	}
}

// of is who has a role, else the first there is.
func (p *programmed) of(role programmes.Role) programmes.Stakeholder {
	for _, who := range p.People {
		if who.Role == role {
			return who
		}
	}
	return p.People[0]
}

// promise is what the service is to be good for. One of it is to be reviewed, where
// there is trouble.
func (p *programmed) promise() {
	now, review := 31.0, 40
	if p.slack == 0 {
		review = -2
	}
	for _, b := range []programmes.Benefit{
		{Claim: "Fewer people wait without any contact", Formula: "People on the waiting list who heard from nobody for four weeks, counted on the last day of a month.", Baseline: 46, Target: 15, Value: &now, ValuedAt: &p.CreatedAt, ReviewOn: p.today.Plus(review), OwnerID: p.of("clinical_lead").ID},
		{Claim: "More people find support from others", Formula: "Members of the service, without its team.", Figure: "members", Baseline: 0, Target: 60, ReviewOn: p.today.Plus(60), OwnerID: p.of("service_lead").ID},
	} {
		b.ID, b.ProgrammeID, b.Version = p.ids.at(p.CreatedAt), p.ID, 1
		p.Benefits = append(p.Benefits, b)
	}
}

// wrote is what it has sent by itself: the last weekly update, which most have
// opened, and nudges to the owners of what is overdue.
func (p *programmed) wrote() {
	link := func(to, subject uuid.UUID, purpose string, on programmes.Day, opened bool) {
		at := noon(on).Add(-4 * time.Hour)
		row := programmes.Link{ID: p.ids.at(at), PersonID: to, Purpose: purpose, SubjectID: subject, CreatedAt: at, ExpiresAt: at.AddDate(0, 0, 8), SentAt: &at}
		if opened {
			used := at.Add(90 * time.Minute)
			row.UsedAt, row.Uses = &used, 1
		}
		p.links = append(p.links, row)
	}
	if monday := p.today.Plus(-1 - int(noon(p.today.Plus(-1)).Weekday()+6)%7); noon(monday).After(p.CreatedAt) {
		for i, who := range p.People {
			if who.Weekly {
				link(who.ID, p.ID, "weekly", monday, i%4 != 3)
			}
		}
	}
	for _, a := range p.Actions {
		if a.DoneAt == nil && a.DueOn <= p.today {
			link(a.OwnerID, a.ID, "answer", p.today.Plus(-5), false)
		}
	}
	for _, t := range p.Tasks {
		if t.DoneOn == "" && t.OwnerID != nil && t.PlannedTo <= p.today {
			link(*t.OwnerID, t.ID, "task", p.today.Plus(-5), true)
		}
	}
}
