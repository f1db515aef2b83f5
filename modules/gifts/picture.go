package gifts

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/picture"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// AddPicture is another gift for the catalogue, with a picture of the lead's own.
type AddPicture struct {
	Picture web.File `json:"picture" validate:"required" label:"a picture"`
	Labels
	tenants.Why
}

// AddPicture makes a safe picture of what was sent and puts it into the
// catalogue. It looks at it outside any unit of work, because that takes its time.
func (g Gifts) AddPicture(ctx context.Context, s tenants.Scope, in AddPicture) (Kind, error) {
	content, err := in.Picture.Open()
	if err != nil {
		return Kind{}, err
	}
	clean, err := picture.Clean(ctx, "picture", content)
	if err = errors.Join(err, content.Close()); err != nil {
		return Kind{}, err
	}
	kind := Kind{File: "gifts/" + s.Trust().ID.String() + "/" + uuid.NewString(), Type: clean.Type, Bytes: int64(len(clean.Bytes)), Name: strings.TrimSpace(in.Name), Alt: strings.TrimSpace(in.Alt)}
	if err := g.uploads.Put(ctx, s, kind.File, clean.Bytes, kind.Type); err != nil {
		return Kind{}, err
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		kind, err = add(ctx, s, kind, in.Why)
		return err
	})
	if err != nil {
		return Kind{}, errors.Join(err, g.uploads.Files.Delete(context.WithoutCancel(ctx), kind.File))
	}
	return kind, nil
}

// ByID names a gift, or one of the catalogue.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Picture reads the picture of a gift of this service. NotFound for a drawing.
func (g Gifts) Picture(ctx context.Context, s tenants.Scope, in ByID) (web.Content, error) {
	kind, err := kindOf(ctx, s, in.ID)
	if err == nil && kind.File == "" {
		err = fault.Missing()
	}
	return web.Content{Type: kind.Type, Size: kind.Bytes, Tag: kind.File, Open: func(ctx context.Context) (io.ReadSeekCloser, error) {
		return g.uploads.Files.Open(ctx, kind.File)
	}}, err
}
