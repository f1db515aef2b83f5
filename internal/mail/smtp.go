package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/time/rate"
)

// Options say which server takes our mail.
type Options struct {
	// URL is smtp://user:password@host:587, which must offer STARTTLS unless it is on
	// this machine, or smtps://user:password@host:465.
	URL string
	// From is who writes: SHaRON <noreply@sharon.example.nhs.uk>.
	From string
	// Rate is how many messages this process may send in a second; 0 is no limit.
	Rate float64
	// Timeout is how long connecting may take, and how long one message; 0 is 10 seconds.
	Timeout time.Duration
	// Roots are who may vouch for the server; nil means those of the system.
	Roots *x509.CertPool
	// Dial connects; nil means directly.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// SMTP hands messages to a mail server. It is safe for use by many at once.
type SMTP struct {
	options  Options
	from     *netmail.Address
	server   *url.URL
	password string
	limit    *rate.Limiter
	// idle are open connections that wait for their next message.
	idle chan *connection
}

// connection is a session with the server; one message at a time.
type connection struct {
	client *gomail.Client
	socket net.Conn
}

// mostIdle is how many connections wait open: as many as a worker sends by at once,
// so that none has to sign in anew for each message.
const mostIdle = 8

// OpenSMTP reads the options. It does not connect yet.
func OpenSMTP(o Options) (*SMTP, error) {
	server, err := url.Parse(o.URL)
	if err != nil || server.Hostname() == "" || ports[server.Scheme] == 0 || strings.Trim(server.Path, "/")+server.RawQuery != "" {
		return nil, errors.New("the address of the mail server must look like smtp://user:password@host:587 or smtps://…:465") // without err: it has the password
	}
	from, err := netmail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("the address that mail comes from, %q, must look like SHaRON <noreply@sharon.example.nhs.uk>", o.From)
	}
	limit := rate.Inf
	if o.Rate > 0 {
		limit = rate.Limit(o.Rate)
	}
	o.Timeout = cmp.Or(o.Timeout, 10*time.Second)
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	s := &SMTP{options: o, from: from, server: server, limit: rate.NewLimiter(limit, max(1, int(o.Rate))), idle: make(chan *connection, mostIdle)}
	s.password, _ = server.User.Password()
	return s, nil
}

// ports are the schemes that we speak, with their usual port.
var ports = map[string]int{"smtp": 587, "smtps": 465}

// Check connects, signs in and leaves again.
func (s *SMTP) Check(ctx context.Context) error {
	c, err := s.dial(ctx)
	if err != nil {
		return err
	}
	return c.client.Close()
}

// Close ends the connections that wait.
func (s *SMTP) Close() {
	for {
		select {
		case c := <-s.idle:
			_ = c.socket.Close()
		default:
			return
		}
	}
}

// Send hands one message to the server. A *Refused is final; after any other
// error the same message, with the same ID, may be sent again.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	message, err := m.build(s.from)
	if err != nil {
		return err
	}
	if err := s.limit.Wait(ctx); err != nil {
		return fmt.Errorf("mail: no room under the rate limit: %w", err)
	}
	for {
		c, kept, err := s.connect(ctx)
		if err != nil {
			return err
		}
		err = c.send(ctx, message)
		if message.IsDelivered() {
			// An error now is of the talk after it, and must not send it twice.
			s.keep(c, err)
			return nil
		}
		_ = c.socket.Close()
		if kept && errors.Is(err, errGone) {
			continue // the server had hung up meanwhile, and has seen nothing of it
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return explain(err)
	}
}

// connect takes a connection that waits, or makes one.
func (s *SMTP) connect(ctx context.Context) (c *connection, kept bool, err error) {
	select {
	case c := <-s.idle:
		return c, true, nil
	default:
		c, err := s.dial(ctx)
		return c, false, err
	}
}

// keep has a good connection wait for the next message. It waits as long as the
// timeout: the deadline of the last message stands, and then send finds it gone.
func (s *SMTP) keep(c *connection, err error) {
	if err == nil {
		select {
		case s.idle <- c:
			return
		default:
		}
	}
	_ = c.socket.Close()
}

func (s *SMTP) dial(ctx context.Context) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	host := s.server.Hostname()
	port := ports[s.server.Scheme]
	if given := s.server.Port(); given != "" {
		port, _ = strconv.Atoi(given) // url.Parse has seen that it is a number
	}
	secure := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: s.options.Roots}
	c := &connection{}
	options := []gomail.Option{
		gomail.WithPort(port), gomail.WithTimeout(s.options.Timeout), gomail.WithTLSConfig(secure), gomail.WithTLSPolicy(gomail.NoTLS),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			socket, err := s.options.Dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			c.socket = socket
			if s.server.Scheme == "smtps" {
				wrapped := tls.Client(socket, secure)
				return wrapped, wrapped.HandshakeContext(ctx)
			}
			return socket, nil
		}),
	}
	if s.server.Scheme == "smtp" && !loopback(host) {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.server.User != nil {
		options = append(options, gomail.WithUsername(s.server.User.Username()), gomail.WithPassword(s.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	client, err := gomail.NewClient(host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	c.client = client
	if err := client.DialWithContext(ctx); err != nil {
		if c.socket != nil {
			_ = c.socket.Close()
		}
		return nil, fmt.Errorf("mail: connect to %s: %w", s.server.Host, err)
	}
	return c, nil
}

// send speaks until the message is taken, the timeout or the end of ctx.
func (c *connection) send(ctx context.Context, message *gomail.Msg) error {
	stop := context.AfterFunc(ctx, func() { _ = c.socket.Close() })
	defer stop()
	return c.client.Send(message)
}

// errGone matches the error of a connection that was over before the message began.
var errGone = &gomail.SendError{Reason: gomail.ErrConnCheck}

// explain sorts a failure into final and not, and leaves out the server's words.
func explain(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return fmt.Errorf("mail: %w", err)
	}
	code, status := failed.ErrorCode(), failed.EnhancedStatusCode()
	final := failed.Reason == gomail.ErrSMTPRcptTo || failed.Reason == gomail.ErrSMTPData || failed.Reason == gomail.ErrSMTPDataClose
	if final && code >= 500 && code < 600 {
		// 5.7 is policy: "relaying denied" speaks of us, not of the receiver.
		return &Refused{Code: code, Status: status, Address: failed.Reason == gomail.ErrSMTPRcptTo && !strings.HasPrefix(status, "5.7.")}
	}
	if code == 0 {
		return fmt.Errorf("mail: not sent, the connection broke at: %s", failed.Reason)
	}
	return fmt.Errorf("mail: not sent, %d %s at: %s", code, status, failed.Reason)
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
