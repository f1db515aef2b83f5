package film

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"
)

// Make is a film to be made of a source.
type Make struct {
	To    string // a file in the source's folder
	Short int    // pixels of the shorter side, at most
	Facts Facts  // of the source
	// Progress is told from time to time how much is done, from 0 to 1; may be nil.
	Progress func(float64)
}

// bitrate is the most that a film may take up, in kbit/s.
func (m Make) bitrate() int { return max(600, m.Short*m.Short/200) }

// Convert makes a film and looks at what it made. Invalid if the source turns
// out to be damaged.
func (t Tools) Convert(ctx context.Context, s Source, m Make) (Facts, error) {
	reports, told := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.follow(reports)
	}()
	short := strconv.Itoa(m.Short)
	args := append([]string{"-nostdin", "-hide_banner", "-v", "error", "-y"}, s.before()...)
	args = append(args,
		"-map", "0:v:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1",
		"-t", strconv.Itoa(int(math.Ceil(m.Facts.Seconds))+1),
		"-vf", "scale=w='if(gt(iw,ih),-2,2*trunc(min(iw,"+short+")/2))':h='if(gt(iw,ih),2*trunc(min(ih,"+short+")/2),-2)',setsar=1,format=yuv420p",
		"-fpsmax", "30", "-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-profile:v", "high", "-g", "60",
		"-maxrate", strconv.Itoa(m.bitrate())+"k", "-bufsize", strconv.Itoa(2*m.bitrate())+"k",
		"-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "48000", "-threads", "2", "-max_muxing_queue_size", "1024",
		"-fflags", "+bitexact", "-movflags", "+faststart", "-progress", "pipe:1", "-stats_period", "1", "-f", "mp4", "file:"+m.To)
	var errs bytes.Buffer
	err := run(ctx, job{program: t.ffmpeg, args: args, dir: filepath.Dir(s.Path), writes: true, out: told, errs: &errs, limits: large(m.Facts)})
	_ = told.Close()
	<-ended
	if err != nil {
		return Facts{}, broken(ctx, err, errs.String())
	}
	made, err := t.Probe(ctx, Source{m.To, Mov})
	if err == nil && made.Seconds < 0.9*m.Facts.Seconds-1 {
		return made, refused("Part of this video is missing. It may not have been sent whole. Try to play it on your device first.")
	}
	return made, err
}

// follow reads what ffmpeg tells of itself, a line of name=value each.
func (m Make) follow(reports io.Reader) {
	lines := bufio.NewScanner(reports)
	for lines.Scan() {
		at, ok := strings.CutPrefix(lines.Text(), "out_time_us=")
		if micros, err := strconv.ParseFloat(at, 64); ok && err == nil && m.Progress != nil && m.Facts.Seconds > 0 {
			m.Progress(min(1, max(0, micros/1e6/m.Facts.Seconds)))
		}
	}
	_, _ = io.Copy(io.Discard, reports) // a line without end must not hold ffmpeg up
}

// Poster makes a JPEG picture from one of our own films.
func (t Tools) Poster(ctx context.Context, film, to string, f Facts) error {
	var errs bytes.Buffer
	args := append([]string{"-nostdin", "-hide_banner", "-v", "error", "-y", "-ss", strconv.FormatFloat(min(f.Seconds/4, 10), 'f', 2, 64)}, Source{film, Mov}.before()...)
	args = append(args, "-an", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4", "-map_metadata", "-1", "-f", "image2", "-update", "1", "file:"+to)
	if err := run(ctx, job{program: t.ffmpeg, args: args, dir: filepath.Dir(film), writes: true, errs: &errs, limits: small}); err != nil {
		return fmt.Errorf("film: poster: %w: %.500s", err, errs.String())
	}
	return nil
}
