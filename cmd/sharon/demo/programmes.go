package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

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
	p := programmed{made, w.ids, programmes.DayOf(s.Now), 14}
	p.CreatedAt = noon(starts)
	if err := p.gather(s, keys); err != nil {
		return err
	}
	p.pass(month)
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
		who.ID, who.ProgrammeID, who.Version = p.ids.at(p.CreatedAt), p.ID, 1
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
func (p *programmed) pass(month int) {
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
				e.Link, e.GivenBy, e.GivenAt = fmt.Sprintf("https://documents.example/onboarding/%d/%d", phase.Number, e.Position), "Ruth Calder", &at
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
				p.Attendance = append(p.Attendance, programmes.Attendance{MeetingID: row.ID, PersonID: who.ID, Came: in < 0 && (i+n)%6 != 0})
			}
		}
	}
}

// talk is what came up at its meetings.
func (p *programmed) talk() {
	of := func(role programmes.Role) programmes.Stakeholder {
		for _, who := range p.People {
			if who.Role == role {
				return who
			}
		}
		return p.People[0]
	}
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
		row := programmes.Action{ID: p.ids.at(p.CreatedAt), ProgrammeID: p.ID, What: a.what, OwnerID: of(a.role).ID, DueOn: p.today.Plus(a.due + p.slack), CreatedAt: time.Unix(made, 0).UTC(), Answer: a.answer, Version: 1}
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
