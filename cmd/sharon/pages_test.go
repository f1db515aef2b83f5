package main

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/jobs/jobstest"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// aPage is a page as somebody sees it; do, if there, acts on it first.
type aPage struct {
	name, account, path string
	do                  func(tab *testkit.Tab)
}

// pages are all there are, in their full, empty and error states. A picture of
// each is kept under docs/screens by `make screens`.
func pages(s *site) []aPage {
	thread := "/willow/forums/threads/" + s.threadOf("Anyone else up for the third time?")
	mine := "/willow/posts/" + s.wallPostOf("hazel.willow@northmoor", "hazel")
	s.busy()
	s.governed()
	s.week("harbour", 400)
	talk, group := s.talkOf("hazel.willow@northmoor", "Fern"), s.talkOf("hazel.willow@northmoor", "Bad tea, good company")
	covered := s.coveredThread()
	long := strings.Repeat("A title that goes on ", 9)
	return slices.Concat(waitingPages(s), livePages(s), giftPages(s), resourcePages(s), videoPages(s), proofPages(s), peoplePages(s), phonePages(s), blogPages(s), rotaPages(s), deskPages(s), catchPages(s), casePages(s), recoveryPages(s), coursePages(s), termPages(s), standingPages(s), trustPages(s), programmePages(s), kitPages(s), moneyPages(s), usagePages(s), surveyPages(s), lockPages(s), homeScreenPages(s), wingsPages(s), easyPages(s), []aPage{
		{"find-your-trust", "", "/", nil},
		{"find-your-trust-none", "", "/?name=nowhere", nil},
		{"help-now", "hazel.willow@northmoor", "/willow/help-now", nil},
		{"sign-in", "@northmoor", "/sign-in", nil},
		{"sign-in-refused", "@northmoor", "/sign-in", func(tab *testkit.Tab) {
			tab.Fill("#email", "hazel.willow@northmoor.example")
			tab.Fill("#password", "not the password")
			tab.Click("main button[type=submit]")
		}},
		{"timeline", "hazel.willow@northmoor", "/willow", nil},
		{"timeline-empty", "lead.meadow@eastvale", "/meadow", nil},
		{"wall-mine", "hazel.willow@northmoor", "/willow/walls/hazel", nil},
		{"wall-of-fern", "hazel.willow@northmoor", "/willow/walls/fern", nil},
		{"wall-empty", "lead.meadow@eastvale", "/meadow/walls/" + s.handleOf("lead.meadow@eastvale"), nil},
		{"wall-error", "hazel.willow@northmoor", "/willow/walls/hazel", func(tab *testkit.Tab) { tab.Click("#write button[type=submit]") }},
		{"wall-picture-error", "hazel.willow@northmoor", "/willow/walls/hazel", func(tab *testkit.Tab) {
			tab.Fill("#body", "Look at him.")
			tab.OpenDetails("text=Pictures and content notes")
			tab.Upload("#files", s.aPhoto())
			tab.WaitText("label[for='alts/1']", "What is in picture 1?")
			tab.Click("#notes-1")
			tab.Click("text=Post")
			tab.WaitText(".nhsuk-error-summary", "Say what is in picture 1")
		}},
		{"wall-preview", "fern.willow@northmoor", "/willow/walls/fern", func(tab *testkit.Tab) {
			tab.Fill("#body", "She **laughed**. At the kettle, but still.")
			tab.Click("text=Preview")
		}},
		{"walls", "hazel.willow@northmoor", "/willow/walls", nil},
		{"covered", "hazel.willow@northmoor", "/willow/forums/threads/" + s.covered(), nil},
		{"covered-board", "hazel.willow@northmoor", "/willow/forums/boards/bumps-and-waiting", nil},
		{"opened", "fern.willow@northmoor", "/willow/forums/threads/" + s.covered(), func(tab *testkit.Tab) { tab.OpenDetails("details.veil summary") }},
		{"post-with-pictures", "fern.willow@northmoor", "/willow/posts/" + s.pictured(), nil},
		{"content-notes", "moderator.willow@northmoor", mine + "/notes", nil},
		{"drafts", "hazel.willow@northmoor", "/willow/drafts", nil},
		{"drafts-empty", "ivy.willow@northmoor", "/willow/drafts", nil},
		{"what-you-see", "hazel.willow@northmoor", "/willow/reading", nil},
		{"topics", "lead.willow@northmoor", "/willow/settings/topics", nil},
		{"topics-error", "lead.willow@northmoor", "/willow/settings/topics", func(tab *testkit.Tab) { tab.Click("text=Add") }},
		{"forums", "hazel.willow@northmoor", "/willow/forums", nil},
		{"forums-lead", "lead.willow@northmoor", "/willow/forums", nil},
		{"board", "hazel.willow@northmoor", "/willow/forums/boards/sleep-and-feeding", nil},
		{"board-empty", "lead.meadow@eastvale", "/meadow/forums/boards/" + s.boardOf("lead.meadow@eastvale", "meadow"), nil},
		{"thread", "hazel.willow@northmoor", thread, nil},
		{"thread-quoting", "hazel.willow@northmoor", thread + "?quote=" + s.replyIn(thread) + "#reply", nil},
		{"thread-new", "hazel.willow@northmoor", "/willow/forums/new", nil},
		{"thread-new-error", "hazel.willow@northmoor", "/willow/forums/new", func(tab *testkit.Tab) {
			tab.Fill("#title", long)
			tab.Click("main button[type=submit]")
		}},
		{"thread-steer", "moderator.willow@northmoor", thread + "/steer", nil},
		{"no-reply-yet", "peer.willow@northmoor", "/willow/forums/unanswered", nil},
		{"following", "hazel.willow@northmoor", "/willow/forums/following", nil},
		{"post", "fern.willow@northmoor", mine, nil},
		{"post-edit", "hazel.willow@northmoor", mine + "/edit", nil},
		{"post-actions", "fern.willow@northmoor", mine + "/actions", nil},
		{"post-remove", "hazel.willow@northmoor", mine + "/remove", nil},
		{"post-history", "moderator.willow@northmoor", mine + "/history", nil},
		{"messages", "hazel.willow@northmoor", "/willow/messages", nil},
		{"messages-empty", "tansy.willow@northmoor", "/willow/messages", nil},
		{"messages-team", "moderator.willow@northmoor", "/willow/messages/team", nil},
		{"messages-team-thread", "moderator.willow@northmoor", s.mailOf("moderator.willow@northmoor"), nil},
		{"conversation", "hazel.willow@northmoor", talk, nil},
		{"conversation-group", "hazel.willow@northmoor", group, nil},
		{"conversation-error", "hazel.willow@northmoor", talk, func(tab *testkit.Tab) { tab.Click("#write button[type=submit]") }},
		{"conversation-with-team", "hazel.willow@northmoor", "/willow/messages/to-team", nil},
		{"messages-requests", "hazel.willow@northmoor", "/willow/messages/requests", nil},
		{"message-request", "hazel.willow@northmoor", s.requestOf("hazel.willow@northmoor"), nil},
		{"messages-search", "hazel.willow@northmoor", "/willow/messages/search?q=airing", nil},
		{"messages-choices", "hazel.willow@northmoor", "/willow/messages/choices", nil},
		{"message-new", "hazel.willow@northmoor", "/willow/messages/new", nil},
		{"message-to-clinician", "hazel.willow@northmoor", "/willow/messages/new?to=jo", nil},
		{"message-to-team", "tansy.willow@northmoor", "/willow/messages/to-team", nil},
		{"message-report", "hazel.willow@northmoor", s.reportIn("hazel.willow@northmoor", talk), nil},
		{"board-new", "lead.willow@northmoor", "/willow/forums/boards-new", nil},
		{"board-edit", "lead.willow@northmoor", "/willow/forums/boards/sleep-and-feeding/edit", nil},
		{"person", "hazel.willow@northmoor", "/willow/people/bramble", nil},
		{"person-friend", "hazel.willow@northmoor", "/willow/people/clover", nil},
		{"person-asks", "hazel.willow@northmoor", "/willow/people/bluebell", nil},
		{"person-muted", "hazel.willow@northmoor", "/willow/people/teasel", func(tab *testkit.Tab) { tab.OpenDetails("main .nhsuk-details__summary") }},
		{"person-mine", "hazel.willow@northmoor", "/willow/people/hazel", nil},
		{"circle", "hazel.willow@northmoor", "/willow/circle", nil},
		{"circle-empty", "tansy.willow@northmoor", "/willow/circle", nil},
		{"circle-silenced", "dill.willow@northmoor", "/willow/circle/silenced", nil},
		{"circle-silenced-empty", "tansy.willow@northmoor", "/willow/circle/silenced", nil},
		{"circle-words", "hazel.willow@northmoor", "/willow/circle/words", nil},
		{"circle-words-error", "hazel.willow@northmoor", "/willow/circle/words", func(tab *testkit.Tab) {
			tab.Fill("#words", "w*")
			tab.Click("main form[action$='/words'] > button[type=submit]")
		}},
		{"post-covered", "hazel.willow@northmoor", "/willow/forums/threads/" + covered, nil},
		{"post-report", "hazel.willow@northmoor", "/willow/posts/" + covered + "/report", nil},
		{"post-report-error", "hazel.willow@northmoor", "/willow/posts/" + covered + "/report", func(tab *testkit.Tab) { tab.Click("main button[type=submit].btn") }},
		{"post-reported", "ivy.willow@northmoor", "/willow/posts/" + covered + "/reported", nil},
		{"mentions", "hazel.willow@northmoor", "/willow/mentions?q=ma", nil},
		{"notices", "hazel.willow@northmoor", "/willow/notifications", nil},
		{"notices-empty", "lead.meadow@eastvale", "/meadow/notifications", nil},
		{"notices-settings", "hazel.willow@northmoor", "/willow/notifications/settings", nil},
		{"notices-settings-error", "hazel.willow@northmoor", "/willow/notifications/settings", func(tab *testkit.Tab) {
			tab.Fill("#quiet_from", "17:00")
			tab.Fill("#quiet_to", "19:00")
			tab.Click("main form[action$='/settings'] > button[type=submit]")
		}},
		{"digest-preview", "hazel.willow@northmoor", "/willow/notifications/digest", nil},
		{"profile", "hazel.willow@northmoor", "/willow/profile", nil},
		{"name", "hazel.willow@northmoor", "/willow/profile/name", nil},
		{"name-error", "hazel.willow@northmoor", "/willow/profile/name", func(tab *testkit.Tab) {
			tab.Fill("#handle", "Nurse Hazel")
			tab.Click("main form[action$='/profile/name'] button[type=submit]")
		}},
		{"profile-error", "hazel.willow@northmoor", "/willow/profile", func(tab *testkit.Tab) {
			tab.Fill("#interests", "a, b, c, d, e, f, g, h, i")
			tab.Click("main form[action$='/profile'] button[type=submit]")
		}},
		{"members", "hazel.willow@northmoor", "/willow/members", nil},
		{"members-none", "hazel.willow@northmoor", "/willow/members?q=nobody", nil},
		{"search", "hazel.willow@northmoor", "/willow/search?q=night", nil},
		{"search-empty", "hazel.willow@northmoor", "/willow/search", nil},
		{"search-none", "hazel.willow@northmoor", "/willow/search?q=submarine", nil},
		{"search-error", "hazel.willow@northmoor", "/willow/search?q=night&by=nobody-here", nil},
		{"me", "lead.willow@northmoor", "/willow/me", nil},
		{"rooms", "lead.willow@northmoor", "/willow/settings/rooms", nil},
		{"room-walls", "lead.willow@northmoor", "/willow/settings/rooms/walls", nil},
		{"how-we-differ", "lead.willow@northmoor", "/willow/settings/preset", nil},
		{"trust-home", "admin@northmoor", "/", nil},
		{"audit-log", "admin@northmoor", "/trust/audit", nil},
		{"audit-log-none", "admin@northmoor", "/trust/audit?who=nobody", nil},
		{"policy", "admin@northmoor", "/trust/policy?service=willow", nil},
		{"policy-change", "admin@northmoor", "/trust/policy/change?permission=live.host&role=peer_supporter&service=harbour&effect=deny", nil},
		{"policy-fixed", "admin@northmoor", "/trust/policy/change?permission=audit.read&role=trust_admin", nil},
		{"policy-why", "moderator.willow@northmoor", "/willow/policy?role=service_user&permission=messages.review", nil},
		{"retention", "admin@northmoor", "/trust/retention", nil},
		{"retention-preview", "admin@northmoor", "/trust/retention/notices?days=30", nil},
		{"holds", "admin@northmoor", "/trust/holds", nil},
		{"holds-error", "admin@eastvale", "/trust/holds", func(tab *testkit.Tab) { tab.Click("form[action='/trust/holds'] button[type=submit]") }},
		{"my-data", "tansy.willow@northmoor", "/account/data", nil},
		{"my-data-ready", "ivy.willow@northmoor", "/account/data", nil},
		{"my-data-leaving", "nettle.willow@northmoor", "/account/data", nil},
		{"leave", "tansy.willow@northmoor", "/account/data/leave", nil},
		{"leave-error", "tansy.willow@northmoor", "/account/data/leave", func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }},
		{"not-found", "hazel.willow@northmoor", "/willow/forums/threads/00000000-0000-0000-0000-000000000000", nil},
		{"not-allowed", "hazel.willow@northmoor", "/willow/settings/rooms", nil},
		{"young-people", "lead.orchard@eastvale", "/orchard", nil},
		{"harbour", "lead.harbour@northmoor", "/harbour", nil},
		{"console-sign-in", "@sharon", "/sign-in", nil},
		{"console-queues-calm", "onboarding@sharon", "/queues", nil},
		{"console-home", "platform@sharon", "/", s.trouble},
		{"console-queues", "platform@sharon", "/queues", s.trouble},
		{"console-home-finance", "finance@sharon", "/", nil},
		{"figures", "lead.harbour@northmoor", "/harbour" + weekOfFigures, nil},
		{"figures-empty", "lead.harbour@northmoor", "/harbour/figures?from=2025-01-01&to=2025-01-07", nil},
		{"figures-error", "lead.harbour@northmoor", "/harbour/figures?from=2026-11-20&to=2026-11-19", nil},
		{"console-hazards", "platform@sharon", "/hazards", nil},
		{"console-colleagues", "platform@sharon", "/staff", nil},
		{"console-colleague-new", "platform@sharon", "/staff/new", nil},
		{"console-colleague-new-error", "platform@sharon", "/staff/new", func(tab *testkit.Tab) { tab.Click("main form.form button[type=submit]") }},
		{"console-colleague-asked", "platform@sharon", s.asked("Ayodele Oluwaseun Featherstonehaugh-Bello", "ayodele.featherstonehaugh-bello@platform.sharon.example", "onboarding_manager"), nil},
		{"console-join", "@sharon", s.link(s.asked("Ayo Bello", "ayo@sharon.example", "finance")), nil},
		{"console-colleague", "platform@sharon", s.colleague("finance@sharon"), nil},
		{"console-colleague-me", "platform@sharon", s.colleague("platform@sharon"), nil},
		{"console-colleague-error", "platform@sharon", s.colleague("finance@sharon"), func(tab *testkit.Tab) { tab.Click("main form.form button[type=submit]") }},
	})
}

