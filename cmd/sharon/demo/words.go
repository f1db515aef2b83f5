package demo

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/modules/posts"
)

//go:embed words/*.txt
var wordFiles embed.FS

// lines reads one of the word lists.
func lines(name string) []string {
	text, err := wordFiles.ReadFile("words/" + name + ".txt")
	if err != nil {
		panic(err) // it is embedded
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func pick[T any](r *ids, from []T) T { return from[r.IntN(len(from))] }

// voice is what Fill's people say: texts put together from sentences and
// rendered once, because rendering each post anew would take the longest of all.
type voice struct {
	roots, replies []posts.Post // only the words are filled in
	titles         []string
}

func newVoice(r *ids, size int) voice {
	v := voice{roots: make([]posts.Post, size), replies: make([]posts.Post, size)}
	openings, middles, closings, replies := lines("openings"), lines("middles"), lines("closings"), lines("replies")
	for i := range size {
		said := []string{pick(r, openings)}
		for range r.IntN(4) {
			said = another(r, said, middles)
		}
		if r.chance(0.6) {
			said = another(r, said, closings)
		}
		v.roots[i].Write("", paragraphs(r, said))

		said = []string{pick(r, replies)}
		for r.chance(0.45) && len(said) < 4 {
			said = another(r, said, replies)
		}
		v.replies[i].Write("", paragraphs(r, said))
	}
	for _, title := range lines("titles") {
		for _, topic := range lines("topics") {
			title := fmt.Sprintf(title, topic)
			v.titles = append(v.titles, strings.ToUpper(title[:1])+title[1:])
		}
	}
	return v
}

// another adds a sentence that was not said yet.
func another(r *ids, said, from []string) []string {
	if sentence := pick(r, from); !slices.Contains(said, sentence) {
		return append(said, sentence)
	}
	return said
}

// paragraphs joins sentences, now and then with a new paragraph.
func paragraphs(r *ids, said []string) string {
	text := said[0]
	for _, sentence := range said[1:] {
		if r.chance(0.2) {
			text += "\n\n" + sentence
		} else {
			text += " " + sentence
		}
	}
	return text
}

// handles are names for people, no two the same among the first len(a)*len(n).
type handles struct {
	adjectives, nouns []string
	first             int
}

func newHandles(r *ids) handles {
	h := handles{adjectives: lines("adjectives"), nouns: lines("nouns")}
	h.first = r.IntN(len(h.adjectives) * len(h.nouns))
	return h
}

// name walks through all pairs in steps that meet each one before any again.
func (h handles) name(i int) string {
	pairs := len(h.adjectives) * len(h.nouns)
	const step = 7919 // a prime that divides no number of pairs
	at := (h.first + i*step) % pairs
	name := h.adjectives[at/len(h.nouns)] + " " + h.nouns[at%len(h.nouns)]
	if i >= pairs {
		name += fmt.Sprintf(" %d", 1+i/pairs)
	}
	return name
}
