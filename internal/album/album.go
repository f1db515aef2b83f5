// Package album keeps pictures that people send: made safe by picture, stored by
// storage, described by a row of whoever shows them, who also says for whom.
package album

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/sharon-nhs/sharon/internal/picture"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Most is how many pictures one message or post can have.
const Most = 4

// Print is one size of a picture in storage; rows embed it.
type Print struct {
	File   string `bun:"file" json:"-"` // its key in storage
	Type   string `bun:"type" json:"type"`
	Width  int    `bun:"width" json:"width"`   // in pixels
	Height int    `bun:"height" json:"height"` // in pixels
	Bytes  int64  `bun:"bytes" json:"bytes"`
}

// Album is where the prints are.
type Album struct{ Files *storage.Files }

// Keys are the keys of a picture's prints: its own and those of so many smaller sizes.
func Keys(key string, smaller int) []string {
	keys := []string{key}
	for i := range smaller {
		keys = append(keys, key+"-"+strconv.Itoa(i+1))
	}
	return keys
}

// Keep makes a safe picture of an upload and stores a print of it, and one of each
// of the smaller sizes, in pixels of the longer side, under its Keys. Invalid,
// about field, if it is no picture; nothing is left behind then.
func (a Album) Keep(ctx context.Context, key, field string, upload web.File, smaller ...int) ([]Print, error) {
	content, err := upload.Open()
	if err != nil {
		return nil, err
	}
	whole, err := picture.Clean(ctx, field, content)
	if err = errors.Join(err, content.Close()); err != nil {
		return nil, err
	}
	keys := Keys(key, len(smaller))
	prints, err := a.print(ctx, nil, keys[0], whole)
	for i, pixels := range smaller {
		var small picture.Picture
		if err == nil {
			small, err = whole.Smaller(pixels)
		}
		if err == nil {
			prints, err = a.print(ctx, prints, keys[i+1], small)
		}
	}
	if err != nil {
		return nil, errors.Join(err, a.Forget(ctx, prints...))
	}
	return prints, nil
}

func (a Album) print(ctx context.Context, prints []Print, key string, p picture.Picture) ([]Print, error) {
	one := Print{File: key, Type: p.Type, Width: p.Width, Height: p.Height, Bytes: int64(len(p.Bytes))}
	return append(prints, one), a.Files.Put(ctx, key, bytes.NewReader(p.Bytes), one.Bytes, one.Type)
}

// Forget removes prints from storage, also when ctx is over; doing so twice is no error.
func (a Album) Forget(ctx context.Context, prints ...Print) (err error) {
	for _, one := range prints {
		err = errors.Join(err, a.Files.Delete(context.WithoutCancel(ctx), one.File))
	}
	return err
}

// Show answers with a print.
func (a Album) Show(p Print) web.Content {
	return web.Content{Type: p.Type, Size: p.Bytes, Tag: p.File, Open: func(ctx context.Context) (io.ReadSeekCloser, error) {
		return a.Files.Open(ctx, p.File)
	}}
}
