package watch

import (
	"unicode"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/alike"
)

// What stands between two letters. Anything else is the first mark of a gap
// without white space, as the '-' in "k-i-l-l".
const (
	joined     = rune(0)
	apostrophe = '\'' // as in "can't", which is the same as "cant"
	parting    = '’'  // as in "he'll", which is not the same as "hell"
	space      = ' '
	pause      = '\v' // white space and marks
)

// letter is one letter or digit of a text, as it is compared.
type letter struct {
	r, other   rune  // what it is read as, and what else it may be; 0 for nothing else
	gap        rune  // what stands before it
	start, end int32 // bytes of the original text
	run        int32 // where the letters that are the same as this one end
	long       bool  // it is in a run of three or more
	sign       bool  // a mark that may stand for a letter, as the $ in "$uicide"
	alone      bool  // between two gaps
}

// between collects the marks from one letter to the next.
type between struct {
	first rune
	many  bool
}

func (b *between) add(r rune) {
	switch {
	case b.first == joined || b.first == r && r == space:
		b.first = r
	case b.first == space || r == space:
		b.first = pause
	default:
		b.many = true
	}
}

// take is the gap, and begins the next.
func (b *between) take() rune {
	gap := b.first
	if gap == apostrophe && b.many {
		gap = '"'
	}
	*b = between{}
	return gap
}

// look is what a character outside ASCII is read as.
type look struct {
	letters []rune
	other   rune
	unseen  bool
	mark    bool
}

func lookAt(r rune) (l look) {
	if l.unseen = alike.Unseen(r); l.unseen {
		return l
	}
	text, other := alike.Letters(r)
	l.letters, l.other = []rune(text), other
	l.mark = len(l.letters) == 0 || !wordly(l.letters[0])
	return l
}

func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.Mc)
}

// plain is a mark as patterns see it: one space, one apostrophe.
func plain(r rune) rune {
	switch {
	case r == '`':
		return apostrophe
	case r == space, r >= '\t' && r <= '\r':
		return space
	case r < utf8.RuneSelf:
		return r
	}
	switch r {
	case '’', '‘', '´', 'ʼ', '＇':
		return apostrophe
	case '–', '—', '‐', '‑':
		return '-'
	case '“', '”':
		return '"'
	}
	if unicode.IsSpace(r) {
		return space
	}
	return r
}

// fold takes a text apart into letters: compatibility decomposition of each
// character without its accents (which is NFKC less the accents, wherever they
// stand), small, without what is not seen, look-alikes as what they look like.
func fold(text string) []letter {
	all := make([]letter, 0, len(text))
	gap := between{first: space}
	looks := map[rune]look(nil)
	for at := 0; at < len(text); {
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		l := letter{r: r, start: int32(at), end: int32(at + size)} //nolint:gosec // no text is as long as 2 GB
		at += size
		switch mark := plain(r); {
		case mark != r || mark == apostrophe:
			gap.add(mark)
		case r < utf8.RuneSelf && wordly(r):
			if r >= 'A' && r <= 'Z' {
				l.r |= 0x20
				if r == 'I' && gap.first == joined { // kiII
					l.other = 'l'
				}
			}
			l.gap = gap.take()
			all = append(all, l)
		case alike.StandsFor(r) != "":
			if before := gap.first == joined; !signs(r, before, text[at:]) {
				gap.add(r)
				continue
			}
			l.gap, l.sign = gap.take(), true
			all = append(all, l)
		case r < utf8.RuneSelf && !alike.Unseen(r), r == utf8.RuneError:
			gap.add(mark)
		default:
			seen, known := looks[r]
			if !known {
				if looks == nil {
					looks = map[rune]look{}
				}
				seen = lookAt(r)
				looks[r] = seen
			}
			switch {
			case seen.unseen:
				if unicode.IsMark(r) && gap.first == joined && len(all) > 0 {
					all[len(all)-1].end = l.end // the accent belongs to it
				}
			case seen.mark:
				gap.add(r)
			default:
				for _, part := range seen.letters {
					if wordly(part) {
						all = append(all, letter{r: part, other: seen.other, gap: gap.take(), start: l.start, end: l.end})
					}
				}
			}
		}
	}
	runs(all)
	contractions(all)
	return all
}

// signs tells whether a mark may stand for a letter where it is: "$uicide",
// "su!cide" and "an@", but not "die!" nor a price.
func signs(r rune, before bool, rest string) bool {
	next := rune(0)
	for _, c := range rest {
		if !alike.Unseen(c) {
			next = c
			break
		}
	}
	after := unicode.IsLetter(next) || next >= '0' && next <= '9'
	switch r {
	case '@', '$':
		return before || unicode.IsLetter(next)
	default:
		return before && after
	}
}

// runs marks letters that stand alone and those that are drawn out.
func runs(all []letter) {
	for i := range all {
		all[i].alone = parts(all[i].gap) && (i+1 == len(all) || parts(all[i+1].gap))
	}
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && same(all[end], all[i]) && (all[end].gap == joined || all[end].alone && all[end-1].alone) {
			end++
		}
		for at := i; at < end; at++ {
			all[at].run, all[at].long = int32(end), end-i >= 3
		}
		i = end
	}
}

func same(a, b letter) bool { return a.r == b.r || a.r == b.other || a.other == b.r }

func parts(gap rune) bool { return gap != joined && gap != apostrophe && gap != parting }

// others are contractions that would be another word without their apostrophe.
var others = map[string]bool{
	"hell": true, "shell": true, "well": true, "ill": true, "id": true, "wed": true, "shed": true, "were": true,
}

func contractions(all []letter) {
	for i := range all {
		if all[i].gap != apostrophe {
			continue
		}
		from, to := i-1, i+1
		for from > 0 && all[from].gap == joined {
			from--
		}
		for to < len(all) && all[to].gap == joined {
			to++
		}
		if to-from > len("shell") {
			continue
		}
		word := make([]rune, 0, len("shell"))
		for _, l := range all[from:to] {
			word = append(word, l.r)
		}
		if others[string(word)] {
			all[i].gap = parting
		}
	}
}
