package videos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/film"
	"github.com/sharon-nhs/sharon/tenants"
)

// longestWork is how long making one video ready may take.
const longestWork = 8 * time.Hour

// noTools is what is the matter with a video while no worker has ffmpeg.
const noTools = "It waits until the programs that make videos ready are installed. The team has been told."

// sizes are those that are made, the one that everybody can watch first.
var sizes = []struct {
	name  string
	short int // pixels of the shorter side, at most
	from  int // the source has at least so many; less is not worth another file
}{{"360p", 360, 0}, {"720p", 720, 480}}

// prepare makes a video ready. It may be done again at any time: what is made
// already stays, and whoever comes second changes nothing.
func (v Videos) prepare(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	tools, err := film.Find()
	if err != nil {
		return v.later(ctx, s, e, noTools, 10*time.Minute)
	}
	if !v.slot.TryAcquire(1) {
		return v.later(ctx, s, e, "", 15*time.Second)
	}
	defer v.slot.Release(1)
	var row Video
	waits := false
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if row, waits, err = one(ctx, s, e.Subject); err != nil || !waits {
			return err
		}
		if waits = row.State == Waiting || row.State == Working; !waits {
			return nil
		}
		row.State, row.Problem = Working, ""
		return row.save(ctx, s, "state", "problem")
	})
	if err != nil || !waits {
		return err
	}
	w := work{v: v, s: s, tools: tools, row: row}
	err = w.do(ctx)
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Code == fault.Invalid {
		return w.fails(ctx, refused)
	}
	return err
}

// later has the same done after a while, by whoever can then.
func (v Videos) later(ctx context.Context, s tenants.Scope, e tenants.Event, why string, in time.Duration) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		row, there, err := one(ctx, s, e.Subject)
		if err != nil || !there || row.State != Waiting && row.State != Working {
			return err
		}
		if why != row.Problem {
			row.State, row.Problem = Waiting, why
			if err := row.save(ctx, s, "state", "problem"); err != nil {
				return err
			}
		}
		at := s.Now.Add(in)
		return s.Emit(ctx, Arrived, tenants.Event{Module: key, Subject: row.ID, About: row.ID, DueAt: &at})
	})
}

// work is one video being made ready.
type work struct {
	v     Videos
	s     tenants.Scope
	tools film.Tools
	row   Video
	dir   string
}

func (w *work) do(ctx context.Context) (err error) {
	if w.dir, err = os.MkdirTemp("", "sharon-video-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(w.dir)) }()
	source, err := w.gather(ctx)
	if err != nil {
		return err
	}
	facts, err := w.tools.Probe(ctx, source)
	if err != nil {
		return err
	}
	if most := settings(w.s).MaxMinutes; facts.Seconds > float64(60*most) {
		return fault.Bad("file", fmt.Sprintf("This video is longer than %d minutes, which is the most here. Cut it and send it again.", most))
	}
	done := 0
	for _, size := range sizes {
		if min(facts.Width, facts.Height) < size.from {
			continue
		}
		share := 40
		if size.short > 360 {
			share = 60
		}
		if err := w.make(ctx, source, facts, size.name, size.short, w.reporter(ctx, done, share)); err != nil {
			return err
		}
		done += share
	}
	return w.finish(ctx, int(facts.Seconds+0.5))
}

// gather puts the pieces together in a file, and tells what it is by its beginning.
func (w *work) gather(ctx context.Context) (film.Source, error) {
	source := film.Source{Path: filepath.Join(w.dir, "source")}
	var all []Piece
	err := w.s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		all, err = pieces(ctx, s, w.row.ID)
		return err
	})
	if err != nil {
		return source, err
	}
	file, err := os.OpenFile(source.Path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return source, err
	}
	total := int64(0)
	for _, piece := range all {
		n, err := w.append(ctx, file, piece)
		if total += n; err != nil {
			return source, errors.Join(err, file.Close())
		}
	}
	head := make([]byte, film.HeadBytes)
	n, err := file.ReadAt(head, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return source, err
	}
	if total != w.row.Length {
		return source, fmt.Errorf("video %s: %d bytes of %d are here", w.row.ID, total, w.row.Length)
	}
	source.Format, err = film.Sniff(head[:n])
	return source, err
}

func (w *work) append(ctx context.Context, to io.Writer, piece Piece) (int64, error) {
	from, err := w.v.files.Open(ctx, piece.File)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(to, from)
	return n, errors.Join(err, from.Close())
}

