// Package live is the room of live sessions: conversations at an hour, for as
// long as a host is there. It keeps its own messages, questions and hosts, and
// touches no posts.
package live

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "live"

// Settings is what a service lead tunes: what a new session starts from.
type Settings struct {
	Minutes     int  `json:"minutes" label:"Length of a session, in minutes" hint:"Between 10 and 240. Each session can have its own." validate:"gte=10,lte=240"`
	Questions   bool `json:"questions" label:"Members can send questions beforehand" hint:"Hosts choose which ones to answer."`
	Anonymous   bool `json:"anonymous" label:"Questions can be anonymous to other members" hint:"The hosts and the team always see who asked."`
	SlowSeconds int  `json:"slow_seconds" label:"Slow mode, in seconds" hint:"How long a member waits between two messages. 0 for no wait." validate:"gte=0,lte=600"`
	Transcript  bool `json:"transcript" label:"Members can read a session afterwards" hint:"If not, only the team can, to keep people safe."`
}

var defaults = Settings{Minutes: 60, Questions: true, Anonymous: true, SlowSeconds: 10, Transcript: true}

// What happens in a session, for the pages that are open. About is always the session.
var (
	said    = tenants.Kind{Key: "live.said"}    // the subject is a new message
	removed = tenants.Kind{Key: "live.removed"} // the subject is a message that is gone
	changed = tenants.Kind{Key: "live.changed"} // opened, closed, moved, somebody came or left, something was pinned or picked
	asked   = tenants.Kind{Key: "live.asked"}   // the subject is a question; told to hosts and team only
)

// remind is due half an hour before a session. About is the session's ReminderID.
var remind = tenants.Kind{Key: "live.remind", Queue: jobs.Default}

// replanned is that a session has moved or is cancelled. Its subject is the session.
var replanned = tenants.Kind{Key: "live.replanned", Queue: jobs.Default}

// Live is the room.
type Live struct{ desk *safety.Desk }

// New makes the room.
func New(desk *safety.Desk) modules.Module {
	l := Live{desk}
	desk.Register(l.messages())
	desk.Register(questionsOnDesk())
	return modules.Module{
		Key: key, Name: "Live sessions", Icon: "calendar-heart", Settings: defaults,
		About: "Talk together at a set time, with a host who is there from beginning to end.",
		Grants: policy.Grants{
			"live.read": {"member"}, "live.say": {"member"}, "live.ask": {"member"},
			"live.host": {"peer_supporter"}, "live.moderate": {"moderator"},
		},
		Routes: l.routes,
		Counts: counts(), Data: data(),
		Rights: map[string]string{
			"live.read":     "Read live sessions",
			"live.say":      "Say something in live sessions",
			"live.ask":      "Ask questions before live sessions",
			"live.host":     "Plan and host live sessions",
			"live.moderate": "Moderate every live session",
		},
		Acts:   tenants.Acts{"live.remove": "Removed a message from a live session", "live.mute": "Muted a member in a live session, or no longer"},
		Rounds: []tenants.Round{{Key: "live.close", Queue: jobs.Default, Every: 20 * time.Second, Module: key, Do: l.sweep}},
		Tells:  []modules.Tell{{Kind: remind, Notices: l.reminders}, {Kind: replanned, Notices: l.changes}},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("live.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Live sessions", Icon: "calendar-heart", Path: "/" + s.Service.Slug + "/live"}}
		},
	}
}

func (l Live) routes(r *modules.Router) {
	back := web.SeeOther("/live/{id}")
	here := web.FormAt("/live/{id}")
	web.Get(r, "/live", "live.read", "Live sessions: now, coming and past", l.List, listPage)
	web.Get(r, "/live/new", "live.host", "What a new live session needs", l.Beginning, formPage)
	web.Post(r, "/live", "live.host", "Schedule a live session", l.Schedule, back, web.FormAt("/live/new"))
	web.Get(r, "/live/{id}", "live.read", "A live session", l.Show, sessionPage)
	web.Get(r, "/live/{id}/since", "live.read", "What was said since", l.Since, sincePart)
	web.Get(r, "/live/{id}/edit", "live.host", "A live session, to change", l.Editing, formPage)
	web.Post(r, "/live/{id}/edit", "live.host", "Change a live session", l.Edit, back, web.FormAt("/live/{id}/edit"))
	web.Get(r, "/live/{id}/cancel", "live.host", "A live session, to cancel", l.Editing, cancelPage)
	web.Post(r, "/live/{id}/cancel", "live.host", "Cancel a live session", l.Cancel, back, web.FormAt("/live/{id}/cancel"))
	web.Post(r, "/live/{id}/reminder", "live.ask", "Ask to be reminded, or not", l.Remind, back)

	web.Get(r, "/live/{id}/questions", "live.read", "Questions for a live session", l.Questions, questionsPage)
	web.Post(r, "/live/{id}/questions", "live.ask", "Ask a question beforehand", l.Ask, web.SeeOther("/live/{id}/questions"), web.FormAt("/live/{id}/questions"))
	web.Post(r, "/live/{id}/questions/{question}", "live.host", "Take, answer or set aside a question", l.Mark, web.SeeOther("/live/{id}/questions"))

	web.Post(r, "/live/{id}/messages", "live.say", "Say something in a live session", l.Say, web.SeeOther("/live/{id}#live-say"), here)
	web.Get(r, "/live/{id}/messages/{message}/remove", "live.host", "A message to remove", l.Removing, removePage)
	web.Post(r, "/live/{id}/messages/{message}/remove", "live.host", "Remove a message", l.Remove, back, web.FormAt("/live/{id}/messages/{message}/remove"))
	web.Post(r, "/live/{id}/pin", "live.host", "Pin a message, or none", l.Pin, back)
	web.Post(r, "/live/{id}/mute", "live.host", "Mute a member for this session, or no longer", l.Mute, back)
	web.Post(r, "/live/{id}/here", "live.host", "Say that I am here to host", l.Here, back)
	web.Post(r, "/live/{id}/leave", "live.host", "Say that I am leaving", l.Leave, back)
	web.Post(r, "/live/{id}/close", "live.host", "Close a live session early", l.Close, back)
}
