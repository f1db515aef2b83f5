package programmes

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/document"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// mostBytes is the largest file.
const mostBytes = 20 << 20

// fileKinds are the types of files that evidence may be.
var fileKinds = document.Kinds{
	document.PDF: ".pdf", document.Word: ".docx", document.Excel: ".xlsx", document.PowerPoint: ".pptx",
	document.OpenText: ".odt", document.OpenSheet: ".ods", document.JPEG: ".jpg", document.PNG: ".png",
}

const (
	fileHint = "PDF, Word, Excel, PowerPoint, OpenDocument or a picture, at most 20 MB."
	fileOdd  = "This is not a file that we can keep. Choose a PDF, a Word, Excel or PowerPoint file (.docx, .xlsx, .pptx), an OpenDocument file or a picture."
)

// To says what evidence is for: a piece that a gate asks for, or a task, to which
// it comes under a name of its own.
type To struct {
	Place
	Gate     string `path:"number"` // empty for a task
	Task     string `path:"id"`     // empty for a gate
	Evidence string `json:"evidence,omitempty" validate:"max=36"`
	Name     string `json:"name,omitempty" validate:"max=120" label:"what it is"`
}

// evidenceFor finds the row that evidence goes into, or makes one for a task.
// Conflict once the gate is open: its evidence stays as it was signed.
func (w Whole) evidenceFor(s tenants.Scope, by By, to To) (row Evidence, path string, err error) {
	if to.Task != "" {
		task, err := find(w.Tasks, func(t Task) bool { return t.ID.String() == to.Task })
		if err != nil {
			return row, "", err
		}
		phase, err := find(w.Phases, func(p Phase) bool { return p.Number == task.Phase })
		if err == nil && phase.SignedAt != nil {
			err = signedStays()
		}
		if err == nil && strings.TrimSpace(to.Name) == "" {
			err = fault.Bad("name", "Say what it is.")
		}
		return Evidence{ID: newID(), PhaseID: phase.ID, TaskID: &task.ID, Name: to.Name}, "/tasks/" + to.Task + "#evidence", err
	}
	number, err := strconv.Atoi(to.Gate)
	if err != nil {
		return row, "", fault.Missing()
	}
	g, err := w.gate(s, by, number)
	if err != nil {
		return row, "", err
	}
	if g.Phase.SignedAt != nil {
		return row, "", signedStays()
	}
	row, err = find(g.Phase.Evidence, func(e Evidence) bool { return e.ID.String() == to.Evidence })
	if err != nil {
		err = fault.Bad("evidence", "Choose one of the pieces that this gate asks for.")
	}
	return row, gatePath(number), err
}

func signedStays() error {
	return fault.New(fault.Conflict, "This gate is open. Its evidence stays as it was signed.")
}

// Give is a piece of evidence: a file, or where it is kept.
type Give struct {
	To
	File web.File `json:"file" label:"a file"`
	Link string   `json:"link,omitempty" validate:"max=2000" label:"where it is kept"`
}

// kept reads where a piece of evidence is kept.
func (in Give) kept() (string, error) {
	if strings.TrimSpace(in.Link) == "" {
		return "", fault.Bad("file", "Choose a file, or say where it is kept.")
	}
	link, err := url.Parse(strings.TrimSpace(in.Link))
	if err != nil || link.Scheme != "https" || link.Host == "" || link.User != nil {
		return "", fault.Bad("link", "Paste the whole address, which begins with https://")
	}
	return link.String(), nil
}

