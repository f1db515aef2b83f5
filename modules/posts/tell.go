package posts

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// tells are whom the events of posts concern.
func (k *Kernel) tells() []modules.Tell {
	return []modules.Tell{
		{Kind: Published, Notices: k.tellPublished},
		{Kind: Replied, Notices: k.tellReplied},
		{Kind: Reacted, Notices: k.tellReacted},
		{Kind: Mentioned, Notices: k.tellMentioned},
		{Kind: keptBack, Notices: k.tellKeptBack},
		{Kind: heldBack, Notices: k.tellHeld},
	}
}

// tellReplied tells whoever is named in a reply, and those who follow what it answers.
func (k *Kernel) tellReplied(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	reply, ok, err := k.told(ctx, s, e.Subject)
	if err != nil || !ok {
		return nil, err
	}
	mentions, err := k.mentions(ctx, s, reply, e.About)
	if err != nil {
		return nil, err
	}
	followers, err := followersOf(ctx, s, e.About)
	if err != nil {
		return nil, err
	}
	followers = slices.DeleteFunc(followers, func(p tenants.Person) bool { return slices.Contains(mentions.To, p.ID) })
	to, err := k.readers(ctx, s, reply, followers)
	return []modules.Notice{mentions, {Kind: "reply", To: to, Subject: reply.ID, About: e.About, Path: reply.link()}}, err
}

// tellPublished tells whoever is named in a post and, where only the team begins
// something, everybody who may read it; of what somebody writes on their own wall,
// their friends.
func (k *Kernel) tellPublished(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	post, ok, err := k.told(ctx, s, e.Subject)
	if err != nil || !ok {
		return nil, err
	}
	if post.Place != nil && post.Place.WhoMayPost == PostStaff {
		members, err := membersOf(ctx, s)
		if err != nil {
			return nil, err
		}
		to, err := k.readers(ctx, s, post, members)
		return []modules.Notice{{Kind: "staff_notice", To: to, Subject: post.ID, About: post.ID, Path: post.link()}}, err
	}
	mentions, err := k.mentions(ctx, s, post, post.ID)
	if err != nil || post.Place == nil || post.Place.OwnerID == nil || *post.Place.OwnerID != post.AuthorID {
		return []modules.Notice{mentions}, err
	}
	friends, err := friendsOf(ctx, s, post.AuthorID)
	if err != nil {
		return nil, err
	}
	friends = slices.DeleteFunc(friends, func(p tenants.Person) bool { return slices.Contains(mentions.To, p.ID) })
	to, err := k.readers(ctx, s, post, friends)
	return []modules.Notice{mentions, {Kind: "friend_post", To: to, Subject: post.ID, About: post.ID, Path: post.link()}}, err
}

// tellMentioned tells those whom a change of the words has named.
func (k *Kernel) tellMentioned(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	post, ok, err := k.told(ctx, s, e.Subject)
	if err != nil || !ok {
		return nil, err
	}
	about := post.ID
	if post.IsReply() {
		about = *post.ParentID
	}
	notice, err := k.mentions(ctx, s, post, about)
	notice.To = slices.DeleteFunc(notice.To, func(id uuid.UUID) bool { return !e.Readers.Has(id) })
	return []modules.Notice{notice}, err
}

// tellReacted tells a post's writer who is with them.
func (k *Kernel) tellReacted(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	post, ok, err := k.told(ctx, s, e.Subject)
	if err != nil || !ok || post.AuthorID == e.ActorID {
		return nil, err
	}
	return []modules.Notice{{Kind: "reaction", To: []uuid.UUID{post.AuthorID}, Subject: post.ID, About: post.ID, Path: post.link()}}, nil
}

// tellHeld tells a post's writer that it waits for the team.
func (k *Kernel) tellHeld(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	post, err := unseen(ctx, s, e.Subject)
	if database.Missing(err) || err == nil && post.State != Held {
		return nil, nil
	}
	return []modules.Notice{{Kind: "held", To: []uuid.UUID{post.AuthorID}, Subject: post.ID, About: post.ID, Path: post.link()}}, err
}

// told reads the post that an event is about; false if it is not there for others to see.
func (k *Kernel) told(ctx context.Context, s tenants.Scope, id uuid.UUID) (post Post, ok bool, err error) {
	post, err = unseen(ctx, s, id)
	if database.Missing(err) {
		return post, false, nil
	}
	return post, err == nil && post.State == Visible, err
}

func (p Post) link() string { return "/posts/" + p.ID.String() }

// mentions are for those whom a post names and who may read it.
func (k *Kernel) mentions(ctx context.Context, s tenants.Scope, post Post, about uuid.UUID) (modules.Notice, error) {
	notice := modules.Notice{Kind: "mention", Subject: post.ID, About: about, Path: post.link()}
	if len(post.Mentions) == 0 {
		return notice, nil
	}
	people, _, err := membersCalled(ctx, s, post.Mentions)
	if err != nil {
		return notice, err
	}
	notice.To, err = k.readers(ctx, s, post, people)
	return notice, err
}

// readers are those of the people, but for its writer, who may read a post now and
// have not chosen to be spared it.
func (k *Kernel) readers(ctx context.Context, s tenants.Scope, post Post, people []tenants.Person) ([]uuid.UUID, error) {
	ids, err := k.able(ctx, s, post, people)
	if err != nil {
		return nil, err
	}
	return spare(ctx, s, post, ids)
}

// able are those of the people, but for its writer, who may read a post now. What
// somebody may read depends on their roles, so each set of roles is asked about
// once; only whoever began the conversation, or has a bond with somebody whose
// words these are, is asked about alone. Who does not want to see its topics is
// not told.
func (k *Kernel) able(ctx context.Context, s tenants.Scope, post Post, people []tenants.Person) (ids []uuid.UUID, err error) {
	if len(people) == 0 {
		return nil, nil
	}
	whose := []uuid.UUID{post.AuthorID}
	if post.CircleID != nil {
		whose = append(whose, *post.CircleID)
	}
	if post.Place != nil && post.Place.OwnerID != nil {
		whose = append(whose, *post.Place.OwnerID)
	}
	notes := post.Notes
	if post.IsReply() {
		root, err := unseen(ctx, s, *post.ParentID)
		if err != nil {
			return nil, err
		}
		whose, notes = append(whose, root.AuthorID), notes.With(root.Notes)
	}
	near, err := s.Near(ctx, whose...)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, person := range people {
		if person.ID == post.AuthorID || hides(s, person, notes) {
			continue
		}
		who := fmt.Sprint(person.Roles)
		if near.Has(person.ID) || slices.Contains(whose, person.ID) {
			who = person.ID.String()
		}
		may, asked := known[who]
		if !asked {
			_, err := k.bare(ctx, s.As(person), post.ID)
			if err != nil && !database.Missing(err) {
				return nil, err
			}
			may = err == nil
			known[who] = may
		}
		if may {
			ids = append(ids, person.ID)
		}
	}
	return ids, nil
}
