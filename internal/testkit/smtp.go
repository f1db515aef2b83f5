package testkit

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is a message that an SMTPServer has taken.
type Mail struct {
	From, To string // of the envelope
	Header   netmail.Header
	// Text and HTML are the two parts, decoded.
	Text, HTML string
	// Calendar is the part for the receiver's calendar; empty for none.
	Calendar string
	// Raw is everything as it came.
	Raw []byte
}

// Trouble is what an SMTPServer does instead of its work.
type Trouble struct {
	// At is where: MAIL, RCPT, DATA (while the words come) or SENT (after them).
	At string
	// Code and Status are the answer, such as 550 and {5, 1, 1}.
	Code   int
	Status [3]int
	// Wait comes before the answer.
	Wait time.Duration
	// HangUp closes the connection instead of answering.
	HangUp bool
}

// SMTPServer is a mail server on this machine that keeps what it is sent.
type SMTPServer struct {
	address, password string
	server            *smtp.Server
	certificate       *x509.Certificate
	tlsFirst          bool

	mu          sync.Mutex
	mails       []Mail
	trouble     Trouble
	connections []net.Conn
}

// SMTPOption changes a server.
type SMTPOption func(*SMTPServer)

// MailPassword has the server ask for it, from a user named sharon.
func MailPassword(password string) SMTPOption {
	return func(s *SMTPServer) { s.password = password }
}

// MailTLS has the server offer STARTTLS, with a certificate for example.com that
// Roots vouches for.
func MailTLS(s *SMTPServer) {
	lender := httptest.NewTLSServer(nil) // only for its certificate
	defer lender.Close()
	s.certificate = lender.Certificate()
	s.server.TLSConfig = lender.TLS.Clone()
	s.server.TLSConfig.NextProtos = nil
}

// MailTLSFirst is MailTLS from the first byte, as for smtps://.
func MailTLSFirst(s *SMTPServer) {
	MailTLS(s)
	s.tlsFirst = true
}

// StartSMTP starts a mail server that ends with the test.
func StartSMTP(t testing.TB, options ...SMTPOption) *SMTPServer {
	t.Helper()
	s := &SMTPServer{}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &smtpSession{server: s, conn: c}, nil
	}))
	s.server.Domain = "mail.test"
	s.server.AllowInsecureAuth = true
	s.server.ErrorLog = log.New(io.Discard, "", 0) // troubles are made on purpose
	for _, option := range options {
		option(s)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("testkit: SMTP: %v", err)
	}
	s.address = listener.Addr().String()
	listener = counted{listener, s}
	if s.tlsFirst {
		listener = tls.NewListener(listener, s.server.TLSConfig)
	}
	go func() { _ = s.server.Serve(listener) }()
	t.Cleanup(func() { _ = s.server.Close() })
	return s
}

// URL is the server's smtp:// address.
func (s *SMTPServer) URL() string { return "smtp://" + s.address }

// Address is its host and port.
func (s *SMTPServer) Address() string { return s.address }

// Roots vouch for the certificate of a server with MailTLS.
func (s *SMTPServer) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.certificate)
	return pool
}

// Mails are those that it has taken, oldest first.
func (s *SMTPServer) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Connections is how many have been made to it.
func (s *SMTPServer) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.connections)
}

// Trouble has the server misbehave from now on; the zero Trouble ends it.
func (s *SMTPServer) Trouble(t Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = t
}

// HangUp closes every connection, as a restart of the server would.
func (s *SMTPServer) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.connections {
		_ = c.Close()
	}
}

// counted notes who connects.
type counted struct {
	net.Listener
	server *SMTPServer
}

// Accept implements net.Listener.
func (l counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.server.mu.Lock()
		defer l.server.mu.Unlock()
		l.server.connections = append(l.server.connections, c)
	}
	return c, err
}

type smtpSession struct {
	server   *SMTPServer
	conn     *smtp.Conn
	from, to string
	known    bool // who they are
}

// at answers one command, with trouble where there is some.
func (s *smtpSession) at(where string) error {
	s.server.mu.Lock()
	trouble := s.server.trouble
	s.server.mu.Unlock()
	if trouble.At != where {
		return nil
	}
	time.Sleep(trouble.Wait)
	if trouble.HangUp {
		_ = s.conn.Conn().Close()
		return errors.New("hung up")
	}
	if trouble.Code == 0 {
		return nil
	}
	return &smtp.SMTPError{Code: trouble.Code, EnhancedCode: trouble.Status, Message: "not for <" + s.to + ">"}
}

// Mail implements smtp.Session.
func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.password != "" && !s.known {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return s.at("MAIL")
}

// Rcpt implements smtp.Session.
func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.at("RCPT")
}

// Data implements smtp.Session.
func (s *smtpSession) Data(r io.Reader) error {
	if err := s.at("DATA"); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.at("SENT"); err != nil {
		return err
	}
	mail := Mail{From: s.from, To: s.to, Raw: raw}
	if err := mail.read(); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, mail)
	return nil
}

// Reset implements smtp.Session.
func (s *smtpSession) Reset() {}

// Logout implements smtp.Session.
func (s *smtpSession) Logout() error { return nil }

// AuthMechanisms implements smtp.AuthSession.
func (s *smtpSession) AuthMechanisms() []string {
	if s.server.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (s *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "sharon" || password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

// read takes the message apart as a reader's programme would.
func (m *Mail) read() error {
	message, err := netmail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return err
	}
	m.Header = message.Header
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		// Only multipart.Reader undoes the encoding by itself.
		text, err := io.ReadAll(quotedprintable.NewReader(message.Body))
		m.Text = string(text)
		return err
	}
	for parts := multipart.NewReader(message.Body, params["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		switch kind := part.Header.Get("Content-Type"); {
		case strings.HasPrefix(kind, "text/html"):
			m.HTML = string(text)
		case strings.HasPrefix(kind, "text/calendar"):
			m.Calendar = string(text)
		default:
			m.Text = string(text)
		}
	}
}
