package watch

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Kind is what a figure is about.
type Kind string

// The kinds of figures that people with eating disorders compare themselves by.
const (
	Weight   Kind = "weight"
	Body     Kind = "body" // BMI, sizes, measures
	Calories Kind = "calories"
	Exercise Kind = "exercise"
)

// Figure is a number with its unit at bytes Start to End of a text. Kinder are
// words that may stand in its place.
type Figure struct {
	Kind       Kind
	Start, End int
	Text       string
	Kinder     string
}

// mostNumbers bounds what a text that is all numbers may cost.
const mostNumbers = 2000

// around is how much of a text before and after a number is looked at, in bytes.
const around = 90

// Figures gives the figures of weight, body, food and exercise in a text, the
// first first. A number is one only with words that say so: "24 years old",
// "call 111" and "3 weeks in recovery" are none.
func Figures(text string) (all []Figure) {
	r := &reading{original: text, letters: fold(text)}
	r.writeAll()
	folded, past := string(r.text), 0
	for _, at := range numbers.FindAllStringIndex(folded, mostNumbers) {
		if at[0] < past {
			continue
		}
		n := numeral{
			value: value(folded[at[0]:at[1]]), number: folded[at[0]:at[1]],
			before: sentence(folded[max(past, at[0]-around, 0):at[0]]), after: folded[at[1]:min(len(folded), at[1]+around)],
		}
		if !strings.ContainsFunc(n.before, unicode.IsLetter) && !strings.ContainsFunc(n.after, unicode.IsLetter) {
			continue // no rule is without a word
		}
		for _, rule := range rules {
			lead, unit, ok := rule.fits(n)
			if !ok {
				continue
			}
			past = at[1] + unit
			start, end := r.place(at[0]-lead, past)
			kinder := rule.kinder
			if rule.kind == Weight && changed.MatchString(n.before) {
				kinder = "some weight"
			}
			all = append(all, Figure{rule.kind, int(start), int(end), text[start:end], kinder})
			break
		}
	}
	return all
}

// numeral is a number with what stands around it.
type numeral struct {
	value                 float64
	number, before, after string
}

// fits tells whether a number is a figure by this rule, with the bytes before and
// after it that belong to it.
func (r rule) fits(n numeral) (lead, unit int, ok bool) {
	if n.value < r.least || r.most > 0 && n.value > r.most || strings.HasSuffix(n.before, "£") || strings.HasSuffix(n.before, "$") || strings.HasSuffix(n.before, "€") {
		return 0, 0, false
	}
	if r.before != nil {
		at := r.before.FindStringSubmatchIndex(n.before)
		if at == nil {
			return 0, 0, false
		}
		if len(at) > 2 && at[2] >= 0 {
			lead = len(n.before) - at[2]
		}
	}
	if r.after != nil {
		at := r.after.FindStringSubmatchIndex(n.after)
		if at == nil {
			return 0, 0, false
		}
		unit = at[3]
	} else if n.after != "" && wordly(rune(n.after[0])) {
		return 0, 0, false // the number of another unit
	}
	rest := n.after[unit:]
	switch {
	case r.after == nil && counted.MatchString(rest),
		r.not != nil && (r.not.MatchString(n.before+n.number) || r.not.MatchString(rest)),
		r.context != nil && !r.context.MatchString(n.before) && !r.context.MatchString(sentenceStart(rest)):
		return 0, 0, false
	}
	return lead, unit, true
}

var ends = regexp.MustCompile(`[.!?;][ "')]|\n`)

// sentence is the last sentence of a text.
func sentence(before string) string {
	if all := ends.FindAllStringIndex(before, -1); len(all) > 0 {
		return before[all[len(all)-1][1]:]
	}
	return before
}

func sentenceStart(after string) string {
	if at := ends.FindStringIndex(after); at != nil {
		return after[:at[0]]
	}
	return after
}

var small = map[string]float64{
	"zero": 0, "half": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
	"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

// value is what a number stands for, about: of "45-50" it is 45.
func value(number string) (sum float64) {
	if number[0] >= '0' && number[0] <= '9' {
		end := 0
		for end < len(number) && strings.IndexByte("0123456789.,", number[end]) >= 0 {
			end++
		}
		number = strings.TrimRight(number[:end], ".,")
		if whole, part, ok := strings.Cut(number, ","); ok && len(part) != 3 {
			number = whole + "." + part
		}
		sum, _ = strconv.ParseFloat(strings.ReplaceAll(number, ",", ""), 64)
		return sum
	}
	for _, word := range strings.FieldsFunc(number, func(r rune) bool { return r == ' ' || r == '-' }) {
		switch word {
		case "hundred":
			sum = max(sum, 1) * 100
		case "thousand":
			sum = max(sum, 1) * 1000
		case "to", "or", "point":
			return sum
		default:
			sum += small[word]
		}
	}
	return sum
}

var (
	article = regexp.MustCompile(`(?i)\b(an?) $`)
	noun    = regexp.MustCompile(`^[ -](\pL)`)
)

// Kinder is a text without its figures, for its writer to take or leave: "I weigh
// a number", "ate some calories", "a run" for "a 10k run".
func Kinder(text string, figures []Figure) string {
	var all strings.Builder
	last := 0
	for _, f := range figures {
		if f.Start < last || f.End > len(text) {
			continue
		}
		before, after := text[last:f.Start], text[f.End:]
		a := article.FindStringSubmatchIndex(before)
		next := noun.FindStringSubmatch(after)
		last = f.End
		switch {
		case a == nil:
			all.WriteString(before + f.Kinder)
		case next == nil:
			all.WriteString(before[:a[3]-len("n")*(a[3]-a[2]-1)] + " " + strings.TrimPrefix(f.Kinder, "a "))
		default:
			all.WriteString(before[:a[2]+1])
			if strings.Contains("aeiouAEIOU", next[1]) {
				all.WriteString("n")
			}
			all.WriteString(" ")
			last++
		}
	}
	return all.String() + text[last:]
}
