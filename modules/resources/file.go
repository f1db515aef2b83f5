package resources

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/document"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// mostBytes is the largest file.
const mostBytes = 10 << 20

// endings are the types that the library keeps, with how their names end.
var endings = document.Kinds{document.PDF: ".pdf", document.Word: ".docx", document.OpenText: ".odt", document.JPEG: ".jpg", document.PNG: ".png"}

const unknown = "This is not a file that we can keep. Choose a PDF, a Word document (.docx), an OpenDocument text (.odt) or a picture."

// AddFile is a new item that is a file.
type AddFile struct {
	File    web.File `json:"file" validate:"required" label:"a file"`
	Title   string   `json:"title" validate:"filled,max=120" label:"a title"`
	Summary string   `json:"summary,omitempty" validate:"max=300" label:"what it is good for"`
	Tags    string   `json:"tags,omitempty" validate:"max=300" label:"tags"`
	Care
}

// AddFile puts a file into the library. Invalid if it is none that we keep.
func (r Resources) AddFile(ctx context.Context, s tenants.Scope, in AddFile) (Resource, error) {
	row, err := fresh(s, File, Words{Title: in.Title, Summary: in.Summary}, in.Tags)
	if err != nil {
		return row, err
	}
	row.State = Published
	return r.keep(ctx, s, in.File, row, func(ctx context.Context, s tenants.Scope, row *Resource) error {
		if err := in.apply(ctx, s, row); err != nil {
			return err
		}
		return insert(ctx, s, row)
	})
}

// ReplaceFile is another file for an item. Version is the one that was read.
type ReplaceFile struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	File    web.File  `json:"file" validate:"required" label:"a file"`
}

// ReplaceFile puts another file in the place of an item's. Conflict if it changed
// since Version.
func (r Resources) ReplaceFile(ctx context.Context, s tenants.Scope, in ReplaceFile) (Resource, error) {
	var old string
	row, err := r.keep(ctx, s, in.File, Resource{}, func(ctx context.Context, s tenants.Scope, kept *Resource) error {
		row, err := alone(ctx, s, in.ID)
		if err == nil {
			err = row.canChange(s)
		}
		if err == nil && row.Kind != File {
			err = fault.Missing()
		}
		if err == nil && row.Version != in.Version {
			err = fault.Stale()
		}
		if err != nil {
			return err
		}
		old = row.File
		row.File, row.FileType, row.FileBytes, row.ChangedAt = kept.File, kept.FileType, kept.FileBytes, s.Now
		*kept = row
		return save(ctx, s, kept)
	})
	if err != nil {
		return row, err
	}
	return row, r.uploads.Files.Delete(context.WithoutCancel(ctx), old)
}

// keep stores a file and then writes the row that names it, in a unit of work
// that did not have to wait for the file. What is written nowhere is removed.
func (r Resources) keep(ctx context.Context, s tenants.Scope, file web.File, row Resource, write func(context.Context, tenants.Scope, *Resource) error) (Resource, error) {
	content, kind, err := endings.Read(ctx, "file", file, mostBytes, unknown)
	if err != nil {
		return row, err
	}
	row.File, row.FileType, row.FileBytes = "resources/"+s.Trust().ID.String()+"/"+uuid.NewString(), kind, int64(len(content))
	kept := row.File
	if err := r.uploads.Put(ctx, s, kept, content, kind); err != nil {
		return row, err
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return write(ctx, s, &row) })
	if err != nil {
		return row, errors.Join(err, r.uploads.Files.Delete(context.WithoutCancel(ctx), kept))
	}
	return row, nil
}

// File reads an item's file, for those who may see the item.
func (r Resources) File(ctx context.Context, s tenants.Scope, in ByID) (web.Content, error) {
	row, err := find(ctx, s, in.ID)
	if err == nil && row.File == "" {
		err = fault.Missing()
	}
	return web.Content{Type: row.FileType, Name: endings.FileName(row.Title, row.FileType), Size: row.FileBytes, Tag: row.File, Open: func(ctx context.Context) (io.ReadSeekCloser, error) {
		return r.uploads.Files.Open(ctx, row.File)
	}}, err
}
