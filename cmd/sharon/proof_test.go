package main

import (
	"context"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// strict runs a test on a site of each database, as it is outside a demonstration.
func strict(t *testing.T, test func(t *testing.T, s *site)) { onBothOf(t, webConfig{}, test) }

// code is what an app with this secret shows now.
func (s *site) code(secret string) string {
	s.t.Helper()
	code, err := totp.GenerateCode(secret, s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

// password signs in at a trust with a demo account's password, as an API client.
func (s *site) password(account string) (*visitor, tenants.SignedIn) {
	s.t.Helper()
	v := s.visit(houseOf(account))
	var out tenants.SignedIn
	got := v.sendJSON("/sign-in", map[string]string{"email": account + ".example", "password": demo.Password})
	if err := json.Unmarshal(got.body, &out); err != nil || out.Token == "" {
		s.t.Fatalf("sign in as %s: %d %s", account, got.status, got.body)
	}
	v.bearer = out.Token
	return v, out
}

type factor struct {
	Setup, Secret string
	Codes         []string `json:"recovery_codes"`
}

// enrol gives whoever v is an app, and returns its secret and the recovery codes.
func (v *visitor) enrol() (f factor) {
	v.site.t.Helper()
	if got := v.getJSON("/account/second-factor/new", &f); got.status != http.StatusOK {
		v.site.t.Fatalf("a new secret: %d %s", got.status, got.body)
	}
	got := v.sendJSON("/account/second-factor", map[string]string{"setup": f.Setup, "code": v.site.code(f.Secret)})
	if v.read(got, &f); got.status != http.StatusOK || len(f.Codes) != 10 {
		v.site.t.Fatalf("set up: %d %s", got.status, got.body)
	}
	return f
}

// later moves on to the app's next code.
func (s *site) later() { s.clock.Advance(30 * time.Second) }

const lead = "lead.willow@northmoor"

func TestStaffWithoutASecondFactorGetNothingButTheWayToOne(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		for _, account := range []string{lead, "moderator.willow@northmoor", "clinician.willow@northmoor", "admin@northmoor"} {
			v, in := s.password(account)
			if in.Lacks != fault.FactorNeeded || !strings.HasPrefix(in.Next, "/account/second-factor/new") {
				t.Fatalf("%s: %+v", account, in)
			}
			for _, route := range s.app.table.Routes() {
				if route.Permission == web.Public || route.Permission == web.Arriving || route.Permission == web.Locked || route.Method == http.MethodHead {
					continue
				}
				if got := call(v, route, s.ownIDs()); got.status != http.StatusForbidden || field(t, got, "code") != "factor_needed" {
					t.Errorf("%s: %s %s: %d %s", account, route.Method, route.Path, got.status, got.body)
				}
			}
			v.enrol()
			if got := v.getJSON("/", nil); got.status != http.StatusOK {
				t.Errorf("%s with a second factor: %d %s", account, got.status, got.body)
			}
		}
		for _, account := range []string{"hazel.willow@northmoor", "peer.willow@northmoor", "carer.kin@northmoor"} {
			if v, in := s.password(account); in.Lacks != "" || v.getJSON("/", nil).status != http.StatusOK {
				t.Errorf("%s: %+v", account, in)
			}
		}
	})
}

func TestABrowserIsLedToTheSecondStepAndOn(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, testkit.SQLite(t, prepare), webConfig{})
	v := s.visit("northmoor")
	form := url.Values{"email": {lead + ".example"}, "password": {demo.Password}, "next": {"/willow/forums"}}
	got := v.post("/sign-in", form)
	if got.location() != "/account/second-factor/new?next=%2Fwillow%2Fforums" {
		t.Fatalf("led to %s", got.location())
	}
	if to := v.get("/willow").location(); to != "/account/second-factor/new?next=%2Fwillow" {
		t.Errorf("a page led to %s", to)
	}
	page := v.get(got.location())
	first := page.form("/account/second-factor")
	first.Set("code", "000000")
	again := v.post("/account/second-factor", first)
	if again.status != http.StatusUnprocessableEntity || again.form("/account/second-factor").Get("next") != "/willow/forums" || qr(again) != qr(page) || qr(page) == "" {
		t.Fatalf("a wrong first code: %d %s", again.status, again.text())
	}
	var shown struct{ Secret string }
	v.getJSON("/account/second-factor/new?setup="+url.QueryEscape(first.Get("setup")), &shown)
	second := again.form("/account/second-factor")
	second.Set("code", s.code(shown.Secret))
	if done := v.post("/account/second-factor", second); done.status != http.StatusOK || len(recovery.FindAll(done.body, -1)) != 10 || !done.has(`href="/willow/forums"`) {
		t.Fatalf("set up: %d %s", done.status, done.text())
	}
	if got := v.get("/willow/forums"); got.status != http.StatusOK {
		t.Errorf("then: %d %s", got.status, got.location())
	}

	v = s.visit("northmoor")
	if got = v.post("/sign-in", form); got.location() != "/sign-in/code?next=%2Fwillow%2Fforums" {
		t.Fatalf("the next time: %s", got.location())
	}
	if to := v.get("/account/second-factor/new").location(); !strings.HasPrefix(to, "/sign-in/code") {
		t.Errorf("a password alone could replace the app: %s", to)
	}
	give := v.get(got.location()).form("/sign-in/code")
	give.Set("code", s.code(shown.Secret))
	if used := v.post("/sign-in/code", give); used.status != http.StatusUnprocessableEntity {
		t.Errorf("the code that set it up, once more: %d", used.status)
	}
	s.later()
	give.Set("code", " "+s.code(shown.Secret)[:3]+" "+s.code(shown.Secret)[3:])
	if in := v.post("/sign-in/code", give); in.location() != "/willow/forums" || v.get("/willow/forums").status != http.StatusOK {
		t.Errorf("with the next code: %d %s %s", in.status, in.location(), in.text())
	}
}

