package rota

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Who is whom a step of the tree calls: those with a shift of a Kind, or these.
type Who string

// Those who need no shift.
const (
	Lead  Who = "lead"
	Phone Who = "phone"
)

// callable are all that a step can be, with their names.
var callable = []struct {
	Who
	name string
}{
	{Who(Duty), "On duty"}, {Who(OnCall), "On call"}, {Who(Second), "Second on call"}, {Lead, "Service lead"}, {Phone, "A phone number"},
}

// Rung is a step of the tree as the service set it.
type Rung struct {
	Who     Who    `json:"who"`
	Minutes int    `json:"minutes"` // until the next is called
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"` // empty for the service's crisis line
}

// usual is the tree that a service begins with: a crisis must be acknowledged
// within ten minutes, so whoever is on duty has half of them.
var usual = []Rung{
	{Who: Who(Duty), Minutes: 5},
	{Who: Who(OnCall), Minutes: 5},
	{Who: Who(Second), Minutes: 10},
	{Who: Lead, Minutes: 10},
	{Who: Phone, Minutes: 15},
}

// longest is how many minutes a step can take.
const longest = 60

// check says what is wrong with a step that comes after others; empty if nothing is.
func (r Rung) check(s tenants.Scope, before []Rung) string {
	_, number := crisis(s)
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, r.Phone)
	switch {
	case r.Who.name() == "":
		return "choose who is called."
	case r.Minutes < 1 || r.Minutes > longest:
		return "enter how many minutes to wait, from 1 to 60."
	case r.Who == Phone && r.Phone == "" && number == "":
		return "enter a phone number: this service has no crisis line of its own."
	case r.Who == Phone && r.Phone != "" && (len(digits) < 3 || len(digits) > 15 || strings.Trim(r.Phone, "+0123456789 ()") != ""):
		return "enter a phone number, such as 03069 990111."
	case slices.ContainsFunc(before, func(b Rung) bool { return b.Who == r.Who && b.Phone == r.Phone }):
		return "they are called by an earlier step already."
	}
	return ""
}

func (w Who) name() string {
	for _, one := range callable {
		if one.Who == w {
			return one.name
		}
	}
	return ""
}

// number is what a phone step calls; empty if there is nothing.
func (r Rung) number(s tenants.Scope) string {
	if r.Phone != "" {
		return r.Phone
	}
	_, phone := crisis(s)
	return phone
}

// title is the step in words.
func (r Rung) title(s tenants.Scope) string {
	if r.Who != Phone {
		return r.Who.name()
	}
	if r.Name != "" {
		return r.Name
	}
	if name, _ := crisis(s); r.Phone == "" && name != "" {
		return name
	}
	return "the phone " + r.Phone
}

// crisis is the service's own crisis line.
func crisis(s tenants.Scope) (name, phone string) {
	for _, contact := range s.Service.Crisis {
		if contact.Phone != "" {
			return contact.Name, contact.Phone
		}
	}
	return "", ""
}

// Tree implements safety.Tree.
func (r Rota) Tree(ctx context.Context, s tenants.Scope, at time.Time) ([]safety.Step, []string, error) {
	p, err := load(ctx, s, at, at)
	if err != nil {
		return nil, nil, err
	}
	steps, gaps := p.tree(s, at)
	return steps, gaps, nil
}

// tree lists the steps at a time, and those that nobody has.
func (p plan) tree(s tenants.Scope, at time.Time) (steps []safety.Step, gaps []string) {
	slots := p.slots(at, at.Add(time.Nanosecond))
	add := func(position int, rung Rung) bool {
		step := safety.Step{Position: position, Name: rung.title(s), Wait: time.Duration(rung.Minutes) * time.Minute}
		switch rung.Who {
		case Phone:
			step.Phone = rung.number(s)
		case Lead:
			step.People = p.called(at)
		default:
			for _, slot := range during(slots, Kind(rung.Who), at) {
				if !slices.Contains(step.People, slot.Member.ID) {
					step.People = append(step.People, slot.Member.ID)
				}
			}
		}
		if len(step.People) == 0 && step.Phone == "" {
			return false
		}
		steps = append(steps, step)
		return true
	}
	tree := p.settings.Tree
	for i, rung := range tree {
		if !add(i+1, rung) {
			gaps = append(gaps, missing[rung.Who])
		}
	}
	// The last resorts, where the service took them out of its tree.
	if len(steps) == 0 {
		add(len(tree)+1, Rung{Who: Lead, Minutes: 10})
		add(len(tree)+2, Rung{Who: Phone, Minutes: 15})
	}
	return steps, gaps
}

var missing = map[Who]string{
	Who(Duty): "Nobody is on duty.", Who(OnCall): "Nobody is on call.", Who(Second): "Nobody is second on call.",
	Lead: "There is no service lead.", Phone: "There is no phone number to call.",
}

// called are the leads to call at a time: those who are not away, or else all.
func (p plan) called(at time.Time) (ids []uuid.UUID) {
	var all []uuid.UUID
	for _, lead := range p.leads() {
		all = append(all, lead.ID)
		if !slices.ContainsFunc(p.away(lead.ID), func(a tenants.Span) bool { return !at.Before(a.From) && at.Before(a.To) }) {
			ids = append(ids, lead.ID)
		}
	}
	if len(ids) == 0 {
		return all
	}
	return ids
}
