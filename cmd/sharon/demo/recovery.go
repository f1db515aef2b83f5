package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/modules/recovery"
	"github.com/sharon-nhs/sharon/tenants"
)

// keeping is what somebody keeps among their recovery tools, as a file tells it.
type keeping struct {
	By       string
	CheckIns []struct{ At, Mood, Sleep, Energy, Words string } `yaml:"check_ins"`
	Plans    []struct {
		At                                                                string
		Signs, Alone, Distractions, People, Professionals, Safer, Reasons string
	}
	Goals []struct {
		At, Title string
		Steps     []string
		Done      int    // so many of the steps
		LetGo     string `yaml:"let_go"` // when, if it was
		Scores    []struct {
			At    string
			Score int
		}
	}
	Journal []struct{ At, Prompt, Words string }
	Shares  []string
}

func (k keeping) check(members map[string]member) error {
	if _, ok := members[k.By]; !ok {
		return fmt.Errorf("recovery tools: no member %q", k.By)
	}
	return nil
}

// recovery writes what members keep, sealed with the deployment's keys.
func (w *seeding) recovery(ctx context.Context, s tenants.Scope, keys crypt.Keys, all []keeping) error {
	for _, one := range all {
		kept, err := w.tools(one)
		if err == nil {
			err = kept.Keep(ctx, s, keys, w.people[one.By].ID)
		}
		if err != nil {
			return fmt.Errorf("recovery tools of %s: %w", one.By, err)
		}
	}
	return nil
}

func (w *seeding) tools(k keeping) (out recovery.Kept, err error) {
	at := func(text string) (when time.Time) {
		if err == nil {
			when, err = moment(w.s.Now, text)
		}
		return when.UTC()
	}
	for _, one := range k.CheckIns {
		when := at(one.At)
		out.CheckIns = append(out.CheckIns, recovery.CheckIn{ID: w.ids.at(when), At: when, Mood: one.Mood, Sleep: one.Sleep, Energy: one.Energy, Words: one.Words})
	}
	for _, one := range k.Plans {
		when := at(one.At)
		out.Plans = append(out.Plans, recovery.Plan{ID: w.ids.at(when), WrittenAt: when, Words: recovery.PlanWords{
			Signs: one.Signs, Alone: one.Alone, Distractions: one.Distractions, People: one.People, Professionals: one.Professionals, Safer: one.Safer, Reasons: one.Reasons}})
	}
	for _, one := range k.Goals {
		when := at(one.At)
		goal := recovery.Goal{ID: w.ids.at(when), BegunAt: when, GoalWords: recovery.GoalWords{Title: one.Title, Steps: []recovery.GoalStep{}}}
		for i, step := range one.Steps {
			goal.Steps = append(goal.Steps, recovery.GoalStep{Text: step, Done: i < one.Done})
		}
		for _, score := range one.Scores {
			scored := at(score.At)
			goal.Scores = append(goal.Scores, recovery.Score{ID: w.ids.at(scored), Score: score.Score, At: scored})
		}
		if one.LetGo != "" {
			ended := at(one.LetGo)
			goal.Ended, goal.EndedAt = recovery.LetGo, &ended
		}
		out.Goals = append(out.Goals, goal)
	}
	for _, one := range k.Journal {
		when := at(one.At)
		out.Entries = append(out.Entries, recovery.Entry{ID: w.ids.at(when), WrittenAt: when, EntryWords: recovery.EntryWords{Prompt: one.Prompt, Words: strings.TrimSpace(one.Words)}})
	}
	for _, what := range k.Shares {
		out.Shares = append(out.Shares, recovery.NewShare(what, w.s.Now))
	}
	return out, err
}
