// Package emblem draws the picture by which an app stands on a home screen: a
// plain shape, which tells nothing about what the app is for, on one colour. It
// knows nothing of tenants or pages.
package emblem

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/image/vector"

	"github.com/sharon-nhs/sharon/internal/ui/colour"
)

// Emblem is one form of the picture.
type Emblem struct {
	// Name is that of its file.
	Name string
	// Size is in pixels, on each side; 0 for one that has no size of its own (SVG).
	Size int
	// Purpose is what a web app manifest says of it; empty for one that is not in there.
	Purpose string

	round bool    // has round corners of its own
	shape float64 // how much of the width the shape takes
}

// All are the forms that systems ask for. What a system cuts its own shape from
// (maskable, Apple's) fills the square, and has its shape well inside.
var All = []Emblem{
	{Name: "icon-192.png", Size: 192, Purpose: "any", round: true, shape: .56},
	{Name: "icon-512.png", Size: 512, Purpose: "any", round: true, shape: .56},
	{Name: "icon-maskable.png", Size: 512, Purpose: "maskable", shape: .44},
	{Name: "icon.svg", Purpose: "any", round: true, shape: .56},
	{Name: "apple-touch-icon.png", Size: 180, shape: .5},
}

// Named finds a form by its file's name.
func Named(name string) (Emblem, bool) {
	at := slices.IndexFunc(All, func(e Emblem) bool { return e.Name == name })
	if at < 0 {
		return Emblem{}, false
	}
	return All[at], true
}

// Type is the content type.
func (e Emblem) Type() string {
	if e.Size == 0 {
		return "image/svg+xml"
	}
	return "image/png"
}

// Sizes are as a manifest has them: 192x192, or any.
func (e Emblem) Sizes() string {
	if e.Size == 0 {
		return "any"
	}
	return strconv.Itoa(e.Size) + "x" + strconv.Itoa(e.Size)
}

// drawn keeps what has been drawn: trusts share a few colours.
var drawn sync.Map

// In draws the picture in a colour of six hexadecimal digits, or in a darker one on
// which white is seen well. The answer must not be changed.
func (e Emblem) In(hex string) ([]byte, error) {
	ground, err := colour.Parse(hex)
	if err != nil {
		return nil, err
	}
	ground = ground.Darker(colour.AA, colour.White)
	key := e.Name + ground.Hex()
	if kept, ok := drawn.Load(key); ok {
		return kept.([]byte), nil
	}
	body := []byte(e.svg(ground))
	if e.Size > 0 {
		if body, err = e.png(ground); err != nil {
			return nil, err
		}
	}
	drawn.Store(key, body)
	return body, nil
}

// corner is how much of the width a round corner takes.
const corner = .22

// A path is drawn by whoever has a pen: the picture in SVG and in pixels is one.
type pen interface {
	MoveTo(x, y float32)
	LineTo(x, y float32)
	CubeTo(bx, by, cx, cy, dx, dy float32)
	ClosePath()
}

// square draws one of a side with corners of a radius.
func square(p pen, side, r float32) {
	const k = 1 - .5522847 // how far from the corner the handles of a quarter are (4/3·(√2−1))
	p.MoveTo(r, 0)
	p.LineTo(side-r, 0)
	p.CubeTo(side-k*r, 0, side, k*r, side, r)
	p.LineTo(side, side-r)
	p.CubeTo(side, side-k*r, side-k*r, side, side-r, side)
	p.LineTo(r, side)
	p.CubeTo(k*r, side, 0, side-k*r, 0, side-r)
	p.LineTo(0, r)
	p.CubeTo(0, k*r, k*r, 0, r, 0)
	p.ClosePath()
}

// shapeOf draws the shape itself, a leaf.
func (e Emblem) shapeOf(p pen, side float32) {
	width := side * float32(e.shape)
	near := (side - width) / 2
	far := near + width
	p.MoveTo(near, far)
	p.CubeTo(near, far-.8*width, near+.2*width, near, far, near)
	p.CubeTo(far, near+.8*width, far-.2*width, far, near, far)
	p.ClosePath()
}

func (e Emblem) groundOf(p pen, side float32) {
	radius := float32(0)
	if e.round {
		radius = side * corner
	}
	square(p, side, radius)
}

func (e Emblem) png(ground colour.RGB) ([]byte, error) {
	side := float32(e.Size)
	picture := image.NewRGBA(image.Rect(0, 0, e.Size, e.Size))
	for _, layer := range []struct {
		colour colour.RGB
		draw   func(pen, float32)
	}{{ground, e.groundOf}, {colour.White, e.shapeOf}} {
		brush := vector.NewRasterizer(e.Size, e.Size)
		layer.draw(brush, side)
		fill := image.NewUniform(color.NRGBA{layer.colour.R, layer.colour.G, layer.colour.B, 255})
		brush.Draw(picture, picture.Bounds(), fill, image.Point{})
	}
	var out bytes.Buffer
	err := png.Encode(&out, picture)
	return out.Bytes(), err
}

func (e Emblem) svg(ground colour.RGB) string {
	const side = 64
	var back, front strokes
	e.groundOf(&back, side)
	e.shapeOf(&front, side)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"><path fill="%s" d="%s"/><path fill="#fff" d="%s"/></svg>`, side, side, ground, back, front)
}

// strokes are a path as SVG writes it.
type strokes string

func (s *strokes) add(letter string, numbers ...float32) {
	*s += strokes(letter)
	for i, n := range numbers {
		if i > 0 {
			*s += " "
		}
		*s += strokes(strconv.FormatFloat(float64(n), 'f', 2, 32))
	}
}

func (s *strokes) MoveTo(x, y float32) { s.add("M", x, y) }
func (s *strokes) LineTo(x, y float32) { s.add("L", x, y) }
func (s *strokes) ClosePath()          { s.add("Z") }
func (s *strokes) CubeTo(bx, by, cx, cy, dx, dy float32) {
	s.add("C", bx, by, cx, cy, dx, dy)
}
