// Package film makes films that are safe to show of what people send: H.264 and
// AAC, in few sizes, without anything that the camera added. It knows the file
// by its first bytes, looks at it and converts it with ffmpeg, in a jail.
package film

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// The largest picture that is taken, in pixels: 8K, either way up.
const (
	mostPixels = 8192 * 4352
	mostAcross = 8192
)

// Tools are the programs that do the work.
type Tools struct{ ffmpeg, ffprobe string }

// ErrNoTools says that ffmpeg is not installed here.
var ErrNoTools = errors.New("film: ffmpeg and ffprobe are not to be found: apt-get install ffmpeg")

// Find looks for the programs; ErrNoTools if they are not there.
func Find() (Tools, error) {
	var t Tools
	for name, at := range map[string]*string{"ffmpeg": &t.ffmpeg, "ffprobe": &t.ffprobe} {
		path, err := exec.LookPath(name)
		if err == nil {
			path, err = filepath.EvalSymlinks(path)
		}
		if err != nil {
			return Tools{}, ErrNoTools
		}
		*at = path
	}
	return t, nil
}

// Format is what a file is by its first bytes, as ffmpeg calls it. It is always
// told so, and never guesses: a list of other files would be one of its formats too.
type Format string

// The formats that phones, cameras and browsers write.
const (
	Mov      Format = "mov" // MP4 and QuickTime
	Matroska Format = "matroska"
)

// HeadBytes is how much of a file Sniff looks at.
const HeadBytes = 16

// Sniff tells a film's format by the beginning of the file. Invalid if it is none that we take.
func Sniff(head []byte) (Format, error) {
	switch {
	case bytes.HasPrefix(head, []byte{0x1a, 0x45, 0xdf, 0xa3}):
		return Matroska, nil
	case len(head) >= 8 && head[0] == 0 && firstAtoms[string(head[4:8])]:
		return Mov, nil
	}
	return "", refused("This file is not a video that we can use. Send an MP4, MOV, WebM or MKV file.")
}

// firstAtoms are what a film of the QuickTime family can begin with.
var firstAtoms = map[string]bool{"ftyp": true, "moov": true, "mdat": true, "wide": true, "free": true, "skip": true}

func refused(words string) *fault.Error { return fault.Bad("file", words) }

// Facts are what a film is like, as it is shown: the right way up.
type Facts struct {
	Seconds       float64
	Width, Height int // in pixels
	Sound         bool
}

// Source is a file that somebody sent. The jail opens its folder and nothing else.
type Source struct {
	Path   string
	Format Format
}

// before are what every reading of somebody's file is bound to.
func (s Source) before() []string {
	return []string{
		"-protocol_whitelist", "file,pipe", "-f", string(s.Format), "-max_pixels", strconv.Itoa(mostPixels),
		"-codec_whitelist", decoders, "-i", "file:" + s.Path,
	}
}

// decoders are for what phones, cameras and browsers write, and for no more.
const decoders = "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,h263,mjpeg,prores," +
	"aac,mp3,mp3float,opus,libopus,vorbis,alac,ac3,eac3,flac,amrnb,amrwb,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le,pcm_u8,pcm_mulaw,pcm_alaw,mov_text,subrip,ass,ssa,webvtt,text"

// Probe looks at a film. Invalid, in words for its sender, if it is none that
// can be shown.
func (t Tools) Probe(ctx context.Context, s Source) (Facts, error) {
	args := append([]string{"-v", "error"}, s.before()...)
	args = append(args, "-show_entries", "format=duration:stream=codec_type,codec_name,width,height,duration:stream_disposition=attached_pic:stream_side_data=rotation", "-of", "json")
	var out, errs bytes.Buffer
	if err := run(ctx, job{program: t.ffprobe, args: args, dir: filepath.Dir(s.Path), out: &out, errs: &errs, limits: small}); err != nil {
		return Facts{}, broken(ctx, err, errs.String())
	}
	return facts(out.Bytes())
}

// number is one as ffprobe writes it: in quotes, bare, or N/A.
type number float64

func (n *number) UnmarshalJSON(raw []byte) error {
	parsed, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err == nil {
		*n = number(parsed)
	}
	return nil //nolint:nilerr // unknown is zero
}

func facts(report []byte) (Facts, error) {
	var found struct {
		Format struct {
			Duration number `json:"duration"`
		} `json:"format"`
		Streams []struct {
			Type        string `json:"codec_type"`
			Width       int    `json:"width"`
			Height      int    `json:"height"`
			Duration    number `json:"duration"`
			Disposition struct {
				Cover int `json:"attached_pic"`
			} `json:"disposition"`
			Side []struct {
				Rotation number `json:"rotation"`
			} `json:"side_data_list"`
		} `json:"streams"`
	}
	if err := json.Unmarshal(report, &found); err != nil {
		return Facts{}, fmt.Errorf("film: ffprobe: %w", err)
	}
	f := Facts{Seconds: float64(found.Format.Duration)}
	for _, stream := range found.Streams {
		switch {
		case stream.Type == "audio":
			f.Sound = true
		case stream.Type == "video" && stream.Disposition.Cover == 0 && f.Width == 0:
			f.Width, f.Height = stream.Width, stream.Height
			f.Seconds = max(f.Seconds, float64(stream.Duration))
			for _, side := range stream.Side {
				if int(side.Rotation)%180 != 0 {
					f.Width, f.Height = f.Height, f.Width
				}
			}
		}
	}
	switch {
	case f.Width <= 0 || f.Height <= 0:
		if f.Sound {
			return f, refused("This file has sound but no pictures, so it is not a video.")
		}
		return f, refused(damaged)
	case f.Width > mostAcross || f.Height > mostAcross || f.Width*f.Height > mostPixels:
		return f, refused(fmt.Sprintf("The picture is %d by %d, which is too large. Record it in 4K or smaller.", f.Width, f.Height))
	case f.Width < 16 || f.Height < 16:
		return f, refused("The picture is too small to show.")
	}
	return f, nil
}

const damaged = "We could not read this video. It may be damaged, or not all of it may be there. Try to play it on your device first."

// broken tells a file that cannot be read from a machine that cannot work: a
// program that ended by itself had its say about the file, one that was stopped
// because we stop or because its time is up did not.
func broken(ctx context.Context, err error, said string) error {
	var ended *exec.ExitError
	if ctx.Err() == nil && errors.As(err, &ended) && !strings.Contains(said, jailFailed) {
		return &fault.Error{Code: fault.Invalid, Message: damaged, Fields: []fault.Field{{Name: "file", Message: damaged}}, Cause: fmt.Errorf("%w: %.500s", err, said)}
	}
	return fmt.Errorf("film: %w: %.500s", err, said)
}
