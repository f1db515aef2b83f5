package watch

import (
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/alike"
)

// reading is a folded text as patterns see it, with each byte's place in the
// original.
type reading struct {
	text         string
	starts, ends []int32
}

// Fold is a text as patterns see it: small letters, one space where white space
// is, ' - and " in one form each. A pattern is also tried on the text without
// apostrophes, with parted letters joined and drawn out ones once and twice, and
// with letters where digits stand for them within a word.
func Fold(text string) string { return written(text, fold(text), 0).text }

// readings are the text as it is written, and if that is another, as it is meant:
// with drawn out letters once, and with them twice.
func readings(text string, letters []letter) []reading {
	all := []reading{written(text, letters, 0)}
	for times := 1; times <= 2; times++ {
		if r := written(text, letters, times); r.text != all[len(all)-1].text && r.text != all[0].text {
			all = append(all, r)
		}
	}
	return all
}

// written writes letters and what is between them: as they are with times 0, else
// undoing what was done to them, with drawn out letters so many times.
func written(text string, letters []letter, times int) reading {
	w := reading{starts: make([]int32, 0, len(text)), ends: make([]int32, 0, len(text))}
	bytes := make([]byte, 0, len(text))
	write := func(r rune, start, end int32) {
		before := len(bytes)
		bytes = utf8.AppendRune(bytes, r)
		for range len(bytes) - before {
			w.starts, w.ends = append(w.starts, start), append(w.ends, end)
		}
	}
	last, run, word := int32(0), 0, false
	for i, l := range letters {
		if i == 0 || l.gap != joined {
			word = times > 0 && inWord(letters, i)
		}
		if times == 0 || !undone(letters, i) {
			marks(text, last, l.start, write)
		}
		last = l.end
		if run++; i == 0 || letters[i-1].run != l.run {
			run = 1
		}
		if times > 0 && l.long && run > times {
			if len(w.ends) > 0 {
				w.ends[len(w.ends)-1] = l.end
			}
			continue
		}
		r := l.r
		if stands := alike.StandsFor(r); word && stands != "" {
			r = rune(stands[0])
		}
		write(r, l.start, l.end)
	}
	marks(text, last, int32(len(text)), write) //nolint:gosec // no text is as long as 2 GB
	w.text = string(bytes)
	return w
}

// marks writes what stands between two letters: white space once.
func marks(text string, from, to int32, write func(r rune, start, end int32)) {
	var last rune
	for at, r := range text[min(from, to):to] {
		if alike.Unseen(r) {
			continue
		}
		start := min(from, to) + int32(at) //nolint:gosec // no text is as long as 2 GB
		_, size := utf8.DecodeRuneInString(text[start:])
		if r = plain(r); r != space || last != space {
			write(r, start, start+int32(size)) //nolint:gosec // at most 4
		}
		last = r
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
