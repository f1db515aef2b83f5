package demo

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/document"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/videos"
	"github.com/sharon-nhs/sharon/tenants"
)

// films are colours that drift and a hum, made with ffmpeg: nobody's work.
//
//go:embed films
var films embed.FS

// reels are the films that there are, with their length in seconds.
var reels = map[string]int{"tide": 12, "dawn": 9}

const reelWidth, reelHeight = 640, 360 // pixels

// video is one as a file tells it.
type video struct {
	words                `yaml:",inline"`
	Title, Film          string
	Audience             tenants.Audience
	Captions, Transcript string
	Draft                bool // not published yet
	Comments             []answer
}

func (v video) check(members map[string]member) error {
	var wrong []error
	if reels[v.Film] == 0 {
		wrong = append(wrong, fmt.Errorf("video %q: there is no film %q", v.Title, v.Film))
	}
	if _, ok := members[v.By]; !ok {
		wrong = append(wrong, fmt.Errorf("video %q: no member %q", v.Title, v.By))
	}
	return errors.Join(wrong...)
}

// keyOf is where a film lies. All of a trust's videos made of it share the file.
func keyOf(trust uuid.UUID, file string) string { return "videos/" + trust.String() + "/demo/" + file }

// KeepFiles puts the films and papers where the demonstration looks for them.
func KeepFiles(ctx context.Context, files *storage.Files, directory *tenants.Directory) error {
	trusts, err := directory.AllTrusts(ctx)
	if err != nil {
		return err
	}
	for _, trust := range trusts {
		if err := keepFiles(ctx, files, trust.ID); err != nil {
			return err
		}
	}
	return nil
}

func keepFiles(ctx context.Context, files *storage.Files, trust uuid.UUID) error {
	for name := range reels {
		for file, kind := range map[string]string{name + ".mp4": "video/mp4", name + ".jpg": "image/jpeg"} {
			content, err := films.ReadFile("films/" + file)
			if err == nil {
				err = keep(ctx, files, keyOf(trust, file), content, kind)
			}
			if err != nil {
				return err
			}
		}
	}
	return keep(ctx, files, mandateKey(trust), mandate, document.PDF)
}

// keep stores a file unless it is there.
func keep(ctx context.Context, files *storage.Files, key string, content []byte, kind string) error {
	there, err := files.Open(ctx, key)
	if err == nil {
		return there.Close()
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return files.Put(ctx, key, bytes.NewReader(content), int64(len(content)), kind)
}

// screen are the rows of videos.
type screen struct {
	shows []videos.Video
	films []videos.File
}

func (w *seeding) videos(c content) error {
	if len(c.Videos) == 0 {
		return nil
	}
	place := posts.Place{ID: w.ids.at(w.begun), Module: "videos", Slug: "videos", Name: "Videos", Audience: tenants.AudienceService, WhoMayPost: posts.PostMembers, Version: 1, CreatedAt: w.begun}
	w.places = append(w.places, place)
	for _, v := range c.Videos {
		times, err := talk(w.s.Now, v.At, nil)
		if err != nil {
			return fmt.Errorf("video %q: %w", v.Title, err)
		}
		begun := times[0].Add(-time.Hour)
		row := videos.Video{ID: w.ids.at(begun), OwnerID: w.people[v.By].ID, Title: v.Title, About: strings.TrimSpace(v.Body), Audience: wide(v.Audience), State: videos.Ready,
			Percent: 100, Seconds: reels[v.Film], Captions: v.Captions, Transcript: strings.TrimSpace(v.Transcript), ConsentedAt: begun, ChangedAt: times[0], Version: 1}
		if !v.Draft {
			said, err := w.talk(posts.Post{Kind: "video", Module: "videos", PlaceID: place.ID, Audience: row.Audience}, v.Title, v.words, v.Comments)
			if err != nil {
				return fmt.Errorf("video %q: %w", v.Title, err)
			}
			row.PostID = &said[0].ID
		}
		w.shows = append(w.shows, row)
		for _, f := range []videos.File{{Name: "360p", File: v.Film + ".mp4", Type: "video/mp4"}, {Name: "poster", File: v.Film + ".jpg", Type: "image/jpeg"}} {
			content, err := films.ReadFile("films/" + f.File)
			if err != nil {
				return err
			}
			f.VideoID, f.File, f.Bytes, f.Width, f.Height = row.ID, keyOf(w.s.Trust().ID, f.File), int64(len(content)), reelWidth, reelHeight
			w.films = append(w.films, f)
		}
	}
	return nil
}
