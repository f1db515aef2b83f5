package posts

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the kernel keeps of members, in all rooms that have posts.
func (k *Kernel) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "posts", Name: "What you wrote", About: "Your posts, threads, replies and comments, on walls and in forums. When you leave you choose: they go, or they stay without your name."},
			{Key: "reactions", Name: "Your reactions", About: "The hugs and other signs that you gave, and what you follow."},
			{Key: "post-versions", Name: "Earlier versions", About: "What a post of yours said before you changed it, or before it was taken down. Only the team can read it.",
				Days: 365, Least: 30, Most: 6 * 365, Count: countVersions, Purge: purgeVersions},
		},
		Export: k.export, Erase: k.erase,
	}
}

// export adds all that a member wrote, also what was taken down since.
func (k *Kernel) export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var written []Post
	if err := s.Select(&written).Relation("Place").Relation("Place.Owner", tenants.Face).Where("post.author_id = ?", person.ID).Order("post.published_at").Scan(ctx); err != nil {
		return err
	}
	for _, p := range written {
		p.Author = &person
		k.place(&p)
		item := tenants.Item{At: p.PublishedAt, Where: p.Where, Title: p.Title, Words: p.Body, Facts: []tenants.Fact{{Name: "For", Value: p.Audience.Name()}}}
		if p.IsReply() {
			item.Where = "A reply"
		}
		if p.State != Visible {
			item.Facts = append(item.Facts, tenants.Fact{Name: "State", Value: string(p.State)})
		}
		into.Add("What you wrote", item)
	}
	var earlier []version
	if err := s.Select(&earlier).Where("version.post_id IN (SELECT p.id FROM posts AS p WHERE p.tenant_id = version.tenant_id AND p.author_id = ?)", person.ID).Order("version.changed_at").Scan(ctx); err != nil {
		return err
	}
	for _, v := range earlier {
		into.Add("Earlier versions", tenants.Item{At: v.ChangedAt, Title: v.Title, Words: v.Body})
	}
	var reactions []Reaction
	err := s.Select(&reactions).Where("reaction.member_id = ?", person.ID).Scan(ctx)
	counts := map[string]int{}
	for _, r := range reactions {
		counts[r.Kind]++
	}
	for _, kind := range ReactionKinds {
		if counts[kind.Key] > 0 {
			into.Add("Reactions that you gave", tenants.Item{Title: kind.Name, Facts: []tenants.Fact{{Name: "How many", Value: strconv.Itoa(counts[kind.Key])}}})
		}
	}
	return err
}

// erase removes a member's words, or leaves them without a name, and everything
// else that they did about posts.
func (k *Kernel) erase(ctx context.Context, s tenants.Scope, person tenants.Person, how tenants.Leaving) error {
	if !how.KeepWords {
		if err := k.silence(ctx, s, person.ID); err != nil {
			return err
		}
	}
	_, err := s.Delete((*version)(nil)).Where("post_id IN (SELECT p.id FROM posts AS p WHERE p.tenant_id = ? AND p.author_id = ?)", s.Trust().ID, person.ID).Exec(ctx)
	if err != nil {
		return err
	}
	if err := takeBack(ctx, s, person.ID); err != nil {
		return err
	}
	_, err = s.Delete((*Follower)(nil)).Where("member_id = ?", person.ID).Exec(ctx)
	return err
}

// silence takes all of a member's posts down and their words out of them, and
// keeps the conversations that they were in true.
func (k *Kernel) silence(ctx context.Context, s tenants.Scope, author uuid.UUID) error {
	var replies []Post
	if err := s.Select(&replies).Column("id", "parent_id").Where("post.author_id = ?", author).Where("post.parent_id IS NOT NULL").Where("post.state <> ?", Removed).Scan(ctx); err != nil {
		return err
	}
	many := map[uuid.UUID]int{}
	for _, reply := range replies {
		many[*reply.ParentID]++
	}
	roots := make([]uuid.UUID, 0, len(many))
	for root := range many {
		roots = append(roots, root)
	}
	slices.SortFunc(roots, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }) // so that two who leave do not wait in a circle
	for _, root := range roots {
		if err := k.Alone(ctx, s, root); err != nil {
			return err
		}
	}
	_, err := s.Update((*Post)(nil)).Set("state = ?", Removed).Set("title = ''").Set("body = ''").Set("body_html = ''").Where("author_id = ?", author).Exec(ctx)
	if err != nil {
		return err
	}
	for _, root := range roots {
		if err := k.fewer(ctx, s, root, many[root]); err != nil {
			return err
		}
	}
	return nil
}

// fewer keeps a conversation true after so many of its replies went.
func (k *Kernel) fewer(ctx context.Context, s tenants.Scope, id uuid.UUID, many int) error {
	if err := tenants.Touched(s.Update((*Post)(nil)).Set("replies = replies - ?", many).Where("id = ?", id).Exec(ctx)); err != nil {
		return err
	}
	var root Post // not through Seen: it may be out of sight
	if err := s.Select(&root).Where("post.id = ?", id).Scan(ctx); err != nil {
		return err
	}
	if kind := k.kinds[root.Kind]; kind.Unreplied != nil {
		return kind.Unreplied(ctx, s, root)
	}
	return nil
}

// takeBack removes a member's reactions and what they count for.
func takeBack(ctx context.Context, s tenants.Scope, member uuid.UUID) error {
	for _, kind := range ReactionKinds {
		column := bun.Ident(kind.Key)
		_, err := s.Update((*Post)(nil)).Set("? = ? - 1", column, column).
			Where("id IN (SELECT r.post_id FROM reactions AS r WHERE r.tenant_id = ? AND r.member_id = ? AND r.kind = ?)", s.Trust().ID, member, kind.Key).Exec(ctx)
		if err != nil {
			return err
		}
	}
	_, err := s.Delete((*Reaction)(nil)).Where("member_id = ?", member).Exec(ctx)
	return err
}

// inAge are the versions older than some time of posts whose author is under no legal hold.
const inAge = "changed_at < ? AND post_id IN (SELECT p.id FROM posts AS p WHERE p.tenant_id = ? AND "

func agedVersions(s tenants.Scope, before time.Time) (string, []any) {
	held, column, trust := tenants.NotHeld(s, "author_id")
	return inAge + held + ")", []any{before, s.Trust().ID, column, trust}
}

func countVersions(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	condition, args := agedVersions(s, before)
	n, err := s.Select((*version)(nil)).Where(condition, args...).Count(ctx)
	return int(n), err
}

// purgeVersions forgets old versions, and the words of what was taken down so long ago.
func purgeVersions(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	held, column, trust := tenants.NotHeld(s, "author_id")
	_, err := s.Update((*Post)(nil)).Set("title = ''").Set("body = ''").Set("body_html = ''").Where("state = ?", Removed).Where("body <> ''").
		Where("NOT EXISTS (SELECT 1 FROM post_versions AS v WHERE v.tenant_id = post.tenant_id AND v.post_id = post.id AND v.changed_at >= ?)", before).
		Where(held, column, trust).Exec(ctx)
	if err != nil {
		return 0, err
	}
	condition, args := agedVersions(s, before)
	result, err := s.Delete((*version)(nil)).Where(condition, args...).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
