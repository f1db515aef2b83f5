package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/realtime"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/tenants"
)

// config is what every command shares. The zero environment is a good one to
// try SHaRON with: SQLite and a secret in ./data.
type config struct {
	Data        string   `help:"Folder for the SQLite database, the secret and uploaded files." default:"data" placeholder:"FOLDER"`
	DatabaseURL string   `help:"postgres://user:password@host/name or sqlite://file. Default: sharon.db in the data folder." env:"SHARON_DATABASE_URL,DATABASE_URL" placeholder:"URL"`
	RedisURL    string   `help:"redis://host:6379/0 or rediss://…. Default: a queue inside the process (serve only)." env:"SHARON_REDIS_URL,REDIS_URL" placeholder:"URL"`
	Media       string   `help:"Where pictures and other files are kept: a folder, or s3://key:secret@host/bucket?region=…. Default: media in the data folder." placeholder:"FOLDER|URL"`
	Secret      string   `help:"At least 32 bytes in base64 that seal identities and sign tokens. Keep it: without it sealed data cannot be read. Default: secret in the data folder." placeholder:"BASE64"`
	SealKeys    []string `help:"Keys that seal identities, each made by sharon keys new: the first seals, all open. Default: one that follows from the secret, which always opens." placeholder:"BASE64"`
	LogFormat   string   `help:"text or json." enum:"text,json" default:"text"`
	metricsConfig
	LogLevel string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	sendConfig
	moneyConfig
}

// moneyConfig is how trusts pay.
type moneyConfig struct {
	StripeKey           string `help:"Secret key of Stripe (sk_… or, with fewer rights, rk_…). Without it invoices and payments are noted by hand." placeholder:"KEY"`
	StripeWebhookSecret string `help:"By which Stripe signs what it sends to https://console.…/webhooks/stripe (whsec_…). Create the webhook with API version 2023-10-16." placeholder:"SECRET"`
	StripeURL           string `name:"stripe-url" help:"Address of Stripe’s API. Default: Stripe’s own." placeholder:"URL"`
}

// stripe is the account, nil if there is no key.
func (c moneyConfig) stripe() (*money.Stripe, error) {
	if c.StripeKey == "" {
		return nil, nil
	}
	return money.OpenStripe(money.StripeOptions{Key: c.StripeKey, URL: c.StripeURL})
}

// sendConfig is how SHaRON reaches people who are not on its pages.
type sendConfig struct {
	SMTPURL        string   `name:"smtp-url" help:"Mail server: smtp://user:password@host:587, which must offer STARTTLS unless it is on this machine, or smtps://…:465. Without it no email is sent." placeholder:"URL"`
	MailFrom       string   `help:"Who emails come from, such as SHaRON <noreply@sharon.example.nhs.uk>." placeholder:"ADDRESS"`
	MailRate       float64  `help:"Most emails a second from this process; 0 is no limit." default:"10"`
	NotifyKey      string   `help:"API key of GOV.UK Notify. Without it no text message is sent." placeholder:"KEY"`
	NotifyTemplate string   `help:"Id of a text message template there whose whole text is ((message))." placeholder:"ID"`
	PushHosts      []string `help:"Push services that notices to browsers may go to. Default: those of Google, Mozilla, Microsoft and Apple." placeholder:"HOST"`
}

// smtp is the mail server, nil if none is named.
func (c sendConfig) smtp() (*mail.SMTP, error) {
	if c.SMTPURL == "" {
		return nil, nil
	}
	return mail.OpenSMTP(mail.Options{URL: c.SMTPURL, From: c.MailFrom, Rate: c.MailRate})
}

// notify is GOV.UK Notify, nil if there is no key.
func (c sendConfig) notify() (*text.Notify, error) {
	if c.NotifyKey == "" {
		return nil, nil
	}
	return text.Open(text.Options{Key: c.NotifyKey, Template: c.NotifyTemplate})
}

func (c config) database() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return "sqlite://" + filepath.Join(c.Data, "sharon.db")
}

func (c config) media() string {
	if c.Media != "" {
		return c.Media
	}
	return filepath.Join(c.Data, "media")
}

