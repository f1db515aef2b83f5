// Package messages is the room of private conversations: between two, in a small
// group, or between a member and the whole team. Nobody but those who take part
// reads a conversation; the team reads its own mailbox, and of the others only
// what a member reported.
package messages

import (
	"github.com/sharon-nhs/sharon/internal/album"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/picture"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
	"github.com/sharon-nhs/sharon/tenants/uploads"
)

const key = "messages"

// Settings is what a service lead tunes.
type Settings struct {
	MembersMayWriteEachOther bool `json:"members_may_write_each_other" label:"Members may write to each other" hint:"If not, they can write to the team, and the team to them."`
	Groups                   bool `json:"groups" label:"Small groups" hint:"A conversation of three or more."`
	RequestsADay             int  `json:"requests_a_day" label:"New people whom a member may write to in a day" hint:"Between 1 and 50. The team does not count, and nor do people whom they have written with." validate:"gte=1,lte=50"`
	MaxGroup                 int  `json:"max_group" label:"Most people in a group" hint:"Between 3 and 8, with whoever begins it." validate:"gte=3,lte=8"`
	ReadReceipts             bool `json:"read_receipts" label:"Show that a message was read" hint:"Each member can still switch this off for themselves."`
	TeamMailbox              bool `json:"team_mailbox" label:"Members may write to the whole team" hint:"Several of the team share the answers."`
}

var defaults = Settings{MembersMayWriteEachOther: true, RequestsADay: 10, Groups: true, MaxGroup: 8, ReadReceipts: true, TeamMailbox: true}

func settings(s tenants.Scope) Settings { return modules.Tune(s, key, defaults) }

// What happens in a conversation, which is what the event is about. Sent has the
// message as its subject, Handed whoever of the team has the thread now. The
// others are only shown live; of Typing nothing is stored.
var (
	Sent    = tenants.Kind{Key: "messages.sent", Queue: jobs.Realtime}
	Handed  = tenants.Kind{Key: "messages.handed", Queue: jobs.Realtime}
	Read    = tenants.Kind{Key: "messages.read"}
	Changed = tenants.Kind{Key: "messages.changed"}
	Typing  = tenants.Kind{Key: "messages.typing"}
)

// Messages is the room.
type Messages struct {
	desk    *safety.Desk
	album   album.Album
	uploads uploads.Uploads
}

// New makes the room; files keep the pictures.
func New(desk *safety.Desk, files *storage.Files) modules.Module {
	m := Messages{desk, album.Album{Files: files}, uploads.Uploads{Files: files, Table: "message_pictures", Columns: []string{"file"}}}
	desk.Register(m.sort())
	desk.Watch(strangers)
	return modules.Module{
		Key: key, Name: "Messages", Icon: "mail", Settings: defaults,
		About: "Private conversations: between members, in small groups, and with the team.",
		Grants: policy.Grants{
			"messages.read": {"member"}, "messages.write": {"member"},
			"messages.team": {"moderator"}, "messages.review": {"moderator"},
		},
		Routes: m.routes,
		Counts: counts(), Data: m.data(),
		Rights: map[string]string{
			"messages.read":   "Read their own messages",
			"messages.write":  "Write messages",
			"messages.team":   "Answer the team’s mailbox",
			"messages.review": "Read private messages that are on the desk",
		},
		Tells:  []modules.Tell{{Kind: Sent, Notices: ofMessage}, {Kind: Handed, Notices: ofHandOver}},
		Rounds: []tenants.Round{m.uploads.Round()},
		Unread: unread,
		Person: m.link,
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("messages.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Messages", Icon: "mail", Path: "/" + s.Service.Slug + "/messages", Tab: true}}
		},
	}
}

func (m Messages) routes(r *modules.Router) {
	web.Get(r, "/messages", "messages.read", "My conversations", m.List, listPage)
	web.Get(r, "/messages/requests", "messages.read", "Requests from people I have not written with", m.Requests, requestsPage)
	web.Get(r, "/messages/search", "messages.read", "Find words in my conversations", m.Search, searchPage)
	web.Get(r, "/messages/new", "messages.write", "What a new conversation needs", m.Beginning, newPage)
	web.Post(r, "/messages", "messages.write", "Begin a conversation", m.Start, web.SeeOther("{path}"), web.FormAt("/messages/new?to={to}"))
	web.Get(r, "/messages/choices", "messages.read", "What I chose about messages", m.Choices, choicesPage)
	web.Post(r, "/messages/choices", "messages.read", "Choose about messages", m.Choose, web.SeeOther("/messages/choices"), web.FormAt("/messages/choices"))

	web.Get(r, "/messages/to-team", "messages.write", "What a message to the team needs", m.ToTeam, toTeamPage)
	web.Post(r, "/messages/to-team", "messages.write", "Write to the team", m.WriteToTeam, web.SeeOther("{path}"), web.FormAt("/messages/to-team"))
	web.Get(r, "/messages/team", "messages.team", "The team's mailbox", m.Mailbox, mailboxPage)
	web.Post(r, "/messages/{id}/hold", "messages.team", "Take, hand over, give back or settle a thread of the mailbox", m.Hold, web.SeeOther("{path}"), web.FormAt("/messages/{id}"))

	web.Download(r, "/messages/pictures/{id}", "messages.read", "A picture of a message", m.Picture)

	web.Get(r, "/messages/{id}", "messages.read", "A conversation", m.Show, conversationPage)
	web.Post(r, "/messages/{id}", "messages.write", "Send a message", m.Send, web.SeeOther("{path}"), web.FormAt("/messages/{id}"))
	web.Post(r, "/messages/{id}/pictures", "messages.write", "Send pictures", m.SendPictures, web.SeeOther("{path}"), web.FormAt("/messages/{id}"), web.OwnUnits, web.Limit(album.Most*picture.MaxBytes))
	web.Get(r, "/messages/{id}/since", "messages.read", "What is new in a conversation", m.Since, sincePiece)
	web.Post(r, "/messages/{id}/answer", "messages.write", "Accept or decline a request", m.Answer, web.SeeOther("{path}"))
	web.Post(r, "/messages/{id}/mute", "messages.read", "Mute a conversation, or not", m.Mute, web.SeeOther("{path}"))
	web.Post(r, "/messages/{id}/leave", "messages.read", "Leave a group", m.Leave, web.SeeOther("/messages"))
	web.Post(r, "/messages/{id}/typing", "messages.write", "Show that I am typing", m.Type, web.OwnUnits)
	web.Get(r, "/messages/{id}/report", "messages.read", "What a report needs", m.Reporting, reportingPage)
	web.Post(r, "/messages/{id}/report", "messages.read", "Report a message to the team", m.MakeReport, web.SeeOther("{path}"), web.FormAt("/messages/{id}/report?message={message}"))
}
