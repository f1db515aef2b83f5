package mail_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/mail"
)

var letter = mail.Letter{
	Heading: "You have a new message", Lines: []string{"Somebody wrote to you.", "It waits where you left off."},
	Link: mail.Link{Text: "Read it", URL: "https://northmoor.sharon.example.nhs.uk/n/1?a=1&b=2"},
	Why:  "You asked for emails about messages.", Unsubscribe: "https://northmoor.sharon.example.nhs.uk/stop/1",
}

const letterText = `You have a new message

Somebody wrote to you.

It waits where you left off.

Read it:
https://northmoor.sharon.example.nhs.uk/n/1?a=1&b=2

SHaRON
You asked for emails about messages.
Stop emails like this: https://northmoor.sharon.example.nhs.uk/stop/1
`

func TestALetterSaysTheSameTwice(t *testing.T) {
	m, err := letter.Message(t.Context(), "one", "hazel@example.org", "You have a new message")
	if err != nil {
		t.Fatal(err)
	}
	if m.Text != letterText {
		t.Errorf("text:\n%s", m.Text)
	}
	if m.Unsubscribe != letter.Unsubscribe || m.To != "hazel@example.org" || m.ID != "one" {
		t.Errorf("%+v", m)
	}
	for _, words := range append([]string{letter.Heading, letter.Link.Text, letter.Why, `href="https://northmoor.sharon.example.nhs.uk/n/1?a=1&amp;b=2"`, `href="` + letter.Unsubscribe + `"`, `lang="en-GB"`}, letter.Lines...) {
		if !strings.Contains(m.HTML, words) {
			t.Errorf("the HTML lacks %q", words)
		}
	}
}

func TestALetterFetchesNothing(t *testing.T) {
	m, err := letter.Message(t.Context(), "one", "hazel@example.org", "Subject")
	if err != nil {
		t.Fatal(err)
	}
	if at := regexp.MustCompile(`(?i)<(img|link|style|script|iframe|form|video)|src=|url\(|class=`).FindString(m.HTML); at != "" {
		t.Errorf("the HTML has %q", at)
	}
}

func TestALetterEscapesAndRefuses(t *testing.T) {
	m, err := mail.Letter{Heading: "<script>alert(1)</script>", Why: "Because & so"}.Message(t.Context(), "one", "hazel@example.org", "</title><b>")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(m.HTML, "<script>") || strings.Contains(m.HTML, "</title><b>") {
		t.Error(m.HTML)
	}
	if strings.Contains(m.Text, "Stop emails") || strings.Contains(m.HTML, "Stop emails") || strings.Contains(m.HTML, "<a ") {
		t.Error("a letter without a link and without a way out shows one")
	}
	for _, bad := range []string{"javascript:alert(1)", "http://sharon.example.nhs.uk/", "/n/1", "https://a@sharon.example.nhs.uk/"} {
		if _, err := (mail.Letter{Link: mail.Link{Text: "Read", URL: bad}}).Message(t.Context(), "one", "hazel@example.org", "Subject"); err == nil {
			t.Errorf("a link to %s was taken", bad)
		}
	}
}
