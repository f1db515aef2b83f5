package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// deskPages are those of the desk, in each of their states.
func deskPages(s *site) []aPage {
	priya := s.over("moderator.willow@northmoor")
	of := func(handle string) (id string) {
		var queue struct {
			Items []struct {
				ID     string
				Author struct{ Handle string }
			}
		}
		priya.getJSON("/willow/desk", &queue)
		for _, item := range queue.Items {
			if item.Author.Handle == handle {
				return item.ID
			}
		}
		s.t.Fatalf("nothing of %s waits", handle)
		return ""
	}
	held, red, linked := "/willow/desk/"+of("Tansy"), "/willow/desk/"+of("Rowan"), "/willow/desk/"+of("Marmalade-on-toast")
	s.sent(priya, "/willow/desk/links", map[string]any{"of": "marmalade-on-toast"})
	s.sent(s.over("clinician.willow@northmoor"), "/willow/desk/links", map[string]any{"of": "teasel"})
	var deed string
	s.scan([]any{&deed}, "SELECT d.id FROM desk_deeds AS d JOIN desk_items AS i ON i.tenant_id = d.tenant_id AND i.id = d.item_id WHERE d.tenant_id = ? AND d.act = 'ask' AND i.author_id = ?", s.northmoor(), s.idOf("marmalade-on-toast"))
	return []aPage{
		{"desk", "moderator.willow@northmoor", "/willow/desk", nil},
		{"desk-lead", "lead.willow@northmoor", "/willow/desk?with=nobody&level=amber", func(tab *testkit.Tab) { tab.Click("#desk-keys summary") }},
		{"desk-empty", "lead.meadow@eastvale", "/meadow/desk", nil},
		{"desk-held", "moderator.willow@northmoor", held, nil},
		{"desk-red", "clinician.willow@northmoor", red, func(tab *testkit.Tab) { tab.Click("text=A message to its author") }},
		{"desk-with-a-colleague", "moderator.willow@northmoor", red, nil},
		{"desk-error", "clinician.willow@northmoor", red, func(tab *testkit.Tab) { tab.Click("text=Decide") }},
		{"desk-linked", "moderator.willow@northmoor", linked, nil},
		{"desk-care", "moderator.willow@northmoor", "/willow/desk/care", nil},
		{"desk-care-lead", "lead.willow@northmoor", "/willow/desk/care", nil},
		{"desk-words", "lead.willow@northmoor", "/willow/desk/words", nil},
		{"desk-words-error", "lead.willow@northmoor", "/willow/desk/words", func(tab *testkit.Tab) { tab.Click("text=Add") }},
		{"desk-links", "lead.willow@northmoor", "/willow/desk/links", nil},
		{"desk-links-empty", "lead.meadow@eastvale", "/meadow/desk/links", nil},
		{"desk-link", "clinician.willow@northmoor", "/willow/desk/links/new?of=hazel", nil},
		{"desk-settings", "lead.willow@northmoor", "/willow/settings/rooms/safeguarding", nil},
		{"decision", "marmalade.willow@northmoor", "/willow/decisions/" + deed, nil},
	}
}

