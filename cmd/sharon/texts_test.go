package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/text"
)

var sixDigits = regexp.MustCompile(`^[0-9]{6}`)

// asks has a code sent to a number and returns it.
func (v *visitor) asks(phones *testkit.Notify, number string) string {
	v.site.t.Helper()
	if got := v.sendJSON("/account/phone", map[string]string{"phone": number}); got.status != http.StatusOK {
		v.site.t.Fatalf("ask for a code: %d %s", got.status, got.body)
	}
	return v.site.codeIn(phones)
}

// codeIn is the code of the latest text.
func (s *site) codeIn(phones *testkit.Notify) string {
	s.t.Helper()
	s.settle(1)
	texts := phones.Texts()
	code := sixDigits.FindString(texts[len(texts)-1].Personalisation["message"])
	if code == "" {
		s.t.Fatalf("no code in %+v", texts[len(texts)-1])
	}
	return code
}

func (v *visitor) phone() (out struct {
	Ends, Waiting            string
	Proved, Refuses, Refused bool
}) {
	v.getJSON("/account/phone", &out)
	return out
}

func TestAMobileNumberIsShownToBeOnesOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		phones, hazel := s.phones(), s.over("hazel.willow@northmoor")
		give := func(code string) int {
			return hazel.sendJSON("/account/phone/code", map[string]string{"code": code}).status
		}
		for number, says := range map[string]string{"": "Enter your mobile number", "01632 960 123": "begins with 07", "0770": "07700 900123", "+353 85 123 4567": "begins with 07", "call me": "07700 900123"} {
			if got := hazel.sendJSON("/account/phone", map[string]string{"phone": number}); got.status != 422 || !got.has("#/phone") || !got.has(says) {
				t.Errorf("%q: %d %s", number, got.status, got.body)
			}
		}
		first := hazel.asks(phones, "07700 900 987")
		if to := phones.Texts()[0].PhoneNumber; to != "+447700900987" || hazel.phone().Proved || hazel.phone().Waiting != "987" {
			t.Errorf("a code to %s: %+v", to, hazel.phone())
		}
		for range 2 { // looking uses nothing up
			if got := s.as("hazel.willow@northmoor").get("/account/phone"); got.status != 200 || !got.has("Type your code") || got.has("900987") || got.has(first) {
				t.Errorf("page: %d %s", got.status, got.text())
			}
		}
		if got := hazel.sendJSON("/account/phone/again", nil); got.status != 200 {
			t.Fatalf("again: %d %s", got.status, got.body)
		}
		code := s.codeIn(phones)
		if first != code && give(first) != 422 {
			t.Error("the code before still works")
		}
		if s.over("fern.willow@northmoor").sendJSON("/account/phone/code", map[string]string{"code": code}).status != 422 {
			t.Error("somebody else's code works")
		}
		if status := give(code[:3] + " " + code[3:]); status != 200 || !hazel.phone().Proved || hazel.phone().Ends != "987" || hazel.phone().Waiting != "" {
			t.Errorf("the code: %d %+v", status, hazel.phone())
		}
		if give(code) != 422 {
			t.Error("the code works twice")
		}
		// Another number counts only once it is shown; one put right by hand is not.
		if late := hazel.asks(phones, "07700 900456"); hazel.phone().Ends != "987" || !hazel.phone().Proved {
			t.Errorf("%+v before the code %s", hazel.phone(), late)
		} else if s.clock.Advance(10 * time.Minute); give(late) != 422 || hazel.phone().Waiting != "" {
			t.Error("a code works after ten minutes")
		}
		if got := hazel.sendJSON("/account/identity", map[string]string{"phone": "07700 900789"}); got.status != 200 || hazel.phone().Proved || hazel.phone().Ends != "789" {
			t.Errorf("put right: %d %+v", got.status, hazel.phone())
		}
		for range 2 {
			if got := hazel.sendJSON("/account/phone/remove", nil); got.status != 200 || hazel.phone().Ends != "" {
				t.Errorf("removed: %d %+v", got.status, hazel.phone())
			}
		}
		s.round("old-phone-codes")
		if n := s.count("SELECT count(*) FROM phone_codes WHERE tenant_id = ?", s.northmoor()); n != 0 {
			t.Errorf("%d numbers are kept after their code is over", n)
		}
	})
}

