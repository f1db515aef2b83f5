// Package mail sends email: by SMTP, or into an inbox in memory while SHaRON is
// being tried out. It knows nothing of who writes to whom and why.
package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// Message is an email to one person.
type Message struct {
	// ID is the sender's own name for it. The same ID makes the same Message-ID, so
	// that one which had to be sent again can be known for a repeat.
	ID string
	// To is a bare address, such as hazel@example.org.
	To      string
	Subject string
	// Text and HTML say the same; HTML may be empty.
	Text, HTML string
	// Unsubscribe is an https address that takes the receiver off the list when it
	// is posted to (RFC 8058). Empty for what cannot be switched off.
	Unsubscribe string
	// Invitation goes to the receiver's calendar; nil for none.
	Invitation *Invitation
}

// Key is what the Message-ID begins with: it tells repeats and nothing else.
func (m Message) Key() string {
	sum := sha256.Sum256([]byte(m.ID))
	return hex.EncodeToString(sum[:16])
}

// Refused is a final no: the same message will not be taken later either.
type Refused struct {
	// Code is the SMTP reply code, 550 for instance.
	Code int
	// Status is the enhanced code (RFC 3463), such as 5.1.1, where the server gave one.
	Status string
	// Address says that the no was about the receiver's address: a bounce. It is
	// false when the server objects to us or to what was written.
	Address bool
}

// Error never has the address or the server's words in it: they name the receiver.
func (r *Refused) Error() string {
	return strings.TrimSpace(fmt.Sprintf("mail: refused with %d %s", r.Code, r.Status))
}

const (
	longestSubject = 200
	longestURL     = 900 // header lines end at 998 bytes
)

// check refuses what could not be delivered or could add a header of its own.
func (m Message) check() error {
	address, err := netmail.ParseAddress(m.To)
	if err != nil || address.Address != m.To || len(m.To) > 254 {
		return &Refused{Code: 553, Status: "5.1.3", Address: true}
	}
	switch {
	case m.ID == "":
		return errors.New("mail: a message without an ID")
	case m.Subject == "" || len(m.Subject) > longestSubject || !utf8.ValidString(m.Subject) || strings.ContainsFunc(m.Subject, unicode.IsControl):
		return fmt.Errorf("mail: the subject must be one line of 1 to %d bytes", longestSubject)
	case m.Text == "":
		return errors.New("mail: a message without plain text")
	case m.Unsubscribe != "" && !safeLink(m.Unsubscribe):
		return errors.New("mail: the address to unsubscribe at is not a plain https address")
	}
	return nil
}

// safeLink tells whether an address can stand in a mail: https, or http on the
// machine that somebody tries SHaRON on.
func safeLink(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.User != nil || len(address) > longestURL || strings.ContainsAny(address, "<>\"\\ ") {
		return false
	}
	host := parsed.Hostname()
	return parsed.Scheme == "https" || parsed.Scheme == "http" && (loopback(host) || strings.HasSuffix(host, ".localhost"))
}

// build makes the message as it goes over the wire.
func (m Message) build(from *netmail.Address) (*gomail.Msg, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	out.FromMailAddress(from)
	out.ToMailAddress(&netmail.Address{Address: m.To})
	out.Subject(m.Subject)
	_, domain, _ := strings.Cut(from.Address, "@")
	out.SetMessageIDWithValue(m.Key() + "@" + domain)
	// No holiday notice should answer, and no list should take it for a person's.
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	if m.Unsubscribe != "" {
		out.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		out.SetListUnsubscribePost()
	}
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	if i := m.Invitation; i != nil {
		out.AddAlternativeString(gomail.ContentType("text/calendar; method="+i.method()), i.calendar(from.Address, m.To))
	}
	return out, nil
}
