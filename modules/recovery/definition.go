package recovery

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
)

//go:embed measures
var measures embed.FS

// shipped are the measures that come with SHaRON.
var shipped = func() (all []Definition) {
	for _, name := range []string{"phq-9", "gad-7"} {
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

// Wrong is what is wrong with a definition file.
type Wrong struct {
	Line  int
	Field string // "items/3/text", counted from 1
	Words string
}

func (w Wrong) String() string {
	at := "Line " + strconv.Itoa(w.Line)
	if w.Field != "" {
		at += ", " + w.Field
	}
	return at + ": " + w.Words
}

// What a file can hold at most.
const mostItems, mostOptions, mostText = 100, 11, 600

// readDefinition reads a file and says all that is wrong with it.
func readDefinition(text string) (d Definition, wrong []Wrong) {
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.KnownFields(true)
	var kinds *yaml.TypeError
	switch err := decoder.Decode(&d); {
	case errors.Is(err, io.EOF):
		return d, []Wrong{{1, "", "There is nothing in it."}}
	case errors.As(err, &kinds):
		for _, complaint := range kinds.Errors {
			wrong = append(wrong, unreadable(complaint))
		}
		return d, wrong
	case err != nil:
		return d, []Wrong{unreadable(err.Error())}
	}
	var tree yaml.Node
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		return d, []Wrong{unreadable(err.Error())}
	}
	check := checking{tree: &tree}
	check.all(d)
	return d, check.wrong
}

var (
	atLine  = regexp.MustCompile(`line (\d+): (.*)`)
	unknown = regexp.MustCompile(`field (\S+) not found`)
)

// unreadable says what the reader of the file says, in plain words.
func unreadable(complaint string) Wrong {
	out := Wrong{1, "", "It is not a file of this kind."}
	if found := atLine.FindStringSubmatch(complaint); found != nil {
		out.Line, _ = strconv.Atoi(found[1])
		out.Words = "This cannot be read. Check the spaces at its beginning, the colon and the kind of value."
		if field := unknown.FindStringSubmatch(found[2]); field != nil {
			out.Words = "There is no field of the name " + field[1] + "."
		}
	}
	return out
}

// checking collects what is wrong, with its line.
type checking struct {
	tree  *yaml.Node
	wrong []Wrong
}

func (c *checking) say(words string, path ...string) {
	c.wrong = append(c.wrong, Wrong{lineAt(c.tree, path), strings.Join(path, "/"), words})
}

// lineAt is the line of a path in a file, or of the last part of it that is there.
func lineAt(node *yaml.Node, path []string) int {
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	line := max(node.Line, 1)
	for _, name := range path {
		var next *yaml.Node
		if number, err := strconv.Atoi(name); err == nil && node.Kind == yaml.SequenceNode && number <= len(node.Content) {
			next = node.Content[number-1]
		}
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == name {
				line, next = node.Content[i].Line, node.Content[i+1]
			}
		}
		if next == nil {
			return line
		}
		node, line = next, next.Line
	}
	return line
}

// text checks words that people read.
func (c *checking) text(words string, path ...string) {
	switch {
	case strings.TrimSpace(words) == "":
		c.say("Write something here.", path...)
	case len([]rune(words)) > mostText:
		c.say(fmt.Sprintf("This is longer than %d characters.", mostText), path...)
	}
}

func (c *checking) all(d Definition) {
	if !web.IsSlug(d.Key) {
		c.say("The key has only a to z, numbers and single hyphens.", "key")
	}
	for _, one := range [][2]string{{"name", d.Name}, {"about", d.About}, {"licence", d.Licence}, {"intro", d.Intro}} {
		c.text(one[1], one[0])
	}
	c.options(d)
	if len(d.Items) == 0 || len(d.Items) > mostItems {
		c.say(fmt.Sprintf("There are 1 to %d items.", mostItems), "items")
	}
	for i, item := range d.Items {
		c.text(item.Text, "items", strconv.Itoa(i+1), "text")
	}
	if d.Missing < 0 || d.Missing >= max(1, len(d.Items)) {
		c.say("Not all items can be missing.", "missing")
	}
	if len(c.wrong) > 0 {
		return // what follows is about scores, and there are none yet
	}
	c.bands(d)
	c.rules(d)
	c.examples(d)
}

func (c *checking) options(d Definition) {
	if len(d.Options) < 2 || len(d.Options) > mostOptions {
		c.say(fmt.Sprintf("There are 2 to %d options.", mostOptions), "options")
	}
	seen := map[int]bool{}
	for i, o := range d.Options {
		at := strconv.Itoa(i + 1)
		c.text(o.Text, "options", at, "text")
		if o.Value < 0 || o.Value > 100 || seen[o.Value] {
			c.say("Each option has a value of its own, from 0 to 100.", "options", at, "value")
		}
		seen[o.Value] = true
	}
}

// bands name every score once, in order.
func (c *checking) bands(d Definition) {
	low, high := d.ends()
	next, most := low*len(d.Items), high*len(d.Items)
	for i, band := range d.Bands {
		at := strconv.Itoa(i + 1)
		c.text(band.Words, "bands", at, "words")
		if band.From != next || band.To < band.From {
			c.say(fmt.Sprintf("This band begins at %d and ends above it: every score is in one band.", next), "bands", at, "from")
		}
		next = band.To + 1
	}
	if next != most+1 {
		c.say(fmt.Sprintf("The last band ends at %d, the highest score.", most), "bands")
	}
}

func (c *checking) rules(d Definition) {
	low, high := d.ends()
	for i, rule := range d.Rules {
		at := strconv.Itoa(i + 1)
		if rule.Item < 1 || rule.Item > len(d.Items) {
			c.say("There is no item of this number.", "rules", at, "item")
		}
		if rule.Above < low-1 || rule.Above >= high {
			c.say("No answer can be above this.", "rules", at, "above")
		}
		if rule.Level != safety.Crisis && rule.Level != safety.Red && rule.Level != safety.Amber {
			c.say("The level is crisis, red or amber.", "rules", at, "level")
		}
	}
}

// examples must come out as the file says: a file that is scored otherwise than its
// author thinks is worse than none.
func (c *checking) examples(d Definition) {
	if len(d.Examples) == 0 {
		c.say("Give at least one example: answers, and their score.", "examples")
	}
	for i, example := range d.Examples {
		at := strconv.Itoa(i + 1)
		if len(example.Answers) != len(d.Items) {
			c.say(fmt.Sprintf("There are %d items, and %d answers here.", len(d.Items), len(example.Answers)), "examples", at, "answers")
			continue
		}
		for n, answer := range example.Answers {
			if answer != nil && !d.offers(*answer) {
				c.say("No option has this value.", "examples", at, "answers", strconv.Itoa(n+1))
			}
		}
		if got := d.Score(example.Answers).Score; scoreWords(got) != scoreWords(example.Score) {
			c.say("The score comes out as "+scoreWords(got)+", not "+scoreWords(example.Score)+".", "examples", at, "score")
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
