package posts

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// counts are what the kernel has counted, in whichever room it stands.
func counts() []tenants.Count {
	return []tenants.Count{
		{Key: "posts", Name: "Posts", Rooms: true, Deeds: true, Of: written,
			About: "Posts, replies and comments in each room, by members and by the team, also those that were taken down later. A private journal is not counted."},
		{Key: "reads", Name: "Conversations opened", Rooms: true, Of: opened,
			About: "Conversations that members opened, each once for each member on the day they last had it open. Where a room keeps no trace of reading, nothing is counted."},
		{Key: "answers", Name: "First answers to posts", Waits: true, Of: answered,
			About: "How long a post waited for the first reply by somebody else, on the day of that reply. Posts without a reply are not in it."},
	}
}

func written(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	for _, branch := range []string{"post.parent_id IS NULL", "post.parent_id IS NOT NULL"} { // each has an index by time
		var some []tenants.Counted
		err = s.Select((*Post)(nil)).ColumnExpr("post.published_at AS at, post.module AS part").Where(branch).Where("post.audience <> ?", tenants.AudienceSelf).
			Where("post.published_at >= ?", from.UTC()).Where("post.published_at < ?", until.UTC()).Scan(ctx, &some)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func opened(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*open)(nil)).ColumnExpr("opened.opened_at AS at, post.module AS part").Join("JOIN posts AS post ON post.tenant_id = opened.tenant_id AND post.id = opened.post_id").
		Where("opened.opened_at >= ?", from.UTC()).Where("opened.opened_at < ?", until.UTC()).Scan(ctx, &all)
	return all, err
}

// answered are the replies that were the first by somebody else.
func answered(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*Post)(nil)).ColumnExpr("post.published_at AS at, asked.published_at AS since").
		Join("JOIN posts AS asked ON asked.tenant_id = post.tenant_id AND asked.id = post.parent_id AND asked.author_id <> post.author_id").
		Where("post.parent_id IS NOT NULL").Where("asked.parent_id IS NULL").Where("asked.audience <> ?", tenants.AudienceSelf).
		Where("post.published_at >= ?", from.UTC()).Where("post.published_at < ?", until.UTC()).
		Where(`NOT EXISTS (SELECT 1 FROM posts AS earlier WHERE earlier.tenant_id = post.tenant_id AND earlier.parent_id = post.parent_id AND earlier.author_id <> asked.author_id
			AND (earlier.published_at < post.published_at OR earlier.published_at = post.published_at AND earlier.id < post.id))`).Scan(ctx, &all)
	return all, err
}
