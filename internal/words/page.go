package words

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// spoken are the attributes that people read or hear, some by way of a style or a
// script. The value of a button is one too.
var spoken = map[string]bool{
	"aria-label": true, "aria-description": true, "aria-roledescription": true, "aria-valuetext": true,
	"alt": true, "title": true, "placeholder": true, "label": true,
	"data-label": true, "data-live-one": true, "data-live-many": true,
}

// Spoken tells whether people read or hear an attribute.
func Spoken(attribute string) bool { return spoken[attribute] }

// silent elements hold nothing that is the interface's.
var silent = map[string]bool{"script": true, "style": true, "textarea": true, "code": true, "pre": true, "noscript": true}

var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true,
}

// Page is a page, or a part of one, in the words that its reader chose. English is
// the page itself.
func Page(ctx context.Context, page []byte) []byte {
	catalogue := In(Of(ctx))
	if catalogue == nil {
		return page
	}
	out, _ := catalogue.page(page)
	return out
}

// Missing are the texts of a page that the catalogue does not have, each once.
func (c *Catalogue) Missing(page []byte) []string {
	_, missing := c.page(page)
	return missing
}

// page goes through a page once. Whatever is not a text of the interface goes out
// byte for byte as it came in; pictures are put before the texts that have one.
func (c *Catalogue) page(page []byte) (said []byte, missing []string) {
	out := bytes.NewBuffer(make([]byte, 0, len(page)+len(page)/8))
	known := map[string]bool{}
	say := func(text string) (string, bool) {
		said, lacks := c.say(text)
		for _, lack := range lacks {
			if !known[lack] {
				known[lack] = true
				missing = append(missing, lack)
			}
		}
		return said, said != text
	}
	tokens := html.NewTokenizer(bytes.NewReader(page))
	depth, quiet := 0, 0 // how deep we are, and where what must stay as it is began
	head := false        // at the beginning of what a picture can stand before
	for {
		kind := tokens.Next()
		raw := tokens.Raw()
		switch kind {
		case html.ErrorToken:
			out.Write(raw)
			return out.Bytes(), missing
		case html.TextToken:
			if text := html.UnescapeString(string(raw)); quiet == 0 {
				if head && strings.ContainsFunc(text, unicode.IsLetter) {
					out.WriteString(c.picture(text))
					head = false
				}
				if said, changed := say(text); changed {
					out.WriteString(html.EscapeString(said))
					continue
				}
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name := nameOf(raw)
			head = headed[string(name)] || head && string(name) != "svg" && string(name) != "img"
			own, before := bytes.Contains(raw, ownWords), quiet
			if kind == html.StartTagToken && !void[string(name)] {
				depth++
				if quiet == 0 && (silent[string(name)] || own) {
					quiet = depth
				}
			}
			if before == 0 && !own && speaks(raw) {
				raw = bytes.Clone(raw) // reading the tag changes it in place
				if token := tokens.Token(); retell(&token, say) {
					out.WriteString(token.String())
					continue
				}
			}
		case html.EndTagToken:
			head = false
			if quiet == depth {
				quiet = 0
			}
			depth--
		}
		out.Write(raw)
	}
}

var ownWords = []byte(`translate="no"`)

// nameOf is a tag's name.
func nameOf(tag []byte) []byte {
	name := tag[1:]
	if at := bytes.IndexAny(name, " \t\n/>"); at >= 0 {
		name = name[:at]
	}
	return name
}

// speaks tells whether a tag may have something that people read or hear. Most have not.
func speaks(tag []byte) bool {
	return slices.ContainsFunc(marks, func(mark []byte) bool { return bytes.Contains(tag, mark) })
}

var marks = func() (all [][]byte) {
	for name := range spoken {
		all = append(all, []byte(" "+name+"="))
	}
	return append(all, []byte("<input"))
}()

// retell says a tag's spoken attributes; true if that changed any.
func retell(token *html.Token, say func(string) (string, bool)) (changed bool) {
	button := token.Data == "input" && strings.Contains("submit button reset", attribute(*token, "type")) && attribute(*token, "type") != ""
	for i, a := range token.Attr {
		if !spoken[a.Key] && (!button || a.Key != "value") {
			continue
		}
		if said, ok := say(a.Val); ok {
			token.Attr[i].Val, changed = said, true
		}
	}
	return changed
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
