package watch

import (
	"cmp"
	"slices"

	"github.com/sharon-nhs/sharon/internal/alike"
)

// Match is a term at bytes Start to End of a text.
type Match struct {
	Term       Term
	Start, End int
}

type place struct{ term, start, end int32 }

// Find gives the places of all terms in a text, the first first. Of places of one
// term that overlap it gives the first and longest.
func (l *List) Find(text string) []Match {
	w := walk{list: l, letters: fold(text)}
	for at := range w.letters {
		if gap := w.letters[at].gap; parts(gap) || at > 0 && w.letters[at-1].sign {
			w.start, w.steps = at, 0
			w.enter(0, at, path{})
		}
	}
	if len(l.signs) > 0 {
		for at, r := range text {
			for _, term := range l.signs[r] {
				w.found = append(w.found, place{term, int32(at), int32(at + len(string(r)))}) //nolint:gosec // no text is as long as 2 GB
			}
		}
	}
	w.found = append(w.found, l.match(text, w.letters)...)
	return l.sift(w.found)
}

func (l *List) sift(found []place) []Match {
	slices.SortFunc(found, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.term, b.term))
	})
	var matches []Match
	ends := map[int32]int32{}
	for _, one := range found {
		if one.start >= ends[one.term] {
			ends[one.term] = one.end
			matches = append(matches, Match{l.terms[one.term], int(one.start), int(one.end)})
		}
	}
	return matches
}

// walk goes from a letter of the text through the trie, along all readings.
type walk struct {
	list    *List
	letters []letter
	start   int
	steps   int
	found   []place
}

// path is what was taken for granted on the way.
type path struct {
	crossed       rune // the gap between parted letters of a word
	doubled       int  // letters written twice that the term has once
	read, letters int  // digits and signs read as letters, and letters
}

// mostSteps bounds what one place of a text may cost, whatever the list.
const mostSteps = 5000

// enter goes on from a node with the letter at.
func (w *walk) enter(node int32, at int, p path) {
	if at < len(w.letters) {
		w.over(node, at, w.letters[at].gap, p)
	}
}

// over goes on over a gap: within a word, to the next word, or past a sign.
func (w *walk) over(node int32, at int, gap rune, p path) {
	if w.steps++; w.steps > mostSteps {
		return
	}
	t, l := w.list.words, &w.letters[at]
	if at == w.start {
		w.take(node, at, p)
	} else {
		w.within(node, at, gap, p)
		if next := t.child(node, space); next != 0 && parts(gap) {
			w.take(next, at, p)
		}
		for _, optional := range [...]rune{'-', apostrophe} {
			switch next := t.child(node, optional); {
			case next == 0:
			case optional == '-' && parts(gap), optional == apostrophe && gap == parting:
				w.take(next, at, p)
			default:
				w.within(next, at, gap, p)
			}
		}
	}
	if l.sign && at > w.start && at+1 < len(w.letters) { // read as a mark
		if next := w.letters[at+1].gap; next != joined {
			gap = next
		} else if gap == joined {
			gap = l.r
		}
		w.over(node, at+1, gap, p)
	}
}

// within goes on with the letter at as one of the same word.
func (w *walk) within(node int32, at int, gap rune, p path) {
	switch gap {
	case joined, apostrophe:
		w.take(node, at, p)
	case parting:
	case space, pause:
		if w.letters[at].alone && w.letters[at-1].alone {
			p.crossed = gap
			w.take(node, at, p)
		}
	default:
		p.crossed = gap
		w.take(node, at, p)
	}
}

// take reads the letter at in all ways that lead on from a node.
func (w *walk) take(node int32, at int, p path) {
	t, l := w.list.words, &w.letters[at]
	if next := t.child(node, l.r); next != 0 {
		q := p
		q.letters++
		w.reach(next, at, q)
	}
	if l.other != 0 {
		if next := t.child(node, l.other); next != 0 {
			q := p
			q.letters++
			w.reach(next, at, q)
		}
	}
	if l.r > '9' && !l.sign {
		return
	}
	for _, r := range alike.StandsFor(l.r) {
		if next := t.child(node, r); next != 0 {
			q := p
			q.read++
			w.reach(next, at, q)
		}
	}
}

// reach has read the letter at; what is drawn out may end here or go on.
func (w *walk) reach(node int32, at int, p path) {
	l := &w.letters[at]
	end := int(l.run)
	w.stand(node, at+1, p)
	if at+1 >= end || l.r <= '9' && l.r == w.list.words.nodes[node].r {
		return // a number of many digits is another number
	}
	if !l.long {
		p.doubled++
	}
	if gap := w.letters[at+1].gap; gap != joined {
		p.crossed = gap
	}
	w.stand(node, end, p)
}

// stand notes the terms that end before the letter at, and goes on.
func (w *walk) stand(node int32, at int, p path) {
	n := &w.list.words.nodes[node]
	for _, term := range w.list.words.terms[n.terms:n.end] {
		if end := w.ends(at, w.list.terms[term].Prefix, p); end > 0 {
			w.found = append(w.found, place{term, w.letters[w.start].start, w.letters[end-1].end})
		}
	}
	if n.below < n.after {
		w.enter(node, at, p)
	}
}

// ends is where a match that has come to the letter at ends; 0 if it is none.
func (w *walk) ends(at int, prefix bool, p path) int {
	switch {
	case p.doubled == 1, p.doubled == 2: // "good" is not "god", but "ggoodd" is
		return 0
	case p.read > 2*p.letters: // a number is a number
		return 0
	case p.crossed != joined && (at-w.start < 3 || !w.edge(w.start, -1, p.crossed)):
		return 0
	case prefix:
		return w.ending(at, p)
	case at == len(w.letters):
		return at
	}
	switch l := w.letters[at]; l.gap {
	case joined:
		if !l.sign {
			return 0
		}
	case apostrophe, parting:
		if l.r != 's' || at+1 < len(w.letters) && !parts(w.letters[at+1].gap) {
			return 0
		}
	case p.crossed:
		if !w.edge(at-1, +1, p.crossed) {
			return 0
		}
	}
	return at
}

// edge tells whether parted letters end with the letter at, in a direction:
// "d-i-e-t" and "d i e t" have no "die" in them, "I d i e" has.
func (w *walk) edge(at, direction int, crossed rune) bool {
	next, beyond := at+direction, at+2*direction
	if next < 0 || next >= len(w.letters) || w.letters[max(at, next)].gap != crossed {
		return true
	}
	if crossed != space && crossed != pause {
		return false
	}
	l := w.letters[next]
	if !l.alone {
		return true
	}
	word := l.r == 'i' || l.r == 'a' || l.r == 'u'
	return word && (beyond < 0 || beyond >= len(w.letters) || !w.letters[beyond].alone)
}

// longestEnding bounds what an inflection may add.
const longestEnding = 30

// ending is where the word that has come to the letter at ends.
func (w *walk) ending(at int, p path) int {
	for from := at; at < len(w.letters) && at < from+longestEnding; at++ {
		l := w.letters[at]
		parted := p.crossed != joined && l.gap == p.crossed && (l.alone || p.crossed != space && p.crossed != pause)
		if l.sign || parts(l.gap) && !parted {
			break
		}
	}
	return at
}
