package rota

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Settings are how a service has its rota. They are kept with its rooms, in the
// memory of every node.
type Settings struct {
	Names    bool   `json:"names"`     // members see who is on duty
	AllHours bool   `json:"all_hours"` // every hour without anybody is a gap, not only the staffed ones
	Tree     []Rung `json:"tree"`
}

var defaults = Settings{AllHours: true, Tree: usual}

func settingsOf(s tenants.Scope) Settings {
	begins := defaults
	begins.Tree = nil // what is read would be written into the list that all share
	tuned := modules.Tune(s, key, begins)
	if tuned.Tree == nil {
		tuned.Tree = defaults.Tree
	}
	return tuned
}

// version is that of the settings; 0 where there are none yet.
func version(s tenants.Scope) int {
	row, _ := s.Service.Room(key)
	return row.Version
}

// save keeps changed settings. Conflict if somebody else changed them since.
func save(ctx context.Context, s tenants.Scope, now Settings, seen int) error {
	raw, err := json.Marshal(now)
	if err != nil {
		return err
	}
	if err := put(ctx, s, tenants.Room{Module: key, Enabled: true, Version: seen + 1, Settings: raw}, seen); err != nil {
		return err
	}
	if err := s.Audit(ctx, "rota.settings", tenants.Audited{Before: settingsOf(s), After: now}); err != nil {
		return err
	}
	return s.Changed(ctx)
}

// Choices are what the settings page shows.
type Choices struct {
	Settings Settings `json:"settings"`
	Version  int      `json:"version"`
	Phone    string   `json:"phone,omitempty"` // what a phone without a number stands for
}

// Choices reads the settings.
func (r Rota) Choices(_ context.Context, s tenants.Scope, _ web.None) (Choices, error) {
	name, phone := crisis(s)
	return Choices{settingsOf(s), version(s), strings.TrimSpace(name + " " + phone)}, nil
}

// Choose is what a lead chooses.
type Choose struct {
	Version  int  `json:"version" validate:"gte=0"`
	Names    bool `json:"names"`
	AllHours bool `json:"all_hours"`
}

// Choose changes the settings but for the tree.
func (r Rota) Choose(ctx context.Context, s tenants.Scope, in Choose) (Choices, error) {
	if err := alone(ctx, s); err != nil {
		return Choices{}, err
	}
	now := settingsOf(s)
	now.Names, now.AllHours = in.Names, in.AllHours
	if err := save(ctx, s, now, in.Version); err != nil {
		return Choices{}, err
	}
	return Choices{Settings: now, Version: in.Version + 1}, refresh(ctx, s, now)
}

// PutTree is the escalation tree as its form sends it: one entry a line in each
// list; a line without who is none.
type PutTree struct {
	Version int      `json:"version" validate:"gte=0"`
	Who     []string `json:"who" validate:"max=8,dive,max=20"`
	Minutes []string `json:"minutes" validate:"max=8,dive,max=10"`
	Name    []string `json:"name" validate:"max=8,dive,max=60"`
	Phone   []string `json:"phone" validate:"max=8,dive,max=30"`
}

// SetTree changes the tree. Invalid names the lines that cannot be.
func (r Rota) SetTree(ctx context.Context, s tenants.Scope, in PutTree) (Choices, error) {
	if err := alone(ctx, s); err != nil {
		return Choices{}, err
	}
	tree, err := in.read(s)
	if err != nil {
		return Choices{}, err
	}
	now := settingsOf(s)
	now.Tree = tree
	return Choices{Settings: now, Version: in.Version + 1}, save(ctx, s, now, in.Version)
}

// read makes the tree of what was typed.
func (in PutTree) read(s tenants.Scope) (tree []Rung, err error) {
	wrong := fault.Error{Code: fault.Invalid, Message: "Some of what you entered needs a change."}
	last := false
	for i, who := range in.Who {
		if who == "" {
			continue
		}
		rung := Rung{Who: Who(who), Name: strings.TrimSpace(item(in.Name, i)), Phone: strings.TrimSpace(item(in.Phone, i))}
		if _, err := fmt.Sscanf(item(in.Minutes, i)+"\n", "%d\n", &rung.Minutes); err != nil {
			rung.Minutes = 0
		}
		if complaint := rung.check(s, tree); complaint != "" {
			wrong.Fields = append(wrong.Fields, fault.Field{Name: lineID(i), Message: fmt.Sprintf("Step %d: %s", i+1, complaint)})
		}
		last = last || rung.Who == Lead || rung.Who == Phone
		tree = append(tree, rung)
	}
	if !last {
		wrong.Fields = append(wrong.Fields, fault.Field{Name: lineID(0), Message: "Have the service lead or a phone among the steps: they are called when nobody is on the rota."})
	}
	if len(wrong.Fields) > 0 {
		return nil, &wrong
	}
	return tree, nil
}

// lineID is what a line of the form is called.
func lineID(i int) string { return fmt.Sprintf("who-%d", i+1) }

func item(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
