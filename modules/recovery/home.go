package recovery

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Home is what the actor has here.
type Home struct {
	Latest *CheckIn `json:"latest_check_in,omitempty"`
	Shares []Share  `json:"shares"`
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
		{"What I share", shared(x.Shares), "/recovery/sharing"},
	}
}

// Home shows the actor's recovery tools.
func (r Recovery) Home(ctx context.Context, s tenants.Scope, _ web.None) (out Home, err error) {
	days, err := r.checkIns(ctx, s, s.Actor.ID(), posts.Cursor{}, nil)
	if err != nil {
		return out, err
	}
	if len(days) > 0 {
		out.Latest = &days[0]
	}
	out.Shares, err = sharesOf(ctx, s, s.Actor.ID())
	return out, err
}
