package recovery

import (
	"embed"
	"fmt"
	"strconv"

	"github.com/sharon-nhs/sharon/internal/byhand"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
)

//go:embed measures
var measures embed.FS

// shipped are the measures that come with SHaRON.
var shipped = func() (all []Definition) {
	for _, name := range []string{"phq-9", "gad-7", "core-10"} {
		text, err := measures.ReadFile("measures/" + name + ".yaml")
		if err != nil {
			panic(err)
		}
		d, wrong := readDefinition(string(text))
		if len(wrong) > 0 {
			panic(fmt.Sprint(name, wrong))
		}
		all = append(all, d)
	}
	return all
}()

// What a file can hold at most.
const mostItems, mostOptions, mostText = 100, 11, 600

// readDefinition reads a file and says all that is wrong with it.
func readDefinition(text string) (d Definition, wrong []byhand.Wrong) {
	check := checking{byhand.Read("", []byte(text), &d)}
	if len(check.Wrong) == 0 {
		check.all(d)
	}
	return d, check.Wrong
}

// checking collects what is wrong, with its line.
type checking struct{ *byhand.File }

// text checks words that people read.
func (c checking) text(words string, path ...string) { c.Text(words, mostText, path...) }

func (c checking) all(d Definition) {
	if !web.IsSlug(d.Key) {
		c.Say("The key has only a to z, numbers and single hyphens.", "key")
	}
	for _, one := range [][2]string{{"name", d.Name}, {"about", d.About}, {"licence", d.Licence}, {"intro", d.Intro}} {
		c.text(one[1], one[0])
	}
	c.options(d)
	if len(d.Items) == 0 || len(d.Items) > mostItems {
		c.Say(fmt.Sprintf("There are 1 to %d items.", mostItems), "items")
	}
	for i, item := range d.Items {
		c.text(item.Text, "items", strconv.Itoa(i+1), "text")
	}
	if d.Missing < 0 || d.Missing >= max(1, len(d.Items)) {
		c.Say("Not all items can be missing.", "missing")
	}
	if len(c.Wrong) > 0 {
		return // what follows is about scores, and there are none yet
	}
	c.bands(d)
	c.rules(d)
	c.examples(d)
}

func (c checking) options(d Definition) {
	if len(d.Options) < 2 || len(d.Options) > mostOptions {
		c.Say(fmt.Sprintf("There are 2 to %d options.", mostOptions), "options")
	}
	seen := map[int]bool{}
	for i, o := range d.Options {
		at := strconv.Itoa(i + 1)
		c.text(o.Text, "options", at, "text")
		if o.Value < 0 || o.Value > 100 || seen[o.Value] {
			c.Say("Each option has a value of its own, from 0 to 100.", "options", at, "value")
		}
		seen[o.Value] = true
	}
}

// bands name every score once, in order.
func (c checking) bands(d Definition) {
	low, high := d.ends()
	next, most := low*len(d.Items), high*len(d.Items)
	for i, band := range d.Bands {
		at := strconv.Itoa(i + 1)
		c.text(band.Words, "bands", at, "words")
		if band.From != next || band.To < band.From {
			c.Say(fmt.Sprintf("This band begins at %d and ends above it: every score is in one band.", next), "bands", at, "from")
		}
		next = band.To + 1
	}
	if next != most+1 {
		c.Say(fmt.Sprintf("The last band ends at %d, the highest score.", most), "bands")
	}
}

func (c checking) rules(d Definition) {
	low, high := d.ends()
	for i, rule := range d.Rules {
		at := strconv.Itoa(i + 1)
		if rule.Item < 1 || rule.Item > len(d.Items) {
			c.Say("There is no item of this number.", "rules", at, "item")
		}
		if rule.Above < low-1 || rule.Above >= high {
			c.Say("No answer can be above this.", "rules", at, "above")
		}
		if rule.Level != safety.Crisis && rule.Level != safety.Red && rule.Level != safety.Amber {
			c.Say("The level is crisis, red or amber.", "rules", at, "level")
		}
	}
}

// examples must come out as the file says: a file that is scored otherwise than its
// author thinks is worse than none.
func (c checking) examples(d Definition) {
	if len(d.Examples) == 0 {
		c.Say("Give at least one example: answers, and their score.", "examples")
	}
	for i, example := range d.Examples {
		at := strconv.Itoa(i + 1)
		if len(example.Answers) != len(d.Items) {
			c.Say(fmt.Sprintf("There are %d items, and %d answers here.", len(d.Items), len(example.Answers)), "examples", at, "answers")
			continue
		}
		for n, answer := range example.Answers {
			if answer != nil && !d.offers(*answer) {
				c.Say("No option has this value.", "examples", at, "answers", strconv.Itoa(n+1))
			}
		}
		if got := d.Score(example.Answers).Score; scoreWords(got) != scoreWords(example.Score) {
			c.Say("The score comes out as "+scoreWords(got)+", not "+scoreWords(example.Score)+".", "examples", at, "score")
		}
	}
}

// scoreWords is a score in words.
func scoreWords(score *int) string {
	if score == nil {
		return "none"
	}
	return strconv.Itoa(*score)
}