// giftPages are those of gifts.
func giftPages(s *site) []aPage {
	s.sent(s.over("lead.meadow@eastvale"), "/meadow/settings/rooms/gifts", map[string]any{"on": true, "version": 0})
	s.sent(s.over("hazel.willow@northmoor"), "/willow/gifts/doors/people", map[string]any{"handle": "Moss", "door": "quiet"})
	gave := field(s.t, s.over("hazel.willow@northmoor").give("Rowan", s.kindOf("yarn"), "Knitted badly, with love."), "id")
	wrapped, opened := "", ""
	for _, gift := range s.over("hazel.willow@northmoor").shelf().Gifts {
		if gift.OpenedAt == nil {
			wrapped = "/willow/gifts/" + gift.ID
		} else {
			opened = "/willow/gifts/" + gift.ID
		}
	}
	s.sent(s.over("hazel.willow@northmoor"), opened+"/report", map[string]any{"reason": "It is a lovely pair of socks. I pressed the wrong thing."})
	tired := s.kindOf("owl")
	s.sent(s.over("lead.willow@northmoor"), "/willow/gifts/catalogue/"+tired, map[string]any{"retired": true})
	return []aPage{
		{"gifts", "hazel.willow@northmoor", "/willow/gifts", nil},
		{"gifts-empty", "lead.meadow@eastvale", "/meadow/gifts", nil},
		{"gifts-away", "hazel.willow@northmoor", "/willow/gifts?away=true", nil},
		{"gift-wrapped", "hazel.willow@northmoor", wrapped, nil},
		{"gift-opened", "hazel.willow@northmoor", opened, nil},
		{"gift-given", "hazel.willow@northmoor", "/willow/gifts/" + gave, nil},
		{"gift-new", "hazel.willow@northmoor", "/willow/gifts/new?to=fern", nil},
		{"gift-new-error", "hazel.willow@northmoor", "/willow/gifts/new", func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }},
		{"gift-doors", "hazel.willow@northmoor", "/willow/gifts/doors", nil},
		{"gift-catalogue", "lead.willow@northmoor", "/willow/gifts/catalogue", nil},
		{"gift-retire", "lead.willow@northmoor", "/willow/gifts/catalogue/" + tired, nil},
		{"gift-add", "lead.willow@northmoor", "/willow/gifts/catalogue/new", nil},
	}
}