var (
	recovery = regexp.MustCompile(`<code>[a-z2-9]{4}-[a-z2-9]{4}</code>`)
	drawn    = regexp.MustCompile(`<path d="([^"]+)" fill="#000">`)
)

func qr(a answer) string {
	if found := drawn.FindSubmatch(a.body); found != nil {
		return string(found[1])
	}
	return ""
}

func TestTheSameCodeTwiceAtOnceCountsOnce(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		v, _ := s.password(lead)
		f := v.enrol()
		for name, code := range map[string]func() string{"an app's": func() string { s.later(); return s.code(f.Secret) }, "a recovery": func() string { return f.Codes[3] }} {
			tries := make([]*visitor, 5)
			now := code()
			for i := range tries {
				tries[i], _ = s.password(lead)
			}
			statuses := make([]int, len(tries))
			var together sync.WaitGroup
			for i, try := range tries {
				together.Go(func() { statuses[i] = try.sendJSON("/sign-in/code", map[string]string{"code": now}).status })
			}
			together.Wait()
			if won := slices.DeleteFunc(slices.Clone(statuses), func(status int) bool { return status != http.StatusOK }); len(won) != 1 {
				t.Errorf("%s code five times at once: %v", name, statuses)
			}
		}
	})
}

func TestRecoveryCodesAreGoodOnceAndUntilTheNextTen(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		v, _ := s.password(lead)
		f := v.enrol()
		give := func(code string) (answer, *visitor) {
			v, _ := s.password(lead)
			return v.sendJSON("/sign-in/code", map[string]string{"code": code}), v
		}
		got, in := give(strings.ToUpper(strings.ReplaceAll(f.Codes[0], "-", " ")))
		if got.status != http.StatusOK {
			t.Fatalf("a recovery code: %d %s", got.status, got.body)
		}
		if got, _ := give(f.Codes[0]); got.status != http.StatusUnprocessableEntity {
			t.Errorf("once more: %d", got.status)
		}
		var left struct {
			Codes int `json:"recovery_codes"`
		}
		if in.getJSON("/account/sign-in", &left); left.Codes != 9 {
			t.Errorf("%d are left", left.Codes)
		}
		var anew factor
		in.read(in.sendJSON("/account/second-factor/codes", map[string]string{}), &anew)
		if got, _ := give(f.Codes[1]); len(anew.Codes) != 10 || got.status != http.StatusUnprocessableEntity {
			t.Errorf("an old one after %d new ones: %d", len(anew.Codes), got.status)
		}
		if got, _ := give(anew.Codes[9]); got.status != http.StatusOK {
			t.Errorf("a new one: %d %s", got.status, got.body)
		}
	})
}

