package posts

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

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
		{Kind: keptBack, Notices: k.tellKeptBack},
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
// something, everybody who may read it.
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
	return []modules.Notice{mentions}, err
}

// tellReacted tells a post's writer who is with them.
func (k *Kernel) tellReacted(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	post, ok, err := k.told(ctx, s, e.Subject)
	if err != nil || !ok || post.AuthorID == e.ActorID {
		return nil, err
	}
	return []modules.Notice{{Kind: "reaction", To: []uuid.UUID{post.AuthorID}, Subject: post.ID, About: post.ID, Path: post.link()}}, nil
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

// handles finds @somebody, where it is not part of an address or of another word.
var handles = regexp.MustCompile(`(?:^|[^\w@/.-])@([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)`)

// mostMentions keeps one post from calling the whole service.
const mostMentions = 20

// mentions are for those whom a post names and who may read it.
func (k *Kernel) mentions(ctx context.Context, s tenants.Scope, post Post, about uuid.UUID) (modules.Notice, error) {
	notice := modules.Notice{Kind: "mention", Subject: post.ID, About: about, Path: post.link()}
	var keys []string
	for _, found := range handles.FindAllStringSubmatch(post.Body, -1) {
		if key := strings.ToLower(found[1]); !slices.Contains(keys, key) && len(keys) < mostMentions {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return notice, nil
	}
	people, err := membersCalled(ctx, s, keys)
	if err != nil {
		return notice, err
	}
	notice.To, err = k.readers(ctx, s, post, people)
	return notice, err
}

// readers are those of the people, but for its writer, who may read a post now.
// What somebody may read depends on their roles, so each set of roles is asked
// about once; only whoever began the conversation may read more, and who does not
// want to see its topics is not told.
func (k *Kernel) readers(ctx context.Context, s tenants.Scope, post Post, people []tenants.Person) (ids []uuid.UUID, err error) {
	var starter uuid.UUID
	notes := post.Notes
	if post.IsReply() {
		root, err := unseen(ctx, s, *post.ParentID)
		if err != nil {
			return nil, err
		}
		starter, notes = root.AuthorID, notes.With(root.Notes)
	}
	known := map[string]bool{}
	for _, person := range people {
		if person.ID == post.AuthorID || hides(s, person, notes) {
			continue
		}
		who := fmt.Sprint(person.Roles)
		if person.ID == starter {
			who = "starter"
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