// livePages are those of live sessions, in each of their states.
func livePages(s *site) []aPage {
	var list struct {
		Now, Coming, Past []struct{ ID string }
	}
	lead := s.over("lead.willow@northmoor")
	lead.getJSON("/willow/live", &list)
	open, coming, past := "/willow/live/"+list.Now[0].ID, "/willow/live/"+list.Coming[0].ID, "/willow/live/"+list.Past[0].ID
	s.sent(s.over("lead.meadow@eastvale"), "/meadow/settings/rooms/live", map[string]any{"on": true, "version": 0})

	cancelled := s.planned(26*time.Hour, map[string]any{"title": strings.Repeat("A title that goes on ", 5)})
	s.sent(lead, cancelled+"/cancel", map[string]any{"reason": "Bramble is poorly. We plan another evening soon."})
	missed, waiting := s.planned(time.Minute, nil), s.planned(14*time.Minute, map[string]any{"title": "A quiet half hour", "hosts": []string{"sorrel"}})
	s.clock.Advance(17 * time.Minute)

	soon := s.planned(9*time.Minute, map[string]any{"title": "Tea and toast", "about": "Bring your own toast."})
	muted := s.opened(map[string]any{"title": "Moving house with a baby", "slow_seconds": 30})
	peer, hazel := s.over("peer.willow@northmoor"), s.over("hazel.willow@northmoor")
	first := field(s.t, s.sent(hazel, muted+"/messages", says("The kettle is the last thing in and the first thing out. Everything else is a box with **kitchen?** on it.")), "message", "id")
	s.sent(s.over("fern.willow@northmoor"), muted+"/messages", says(strings.Repeat("Averylongwordthatnobodywouldwrite", 8)))
	s.sent(peer, muted+"/pin", map[string]any{"message": first})
	s.sent(peer, muted+"/mute", map[string]any{"handle": "hazel", "muted": true})
	s.sent(hazel, coming+"/reminder", map[string]any{"remind": true})
	asked := s.planned(3*time.Hour, map[string]any{"title": "Ask the team anything"})
	s.askedIn(asked, "hazel.willow@northmoor", true)
	s.sent(lead, asked+"/questions/"+s.askedIn(asked, "fern.willow@northmoor", true), map[string]any{"state": "taken"})
	return []aPage{
		{"live", "hazel.willow@northmoor", "/willow/live", nil},
		{"live-lead", "lead.willow@northmoor", "/willow/live", nil},
		{"live-empty", "lead.meadow@eastvale", "/meadow/live", nil},
		{"live-open", "fern.willow@northmoor", open, nil},
		{"live-open-host", "peer.willow@northmoor", muted, nil},
		{"live-muted", "hazel.willow@northmoor", muted, nil},
		{"live-slow", "fern.willow@northmoor", muted, func(tab *testkit.Tab) {
			tab.Fill("#body", "Too quick")
			tab.Click("#live-say button[type=submit]")
		}},
		{"live-coming", "hazel.willow@northmoor", coming, nil},
		{"live-soon-host", "peer.willow@northmoor", soon, nil},
		{"live-waiting", "hazel.willow@northmoor", waiting, nil},
		{"live-missed", "hazel.willow@northmoor", missed, nil},
		{"live-cancelled", "hazel.willow@northmoor", cancelled, nil},
		{"live-past", "hazel.willow@northmoor", past, nil},
		{"live-new", "lead.willow@northmoor", "/willow/live/new", nil},
		{"live-new-error", "lead.willow@northmoor", "/willow/live/new", func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }},
		{"live-edit", "lead.willow@northmoor", coming + "/edit", nil},
		{"live-cancel", "lead.willow@northmoor", coming + "/cancel", nil},
		{"live-questions", "hazel.willow@northmoor", asked + "/questions", nil},
		{"live-questions-host", "lead.willow@northmoor", asked + "/questions", nil},
		{"live-remove", "peer.willow@northmoor", muted + "/messages/" + first + "/remove", nil},
	}
}

