package recovery

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// PlanWords are the steps of a safety plan in the order of Stanley and Brown, a
// thing a line. Where people are named, a number may stand at the end of the line.
type PlanWords struct {
	Signs         string `json:"warning_signs" validate:"max=4000" label:"warning signs"`
	Alone         string `json:"by_myself" validate:"max=4000" label:"things you can do by yourself"`
	Distractions  string `json:"distractions" validate:"max=4000" label:"people and places"`
	People        string `json:"people" validate:"max=4000" label:"people you can ask"`
	Professionals string `json:"professionals" validate:"max=4000" label:"professionals and services"`
	Safer         string `json:"safer" validate:"max=4000" label:"making it safer"`
	Reasons       string `json:"reasons" validate:"max=4000" label:"what you live for"`
}

// step is one of the plan's, as its writer is asked for it.
type step struct {
	name, title, hint string
	phones            bool
	of                func(w *PlanWords) *string
}

var planSteps = []step{
	{"warning_signs", "Warning signs", "What do you think, feel or do when it begins to get worse?", false, func(w *PlanWords) *string { return &w.Signs }},
	{"by_myself", "Things I can do by myself", "What takes your mind off it, without anybody else?", false, func(w *PlanWords) *string { return &w.Alone }},
	{"distractions", "People and places that distract me", "Whom can you be with, and where, without talking about it?", true, func(w *PlanWords) *string { return &w.Distractions }},
	{"people", "People I can ask for help", "Whom can you tell how you are? Put the number at the end of the line: Mum 01632 960123", true, func(w *PlanWords) *string { return &w.People }},
	{"professionals", "Professionals and services", "Whom can you call? Put the number at the end of the line: Crisis line 116 123", true, func(w *PlanWords) *string { return &w.Professionals }},
	{"safer", "Making it safer where I am", "What can be put away, or given to somebody, until it is better?", false, func(w *PlanWords) *string { return &w.Safer }},
	{"reasons", "What I live for", "Who or what is worth staying for?", false, func(w *PlanWords) *string { return &w.Reasons }},
}

// number is a telephone number at the end of a line.
var number = regexp.MustCompile(`^(.*?)[\s,:;–-]*(\+?\d[\d\s]{1,18}\d)$`)

// short are the numbers that can be called although they are.
var short = map[string]bool{"999": true, "112": true, "111": true, "101": true}

// lineOf takes the number off the end of a line.
func lineOf(line string) safety.PlanLine {
	found := number.FindStringSubmatch(line)
	if found == nil {
		return safety.PlanLine{Text: line}
	}
	out := safety.PlanLine{Text: found[1], Phone: found[2]}
	if digits := out.Dials(); len(digits) < 6 && !short[digits] { // a house, a year
		return safety.PlanLine{Text: line}
	}
	return out
}

