package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/modules/messages"
	"github.com/sharon-nhs/sharon/tenants"
)

// conversation is a private one as the file tells it.
type conversation struct {
	words   `yaml:",inline"`
	Between []string // with Team: the one member
	Name    string   // of a group
	Team    bool     // with the whole team
	Request bool     // not answered yet by the others
	Holder  string   // of the team, who has it
	Unread  []string // those who have not seen the last message
	Replies []answer
}

func (c conversation) kind() messages.Sort {
	switch {
	case c.Team:
		return messages.Team
	case len(c.Between) == 2:
		return messages.Direct
	}
	return messages.Group
}

// said are all its messages.
func (c conversation) said() []words {
	all := []words{c.words}
	for _, a := range c.Replies {
		all = append(all, a.words)
	}
	return all
}

// check finds people that there are not, or who write where they are not.
func (c conversation) check(members map[string]member) error {
	var wrong []error
	for _, login := range slices.Concat(c.Between, c.Unread) {
		if _, ok := members[login]; !ok {
			wrong = append(wrong, fmt.Errorf("%q: no member %q", start(c.Body), login))
		}
	}
	for _, one := range c.said() {
		if there := slices.Contains(c.Between, one.By) || c.Team && members[one.By].Role.Staff(); !there {
			wrong = append(wrong, fmt.Errorf("%q: %q is not in the conversation", start(one.Body), one.By))
		}
	}
	if c.Holder != "" && !members[c.Holder].Role.Staff() {
		wrong = append(wrong, fmt.Errorf("%q: %q is not of the team", start(c.Body), c.Holder))
	}
	return errors.Join(wrong...)
}

func (w *seeding) conversations(c content) error {
	for _, one := range c.Conversations {
		times, err := talk(w.s.Now, one.At, one.Replies)
		if err != nil {
			return fmt.Errorf("conversation %q: %w", start(one.Body), err)
		}
		w.conversation(one, times)
	}
	return nil
}

func (w *seeding) conversation(c conversation, times []time.Time) {
	last := times[len(times)-1]
	row := messages.Conversation{ID: w.ids.at(times[0]), Kind: c.kind(), Name: c.Name, LastSeq: int64(len(times)), ActiveAt: last, CreatedAt: times[0]}
	switch row.Kind {
	case messages.Direct:
		pair := tenants.NewIDs(w.people[c.Between[0]].ID, w.people[c.Between[1]].ID)
		text := pair[0].String() + " " + pair[1].String()
		row.Pair = &text
	case messages.Team:
		text := "team " + w.people[c.Between[0]].ID.String()
		row.Pair = &text
	}
	if c.Holder != "" {
		holder := w.people[c.Holder].ID
		row.HolderID = &holder
		w.moves = append(w.moves, messages.Move{ID: w.ids.at(last), ConversationID: row.ID, Act: messages.Take, ByID: holder, ToID: &holder, MovedAt: last})
	}
	staffed := row.Kind == messages.Team || row.Kind == messages.Direct && slices.ContainsFunc(c.Between, func(login string) bool { return w.people[login].Roles.Staff() })
	for i, one := range c.said() {
		message := messages.Message{ID: w.ids.at(times[i]), ConversationID: row.ID, Seq: int64(i + 1), AuthorID: w.people[one.By].ID, ClientID: w.ids.at(times[i]), CreatedAt: times[i]}
		message.Write(strings.TrimSpace(one.Body))
		switch staff := w.people[one.By].Roles.Staff(); {
		case staffed && staff && row.WaitingSince != nil:
			seconds := int(times[i].Sub(*row.WaitingSince).Seconds())
			message.AnsweredAfter, row.WaitingSince = &seconds, nil
		case staffed && !staff && row.WaitingSince == nil:
			row.WaitingSince = &times[i]
		}
		w.messages = append(w.messages, message)
	}
	for _, login := range c.Between {
		part := messages.Participant{ConversationID: row.ID, MemberID: w.people[login].ID, State: messages.In, LastSeq: row.LastSeq, DeliveredSeq: row.LastSeq, ReadSeq: row.LastSeq, ActiveAt: last}
		if slices.Contains(c.Unread, login) {
			part.ReadSeq--
		}
		if c.Request && login != c.By {
			part.State, part.ReadSeq, part.DeliveredSeq = messages.Asked, 0, 0
		}
		w.parts = append(w.parts, part)
	}
	w.talks = append(w.talks, row)
}
