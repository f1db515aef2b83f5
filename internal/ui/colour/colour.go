// Package colour does the little colour arithmetic that the pages need: reading
// a service's accent colour, mixing it, and saying whether text in it can be
// read (WCAG 2.2, contrast ratio of relative luminances).
//
// It knows nothing of pages, tenants or files.
package colour

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// AA is the lowest contrast ratio at which WCAG lets text of any size be shown.
const AA = 4.5

// RGB is an opaque sRGB colour.
type RGB struct{ R, G, B uint8 }

// White and Black are the ends of the scale.
var (
	White = RGB{255, 255, 255}
	Black = RGB{0, 0, 0}
)

// Parse reads six hexadecimal digits, with or without a leading "#". Short
// forms, names and alpha are refused: an accent colour is stored in one way.
func Parse(s string) (RGB, error) {
	h := strings.TrimPrefix(s, "#")
	if len(h) != 6 || strings.ContainsAny(h, "+-_") {
		return RGB{}, fmt.Errorf("colour %q: want six hexadecimal digits", s)
	}
	n, err := strconv.ParseUint(h, 16, 24)
	if err != nil {
		return RGB{}, fmt.Errorf("colour %q: want six hexadecimal digits", s)
	}
	return RGB{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil // #nosec G115 -- each is cut to eight bits on purpose
}

// Hex writes the colour as six lower-case digits without "#".
func (c RGB) Hex() string { return fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B) }

// String writes the colour as CSS does.
func (c RGB) String() string { return "#" + c.Hex() }

// Luminance is the relative luminance of WCAG 2.x, between 0 and 1.
func (c RGB) Luminance() float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

// Contrast is the WCAG contrast ratio of two colours, between 1 and 21. The
// order does not matter.
func Contrast(a, b RGB) float64 {
	la, lb := a.Luminance(), b.Luminance()
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

// Mix gives a with the share of b (0 is a alone, 1 is b alone), channel by
// channel in sRGB, as `color-mix(in srgb, …)` does.
func Mix(a, b RGB, share float64) RGB {
	share = math.Min(1, math.Max(0, share))
	one := func(x, y uint8) uint8 {
		return uint8(math.Round(float64(x)*(1-share) + float64(y)*share))
	}
	return RGB{one(a.R, b.R), one(a.G, b.G), one(a.B, b.B)}
}

// ReadableOnWhite says whether text in this colour on white, and white text on
// this colour, reach AA. It is what the console asks of a new accent colour.
func (c RGB) ReadableOnWhite() bool { return Contrast(c, White) >= AA }

// Darker lowers the lightness of c, keeping its hue and saturation, until it
// reaches the ratio against every ground; Black if nothing lighter does.
func (c RGB) Darker(ratio float64, grounds ...RGB) RGB { return c.move(-1, Black, ratio, grounds) }

// Lighter raises the lightness of c, keeping its hue and saturation, until it
// reaches the ratio against every ground; White if nothing darker does.
func (c RGB) Lighter(ratio float64, grounds ...RGB) RGB { return c.move(+1, White, ratio, grounds) }

func (c RGB) move(way float64, end RGB, ratio float64, grounds []RGB) RGB {
	if c.readsOn(ratio, grounds) {
		return c
	}
	const step = 0.005
	h, s, l := c.hsl()
	for l += way * step; l > 0 && l < 1; l += way * step {
		if got := fromHSL(h, s, l); got.readsOn(ratio, grounds) {
			return got
		}
	}
	return end
}

func (c RGB) readsOn(ratio float64, grounds []RGB) bool {
	for _, g := range grounds {
		if Contrast(c, g) < ratio {
			return false
		}
	}
	return true
}

// hsl gives hue (0 to 6), saturation and lightness (0 to 1).
func (c RGB) hsl() (h, s, l float64) {
	r, g, b := float64(c.R)/255, float64(c.G)/255, float64(c.B)/255
	hi, lo := math.Max(r, math.Max(g, b)), math.Min(r, math.Min(g, b))
	l = (hi + lo) / 2
	d := hi - lo
	if d == 0 {
		return 0, 0, l
	}
	s = d / (1 - math.Abs(2*l-1))
	switch hi {
	case r:
		h = math.Mod((g-b)/d+6, 6)
	case g:
		h = (b-r)/d + 2
	default:
		h = (r-g)/d + 4
	}
	return h, s, l
}

func fromHSL(h, s, l float64) RGB {
	c := (1 - math.Abs(2*l-1)) * s
	x := c * (1 - math.Abs(math.Mod(h, 2)-1))
	m := l - c/2
	channels := [6][3]float64{{c, x, 0}, {x, c, 0}, {0, c, x}, {0, x, c}, {x, 0, c}, {c, 0, x}}
	ch := channels[int(h)%6]
	to8 := func(v float64) uint8 { return uint8(math.Round(math.Min(1, math.Max(0, v+m)) * 255)) }
	return RGB{to8(ch[0]), to8(ch[1]), to8(ch[2])}
}
