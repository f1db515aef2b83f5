package videos

import (
	"context"
	"fmt"

	"github.com/sharon-nhs/sharon/tenants"
)

var rights = map[string]string{
	"videos.read": "Watch videos",
	"videos.send": "Send videos of their own",
}

// data is what the room keeps of members.
func (v Videos) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{{Key: "videos", Name: "Your videos", About: "What you sent, with its captions and until when you agreed that it is shown. It goes with you, whatever you choose for your posts: a video shows who you are."}},
		Export:  export, Files: filesOf, Erase: v.erase,
	}
}

// largestInCopy is the largest film that goes with a copy, in bytes: a copy should
// be one that a phone can take.
const largestInCopy = 100 << 20

func ofOwner(ctx context.Context, s tenants.Scope, person tenants.Person) (all []Video, err error) {
	err = s.Select(&all).Where("video.owner_id = ?", person.ID).Where("video.state <> ?", Withdrawn).Order("video.consented_at", "video.id").Scan(ctx)
	if err == nil {
		err = addFiles(ctx, s, all)
	}
	return all, err
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	all, err := ofOwner(ctx, s, person)
	for _, row := range all {
		item := tenants.Item{At: row.ConsentedAt, Title: row.Title, Words: row.About, Facts: []tenants.Fact{{Name: "State", Value: string(row.State)}}}
		for _, part := range []tenants.Fact{{Name: "Until", Value: withdrawOn(row)}, {Name: "Captions", Value: row.Captions}, {Name: "Transcript", Value: row.Transcript}} {
			if part.Value != "" {
				item.Facts = append(item.Facts, part)
			}
		}
		if film, ok := row.best(largestInCopy); ok {
			item.Pictures = append(item.Pictures, tenants.CopyPicture{File: fmt.Sprintf("%s-%s", row.ID, film.Name), Alt: row.Title, Key: film.File, Type: film.Type})
		} else if row.State == Ready {
			item.Facts = append(item.Facts, tenants.Fact{Name: "The video itself", Value: "It is too large for this copy. You can watch it and save it at “My videos”."})
		}
		into.Add("Your videos", item)
	}
	return err
}

// best is the film with the most in it that has at most so many bytes; false for none.
func (v Video) best(most int64) (film File, ok bool) {
	for _, f := range v.Files {
		if f.Name != poster && f.Bytes <= most && f.Height >= film.Height {
			film, ok = f, true
		}
	}
	return film, ok
}

func filesOf(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) (keys []string, err error) {
	all, err := ofOwner(ctx, s, person)
	if err != nil {
		return nil, err
	}
	for _, row := range all {
		for _, f := range row.Files {
			keys = append(keys, f.File)
		}
		sent, err := pieces(ctx, s, row.ID)
		if err != nil {
			return nil, err
		}
		for _, piece := range sent {
			keys = append(keys, piece.File)
		}
	}
	return keys, nil
}

// erase takes down all of a member's videos. What a worker is making of one at
// this moment goes with the event.
func (v Videos) erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	var all []Video
	if err := s.Lock(&all).Where("video.owner_id = ?", person.ID).Where("video.state <> ?", Withdrawn).Order("video.id").Scan(ctx); err != nil {
		return err
	}
	for _, row := range all {
		if row.PostID != nil {
			if err := v.posts.Blank(ctx, s, *row.PostID); err != nil {
				return err
			}
		}
		if err := row.clear(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
