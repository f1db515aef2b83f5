package terms

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

func at(ctx context.Context, more string) templ.SafeURL {
	return templ.SafeURL(ui.Path(ctx, base+more))
}

func one(ctx context.Context, id, more string) string { return ui.Path(ctx, base+"/"+id+more) }

// query is the filter as the end of an address, after a term.
func (f Filter) query(after string) string {
	values := url.Values{"q": {f.Q}, "act": {f.Act}, "sort": {string(f.Sort)}, "origin": {f.Origin}, "retired": {strconv.FormatBool(f.Retired)}, "after": {after}}
	return "?" + values.Encode()
}

var sortNames = map[watch.Sort]string{watch.Word: "Word", watch.Phrase: "Phrase", watch.Pattern: "Pattern"}

func sortOptions(hints bool) []ui.Option {
	all := []ui.Option{
		{Value: string(watch.Word), Label: "Word", Hint: "One whole word."}, {Value: string(watch.Phrase), Label: "Phrase", Hint: "Words one after the other."},
		{Value: string(watch.Pattern), Label: "Pattern", Hint: "A regular expression (RE2), for those who know them."},
	}
	for i := range all {
		if !hints {
			all[i].Hint = ""
		}
	}
	return all
}

func levelOptions() []ui.Option {
	all := []ui.Option{{Label: "No"}}
	for _, level := range safety.Levels {
		all = append(all, ui.Option{Value: string(level), Label: level.Name()})
	}
	return all
}

// topicOptions are the notes that are offered, and the one that a term has.
func topicOptions(service *tenants.Service, has string) []ui.Option {
	all := []ui.Option{{Label: "No"}}
	for _, topic := range service.Topics() {
		if topic.Offered || topic.Key == has {
			all = append(all, ui.Option{Value: topic.Key, Label: topic.Name})
		}
	}
	if _, known := service.Topic(has); has != "" && !known {
		all = append(all, ui.Option{Value: has, Label: has + " (this service lacks it: it waits for the team)"})
	}
	return all
}

func topicNames(topics []tenants.Topic) string {
	names := make([]string, len(topics))
	for i, topic := range topics {
		names[i] = topic.Name
	}
	return strings.Join(names, ", ")
}

func from(term Term) string {
	if term.Listed {
		return "The area’s list"
	}
	return "This service"
}

// tint is the colour of the first act of a term that opens a case.
func tint(a Acts, i int) string {
	if i > 0 {
		return safety.Level("").Tint()
	}
	return a.Case.Tint()
}

func foundWords(c Checked) string {
	if c.Found == 0 {
		return "It would have found nothing"
	}
	return "It would have found " + ui.Count(c.Found, "post", "posts")
}

func lookedWords(c Checked) string {
	if c.Full {
		return "We looked at the newest " + ui.Count(c.Looked, "post", "posts") + " of the last 30 days."
	}
	return "We looked at the " + ui.Count(c.Looked, "post", "posts") + " of the last 30 days."
}

var whatNames = map[string]string{"added": "New", "changed": "Changed", "retired": "Retired", "restored": "Back again"}

// words say what was changed.
func (c Change) words(service *tenants.Service) string {
	after := strings.Join(Rule(c.After).Does(service), ", ")
	if c.What != "changed" {
		return whatNames[c.What] + ". " + after
	}
	words := "Changed"
	if c.Before.Text != c.After.Text {
		words += " from “" + c.Before.Text + "”"
	}
	if before := strings.Join(Rule(c.Before).Does(service), ", "); before != after {
		return words + ". " + after + "; before: " + before
	}
	return words + ". " + after
}

// follows says what would follow, in sentences.
func (t Tried) follows() []string {
	if len(t.Terms) == 0 {
		return []string{"Nothing. It is shown at once."}
	}
	words := []string{"The team finds it on the desk as " + strings.ToLower(t.Level.Name()) + "."}
	if t.Case {
		words = append(words, "A case is opened.")
	}
	if t.Support {
		words = append(words, "Its writer is shown whom to turn to.")
	}
	if t.Hold {
		words = append(words, "Nobody else reads it until the team has looked.")
	}
	if len(t.Topics) > 0 {
		words = append(words, "It is covered: "+strings.Join(t.Topics, ", ")+".")
	}
	return words
}

// mostShown is how many lines of a file a page shows.
const mostShown = 200

// first are the lines that a page shows: those that are not right first.
func (c ManyChecked) first() (some []Line) {
	for _, wrong := range []bool{true, false} {
		for _, line := range c.Lines {
			if len(some) < mostShown && (line.Wrong != "") == wrong {
				some = append(some, line)
			}
		}
	}
	return some
}

func changeWords(c ManyChecked) string {
	changed := len(c.Lines) - c.Same - c.Wrong
	switch {
	case c.Wrong > 0:
		return ui.Count(c.Wrong, "line is", "lines are") + " not right"
	case changed == 0:
		return "Nothing would change"
	}
	return ui.Count(changed, "term", "terms") + " to take over"
}
