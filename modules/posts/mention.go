package posts

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// mostMentions keeps one post from calling the whole service.
const mostMentions = 20

// namesIn are the handles that a text names, as they are looked up.
func namesIn(body string) (keys []string) {
	if !strings.Contains(body, "@") {
		return nil
	}
	for _, name := range markdown.Mentions(body) {
		if key := tenants.HandleKey(name); !slices.Contains(keys, key) && len(keys) < mostMentions {
			keys = append(keys, key)
		}
	}
	return keys
}

// mention keeps with a post who is named in it and may read it, and returns those
// who were not named before.
func (k *Kernel) mention(ctx context.Context, s tenants.Scope, post *Post, before tenants.Labels) (fresh []uuid.UUID, err error) {
	keys := namesIn(post.Body)
	if len(keys) == 0 && len(before) == 0 {
		return nil, nil
	}
	people, called, err := membersCalled(ctx, s, keys)
	if err != nil {
		return nil, err
	}
	may, err := k.able(ctx, s, *post, people)
	if err != nil {
		return nil, err
	}
	post.Mentions = nil
	for _, key := range slices.Sorted(maps.Keys(called)) {
		if id := called[key]; slices.Contains(may, id) {
			post.Mentions = append(post.Mentions, key)
			if !before.Has(key) && !slices.Contains(fresh, id) {
				fresh = append(fresh, id)
			}
		}
	}
	_, err = s.Update(post).Column("mentions").Where("post.id = ?", post.ID).Exec(ctx)
	return fresh, err
}

// shownHTML is a post's body with links on the names of those who may read it.
func shownHTML(ctx context.Context, p Post) string {
	body := p.HTML()
	if len(p.Mentions) == 0 || !strings.Contains(body, markdown.MentionOpens) {
		return body
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(body, markdown.MentionOpens)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, markdown.MentionCloses)
		if key := tenants.HandleKey(name); slices.Contains(p.Mentions, key) {
			out.WriteString(`<a class="mention" href="` + ui.Path(ctx, "/people/"+key) + `">@` + name + `</a>`)
		} else {
			out.WriteString("@" + name)
		}
		body = after
	}
}

// Naming is what somebody has typed of a name, and the post that they reply to.
type Naming struct {
	Q    string     `json:"q,omitempty" validate:"max=60"`
	Post *uuid.UUID `json:"post,omitempty"`
}

// Nameable are those who can be named.
type Nameable struct {
	People []tenants.Person `json:"people"`
}

// mostNames is how many names are offered.
const mostNames = 8

// Nameable offers people to name: those whom the actor sees and who may read what
// they reply to.
func (k *Kernel) Nameable(ctx context.Context, s tenants.Scope, in Naming) (Nameable, error) {
	var out Nameable
	people, err := membersLike(ctx, s, tenants.HandleKey(strings.TrimPrefix(in.Q, "@")))
	if err != nil || in.Post == nil {
		out.People = people[:min(mostNames, len(people))]
		return out, err
	}
	root, err := k.find(ctx, s, *in.Post)
	if err != nil {
		return Nameable{}, err
	}
	may, err := k.able(ctx, s, root, people)
	for _, person := range people {
		if person.ID == root.AuthorID || slices.Contains(may, person.ID) {
			out.People = append(out.People, person)
		}
	}
	out.People = out.People[:min(mostNames, len(out.People))]
	return out, err
}