// What opens an account stands nowhere in the database.
func TestSecretsAreSealedOrHashedAtRest(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		browser := s.visit("northmoor")
		browser.post("/sign-in", url.Values{"email": {lead + ".example"}, "password": {demo.Password}})
		page := browser.get("/account/second-factor/new").form("/account/second-factor")
		var shown factor
		browser.getJSON("/account/second-factor/new?setup="+url.QueryEscape(page.Get("setup")), &shown)
		page.Set("code", s.code(shown.Secret))
		done := browser.post("/account/second-factor", page) // with a key, as forms have, by which answers are kept
		code := strings.NewReplacer("<code>", "", "</code>", "").Replace(string(recovery.Find(done.body)))
		if len(code) != 9 {
			t.Fatalf("no codes: %d %s", done.status, done.text())
		}
		everything := s.dump("accounts", "recovery_codes", "receipts", "audit_log", "sessions", "ceremonies")
		for _, secret := range []string{shown.Secret, code, strings.ReplaceAll(code, "-", "")} {
			if strings.Contains(everything, secret) {
				t.Errorf("%q is in the database", secret)
			}
		}
	})
}

// dump is all that tables hold of northmoor, or of the platform, as text.
func (s *site) dump(tables ...string) string {
	s.t.Helper()
	var all []map[string]any
	err := s.app.DB.Read(context.Background(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
		for _, table := range tables {
			var rows []map[string]any
			query := db.NewSelect().Table(table)
			if !strings.HasPrefix(table, "platform_") {
				query.Where("tenant_id = ?", s.northmoor())
			}
			if err := query.Scan(ctx, &rows); err != nil {
				return err
			}
			all = append(all, rows...)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := json.Marshal(all)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func TestCodesAreLimitedAndThePasswordBuysNoMore(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		owner, _ := s.password(lead)
		f := owner.enrol()
		limited := 0
		for range 8 {
			thief, _ := s.password(lead) // right each time
			if got := thief.sendJSON("/sign-in/code", map[string]string{"code": "000000"}); got.status == http.StatusTooManyRequests {
				limited++
			}
		}
		if limited != 2 {
			t.Errorf("%d of 8 guesses were refused unheard, not 2", limited)
		}
		s.clock.Advance(3 * time.Minute)
		v, _ := s.password(lead)
		if got := v.sendJSON("/sign-in/code", map[string]string{"code": s.code(f.Secret)}); got.status != http.StatusOK {
			t.Errorf("the owner, later: %d %s", got.status, got.body)
		}
	})
}

func TestAMemberMayHaveASecondFactorAndTurnItOff(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		const hazel = "hazel.willow@northmoor"
		v, _ := s.password(hazel)
		before, _ := s.password(hazel)
		v.enrol()
		if got := before.getJSON("/willow", nil); got.status != http.StatusUnauthorized {
			t.Errorf("a device that had only the password: %d", got.status)
		}
		half, in := s.password(hazel)
		if in.Lacks != fault.CodeNeeded || half.getJSON("/willow", nil).status != http.StatusForbidden {
			t.Errorf("without a code: %+v", in)
		}
		if got := half.sendJSON("/account/second-factor/remove", map[string]string{}); got.status != http.StatusForbidden {
			t.Errorf("turned off with a password alone: %d", got.status)
		}
		if got := v.sendJSON("/account/second-factor/remove", map[string]string{}); got.status != http.StatusOK {
			t.Fatalf("turn off: %d %s", got.status, got.body)
		}
		if v, in := s.password(hazel); in.Lacks != "" || v.getJSON("/willow", nil).status != http.StatusOK {
			t.Errorf("afterwards: %+v", in)
		}
		leads, _ := s.password(lead)
		leads.enrol()
		if got := leads.sendJSON("/account/second-factor/remove", map[string]string{}); got.status != http.StatusForbidden || !got.has("Your work here needs") {
			t.Errorf("a lead turns it off: %d %s", got.status, got.body)
		}
	})
}

