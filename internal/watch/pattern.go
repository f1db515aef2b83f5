package watch

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// pattern is a compiled Pattern.
type pattern struct {
	term  int32
	cost  int // instructions, which is what a byte of text may cost
	re    *regexp.Regexp
	needs [][]byte // a match has one of these in it; nil if that is not known
}

const (
	dearest  = 300    // instructions of one pattern: more is counted repeats within each other
	mostCost = 20_000 // of all
)

// ordinary texts say when a pattern finds something in all of them.
var ordinary = []string{"it is a fine day", "my dog and the big cat", "yes ok thank you", "see you on tuesday then"}

// parse compiles a pattern. A reason says why it cannot be used.
func parse(text string) (p pattern, reason string) {
	switch {
	case strings.TrimSpace(text) == "":
		return p, "Write what to look for: the pattern is empty."
	case utf8.RuneCountInString(text) > LongestPattern:
		return p, fmt.Sprintf("The pattern is too long: write %d characters or fewer.", LongestPattern)
	}
	text = "(?i)" + straight(text)
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return p, faulty(err)
	}
	tree = tree.Simplify()
	program, err := syntax.Compile(tree)
	if err != nil || len(program.Inst) > dearest {
		return p, "The pattern repeats too much: write smaller numbers in { }."
	}
	p = pattern{cost: len(program.Inst), re: regexp.MustCompile(text), needs: needs(tree)}
	if p.re.MatchString("") || p.re.MatchString(" ") {
		return p, "The pattern also fits where nothing is written, so it would be found in every text. Take out a * or a ?."
	}
	for r := 'a'; r <= 'z'; r++ {
		if p.re.MatchString(string(r)) && p.re.MatchString("q"+string(r)+"q") {
			return p, "The pattern fits a single letter, so it would be found in nearly every text."
		}
	}
	for _, each := range ordinary {
		if !p.re.MatchString(each) {
			return p, ""
		}
	}
	return p, "The pattern fits nearly every text. Write more of what you look for."
}

// straight writes a pattern's own look-alikes as the folded text has them.
func straight(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		if mark := plain(r); mark != r {
			return mark
		}
		if l := lookAt(r); len(l.letters) == 1 {
			return l.letters[0]
		}
		return r
	}, text)
}

// faulty says what is wrong with a pattern without the words of programmers.
func faulty(err error) string {
	fault, ok := err.(*syntax.Error) //nolint:errorlint // Parse returns no other
	if !ok {
		return "The pattern cannot be read."
	}
	said := map[syntax.ErrorCode]string{
		syntax.ErrMissingBracket:        "A [ has no ] that belongs to it",
		syntax.ErrMissingParen:          "A ( has no ) that belongs to it",
		syntax.ErrUnexpectedParen:       "A ) has no ( that belongs to it",
		syntax.ErrInvalidCharRange:      "The letters in [ ] are the wrong way round",
		syntax.ErrInvalidEscape:         "A \\ stands before something that it cannot stand before",
		syntax.ErrTrailingBackslash:     "Nothing follows the last \\",
		syntax.ErrMissingRepeatArgument: "Nothing stands before a *, + or ?",
		syntax.ErrInvalidRepeatOp:       "Two of *, + and ? follow each other",
		syntax.ErrInvalidRepeatSize:     "The numbers in { } are too large or the wrong way round",
		syntax.ErrInvalidPerlOp:         "What follows (? is not known; looking ahead or behind is not possible",
		syntax.ErrLarge:                 "The pattern repeats too much",
		syntax.ErrNestingDepth:          "Too many brackets stand within each other",
	}[fault.Code]
	if said == "" {
		said = "The pattern cannot be read"
	}
	if fault.Expr != "" && !strings.Contains(fault.Expr, "(?i)") {
		return fmt.Sprintf("%s: %s", said, fault.Expr)
	}
	return said + "."
}

// needs are texts of which each match has one in it; nil if that is not known.
func needs(tree *syntax.Regexp) [][]byte {
	switch tree.Op { //nolint:exhaustive // of the others nothing is known
	case syntax.OpLiteral:
		return [][]byte{bytes.ToLower([]byte(string(tree.Rune)))}
	case syntax.OpCapture, syntax.OpPlus:
		return needs(tree.Sub[0])
	case syntax.OpConcat:
		var best [][]byte
		for _, sub := range tree.Sub {
			if some := needs(sub); some != nil && shortest(some) > shortest(best) {
				best = some
			}
		}
		return best
	case syntax.OpAlternate:
		var all [][]byte
		for _, sub := range tree.Sub {
			some := needs(sub)
			if some == nil {
				return nil
			}
			all = append(all, some...)
		}
		return all
	}
	return nil
}

func shortest(all [][]byte) int {
	if len(all) == 0 {
		return 0
	}
	n := len(all[0])
	for _, one := range all {
		n = min(n, len(one))
	}
	return n
}

// in finds a pattern in a reading.
func (p pattern) in(r *reading, found []place) []place {
	hopeless := p.needs != nil
	for _, need := range p.needs {
		if bytes.Contains(r.text, need) {
			hopeless = false
			break
		}
	}
	if hopeless {
		return found
	}
	for _, at := range p.re.FindAllIndex(r.text, -1) {
		if at[0] < at[1] {
			start, end := r.place(at[0], at[1])
			found = append(found, place{p.term, start, end})
		}
	}
	return found
}

func (l *List) match(text string, letters []letter) (found []place) {
	if len(l.patterns) == 0 {
		return nil
	}
	for _, r := range readings(text, letters) {
		for _, p := range l.patterns {
			found = p.in(r, found)
		}
	}
	return found
}
