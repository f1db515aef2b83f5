package videos

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// mine reads a video of the actor's with its files. NotFound for anybody else's.
func mine(ctx context.Context, s tenants.Scope, id uuid.UUID) (Video, error) {
	var v Video
	q := s.Select(&v).Where("video.id = ?", id).Where("video.owner_id = ?", s.Actor.ID()).Where("video.state <> ?", Withdrawn)
	if err := q.Scan(ctx); err != nil {
		return Video{}, err
	}
	all := []Video{v}
	err := addFiles(ctx, s, all)
	return all[0], err
}

// change locks a video of the actor's, for whoever is about to change it.
func change(ctx context.Context, s tenants.Scope, id uuid.UUID) (v Video, err error) {
	err = s.Lock(&v).Where("video.id = ?", id).Where("video.owner_id = ?", s.Actor.ID()).Where("video.state <> ?", Withdrawn).Scan(ctx)
	return v, err
}

// save writes the named columns of a video that is locked, and tells its sender's pages.
func (v *Video) save(ctx context.Context, s tenants.Scope, columns ...string) error {
	v.ChangedAt = s.Now
	v.Version++
	if err := tenants.Touched(s.Update(v).Column(append(columns, "changed_at", "version")...).Where("id = ?", v.ID).Exec(ctx)); err != nil {
		return err
	}
	return s.Emit(ctx, Changed, v.event())
}

// event is one that concerns its sender.
func (v *Video) event() tenants.Event {
	return tenants.Event{Subject: v.ID, About: v.ID, Readers: tenants.NewIDs(v.OwnerID)}
}

// addFiles reads what was made of some videos.
func addFiles(ctx context.Context, s tenants.Scope, all []Video) error {
	if len(all) == 0 {
		return nil
	}
	ids, at := make([]uuid.UUID, len(all)), map[uuid.UUID]*Video{}
	for i := range all {
		ids[i], at[all[i].ID] = all[i].ID, &all[i]
		all[i].Files = []File{}
	}
	var files []File
	err := s.Select(&files).Where("file.video_id IN (?)", bun.List(ids)).Order("file.video_id", "file.name").Scan(ctx)
	for _, f := range files {
		at[f.VideoID].Files = append(at[f.VideoID].Files, f)
	}
	return err
}

// find reads a published video that the actor may see, and its post.
func (v Videos) find(ctx context.Context, s tenants.Scope, post uuid.UUID) (Video, posts.Post, error) {
	var p posts.Post
	row := Video{Post: &p}
	q := showable(s, s.Select(&row).ColumnExpr("video.*")).Where("video.post_id = ?", post)
	if err := v.posts.FindWith(ctx, s, q, post, &p); err != nil {
		return Video{}, p, err
	}
	row.Post = nil
	all := []Video{row}
	err := addFiles(ctx, s, all)
	return all[0], p, err
}

// showable leaves out what must not be shown any more, whether or not somebody
// has come round to removing it.
func showable(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("video.state = ?", Ready).Where("(video.withdraw_at IS NULL OR video.withdraw_at > ?)", s.Now)
}

// ofPosts reads the videos of some posts.
func ofPosts(ctx context.Context, s tenants.Scope, list []posts.Post) (map[uuid.UUID]Video, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]uuid.UUID, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	var rows []Video
	if err := s.Select(&rows).ExcludeColumn("captions", "transcript").Where("video.post_id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	if err := addFiles(ctx, s, rows); err != nil {
		return nil, err
	}
	found := map[uuid.UUID]Video{}
	for _, row := range rows {
		found[*row.PostID] = row
	}
	return found, nil
}

func myVideos(ctx context.Context, s tenants.Scope) (all []Video, err error) {
	err = s.Select(&all).ExcludeColumn("captions", "transcript").Where("video.owner_id = ?", s.Actor.ID()).Where("video.state <> ?", Withdrawn).
		Order("video.changed_at DESC", "video.id").Limit(100).Scan(ctx)
	if err == nil {
		err = addFiles(ctx, s, all)
	}
	return all, err
}

// unfinished counts the actor's videos that are not published yet.
func unfinished(ctx context.Context, s tenants.Scope) (int64, error) {
	return s.Select((*Video)(nil)).Where("video.owner_id = ?", s.Actor.ID()).Where("video.post_id IS NULL").Where("video.state <> ?", Withdrawn).Count(ctx)
}

// stuck tells whether videos wait because no worker has the tools for them.
func stuck(ctx context.Context, s tenants.Scope) (bool, error) {
	return s.Select((*Video)(nil)).Where("video.state = ?", Waiting).Where("video.problem = ?", noTools).Exists(ctx)
}

func pieces(ctx context.Context, s tenants.Scope, video uuid.UUID) (all []Piece, err error) {
	err = s.Select(&all).Where("piece.video_id = ?", video).Order("piece.start").Scan(ctx)
	return all, err
}

func dropPieces(ctx context.Context, s tenants.Scope, video uuid.UUID) error {
	_, err := s.Delete((*Piece)(nil)).Where("video_id = ?", video).Exec(ctx)
	return err
}

// one reads a video whoever's it is, for what happens by itself, and locks it.
func one(ctx context.Context, s tenants.Scope, id uuid.UUID) (v Video, there bool, err error) {
	err = s.Lock(&v).Where("video.id = ?", id).Scan(ctx)
	if database.Missing(err) {
		return v, false, nil
	}
	all := []Video{v}
	if err == nil {
		err = addFiles(ctx, s, all)
	}
	return all[0], true, err
}

// place is where the videos of a service stand.
func (v Videos) place(ctx context.Context, s tenants.Scope) (posts.Place, error) {
	place, err := v.posts.Place(ctx, s, key, key)
	if !database.Missing(err) {
		return place, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return place, err
	}
	place = posts.Place{ID: id, Module: key, Slug: key, Name: "Videos", Audience: tenants.AudienceService, WhoMayPost: posts.PostMembers, Version: 1, CreatedAt: s.Now}
	if _, err := s.Insert(&place).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return place, err
	}
	return v.posts.Place(ctx, s, key, key) // somebody else may have made it in the same instant
}

// due lists videos that something must be done about by itself.
func due(ctx context.Context, s tenants.Scope) (all []Video, err error) {
	const gone = "EXISTS (SELECT 1 FROM posts AS p WHERE p.tenant_id = video.tenant_id AND p.id = video.post_id AND p.state = ?)"
	err = s.Select(&all).Where("video.state <> ?", Withdrawn).
		Where("(video.state = ? AND video.changed_at < ? OR video.state = ? AND video.length > 0 AND video.changed_at < ? OR video.state IN (?) AND video.problem = '' AND video.changed_at < ? OR video.withdraw_at <= ? OR "+gone+")",
			Sending, s.Now.Add(-uploadKept), Failed, s.Now.Add(-failedKept), bun.List([]State{Waiting, Working}), s.Now.Add(-2*longestWork), s.Now, posts.Removed).
		Order("video.id").Limit(100).Scan(ctx)
	return all, err
}

// How long things are kept.
const (
	uploadKept = 48 * time.Hour     // of a file that stopped arriving
	failedKept = 3 * 24 * time.Hour // a file that could not be made ready
)