// reporter tells the sender how much is done: from so many percent, so many more.
func (w *work) reporter(ctx context.Context, from, share int) func(float64) {
	const every = 2 * time.Second
	took, told := clock.Stopwatch(), -every
	return func(part float64) {
		now := took()
		if now-told < every {
			return
		}
		told = now
		percent := from + int(part*float64(share))
		_ = w.s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { // what is not told now is told next
			result, err := s.Update((*Video)(nil)).Set("percent = ?", percent).Where("id = ?", w.row.ID).Where("state = ?", Working).Exec(ctx)
			if err := tenants.Touched(result, err); err != nil {
				return err
			}
			s.Signal(Changed, w.row.event())
			return nil
		})
	}
}

// make makes one size, and with the first the picture that stands for the film.
func (w *work) make(ctx context.Context, source film.Source, facts film.Facts, name string, short int, progress func(float64)) error {
	if w.row.Has(name) {
		return nil // by somebody before us, who did not come to the end
	}
	to := filepath.Join(w.dir, name+".mp4")
	made, err := w.tools.Convert(ctx, source, film.Make{To: to, Short: short, Facts: facts, Progress: progress})
	if err != nil {
		return err
	}
	files := []File{{Name: name, Type: "video/mp4", Width: made.Width, Height: made.Height}}
	paths := []string{to}
	if !w.row.Has(poster) {
		shot := filepath.Join(w.dir, poster+".jpg")
		if err := w.tools.Poster(ctx, to, shot, made); err != nil {
			return err
		}
		files, paths = append(files, File{Name: poster, Type: "image/jpeg", Width: made.Width, Height: made.Height}), append(paths, shot)
	}
	for i := range files {
		if err := w.keep(ctx, &files[i], paths[i]); err != nil {
			return err
		}
	}
	return os.Remove(to)
}

// keep stores a file and notes it, unless the video was taken down meanwhile or
// somebody else has made the same.
func (w *work) keep(ctx context.Context, f *File, path string) error {
	content, err := os.Open(path) //nolint:gosec // in our own folder
	if err != nil {
		return err
	}
	info, err := content.Stat()
	if err != nil {
		return errors.Join(err, content.Close())
	}
	f.VideoID, f.File, f.Bytes = w.row.ID, w.row.newKey("made"), info.Size()
	if err := w.v.made.Note(ctx, w.s, f.File); err != nil {
		return errors.Join(err, content.Close())
	}
	err = errors.Join(w.v.files.Put(ctx, f.File, content, f.Bytes, f.Type), content.Close())
	if err != nil {
		return err
	}
	err = w.s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		row, there, err := one(ctx, s, w.row.ID)
		if err == nil && (!there || row.State != Working || row.Has(f.Name)) {
			err = errOvertaken
		}
		if err != nil {
			return err
		}
		_, err = s.Insert(f).Exec(ctx)
		w.row.Files = append(row.Files, *f)
		return err
	})
	if err != nil {
		return errors.Join(err, w.v.files.Delete(context.WithoutCancel(ctx), f.File))
	}
	return nil
}

// errOvertaken says that there is nothing left to do: who comes again finds out why.
var errOvertaken = errors.New("videos: overtaken")

// finish says that the video can be shown, and lets go of what was sent.
func (w *work) finish(ctx context.Context, seconds int) error {
	return w.settle(ctx, func(ctx context.Context, s tenants.Scope, row *Video) error {
		row.State, row.Problem, row.Percent, row.Seconds, row.Mark = Ready, "", 100, max(1, seconds), ""
		if err := dropPieces(ctx, s, row.ID); err != nil {
			return err
		}
		return s.Emit(ctx, Dropped, tenants.Event{Subject: row.ID, About: row.ID})
	})
}

// fails says why the video cannot be shown. What was sent is kept for a while.
func (w *work) fails(ctx context.Context, why *fault.Error) error {
	return w.settle(ctx, func(_ context.Context, _ tenants.Scope, row *Video) error {
		row.State, row.Problem = Failed, why.Message
		if len(why.Fields) > 0 {
			row.Problem = why.Fields[0].Message
		}
		return nil
	})
}

// settle ends the work, unless that has been done.
func (w *work) settle(ctx context.Context, how func(context.Context, tenants.Scope, *Video) error) error {
	return w.s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		row, there, err := one(ctx, s, w.row.ID)
		if err != nil || !there || row.State != Working {
			return err
		}
		if err := how(ctx, s, &row); err != nil {
			return err
		}
		if err := s.Emit(ctx, Settled, tenants.Event{Module: key, Subject: row.ID, About: row.ID}); err != nil {
			return err
		}
		return row.save(ctx, s, "state", "problem", "percent", "seconds", "mark")
	})
}
