package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// accounts makes those of one trust and remembers them by login.service.
type accounts struct {
	keys        crypt.Keys
	hash, trust string
	made        map[string]uuid.UUID
}

func (a *accounts) of(ctx context.Context, s tenants.Scope, m member) (uuid.UUID, error) {
	if m.Account != "" {
		id, ok := a.made[m.Account]
		if !ok {
			return id, fmt.Errorf("member %s: no account %s in an earlier service", m.Login, m.Account)
		}
		return id, nil
	}
	account, err := tenants.CreateAccount(ctx, s, a.keys, tenants.NewAccount{Email: email(m.Login, s.Service.Slug, a.trust), PasswordHash: a.hash})
	if a.made == nil {
		a.made = map[string]uuid.UUID{}
	}
	a.made[m.Login+"."+s.Service.Slug] = account.ID
	return account.ID, err
}

// seeding makes one service of its content.
type seeding struct {
	s      tenants.Scope
	ids    *ids
	people map[string]tenants.Person
	begun  time.Time // when the first member joined
	rows
}

func seedService(ctx context.Context, s tenants.Scope, c content, a *accounts) error {
	service, err := tenants.CreateService(ctx, s, tenants.NewService{
		Area: c.Service.Area, Name: c.Service.Name, Slug: c.Service.Slug, About: c.Service.About, Accent: c.Service.Accent,
		Staffed: c.Service.Staffed, Crisis: c.Service.Crisis, Modules: c.Service.Modules, Bare: true,
	})
	if err != nil {
		return err
	}
	s.Service = service
	w := seeding{s: s, ids: newIDs(1, seedOf(a.trust+"/"+service.Slug)), people: map[string]tenants.Person{}, begun: s.Now}
	for _, m := range c.Members {
		account, err := a.of(ctx, s, m)
		if err != nil {
			return err
		}
		joined := day(s.Now, m.Joined).UTC()
		person, err := tenants.Join(ctx, s, account, tenants.NewPerson{Handle: m.Handle, About: m.About, Avatar: m.Avatar, Roles: tenants.Roles{m.Role}, JoinedAt: joined})
		if err != nil {
			return fmt.Errorf("member %s: %w", m.Login, err)
		}
		w.people[m.Login] = person
		if joined.Before(w.begun) {
			w.begun = joined
		}
	}
	if err := w.identities(ctx, a.keys, c.Members); err != nil {
		return err
	}
	if err := w.invited(ctx, a.keys, w.people[c.Members[0].Login]); err != nil {
		return err
	}
	if err := w.forums(c); err != nil {
		return err
	}
	if err := w.walls(c); err != nil {
		return err
	}
	for _, d := range c.Drafts {
		w.drafts = append(w.drafts, posts.Saved{ID: w.ids.at(s.Now), MemberID: w.people[d.By].ID, Kind: "thread", Title: d.Title, Body: strings.TrimSpace(d.Body), SavedAt: s.Now})
	}
	if err := w.live(c); err != nil {
		return err
	}
	if err := w.videos(c); err != nil {
		return err
	}
	if err := w.conversations(c); err != nil {
		return err
	}
	if err := w.gifts(c, service); err != nil {
		return err
	}
	if err := w.library(c, service); err != nil {
		return err
	}
	w.reading(c.Members)
	if err := w.blogs(c); err != nil {
		return err
	}
	records, err := w.logbook()
	if err != nil {
		return err
	}
	coming, said := slices.Clone(w.sessions), slices.Clone(w.posts)
	if err := w.write(ctx, s); err != nil {
		return err
	}
	if err := insert(ctx, s, records); err != nil {
		return err
	}
	if err := w.visits(ctx, s, c.Members, said); err != nil {
		return err
	}
	if err := w.terms(ctx, c); err != nil {
		return err
	}
	if err := w.circle(ctx, s, c.Circle, said); err != nil {
		return err
	}
	if err := w.waiting(ctx, s, a.keys, c.Waiting); err != nil {
		return err
	}
	if err := w.rota(ctx, s); err != nil {
		return err
	}
	if err := w.recovery(ctx, s, a.keys, c.Recovery); err != nil {
		return err
	}
	if err := w.surveys(ctx, s, a.keys, c.Surveys); err != nil {
		return err
	}
	if err := w.needs(ctx, s, a.keys, c.Needs); err != nil {
		return err
	}
	if err := w.programme(ctx, s, a.keys); err != nil {
		return err
	}
	if err := w.look(ctx, s, said); err != nil {
		return err
	}
	if err := w.standing(ctx, s); err != nil {
		return err
	}
	if err := w.dangers(ctx, s, c.Cases); err != nil {
		return err
	}
	if err := w.courses(ctx, s, a.keys, c.Courses); err != nil {
		return err
	}
	return remind(ctx, s, coming)
}

