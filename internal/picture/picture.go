// Package picture makes a safe picture of whatever was uploaded as one: small
// enough for a page, the right way up, and without anything that the camera
// wrote beside it, such as the place.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"

	"golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// MaxBytes is the largest upload.
const MaxBytes = 10 << 20

const (
	maxSide   = 12_000     // pixels, of what is uploaded
	maxPixels = 40_000_000 // of what is uploaded; 640 MB while it is decoded, at worst
	maxScans  = 40         // a progressive JPEG has about ten; each costs a walk over all pixels
	side      = 2048       // pixels, of what is kept
)

// Picture is a picture that we made ourselves.
type Picture struct {
	Bytes         []byte
	Type          string // image/jpeg or image/png
	Width, Height int    // in pixels
}

// format decodes one kind of picture; config reads no more than its size.
type format struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// formats by what the first bytes say: names and headers are the sender's claim.
var formats = map[string]format{
	"image/jpeg": {jpeg.DecodeConfig, jpeg.Decode},
	"image/png":  {png.DecodeConfig, png.Decode},
	"image/gif":  {gif.DecodeConfig, gif.Decode}, // its first frame
	"image/webp": {webp.DecodeConfig, webp.Decode},
}

// room holds as many pictures as have, together, no more pixels than the
// largest: uploads at the same time must not fill the memory.
var room = semaphore.NewWeighted(maxPixels)

// Clean reads an upload and makes a picture of it. Invalid, about field and with
// words that say how to mend it, if that cannot be; it waits while too many
// others are at work, for as long as ctx.
func Clean(ctx context.Context, field string, upload io.Reader) (Picture, error) {
	data, err := io.ReadAll(io.LimitReader(upload, MaxBytes+1))
	if err != nil {
		return Picture{}, fmt.Errorf("picture: %w", err)
	}
	picture, err := clean(ctx, data)
	var bad refusal
	if errors.As(err, &bad) {
		return Picture{}, fault.Bad(field, string(bad))
	}
	return picture, err
}

// Smaller is the same picture with at most so many pixels on a side.
func (p Picture) Smaller(pixels int) (Picture, error) {
	decoded, err := decode(p.Type, p.Bytes)
	if err != nil {
		return Picture{}, err
	}
	return encode(shrink(decoded, pixels))
}

// A refusal says to a person what is wrong with their file.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	empty      refusal = "This file is empty. Choose another."
	tooHeavy   refusal = "This picture is larger than 10 MB. Make it smaller, or choose another."
	tooLarge   refusal = "This picture has too many pixels. Make it smaller (at most 40 megapixels, and 12,000 pixels on a side), or choose another."
	damaged    refusal = "We could not read this picture: it is damaged, or of a kind that we do not know. Open it on your device, save it as JPEG, then choose that."
	unknown    refusal = "This is not a picture that we can show. Choose a JPEG, PNG, GIF or WebP."
	fromPhone  refusal = "This kind of picture (HEIC or AVIF) cannot be shown by every browser. Save it as JPEG, or take a screenshot of it, then choose that."
	tooComplex refusal = "This picture is made in a way that takes too long to read. Open it on your device, save it as JPEG again, then choose that."
)

func clean(ctx context.Context, data []byte) (_ Picture, err error) {
	kind, err := check(data)
	if err != nil {
		return Picture{}, err
	}
	config, err := sizeOf(kind, data)
	if err != nil {
		return Picture{}, err
	}
	pixels := int64(config.Width) * int64(config.Height)
	if err := room.Acquire(ctx, pixels); err != nil {
		return Picture{}, fmt.Errorf("picture: wait for others: %w", err)
	}
	defer room.Release(pixels)
	decoded, err := decode(kind, data)
	if err != nil {
		return Picture{}, err
	}
	if err := ctx.Err(); err != nil {
		return Picture{}, fmt.Errorf("picture: %w", err)
	}
	return encode(upright(shrink(decoded, side), orientation(kind, data)))
}

// check finds out what the data are, whatever they are called.
func check(data []byte) (kind string, err error) {
	kind = http.DetectContentType(data)
	switch {
	case len(data) == 0:
		return "", empty
	case len(data) > MaxBytes:
		return "", tooHeavy
	case formats[kind].decode != nil:
		return kind, nil
	case len(data) > 12 && bytes.Equal(data[4:8], []byte("ftyp")) && (bytes.Contains(data[8:12], []byte("hei")) || bytes.Contains(data[8:12], []byte("mif")) || bytes.Contains(data[8:12], []byte("avi"))):
		return "", fromPhone
	}
	return "", unknown
}

// sizeOf believes the header no further than to refuse before any memory is taken.
func sizeOf(kind string, data []byte) (config image.Config, err error) {
	defer survive(&err)
	config, err = formats[kind].config(bytes.NewReader(data))
	switch {
	case err != nil || config.Width < 1 || config.Height < 1:
		return config, damaged
	case config.Width > maxSide || config.Height > maxSide || config.Width*config.Height > maxPixels:
		return config, tooLarge
	case kind == "image/jpeg" && scans(data) > maxScans:
		return config, tooComplex
	}
	return config, nil
}

func decode(kind string, data []byte) (decoded image.Image, err error) {
	defer survive(&err)
	decoded, err = formats[kind].decode(bytes.NewReader(data))
	if err != nil || decoded.Bounds().Empty() {
		return nil, damaged
	}
	return decoded, nil
}

// survive turns a panic over somebody's bytes into a refusal.
func survive(err *error) {
	if recover() != nil {
		*err = damaged
	}
}

// scans counts how often a JPEG goes over its pixels. A few bytes make a scan,
// so ten megabytes could ask for hours of work.
func scans(data []byte) (count int) {
	for i := 2; i+3 < len(data); {
		marker := data[i+1]
		switch {
		case data[i] != 0xff, marker == 0xff:
			i++
		case marker <= 0x01, marker >= 0xd0 && marker <= 0xd8: // stuffing, restarts: nothing follows
			i += 2
		case marker == 0xd9: // the end
			return count
		default:
			if marker == 0xda {
				count++
			}
			i += 2 + int(data[i+2])<<8 + int(data[i+3])
		}
	}
	return count
}
