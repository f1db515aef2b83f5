// Package search reads what somebody typed into a search box, says it in the
// language of each database's full-text index, and marks the words in a text.
package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
)

// most is how many terms of a search count; the rest is left out.
const most = 12

// term is a word, or several that must stand together; without says that they must not be there.
type term struct {
	words   []string
	without bool
}

// Words is what is searched for. All terms must be there.
type Words struct{ terms []term }

// Parse reads a search: words, “words that stand together” in double quotes, and
// a minus before what must not be there. It understands whatever is typed.
func Parse(typed string) (w Words) {
	typed = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "’", "'").Replace(typed)
	for quoted, rest := false, typed; len(w.terms) < most; quoted = !quoted {
		part, after, more := strings.Cut(rest, `"`)
		if quoted {
			w.add(part, strings.HasSuffix(typed[:len(typed)-len(rest)], `-"`))
		} else {
			for _, word := range strings.Fields(part) {
				w.add(strings.TrimPrefix(word, "-"), strings.HasPrefix(word, "-"))
			}
		}
		if rest = after; !more {
			break
		}
	}
	return w
}

func (w *Words) add(text string, without bool) {
	if words := split(text); len(words) > 0 && len(w.terms) < most {
		w.terms = append(w.terms, term{words, without})
	}
}

// split takes a text apart into what both indexes take as words.
func split(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !isWord(r) })
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// Empty tells whether there is nothing to look for: no word at all, or only what must not be there.
func (w Words) Empty() bool {
	for _, term := range w.terms {
		if !term.without {
			return false
		}
	}
	return true
}

// Postgres is the search as websearch_to_tsquery reads it.
func (w Words) Postgres() string {
	var out []string
	for _, term := range w.terms {
		said := `"` + strings.Join(term.words, " ") + `"`
		if term.without {
			said = "-" + said
		}
		out = append(out, said)
	}
	return strings.Join(out, " ")
}

// SQLite is the search as FTS5 reads it, in its column words.
func (w Words) SQLite() string {
	var with, without []string
	for _, term := range w.terms {
		said := `"` + strings.Join(term.words, " ") + `"`
		if term.without {
			without = append(without, said)
		} else {
			with = append(with, said)
		}
	}
	query := strings.Join(with, " AND ")
	if len(without) > 0 {
		query = "(" + query + ") NOT (" + strings.Join(without, " OR ") + ")"
	}
	return "words : (" + query + ")"
}

// Piece is a part of a text; Hit says that it is one of the words.
type Piece struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"`
}

const (
	around = 60  // runes kept before the first word that was found
	shown  = 240 // runes of a text, at most
)

// Mark cuts out of a text what stands around the first of the words, and marks
// those that are there in any of their forms: “walked” for walk.
func (w Words) Mark(text string) []Piece {
	stems, heads := map[string]bool{}, map[rune]bool{}
	for _, term := range w.terms {
		for _, word := range term.words {
			stems[stem(word)] = !term.without
			head, _ := utf8.DecodeRuneInString(stem(word))
			heads[head] = true
		}
	}
	runes := []rune(text)
	var spans [][2]int
	for i := 0; i < len(runes); {
		end := i
		for end < len(runes) && isWord(runes[end]) {
			end++
		}
		// No form of a word begins with another letter; looking at that spares most stemming.
		if end > i && heads[unicode.ToLower(runes[i])] && stems[stem(string(runes[i:end]))] {
			spans = append(spans, [2]int{i, end})
		}
		i = max(end, i+1)
	}
	from := 0
	if len(spans) > 0 && spans[0][0] > around {
		from = wordStart(runes, spans[0][0]-around)
	}
	to := len(runes)
	if to-from > shown {
		to = wordStart(runes, from+shown)
	}
	return pieces(runes, spans, from, to)
}

func pieces(runes []rune, spans [][2]int, from, to int) (out []Piece) {
	add := func(text string, hit bool) {
		if text != "" {
			out = append(out, Piece{text, hit})
		}
	}
	at := from
	lead := ""
	if from > 0 {
		lead = "… "
	}
	for _, span := range spans {
		if span[0] < at || span[1] > to {
			continue
		}
		add(lead+string(runes[at:span[0]]), false)
		add(string(runes[span[0]:span[1]]), true)
		at, lead = span[1], ""
	}
	tail := string(runes[at:to])
	if to < len(runes) {
		tail = strings.TrimRightFunc(tail, unicode.IsSpace) + " …"
	}
	add(lead+tail, false)
	return out
}

// wordStart is where the word around a place begins; far back there is none, so
// that a text without blanks is cut where it must be.
func wordStart(runes []rune, at int) int {
	for i := at; i > max(0, at-30); i-- {
		if unicode.IsSpace(runes[i-1]) {
			return i
		}
	}
	return at
}

func stem(word string) string { return english.Stem(strings.ToLower(word), true) }