func (w *seeding) forums(c content) error {
	boards := map[string]posts.Place{}
	for i, b := range c.Boards {
		board := posts.Place{ID: w.ids.at(w.begun), Module: "forums", Slug: b.Slug, Name: b.Name, About: b.About,
			Audience: wide(b.Audience), WhoMayPost: posts.PostMembers, Position: i + 1, Version: 1, CreatedAt: w.begun}
		boards[b.Slug] = board
		w.places = append(w.places, board)
	}
	for _, t := range c.Threads {
		board := boards[t.Board]
		said, err := w.talk(posts.Post{Kind: "thread", Module: "forums", PlaceID: board.ID, Audience: board.Audience}, t.Title, t.words, t.Replies)
		if err != nil {
			return fmt.Errorf("thread %q: %w", t.Title, err)
		}
		root, last := said[0], said[len(said)-1]
		for _, login := range t.Follows {
			w.follow(root, w.people[login].ID, root.PublishedAt)
		}
		w.threads = append(w.threads, forums.Row{PostID: root.ID, PlaceID: board.ID, Pinned: t.Pinned, Locked: t.Locked, ActiveAt: last.PublishedAt, ActiveBy: last.AuthorID,
			Answered: slices.ContainsFunc(said, func(p posts.Post) bool { return p.AuthorID != root.AuthorID })})
	}
	return nil
}

func (w *seeding) walls(c content) error {
	walls := map[string]posts.Place{}
	for _, p := range c.Walls {
		wall, ok := walls[p.On]
		if !ok {
			wall = wallOf(w.ids, w.people[p.On])
			walls[p.On] = wall
			w.places = append(w.places, wall)
		}
		root := posts.Post{Kind: "wall_post", Module: "walls", PlaceID: wall.ID, Audience: wide(p.Audience)}
		if root.Audience == tenants.AudienceFriends {
			root.CircleID = wall.OwnerID
		}
		if _, err := w.talk(root, "", p.words, p.Comments); err != nil {
			return fmt.Errorf("wall post %q: %w", start(p.Body), err)
		}
	}
	return nil
}

// talk adds a post and its answers; root says what they have in common.
func (w *seeding) talk(root posts.Post, title string, first words, answers []answer) ([]posts.Post, error) {
	times, err := talk(w.s.Now, first.At, answers)
	if err != nil {
		return nil, err
	}
	root.ID, root.Replies = w.ids.at(times[0]), len(answers)
	said := []posts.Post{w.say(root, title, first, times[0])}
	w.follow(root, said[0].AuthorID, times[0])
	for i, a := range answers {
		reply := posts.Post{ID: w.ids.at(times[i+1]), Kind: posts.Reply, Module: root.Module, PlaceID: root.PlaceID, ParentID: &root.ID, Audience: root.Audience, CircleID: root.CircleID}
		if a.Quotes > 0 {
			reply.QuotesID = &said[a.Quotes].ID
		} else if a.Quotes < 0 {
			reply.QuotesID = &root.ID
		}
		reply = w.say(reply, "", a.words, times[i+1])
		said = append(said, reply)
		w.follow(root, reply.AuthorID, times[i+1])
	}
	w.posts = append(w.posts, said...)
	return said, nil
}

