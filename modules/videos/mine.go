package videos

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByID names a video of one's own by its id, and a published one by its post's.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Words are what a sender says of a video.
type Words struct {
	Title    string           `json:"title" validate:"filled,max=150" label:"a title"`
	About    string           `json:"about" validate:"filled,max=5000" label:"what it is about"`
	Audience tenants.Audience `json:"audience,omitempty" validate:"omitempty,oneof=service peers carers staff clinicians" label:"who can see it"`
}

// put writes them to a video.
func (w Words) put(s tenants.Scope, v *Video) error {
	if w.Audience == "" {
		w.Audience = tenants.AudienceService
	}
	if !slices.Contains(s.Actor.Roles.Offers(), w.Audience) {
		return fault.Bad("audience", "Choose one of those that you can write for.")
	}
	v.Title, v.About, v.Audience = strings.TrimSpace(w.Title), strings.TrimSpace(w.About), w.Audience
	return nil
}

// Begin is a video to begin: the words and the consent first, then the file.
type Begin struct {
	Words
	Consent    bool   `json:"consent" label:"your consent"`
	WithdrawOn string `json:"withdraw_on,omitempty" validate:"max=20" label:"a day"` // in Europe/London
}

// Beginning is what a new video needs to know.
type Beginning struct {
	Settings  Settings           `json:"settings"`
	Audiences []tenants.Audience `json:"audiences"`
}

// None asks for nothing.
type None struct{}

// Beginning reads what may be sent. Forbidden if the team sends the videos here.
func (v Videos) Beginning(_ context.Context, s tenants.Scope, _ None) (Beginning, error) {
	return Beginning{settings(s), s.Actor.Roles.Offers()}, maySend(s)
}

// mostUnfinished is how many videos of one member wait for something of theirs.
const mostUnfinished = 5

// Begin notes what a video will be. Its file comes after.
func (v Videos) Begin(ctx context.Context, s tenants.Scope, in Begin) (Video, error) {
	if err := maySend(s); err != nil {
		return Video{}, err
	}
	if !in.Consent {
		return Video{}, fault.Bad("consent", "Tick this if you agree that the video is shown here.")
	}
	n, err := unfinished(ctx, s)
	if err != nil {
		return Video{}, err
	}
	if n >= mostUnfinished {
		return Video{}, fault.New(fault.Limited, "You have five videos that are not published yet. Finish one or take it down, then begin another.")
	}
	row := Video{OwnerID: s.Actor.ID(), State: Empty, ConsentedAt: s.Now, ChangedAt: s.Now, Version: 1, Files: []File{}}
	if err := in.put(s, &row); err != nil {
		return Video{}, err
	}
	if row.WithdrawAt, err = until(s, in.WithdrawOn); err != nil {
		return Video{}, err
	}
	if row.ID, err = uuid.NewV7(); err != nil {
		return Video{}, err
	}
	_, err = s.Insert(&row).Exec(ctx)
	return row, err
}

// Shelf is all videos of one member.
type Shelf struct {
	Videos []Video `json:"videos"`
}

// Mine lists the actor's videos, what changed last first.
func (v Videos) Mine(ctx context.Context, s tenants.Scope, _ None) (Shelf, error) {
	all, err := myVideos(ctx, s)
	return Shelf{all}, err
}

// Bench is a video with what can be done about it.
type Bench struct {
	Video
	Beginning
	// Lacks says what it needs before others can see it; empty for nothing.
	Lacks string `json:"lacks,omitempty"`
}

// Bench reads a video of the actor's.
func (v Videos) Bench(ctx context.Context, s tenants.Scope, in ByID) (Bench, error) {
	row, err := mine(ctx, s, in.ID)
	if err != nil {
		return Bench{}, err
	}
	out := Bench{Video: row, Beginning: Beginning{settings(s), s.Actor.Roles.Offers()}}
	if err := row.lacks(); err != nil && row.State == Ready {
		out.Lacks = "captions"
	}
	return out, nil
}

// NewWords change those of a video that is not published yet.
type NewWords struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=0" label:"the version"`
	Words
}

