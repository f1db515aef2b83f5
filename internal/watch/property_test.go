package watch_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/watch"
)

var watched = []string{
	"suicide", "kill myself", "want to die", "overdos*", "self-harm", "cutting", "end it all", "anorexia", "bulimia", "purge",
	"hang myself", "can't go on", "no reason to live", "goodbye forever", "paracetamol", "laxatives", "od", "kys", "rape", "anal", "kill", "ass", "die", "cum", "rapist", "hell", "god",
}

// innocent has the letters of watched terms and none of them.
const innocent = `My therapist did an analysis of skilled work. The class had a grape each; cumulative passes, a cocktail in Scunthorpe.
The diet of a soldier: I studied, she studies. He'll be good with painkillers, and shell out for goods. Indie music, audience, obedient. Assess the grass, pass the glass!
Canal boats, a banana, an aunt. At 5 p.m. I had 3 teas, 40mg and 2nd helpings; 4 5 5 is a score. A. B. C. is easy as 1 2 3. It's a-okay, I'm fine & you?
Call 111 or 0800 1111. e.g. a list: a) x b) y c) z. U.K., U.S.A. and the N.H.S. Sky's the limit; cod roe, odd socks, models, method. Kilmarnock, killer whales skate, Drapery, grapes. Hello, Michelle.`

func TestInnocentTextsHaveNothingInThem(t *testing.T) {
	if got := found(compile(t, watched...), innocent); got != innocent {
		t.Errorf("found %q", got)
	}
}

// evasions hide a word, each in its own way.
var evasions = map[string]func(r *rand.Rand, word string) string{
	"case": func(r *rand.Rand, word string) string {
		return each(word, func(c rune) string {
			if r.IntN(2) == 0 {
				return strings.ToUpper(string(c))
			}
			return string(c)
		})
	},
	"nothing seen": func(r *rand.Rand, word string) string {
		unseen := []string{"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\ufe0f", "\u2063"}
		return each(word, func(c rune) string { return string(c) + unseen[r.IntN(len(unseen))] })
	},
	"accents": func(r *rand.Rand, word string) string {
		return each(word, func(c rune) string { return string(c) + string(rune(0x300+r.IntN(0x70))) })
	},
	"look-alikes": func(r *rand.Rand, word string) string {
		alike := map[rune]string{
			'a': "аɑαａ𝐚ⓐáÅ", 'c': "сϲⅽｃ𝓬ⓒç", 'd': "ԁⅾｄ𝖉ⓓ", 'e': "еｅ𝕖ⓔéÊ", 'g': "ɡｇ𝗴ⓖ", 'h': "һｈ𝒽ⓗНн", 'i': "іⅰｉ𝚒ⓘíІ", 'k': "ｋ𝓴ⓚкК", 'l': "ⅼｌ𝔩ⓛǀ",
			'm': "ⅿｍ𝓂ⓜМм", 'n': "ｎ𝕟ⓝñ", 'o': "оοօｏ𝑜ⓞöΟ", 'p': "рρｐ𝗽ⓟ", 'r': "ｒ𝕣ⓡŕ", 's': "ѕｓ𝘀ⓢš", 't': "ｔ𝓽ⓣТт", 'u': "ｕ𝔲ⓤüυ", 'v': "ѵνⅴｖ", 'w': "ｗ𝔀ⓦԝ", 'x': "хⅹｘ", 'y': "уｙ𝔂ýγ",
		}
		return each(word, func(c rune) string {
			if of := []rune(alike[c]); len(of) > 0 && r.IntN(3) > 0 {
				return string(of[r.IntN(len(of))])
			}
			return string(c)
		})
	},
	"digits": func(r *rand.Rand, word string) string {
		digit := strings.NewReplacer("a", "4", "e", "3", "i", "1", "o", "0")
		if len(word) < 4 {
			digit = strings.NewReplacer("i", "1")
		}
		return digit.Replace(word)
	},
	"parted": func(r *rand.Rand, word string) string {
		if len(word) < 3 {
			return word
		}
		by := []string{" ", ".", "-", "_", "  ", "·", "*", "😭"}[r.IntN(8)]
		letters := strings.Split(strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return -1
			}
			return r
		}, word), "")
		return strings.Join(letters, by)
	},
	"drawn out": func(r *rand.Rand, word string) string {
		at, last := r.IntN(len(word)), rune(0)
		return each(word, func(c rune) string {
			defer func() { last = c }()
			if at--; at < 0 && unicode.IsLetter(c) && c != last {
				at = len(word)
				return strings.Repeat(string(c), 3+r.IntN(4))
			}
			return string(c)
		})
	},
}

func each(word string, dress func(c rune) string) string {
	var all strings.Builder
	for _, c := range word {
		all.WriteString(dress(c))
	}
	return all.String()
}

