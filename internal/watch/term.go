// Package watch finds watched terms in what people write, however they are
// dressed up, and figures of body, weight, food and exercise.
//
// Text is compared as it looks: NFKC (UAX #15), small letters, no accents, nothing
// that is not seen (UAX #44), look-alikes as the letters they look like (UTS #39).
// Digits and signs within a word may stand for letters ("su1c1de"), letters may be
// parted ("s u i c i d e") or drawn out ("suuuicide"), an apostrophe may be left out.
package watch

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/alike"
)

// Sort is how a term is looked for.
type Sort string

// The sorts of terms.
const (
	Word    Sort = "word"    // one word, whole
	Phrase  Sort = "phrase"  // words one after the other, whole
	Pattern Sort = "pattern" // RE2 over the folded text, as Fold shows it
)

// Term is one thing to look for.
type Term struct {
	ID   uuid.UUID
	Text string
	Sort Sort
	// Prefix takes any ending of the last word: "overdos" finds "overdosing".
	Prefix bool
}

// Limits of a list, and of a term in characters.
const (
	MostTerms      = 200_000
	MostPatterns   = 500
	LongestTerm    = 100
	LongestPattern = 500
)

// Refusal says which term cannot be looked for and why, in a sentence for whoever
// keeps the list. The term of a list that is too long is the first too many.
type Refusal struct {
	Index  int
	ID     uuid.UUID
	Reason string
}

// Refusals are all that is wrong with a list.
type Refusals []Refusal

// Error tells of the first.
func (r Refusals) Error() string {
	return fmt.Sprintf("watch: %d refused; term %d: %s", len(r), r[0].Index, r[0].Reason)
}

// List is compiled terms. It never changes, and many may use it at once.
type List struct {
	terms    []Term
	words    *trie
	signs    map[rune][]int32 // terms that are a single sign or emoji
	patterns []pattern
}

// Len is the number of terms.
func (l *List) Len() int { return len(l.terms) }

// Compile makes a list. An error is Refusals, with every term that is wrong.
func Compile(terms []Term) (*List, error) {
	if len(terms) > MostTerms {
		return nil, Refusals{{MostTerms, terms[MostTerms].ID, fmt.Sprintf("The list is too long: %d terms are the most.", MostTerms)}}
	}
	l := &List{terms: append([]Term(nil), terms...), signs: map[rune][]int32{}}
	var refused Refusals
	var keys []key
	cost := 0
	for i, term := range l.terms {
		var reason string
		index := int32(i)
		switch term.Sort {
		case Word, Phrase:
			var spelling []rune
			var sign rune
			if spelling, sign, reason = spell(term); sign != 0 {
				l.signs[sign] = append(l.signs[sign], index)
			} else {
				keys = append(keys, key{spelling, index})
			}
		case Pattern:
			var p pattern
			if p, reason = parse(term.Text); reason == "" {
				p.term, cost = index, cost+p.cost
				l.patterns = append(l.patterns, p)
				if len(l.patterns) > MostPatterns || cost > mostCost {
					reason = "There are too many patterns before this one. Use words and phrases where they will do."
				}
			}
		default:
			reason = "A term is a word, a phrase or a pattern."
		}
		if reason != "" {
			refused = append(refused, Refusal{i, term.ID, reason})
		}
	}
	if refused != nil {
		return nil, refused
	}
	l.words = grow(keys)
	return l, nil
}

// spell is how a word or phrase is kept: its letters, or the one sign that it is.
func spell(term Term) (spelling []rune, sign rune, reason string) {
	if len(term.Text) > LongestTerm*utf8.UTFMax || utf8.RuneCountInString(term.Text) > LongestTerm {
		return nil, 0, fmt.Sprintf("Write %d characters or fewer.", LongestTerm)
	}
	letters := fold(term.Text)
	if len(letters) == 0 {
		if sign = only(term.Text); sign != 0 && !term.Prefix {
			return nil, sign, ""
		}
		return nil, 0, "Write at least one letter, or a single emoji."
	}
	words, last := 1, 0
	for i, l := range letters {
		last++
		if i > 0 {
			switch l.gap {
			case joined:
			case apostrophe, parting:
				spelling = append(spelling, apostrophe)
			case '-':
				spelling = append(spelling, '-')
			default:
				spelling = append(spelling, space)
				words, last = words+1, 1
			}
		}
		spelling = append(spelling, l.r)
	}
	switch {
	case term.Sort == Word && words > 1:
		reason = "A word is one word. Choose phrase for several."
	case len(letters) < 2:
		reason = "Write at least two letters: one alone would be found everywhere."
	case term.Prefix && last < 3:
		reason = "Write at least three letters of a word with any ending: fewer would be found everywhere."
	}
	return spelling, 0, reason
}

// only is the one sign that a text is made of; 0 if it is none or several.
func only(text string) (sign rune) {
	for _, r := range strings.TrimSpace(text) {
		switch {
		case skinTone(r) || alike.Unseen(r):
		case sign != 0 || r < utf8.RuneSelf || r == utf8.RuneError:
			return 0
		default:
			sign = r
		}
	}
	return sign
}

func skinTone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }
