// Package words puts the interface into other words: into Welsh, or into Easy Read.
//
// English is what stands in the templates, and is the key (as in gettext): a page is
// written in English, and on its way out (Page) each of its texts becomes what the
// reader's catalogue says. What people wrote is never touched: it stands in elements
// with translate="no", as HTML has it.
//
// A catalogue is a PO file, which translators have tools for. An entry marked
// "fuzzy" still needs a translator's check. A {} in an entry stands for something
// that changes, such as a name or a number, in both languages in the same order
// unless the translation numbers them: {2} of {1}. What stands there is said in other
// words too, unless the translation has {=} or {1=}: then somebody wrote it, and it
// stays as it is.
package words

import (
	"cmp"
	"context"
	"embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/leonelquinteros/gotext"
)

// Tag is a kind of words, as BCP 47 writes it.
type Tag string

// The kinds of words that there are. Easy Read is English in short words.
const (
	English  Tag = "en-GB"
	EasyRead Tag = "en-GB-x-easyread"
	Welsh    Tag = "cy"
)

//go:embed *.po
var files embed.FS

// catalogues are read for the first page that needs them.
var catalogues = map[Tag]func() *Catalogue{
	Welsh:    sync.OnceValue(func() *Catalogue { return load("cy.po") }),
	EasyRead: sync.OnceValue(func() *Catalogue { return load("easyread.po").with(pictures) }),
}

// In is the catalogue of a kind of words; nil for English, which needs none, and for
// what is none of ours.
func In(tag Tag) *Catalogue {
	if read, ok := catalogues[tag]; ok {
		return read()
	}
	return nil
}

// Known tells whether there is such a kind of words.
func Known(tag Tag) bool { return tag == English || catalogues[tag] != nil }

// Name is what a kind of words is called in English.
func (t Tag) Name() string { return named[t] }

var named = map[Tag]string{English: "English", EasyRead: "Easy Read", Welsh: "Welsh"}

type tagKey struct{}

// With gives a page the kind of words that its reader chose.
func With(ctx context.Context, tag Tag) context.Context { return context.WithValue(ctx, tagKey{}, tag) }

// Of is the kind of words of a page, English if nothing was chosen.
func Of(ctx context.Context) Tag {
	if tag, ok := ctx.Value(tagKey{}).(Tag); ok && Known(tag) {
		return tag
	}
	return English
}

// Catalogue says English texts in other words.
type Catalogue struct {
	whole    map[string]string
	patterns map[place][]pattern
	pictures map[string]string // icons by the text that they stand before; nil for none
}

func (c *Catalogue) with(pictures map[string]string) *Catalogue {
	c.pictures = pictures
	return c
}

// place is where patterns of one kind are looked for: by the word that they begin
// with, else the one that they end with, else none.
type place struct{ first, last string }

// pattern is a text with holes.
type pattern struct {
	parts []string // what stands around the holes
	said  string
}

const hole = "{}"

func load(name string) *Catalogue {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return Read(raw)
}

// Entry is how a text without a translation stands in a PO file.
func Entry(text string) string {
	return "msgid \"" + escaper.Replace(text) + "\"\nmsgstr \"\"\n"
}

var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// Read reads a PO file. Entries without a translation count as missing.
func Read(raw []byte) *Catalogue {
	po := gotext.NewPo()
	po.Parse(raw)
	c := &Catalogue{whole: map[string]string{}, patterns: map[place][]pattern{}}
	for id, entry := range po.GetDomain().GetTranslations() {
		said := entry.Trs[0]
		switch {
		case id == "" || said == "":
		case !strings.Contains(id, hole):
			c.whole[id] = said
		default:
			one := pattern{strings.Split(id, hole), said}
			at := placeOf(one.parts[0], one.parts[len(one.parts)-1])
			c.patterns[at] = append(c.patterns[at], one)
		}
	}
	for _, list := range c.patterns {
		// The longest first: it says most of what it fits.
		slices.SortFunc(list, func(a, b pattern) int {
			return cmp.Or(len(strings.Join(b.parts, ""))-len(strings.Join(a.parts, "")), strings.Compare(a.said, b.said))
		})
	}
	return c
}

// placeOf is the place of a pattern by what it begins and ends with.
func placeOf(begins, ends string) place {
	if word, _, whole := strings.Cut(begins, " "); whole {
		return place{first: word}
	}
	if at := strings.LastIndexByte(ends, ' '); at >= 0 {
		return place{last: ends[at+1:]}
	}
	return place{}
}

// say is a text in the catalogue's words, with what of it the catalogue does not have.
// Spaces around it stay, and a text without a letter needs no words.
func (c *Catalogue) say(text string) (said string, lacks []string) {
	bare := strings.TrimSpace(text)
	if !strings.ContainsFunc(bare, unicode.IsLetter) {
		return text, nil
	}
	if strings.Contains(bare, separator) {
		return c.each(text)
	}
	said, lacks = c.bare(strings.Join(strings.Fields(bare), " "))
	at := strings.Index(text, bare)
	return text[:at] + said + text[at+len(bare):], lacks
}