// Ten items by keyboard alone: to the queue, the first one open, and from there
// from decision to decision.
func TestTenItemsAreDecidedByKeyboardAlone(t *testing.T) {
	s := newDesk(t, testkit.SQLite(t, prepare))
	s.sql("UPDATE desk_items SET decided_at = ? WHERE tenant_id = ?", s.clock.Now(), s.northmoor())
	for i, handle := range []string{"hazel", "fern", "ivy", "rowan", "moss", "wren", "dill", "aspen", "clover", "juniper"} {
		s.raised(handle, fmt.Sprintf("The %d. thing that somebody said.", i+1), safety.Levels[min(3, i/2)], i%2 == 0)
	}
	tab := testkit.Browser(t)
	s.enter(tab, "moderator.willow@northmoor")
	tab.Goto(s.address("moderator.willow@northmoor") + "/willow/desk")
	tab.WaitText("#desk-queue", "The 10. thing")
	tab.Press("?")
	tab.WaitText("#desk-keys", "the next line")
	tab.Press("?")
	for _, key := range []string{"j", "j", "k"} {
		tab.Press(key)
	}
	tab.Press("Enter")
	for i, key := range []string{"1", "2", "3", "4", "5", "6", "1", "4", "5", "1"} {
		tab.WaitText("#desk-decide", "What do you decide?")
		tab.Press("c")
		tab.WaitText("#desk-state", "You have this.")
		tab.Press(key)
		switch key {
		case "1": // needs no reason, and the button has the focus
			tab.Press("Enter")
		case "3": // which asks what the note says first
			tab.Press("Space")
			for focused(tab) != "Why" {
				tab.Press("Tab")
			}
			fallthrough
		default:
			tab.Type("I have read it.")
			if i == 1 {
				for focused(tab) != "Decide" {
					tab.Press("Tab")
				}
				tab.Press("Enter")
			} else {
				tab.Press("Control+Enter")
			}
		}
		tab.WaitText(".desk-done", "Done:")
	}
	if !strings.Contains(tab.URL(), "/willow/desk?done=") {
		t.Errorf("after the last: %s", tab.URL())
	}
	if n := s.count("SELECT count(*) FROM desk_items WHERE tenant_id = ? AND decided_at IS NULL", s.northmoor()); n != 0 {
		t.Errorf("%d are left", n)
	}
	if n := s.count("SELECT count(DISTINCT act) FROM desk_items WHERE tenant_id = ? AND decided_by IS NOT NULL", s.northmoor()); n < 6 {
		t.Errorf("only %d acts were chosen", n)
	}
	for _, violation := range tab.Axe() {
		t.Error(violation)
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}

	// Switched off, a letter is a letter.
	item := s.raised("hazel", "one more", safety.Amber, false)
	tab.Goto(s.address("moderator.willow@northmoor") + deskPath(item))
	tab.Click("#desk-keys summary")
	tab.Click("text=Switch the keys off")
	tab.WaitText("[data-keys=off] h1", "Hazel")
	tab.Press("2")
	if tab.Has("input[value=ask]:checked") {
		t.Error("a key does something though the keys are off")
	}
}

// What colleagues do shows on pages that are open.
func TestTheDeskIsLive(t *testing.T) {
	s := newDesk(t, testkit.SQLite(t, prepare))
	item := s.raised("hazel", "many eyes", safety.Amber, false)
	queue, open := testkit.Browser(t), testkit.Browser(t)
	for _, tab := range []*testkit.Tab{queue, open} {
		s.enter(tab, "moderator.willow@northmoor")
	}
	queue.Goto(s.address("moderator.willow@northmoor") + "/willow/desk")
	open.Goto(s.address("moderator.willow@northmoor") + deskPath(item))
	s.raised("fern", "just now", safety.Amber, false)
	queue.WaitText("#desk-queue", "just now")
	jo := s.over("clinician.willow@northmoor")
	jo.item(item)
	open.WaitText("#desk-state", "Jo looks at this.")
	s.sent(jo, deskPath(item)+"/take", nil)
	open.WaitText("#desk-state", "Jo has this.")
	open.WaitText("#desk-history", "Jo took it")
	jo.decides(item, "approve", nil)
	open.WaitText("#desk-state", "Jo left it as it is")
}

func TestTheDeskWorksWithoutScript(t *testing.T) {
	s := newDesk(t, testkit.SQLite(t, prepare))
	item := s.raised("hazel", "plain as can be", safety.Red, false)
	s.pad.picture(item.SubjectID)
	tab := testkit.Browser(t, testkit.Viewport(390, 844), testkit.NoScript())
	s.enter(tab, "moderator.willow@northmoor")
	tab.Goto(s.address("moderator.willow@northmoor") + deskPath(item))
	tab.Click("text=Show the picture as it is")
	tab.WaitGone(".desk-pictures--shut")
	tab.Click("text=Take it")
	tab.WaitText("#desk-state", "You have this.")
	tab.Click("label[for='act-3']")
	tab.Click("text=Decide")
	tab.WaitText(".nhsuk-error-summary", "Say why")
	tab.Fill("#reason", "It names a street.")
	tab.Click("text=A message to its author")
	tab.Click("text=Out of sight for now")
	tab.WaitText("#words", "")
	if got := tab.Value("#words"); !strings.Contains(got, "You have done nothing wrong") {
		t.Errorf("kind words: %q", got)
	}
}
