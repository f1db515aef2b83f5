package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
)

// A list of 2,000 with a browser, on a phone and on a desktop: imported, invited,
// joined, worse, seen by the team without a reload, a case, a first appointment, and
// on to the perinatal service.
func TestAWaitingListFromImportToHandOverInABrowser(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		s.in("bridge", func(ctx context.Context, in tenants.Scope) error {
			in.Service = nil
			_, err := tenants.CreateService(ctx, in, tenants.NewService{Area: "perinatal", Name: "Cradle", Slug: "cradle", Accent: "1f5a4f", Modules: []string{"forums", "walls"}})
			return err
		})
		s.sent(s.over("lead.bridge@eastvale"), "/bridge/settings/rooms/waiting", map[string]any{"version": 1, "settings": map[string]any{"worse_case": true}})
		s.walked(t, p, aWalk{prefix: "P", file: "list.xlsx", write: sheet.XLSX, who: "Quiet kettle", all: true, width: 390, height: 844})
		s.walked(t, p, aWalk{prefix: "D", file: "list.csv", write: sheet.CSV, who: "Early bird", width: 1280, height: 900})
	})
}

type aWalk struct {
	prefix, file, who string
	all               bool // of those who can be are invited at once
	write             func(io.Writer, [][]any) error
	width, height     int
}

func (s *site) walked(t *testing.T, p post, w aWalk) {
	t.Helper()
	const bridge = "clinician.bridge@eastvale"
	at := s.address(bridge)
	tab := func(account string) *testkit.Tab {
		tab := testkit.Browser(t, testkit.Viewport(w.width, w.height))
		if account != "" {
			s.enter(tab, account)
		}
		return tab
	}
	email := strings.ToLower(w.prefix) + "499@list.example" // who has waited longest, and so is among the first to be invited
	reference := w.prefix + "-00499"

	lead := tab("lead.bridge@eastvale")
	lead.Goto(at + "/bridge/waiting/list")
	lead.Upload("#file", w.onDisk(t))
	lead.Click("form[action$='/waiting/files'] button[type=submit]")
	lead.WaitText("h1", "2000 lines would change something")
	lead.Click("text=Take over 2000 lines")
	lead.WaitText("h1", "The list is up to date")
	lead.Goto(at + "/bridge/waiting/board")
	if w.all {
		lead.Click("text=Invite the first 500")
		lead.WaitText("h1", "500 people were invited")
	} else {
		lead.Click("text=" + reference)
		lead.Click("text=Invite this person")
		lead.WaitText("h1", "1 person was invited")
	}

	person := tab("")
	person.Goto(at + s.linkTo(p, email, invitationLink))
	person.Fill("#email", email)
	person.Fill("#handle", w.who)
	person.Click("label:has(#avatar-8)")
	person.Fill("#password", "three warm words")
	person.Click("label[for=agree]")
	person.Click("main button[type=submit]")
	s.settle(1)

	team := tab(bridge)
	team.Goto(at + "/bridge/waiting/board?show=worse&keyworker=-")
	team.WaitText("#waiting-board", "There is nobody like that")
	team.Eval("window.stayed = true", nil)
	person.Goto(at + "/bridge/waiting")
	person.Click("label[for=how-1]")
	person.Fill("#words", "Nights are long.")
	took := clock.Stopwatch()
	person.Click("form[action$='/check-ins'] button[type=submit]")
	person.WaitText("h1", "You do not have to carry this alone") // where a case was opened for them
	team.WaitText("#waiting-board", reference)
	team.WaitText("#waiting-board", "1 to read")
	if took() > 15*time.Second {
		t.Errorf("the team saw it after %s", took())
	}
	var stayed bool
	if team.Eval("window.stayed === true", &stayed); !stayed {
		t.Error("the board was loaded anew")
	}
	if breaches := append(person.Axe(), team.Axe()...); len(breaches) > 0 {
		t.Error(breaches)
	}

	board := team.URL()
	team.Goto(at + "/bridge/cases?show=nobody")
	team.Click("text=" + w.who)
	team.Click("text=I have it")
	team.WaitText("main", "You have")
	team.Goto(board)
	team.Click("text=" + reference)
	team.Click("text=I have read it")
	team.Fill("#outcome", "First appointment")
	team.Fill("#on", "20 11 2026")
	team.Click("form[action$='/outcome'] button[type=submit]")
	team.WaitText("#waiting-entry + section", "First appointment")
	team.Fill("#service", "Cradle")
	team.Click("form[action$='/handover'] button[type=submit]")
	team.WaitText("main", "Handed over to")

	person.Goto(at + "/cradle/me")
	person.WaitText("main", w.who)
	person.WaitText("main", "Service user")
	if status := person.Goto(at + "/bridge/waiting"); status != http.StatusNotFound {
		t.Errorf("where they waited: %d", status)
	}
	if problems := append(lead.Problems(), team.Problems()...); len(problems) > 0 {
		t.Error(problems)
	}
}

// onDisk is a list of 2,000, as a file.
func (w aWalk) onDisk(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), w.file)
	file, err := os.Create(path)
	if err == nil {
		err = w.write(file, longList(w.prefix, 2000, 0))
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}