func TestWhoJoinsATeamNeedsASecondFactorAtOnce(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		v, _ := s.password("hazel.willow@northmoor")
		s.sql("UPDATE members SET roles = 'moderator' WHERE tenant_id = ? AND handle_key = 'hazel'", s.northmoor())
		if got := v.getJSON("/willow", nil); got.status != http.StatusForbidden || field(t, got, "code") != "factor_needed" {
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
}

var provider = map[string]string{"kind": "other", "name": "A long typed name", "issuer": "https://id.example", "client_id": "sharon", "secret": "shh & <quiet>"}

func TestWhatIsPrivateAsksAgainAndLosesNoWord(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v := s.as("admin@northmoor")
		token := v.token("/trust/x")
		s.clock.Advance(11 * time.Minute)
		typed := url.Values{"_csrf": {token}, "_once": {"a key"}}
		for name, value := range provider {
			typed.Set(name, value)
		}
		asked := v.post("/trust/providers", typed)
		form := asked.form("/account/confirm/again")
		if asked.status != http.StatusForbidden || form.Get("secret") != provider["secret"] || form.Get("name") != provider["name"] || asked.has("Error:") {
			t.Fatalf("asked: %d %v %s", asked.status, form, asked.text())
		}
		form.Set("proof_password", "not it")
		wrong := v.post("/account/confirm/again", form)
		form = wrong.form("/account/confirm/again")
		if wrong.status != http.StatusUnprocessableEntity || form.Get("secret") != provider["secret"] || form.Get("proof_password") != "" {
			t.Fatalf("a wrong password: %d %v", wrong.status, form)
		}
		form.Set("proof_password", demo.Password)
		right := v.post("/account/confirm/again", form)
		if right.status != http.StatusTemporaryRedirect || right.location() != "/trust/providers" {
			t.Fatalf("right: %d %s %s", right.status, right.location(), right.text())
		}
		if done := v.post(right.location(), form); done.status != http.StatusSeeOther {
			t.Fatalf("sent on: %d %s", done.status, done.text())
		}
		if page := v.get("/trust/providers"); !page.has(provider["name"]) || page.has(html.EscapeString(provider["secret"])) {
			t.Errorf("the page: %s", page.text())
		}
	})
}

func TestAPageThatIsPrivateLeadsThereAndBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	v := s.as("hazel.willow@northmoor")
	api := s.over("hazel.willow@northmoor")
	s.clock.Advance(11 * time.Minute)
	got := v.get("/account/second-factor/new")
	if got.location() != "/account/confirm?next=%2Faccount%2Fsecond-factor%2Fnew" {
		t.Fatalf("led to %s", got.location())
	}
	form := v.get(got.location()).form("/account/confirm")
	form.Set("proof_password", demo.Password)
	if got = v.post("/account/confirm", form); got.location() != "/account/second-factor/new" || v.get(got.location()).status != http.StatusOK {
		t.Errorf("and back: %d %s", got.status, got.location())
	}
	form.Set("proof_next", "https://elsewhere.example/")
	if got = v.post("/account/confirm", form); got.location() != "/" {
		t.Errorf("another site: %s", got.location())
	}
	if got := api.getJSON("/account/second-factor/new", nil); got.status != http.StatusForbidden || field(t, got, "code") != "proof_needed" {
		t.Errorf("over JSON: %d %s", got.status, got.body)
	}
	if got := api.sendJSON("/account/confirm", map[string]string{}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing to show: %d %s", got.status, got.body)
	}
	if got := api.sendJSON("/account/confirm", map[string]string{"proof_password": demo.Password}); got.status != http.StatusOK || api.getJSON("/account/second-factor/new", nil).status != http.StatusOK {
		t.Errorf("confirmed over JSON: %d %s", got.status, got.body)
	}
}

func TestOneSignsOutADeviceOrAllOfThem(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const hazel = "hazel.willow@northmoor"
		phone, desk, fern := s.over(hazel), s.as(hazel), s.over("fern.willow@northmoor")
		var list struct {
			Devices []struct {
				ID, Name string
				This     bool
			}
		}
		devices := func(v *visitor) (this, other string) {
			v.getJSON("/account/devices", &list)
			for _, device := range list.Devices {
				if device.This {
					this = device.ID
				} else {
					other = device.ID
				}
			}
			return this, other
		}
		this, other := devices(phone)
		if len(list.Devices) != 2 || this == "" || other == "" {
			t.Fatalf("got %+v", list)
		}
		if got := fern.sendJSON("/account/devices/"+other+"/sign-out", map[string]string{}); got.status != http.StatusNotFound {
			t.Errorf("somebody else's: %d", got.status)
		}
		if got := phone.sendJSON("/account/devices/"+other+"/sign-out", map[string]string{}); got.status != http.StatusOK {
			t.Fatalf("one: %d %s", got.status, got.body)
		}
		if to := desk.get("/willow").location(); !strings.HasPrefix(to, "/sign-in") {
			t.Errorf("the device still opens: %s", to)
		}
		another := s.as(hazel)
		if got := another.post("/account/devices/sign-out", url.Values{}); got.location() != "/sign-in" {
			t.Fatalf("all: %d %s", got.status, got.text())
		}
		if phone.getJSON("/willow", nil).status != http.StatusUnauthorized || another.get("/willow").status != http.StatusSeeOther || fern.getJSON("/willow", nil).status != http.StatusOK {
			t.Error("not exactly hers are over")
		}
		want := []string{"session.begin", "session.revoked", "session.revoked_all"}
		if got := s.audited("fern"); len(got) > 0 && slices.Contains(got, "session.revoked") {
			t.Errorf("fern's: %v", got)
		}
		if got := s.audited("hazel"); !slices.Equal(got, want) {
			t.Errorf("the audit log has %v, not %v", got, want)
		}
	})
}

