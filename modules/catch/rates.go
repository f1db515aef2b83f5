package catch

import (
	"context"
	"fmt"
	"time"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// within is the time in which posts are counted.
const within = 10 * time.Minute

// rate finds many posts in a few minutes. Those of somebody new wait.
func rate(ctx context.Context, s tenants.Scope, t safety.Text) ([]safety.Finding, error) {
	most, fresh := safety.SettingsOf(s).Most(s, safety.Settings.Posts)
	if t.Sort != posts.Sort || t.Edit || most == 0 {
		return nil, nil
	}
	many, err := s.Select((*posts.Post)(nil)).Where("post.author_id = ?", t.Author).Where("post.published_at > ?", s.Now.Add(-within)).Count(ctx)
	if err != nil || int(many) < most {
		return nil, err
	}
	return []safety.Finding{safety.Rate(fmt.Sprintf("%d posts in ten minutes", many+1), fresh)}, nil
}
