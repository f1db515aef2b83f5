package demo

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Mailbox is where the emails and text messages of a demonstration can be read:
// all of them, by anybody who can reach the address.
func Mailbox(inbox *mail.Inbox, texts *text.Inbox) map[string]web.Plain {
	return map[string]web.Plain{
		"/dev/mail": {View: func(context.Context, *web.Request) (int, templ.Component) {
			return http.StatusOK, mailboxPage(inbox.Messages(), texts.Messages())
		}},
		"/dev/mail/:key": {View: func(_ context.Context, r *web.Request) (int, templ.Component) {
			found, ok := inbox.Find(r.Params["key"])
			if !ok {
				return http.StatusNotFound, mailGonePage()
			}
			return http.StatusOK, mailPage(found)
		}},
	}
}

// piece is a line of plain text, cut where an address begins.
type piece struct{ before, link string }

// pieces finds the address, if any, that each line ends with: letters and texts
// have one there.
func pieces(text string) []piece {
	var all []piece
	for line := range strings.Lines(text) {
		p := piece{before: line}
		if at := max(strings.Index(line, "https://"), strings.Index(line, "http://")); at >= 0 {
			p = piece{line[:at], strings.TrimSpace(line[at:])}
		}
		all = append(all, p)
	}
	return all
}
