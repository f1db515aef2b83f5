package main

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

const (
	birchDesk, birchMine = "/programmes/southmere/birch", "/birch/programme"
	birchLead            = "first@southmere"
)

// A trust and its service begin at the console and come to go-live, month by month,
// on the console's pages, the trust's and those that leaders get.
func TestATrustIsBroughtToGoLiveInABrowser(t *testing.T) {
	t.Parallel()
	s, _ := withStripe(t, testkit.SQLite(t, prepare))
	mails, tab := s.posted(), testkit.Browser(t)
	s.enter(tab, "onboarding@sharon")
	s.beginsBirch(tab, mails)
	people := s.needs(birchDesk)
	planned := s.programmeOf(birchDesk).Programme.LiveOn

	for number := 1; number <= 7; number++ {
		gate := birchDesk + gateAt(number)
		switch number {
		case 2:
			s.works(birchDesk, birchMine, birchLead, number)
			s.proves(birchDesk, number)
			s.sees(tab, "onboarding@sharon", gate, "The purchase order has not come.")
			s.invoicedByStripe("southmere", "Birch")
			s.sees(tab, "onboarding@sharon", gate, "Everything is there. It opens with the signature.")
		case 3:
			s.takesLeave(tab, mails, people["senior_leader"], planned)
			s.works(birchDesk, birchMine, birchLead, number)
			s.proves(birchDesk, number)
		case 5:
			s.slips(tab, mails)
			fallthrough
		default:
			s.works(birchDesk, birchMine, birchLead, number)
			if s.proves(birchDesk, number); number == 6 {
				s.meets(birchDesk)
			}
		}
		s.signs(mails, gate)
	}
	end := s.programmeOf(birchDesk)
	live, opened := end.Phases[6], end.Phases[6].Tasks[0]
	if live.State != programmes.Finished || opened.Key != "live" || opened.DoneOn < planned || end.Month != 8 {
		t.Fatalf("%+v", live)
	}
	s.sees(tab, "onboarding@sharon", birchDesk, "7 of 8", "gates open", "Month 8 of 8")
	s.sees(tab, birchLead, birchMine, "Month 8 of 8")
}

// invoicedByStripe quotes for a service, and has Stripe tell of the first invoice of
// the subscription that somebody made there.
func (s *site) invoicedByStripe(slug, service string) {
	s.t.Helper()
	tomos := s.over("finance@sharon")
	path, _ := s.moneyOf(slug)
	var form money.QuoteForm
	tomos.getJSON(path+"/quotes/new", &form)
	at := slices.IndexFunc(form.Services, func(one money.Service) bool { return one.Name == service })
	deal := field(s.t, s.sent(tomos, path+"/quotes", map[string]any{"lines": map[string]string{form.Services[at].ID.String() + "/onboarding": "true"}, "prices": 0}), "id")
	s.sent(tomos, path+"/quotes/"+deal+"/sent", map[string]any{"sent_on": "2026-12-01", "version": 1})
	invoice := map[string]any{"id": "in_birch", "object": "invoice", "status": "open", "currency": "gbp", "total": 2208000, "amount_remaining": 2208000, "due_date": s.clock.Now().AddDate(0, 0, 30).Unix(),
		"subscription": "sub_birch", "subscription_details": map[string]any{"metadata": map[string]string{"sharon_deal": deal}}}
	if got := s.stripeTells("evt_birch", "invoice.finalized", invoice); got.status != 200 {
		s.t.Fatalf("the webhook: %d %s", got.status, got.body)
	}
}

func gateAt(number int) string { return "/gates/" + strconv.Itoa(number) }

// beginsBirch makes a trust, its administrator, a service and its programme.
func (s *site) beginsBirch(tab *testkit.Tab, mails post) {
	s.t.Helper()
	console := s.address("onboarding@sharon")
	tab.Goto(console + "/trusts/new")
	for name, value := range southmere() {
		tab.Fill("#"+name, value.(string))
	}
	tab.Click("main button[type=submit]")
	at, err := url.Parse(tab.URL())
	if err != nil {
		s.t.Fatal(err)
	}
	s.sent(s.over("onboarding@sharon"), at.Path+"/administrators", map[string]any{"email": birchLead + ".example"})
	s.visit("southmere").post(s.linkTo(mails, birchLead+".example", administratorLink), url.Values{"email": {birchLead + ".example"}, "password": {demo.Password}})
	tab.Goto(console + at.Path + "/services/new?area=perinatal")
	tab.Fill("#name", "Birch")
	tab.Fill("#slug", "birch")
	tab.Click("form.form button[type=submit]")
	tab.Goto(console + birchDesk + "/new")
	tab.Fill("#starts_on", "2026-11-23")
	tab.Click("form[action$='/new'] button[type=submit]")
	tab.WaitText(".page-head h1", "Birch · Southmere NHS Trust")
}

