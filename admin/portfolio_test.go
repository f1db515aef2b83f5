package admin_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// as is the scope of a colleague.
func (w *world) as(email string) admin.Scope {
	w.Helper()
	s, err := w.enter(request(w.signedIn(email), page))
	w.must(err)
	return s
}

// trust makes one.
func (w *world) trust(ods string) uuid.UUID {
	w.Helper()
	made, err := w.console.Directory.CreateTrust(w.ctx, tenants.NewTrust{ODSCode: ods, Name: "Trust " + ods, Slug: strings.ToLower(ods)})
	w.must(err)
	return made.ID
}

// dspt is an entry that ends on a day.
func dspt(trust uuid.UUID, expires string, version int) admin.KeepRegister {
	return admin.KeepRegister{OneRegister: admin.OneRegister{Trust: trust, Kind: "dspt"}, Reference: "DSPT 1", Dated: "2026-01-01", Expires: expires, Version: version}
}

// An entry is warned of from sixty days before its last day, by the day in London.
func TestAnEntryOfTheRegisterIsWarnedOfInTime(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.as("joan@sharon.example")
		for expires, want := range map[string]admin.Standing{"2026-11-19": admin.Expired, "2026-11-20": admin.Ending, "2027-01-19": admin.Ending, "2027-01-20": admin.Holding} {
			trust := w.trust("R" + expires[2:4] + expires[8:])
			_, err := w.console.KeepRegister(w.ctx, s, dspt(trust, expires, 0))
			w.must(err)
			form, err := w.console.Register(w.ctx, s, admin.OneRegister{Trust: trust, Kind: "dspt"})
			if w.must(err); form.Standing != want {
				w.Errorf("%s is %s, not %s", expires, form.Standing, want)
			}
			other, err := w.console.Register(w.ctx, s, admin.OneRegister{Trust: trust, Kind: "ico"})
			if w.must(err); other.Standing != admin.Lacking {
				w.Errorf("what nobody wrote is %s", other.Standing)
			}
		}
		got, err := w.console.Portfolio(w.ctx, s, admin.PageOf{View: admin.View{Register: "ending", Sort: "register"}})
		if w.must(err); got.Found != 2 {
			w.Errorf("%d trusts have an entry that ends soon", got.Found)
		}
	})
}

func TestAnEntryThatCannotBeIsRefused(t *testing.T) {
	onBoth(t, func(w *world) {
		s, trust := w.as("joan@sharon.example"), w.trust("RAA")
		backwards, plain := dspt(trust, "2025-12-31", 0), dspt(trust, "2027-01-01", 0)
		plain.Link = "javascript:alert(1)"
		for want, in := range map[fault.Code]admin.KeepRegister{fault.NotFound: dspt(uuid.New(), "2027-01-01", 0), fault.Invalid: backwards} {
			if _, err := w.console.KeepRegister(w.ctx, s, in); !fault.Is(err, want) {
				w.Errorf("%+v: %v", in, err)
			}
		}
		if _, err := w.console.KeepRegister(w.ctx, s, plain); !fault.Is(err, fault.Invalid) {
			w.Errorf("a link that runs: %v", err)
		}
		if w.count("platform_registers") != 0 {
			w.Error("something was kept")
		}
	})
}

// Of two managers who change one thing, the second is told, and nothing is lost.
func TestTheSecondManagerIsTold(t *testing.T) {
	onBoth(t, func(w *world) {
		joan, priya, trust := w.as("joan@sharon.example"), w.as("priya@sharon.example"), w.trust("RAA")
		contacts := admin.KeepContacts{OneTrust: admin.OneTrust{Trust: trust}, Contacts: admin.Contacts{Person: "Idris"}}
		for version := range 2 {
			contacts.Version = version
			_, err := w.console.KeepRegister(w.ctx, joan, dspt(trust, "2027-01-01", version))
			w.must(err)
			_, err = w.console.KeepContacts(w.ctx, joan, contacts)
			w.must(err)
			if _, err := w.console.KeepRegister(w.ctx, priya, dspt(trust, "2029-01-01", version)); !fault.Is(err, fault.Conflict) {
				w.Errorf("the register at version %d: %v", version, err)
			}
			if _, err := w.console.KeepContacts(w.ctx, priya, contacts); !fault.Is(err, fault.Conflict) {
				w.Errorf("the contacts at version %d: %v", version, err)
			}
		}
		if w.count("platform_registers WHERE expires = '2027-01-01'") != 1 || w.count("platform_trusts WHERE contacts_sealed LIKE '%Idris%'") != 0 || w.count("platform_log WHERE action = 'trust.register'") != 2 {
			w.Error("what is kept is not what the first one wrote, or can be read")
		}
	})
}

