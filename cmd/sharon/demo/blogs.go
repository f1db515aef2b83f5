package demo

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/blogs"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// blog is a member's blog as a file tells it.
type blog struct {
	Of, Name, About string
	Posts           []blogPost
}

type blogPost struct {
	words     `yaml:",inline"`
	Title     string
	Series    string
	Audience  tenants.Audience
	NoReplies bool     `yaml:"no_replies"`
	Planned   string   // 2d 09:00: not published yet
	Kept      []string // who keeps it to read later
	Replies   []answer
}

// keptRow is a row of what somebody keeps to read later.
type keptRow struct {
	bun.BaseModel `bun:"table:blog_kept"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	PostID   uuid.UUID `bun:"post_id,pk,type:uuid"`
	KeptAt   time.Time `bun:"kept_at"`
}

// written are the rows of blogs.
type written struct {
	entries []blogs.Entry
	kept    []keptRow
}

func (b blog) check(members map[string]member) error {
	if _, ok := members[b.Of]; !ok {
		return fmt.Errorf("blog %q: no member %q", b.Name, b.Of)
	}
	var wrong []error
	for _, p := range b.Posts {
		p.By = b.Of
		wrong = append(wrong, checkTalk(members, p.words, p.Replies, wide(p.Audience), p.Kept))
	}
	return errors.Join(wrong...)
}

func (w *seeding) blogs(c content) error {
	for _, b := range c.Blogs {
		owner := w.people[b.Of]
		place := posts.Place{ID: w.ids.at(w.begun), Module: "blogs", Slug: owner.ID.String(), Name: b.Name, About: b.About, OwnerID: &owner.ID,
			Audience: tenants.AudienceService, WhoMayPost: posts.PostOwner, Version: 1, CreatedAt: w.begun}
		w.places = append(w.places, place)
		for _, p := range b.Posts {
			p.By = b.Of
			if err := w.blogPost(place, p); err != nil {
				return fmt.Errorf("blog post %q: %w", p.Title, err)
			}
		}
	}
	return nil
}

// blogPost adds one post with its replies, or the draft that waits to become one.
func (w *seeding) blogPost(place posts.Place, p blogPost) error {
	if p.Planned != "" {
		due, err := coming(w.s.Now, p.Planned)
		at := due.In(clock.London)
		w.drafts = append(w.drafts, posts.Saved{ID: w.ids.at(w.s.Now), MemberID: *place.OwnerID, Kind: "blog_post", AboutID: w.ids.at(w.s.Now),
			Title: p.Title, Body: strings.TrimSpace(p.Body), Audience: wide(p.Audience), Notes: p.Notes, SavedAt: w.s.Now, DueAt: &due,
			Choices: posts.Choices{Series: p.Series, NoReplies: p.NoReplies, Date: at.Format(time.DateOnly), Time: at.Format("15:04")}})
		return err
	}
	said, err := w.talk(posts.Post{Kind: "blog_post", Module: "blogs", PlaceID: place.ID, Audience: wide(p.Audience)}, p.Title, p.words, p.Replies)
	if err != nil {
		return err
	}
	w.entries = append(w.entries, blogs.Entry{PostID: said[0].ID, AuthorID: said[0].AuthorID, BegunID: w.ids.at(said[0].PublishedAt),
		Series: p.Series, SeriesKey: blogs.SeriesKey(p.Series), NoReplies: p.NoReplies})
	for _, login := range p.Kept {
		w.kept = append(w.kept, keptRow{MemberID: w.people[login].ID, PostID: said[0].ID, KeptAt: w.s.Now})
	}
	return nil
}
