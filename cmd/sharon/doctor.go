package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/film"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
)

type doctorCmd struct {
	config
	webConfig
}

// finding is what the doctor saw: good, a warning for production, or broken.
type finding struct{ state, what, mend string }

// Run looks at everything and says how to mend what is not right. It fails if
// something is broken; what is merely unsafe for production is a warning.
func (cmd doctorCmd) Run(ctx context.Context) error {
	var all []finding
	for _, look := range []func(context.Context) []finding{cmd.database, cmd.queue, cmd.files, cmd.secret, cmd.pages, cmd.mail, cmd.texts, cmd.notices, cmd.money, cmd.films, cmd.presets, cmd.backups, cmd.demoData} {
		all = append(all, look(ctx)...)
	}
	broken := 0
	for _, f := range all {
		fmt.Printf("%-7s %s\n", f.state, f.what)
		if f.mend != "" {
			fmt.Printf("        %s\n", f.mend)
		}
		if f.state == "broken" {
			broken++
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d of these need mending before SHaRON can run", broken)
	}
	return nil
}

func (cmd doctorCmd) database(ctx context.Context) []finding {
	address := cmd.config.database()
	shown := address
	if parsed, err := url.Parse(address); err == nil {
		shown = parsed.Redacted()
	}
	m, err := database.NewMigrator(address, migrations.Files)
	if err != nil {
		return []finding{{"broken", "database " + shown + ": " + err.Error(), "Check DATABASE_URL."}}
	}
	defer func() { _ = m.Close() }()
	steps, err := m.Status(ctx)
	if err != nil {
		return []finding{{"broken", "database " + shown + " does not answer: " + err.Error(), "Start it, or check DATABASE_URL."}}
	}
	found := []finding{{"good", "database " + shown + " answers", ""}}
	for _, step := range steps {
		if !step.Applied {
			return append(found, finding{"broken", "the database lacks " + step.Name, "Run `sharon migrate up`."})
		}
	}
	found = append(found, finding{"good", "its tables are up to date", ""})
	if strings.HasPrefix(address, "sqlite://") {
		return append(found, finding{"warning", "SQLite holds one node only", "For more than a small trust, set DATABASE_URL=postgres://…"})
	}
	return append(found, rowSecurity(ctx, address))
}

// demoData finds accounts whose password stands in the README.
func (cmd doctorCmd) demoData(ctx context.Context) []finding {
	db, err := database.Open(cmd.config.database())
	if err != nil {
		return nil // the look at the database has said so
	}
	defer func() { _ = db.Close() }()
	directory := &tenants.Directory{DB: db, Clock: clock.Real{}}
	trusts, err := directory.Trusts(ctx)
	if err != nil {
		return nil
	}
	for _, trust := range trusts {
		if demo.Invented(trust.Slug) {
			return []finding{{"warning", "there are demo accounts, and everybody knows their password", "Never put real people into this database: make a new one."}}
		}
	}
	return nil
}

func rowSecurity(ctx context.Context, address string) finding {
	db, err := database.Open(address)
	if err != nil {
		return finding{"broken", "database: " + err.Error(), "Check DATABASE_URL."}
	}
	defer func() { _ = db.Close() }()
	if err := db.Guarded(ctx); err != nil {
		return finding{"broken", err.Error(), "Run `sharon migrate up`, and let the user of DATABASE_URL become " + database.AppRole + "."}
	}
	return finding{"good", "row security holds for every table of a tenant", ""}
}

func (cmd doctorCmd) queue(context.Context) []finding {
	if cmd.RedisURL == "" {
		return []finding{{"warning", "the queue lives inside the process", "For more than one node, set REDIS_URL=redis://…"}}
	}
	queue, err := jobs.Open(cmd.RedisURL)
	if err == nil {
		defer queue.Close()
		err = queue.Ping()
	}
	if err != nil {
		return []finding{{"broken", "the queue does not answer: " + err.Error(), "Start Redis, or check REDIS_URL."}}
	}
	return []finding{{"good", "the queue answers", ""}}
}

func (cmd doctorCmd) files(ctx context.Context) []finding {
	where := cmd.media()
	var found []finding
	if !strings.Contains(where, "://") {
		if !cmd.alone() {
			found = append(found, finding{"warning", "pictures and files are in a folder, and other nodes may not have the same one", "Set SHARON_MEDIA=s3://…"})
		}
		if _, err := os.Stat(where); errors.Is(err, fs.ErrNotExist) {
			return append(found, finding{"good", "pictures and files go into " + where + ", which the first start makes", ""})
		}
		found = append(found, exposed(where)...)
	}
	files, err := storage.New(where)
	if err != nil {
		return append(found, finding{"broken", err.Error(), "Correct SHARON_MEDIA."})
	}
	if err := files.Ping(ctx); err != nil {
		return append(found, finding{"broken", "pictures and files cannot be kept " + files.String() + ": " + err.Error(), "Check SHARON_MEDIA, and that SHaRON may read, write and delete there."})
	}
	if strings.Contains(where, "tls=off") {
		found = append(found, finding{"warning", "pictures and files travel without TLS", "Take tls=off out of SHARON_MEDIA."})
	}
	return append(found, finding{"good", "pictures and files are kept " + files.String(), ""})
}

func (cmd doctorCmd) secret(context.Context) []finding {
	if _, err := cmd.keys(false); err != nil {
		return []finding{{"warning", err.Error(), "`sharon serve` makes one by itself; several nodes need the same SHARON_SECRET."}}
	}
	if cmd.Secret == "" {
		return []finding{{"warning", "the secret is a file in " + cmd.Data, "Keep a copy of it elsewhere; on several nodes set SHARON_SECRET."}}
	}
	return []finding{{"good", "the secret is set", ""}}
}

func (cmd doctorCmd) pages(context.Context) []finding {
	var found []finding
	base, err := cmd.base()
	switch {
	case err != nil:
		return []finding{{"broken", err.Error(), "Set SHARON_BASE_URL."}}
	case base.Scheme != "https":
		found = append(found, finding{"warning", "people would come over plain http", "Put a proxy with TLS in front and set SHARON_BASE_URL=https://…"})
	default:
		found = append(found, finding{"good", "people come over https", ""})
	}
	if _, err := cmd.proxies(); err != nil {
		found = append(found, finding{"broken", err.Error(), "Correct SHARON_PROXIES."})
	} else if base.Scheme == "https" && len(cmd.Proxies) == 0 {
		found = append(found, finding{"warning", "no proxy is named, so every visitor seems to come from the proxy's address", "Set SHARON_PROXIES to its address: limits count by address."})
	}
	return append(found, exposed(cmd.Data)...)
}

// exposed warns of a folder that is open to more than its owner.
func exposed(folder string) []finding {
	if info, err := os.Stat(folder); err == nil && info.Mode().Perm()&0o077 != 0 {
		return []finding{{"warning", "others on this machine can look into " + folder, "chmod 700 " + folder}}
	}
	return nil
}

func (cmd doctorCmd) mail(ctx context.Context) []finding {
	server, err := cmd.smtp()
	switch {
	case err != nil:
		return []finding{{"broken", "email: " + err.Error(), "Correct SHARON_SMTP_URL and SHARON_MAIL_FROM."}}
	case server == nil:
		return []finding{{"warning", "no mail server is named, so no email is sent", "Set SHARON_SMTP_URL=smtp://user:password@host:587 and SHARON_MAIL_FROM."}}
	}
	if err := server.Check(ctx); err != nil {
		return []finding{{"broken", "the mail server does not take us: " + err.Error(), "Check SHARON_SMTP_URL, and that the server offers TLS with a certificate for its name."}}
	}
	found := []finding{{"good", "the mail server answers", ""}}
	if cmd.MailRate <= 0 {
		found = append(found, finding{"warning", "emails have no rate limit, and servers block who sends too fast", "Set SHARON_MAIL_RATE to what your mail server allows in a second, divided by the number of workers."})
	}
	return found
}

func (cmd doctorCmd) texts(context.Context) []finding {
	notify, err := cmd.notify()
	switch {
	case err != nil:
		return []finding{{"broken", "text messages: " + err.Error(), "Correct SHARON_NOTIFY_KEY and SHARON_NOTIFY_TEMPLATE."}}
	case notify == nil:
		return []finding{{"warning", "no key of GOV.UK Notify is set, so no text message is sent", "If you want them, set SHARON_NOTIFY_KEY and SHARON_NOTIFY_TEMPLATE."}}
	}
	return []finding{{"good", "text messages go through GOV.UK Notify", ""}}
}

// money looks at how trusts pay. It asks Stripe nothing: a key with fewer rights may
// not answer a question, and still be the right one.
func (cmd doctorCmd) money(context.Context) []finding {
	account, err := cmd.stripe()
	switch {
	case err != nil:
		return []finding{{"broken", "Stripe: " + err.Error(), "Correct SHARON_STRIPE_KEY and SHARON_STRIPE_URL."}}
	case account == nil && cmd.StripeWebhookSecret == "":
		return []finding{{"good", "no key of Stripe is set, so invoices and payments are noted by hand", ""}}
	case account == nil:
		return []finding{{"warning", "a webhook secret of Stripe is set and no key, so Stripe is asked for nothing", "Set SHARON_STRIPE_KEY."}}
	case cmd.StripeWebhookSecret == "":
		return []finding{{"warning", "Stripe cannot tell us what is paid: that is found out once a day", "Create a webhook at Stripe, with API version 2023-10-16, and set SHARON_STRIPE_WEBHOOK_SECRET."}}
	case strings.Contains(cmd.StripeKey, "_test_"):
		return []finding{{"warning", "the key of Stripe is one for tests, so no money moves", "Set SHARON_STRIPE_KEY to a live key."}}
	}
	return []finding{{"good", "invoices go through Stripe, and its webhooks are checked", ""}}
}

func (cmd doctorCmd) notices(context.Context) []finding {
	if base, err := cmd.base(); err != nil || base.Scheme != "https" {
		return []finding{{"warning", "browsers take notices from an https address only, this machine excepted", "Set SHARON_BASE_URL=https://…"}}
	}
	return []finding{{"good", "browsers can be sent notices", ""}}
}

// films looks at what makes videos ready, and at the jail in which it does.
func (cmd doctorCmd) films(ctx context.Context) []finding {
	tools, err := film.Find()
	if err != nil {
		return []finding{{"warning", "ffmpeg is not installed here, so this machine makes no video ready: they wait", "Where the workers run: apt-get install ffmpeg"}}
	}
	files, network, err := tools.Walls(ctx)
	switch {
	case err != nil:
		return []finding{{"warning", "ffmpeg does not run here: " + err.Error(), "Where the workers run: apt-get install --reinstall ffmpeg"}}
	case !files:
		return []finding{{"warning", "ffmpeg, which reads what members send, is not kept from other files", "Use a Linux kernel of 5.13 or newer with Landlock switched on (lsm=landlock,…)."}}
	case !network:
		return []finding{{"warning", "ffmpeg, which reads what members send, is not kept from the network", "Let the workers make user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0), or run them with systemd's RestrictAddressFamilies where only the database and the queue can be reached."}}
	}
	return []finding{{"good", "ffmpeg makes videos ready, without other files and without a network", ""}}
}
