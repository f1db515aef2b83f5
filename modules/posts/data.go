package posts

import (
	"context"
	"maps"
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
			{Key: "posts", Name: "What you wrote", About: "Your posts, threads, replies and comments with their pictures, on walls and in forums. When you leave you choose: they go, or they stay without your name."},
			{Key: "drafts", Name: "Your drafts", About: "What you have begun to write, with its pictures. Nobody else can read it. The time begins anew whenever you change a draft.",
				Days: 365, Least: 90, Most: 5 * 365, Count: countDrafts, Purge: purgeDrafts},
			{Key: "taste", Name: "What you chose about reading", About: "Topics that you want covered, shown or hidden, and whether you see counts."},
			{Key: "reactions", Name: "Your reactions", About: "The hugs and other signs that you gave, and what you follow."},
			{Key: "post-versions", Name: "Earlier versions", About: "What a post of yours said before you changed it, or before it was taken down. Only the team can read it.",
				Days: 365, Least: 30, Most: 6 * 365, Count: countVersions, Purge: purgeVersions},
			tenants.Class{Key: "post-opens", Name: "What you opened lately", About: "Which conversations you opened in the last days, so that we can ask how you are if one of them turns out to have been hard to read. Nobody looks at it.", Days: opensFor, Least: 1, Most: 7}.
				Ages(tenants.Aged{Model: (*open)(nil), Since: "opened_at", Whose: "member_id"}),
		},
		Export: k.export, Files: filesOf, Erase: k.erase,
	}
}

// export adds all that a member wrote, also what was taken down since.
func (k *Kernel) export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var written []Post
	if err := s.Select(&written).Relation("Place").Relation("Place.Owner", tenants.Face).Where("post.author_id = ?", person.ID).Order("post.published_at").Scan(ctx); err != nil {
		return err
	}
	pictures, err := allOf(ctx, s, person)
	if err != nil {
		return err
	}
	for _, p := range written {
		p.Author = &person
		k.place(&p)
		item := tenants.Item{At: p.PublishedAt, Where: p.Where, Title: p.Title, Words: p.Body, Facts: []tenants.Fact{{Name: "For", Value: p.Audience.Name()}}, Pictures: copied(p.Images, pictures)}
		if p.IsReply() {
			item.Where = "A reply"
		}
		if p.State != Visible {
			item.Facts = append(item.Facts, tenants.Fact{Name: "State", Value: string(p.State)})
		}
		into.Add("What you wrote", item)
	}
	var begun []Saved
	if err := s.Select(&begun).Where("draft.member_id = ?", person.ID).Order("draft.saved_at").Scan(ctx); err != nil {
		return err
	}
	for _, d := range begun {
		into.Add("Drafts", tenants.Item{At: d.SavedAt, Title: d.Title, Words: d.Body, Pictures: copied(d.Images, pictures)})
	}
	var opens []open
	if err := s.Select(&opens).Where("opened.member_id = ?", person.ID).Order("opened.opened_at").Scan(ctx); err != nil {
		return err
	}
	for _, row := range opens {
		into.Add("What you opened lately", tenants.Item{At: row.OpenedAt, Facts: []tenants.Fact{{Name: "Post", Value: row.PostID.String()}}})
	}
	exportTaste(s, person, into)
	var earlier []version
	if err := s.Select(&earlier).Where("version.post_id IN (SELECT p.id FROM posts AS p WHERE p.tenant_id = version.tenant_id AND p.author_id = ?)", person.ID).Order("version.changed_at").Scan(ctx); err != nil {
		return err
	}
	for _, v := range earlier {
		into.Add("Earlier versions", tenants.Item{At: v.ChangedAt, Title: v.Title, Words: v.Body, Pictures: copied(v.Images, pictures)})
	}
	var reactions []Reaction
	err = s.Select(&reactions).Where("reaction.member_id = ?", person.ID).Scan(ctx)
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

func exportTaste(s tenants.Scope, person tenants.Person, into *tenants.Copy) {
	taste := tenants.Own(&person, tasteKey, Taste{})
	if taste.HideCounts {
		into.Add("What you chose about reading", tenants.Item{Facts: []tenants.Fact{{Name: "Counts", Value: "hidden"}}})
	}
	for _, key := range slices.Sorted(maps.Keys(taste.Topics)) {
		name := key
		if topic, known := s.Service.Topic(key); known {
			name = topic.Name
		}
		into.Add("What you chose about reading", tenants.Item{Facts: []tenants.Fact{{Name: name, Value: string(taste.Topics[key])}}})
	}
}

// allOf are a member's pictures, by id.
func allOf(ctx context.Context, s tenants.Scope, person tenants.Person) (map[uuid.UUID]Picture, error) {
	var rows []Picture
	err := s.Select(&rows).Where("picture.member_id = ?", person.ID).Scan(ctx)
	all := make(map[uuid.UUID]Picture, len(rows))
	for _, row := range rows {
		all[row.ID] = row
	}
	return all, err
}

// copied are those of some images that are the member's own, as they go with a copy.
func copied(images []Image, own map[uuid.UUID]Picture) (pictures []tenants.CopyPicture) {
	for _, image := range images {
		if row, ok := own[image.ID]; ok {
			pictures = append(pictures, tenants.CopyPicture{File: row.ID.String(), Alt: image.Alt, Key: row.File, Type: row.Type})
		}
	}
	return pictures
}

