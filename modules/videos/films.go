package videos

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Films are the published videos, for another room that shows one of them.
type Films struct{ room Videos }

// NewFilms makes them.
func NewFilms(kernel *posts.Kernel) Films { return Films{Videos{posts: kernel}} }

// Latest are the newest that everybody in the service may watch, as the actor sees
// them; none where the room is closed.
func (x Films) Latest(ctx context.Context, s tenants.Scope) ([]posts.Post, error) {
	gallery, err := x.room.List(ctx, s, Lately{})
	var all []posts.Post
	for _, shown := range gallery.Videos {
		if shown.Post.Audience == tenants.AudienceService {
			all = append(all, shown.Post)
		}
	}
	return all, err
}

// Film is one that the actor may watch, by its post, and the path of its picture
// below the service. NotFound if there is none.
func (x Films) Film(ctx context.Context, s tenants.Scope, post uuid.UUID) (film posts.Post, picture string, err error) {
	video, film, err := x.room.find(ctx, s, post)
	if err == nil && video.Has(poster) {
		picture = "/videos/files/" + video.ID.String() + "/" + poster
	}
	return film, picture, err
}