// resourcePages are those of the library.
func resourcePages(s *site) []aPage {
	lead, hazel := s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor")
	s.sent(s.over("lead.meadow@eastvale"), "/meadow/settings/rooms/resources", map[string]any{"on": true, "version": 0})
	file := "/willow/resources/" + field(s.t, lead.filed("/willow/resources/files", "x", []byte("%PDF-1.7\n%%EOF\n"), map[string]string{"title": "Our feeding plan, to print", "tags": "feeding"}), "id")
	mine := "/willow/resources/" + field(s.t, s.sent(hazel, "/willow/resources/suggestions", map[string]any{"kind": "organisation", "title": "The toy library", "phone": "01632 960133"}), "id")
	s.sent(lead, mine+"/decide", map[string]any{"accept": false, "answer": "They have closed, sadly. Thank you for thinking of it."})
	thoughts, hub := s.resourceOf("Thoughts that come uninvited"), s.resourceOf("Northmoor Carers Hub")
	s.sent(hazel, thoughts+"/helpful", map[string]any{"helpful": true})
	strange := "/willow/resources/" + field(s.t, s.sent(lead, "/willow/resources", map[string]any{"kind": "link", "title": "Ένα όνομα", "url": "https://www.ελληνικά-με-πολύ-μακρύ-όνομα.example.org/σελίδα"}), "id")
	link := s.resourceOf("NHS: feeling depressed after childbirth")
	return []aPage{
		{"resource-exit", "hazel.willow@northmoor", hub + "/exit", nil},
		{"resource-exit-nhs", "hazel.willow@northmoor", link + "/exit", nil},
		{"resource-exit-letters", "hazel.willow@northmoor", strange + "/exit", nil},
		{"resources", "hazel.willow@northmoor", "/willow/resources", nil},
		{"resources-none", "hazel.willow@northmoor", "/willow/resources?kind=file&tag=nights", nil},
		{"resources-empty", "lead.meadow@eastvale", "/meadow/resources", nil},
		{"resource-article", "hazel.willow@northmoor", thoughts, nil},
		{"resource-article-team", "lead.willow@northmoor", thoughts, nil},
		{"resource-organisation", "hazel.willow@northmoor", hub, nil},
		{"resource-link", "hazel.willow@northmoor", link, nil},
		{"resource-file", "hazel.willow@northmoor", file, nil},
		{"resource-declined", "hazel.willow@northmoor", mine, nil},
		{"resource-suggested", "lead.willow@northmoor", s.resourceOf("A playlist of washing machines"), nil},
		{"resource-suggest", "hazel.willow@northmoor", "/willow/resources/suggest", nil},
		{"resource-suggest-error", "hazel.willow@northmoor", "/willow/resources/suggest", func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }},
		{"resources-mine", "hazel.willow@northmoor", "/willow/resources/mine", nil},
		{"resources-mine-empty", "tansy.willow@northmoor", "/willow/resources/mine", nil},
		{"resources-desk", "lead.willow@northmoor", "/willow/resources/desk", nil},
		{"resources-desk-empty", "lead.meadow@eastvale", "/meadow/resources/desk", nil},
		{"resources-archive", "lead.willow@northmoor", "/willow/resources/archive", nil},
		{"resource-new", "lead.willow@northmoor", "/willow/resources/new?kind=organisation", nil},
		{"resource-new-file", "clinician.willow@northmoor", "/willow/resources/new?kind=file", nil},
		{"resource-edit", "lead.willow@northmoor", file + "/edit", nil},
	}
}

