package recovery

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Home is what the actor has here.
type Home struct {
	Shares []Share `json:"shares"`
	Due    int     `json:"due"` // questionnaires to fill in now
}

// door is a way from the room's first page.
type door struct{ Name, About, Path string }

// doors are all of them, with a word of what is behind.
func (x Home) doors() []door {
	return []door{
		{"Check-ins", "How you are today: mood, sleep, energy, and words if you like.", "/recovery/check-ins"},
		{"My safety plan", "What helps on a bad day, and whom to ask.", "/recovery/plan"},
		{"Goals", "What you want to reach, step by step.", "/recovery/goals"},
		{"Journal", "Write for yourself. Nobody of the team can ever read it.", "/recovery/journal"},
		{"Courses", "Small courses by your team, at your own pace.", "/recovery/courses"},
		{"Questions from my team", x.asks(), "/recovery/measures"},
		{"Remind me", "Once a day, at an hour of yours, if you like.", "/recovery/reminder"},
		{"What I share", shared(x.Shares), "/recovery/sharing"},
	}
}

// asks says whether there is something to fill in.
func (x Home) asks() string {
	if x.Due > 0 {
		return "There is something for you to fill in."
	}
	return "There is nothing to fill in now. What you answered before is here."
}

// Home shows the actor's recovery tools.
func (r Recovery) Home(ctx context.Context, s tenants.Scope, _ web.None) (out Home, err error) {
	asked, err := r.questionnaires(ctx, s, s.Actor.ID())
	if err != nil {
		return out, err
	}
	for _, one := range asked.Asked {
		if one.due(s.Now) {
			out.Due++
		}
	}
	out.Shares, err = sharesOf(ctx, s, s.Actor.ID())
	return out, err
}
