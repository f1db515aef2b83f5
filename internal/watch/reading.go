package watch

import (
	"bytes"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/alike"
)

// reading is a folded text as patterns see it.
type reading struct {
	original string
	letters  []letter
	times    int // how often a drawn out letter is written; 0 leaves all as it is
	text     []byte
	// The place of each byte in the original; empty until asked for.
	starts, ends []int32
	placed       bool
}

// Fold is a text as patterns see it: small letters, one space where white space
// is, ' - and " in one form each. A pattern is also tried on the text without
// apostrophes, with parted letters joined and drawn out ones once and twice, and
// with letters where digits stand for them within a word.
func Fold(text string) string {
	r := reading{original: text, letters: fold(text)}
	r.writeAll()
	return string(r.text)
}

// readings are the text as it is written, and if that is another, as it is meant:
// with drawn out letters once, and with them twice.
func readings(text string, letters []letter) []*reading {
	most := 1
	for _, l := range letters {
		if l.long {
			most = 2
			break
		}
	}
	var all []*reading
	for times := 0; times <= most; times++ {
		r := &reading{original: text, letters: letters, times: times, text: make([]byte, 0, len(text))}
		if r.writeAll(); times == 0 || !bytes.Equal(r.text, all[len(all)-1].text) {
			all = append(all, r)
		}
	}
	return all
}

// place is where bytes from to of a reading are in the original.
func (r *reading) place(from, to int) (start, end int32) {
	if !r.placed {
		n := len(r.text)
		r.placed, r.text, r.starts, r.ends = true, r.text[:0], make([]int32, 0, n), make([]int32, 0, n)
		r.writeAll()
	}
	return r.starts[from], r.ends[to-1]
}

func (r *reading) write(c rune, start, end int32) {
	before := len(r.text)
	r.text = utf8.AppendRune(r.text, c)
	if r.placed {
		for range len(r.text) - before {
			r.starts, r.ends = append(r.starts, start), append(r.ends, end)
		}
	}
}

func (r *reading) writeAll() {
	last, run, word := int32(0), 0, false
	for i, l := range r.letters {
		if l.gap != joined || i == 0 {
			word = r.times > 0 && inWord(r.letters, i)
		}
		if l.start > last && (r.times == 0 || !undone(r.letters, i)) {
			r.marks(last, l.start)
		}
		last = l.end
		if run++; i == 0 || r.letters[i-1].run != l.run {
			run = 1
		}
		if r.times > 0 && l.long && run > r.times {
			if r.placed {
				r.ends[len(r.ends)-1] = l.end
			}
			continue
		}
		c := l.r
		if word {
			if letters := alike.StandsFor(c); letters != "" {
				c = rune(letters[0])
			}
		}
		r.write(c, l.start, l.end)
	}
	r.marks(last, int32(len(r.original))) //nolint:gosec // no text is as long as 2 GB
}

// marks writes what stands between two letters: white space once.
func (r *reading) marks(from, to int32) {
	var last rune
	for at, c := range r.original[min(from, to):to] {
		if alike.Unseen(c) {
			continue
		}
		start := from + int32(at) //nolint:gosec // no text is as long as 2 GB
		_, size := utf8.DecodeRuneInString(r.original[start:])
		if c = plain(c); c != space || last != space {
			r.write(c, start, start+int32(size)) //nolint:gosec // at most 4
		}
		last = c
	}
}

// undone tells whether the gap before a letter is one that was put into a word.
func undone(letters []letter, i int) bool {
	if i == 0 {
		return false
	}
	if gap := letters[i].gap; !parts(gap) {
		return gap != parting
	}
	if !letters[i].alone || !letters[i-1].alone {
		return false
	}
	before := i > 1 && letters[i-2].alone && letters[i-1].gap == letters[i].gap
	after := i+1 < len(letters) && letters[i+1].alone && letters[i+1].gap == letters[i].gap
	return before || after
}

// inWord tells whether digits and signs stand for letters in the word that begins
// with a letter: not in an amount such as 40mg or a name such as B12.
func inWord(letters []letter, from int) bool {
	changes, first, last := 0, false, false
	for at := from; at < len(letters) && (at == from || letters[at].gap == joined); at++ {
		last = letters[at].sign || letters[at].r <= '9'
		if at == from {
			first = last
		} else if was := letters[at-1].sign || letters[at-1].r <= '9'; was != last {
			changes++
		}
	}
	return changes > 1 || changes == 1 && first && letters[from].sign || changes == 1 && first && from+4 < len(letters) && letters[from+1].r > '9' && letters[from+4].gap == joined
}
