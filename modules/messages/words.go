package messages

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// snippet is the beginning of a text, for one line of a list.
func snippet(body string) string {
	const longest = 80
	line := []rune(strings.Join(strings.Fields(body), " "))
	if len(line) == 0 {
		return "A picture" // only these come without words
	}
	if len(line) <= longest {
		return string(line)
	}
	return strings.TrimSpace(string(line[:longest])) + "…"
}

// excerpt is what stands around the words that were looked for.
func excerpt(body, asked string) string {
	text := strings.Join(strings.Fields(body), " ")
	at := strings.Index(strings.ToLower(text), strings.ToLower(asked))
	if at < 0 || at > len(text) {
		return snippet(text)
	}
	runes := []rune(text[:at])
	if len(runes) > 30 {
		return "…" + snippet(string(runes[len(runes)-30:])+text[at:])
	}
	return snippet(text)
}

// page leads to a message in its conversation, wherever in it that stands.
func page(message Message) string {
	return "?before=" + strconv.FormatInt(message.Seq+pageSize/2, 10) + "#message-" + message.ID.String()
}

func mailboxWords(waiting int) string {
	if waiting == 0 {
		return "What members wrote to the team. Nothing waits for you."
	}
	return ui.Count(waiting, "thread waits", "threads wait") + " for an answer of yours, or of anybody’s."
}

func usually(r Reach) string {
	if r.Usual == noFigure {
		return "There is no figure yet for how long a reply takes."
	}
	return "A reply usually takes " + r.Usual + "."
}

func toHint(begin Beginning) string {
	if begin.MaxGroup == 0 {
		return "A handle, such as Fern."
	}
	return fmt.Sprintf("A handle, such as Fern. For a group, several with commas between, up to %d.", begin.MaxGroup-1)
}

func lastSeq(messages []Message) string {
	if len(messages) == 0 {
		return "0"
	}
	return strconv.FormatInt(messages[len(messages)-1].Seq, 10)
}

// names are the handles of those who take part, by id, for "Fern is typing".
func names(c Opened) string {
	handles := map[string]string{}
	for _, one := range c.People {
		handles[one.Person.ID.String()] = one.Person.Handle
	}
	text, err := json.Marshal(handles)
	if err != nil {
		return "{}"
	}
	return string(text)
}

func staffs(message Message) bool { return message.Author != nil && message.Author.Roles.Staff() }

func holding(c Opened, act Act) map[string]string {
	fields := map[string]string{"act": string(act)}
	if c.HolderID != nil {
		fields["holder"] = c.HolderID.String()
	}
	return fields
}

func colleagues(team []tenants.Person) []ui.Option {
	options := make([]ui.Option, len(team))
	for i, person := range team {
		options[i] = ui.Option{Value: person.HandleKey, Label: person.Handle, Own: true}
		if badge := person.Roles.Badge(); badge != "" {
			options[i].Label += ", " + strings.ToLower(badge.Name())
		}
	}
	return options
}

func moveWords(move Move) string {
	by, to := "Somebody", "a colleague"
	if move.By != nil {
		by = move.By.Handle
	}
	if move.To != nil {
		to = move.To.Handle
	}
	switch move.Act {
	case Take:
		return by + " took it"
	case Hand:
		return by + " handed it to " + to
	case Done:
		return by + " marked it as answered"
	}
	return by + " gave it back"
}

// altOf says what is in a picture, in the sender's words if there are any.
func altOf(message Message, one Picture) string {
	if one.Alt != "" {
		return one.Alt
	}
	if message.Author != nil {
		return "A picture from " + message.Author.Handle
	}
	return "A picture"
}
