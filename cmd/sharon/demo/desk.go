package demo

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// raised is something on the desk of a service. It is found by how its post begins.
type raised struct {
	begins string
	level  safety.Level
	ago    time.Duration // when it was raised; zero for when it was posted
	target time.Duration // zero for as the rules have it
	with   string        // login of who has it
	marks  []safety.Mark
	flags  []string // logins of who reported it, with what they said
	act    safety.Act
	took   time.Duration // until it was decided
	reason string
	words  string
}

// desk is what the team of Willow looks at, and what it decided lately.
var desk = []raised{
	{begins: "hi teasel, saw you said", level: safety.Amber, marks: []safety.Mark{{Source: safety.ByTerm, Detail: "a phone number"}, {Source: safety.ByMode, Detail: "a new member’s first posts wait"}}},
	{begins: "Why is the monitor flashing", level: safety.Amber, ago: 5 * time.Hour, target: 4 * time.Hour, flags: []string{"wren: It made me anxious"}},
	{begins: "The telephone voice. Oh.", level: safety.Red, ago: 12 * time.Minute, target: 30 * time.Minute, with: "clinician",
		marks: []safety.Mark{{Source: safety.ByTerm, Detail: "hearing voices"}}, flags: []string{"bluebell: I am worried about somebody’s safety", "fern: I am worried about somebody’s safety"}},
	{begins: "My son was breastfed and is a menace", level: safety.Green, ago: 7 * time.Hour, target: 24 * time.Hour, flags: []string{"thistle: It is unkind to somebody"}},
	{begins: "whether babies know which mum", level: safety.Amber, ago: 70 * time.Minute, target: 4 * time.Hour, with: "moderator", marks: []safety.Mark{{Source: safety.ByRequest}}},
	{begins: "The car park! Mine was", level: safety.Amber, ago: 90 * time.Hour, target: 4 * time.Hour, flags: []string{"moss: Something else"}, act: safety.Approve, took: 55 * time.Minute, reason: "Kind and true. Nothing to do."},
	{begins: "a campaign. ok.", level: safety.Green, ago: 200 * time.Hour, target: 24 * time.Hour, flags: []string{"juniper: It is unkind to somebody"}, act: safety.Approve, took: 3 * time.Hour, reason: "It is a joke among friends."},
	{begins: "can twins plan things", level: safety.Green, ago: 300 * time.Hour, target: 24 * time.Hour, marks: []safety.Mark{{Source: safety.ByRate, Detail: "8 posts in ten minutes"}}, act: safety.Approve, took: 20 * time.Minute},
	{begins: "I know it like my postcode", level: safety.Amber, ago: 410 * time.Hour, target: 4 * time.Hour, marks: []safety.Mark{{Source: safety.ByTerm, Detail: "a postcode"}}, act: safety.AskEdit, took: 5 * time.Hour,
		reason: "Only the word, as it turned out, but the draft before had one.", words: "Thank you for writing. Could you check that nobody can be recognised by it?"},
	{begins: "Patchy would do.", level: safety.Red, ago: 520 * time.Hour, target: 30 * time.Minute, flags: []string{"aspen: I am worried about somebody’s safety"}, act: safety.Approve, took: 9 * time.Minute, reason: "Jo has spoken with Hazel. She is safe, and glad that somebody asked."},
}

// look puts posts of the service on its desk; said are all of them.
func (w *seeding) look(ctx context.Context, s tenants.Scope, said []posts.Post) error {
	for _, r := range desk {
		for _, post := range said {
			if strings.HasPrefix(post.Body, r.begins) {
				if err := w.raise(ctx, s, r, post); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

func (w *seeding) raise(ctx context.Context, s tenants.Scope, r raised, post posts.Post) error {
	at := s.Now.Add(-r.ago)
	if r.ago == 0 {
		at = post.PublishedAt.UTC()
	}
	item := safety.Item{ID: w.ids.at(at), Sort: "post", SubjectID: post.ID, AuthorID: post.AuthorID, Level: r.level, Held: post.State == posts.Held,
		RaisedAt: at, DueAt: at.Add(r.target), Version: 1}
	if r.target == 0 {
		item.DueAt = s.Service.InStaffedHours(at, 2*time.Hour)
	}
	if who, ok := w.people[r.with]; ok {
		taken := at.Add(4 * time.Minute)
		item.HolderID, item.TakenAt, item.RespondedAt = &who.ID, &taken, &taken
	}
	var deeds []safety.Deed
	if item.HolderID != nil {
		deeds = append(deeds, safety.Deed{ID: w.ids.at(*item.TakenAt), ItemID: item.ID, ActorID: *item.HolderID, Act: "take", At: *item.TakenAt})
	}
	if r.act != "" {
		done, by := at.Add(r.took), w.people["clinician"].ID
		item.HolderID, item.TakenAt, item.RespondedAt, item.DecidedAt, item.DecidedBy, item.Act = &by, &done, &done, &done, &by, r.act
		deeds = append(deeds, safety.Deed{ID: w.ids.at(done), ItemID: item.ID, ActorID: by, Act: r.act, Reason: r.reason, Words: r.words, At: done})
	}
	if err := insert(ctx, s, []safety.Item{item}); err != nil {
		return err
	}
	item.Marks = w.found(item, r)
	if err := insert(ctx, s, item.Marks); err != nil {
		return err
	}
	if item.Level.Urgent() {
		if err := w.urgent(ctx, s, &item, item.Why(), "clinician"); err != nil {
			return err
		}
	}
	return insert(ctx, s, deeds)
}

// found is why an item is there: what the rules found, then what members said.
func (w *seeding) found(item safety.Item, r raised) (marks []safety.Mark) {
	for _, mark := range r.marks {
		marks = append(marks, safety.Mark{ID: w.ids.at(item.RaisedAt), ItemID: item.ID, Source: mark.Source, Detail: mark.Detail, Level: item.Level, At: item.RaisedAt})
	}
	for _, flag := range r.flags {
		login, why, _ := strings.Cut(flag, ": ")
		var by uuid.UUID
		if who, ok := w.people[login]; ok {
			by = who.ID
		}
		marks = append(marks, safety.Mark{ID: w.ids.at(item.RaisedAt), ItemID: item.ID, Source: safety.ByFlag, Detail: why, Level: item.Level, ByID: by, At: item.RaisedAt})
	}
	return marks
}