// blogPages are those of blogs.
func blogPages(s *site) []aPage {
	s.sent(s.over("lead.meadow@eastvale"), "/meadow/settings/rooms/blogs", map[string]any{"on": true, "version": 0})
	hazel := s.over("hazel.willow@northmoor")
	var aspen struct{ Posts []struct{ ID, Title string } }
	hazel.getJSON("/willow/blogs/by/aspen", &aspen)
	middle := "/willow/blogs/posts/" + aspen.Posts[1].ID
	var mine struct {
		Posts   []struct{ ID string }
		Waiting []struct{ About string }
	}
	hazel.getJSON("/willow/blogs/by/hazel", &mine)
	var journal struct {
		Posts []struct{ ID, Audience string }
	}
	hazel.getJSON("/willow/blogs/journal", &journal)
	write := "/willow/blogs/write/" + uuid.NewString()
	return []aPage{
		{"blogs", "fern.willow@northmoor", "/willow/blogs", nil},
		{"blogs-empty", "lead.meadow@eastvale", "/meadow/blogs", nil},
		{"blog-of-aspen", "fern.willow@northmoor", "/willow/blogs/by/aspen", nil},
		{"blog-mine", "hazel.willow@northmoor", "/willow/blogs/by/hazel", func(tab *testkit.Tab) { tab.OpenDetails("text=Name your blog") }},
		{"blog-mine-empty", "tansy.willow@northmoor", "/willow/blogs/by/tansy", nil},
		{"blog-name-error", "hazel.willow@northmoor", "/willow/blogs/by/hazel", func(tab *testkit.Tab) {
			tab.OpenDetails("text=Name your blog")
			tab.Fill("#name", strings.Repeat("A name that goes on ", 5))
			tab.Click("form[action$='/blogs/name'] button[type=submit]")
		}},
		{"blog-series", "fern.willow@northmoor", "/willow/blogs/by/aspen/series/a-year-of-it", nil},
		{"blog-post", "fern.willow@northmoor", middle, nil},
		{"blog-post-mine", "hazel.willow@northmoor", "/willow/blogs/posts/" + mine.Posts[0].ID, func(tab *testkit.Tab) { tab.OpenDetails("text=Series and replies") }},
		{"blog-post-no-replies", "fern.willow@northmoor", "/willow/blogs/posts/" + aspen.Posts[2].ID, nil},
		{"blog-waiting", "hazel.willow@northmoor", "/willow/blogs/write/" + mine.Waiting[0].About, nil},
		{"blog-write", "hazel.willow@northmoor", write, func(tab *testkit.Tab) { tab.OpenDetails("text=Series, replies and publishing later") }},
		{"blog-write-error", "hazel.willow@northmoor", write, func(tab *testkit.Tab) {
			tab.Fill("#title", "The list on the fridge")
			tab.Fill("#body", "Toast for tea is allowed.")
			tab.OpenDetails("text=Series, replies and publishing later")
			tab.Fill("#series", "Small permissions")
			tab.Fill("#time", "09:00")
			tab.Click("text=Publish")
			tab.WaitText(".nhsuk-error-summary", "Enter a day")
		}},
		{"blog-journal", "hazel.willow@northmoor", "/willow/blogs/journal", nil},
		{"blog-journal-empty", "tansy.willow@northmoor", "/willow/blogs/journal", nil},
		{"blog-journal-entry", "hazel.willow@northmoor", "/willow/blogs/posts/" + journal.Posts[1].ID, nil},
		{"blog-journal-write", "hazel.willow@northmoor", write + "?journal=true", nil},
		{"blogs-kept", "hazel.willow@northmoor", "/willow/blogs/kept", nil},
		{"blogs-kept-empty", "tansy.willow@northmoor", "/willow/blogs/kept", nil},
	}
}

