// Package phrase finds words and phrases in what people write, however they are
// cased, accented or dressed up with letters that look alike.
package phrase

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sharon-nhs/sharon/internal/alike"
)

// Words takes a text apart into its words as they look, in lower case and without
// accents.
func Words(text string) []string { return words(text, false) }

func words(text string, wild bool) []string {
	var all []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			all = append(all, word.String())
			word.Reset()
		}
	}
	for _, r := range norm.NFKD.String(text) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '*' && wild:
			word.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			word.WriteRune(unicode.ToLower(r))
		case r == '\'', r == '`':
			// the sign in "don't"
		case r < unicode.MaxASCII:
			end()
		case r == '’', alike.Unseen(r):
			// accents, and what cannot be seen
		case unicode.In(r, unicode.L, unicode.Nd, unicode.So):
			letters, _ := alike.Letters(r)
			word.WriteString(letters)
		default:
			end()
		}
	}
	end()
	return all
}

// Phrase is a word or several to find, whole; * in a word stands for any letters.
type Phrase struct {
	text  string
	words []string
}

// Most limits of a phrase.
const (
	mostWords = 6
	mostStars = 2
)

// Parse reads a phrase as somebody typed it. A reason says why it cannot be looked
// for, in a sentence; empty if it can.
func Parse(text string) (p Phrase, reason string) {
	p = Phrase{strings.Join(strings.Fields(text), " "), words(text, true)}
	stars := 0
	for _, word := range p.words {
		stars += strings.Count(word, "*")
		if strings.Contains(word, "*") && len([]rune(strings.ReplaceAll(word, "*", ""))) < 2 {
			return p, "Write at least two letters beside a *."
		}
	}
	switch {
	case len(p.words) == 0:
		return p, "Write a word with at least one letter or number."
	case len(p.words) > mostWords:
		return p, "Write six words or fewer."
	case stars > mostStars:
		return p, "Use * twice at the most."
	}
	return p, ""
}

// String is the phrase as it was typed.
func (p Phrase) String() string { return p.text }

// Key is the same for phrases that find the same.
func (p Phrase) Key() string { return strings.Join(p.words, " ") }

// In tells whether the phrase is among a text's Words.
func (p Phrase) In(text []string) bool {
	for i := 0; i+len(p.words) <= len(text); i++ {
		if p.begins(text[i:]) {
			return true
		}
	}
	return false
}

func (p Phrase) begins(text []string) bool {
	for i, word := range p.words {
		if !fits(word, text[i]) {
			return false
		}
	}
	return true
}

// fits tells whether a word is what a pattern describes.
func fits(pattern, word string) bool {
	head, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == word
	}
	if !strings.HasPrefix(word, head) {
		return false
	}
	word = word[len(head):]
	middle, tail, two := strings.Cut(rest, "*")
	if !two {
		return strings.HasSuffix(word, rest)
	}
	at := strings.Index(word, middle)
	return at >= 0 && strings.HasSuffix(word[at+len(middle):], tail)
}