func TestCodesAreNotGuessedAndNotSentForEver(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		phones, hazel := s.phones(), s.over("hazel.willow@northmoor")
		code := hazel.asks(phones, "07700 900123")
		wrong := fmt.Sprintf("%06d", (atoi(code)+1)%1_000_000)
		limited := 0
		for range 20 {
			if hazel.sendJSON("/account/phone/code", map[string]string{"code": wrong}).status == http.StatusTooManyRequests {
				limited++
			}
		}
		if got := hazel.sendJSON("/account/phone/code", map[string]string{"code": code}); limited < 12 || got.status != http.StatusTooManyRequests {
			t.Errorf("%d of 20 guesses were refused, then the code: %d", limited, got.status)
		}
		sent := 0
		for range 10 {
			if hazel.sendJSON("/account/phone/again", nil).status == 200 {
				sent++
			}
		}
		if s.settle(1); sent > 4 || len(phones.Texts()) > 5 {
			t.Errorf("%d codes more, %d texts", sent, len(phones.Texts()))
		}
		// Another member cannot go on with the same number.
		if got := s.over("fern.willow@northmoor").sendJSON("/account/phone", map[string]string{"phone": "+44 7700 900123"}); got.status != http.StatusTooManyRequests {
			t.Errorf("the same number from fern: %d", got.status)
		}
	})
}

func atoi(digits string) (n int) {
	_, _ = fmt.Sscan(strings.TrimLeft(digits, "0")+" ", &n)
	return n
}

func TestANumberThatTakesNoCodeSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		phones, hazel := s.phones(), s.as("hazel.willow@northmoor")
		phones.Answer(400, "ValidationError", "phone_number Number is not valid")
		if got := hazel.post("/account/phone", url.Values{"phone": {"07700 900123"}}); got.status != http.StatusSeeOther {
			t.Fatalf("ask: %d %s", got.status, got.text())
		}
		s.settle(1)
		if got := hazel.get("/account/phone"); !got.has("did not take our text") {
			t.Errorf("page: %s", got.text())
		}
		if got := hazel.post("/account/phone", url.Values{"phone": {"0770 what"}}); got.status != 422 || !got.has("0770 what") || !got.has("Write a phone number like 07700 900123.") {
			t.Errorf("a wrong number: %d %s", got.status, got.text())
		}
		s.app.Outside.Text = nil
		if got := hazel.post("/account/phone", url.Values{"phone": {"07700 900123"}}); got.status != http.StatusConflict {
			t.Errorf("without a provider: %d", got.status)
		}
		if got := hazel.get("/willow/me"); got.has("/account/phone") {
			t.Error("the link is offered without a provider")
		}
	})
}

