package rota

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

var crisisLine = []tenants.Contact{{Name: "The crisis line", Phone: "03069 990111"}}

func TestTheTreeHasThoseWhoAreThereAndSaysWhoIsNot(t *testing.T) {
	p := plan{settings: defaults, team: team(jo, tess, lead), rows: slices.Concat(every(jo, Duty, "fri", "09:00", "17:00"), every(tess, OnCall, "fri", "17:00", "09:00"))}
	service := tenants.Service{Crisis: crisisLine}
	for name, c := range map[string]struct {
		at          string
		steps, gaps []string
	}{
		"by day":   {"2026-11-20 10:30", []string{"1 On duty Jo 5m0s", "4 Service lead Amira 10m0s", "5 The crisis line 03069 990111 15m0s"}, []string{"Nobody is on call.", "Nobody is second on call."}},
		"by night": {"2026-11-21 03:41", []string{"2 On call Tess 5m0s", "4 Service lead Amira 10m0s", "5 The crisis line 03069 990111 15m0s"}, []string{"Nobody is on duty.", "Nobody is second on call."}},
		"in a gap": {"2026-11-22 03:41", []string{"4 Service lead Amira 10m0s", "5 The crisis line 03069 990111 15m0s"}, []string{"Nobody is on duty.", "Nobody is on call.", "Nobody is second on call."}},
	} {
		moment := at(c.at)
		steps, gaps := p.tree(scope(moment, service), moment)
		var got []string
		for _, step := range steps {
			words := []string{string(rune('0' + step.Position)), step.Name}
			for _, id := range step.People {
				words = append(words, p.team[id].Handle)
			}
			if step.Phone != "" {
				words = append(words, step.Phone)
			}
			got = append(got, strings.Join(append(words, step.Wait.String()), " "))
		}
		if !slices.Equal(got, c.steps) || !slices.Equal(gaps, c.gaps) {
			t.Errorf("%s: %q without %q", name, got, gaps)
		}
	}
}

func TestTheTreeIsNeverEmptyWhereThereIsALeadOrALine(t *testing.T) {
	moment := at("2026-11-22 03:41")
	only := Settings{Tree: []Rung{{Who: Who(Duty), Minutes: 5}}}
	away := []Absence{{MemberID: lead.ID, StartsAt: at("2026-11-20 00:00"), EndsAt: at("2026-11-30 00:00")}}
	if steps, _ := (plan{team: team(lead), absences: away, settings: only}).tree(scope(moment, tenants.Service{}), moment); len(steps) != 1 || steps[0].People[0] != lead.ID {
		t.Errorf("a lead who is away is the last whom there is: %v", steps)
	}
	if steps, _ := (plan{settings: only}).tree(scope(moment, tenants.Service{Crisis: crisisLine}), moment); len(steps) != 1 || steps[0].Phone == "" {
		t.Errorf("without a lead: %v", steps)
	}
	second := tenants.Person{ID: uuid.New(), Roles: tenants.Roles{tenants.ServiceLead}}
	if steps, _ := (plan{team: team(lead, second), absences: away, settings: Settings{Tree: usual}}).tree(scope(moment, tenants.Service{}), moment); len(steps) != 1 || !slices.Equal(steps[0].People, []uuid.UUID{second.ID}) {
		t.Errorf("of two leads one is away: %v", steps)
	}
}

func TestATreeThatCannotBeIsToldByLine(t *testing.T) {
	s := scope(time.Time{}, tenants.Service{})
	for name, c := range map[string]struct {
		in   PutTree
		line string
		says string
	}{
		"no wait":          {PutTree{Who: []string{"duty", "lead"}, Minutes: []string{"", "10"}}, "who-1", "how many minutes"},
		"half a number":    {PutTree{Who: []string{"duty", "lead"}, Minutes: []string{"5x", "10"}}, "who-1", "how many minutes"},
		"too long":         {PutTree{Who: []string{"duty", "lead"}, Minutes: []string{"5", "61"}}, "who-2", "from 1 to 60"},
		"nobody at night":  {PutTree{Who: []string{"duty", "", "on_call"}, Minutes: []string{"5", "", "5"}}, "who-1", "service lead or a phone"},
		"twice":            {PutTree{Who: []string{"lead", "lead"}, Minutes: []string{"5", "5"}}, "who-2", "earlier step"},
		"a phone, none":    {PutTree{Who: []string{"lead", "phone"}, Minutes: []string{"5", "5"}}, "who-2", "enter a phone number"},
		"a phone of words": {PutTree{Who: []string{"phone"}, Minutes: []string{"5"}, Phone: []string{"ask Jo 123"}}, "who-1", "enter a phone number"},
		"somebody unknown": {PutTree{Who: []string{"everybody", "lead"}, Minutes: []string{"5", "5"}}, "who-1", "choose who"},
	} {
		_, err := c.in.read(s)
		var wrong *fault.Error
		if !errors.As(err, &wrong) || len(wrong.Fields) == 0 || wrong.Fields[0].Name != c.line || !strings.Contains(wrong.Fields[0].Message, c.says) {
			t.Errorf("%s: %v %+v", name, err, wrong)
		}
	}
	tree, err := PutTree{Who: []string{"", "on_call", "phone"}, Minutes: []string{"", "5", "15"}, Name: []string{"", "", "Crisis team"}, Phone: []string{"", "", "+44 3069 990111"}}.read(s)
	if err != nil || len(tree) != 2 || tree[1] != (Rung{Phone, 15, "Crisis team", "+44 3069 990111"}) {
		t.Errorf("%v %v", tree, err)
	}
}