// giving is the use case on a face. What is given takes the place of what was given
// before. A file is stored between two units of work, so that none waits for it;
// what no row comes to name is swept away.
func giving[S any](p Programmes, f face[S]) func(context.Context, S, Give) (Saved, error) {
	return func(ctx context.Context, s S, in Give) (out Saved, err error) {
		var given Evidence
		if in.File.Name == "" {
			given.Link, err = in.kept()
		} else {
			given, err = p.store(ctx, in, func(ctx context.Context, fn func(context.Context, tenants.Scope, By) error) error {
				return f(ctx, s, in.Place, true, fn)
			})
		}
		if err != nil {
			return out, err
		}
		err = f(ctx, s, in.Place, true, func(ctx context.Context, s tenants.Scope, by By) error {
			path, err := give(ctx, s, by, in.To, given)
			if err != nil {
				return err
			}
			out.Path = by.Base + path
			return Restate(ctx, s)
		})
		if err != nil && given.File != "" {
			err = errors.Join(err, p.uploads.Files.Delete(context.WithoutCancel(ctx), given.File))
		}
		return out, err
	}
}

// store stores a file once it is known that it may be given; unit opens a unit of work.
func (p Programmes) store(ctx context.Context, in Give, unit func(context.Context, func(context.Context, tenants.Scope, By) error) error) (Evidence, error) {
	content, kind, err := fileKinds.Read(ctx, "file", in.File, mostBytes, fileOdd)
	if err != nil {
		return Evidence{}, err
	}
	given := Evidence{FileType: kind, Bytes: int64(len(content))}
	err = unit(ctx, func(ctx context.Context, s tenants.Scope, by By) error {
		w, err := alone(ctx, s)
		if err != nil {
			return err
		}
		if _, _, err := w.evidenceFor(s, by, in.To); err != nil {
			return err
		}
		given.File = "programmes/" + s.Trust().ID.String() + "/" + uuid.NewString()
		return p.uploads.Noted(ctx, s, given.File)
	})
	if err != nil {
		return given, err
	}
	return given, p.uploads.Store(ctx, given.File, content, kind)
}

// give writes what was given into its row.
func give(ctx context.Context, s tenants.Scope, by By, to To, given Evidence) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, path, err := w.evidenceFor(s, by, to)
	if err != nil {
		return "", err
	}
	was := row.Link
	row.Link, row.File, row.FileType, row.Bytes = given.Link, given.File, given.FileType, given.Bytes
	row.GivenBy, row.GivenAt = w.by(by).Name, &s.Now
	if row.TaskID != nil {
		err = add(ctx, s, &row)
	} else {
		err = set(ctx, s, &row, row.ID, "link", "file", "file_type", "file_bytes", "given_by", "given_at")
	}
	if err != nil {
		return "", err
	}
	return path, note(ctx, s, by, "programme.evidence", row.ID, was, map[string]any{"link": row.Link, "bytes": row.Bytes})
}

// TakeAway removes what somebody put to a task. Conflict once its gate is open.
func (p Programmes) TakeAway(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := find(w.Evidence, func(e Evidence) bool { return e.ID == in.ID && e.TaskID != nil })
	if err != nil {
		return "", err
	}
	if phase, err := find(w.Phases, func(p Phase) bool { return p.ID == row.PhaseID }); err != nil || phase.SignedAt != nil {
		return "", errors.Join(err, signedStays())
	}
	if err := drop(ctx, s, &row, row.ID); err != nil {
		return "", err
	}
	return "/tasks/" + row.TaskID.String() + "#evidence", note(ctx, s, by, "programme.evidence", row.ID, row.Name, nil)
}

// File reads the file of a piece of evidence.
func (p Programmes) File(ctx context.Context, s tenants.Scope, _ By, in ByID) (web.Content, error) {
	w, err := load(ctx, s)
	if err != nil {
		return web.Content{}, err
	}
	return p.file(w.Evidence, in.ID)
}

func (p Programmes) file(of []Evidence, id uuid.UUID) (web.Content, error) {
	row, err := find(of, func(e Evidence) bool { return e.ID == id && e.File != "" })
	return web.Content{Type: row.FileType, Name: fileKinds.FileName(row.Name, row.FileType), Size: row.Bytes, Tag: row.File,
		Open: func(ctx context.Context) (io.ReadSeekCloser, error) { return p.uploads.Files.Open(ctx, row.File) }}, err
}