func TestWhatASignedOutDeviceHasOpenEndsWithinAMinute(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	phone, desk, fern := s.over(hazel), s.over(hazel), s.over("fern.willow@northmoor")
	open, others := phone.listen("willow", uuid.NewString()), fern.listen("willow", uuid.NewString())
	if got := desk.sendJSON("/account/devices/sign-out", map[string]string{}); got.status != http.StatusOK {
		t.Fatalf("sign out everywhere: %d %s", got.status, got.body)
	}
	minute := time.After(time.Minute)
	for over := false; !over; {
		select {
		case _, more := <-open.heard:
			over = !more
		case <-minute:
			t.Fatal("a minute later it is still open")
		}
	}
	select {
	case _, more := <-others.heard:
		if !more {
			t.Error("somebody else's ended too")
		}
	default:
	}
}

// audited are the kinds of records about a member of willow, each once, by name.
func (s *site) audited(handle string) (actions []string) {
	s.t.Helper()
	s.inWillow(func(ctx context.Context, in tenants.Scope) error {
		person, err := in.PersonByHandle(ctx, handle)
		if err != nil {
			return err
		}
		found := map[string]bool{}
		var records []tenants.Record
		if err := in.Select(&records).Where("subject_id = ?", person.AccountID).Scan(ctx); err != nil {
			return err
		}
		for _, record := range records {
			found[record.Action] = true
		}
		actions = slices.Sorted(maps.Keys(found))
		return nil
	})
	return actions
}

func TestSignInsAndRefusalsAreWrittenDown(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const hazel = "hazel.willow@northmoor"
		s.visit("northmoor").sendJSON("/sign-in", map[string]string{"email": hazel + ".example", "password": "a guess"})
		v := s.over(hazel)
		v.enrol()
		half, _ := s.password(hazel)
		half.sendJSON("/sign-in/code", map[string]string{"code": "271828"})
		if got, want := s.audited("hazel"), []string{"second_factor.refused", "second_factor.set", "session.begin"}; !slices.Equal(got, want) {
			t.Errorf("got %v, not %v", got, want)
		}
		if log := s.dump("audit_log"); strings.Contains(log, "a guess") || strings.Contains(log, "271828") || strings.Contains(log, "hazel.willow") {
			t.Error("the audit log holds what was typed")
		}
	})
}

func TestTheConsoleDemandsASecondFactorToo(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		v, in := s.password("platform@sharon")
		if in.Lacks != fault.FactorNeeded {
			t.Fatalf("got %+v", in)
		}
		for _, route := range s.app.console.Routes() {
			if route.Permission == web.Public || route.Permission == web.Arriving {
				continue
			}
			if got := call(v, route, atConsole); got.status != http.StatusForbidden || field(t, got, "code") != "factor_needed" {
				t.Errorf("%s %s: %d %s", route.Method, route.Path, got.status, got.body)
			}
		}
		f := v.enrol()
		if got := v.getJSON("/", nil); got.status != http.StatusOK {
			t.Errorf("set up: %d %s", got.status, got.body)
		}
		give := func(code string) (int, *visitor) {
			v, in := s.password("platform@sharon")
			if in.Lacks != fault.CodeNeeded || v.getJSON("/", nil).status != http.StatusForbidden || v.getJSON("/account/second-factor/new", nil).status != http.StatusForbidden {
				t.Errorf("half signed in: %+v", in)
			}
			return v.sendJSON("/sign-in/code", map[string]string{"code": code}).status, v
		}
		if status, _ := give(s.code(f.Secret)); status != http.StatusUnprocessableEntity {
			t.Errorf("a used code: %d", status)
		}
		if status, v := give(f.Codes[0]); status != http.StatusOK || v.getJSON("/", nil).status != http.StatusOK {
			t.Errorf("a recovery code: %d", status)
		}
		if status, _ := give(f.Codes[0]); status != http.StatusUnprocessableEntity {
			t.Errorf("once more: %d", status)
		}
		s.later()
		if status, v := give(s.code(f.Secret)); status != http.StatusOK || v.getJSON("/", nil).status != http.StatusOK {
			t.Errorf("the next code: %d", status)
		}
		if stored := s.dump("platform_staff", "platform_recovery_codes"); strings.Contains(stored, f.Secret) || strings.Contains(stored, f.Codes[5]) {
			t.Error("a secret is in the database")
		}
	})
}