// Change changes the words. Conflict once it is published: then they are a
// post's, and change as any post's do.
func (v Videos) Change(ctx context.Context, s tenants.Scope, in NewWords) (Video, error) {
	row, err := change(ctx, s, in.ID)
	if err != nil {
		return Video{}, err
	}
	if row.Published() {
		return Video{}, fault.New(fault.Conflict, "This video is published. Change its words below the video.")
	}
	if err := in.put(s, &row); err != nil {
		return Video{}, err
	}
	return row, row.save(ctx, s, "title", "about", "audience")
}

// Consent says until when a video may be shown.
type Consent struct {
	ID         uuid.UUID `path:"id"`
	WithdrawOn string    `json:"withdraw_on" validate:"max=20" label:"a day"` // in Europe/London; empty for no end
}

// Consent sets the day on which the video comes down by itself.
func (v Videos) Consent(ctx context.Context, s tenants.Scope, in Consent) (Video, error) {
	row, err := change(ctx, s, in.ID)
	if err != nil {
		return Video{}, err
	}
	if row.WithdrawAt, err = until(s, in.WithdrawOn); err != nil {
		return Video{}, err
	}
	return row, row.save(ctx, s, "withdraw_at")
}

// Publish shows a video to others.
type Publish struct {
	ID uuid.UUID `path:"id"`
}

// Published is where it is shown.
type Published struct {
	Post posts.Post `json:"post"`
	Path string     `json:"path"`
}

// Publish makes a post of a video that is ready and has captions or a
// transcript. A second time leads to the same post.
func (v Videos) Publish(ctx context.Context, s tenants.Scope, in Publish) (Published, error) {
	row, err := change(ctx, s, in.ID)
	if err != nil {
		return Published{}, err
	}
	if row.Published() {
		_, post, err := v.find(ctx, s, *row.PostID)
		return Published{post, "/" + s.Service.Slug + post.Path}, err
	}
	if err := maySend(s); err != nil {
		return Published{}, err
	}
	if err := row.lacks(); err != nil {
		return Published{}, err
	}
	place, err := v.place(ctx, s)
	if err != nil {
		return Published{}, err
	}
	post, err := v.posts.Publish(ctx, s, place, posts.Draft{Kind: kind, Module: key, Title: row.Title, Body: row.About, Audience: row.Audience})
	if err != nil {
		return Published{}, err
	}
	row.PostID = &post.ID
	return Published{post, "/" + s.Service.Slug + post.Path}, row.save(ctx, s, "post_id")
}

// Withdrawing reads a video for its sender to take down.
func (v Videos) Withdrawing(ctx context.Context, s tenants.Scope, in ByID) (Video, error) {
	return mine(ctx, s, in.ID)
}

// Withdraw takes a video down for good. A second time changes nothing.
func (v Videos) Withdraw(ctx context.Context, s tenants.Scope, in ByID) (Video, error) {
	row, err := change(ctx, s, in.ID)
	if database.Missing(err) {
		var gone Video
		return gone, s.Select(&gone).Where("video.id = ?", in.ID).Where("video.owner_id = ?", s.Actor.ID()).Scan(ctx)
	}
	if err != nil {
		return Video{}, err
	}
	return row, v.withdraw(ctx, s, &row)
}

// withdraw takes down the post and has the files removed.
func (v Videos) withdraw(ctx context.Context, s tenants.Scope, row *Video) error {
	if row.PostID != nil {
		if err := v.posts.Withdraw(ctx, s, *row.PostID); err != nil {
			return err
		}
	}
	return row.clear(ctx, s)
}

// clear leaves nothing of a video but that there was one.
func (v *Video) clear(ctx context.Context, s tenants.Scope) error {
	v.State, v.Problem, v.Title, v.About, v.Captions, v.Transcript, v.Mark = Withdrawn, "", "", "", "", "", ""
	v.Files, v.Length, v.Arrived = []File{}, 0, 0
	if _, err := s.Delete((*File)(nil)).Where("video_id = ?", v.ID).Exec(ctx); err != nil {
		return err
	}
	if err := dropPieces(ctx, s, v.ID); err != nil {
		return err
	}
	if err := v.save(ctx, s, "state", "problem", "title", "about", "captions", "transcript", "mark", "length", "arrived"); err != nil {
		return err
	}
	return s.Emit(ctx, Dropped, tenants.Event{Subject: v.ID, About: v.ID})
}