// separator stands between texts on one line.
const separator = "·"

func (c *Catalogue) each(text string) (said string, lacks []string) {
	parts := strings.Split(text, separator)
	for i, part := range parts {
		var without []string
		parts[i], without = c.say(part)
		lacks = append(lacks, without...)
	}
	return strings.Join(parts, separator), lacks
}

// bare is say for a text with single spaces and none around it. All of it is said, or
// nothing: half in other words it would help nobody.
func (c *Catalogue) bare(text string) (said string, lacks []string) {
	for _, way := range []func(string) (string, bool){c.known, c.counted, c.lower, c.sentences, c.list} {
		if said, ok := way(text); ok {
			return said, nil
		}
	}
	return text, []string{text}
}

// known is a text that the catalogue has, or a date.
func (c *Catalogue) known(text string) (string, bool) {
	if said, ok := c.whole[text]; ok {
		return said, true
	}
	if date.MatchString(text) {
		return c.date(text), true
	}
	first, _, _ := strings.Cut(text, " ")
	for _, at := range []place{{first: first}, {last: text[strings.LastIndexByte(text, ' ')+1:]}, {}} {
		for _, p := range c.patterns[at] {
			found, ok := p.match(text)
			if !ok {
				continue
			}
			if said, ok := c.fill(p.said, found); ok {
				return said, true
			}
		}
	}
	return "", false
}

// counted is a number with what there are so many of.
func (c *Catalogue) counted(text string) (string, bool) {
	n, what, _ := strings.Cut(text, " ")
	if _, err := strconv.Atoi(n); err != nil {
		return "", false
	}
	said, ok := c.known(what)
	return n + " " + said, ok
}

// lower is a text that begins with a capital only where it stands.
func (c *Catalogue) lower(text string) (string, bool) {
	first, size := utf8.DecodeRuneInString(text)
	if !unicode.IsUpper(first) {
		return "", false
	}
	said, ok := c.known(string(unicode.ToLower(first)) + text[size:])
	if !ok || said == "" {
		return "", false
	}
	first, size = utf8.DecodeRuneInString(said)
	return string(unicode.ToUpper(first)) + said[size:], true
}

// sentences are said in as few pieces as the catalogue has, with their stop or without it.
func (c *Catalogue) sentences(text string) (string, bool) {
	for end := len(text); end > 0; end = strings.LastIndex(text[:end-1], ". ") + 1 {
		head, rest := text[:end], text[end:]
		said, ok := c.known(head)
		if !ok {
			bare, stopped := strings.CutSuffix(head, ".")
			if said, ok = c.known(bare); !ok || !stopped {
				continue
			}
			said += "."
		}
		more, lacks := c.say(rest)
		if lacks == nil {
			return said + more, true
		}
	}
	return "", false
}

// list is several things with commas between them.
func (c *Catalogue) list(text string) (string, bool) {
	head, tail, several := strings.Cut(text, ", ")
	if !several {
		return "", false
	}
	said, lacks := c.bare(head)
	rest, more := c.bare(tail)
	return said + ", " + rest, lacks == nil && more == nil
}

// match gives what stands in the holes of a pattern.
func (p pattern) match(text string) (found []string, ok bool) {
	rest, ok := strings.CutPrefix(text, p.parts[0])
	if !ok {
		return nil, false
	}
	for i, part := range p.parts[1:] {
		at := strings.Index(rest, part)
		if part == "" || i == len(p.parts)-2 {
			at = len(rest) - len(part)
		}
		if at <= 0 || !strings.HasPrefix(rest[at:], part) {
			return nil, false
		}
		found = append(found, rest[:at])
		rest = rest[at+len(part):]
	}
	return found, rest == ""
}

// fill puts what was found into the holes of a translation; false if the catalogue
// does not have some of it.
func (c *Catalogue) fill(said string, found []string) (filled string, ok bool) {
	next, ok := 0, true
	filled = holes.ReplaceAllStringFunc(said, func(mark string) string {
		n, err := strconv.Atoi(strings.Trim(mark, "{=}"))
		if err != nil {
			next++
			n = next
		}
		if n < 1 || n > len(found) {
			return mark
		}
		if strings.Contains(mark, "=") {
			return found[n-1]
		}
		inner, without := c.say(found[n-1])
		ok = ok && without == nil
		return inner
	})
	return filled, ok
}

var (
	holes = regexp.MustCompile(`\{[0-9]?=?\}`)
	date  = regexp.MustCompile(`^(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day )?(?:[0-9]{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December)(?: [0-9]{4})?(?:,? (?:at )?[0-9]{2}:[0-9]{2})?$`)
	names = regexp.MustCompile(`[A-Z][a-z]+|\bat\b`)
)

// date says a date with the catalogue's names of days and months.
func (c *Catalogue) date(text string) string {
	return names.ReplaceAllStringFunc(text, func(name string) string {
		if said, ok := c.whole[name]; ok {
			return said
		}
		return name
	})
}