// sees opens a page as somebody, signed in anew because months may have gone, and
// says which of the words are not on it.
func (s *site) sees(tab *testkit.Tab, account, path string, words ...string) string {
	s.t.Helper()
	if tab.Goto(s.address(account)+path) != 200 || strings.Contains(tab.URL(), "/sign-in") {
		s.enter(tab, account)
		tab.Goto(s.address(account) + path)
	}
	page := strings.Join(strings.Fields(tab.Text("main")), " ")
	for _, want := range words {
		if !strings.Contains(page, want) {
			s.t.Errorf("%s does not say %q:\n%s", path, want, page)
		}
	}
	return page
}

// takesLeave has a leader enter their leave in month 3: it clashes with go-live at once,
// in the programme, in the portfolio and for the leaders, until somebody covers.
func (s *site) takesLeave(tab *testkit.Tab, mails post, leader string, live programmes.Day) {
	s.t.Helper()
	before := s.programmeOf(birchDesk).Cast
	s.sees(tab, birchLead, birchMine+"/people/"+leader)
	tab.Fill("#from", string(live.Plus(-2)))
	tab.Fill("#to", string(live.Plus(9)))
	tab.Click("form[action$='/absences'] button[type=submit]")
	now := s.programmeOf(birchDesk)
	clash := "Alex Senior leader, senior leader, is away " + live.Plus(-2).Short() + " to " + live.Plus(9).Short() + ": go-live has no senior leader."
	s.sees(tab, birchLead, birchMine, "Clash", clash, now.Cast.Likely.Words())
	s.sees(tab, "onboarding@sharon", "/trusts?q=southmere&light=red", "Go-live has no senior leader.", now.Cast.Likely.Words())
	if now.Cast.Likely <= before.Likely {
		s.t.Errorf("it is likely on %s, as before", now.Cast.Likely)
	}
	s.agree(tab, mails)
	joan := s.over("onboarding@sharon")
	got := s.sent(joan, birchDesk+"/people", map[string]any{"name": "Billie Stand-in", "role": "senior_leader", "side": "trust", "email": "billie@southmere.example", "engagement": "neutral", "required": false})
	path := field(s.t, got, "path")
	s.sent(joan, birchDesk+"/absences/"+now.Absences[0].ID.String()+"/cover", map[string]any{"cover": path[strings.LastIndex(path, "/")+1:]})
	s.sees(tab, birchLead, birchMine+"/people", "Billie Stand-in covers go-live.")
}

// slips lets a month go by in which nothing is done: the forecast says why it slips.
func (s *site) slips(tab *testkit.Tab, mails post) {
	s.t.Helper()
	late := s.programmeOf(birchDesk).Phases[4].Tasks[0]
	s.until(late.PlannedTo.Plus(40))
	now := s.programmeOf(birchDesk).Cast
	if now.Late <= 0 || len(now.Reasons) == 0 {
		s.t.Fatalf("%+v", now)
	}
	s.sees(tab, birchLead, birchMine, "“"+late.Name+"” was due on "+late.PlannedTo.Short()+" and is not done; go-live waits for it.", now.Likely.Words())
	s.agree(tab, mails)
}

var spaces = regexp.MustCompile(`\s+`)

// agree goes to the next Monday: what the weekly letter leads to is what the board
// report says, word for word.
func (s *site) agree(tab *testkit.Tab, mails post) {
	s.t.Helper()
	next := programmes.DayOf(s.clock.Now()).Plus(1)
	for moment(s.t, next).Weekday() != time.Monday {
		next = next.Plus(1)
	}
	s.clock.Advance(moment(s.t, next).Add(8*time.Hour + time.Minute).Sub(s.clock.Now()))
	s.hour("southmere", "birch")
	sections := func(address string) string {
		if tab.Goto(address) != 200 {
			s.t.Errorf("%s does not open", address)
		}
		var all []string
		for _, section := range []string{"When it is likely to open", "Next gate", "What needs a person"} {
			all = append(all, spaces.ReplaceAllString(tab.Text("section[aria-label='"+section+"']"), " "))
		}
		return strings.Join(all, "\n")
	}
	shown := sections(s.address("@southmere") + s.lastOf(mails, "southmere"))
	s.sees(tab, "onboarding@sharon", birchDesk+"/report")
	if report := sections(s.address("onboarding@sharon") + birchDesk + "/report"); shown != report {
		s.t.Errorf("the leaders’ page says:\n%s\nthe report:\n%s", shown, report)
	}
	seen := s.programmeOf(birchDesk)
	if gate := seen.Phases[seen.Month-1]; !strings.Contains(shown, seen.Cast.Likely.Words()) || !strings.Contains(shown, gate.Gate) {
		s.t.Errorf("neither %s nor %q is in\n%s", seen.Cast.Likely.Words(), gate.Gate, shown)
	}
}

// lastOf is the link of a trust's last weekly letter.
func (s *site) lastOf(mails post, trust string) (link string) {
	s.t.Helper()
	for _, mail := range lettersOf(mails, weeklyLetter) {
		if strings.Contains(mail.Text, "//"+trust+".") {
			link = onboardingLink.FindString(mail.Text)
		}
	}
	return link
}

// moment is when a day begins in London.
func moment(t *testing.T, day programmes.Day) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, string(day), clock.London)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