// say gives a post its words, and what others felt about them.
func (w *seeding) say(p posts.Post, title string, said words, at time.Time) posts.Post {
	p.AuthorID, p.State, p.Version, p.PublishedAt = w.people[said.By].ID, posts.Visible, 1, at
	p.Notes = said.Notes
	p.Write(title, strings.TrimSpace(said.Body))
	p.Mentions = w.mentions(p.Body)
	if said.Held {
		p.State = posts.Held
	}
	if said.Was != "" {
		edited := at.Add(min(9*time.Minute, w.s.Now.Sub(at)))
		w.versions = append(w.versions, earlier{PostID: p.ID, Version: 1, Title: title, Body: strings.TrimSpace(said.Was), Audience: p.Audience, State: p.State, ChangedBy: p.AuthorID, ChangedAt: edited})
		p.Version, p.EditedAt = 2, &edited
	}
	for _, kind := range posts.ReactionKinds {
		for _, login := range said.Reactions[kind.Key] {
			w.reactions = append(w.reactions, posts.Reaction{PostID: p.ID, MemberID: w.people[login].ID, Kind: kind.Key})
		}
	}
	p.WithYou, p.Hug, p.ThankYou, p.Hope = len(said.Reactions["with_you"]), len(said.Reactions["hug"]), len(said.Reactions["thank_you"]), len(said.Reactions["hope"])
	return p
}

// follow notes that somebody follows a post, once.
func (w *seeding) follow(root posts.Post, member uuid.UUID, since time.Time) {
	if !slices.ContainsFunc(w.follows, func(f posts.Follower) bool { return f.PostID == root.ID && f.MemberID == member }) {
		w.follows = append(w.follows, posts.Follower{PostID: root.ID, MemberID: member, FollowedAt: since})
	}
}

// reading marks most threads as read by everybody who can, and leaves each
// member a few with something new.
func (w *seeding) reading(members []member) {
	newest := slices.SortedFunc(slices.Values(w.threads), func(a, b forums.Row) int { return b.ActiveAt.Compare(a.ActiveAt) })
	root, said := map[uuid.UUID]posts.Post{}, map[uuid.UUID][]posts.Post{}
	for _, p := range w.posts {
		if p.ParentID == nil {
			root[p.ID] = p
			said[p.ID] = append(said[p.ID], p)
		} else {
			said[*p.ParentID] = append(said[*p.ParentID], p)
		}
	}
	for _, m := range members { // in the file's order, so that chance falls the same way each time
		person, unread := w.people[m.Login], 0
		audiences := person.Roles.Audiences()
		for age, thread := range newest {
			talk := said[thread.PostID]
			held := root[thread.PostID].State == posts.Held && root[thread.PostID].AuthorID != person.ID
			if !slices.Contains(audiences, root[thread.PostID].Audience) || held {
				continue
			}
			mark := readMark{MemberID: person.ID, PostID: thread.PostID, ReadAt: thread.ActiveAt}
			if talk[len(talk)-1].AuthorID != person.ID && (unread == 0 || age < 12 && w.ids.chance(0.3)) {
				unread++
				if mark.ReadAt = lastBy(talk, person.ID); mark.ReadAt.IsZero() {
					continue // never opened
				}
			}
			w.marks = append(w.marks, mark)
		}
	}
}

// lastBy is when somebody last wrote in a conversation; zero for never.
func lastBy(talk []posts.Post, member uuid.UUID) time.Time {
	for _, p := range slices.Backward(talk) {
		if p.AuthorID == member {
			return p.PublishedAt
		}
	}
	return time.Time{}
}