func TestNoEvasionHidesATerm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	list := compile(t, watched...)
	fillers := strings.Fields("sometimes the hours pass slowly, and nobody sees how things are; perhaps tomorrow will bring other weather. Yes!")
	some := func() string {
		var words []string
		for range 1 + r.IntN(9) {
			words = append(words, fillers[r.IntN(len(fillers))])
		}
		return strings.Join(words, " ")
	}
	for name, evade := range evasions {
		for range 2000 {
			term := watched[r.IntN(len(watched))]
			if len(term) < 4 && name == "look-alikes" {
				continue // "оd" of two alphabets is tried below, in the words that hold it
			}
			var words []string
			for _, word := range strings.Fields(strings.TrimSuffix(term, "*")) {
				words = append(words, evade(r, word))
			}
			hidden := strings.Join(words, []string{" ", "  ", ", ", "\n", "... "}[r.IntN(5)])
			before := some() + " "
			text := before + hidden + " " + some()
			if !slices.ContainsFunc(list.Find(text), func(m watch.Match) bool {
				return m.Term.Text == strings.TrimSuffix(term, "*") && m.Start == len(before)
			}) {
				t.Errorf("%s: %q is not found in %q", name, term, text)
				break
			}
		}
	}
}

func TestTwoEvasionsAtOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(2, uint64(time.Now().UnixNano())))
	list := compile(t, "suicide", "overdose", "anorexia")
	for _, pair := range [][2]string{{"digits", "parted"}, {"look-alikes", "nothing seen"}, {"parted", "look-alikes"}, {"parted", "case"}, {"drawn out", "accents"}, {"digits", "drawn out"}, {"drawn out", "look-alikes"}} {
		for range 500 {
			for _, word := range []string{"suicide", "overdose", "anorexia"} {
				text := "so " + evasions[pair[1]](r, evasions[pair[0]](r, word)) + " here"
				if len(list.Find(text)) != 1 {
					t.Fatalf("%v: not found in %q", pair, text)
				}
			}
		}
	}
}

// nasty texts are those that would cost a careless matcher most.
func nasty(n int) map[string]string {
	again := func(text string) string { return strings.Repeat(text, n/len(text)+1)[:n] }
	return map[string]string{
		"one letter": again("a"), "letters": again("a "), "dots": again("a.a."), "digits": again("1"), "signs": again("$1!i|l"),
		"marks": again("a\u0301"), "words": again("kill myself "), "spelled": again("k i l l "), "gaps": again("kill \n...,"), "bytes": again("\xff\xfe"),
		"alphabets": again("ж中ａ𝕬аß"), "ones": again("1 l i ! "), "ends": again("overdos"),
	}
}

func TestNoTextTakesLong(t *testing.T) {
	list := compile(t, append(watched, "aaaaaaaaaaaaaaaaaaaaaaaaa", "a a a a a a a a a a a a", "ilililililililililililil", "lilil*", "a-a-a-a-a-a-a-a-a-a-a*", `/(a|aa)+b/`, `/[a-z ]{1,60}zq/`, `/(kill|hurt) +(my|your)self/`)...)
	for name, text := range nasty(100_000) {
		n := 0
		took := testkit.Work(func() { n = len(list.Find(text)) })
		t.Logf("%s: %v, %d matches", name, took, n)
		if took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func FuzzFind(f *testing.F) {
	list := compile(f, append(watched, "🔪", `/took \d+ (pills|tablets)/`, `/h[au]rt+ ?my/`, `/can.?t cope/`)...)
	for _, text := range nasty(60) {
		f.Add(text)
	}
	f.Add(innocent)
	f.Add("I ｋ1LL  mys3lf 🔪 took 40 pills, ca\u200bn’t c\u0301ope; k i l l")
	f.Fuzz(func(t *testing.T, text string) {
		var matches []watch.Match
		if took := testkit.Work(func() { matches = list.Find(text) }); took > time.Second+time.Duration(len(text))*20*time.Microsecond {
			t.Errorf("%d bytes took %v", len(text), took)
		}
		if !slices.Equal(matches, list.Find(text)) {
			t.Error("not the same twice")
		}
		last := -1
		for _, m := range matches {
			if m.Start < last || m.Start >= m.End || m.End > len(text) {
				t.Fatalf("%d to %d after %d of %d", m.Start, m.End, last, len(text))
			}
			last = m.Start
			for _, at := range []int{m.Start, m.End} {
				if at < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[at]) {
					t.Fatalf("%d is within a character", at)
				}
			}
		}
		if again := watch.Fold(watch.Fold(text)); utf8.ValidString(text) && again != watch.Fold(again) {
			t.Errorf("folding is not settled: %q", fmt.Sprint(text))
		}
	})
}
