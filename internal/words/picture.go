package words

import (
	_ "embed"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui/assets"
)

//go:embed pictures.txt
var pictureList string

// pictures are the icons of Easy Read, by the English text that they stand before.
var pictures = readPictures(pictureList)

func readPictures(list string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(list) {
		icon, texts, found := strings.Cut(strings.TrimSpace(line), ": ")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		for text := range strings.SplitSeq(texts, " | ") {
			all[text] = icon
		}
	}
	return all
}

// headed are elements that a picture can stand at the beginning of.
var headed = map[string]bool{"h1": true, "h2": true, "h3": true, "a": true, "button": true, "summary": true, "legend": true}

// picture is the drawing before a text at the beginning of such an element; empty
// for none. The words stay beside it, so that it says nothing to a screen reader.
func (c *Catalogue) picture(text string) string {
	icon, found := c.pictures[strings.Join(strings.Fields(text), " ")]
	if !found {
		return ""
	}
	return `<svg class="icon easy-picture" aria-hidden="true"><use href="` + assets.Icon(icon) + `"></use></svg>`
}