// trouble pauses a queue and lets tasks fail in the others, once, and loads the page again.
func (s *site) trouble(tab *testkit.Tab) {
	if states, err := s.app.Queue.States(s.t.Context()); err != nil {
		s.t.Fatal(err)
	} else if !states[0].Paused {
		jobstest.Offer(s.t, s.app.Queue, jobs.Default, "message:deliver", 1)
		jobstest.Offer(s.t, s.app.Queue, jobs.Bulk, "digest:send", 5)
		jobstest.Work(s.t, s.app.Queue, "dial tcp 10.0.0.4:587: connect: connection refused; the message for hazel@example.org stays here", func(n int) bool { return n > 1 })
		if err := s.app.Queue.Pause(s.t.Context(), jobs.Safety); err != nil {
			s.t.Fatal(err)
		}
		jobstest.Offer(s.t, s.app.Queue, jobs.Safety, "notice:send", 1)
		s.givesUp()
	}
	tab.Goto(tab.URL())
}

// busy gives Hazel notices, read and unread, and a device.
func (s *site) busy() {
	s.t.Helper()
	hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
	root := threadBy(hazel, "sleep-and-feeding", strings.Repeat("A long title that ", 8))
	for _, v := range []*visitor{fern, s.over("ivy.willow@northmoor")} {
		replyBy(v, root, "Me too, @hazel, and @hazel again.")
		replyBy(v, root, "Me too.")
	}
	host := testkit.StartPushHost(s.t)
	s.app.Outside.Push = s.pushing(host.Host(), host.Roots())
	s.app.Outside.Email = func(context.Context, mail.Message) error { return nil }
	device := host.Subscribe()
	hazel.sendJSON("/willow/notifications/devices", map[string]any{"endpoint": device.Endpoint, "p256dh": device.P256dh, "auth": device.Auth})
	s.settle(1)
	hazel.sendJSON("/willow/notifications/read", nil)
	s.tell("message", uuid.New(), "hazel")
	s.tell("safety_notice", uuid.New(), "hazel")
	replyBy(fern, root, "Still me.")
	s.settle(1)
}

