package safety

import (
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// Posts are how many posts of one member in ten minutes the team is told of.
func (x Settings) Posts() int { return x.PostsInMinutes }

// Strangers are how many new people in an hour.
func (x Settings) Strangers() int { return x.StrangersInHour }

// Most is how many of something the actor may do before a rule of rates finds it,
// 0 for no such rule, and whether they are new: for them it is half. The team may
// do as much as it likes.
func (x Settings) Most(s tenants.Scope, of func(Settings) int) (most int, fresh bool) {
	most = of(x)
	if most == 0 || s.Actor.Member == nil || s.Actor.Roles.Staff() {
		return 0, false
	}
	if fresh = s.Now.Sub(s.Actor.Member.JoinedAt) < time.Duration(x.NewDays)*24*time.Hour; fresh {
		most = max(1, most/2)
	}
	return most, fresh
}

// Rate is what a rule of rates finds: what somebody new says waits.
func Rate(detail string, fresh bool) Finding {
	if fresh {
		return Finding{Source: ByRate, Detail: detail + " by somebody new", Level: Amber, Hold: true}
	}
	return Finding{Source: ByRate, Detail: detail, Level: Green}
}
