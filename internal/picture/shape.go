package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

const (
	quality  = 82      // of a JPEG: beyond it bytes grow and nobody sees why
	smallPNG = 1 << 20 // bytes; above it transparency is not worth its weight
)

// shrink brings a picture to at most so many pixels in both directions. Halving
// first takes every pixel into account, with little memory.
func shrink(from image.Image, most int) *image.RGBA {
	width, height := from.Bounds().Dx(), from.Bounds().Dy()
	if longest := max(width, height); longest > most {
		width, height = max(1, width*most/longest), max(1, height*most/longest)
	}
	for size := from.Bounds().Size(); size.X >= 2*width && size.Y >= 2*height && size.X > 2; size = from.Bounds().Size() {
		from = scale(from, size.X/2, size.Y/2)
	}
	return scale(from, width, height)
}

func scale(from image.Image, width, height int) *image.RGBA {
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	return to
}

var kinds = map[string]imagemeta.ImageFormat{"image/jpeg": imagemeta.JPEG, "image/png": imagemeta.PNG, "image/webp": imagemeta.WebP}

// orientation is how the camera was held, from 1 (upright) to 8, as EXIF has it.
// What cannot be read was upright.
func orientation(kind string, data []byte) (held int) {
	held = 1
	format, known := kinds[kind]
	if !known {
		return held
	}
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(data), ImageFormat: format, Sources: imagemeta.EXIF, LimitNumTags: 500,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" && tag.Namespace == "IFD0" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && int(value) < len(turns) {
				held = int(value)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil {
		return 1
	}
	return held
}

// turns say, for each orientation, where a pixel at x, y of the picture belongs:
// x·[0] + y·[1] and x·[2] + y·[3], moved back into view.
var turns = [9][4]float64{
	1: {1, 0, 0, 1}, 2: {-1, 0, 0, 1}, 3: {-1, 0, 0, -1}, 4: {1, 0, 0, -1},
	5: {0, 1, 1, 0}, 6: {0, -1, 1, 0}, 7: {0, -1, -1, 0}, 8: {0, 1, -1, 0},
}

// upright turns a picture that was taken with the camera held otherwise.
func upright(from *image.RGBA, held int) *image.RGBA {
	if held <= 1 {
		return from
	}
	turn, size := turns[held], from.Bounds().Size()
	width, height := float64(size.X), float64(size.Y)
	back := func(x, y float64) float64 { return max(0, -x*width, -y*height) }
	matrix := f64.Aff3{turn[0], turn[1], back(turn[0], turn[1]), turn[2], turn[3], back(turn[2], turn[3])}
	if turn[0] == 0 {
		size = image.Pt(size.Y, size.X)
	}
	to := image.NewRGBA(image.Rectangle{Max: size})
	draw.NearestNeighbor.Transform(to, matrix, from, from.Bounds(), draw.Src, nil)
	return to
}

// encode writes the pixels and nothing else.
func encode(from *image.RGBA) (Picture, error) {
	made := Picture{Type: "image/png", Width: from.Bounds().Dx(), Height: from.Bounds().Dy()}
	var out bytes.Buffer
	if !from.Opaque() {
		if err := png.Encode(&out, from); err != nil {
			return Picture{}, fmt.Errorf("picture: %w", err)
		}
		if out.Len() <= smallPNG {
			made.Bytes = out.Bytes()
			return made, nil
		}
		onWhite := image.NewRGBA(from.Bounds())
		draw.Draw(onWhite, onWhite.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(onWhite, onWhite.Bounds(), from, from.Bounds().Min, draw.Over)
		from = onWhite
		out.Reset()
	}
	if err := jpeg.Encode(&out, from, &jpeg.Options{Quality: quality}); err != nil {
		return Picture{}, fmt.Errorf("picture: %w", err)
	}
	made.Type, made.Bytes = "image/jpeg", out.Bytes()
	return made, nil
}
