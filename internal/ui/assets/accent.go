package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui/colour"
)

// DefaultAccent is the accent colour of a service that has chosen none, and of
// pages that belong to no service.
const DefaultAccent = "005eb8"

const accentPrefix = Prefix + "accent-"

// The grounds on which accents are read. sharon.css has the same figures; a
// test compares them.
var (
	lightPage = colour.RGB{R: 0xf0, G: 0xf4, B: 0xf5}
	darkCard  = colour.RGB{R: 0x1b, G: 0x25, B: 0x2c}
	darkPage  = colour.RGB{R: 0x11, G: 0x18, B: 0x1d}
	darkInk   = colour.RGB{R: 0x10, G: 0x18, B: 0x1c}
)

// Accent gives the path of the small style sheet that sets a service's accent
// colour. What is not six hexadecimal digits gets DefaultAccent: a page must not
// fail because of a colour.
func Accent(hex string) string {
	c, err := colour.Parse(hex)
	if err != nil {
		return accentPrefix + DefaultAccent + ".css"
	}
	return accentPrefix + c.Hex() + ".css"
}

// lookupAccent makes the sheet anew each time, which costs microseconds. It is
// not kept, for there are sixteen million and anybody may ask.
func lookupAccent(urlPath string) (*File, bool) {
	rest, ok := strings.CutPrefix(urlPath, accentPrefix)
	if !ok {
		return nil, false
	}
	digits, ok := strings.CutSuffix(rest, ".css")
	if !ok {
		return nil, false
	}
	c, err := colour.Parse(digits)
	if err != nil || c.Hex() != digits { // one address for one colour
		return nil, false
	}
	body := accentSheet(c)
	sum := sha256.Sum256(body)
	return &File{
		Name:         "accent-" + digits + ".css",
		ContentType:  contentTypes[".css"],
		CacheControl: short, // the name is of the colour, not of the content
		ETag:         `"` + hex.EncodeToString(sum[:4]) + `"`,
		Body:         body,
	}, true
}

// shades are the custom properties that sharon.css draws from one accent.
type shades struct {
	accent colour.RGB // buttons, borders, text on a card
	ink    colour.RGB // text on the wash or on the page
	wash   colour.RGB // the ground of what is chosen
	deep   colour.RGB // hovered and pressed buttons
	on     colour.RGB // text on the accent
}

func lightShades(c colour.RGB) shades {
	accent := c.Darker(colour.AA, colour.White)
	wash := colour.Mix(colour.White, accent, 0.12)
	return shades{
		accent: accent,
		ink:    accent.Darker(colour.AA, colour.White, lightPage, wash),
		wash:   wash,
		deep:   colour.Mix(accent, colour.Black, 0.25),
		on:     colour.White,
	}
}

func darkShades(c colour.RGB) shades {
	accent := c.Lighter(colour.AA+1, darkCard) // a little air: dark pages are read at night
	wash := colour.Mix(darkCard, accent, 0.16)
	return shades{
		accent: accent,
		ink:    accent.Lighter(colour.AA, darkCard, darkPage, wash),
		wash:   wash,
		deep:   colour.Mix(accent, colour.White, 0.25),
		on:     darkInk,
	}
}

func (s shades) css() string {
	return fmt.Sprintf(":root{--accent:%s;--accent-ink:%s;--accent-wash:%s;--accent-deep:%s;--on-accent:%s}",
		s.accent, s.ink, s.wash, s.deep, s.on)
}

func accentSheet(c colour.RGB) []byte {
	return []byte(lightShades(c).css() + "\n@media (prefers-color-scheme:dark){" + darkShades(c).css() + "}\n" +
		"@media print{" + lightShades(c).css() + "}\n")
}
