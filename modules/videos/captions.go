package videos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// captionBytes is the largest file of captions.
const captionBytes = 200_000

// Captions reads a video of the actor's with its captions and transcript.
func (v Videos) Captions(ctx context.Context, s tenants.Scope, in ByID) (Video, error) {
	return mine(ctx, s, in.ID)
}

// Caption is what a sender writes for people who cannot hear a video.
type Caption struct {
	ID         uuid.UUID `path:"id"`
	Version    int       `json:"version" validate:"gte=0" label:"the version"`
	Captions   string    `json:"captions,omitempty" validate:"max=200000" label:"captions"`
	Transcript string    `json:"transcript,omitempty" validate:"max=50000" label:"a transcript"`
}

// Caption keeps captions and transcript. Invalid, with the line, where the
// captions cannot be read.
func (v Videos) Caption(ctx context.Context, s tenants.Scope, in Caption) (Video, error) {
	return v.caption(ctx, s, in.ID, in.Version, func(row *Video) error {
		cues, err := parseCues(in.Captions)
		if err != nil {
			return fault.Bad("captions", err.Error())
		}
		row.Captions, row.Transcript = writeCues(cues), strings.TrimSpace(in.Transcript)
		return nil
	})
}

// CaptionFile is a file of captions.
type CaptionFile struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=0" label:"the version"`
	File    web.File  `json:"captions_file" label:"a file of captions"`
}

// CaptionFile takes captions from a file: WebVTT, or SubRip, which is nearly the same.
func (v Videos) CaptionFile(ctx context.Context, s tenants.Scope, in CaptionFile) (Video, error) {
	return v.caption(ctx, s, in.ID, in.Version, func(row *Video) error {
		text, err := readCaptions(in.File)
		if err != nil {
			return err
		}
		cues, err := parseCues(text)
		switch {
		case err != nil:
			return fault.Bad("captions_file", err.Error())
		case len(cues) == 0:
			return fault.Bad("captions_file", "There are no captions in this file.")
		}
		row.Captions = writeCues(cues)
		return nil
	})
}

func readCaptions(file web.File) (string, error) {
	if file.Size == 0 || file.Size > captionBytes {
		return "", fault.Bad("captions_file", "Choose a file of captions (.vtt or .srt) smaller than 200 KB.")
	}
	content, err := file.Open()
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(content)
	return string(raw), errors.Join(err, content.Close())
}

// caption writes them, unless they changed since the writer saw them.
func (v Videos) caption(ctx context.Context, s tenants.Scope, id uuid.UUID, version int, set func(*Video) error) (Video, error) {
	row, err := change(ctx, s, id)
	if err != nil {
		return Video{}, err
	}
	if row.Version != version {
		return Video{}, fault.Stale()
	}
	if err := set(&row); err != nil {
		return Video{}, err
	}
	if row.Published() && row.lacks() != nil {
		return Video{}, fault.Bad("captions", "A video that others can see needs captions or a transcript.")
	}
	if last := lastCue(row.Captions); row.Seconds > 0 && last > (row.Seconds+2)*1000 {
		return Video{}, fault.Bad("captions", fmt.Sprintf("A caption ends at %s, but the video is over at %s.", length(last/1000), length(row.Seconds)))
	}
	return row, row.save(ctx, s, "captions", "transcript")
}
