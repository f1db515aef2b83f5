package main

import (
	"net/http"
	"testing"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/text"
)

// withInbox makes the site one of a demonstration.
func withInbox(a *app) { a.Inbox, a.Texts = mail.NewInbox(a.Clock), text.NewInbox(a.Clock) }

func TestADemonstrationShowsItsEmails(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare), withInbox)
	letter := mail.Letter{Heading: "You have a new message", Link: mail.Link{Text: "Read it", URL: "https://northmoor.example/n/1"}, Why: "You <b>asked</b> for it.", Unsubscribe: "https://northmoor.example/stop"}
	m, err := letter.Message(t.Context(), "one", "hazel@example.org", "New message")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.visit("").get("/dev/mail"); got.status != http.StatusOK || !got.has("No emails yet") {
		t.Errorf("%d %s", got.status, got.text())
	}
	if err := s.app.Inbox.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := s.app.Texts.Send(t.Context(), text.Message{ID: "one", To: "+447700900123", Text: "SHaRON: <b>You</b> have a new message. https://northmoor.example/go/1\nStop these texts: https://northmoor.example/go/1/settings"}); err != nil {
		t.Fatal(err)
	}
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	tab.Goto(s.address("") + "/dev/mail")
	if !tab.Has(`a[href="https://northmoor.example/go/1"]`) || !tab.Has(`a[href="https://northmoor.example/go/1/settings"]`) || tab.Has("li.card b") {
		t.Error("the links of the text are not there, or its words are tags")
	}
	for _, page := range []string{"Emails and texts", "New message"} {
		if page == "New message" {
			tab.Click(".door-list a")
			tab.WaitText("h1", "New message")
			if !tab.Has(`a[href="https://northmoor.example/n/1"]`) || !tab.Has(`a[href="https://northmoor.example/stop"]`) || tab.Has(".card b") {
				t.Error("its links are not there, or its words are tags")
			}
			tab.Click("text=Its HTML")
		}
		for _, violation := range tab.Axe() {
			t.Errorf("%s: %s", page, violation)
		}
		var over int
		if tab.Eval("document.documentElement.scrollWidth - document.documentElement.clientWidth", &over); over > 0 {
			t.Errorf("%s is %d pixels too wide", page, over)
		}
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
	if got := s.visit("").get("/dev/mail/none"); got.status != http.StatusNotFound {
		t.Errorf("%d %s", got.status, got.text())
	}
	if got := s.visit("northmoor").get("/dev/mail/" + m.Key()); got.status == http.StatusOK {
		t.Error("a trust's own host shows emails")
	}
}

func TestEmailsAreShownInADemonstrationOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for _, path := range []string{"/dev/mail", "/dev/mail/0"} {
		if got := s.visit("").get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
