package mail

import (
	"context"
	"fmt"
	"strings"
)

// Letter is what an email says. Its plain text and its HTML are made of the same
// few words; there are no pictures and nothing is fetched.
type Letter struct {
	Heading string
	Lines   []string // a paragraph each
	Link    Link     // the one thing to do
	Why     string   // why the reader gets this
	// Unsubscribe is where such letters are switched off; empty if they cannot be.
	Unsubscribe string
	// Invitation goes to the reader's calendar; nil for none.
	Invitation *Invitation
}

// Link is an address and the words for it.
type Link struct{ Text, URL string }

// Message makes the email that says it. The link may be left out; an address that
// is not https (or http on this machine) is an error.
func (l Letter) Message(ctx context.Context, id, to, subject string) (Message, error) {
	if l.Link != (Link{}) && !safeLink(l.Link.URL) {
		return Message{}, fmt.Errorf("mail: the link of a letter must be an https address")
	}
	html := strings.Builder{}
	if err := page(subject, l).Render(ctx, &html); err != nil {
		return Message{}, fmt.Errorf("mail: render: %w", err)
	}
	return Message{ID: id, To: to, Subject: subject, Text: l.text(), HTML: html.String(), Unsubscribe: l.Unsubscribe, Invitation: l.Invitation}, nil
}

// text is the letter in plain text.
func (l Letter) text() string {
	parts := append([]string{l.Heading}, l.Lines...)
	if l.Link != (Link{}) {
		parts = append(parts, l.Link.Text+":\n"+l.Link.URL)
	}
	foot := l.Why
	if l.Unsubscribe != "" {
		foot += "\n" + stop + ": " + l.Unsubscribe
	}
	return strings.Join(append(parts, "SHaRON\n"+foot), "\n\n") + "\n"
}

const stop = "Stop emails like this"
