package desk

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Answer is what the team decided about something of a member's, as they read it:
// never why, which is for the team, nor who it was.
type Answer struct {
	Act   safety.Act `json:"act"`
	Name  string     `json:"name"` // of the sort
	Rule  string     `json:"rule,omitempty"`
	Words string     `json:"words,omitempty"`
	At    time.Time  `json:"at"`
	// Undone says that the team took it back.
	Undone bool   `json:"undone"`
	Title  string `json:"title,omitempty"`
	Where  string `json:"where,omitempty"`
	Path   string `json:"path,omitempty"` // where it stands; empty where it does not any more
	// What came with it, and what can be done about it.
	safety.Recourse
	deed uuid.UUID
	html string
}

// Answer reads a decision about something of the actor's. NotFound for everybody
// else, and until its author is told.
func (d Desk) Answer(ctx context.Context, s tenants.Scope, in ByID) (Answer, error) {
	deed, err := safety.DeedOf(ctx, s, in.ID)
	if err != nil {
		return Answer{}, err
	}
	item, err := safety.ItemOf(ctx, s, deed.ItemID)
	if err != nil {
		return Answer{}, err
	}
	if s.Actor.Member == nil || item.AuthorID != s.Actor.ID() || !slices.Contains(safety.Acts, deed.Act) || !tells(item, deed) || !told(deed, s.Now) {
		return Answer{}, fault.Missing()
	}
	out := Answer{Act: deed.Act, Name: d.nameOf(item.Sort), Rule: deed.Rule, Words: deed.Words, At: deed.At, Undone: deed.UndoneAt != nil}
	out.deed = deed.ID
	if d.desk.Recourse != nil {
		if out.Recourse, err = d.desk.Recourse(ctx, s, deed); err != nil {
			return Answer{}, err
		}
	}
	subject, err := d.subject(ctx, s, item)
	if err != nil || subject == nil {
		return out, err
	}
	out.Title, out.Where, out.html = subject.Title, subject.Where, subject.HTML
	if stands := deed.Act != safety.Remove || out.Undone; stands {
		out.Path = subject.Path
	}
	return out, nil
}

// outcomes are what an author reads.
var outcomes = map[safety.Act]string{
	safety.Approve: "It is fine, and others can see it", safety.AskEdit: "Please change it", safety.Cover: "It has a content note now",
	safety.Hide: "It is out of sight for now", safety.Remove: "It was taken down", safety.Lock: "Nobody can reply to it for now",
	safety.Uphold: "The decision stays", safety.Overturn: "The decision was taken back",
}

// next steps are what an author can do now.
var nextSteps = map[safety.Act]string{
	safety.AskEdit: "Only you and the team see it until you have changed it. Nothing that you wrote is lost.",
	safety.Cover:   "Others choose whether to read it. Nothing that you wrote was changed.",
	safety.Hide:    "Others do not see it for now. Nothing that you wrote is lost.",
	safety.Remove:  "Others do not see it any more.",
	safety.Lock:    "Everybody can still read it.",

	safety.Uphold:   "Somebody else of the team has looked at it again and read what you wrote.",
	safety.Overturn: "Somebody else of the team has looked at it again and agrees with you. You need not do anything.",
}
