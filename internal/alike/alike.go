// Package alike says what the characters that people write are read as: what is
// not seen, what only looks like a letter, what stands for one.
//
// The sources are Unicode's: UAX #15 (compatibility decomposition), UTS #39
// (confusables) and UAX #44 (Default_Ignorable_Code_Point).
package alike

import (
	"strings"
	"unicode"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/unicode/norm"
)

// unseen is what leaves no mark of its own: accents, controls and what Unicode
// calls default ignorable, such as a zero-width space.
var unseen = []*unicode.RangeTable{
	unicode.Mn, unicode.Me, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector,
}

// Unseen tells whether a character leaves no mark of its own.
func Unseen(r rune) bool {
	if r <= unicode.MaxASCII {
		return r < ' ' && !unicode.IsSpace(r) || r == 0x7f
	}
	return unicode.In(r, unseen...) || unicode.IsControl(r) && !unicode.IsSpace(r)
}

// Letters is what a letter, digit or sign is read as: small, without accents, in
// the ASCII letters that it looks like where there are such. other is a second
// reading, as the Cyrillic І may be an l or an i; 0 if there is none.
func Letters(r rune) (letters string, other rune) {
	if r <= unicode.MaxASCII {
		return string(unicode.ToLower(r)), 0
	}
	whole := seen(norm.NFKD.String(string(r)))
	if simple(whole) {
		return strings.ToLower(whole), 0
	}
	if letters, other = look(r); simple(letters) {
		return letters, other
	}
	var all strings.Builder
	for _, part := range whole {
		looks, _ := look(part)
		all.WriteString(looks)
	}
	return all.String(), 0
}

// look tries a character as it is, then its small and its capital form: the small
// Cyrillic н looks like no letter of ours, but its capital does.
func look(r rune) (letters string, other rune) {
	if r <= unicode.MaxASCII {
		return string(unicode.ToLower(r)), 0
	}
	for _, form := range [...]rune{r, unicode.ToLower(r), unicode.ToUpper(r)} {
		switch looks := skeleton(form); {
		case !simple(looks) || looks == letters:
		case letters == "":
			letters = looks
		case len(looks) == 1:
			return letters, rune(looks[0])
		}
	}
	switch letters {
	case "":
		return skeleton(unicode.ToLower(r)), 0
	case "l": // how Unicode's table writes what looks like a capital I as well
		return letters, 'i'
	}
	return letters, 0
}

func skeleton(r rune) string {
	looks := strings.ToLower(seen(confusable.Skeleton(string(r))))
	if looks == "rn" { // how Unicode's table writes what looks like an m
		return "m"
	}
	return looks
}

func seen(text string) string {
	return strings.Map(func(r rune) rune {
		if Unseen(r) {
			return -1
		}
		return r
	}, text)
}

// simple tells whether a text is only letters and digits of ASCII.
func simple(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// standsFor is what digits and signs of ASCII are put for, the likeliest first.
var standsFor = [unicode.MaxASCII + 1]string{
	'0': "o", '1': "il", '3': "e", '4': "a", '5': "s", '6': "gb", '7': "t", '8': "b", '9': "g",
	'@': "a", '$': "s", '!': "il", '|': "li", '+': "t",
}

// StandsFor are the letters that a digit or a sign is put for, the likeliest
// first: the 1 and the $ in "$u1cide". Empty for what stands for itself.
func StandsFor(r rune) string {
	if r < 0 || r > unicode.MaxASCII {
		return ""
	}
	return standsFor[r]
}
