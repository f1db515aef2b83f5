// Package demo fills a database with invented people and conversation: two
// trusts to try SHaRON with, written by hand (Seed), or any amount of plausible
// data for demonstrations and benchmarks (Fill).
package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
)

// Password is that of every demo account.
const Password = "demo-sharon-2026"

// Deps are what the data is written with.
type Deps struct {
	Directory *tenants.Directory
	Keys      crypt.Keys
	Clock     clock.Clock
}

// trust is one of the demo trusts and its services, which are files in content.
type trust struct {
	tenants.NewTrust
	services []string
	contacts admin.Contacts
	entries  []entry
	key      string // for its exit kits; nobody has the secret one
	app      string // what it is called on a home screen; empty for as usual
}

// entry is one of a trust's register, from so many days ago until in so many days.
type entry struct {
	kind, reference string
	from, until     int
}

func (t trust) register(now time.Time) (all []admin.Register) {
	for _, e := range t.entries {
		all = append(all, admin.Register{Kind: e.kind, Reference: e.reference, Dated: now.AddDate(0, 0, -e.from).Format(time.DateOnly), Expires: now.AddDate(0, 0, e.until).Format(time.DateOnly)})
	}
	return all
}

// trusts are invented, and so are their ODS codes.
var trusts = []trust{
	{tenants.NewTrust{ODSCode: "RNM9Z", Name: "Northmoor Mental Health NHS Foundation Trust", Slug: "northmoor"}, []string{"willow", "harbour", "kin"},
		admin.Contacts{Person: "Ruth Adeyemi", Post: "Data protection officer", Email: "dpo@northmoor.example", Phone: "01632 960177"},
		[]entry{{"dspt", "RNM9Z 2026", 320, 41}, {"ico", "ZA999001", 200, 165}, {"dpia", "DPIA-014", 150, 580}, {"safety", "CSC-SHARON-2", 140, 590}}, "age1w5gegm5fggvrmscyxymk45ctvymf28d7lrp5axrfu5qwdx9424us3p35jk", "Our corner"},
	{tenants.NewTrust{ODSCode: "REV9Z", Name: "Eastvale Partnership NHS Trust", Slug: "eastvale"}, []string{"orchard", "lantern", "bridge", "meadow"},
		admin.Contacts{Person: "Gareth Pugh", Post: "Head of information governance", Email: "ig@eastvale.example"},
		[]entry{{"dspt", "REV9Z 2026", 130, 235}, {"ico", "ZA999002", 90, 275}, {"dpia", "EV/2026/031", 100, 630}}, "", ""},
}

// email is the address that a demo account signs in with.
func email(login, service, trust string) string {
	return fmt.Sprintf("%s.%s@%s.example", login, service, trust)
}

func adminEmail(trust string) string { return fmt.Sprintf("admin@%s.example", trust) }

// colleagues run the platform.
var colleagues = []admin.NewStaff{
	{Email: "platform@sharon.example", Name: "Priya", Role: tenants.PlatformAdmin},
	{Email: "onboarding@sharon.example", Name: "Joan", Role: tenants.OnboardingManager},
	{Email: "finance@sharon.example", Name: "Tomos", Role: tenants.Finance},
}

// Seed makes the two demo trusts and the platform's staff unless they are there already. A trust's
// services, people and words are one transaction: where an earlier start was
// killed, Seed finds them missing and writes them.
func Seed(ctx context.Context, d Deps) error {
	there, err := d.Directory.Trusts(ctx)
	if err != nil {
		return err
	}
	known := map[string]tenants.Trust{}
	for _, trust := range there {
		known[trust.Slug] = trust
	}
	hash := "" // the same for all, and made only when needed: it is slow on purpose
	for _, wanted := range trusts {
		made, ok := known[wanted.Slug]
		if !ok {
			if made, err = d.Directory.CreateTrust(ctx, wanted.NewTrust); err != nil {
				return fmt.Errorf("demo trust %s: %w", wanted.Slug, err)
			}
		}
		if full, err := d.hasServices(ctx, made); err != nil {
			return err
		} else if full {
			continue
		}
		if hash == "" {
			if hash, err = crypt.HashPassword(ctx, Password); err != nil {
				return err
			}
		}
		// Before its services, by which a trust is known to be done.
		if err := d.roster().Enter(ctx, made.ID, wanted.contacts, wanted.register(d.Clock.Now())...); err != nil && !fault.Is(err, fault.Conflict) {
			return fmt.Errorf("register of demo trust %s: %w", wanted.Slug, err)
		}
		if err := d.seedTrust(ctx, made, wanted, hash); err != nil {
			return fmt.Errorf("demo trust %s: %w", wanted.Slug, err)
		}
	}
	if err := d.seedPlatform(ctx, hash); err != nil {
		return err
	}
	return d.seedMoney(ctx)
}

func (d Deps) roster() admin.Roster {
	return admin.Roster{DB: d.Directory.DB, Keys: d.Keys, Clock: d.Clock}
}

// seedPlatform makes the platform's staff, all or none.
func (d Deps) seedPlatform(ctx context.Context, hash string) error {
	roster := d.roster()
	there, err := roster.Has(ctx, colleagues[0].Email)
	if err != nil || there {
		return err
	}
	if hash == "" {
		if hash, err = crypt.HashPassword(ctx, Password); err != nil {
			return err
		}
	}
	staff := slices.Clone(colleagues)
	for i := range staff {
		staff[i].PasswordHash = hash
	}
	return roster.Add(ctx, staff...)
}

func (d Deps) hasServices(ctx context.Context, trust tenants.Trust) (full bool, err error) {
	err = d.Directory.ReadAs(ctx, trust.ID, "", func(_ context.Context, s tenants.Scope) error {
		full = len(s.Estate.Services) > 0
		return nil
	})
	return full, err
}

func (d Deps) seedTrust(ctx context.Context, trust tenants.Trust, wanted trust, hash string) error {
	contents := make([]content, len(wanted.services))
	for i, slug := range wanted.services {
		var err error
		if contents[i], err = read(slug); err != nil {
			return err
		}
	}
	return d.Directory.WriteAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
		admin := tenants.NewAccount{Email: adminEmail(trust.Slug), PasswordHash: hash, TrustRoles: tenants.Roles{tenants.TrustAdmin}}
		account, err := tenants.CreateAccount(ctx, s, d.Keys, admin)
		if err != nil {
			return err
		}
		if wanted.key != "" {
			if err := insert(ctx, s, []exitkit.Key{{Recipient: wanted.key, AccountID: account.ID, GivenAt: s.Now.AddDate(0, 0, -9)}}); err != nil {
				return err
			}
		}
		if wanted.app != "" {
			if err := s.SetApp(ctx, wanted.app, "5b3a8c"); err != nil {
				return err
			}
		}
		accounts := accounts{keys: d.Keys, hash: hash, trust: trust.Slug}
		for _, c := range contents {
			if err := seedService(ctx, s, c, &accounts); err != nil {
				return fmt.Errorf("service %s: %w", c.Service.Slug, err)
			}
		}
		return posts.Activity.Count(ctx, s)
	})
}

// Invented tells whether a trust with this slug is one that this package makes.
func Invented(slug string) bool {
	return strings.HasPrefix(slug, "trust-") || slices.ContainsFunc(trusts, func(t trust) bool { return t.Slug == slug })
}
