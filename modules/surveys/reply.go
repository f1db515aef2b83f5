package surveys

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// reply is what one person answered. It is counted into a box and kept nowhere.
type reply struct {
	chosen map[string][]int  // by question, the places of the answers
	words  map[string]string // by question
}

// said is all that somebody wrote.
func (r reply) said() string {
	var all []string
	for _, words := range r.words {
		all = append(all, words)
	}
	return strings.Join(all, "\n\n")
}

// reply reads answers as a form or a client sends them: by the key of the question
// the number of an answer, or words; of several choices "q3/2": true for each.
func (x Survey) reply(raw json.RawMessage) (reply, error) {
	given := map[string]any{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &given); err != nil {
			return reply{}, fault.Bad("answers", "Send the answers by the keys of their questions.")
		}
	}
	out, wrong := reply{map[string][]int{}, map[string]string{}}, fault.Error{Code: fault.Invalid, Message: "Some of what you entered needs a change."}
	for _, q := range x.Questions {
		if complaint := q.take(given, out); complaint != "" {
			wrong.Fields = append(wrong.Fields, fault.Field{Name: q.field(), Message: complaint})
		}
	}
	switch {
	case len(given) > 0:
		return reply{}, fault.Bad("answers", "There is no question of that key.")
	case len(wrong.Fields) > 0:
		return reply{}, &wrong
	case len(out.chosen)+len(out.words) == 0:
		return reply{}, fault.Bad(x.Questions[0].field(), "Answer at least one question.")
	}
	return out, nil
}

// take moves what was given to a question into a reply. It returns what is wrong
// with it, in a sentence for whoever answers; empty if nothing is.
func (q Question) take(given map[string]any, into reply) (complaint string) {
	value := func(key string) string {
		found := given[key]
		delete(given, key)
		switch found := found.(type) {
		case string:
			return strings.TrimSpace(strings.ReplaceAll(found, "\r\n", "\n"))
		case bool:
			return strconv.FormatBool(found)
		case float64:
			return strconv.FormatFloat(found, 'f', -1, 64)
		case nil:
			return ""
		}
		return "?" // no kind of answer
	}
	switch q.Kind {
	case Words:
		words := value(q.Key)
		if !plain(words) {
			return "Remove characters that do not show, then try again."
		}
		if utf8.RuneCountInString(words) > longestWords {
			return "Use 1,000 characters or fewer."
		}
		if words != "" {
			into.words[q.Key] = words
		}
	case Several:
		for i := range q.Options {
			switch value(q.Key + "/" + strconv.Itoa(i+1)) {
			case "", "false":
			case "true":
				into.chosen[q.Key] = append(into.chosen[q.Key], i)
			default:
				return "Choose any of the answers."
			}
		}
	default:
		if number := value(q.Key); number != "" {
			n, err := strconv.Atoi(number)
			if err != nil || n < 1 || n > len(q.answers()) {
				return "Choose one of the answers."
			}
			into.chosen[q.Key] = []int{n - 1}
		}
	}
	if q.Required && len(into.chosen[q.Key]) == 0 && into.words[q.Key] == "" {
		return "Answer this question."
	}
	return ""
}

// plain tells whether text has only what a keyboard makes.
func plain(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }) < 0
}