// governed gives the trust's administrator something to look at.
func (s *site) governed() {
	s.t.Helper()
	admin := s.over("admin@northmoor")
	s.sent(admin, "/trust/policy/change", map[string]any{"permission": "forums.start", "role": "carer", "service": "willow", "effect": "deny"})
	s.sent(admin, "/trust/holds", map[string]any{"service": "willow", "handle": "nettle", "reason": "Coroner’s inquiry 2026/118"})
	s.sent(s.over("nettle.willow@northmoor"), "/account/data/leave", map[string]any{"words": "keep", "when": "tomorrow"})
	s.sent(s.over("ivy.willow@northmoor"), "/account/data/export", nil)
	s.settle(1)
	s.comesRound("audit")
}

var screens = os.Getenv("SHARON_SCREENS")

// pagesOfATab is how many pages a tab is shown: after dozens it becomes slow.
const pagesOfATab = 8

func TestEveryPageIsAccessibleAndFits(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.open(t, pages(s), func(t *testing.T, tab *testkit.Tab, page aPage) { s.look(t, tab, page) })
}

// A member's pages and the console's hold all that there is in a page.
func TestTheDarkSchemeIsAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	some := slices.DeleteFunc(pages(s), func(page aPage) bool {
		return page.account != "hazel.willow@northmoor" && !strings.HasSuffix(page.account, "@sharon")
	})
	s.open(t, some, func(t *testing.T, tab *testkit.Tab, page aPage) {
		tab.Goto(s.address(page.account) + page.path)
		for _, violation := range tab.Contrast() {
			t.Error(violation)
		}
	}, testkit.Dark())
}