// alone tells whether this is the only node: others cannot share SQLite.
func (c config) alone() bool { return strings.HasPrefix(c.database(), "sqlite://") }

func (c config) log() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong has checked it
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// bus is how this node tells the others what happens.
func (c config) bus(log *slog.Logger) (realtime.Bus, error) {
	if c.RedisURL == "" {
		return realtime.Local{}, nil
	}
	return realtime.NewRedis(c.RedisURL, log)
}

// keys reads the secret; make says whether a missing one may be made, which is
// right for the first start of a single node only.
func (c config) keys(mayMake bool) (crypt.Keys, error) {
	encoded := c.Secret
	path := filepath.Join(c.Data, "secret")
	if encoded == "" {
		kept, err := os.ReadFile(path) //nolint:gosec // the operator's own folder
		switch {
		case err == nil:
			encoded = string(kept)
		case !errors.Is(err, fs.ErrNotExist):
			return crypt.Keys{}, fmt.Errorf("read the secret: %w", err)
		case !mayMake:
			return crypt.Keys{}, errors.New("there is no secret: set SHARON_SECRET to the same value on every node (`openssl rand -base64 48` makes one)")
		default:
			encoded = crypt.Token() + crypt.Token()[:21]
			if err := os.MkdirAll(c.Data, 0o700); err != nil {
				return crypt.Keys{}, err
			}
			if encoded, err = keepSecret(path, encoded); err != nil {
				return crypt.Keys{}, fmt.Errorf("keep the secret: %w", err)
			}
		}
	}
	secret, err := decodeSecret(strings.TrimSpace(encoded))
	if err != nil {
		return crypt.Keys{}, err
	}
	sealing := make([][]byte, len(c.SealKeys))
	for i, one := range c.SealKeys {
		if sealing[i], err = decodeSecret(one); err != nil {
			return crypt.Keys{}, fmt.Errorf("sealing key %d is not base64: `sharon keys new` makes a good one", i+1)
		}
	}
	return crypt.NewKeys(secret, sealing...)
}

// keepSecret writes a new secret, or returns the one that another process has
// written in the meantime: two secrets would lose what the first has sealed.
func keepSecret(path, fresh string) (string, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own folder
	if errors.Is(err, fs.ErrExist) {
		kept, err := os.ReadFile(path) //nolint:gosec // the operator's own folder
		return string(kept), err
	}
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(fresh + "\n")
	return fresh, errors.Join(err, file.Sync(), file.Close())
}

func decodeSecret(encoded string) ([]byte, error) {
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if secret, err := encoding.DecodeString(encoded); err == nil {
			return secret, nil
		}
	}
	return nil, errors.New("the secret is not base64: `openssl rand -base64 48` makes a good one")
}

// webConfig is what the pages need besides.
type webConfig struct {
	Addr            string        `help:"Address to listen on." default:"127.0.0.1:8080"`
	BaseURL         string        `help:"Address under which people reach SHaRON; a trust lives at its name in front of it." default:"http://localhost:8080" placeholder:"URL"`
	Proxies         []string      `help:"Addresses or networks of the proxies in front, whose X-Forwarded-For is believed." placeholder:"CIDR"`
	SessionIdle     time.Duration `help:"A session ends after this long without a request." default:"30m"`
	SessionAbsolute time.Duration `help:"A session ends this long after sign-in." default:"12h"`
	BodyLimit       int           `help:"Largest request in bytes." default:"262144"`
	OneFactor       bool          `help:"Let staff in with a password alone. For demonstrations: otherwise they need a second factor."`
}

func (c webConfig) base() (*url.URL, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("base address %q: write it like https://sharon.example.nhs.uk", c.BaseURL)
	}
	return base, nil
}

func (c webConfig) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range c.Proxies {
		if address, err := netip.ParseAddr(text); err == nil {
			all = append(all, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("proxy %q: write an address or a network such as 10.0.0.0/8", text)
		}
		all = append(all, prefix)
	}
	return all, nil
}

func (c webConfig) sessions() tenants.Sessions {
	return tenants.Sessions{Idle: c.SessionIdle, Absolute: c.SessionAbsolute, OneFactor: c.OneFactor}
}