func TestTextsComeAsTheMemberChose(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		phones, hazel := s.phones(), s.over("hazel.willow@northmoor")
		texts := func(want int, when string) {
			t.Helper()
			s.away()
			s.settle(1)
			if got := phones.Texts(); len(got) != want {
				t.Fatalf("%s: %d texts, want %d: %+v", when, len(got), want, got)
			}
		}
		hazel.choose("message.text", "now")
		s.tell("message", uuid.New(), "hazel")
		texts(0, "without a number")
		s.phoned("hazel", "+447700900123")
		s.phoned("ivy", "+447700900124")
		s.clock.Advance(time.Hour)
		s.tell("message", uuid.New(), "hazel", "ivy")
		texts(1, "to hazel, and not to ivy, who did not choose")
		words, to := phones.Texts()[0].Personalisation["message"], phones.Texts()[0].PhoneNumber
		if to != "+447700900123" || !strings.HasPrefix(words, "SHaRON: You have new notices. http://northmoor.localhost") || !strings.Contains(words, "\nStop these texts: http") || len(words) > 300 {
			t.Errorf("%s: %s", to, words)
		}
		hazel = s.over("hazel.willow@northmoor")
		stop := regexp.MustCompile(`/go/[0-9a-f-]+/settings`).FindString(words)
		if got := hazel.getJSON(stop, nil); field(t, got, "path") != "/willow/notifications/settings" {
			t.Errorf("stop leads to %d %s", got.status, got.body)
		}
		if got := s.over("ivy.willow@northmoor").getJSON(stop, nil); got.status != http.StatusNotFound {
			t.Errorf("ivy follows hazel's link: %d", got.status)
		}
		s.clock.Advance(time.Hour)
		hazel = s.over("hazel.willow@northmoor")
		hazel.sendJSON("/willow/notifications/read", nil)
		hazel.choose("message.text", "now", "quiet_from", "00:00", "quiet_to", "23:00", "digest", "off")
		s.tell("message", uuid.New(), "hazel")
		texts(1, "in quiet hours")
		s.tell("safety_notice", uuid.New(), "hazel", "ivy", "fern")
		texts(3, "a safety notice to both who have a number")
		if words := phones.Texts()[2].Personalisation["message"]; !strings.HasPrefix(words, "SHaRON: You have an important message. ") || strings.Contains(words, "Stop") {
			t.Error(words)
		}
		hazel = s.over("hazel.willow@northmoor")
		hazel.choose("message.text", "off", "digest", "off")
		hazel.sendJSON("/willow/notifications/read", nil)
		s.tell("message", uuid.New(), "hazel")
		s.clock.Advance(14 * time.Hour)
		texts(3, "after it was switched off")
		hazel = s.over("hazel.willow@northmoor")
		if got := hazel.sendJSON("/willow/notifications/settings", map[string]any{"choices": map[string]string{"message.text": "digest"}, "digest": "off"}); got.status != 422 {
			t.Errorf("a digest by text: %d", got.status)
		}
	})
}

func TestAPhoneThatThereIsNotIsLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		phones := s.phones()
		hazel := func() *visitor { return s.over("hazel.willow@northmoor") }
		s.phoned("hazel", "+447700900987")
		hazel().choose("message.text", "now")
		send := func() int {
			hazel().sendJSON("/willow/notifications/read", nil)
			s.clock.Advance(time.Hour)
			s.tell("message", uuid.New(), "hazel")
			s.settle(1)
			return len(phones.Texts())
		}
		phones.Become("sending")
		if n := send(); n != 1 {
			t.Fatalf("%d texts", n)
		}
		s.clock.Advance(11 * time.Minute)
		s.settle(1) // nobody knows yet
		phones.Become("permanent-failure")
		s.clock.Advance(time.Hour)
		s.settle(1)
		if got := hazel().phone(); !got.Refuses || !got.Proved {
			t.Errorf("%+v", got)
		}
		if page := s.as("hazel.willow@northmoor").get("/willow/notifications/settings"); !page.has("did not take our last text") || page.has("900987") {
			t.Errorf("settings: %s", page.text())
		}
		if n := send(); n != 1 {
			t.Errorf("%d texts to a phone that there is not", n)
		}
		phones.Become("delivered")
		if got := hazel().sendJSON("/account/phone/again", nil); got.status != 200 {
			t.Fatalf("again: %d %s", got.status, got.body)
		}
		if got := hazel().sendJSON("/account/phone/code", map[string]string{"code": s.codeIn(phones)}); got.status != 200 || hazel().phone().Refuses {
			t.Errorf("shown again: %d %+v", got.status, hazel().phone())
		}
		if n := send(); n != 3 {
			t.Errorf("%d texts after it was shown again", n)
		}
		phones.Answer(400, "ValidationError", "phone_number Number is not valid")
		send()
		if s.settle(1); !hazel().phone().Refuses {
			t.Error("a number that is refused at once is not noted")
		}
	})
}

