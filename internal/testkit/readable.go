package testkit

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Readability counts what a reading age is worked out from.
type Readability struct{ Words, Sentences, Syllables int }

// Grade is the Flesch–Kincaid grade level: 0.39 words a sentence + 11.8 syllables a
// word − 15.59. Source: J. P. Kincaid and others, Derivation of new readability
// formulas for Navy enlisted personnel, Research Branch Report 8-75, 1975.
func (r Readability) Grade() float64 {
	if r.Words == 0 || r.Sentences == 0 {
		return 0
	}
	return 0.39*r.Mean() + 11.8*float64(r.Syllables)/float64(r.Words) - 15.59
}

// Age is the age at which English children read a text of that grade: a grade of the
// formula is a school year in the United States, which begins at five.
func (r Readability) Age() float64 { return r.Grade() + 5 }

// Mean is how many words a sentence has.
func (r Readability) Mean() float64 { return float64(r.Words) / float64(max(1, r.Sentences)) }

var (
	sentenceEnd = regexp.MustCompile(`[.!?:;]+(?:\s|$)`)
	spokenWord  = regexp.MustCompile(`[\p{L}’']+`)
	vowels      = regexp.MustCompile(`[aeiouyáéíóúŵŷ]+`)
)

// Readable counts the words of some pieces of text, each of which ends a sentence.
// What has no letter is no word.
func Readable(pieces []string) (r Readability) {
	for _, piece := range pieces {
		for _, sentence := range sentenceEnd.Split(piece, -1) {
			words := spokenWord.FindAllString(sentence, -1)
			if len(words) == 0 {
				continue
			}
			r.Sentences++
			r.Words += len(words)
			for _, word := range words {
				r.Syllables += Syllables(word)
			}
		}
	}
	return r
}

// Syllables are counted as groups of vowels, less those that are silent. It is one
// off for a few words in a hundred, in both directions.
func Syllables(word string) int {
	word = strings.Trim(strings.ToLower(word), "’'")
	word = strings.NewReplacer("’", "", "'", "").Replace(word)
	n := len(vowels.FindAllString(word, -1))
	switch {
	case len(word) <= 3:
		return 1
	case strings.HasSuffix(word, "le") && !strings.ContainsAny(word[len(word)-3:len(word)-2], "aeiouy"):
		// ta-ble: the last one is heard
	case strings.HasSuffix(word, "es") && !strings.ContainsAny(word[len(word)-3:len(word)-2], "sxzcgh"),
		strings.HasSuffix(word, "ed") && !strings.ContainsAny(word[len(word)-3:len(word)-2], "td"),
		strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "ee"):
		if n > 1 && !strings.ContainsAny(word[len(word)-3:len(word)-2]+" ", "y") {
			n--
		}
	}
	return max(1, n)
}

// blocks end a piece of text on a page.
var blocks = map[string]bool{
	"p": true, "li": true, "h1": true, "h2": true, "h3": true, "h4": true, "dt": true, "dd": true, "legend": true, "label": true, "summary": true, "button": true,
	"div": true, "section": true, "article": true, "option": true, "b": true, "span": true, "a": true, "br": true, "td": true, "th": true, "form": true, "nav": true, "ul": true, "fieldset": true,
}

// Pieces are the texts of a page's main part, without those of elements that skip
// names and what is in them.
func Pieces(page string, skip func(tag string, class []string, attributes map[string]string) bool) (pieces []string) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil // it reads everything
	}
	var piece strings.Builder
	end := func() {
		if text := strings.Join(strings.Fields(piece.String()), " "); text != "" {
			pieces = append(pieces, text)
		}
		piece.Reset()
	}
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		switch n.Type {
		case html.TextNode:
			if inside {
				piece.WriteString(n.Data)
			}
			return
		case html.ElementNode:
			attributes := map[string]string{}
			for _, a := range n.Attr {
				attributes[a.Key] = a.Val
			}
			if n.Data == "script" || n.Data == "style" || n.Data == "svg" || n.Data == "textarea" || skip(n.Data, strings.Fields(attributes["class"]), attributes) {
				return
			}
			inside = inside || n.Data == "main"
		}
		ends := blocks[n.Data] && !inline(n)
		if ends {
			end()
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child, inside)
		}
		if ends {
			end()
		}
	}
	walk(root, false)
	end()
	return pieces
}

// inline tells whether an element stands in the middle of a sentence: it has words
// beside it in the same paragraph.
func inline(n *html.Node) bool {
	if n.Data != "a" && n.Data != "b" && n.Data != "span" {
		return false
	}
	beside := func(next *html.Node) bool {
		return next != nil && next.Type == html.TextNode && strings.TrimSpace(next.Data) != ""
	}
	return beside(n.PrevSibling) || beside(n.NextSibling)
}
