package standing

import (
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// kept is what somebody who is suspended keeps of what their roles let them do:
// reading, their own things, help, and writing to the team (the room for messages
// sees to it that it is the team). All else is refused them, in this room and any
// that comes later.
var kept = []string{
	"blogs.read", "directory.read", "forums.read", "gifts.read", "live.read", "messages.read", "notifications.read", "people.read", "posts.read",
	"resources.read", "search.read", "timeline.read", "videos.read", "walls.read",
	"desk.answer", "help.ask", "reports.make", "standing.own",
	"messages.write", "people.circle", "recovery.own", "surveys.answer", "waiting.own", "walls.tend",
}

func grants() policy.Grants {
	all := policy.Grants{
		"standing.read": {string(tenants.Moderator)}, "standing.suspend": {string(tenants.Clinician), string(tenants.ServiceLead)},
	}
	for _, permission := range kept {
		all[permission] = []string{string(tenants.SuspendedMember)}
	}
	all["standing.own"] = append(all["standing.own"], string(tenants.Member))
	return all
}