func TestNothingOfWhatWasWrittenIsTexted(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		phones, hazel := s.phones(), s.over("hazel.willow@northmoor")
		s.phoned("hazel", "+447700900123")
		s.sql("UPDATE members SET handle = 'Kanari One', handle_key = 'kanari-one' WHERE tenant_id = ? AND handle_key = 'fern'", s.northmoor())
		s.sql("UPDATE members SET handle = 'Kanari Two' WHERE tenant_id = ? AND handle_key = 'hazel'", s.northmoor())
		s.sql("UPDATE services SET name = 'Kanari Three', about = 'kanari', slug = 'kanari' WHERE tenant_id = ? AND slug = 'willow'", s.northmoor())
		s.sql("UPDATE places SET name = 'kanari' WHERE tenant_id = ?", s.northmoor())
		s.sql("UPDATE trusts SET name = 'Kanari Trust' WHERE id = ?", s.northmoor())
		s.raise()
		choices := map[string]string{"reply.text": "now", "mention.text": "now", "friend_ask.text": "now"}
		if got := hazel.sendJSON("/kanari/notifications/settings", map[string]any{"choices": choices, "digest": "off"}); got.status != http.StatusOK {
			t.Fatalf("choose: %d %s", got.status, got.body)
		}
		made := hazel.sendJSON("/kanari/forums/threads", map[string]any{"board": s.boardAt(hazel, "kanari"), "title": "kanari title", "body": "kanari body"})
		fern := s.over("fern.willow@northmoor")
		if got := fern.sendJSON("/kanari/posts/"+field(t, made, "id")+"/replies", map[string]any{"body": "kanari reply"}); got.status != http.StatusOK {
			t.Fatalf("reply: %d %s", got.status, got.body)
		}
		s.away()
		s.settle(1)
		if got := fern.sendJSON("/kanari/walls/kanari-one", map[string]any{"body": "kanari wall @hazel"}); got.status != http.StatusOK {
			t.Fatalf("wall: %d %s", got.status, got.body)
		}
		s.clock.Advance(20 * time.Minute)
		s.settle(1)
		hazel.asks(phones, "07700 900123")
		if len(phones.Texts()) < 3 {
			t.Fatalf("%d texts", len(phones.Texts()))
		}
		for _, one := range phones.Texts() {
			whole := strings.ToLower(fmt.Sprint(one.Personalisation, one.Reference))
			for _, word := range []string{"kanari", "perinatal", "hazel", "fern", "forum", "wall", "900123"} {
				if strings.Contains(whole, word) {
					t.Errorf("a text has %q: %s", word, whole)
				}
			}
		}
	})
}

// In a demonstration the code is found in the inbox, and no phone is needed.
func TestADemonstrationShowsItsTexts(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare), withInbox, func(a *app) { a.Outside.Text = a.Texts })
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, "hazel.willow@northmoor")
	home := s.address("hazel.willow@northmoor")
	tab.Goto(home + "/willow/notifications/settings")
	tab.Click("text=Add your number")
	tab.Fill("#phone", "07700 900123")
	tab.Click("text=Text me a code")
	s.settle(1)
	code := sixDigits.FindString(s.app.Texts.Messages()[0].Text)
	if got := s.visit("").get("/dev/mail"); !got.has(code) || !got.has("+447700900123") {
		t.Errorf("the inbox: %s", got.text())
	}
	tab.Fill("#code", "12 34")
	tab.Click("text=This is my number")
	tab.WaitText(".nhsuk-error-summary", "This code is not right")
	if violations := tab.Axe(); len(violations) > 0 {
		t.Error(violations)
	}
	tab.Fill("#code", code)
	tab.Click("text=This is my number")
	tab.WaitText("#number", "Your number")
	for _, width := range []int{390, 1280} {
		tab.Size(width, 844)
		if violations := tab.Axe(); len(violations) > 0 {
			t.Error(violations)
		}
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
	if fate, err := s.app.Texts.Fate(t.Context(), "another"); fate != text.Unknown || err != nil {
		t.Error(fate, err)
	}
}

// phonePages are those of text messages.
func phonePages(s *site) []aPage {
	phones := s.phones()
	s.over("fern.willow@northmoor").asks(phones, "07700 900456")
	s.phoned("ivy", "+447700900789")
	return []aPage{
		{"phone", "hazel.willow@northmoor", "/account/phone", nil},
		{"phone-error", "hazel.willow@northmoor", "/account/phone", func(tab *testkit.Tab) {
			tab.Fill("#phone", "0770 09")
			tab.Click("text=Text me a code")
			tab.WaitText(".nhsuk-error-summary", "07700 900123")
		}},
		{"phone-code", "fern.willow@northmoor", "/account/phone", nil},
		{"phone-none", "lead.willow@northmoor", "/account/phone", nil},
		{"phone-shown", "ivy.willow@northmoor", "/account/phone", nil},
		{"notices-settings-text", "ivy.willow@northmoor", "/willow/notifications/settings", nil},
	}
}