// proofPages are those of proving who one is.
func proofPages(s *site) []aPage {
	const moss, wren, clinician, admin = "moss.willow@northmoor", "wren.willow@northmoor", "clinician.willow@northmoor", "admin@northmoor"
	secret := s.over(moss).enrol().Secret
	s.enters("northmoor", "https://login.microsoftonline.com/0b1e0000-0000-4000-8000-000000000000/v2.0", "a secret", map[string]string{"kind": "entra", "levels": "c1"})
	for i, name := range []string{"My phone", "Desk at work"} {
		s.sql("INSERT INTO passkeys (tenant_id, id, account_id, host, credential_id, credential, name, created_at, used_at) SELECT tenant_id, ?, account_id, 'northmoor.localhost', ?, '{}', ?, ?, ? FROM members WHERE tenant_id = ? AND handle_key = 'jo'",
			uuid.New(), name, name, now.AddDate(0, -i, -3), now.Add(-time.Hour), s.northmoor())
	}
	s.over("hazel.willow@northmoor")
	code := func(tab *testkit.Tab, code string) {
		tab.Fill("#code", code)
		tab.Click("main form button[type=submit]")
	}
	return []aPage{
		{"second-step", moss, "/sign-in/code", nil},
		{"second-step-wrong", moss, "/sign-in/code", func(tab *testkit.Tab) { code(tab, "000000") }},
		{"how-i-sign-in-app", moss, "/sign-in/code?next=/account/sign-in", func(tab *testkit.Tab) {
			s.later()
			code(tab, s.code(secret))
		}},
		{"second-step-new", wren, "/account/second-factor/new", nil},
		{"second-step-new-wrong", wren, "/account/second-factor/new", func(tab *testkit.Tab) { code(tab, "000000") }},
		{"recovery-codes", wren, "/account/second-factor/new", func(tab *testkit.Tab) {
			tab.OpenDetails("text=I cannot scan it")
			code(tab, s.code(strings.ReplaceAll(tab.Text("code.code"), " ", "")))
		}},
		{"how-i-sign-in", clinician, "/account/sign-in", nil},
		{"how-i-sign-in-empty", "hazel.willow@northmoor", "/account/sign-in", nil},
		{"how-i-sign-in-error", "hazel.willow@northmoor", "/sign-in/back?state=x", nil},
		{"confirm", clinician, "/account/confirm?next=/account/sign-in", nil},
		{"confirm-form", admin, "/trust/providers", func(tab *testkit.Tab) {
			for name, value := range provider {
				tab.Fill("#"+name, value)
			}
			s.sql("UPDATE sessions SET proved_at = ? WHERE tenant_id = ? AND account_id IN (SELECT id FROM accounts WHERE tenant_id = ? AND trust_roles <> '')", now.AddDate(0, 0, -1), s.northmoor(), s.northmoor())
			tab.Click("text=Add this sign-in")
		}},
		{"devices", "hazel.willow@northmoor", "/account/devices", nil},
		{"providers", admin, "/trust/providers", nil},
		{"providers-empty", "admin@eastvale", "/trust/providers", nil},
		{"providers-error", "admin@eastvale", "/trust/providers", func(tab *testkit.Tab) { tab.Click("text=Add this sign-in") }},
		{"console-second-step", "platform@sharon", "/account/second-factor/new", nil},
	}
}