// going are a member's pictures that leave with them: all but those that are shown
// by posts that stay.
func going(ctx context.Context, s tenants.Scope, person tenants.Person, how tenants.Leaving) (map[uuid.UUID]Picture, error) {
	all, err := allOf(ctx, s, person)
	if err != nil || !how.KeepWords {
		return all, err
	}
	var stay []Post
	err = s.Select(&stay).Column("images").Where("post.author_id = ?", person.ID).Where("post.images IS NOT NULL").Scan(ctx)
	for _, post := range stay {
		for _, image := range post.Images {
			delete(all, image.ID)
		}
	}
	return all, err
}

func filesOf(ctx context.Context, s tenants.Scope, person tenants.Person, how tenants.Leaving) (keys []string, err error) {
	pictures, err := going(ctx, s, person, how)
	for _, one := range pictures {
		keys = append(keys, one.File, one.Small.File)
	}
	return keys, err
}

// erase removes a member's words, or leaves them without a name, and everything
// else that they did about posts.
func (k *Kernel) erase(ctx context.Context, s tenants.Scope, person tenants.Person, how tenants.Leaving) error {
	pictures, err := going(ctx, s, person, how)
	if err != nil {
		return err
	}
	if len(pictures) > 0 {
		if _, err := s.Delete((*Picture)(nil)).Where("id IN (?)", bun.List(slices.Collect(maps.Keys(pictures)))).Exec(ctx); err != nil {
			return err
		}
	}
	if _, err := s.Delete((*Saved)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if !how.KeepWords {
		if err := k.silence(ctx, s, person.ID); err != nil {
			return err
		}
	}
	_, err = s.Delete((*version)(nil)).Where("post_id IN (SELECT p.id FROM posts AS p WHERE p.tenant_id = ? AND p.author_id = ?)", s.Trust().ID, person.ID).Exec(ctx)
	if err != nil {
		return err
	}
	if err := takeBack(ctx, s, person.ID); err != nil {
		return err
	}
	if _, err := s.Delete((*open)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	_, err = s.Delete((*Follower)(nil)).Where("member_id = ?", person.ID).Exec(ctx)
	return err
}

// silence takes all of a member's posts down and their words out of them, and
// keeps the conversations that they were in true.
func (k *Kernel) silence(ctx context.Context, s tenants.Scope, author uuid.UUID) error {
	var replies []Post
	if err := s.Select(&replies).Column("id", "parent_id").Where("post.author_id = ?", author).Where("post.parent_id IS NOT NULL").Where("post.state = ?", Visible).Scan(ctx); err != nil {
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
	if _, err := blank(s).Where("author_id = ?", author).Exec(ctx); err != nil {
		return err
	}
	for _, root := range roots {
		if err := k.fewer(ctx, s, root, many[root]); err != nil {
			return err
		}
	}
	return nil
}

// blank takes posts down, and their words and pictures out of them.
func blank(s tenants.Scope) *bun.UpdateQuery {
	return s.Update((*Post)(nil)).Set("state = ?", Removed).Set("title = ''").Set("body = ''").Set("body_html = ''").Set("images = NULL")
}

// Blank takes a post that begins a conversation down with all that it said, for
// somebody who leaves. What it said before goes too.
func (k *Kernel) Blank(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	if err := k.Alone(ctx, s, id); err != nil {
		return err
	}
	if _, err := blank(s).Where("id = ?", id).Exec(ctx); err != nil {
		return err
	}
	_, err := s.Delete((*version)(nil)).Where("post_id = ?", id).Exec(ctx)
	return err
}

// fewer keeps a conversation true after so many of its replies went; a negative
// number came.
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
// There are far fewer versions than posts, so each asks for its post.
const inAge = "changed_at < ? AND EXISTS (SELECT 1 FROM posts AS p WHERE p.tenant_id = version.tenant_id AND p.id = version.post_id AND "

func agedVersions(s tenants.Scope, before time.Time) (string, []any) {
	held, column, trust := tenants.NotHeld(s, "author_id")
	return inAge + held + ")", []any{before, column, trust}
}

func countVersions(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	condition, args := agedVersions(s, before)
	n, err := s.Select((*version)(nil)).Where(condition, args...).Count(ctx)
	return int(n), err
}

// purgeVersions forgets old versions, and the words of what was taken down so long
// ago. Pictures that nothing shows any more are loose then, and swept.
func purgeVersions(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	held, column, trust := tenants.NotHeld(s, "author_id")
	blanked, err := blank(s).Where("state = ?", Removed).Where("(body <> '' OR images IS NOT NULL)").
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
	emptied, err := blanked.RowsAffected()
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	if err == nil && n+emptied > 0 {
		err = letGo(ctx, s)
	}
	return int(n), err
}

// letGo leaves pictures to the sweep that neither their post nor an earlier version
// of it shows.
func letGo(ctx context.Context, s tenants.Scope) error {
	const shows = "SELECT 1 FROM ? AS x WHERE x.tenant_id = picture.tenant_id AND x.? = picture.post_id AND CAST(x.images AS text) LIKE '%' || CAST(picture.id AS text) || '%'"
	held, column, trust := tenants.NotHeld(s, "member_id")
	_, err := s.Update((*Picture)(nil)).Set("post_id = NULL").Where("post_id IS NOT NULL").
		Where("NOT EXISTS ("+shows+")", bun.Ident("posts"), bun.Ident("id")).Where("NOT EXISTS ("+shows+")", bun.Ident("post_versions"), bun.Ident("post_id")).
		Where(held, column, trust).Exec(ctx)
	return err
}
