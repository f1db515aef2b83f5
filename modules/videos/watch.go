package videos

import (
	"context"
	"io"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Lately asks for a page of the videos.
type Lately struct {
	Before posts.Cursor `json:"before,omitempty"`
}

// Gallery is a page of videos, newest first.
type Gallery struct {
	Videos []Shown `json:"videos"`
	Older  string  `json:"older,omitempty"`
	// Mine counts the actor's own that are not published yet.
	Mine    int64 `json:"mine"`
	MaySend bool  `json:"may_send"`
	// Stuck says, to whoever arranges the rooms, that no worker has ffmpeg.
	Stuck bool `json:"stuck,omitempty"`
}

// Shown is a published video.
type Shown struct {
	Video Video      `json:"video"`
	Post  posts.Post `json:"post"`
}

// List reads the videos that the actor may see.
func (v Videos) List(ctx context.Context, s tenants.Scope, in Lately) (Gallery, error) {
	page, err := v.posts.Latest(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("post.kind = ?", kind) })
	if err != nil {
		return Gallery{}, err
	}
	of, err := ofPosts(ctx, s, page.Posts)
	if err != nil {
		return Gallery{}, err
	}
	out := Gallery{Videos: []Shown{}, Older: page.Older, MaySend: maySend(s) == nil}
	for _, post := range page.Posts {
		if video, ok := of[post.ID]; ok && video.shownAt(s) {
			out.Videos = append(out.Videos, Shown{video, post})
		}
	}
	if out.Mine, err = unfinished(ctx, s); err != nil {
		return Gallery{}, err
	}
	if s.May("services.configure") {
		out.Stuck, err = stuck(ctx, s)
	}
	return out, err
}

// shownAt tells whether it may be shown now, as showable does.
func (v Video) shownAt(s tenants.Scope) bool {
	return v.State == Ready && (v.WithdrawAt == nil || v.WithdrawAt.After(s.Now))
}

// Watched is a video as the actor sees it.
type Watched struct {
	posts.Thread
	Video Video `json:"video"`
	Mine  bool  `json:"mine"`
}

// Watch reads a published video and its replies.
func (v Videos) Watch(ctx context.Context, s tenants.Scope, in posts.Asked) (Watched, error) {
	row, root, err := v.find(ctx, s, in.ID)
	if err != nil {
		return Watched{}, err
	}
	out := Watched{Video: row, Mine: row.OwnerID == s.Actor.ID()}
	out.Thread, err = v.posts.Thread(ctx, s, root, in)
	return out, err
}

// OneFile names a file of a video, by the video's own id.
type OneFile struct {
	ID   uuid.UUID `path:"id"`
	File string    `path:"file"`
}

// File reads a film, its picture or its captions: for its sender, and for
// whoever may see the post.
func (v Videos) File(ctx context.Context, s tenants.Scope, in OneFile) (web.Content, error) {
	row, err := mine(ctx, s, in.ID)
	if database.Missing(err) {
		row, err = v.ofOthers(ctx, s, in.ID)
	}
	if err != nil {
		return web.Content{}, err
	}
	if in.File == captions && row.Captions != "" {
		return web.Text("text/vtt", "", row.Captions), nil
	}
	for _, f := range row.Files {
		if f.Name == in.File {
			return web.Content{Type: f.Type, Size: f.Bytes, Tag: f.File, Open: func(ctx context.Context) (io.ReadSeekCloser, error) {
				return v.files.Open(ctx, f.File)
			}}, nil
		}
	}
	return web.Content{}, fault.Missing()
}

func (v Videos) ofOthers(ctx context.Context, s tenants.Scope, id uuid.UUID) (Video, error) {
	var row Video
	if err := showable(s, s.Select(&row)).Where("video.id = ?", id).Where("video.post_id IS NOT NULL").Scan(ctx); err != nil {
		return Video{}, err
	}
	found, _, err := v.find(ctx, s, *row.PostID)
	return found, err
}
