package posts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/album"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// smallSide is how many pixels the longer side has of a picture in a page.
const smallSide = 800

// looseFor is how long a picture waits for a post or a draft.
const looseFor = 24 * time.Hour

// Image is a picture as a post or a draft shows it. Width and Height are of its
// small size.
type Image struct {
	ID         uuid.UUID `json:"id"`
	Alt        string    `json:"alt"` // what is in it
	Decorative bool      `json:"decorative,omitempty"`
	Width      int       `json:"width"`  // in pixels
	Height     int       `json:"height"` // in pixels
}

// Picture is what storage has of an image. It is its sender's alone until it is
// in a post; then it is for whoever may read that.
type Picture struct {
	bun.BaseModel `bun:"table:post_pictures,alias:picture"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	DraftID  *uuid.UUID `bun:"draft_id,type:uuid" json:"-"`
	PostID   *uuid.UUID `bun:"post_id,type:uuid" json:"-"`
	album.Print
	Small     album.Print `bun:"embed:small_" json:"-"`
	CreatedAt time.Time   `bun:"created_at" json:"-"`
}

func (p Picture) image() Image { return Image{ID: p.ID, Width: p.Small.Width, Height: p.Small.Height} }

// develop makes safe pictures of what was sent and stores them, all or none. It
// takes its time: no unit of work is open.
func (k *Kernel) develop(ctx context.Context, s tenants.Scope, files []web.File) (made []Picture, err error) {
	for _, file := range files {
		row := Picture{MemberID: s.Actor.ID(), CreatedAt: s.Now}
		if row.ID, err = uuid.NewV7(); err != nil {
			return nil, k.forget(ctx, made, err)
		}
		name := fmt.Sprintf("posts/%s/%s", s.Trust().ID, row.ID)
		if err := k.uploads.Note(ctx, s, album.Keys(name, 1)...); err != nil {
			return nil, k.forget(ctx, made, err)
		}
		prints, err := k.album.Keep(ctx, name, "files", file, smallSide)
		if err != nil {
			return nil, k.forget(ctx, made, err)
		}
		row.Print, row.Small = prints[0], prints[1]
		made = append(made, row)
	}
	return made, nil
}

// forget removes the files of pictures that got no row.
func (k *Kernel) forget(ctx context.Context, made []Picture, why error) error {
	for _, one := range made {
		if err := k.album.Forget(ctx, one.Print, one.Small); err != nil {
			return fmt.Errorf("%w (and %w)", why, err)
		}
	}
	return why
}

// Extras are what every form for something new has besides its own fields.
type Extras struct {
	// Notes and Pictures that are left out of a change stay as they are. A form
	// sends an empty one first, to say that it has these fields.
	Notes []string `json:"notes,omitempty" validate:"max=20,dive,max=60" label:"content notes"`
	// Pictures are ids of some that were sent before, with a draft; Alts say, in
	// the same order, what is in each, and Decorative names those that say nothing.
	Pictures   []uuid.UUID `json:"pictures,omitempty" validate:"max=5" label:"pictures"`
	Alts       []string    `json:"alts,omitempty" validate:"max=5,dive,max=500" label:"what is in the picture"`
	Decorative []uuid.UUID `json:"decorative,omitempty" validate:"max=4"`
	// Draft says that there is a draft of this, which is to go.
	Draft bool `json:"draft,omitempty"`
	// AsIs says to post figures as they are, though kinder words were offered.
	AsIs bool `json:"as_is,omitempty"`
	// Files are names of pictures that were chosen and never sent: a form without
	// them would lose them silently.
	Files []string `json:"files,omitempty" validate:"max=4,dive,max=500"`
}

// alt is what was said of the picture at i.
func (e Extras) alt(i int) (words string, decorative bool) {
	if slices.Contains(e.Decorative, e.Pictures[i]) {
		return "", true
	}
	if i < len(e.Alts) {
		return strings.TrimSpace(e.Alts[i]), false
	}
	return "", false
}

// pictured are the images of a post as its writer chose them. Each must be one
// of their own that is in no other post, and must say what is in it.
func pictured(ctx context.Context, s tenants.Scope, in Extras, post uuid.UUID) ([]Image, error) {
	if slices.ContainsFunc(in.Files, func(name string) bool { return name != "" }) {
		return nil, fault.Bad("files", "You chose a picture that is not added yet. Choose it again, then press “Add pictures” before you post.")
	}
	rows, err := ownPictures(ctx, s, in.Pictures, post)
	if err != nil {
		return nil, err
	}
	var images []Image
	for i, id := range in.Pictures {
		if id == uuid.Nil {
			continue
		}
		row, there := rows[id]
		if !there || slices.Contains(in.Pictures[:i], id) {
			return nil, fault.Bad("files", "One of the pictures is not here any more. Take it off, or add it again.")
		}
		one := row.image()
		if one.Alt, one.Decorative = in.alt(i); one.Alt == "" && !one.Decorative {
			return nil, fault.Bad(altField(i), fmt.Sprintf("Say what is in picture %d, for people who cannot see it, or tick that it is only decoration.", len(images)+1))
		}
		images = append(images, one)
	}
	if len(images) > album.Most {
		return nil, fault.Bad("files", tooMany)
	}
	return images, nil
}

const tooMany = "You can add up to 4 pictures. Take one off first, or choose fewer."

// altField is the id of the description of the picture at i.
func altField(i int) string { return fmt.Sprintf("alts/%d", i) }

// Print chooses a picture and its size.
type Print struct {
	ID    uuid.UUID `path:"id"`
	Small bool      `json:"small,omitempty"`
}

// Picture reads a picture: for its sender while it is in no post, then for whoever
// may read that as it is now. The team may also look at those of a post that was
// taken down or changed.
func (k *Kernel) Picture(ctx context.Context, s tenants.Scope, in Print) (web.Content, error) {
	var row Picture
	if err := s.Select(&row).Where("picture.id = ?", in.ID).Scan(ctx); err != nil {
		return web.Content{}, err
	}
	if row.PostID == nil && row.MemberID != s.Actor.ID() {
		return web.Content{}, fault.Missing()
	}
	if row.PostID != nil {
		post, err := k.bare(ctx, s, *row.PostID)
		if err == nil && !slices.ContainsFunc(post.Images, func(one Image) bool { return one.ID == row.ID }) {
			err = fault.Missing()
		}
		if database.Missing(err) && s.May("posts.moderate") {
			_, err = k.forTeam(ctx, s, *row.PostID)
		}
		if err != nil {
			return web.Content{}, err
		}
	}
	if in.Small {
		return k.album.Show(row.Small), nil
	}
	return k.album.Show(row.Print), nil
}