// steps are those that have something in them.
func (w PlanWords) steps() (parts []safety.PlanPart) {
	for _, step := range planSteps {
		part := safety.PlanPart{Title: step.title}
		for line := range strings.Lines(*step.of(&w)) {
			if line = strings.TrimSpace(line); line != "" && step.phones {
				part.Lines = append(part.Lines, lineOf(line))
			} else if line != "" {
				part.Lines = append(part.Lines, safety.PlanLine{Text: line})
			}
		}
		if len(part.Lines) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// changed names the steps that are not as they were.
func (w PlanWords) changed(was PlanWords) (titles []string) {
	for _, step := range planSteps {
		if *step.of(&w) != *step.of(&was) {
			titles = append(titles, step.title)
		}
	}
	return titles
}

// Plan is a version of somebody's safety plan. Earlier ones are kept as they were.
type Plan struct {
	bun.BaseModel `bun:"table:recovery_plans,alias:plan"`
	tenants.InService

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MemberID  uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	Version   int       `bun:"version" json:"version"` // from 1
	Sealed    string    `bun:"plan_sealed" json:"-"`
	WrittenAt time.Time `bun:"written_at" json:"written_at"`

	Words PlanWords `bun:"-" json:"words"`
	// Changed are the titles of the steps that are not as in the version before.
	Changed []string `bun:"-" json:"changed,omitempty"`
}

// shown is the plan as whoever may read it sees it.
func (x Plan) shown() safety.Plan { return safety.Plan{Parts: x.Words.steps(), WrittenAt: x.WrittenAt} }

// MyPlan is the actor's safety plan; of version 0 if there is none yet.
type MyPlan struct {
	Plan
	Shared *Share `json:"shared,omitempty"`
	Seen   []Seen `json:"seen"` // who of the team opened it, the latest first
}

// MyPlan reads the newest version.
func (r Recovery) MyPlan(ctx context.Context, s tenants.Scope, _ web.None) (out MyPlan, err error) {
	if out.Plan, err = r.newest(ctx, s, s.Actor.ID()); err != nil && !database.Missing(err) {
		return out, err
	}
	if out.Shared, err = shareOf(ctx, s, s.Actor.ID(), ofPlan); err != nil {
		return out, err
	}
	out.Seen, err = seen(ctx, s, ofPlan)
	return out, err
}

// WritePlan is the plan as it is to be. Version is the one that was changed, 0 for none.
type WritePlan struct {
	Version int `json:"version"`
	PlanWords
}

// WritePlan keeps a new version. Conflict if there is a newer one than was changed.
// It is not looked through for watched terms: what it is about is what they are for.
func (r Recovery) WritePlan(ctx context.Context, s tenants.Scope, in WritePlan) (MyPlan, error) {
	if err := owned(s); err != nil {
		return MyPlan{}, err
	}
	was, err := r.newest(ctx, s, s.Actor.ID())
	switch {
	case err != nil && !database.Missing(err):
		return MyPlan{}, err
	case was.Version != in.Version:
		return MyPlan{}, fault.Stale()
	case len(in.steps()) == 0:
		return MyPlan{}, fault.Bad("warning_signs", "Write something into at least one step.")
	case was.Version == 0 || len(in.changed(was.Words)) > 0:
		if err := r.addPlan(ctx, s, in); err != nil {
			return MyPlan{}, err
		}
	}
	return r.MyPlan(ctx, s, web.None{})
}

func (r Recovery) addPlan(ctx context.Context, s tenants.Scope, in WritePlan) (err error) {
	row := Plan{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), Version: in.Version + 1, WrittenAt: s.Now}
	if row.Sealed, err = r.seal(in.PlanWords, row.ID); err != nil {
		return err
	}
	return tenants.Fresh(s.Insert(&row).On("CONFLICT (tenant_id, member_id, version) DO NOTHING").Exec(ctx))
}

// Versions are all of somebody's plan, the newest first.
type Versions struct {
	Plans []Plan `json:"plans"`
}

// Versions says what changed in the actor's plan, and when.
func (r Recovery) Versions(ctx context.Context, s tenants.Scope, _ web.None) (out Versions, err error) {
	out.Plans, err = r.plans(ctx, s, s.Actor.ID())
	for i := range out.Plans {
		var before PlanWords
		if i+1 < len(out.Plans) {
			before = out.Plans[i+1].Words
		}
		out.Plans[i].Changed = out.Plans[i].Words.changed(before)
	}
	return out, err
}

// Version reads one version of the actor's plan.
func (r Recovery) Version(ctx context.Context, s tenants.Scope, in ByID) (one Plan, err error) {
	err = s.Select(&one).Where("plan.id = ?", in.ID).Where("plan.member_id = ?", s.Actor.ID()).Scan(ctx)
	if err != nil {
		return Plan{}, err
	}
	return one, r.open(one.Sealed, one.ID, &one.Words)
}

// plans are the room as cases know it: see safety.Plans.
type plans struct{ Recovery }

func (p plans) Shares(ctx context.Context, s tenants.Scope, member uuid.UUID) (bool, error) {
	if !s.Service.Open(key) {
		return false, nil
	}
	share, err := shareOf(ctx, s, member, ofPlan)
	if err != nil || share == nil {
		return false, err
	}
	_, err = p.newest(ctx, s, member)
	if database.Missing(err) {
		return false, nil
	}
	return err == nil, err
}

func (p plans) Open(ctx context.Context, s tenants.Scope, member uuid.UUID) (safety.Plan, error) {
	shared, err := p.Shares(ctx, s, member)
	if err == nil && !shared {
		err = fault.Missing()
	}
	if err != nil {
		return safety.Plan{}, err
	}
	one, err := p.newest(ctx, s, member)
	if err != nil {
		return safety.Plan{}, err
	}
	return one.shown(), looked(ctx, s, member, ofPlan)
}