// Somebody with an app shows a new code, each once; the password is not enough.
func TestClosingATrustTakesAFreshSecondFactor(t *testing.T) {
	onBoth(t, func(w *world) {
		token, trust := w.signedIn("priya@sharon.example"), w.trust("RAA")
		s, err := w.enter(request(token, page))
		w.must(err)
		setting, err := w.console.NewFactor(w.ctx, s, signin.NewFactor{})
		w.must(err)
		code := func() string {
			code, err := totp.GenerateCode(setting.Secret, w.clock.Now())
			w.must(err)
			return code
		}
		first := code()
		_, err = w.console.SetFactor(w.ctx, s, signin.SetFactor{Setup: setting.Setup, Code: first})
		w.must(err)
		shuts := func(proof string) error {
			s, err := w.enter(request(token, page))
			w.must(err)
			_, err = w.console.Close(w.ctx, s, admin.Close{OneTrust: admin.OneTrust{Trust: trust}, From: "active", To: "suspended", Reason: "It ended", Code: "RAA", Proof: proof})
			return err
		}
		for _, proof := range []string{password, first, "000000"} {
			if err := shuts(proof); !fault.Is(err, fault.Invalid) {
				w.Errorf("%q: %v", proof, err)
			}
		}
		w.clock.Advance(time.Minute)
		w.must(shuts(code()))
		if w.count("trusts WHERE status = 'suspended'") != 1 {
			w.Error("it is not suspended")
		}
	})
}

func TestViewsAreKeptForWhoeverMadeThem(t *testing.T) {
	onBoth(t, func(w *world) {
		joan, tomos := w.as("joan@sharon.example"), w.as("tomos@sharon.example")
		for _, status := range []string{"active", "suspended"} { // the second takes the place of the first
			_, err := w.console.KeepView(w.ctx, joan, admin.KeepView{Name: "Mine", View: admin.View{Status: status, Q: "a&b"}})
			w.must(err)
		}
		got, err := w.console.Portfolio(w.ctx, joan, admin.PageOf{})
		if w.must(err); len(got.Views) != 1 || got.Views[0].Query != "q=a%26b&status=suspended" {
			w.Errorf("kept: %+v", got.Views)
		}
		if _, err := w.console.DropView(w.ctx, tomos, admin.DropView{Name: "Mine"}); !fault.Is(err, fault.NotFound) {
			w.Errorf("somebody else removes it: %v", err)
		}
		_, err = w.console.DropView(w.ctx, joan, admin.DropView{Name: "Mine"})
		w.must(err)
	})
}

// The portfolio of 300 trusts with five services each, made in under 300 ms.
func TestThePortfolioOfThreeHundredTrustsIsQuick(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.as("tomos@sharon.example")
		w.fill(300, 5)
		red, err := w.console.Portfolio(w.ctx, s, admin.PageOf{View: admin.View{Light: "red", Sort: "live"}})
		w.must(err)
		list, err := programmes.Office{Directory: w.console.Directory}.List(w.ctx)
		if w.must(err); red.Found != 100 || len(list.Lines) != 1500 || list.Lines[0].Light != programmes.Red {
			w.Errorf("%d trusts in red, %d services", red.Found, len(list.Lines))
		}
		best := time.Hour
		for range 3 { // the machine is shared
			took := clock.Stopwatch()
			got, err := w.console.Portfolio(w.ctx, s, admin.PageOf{View: admin.View{Sort: "register"}})
			w.must(err)
			if got.Found != 300 || len(got.Trusts) != 50 || !got.More || len(got.Trusts[0].Services) != 5 || got.CountedAt == nil {
				w.Fatalf("%d found, %d shown", got.Found, len(got.Trusts))
			}
			best = min(best, took())
		}
		if best > 300*time.Millisecond {
			w.Errorf("it took %v", best)
		}
		var file bytes.Buffer
		content, err := w.console.PortfolioFile(w.ctx, s, admin.View{Area: "perinatal"})
		w.must(err)
		w.must(content.Write(w.ctx, &file))
		if lines := strings.Count(file.String(), "\n"); lines != 1501 {
			w.Errorf("the file has %d lines", lines)
		}
		if strings.Contains(file.String(), ",=Service") || strings.Contains(file.String(), ",=It slips") {
			w.Error("a spreadsheet would take a name for a formula")
		}
	})
}

// fill writes trusts with services as if they had been counted.
func (w *world) fill(trusts, services int) {
	w.Helper()
	var rows []tenants.Trust
	var lines []portfolio.Line
	var standings []programmes.Standing
	many := 40
	for i := range trusts {
		trust := tenants.Trust{ID: uuid.New(), ODSCode: fmt.Sprintf("T%04d", i), Name: fmt.Sprintf("Trust %d", i), Slug: fmt.Sprintf("trust-%d", i), Status: tenants.Active, ConfigVersion: 1, CreatedAt: w.clock.Now()}
		rows = append(rows, trust)
		for n := range services {
			lines = append(lines, portfolio.Line{OfTrust: tenants.OfTrust{TrustID: trust.ID}, ServiceID: uuid.New(), Name: fmt.Sprintf("=Service %d", n), Slug: fmt.Sprint(n), Area: "perinatal",
				Status: tenants.Active, Members: &many, Weeks: []*int{nil, &many, &many, nil, &many, &many, &many, &many}, CountedAt: w.clock.Now()})
			standings = append(standings, programmes.Standing{OfService: tenants.OfService{OfTrust: tenants.OfTrust{TrustID: trust.ID}, ServiceID: lines[len(lines)-1].ServiceID},
				Month: 4, Light: []programmes.Light{programmes.Red, programmes.Amber, programmes.Green}[i%3], Reason: "=It slips.", Planned: "2027-06-02", Likely: "2027-06-16", StatedAt: w.clock.Now()})
		}
	}
	w.must(w.db.Platform(w.ctx, func(ctx context.Context, db bun.IDB) error {
		if _, err := db.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return err
		}
		if _, err := db.NewInsert().Model(&lines).Exec(ctx); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&standings).Exec(ctx)
		return err
	}))
}