// open shows pages to their accounts, a few in each tab.
func (s *site) open(t *testing.T, pages []aPage, look func(*testing.T, *testkit.Tab, aPage), options ...testkit.TabOption) {
	byAccount := map[string][]aPage{}
	for _, page := range pages {
		byAccount[page.account] = append(byAccount[page.account], page)
	}
	for account, pages := range byAccount {
		for some := range slices.Chunk(pages, pagesOfATab) {
			t.Run(account, func(t *testing.T) {
				t.Parallel()
				tab := testkit.Browser(t, options...)
				s.enter(tab, account)
				for _, page := range some {
					t.Run(page.name, func(t *testing.T) { look(t, tab, page) })
				}
			})
		}
	}
}

func (s *site) look(t *testing.T, tab *testkit.Tab, page aPage) { s.lookAt(t, tab, page, 390, 1280) }

func (s *site) lookAt(t *testing.T, tab *testkit.Tab, page aPage, widths ...int) {
	for i, width := range widths {
		tab.Size(width, 844)
		if i == 0 || page.do != nil { // otherwise the page is as it was, only wider
			tab.Goto(s.address(page.account) + page.path)
		}
		if page.do != nil {
			page.do(tab)
		}
		tab.Eval("scrollTo(0, 0)", nil) // what the bar at the top covers can be scrolled to
		for _, violation := range tab.Axe() {
			t.Errorf("%s at %d: %s", page.name, width, violation)
		}
		var over int
		tab.Eval("document.documentElement.scrollWidth - document.documentElement.clientWidth", &over)
		if over > 0 {
			t.Errorf("%s at %d is %d pixels too wide", page.name, width, over)
		}
		if screens != "" {
			s.frame(tab, width)
			tab.Screenshot(filepath.Join(screens, page.name+"-"+strconv.Itoa(width)+".png"))
		}
	}
	for _, problem := range tab.Problems() {
		t.Errorf("%s: %s", page.name, problem)
	}
}

// frame makes the window as tall as the page, within reason, so that what sticks
// to its edges is where a person would see it.
func (s *site) frame(tab *testkit.Tab, width int) {
	var height int
	tab.Eval("document.documentElement.scrollHeight", &height)
	tab.Size(width, max(844, min(height, 1600)))
}

// address is where an account's trust lives, for a browser.
func (s *site) address(account string) string {
	if !strings.Contains(account, "@") {
		return "http://localhost:" + s.port
	}
	return "http://" + houseOf(account) + ".localhost:" + s.port
}

// enter signs a browser in through the page.
func (s *site) enter(tab *testkit.Tab, account string) {
	name, _, _ := strings.Cut(account, "@")
	if name == "" {
		return
	}
	tab.Goto(s.address(account) + "/sign-in")
	tab.Fill("#email", account+".example")
	tab.Fill("#password", demo.Password)
	tab.Click("main button[type=submit]")
}

func (s *site) threadOf(title string) string {
	s.t.Helper()
	v := s.over("lead.willow@northmoor")
	var boards struct{ Boards []struct{ Slug string } }
	v.getJSON("/willow/forums", &boards)
	for _, board := range boards.Boards {
		var page struct {
			Threads []struct {
				Post struct{ ID, Title string }
			}
		}
		v.getJSON("/willow/forums/boards/"+board.Slug, &page)
		for _, thread := range page.Threads {
			if thread.Post.Title == title {
				return thread.Post.ID
			}
		}
	}
	s.t.Fatalf("no thread %q in the demo", title)
	return ""
}

func (s *site) boardOf(account, service string) string {
	s.t.Helper()
	var boards struct{ Boards []struct{ Slug string } }
	s.over(account).getJSON("/"+service+"/forums", &boards)
	if len(boards.Boards) == 0 {
		s.t.Fatalf("%s has no boards", service)
	}
	return boards.Boards[0].Slug
}

func (s *site) handleOf(account string) string {
	s.t.Helper()
	_, service, _ := strings.Cut(account[:strings.Index(account, "@")], ".")
	return strings.ToLower(field(s.t, s.over(account).getJSON("/"+service+"/me", nil), "person", "handle"))
}

// wallPostOf writes on a member's own wall, changes it once, and returns its id.
func (s *site) wallPostOf(account, handle string) string {
	s.t.Helper()
	v := s.as(account)
	path := v.post("/willow/walls/"+handle, url.Values{"body": {"Three hours in a row. I do not want to say it too loud."}}).location()
	id := path[strings.LastIndex(path, "#post-")+len("#post-"):]
	v.post("/willow/posts/"+id+"/edit", url.Values{"version": {"1"}, "body": {"Three hours in a row! I do not want to say it too loud."}})
	return id
}

func (s *site) replyIn(thread string) string {
	s.t.Helper()
	var opened struct{ Replies []struct{ ID string } }
	s.over("lead.willow@northmoor").getJSON(thread, &opened)
	if len(opened.Replies) == 0 {
		s.t.Fatalf("no replies in %s", thread)
	}
	return opened.Replies[0].ID
}
