package live

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// clockWords is an hour as we write it: 19:30.
func clockWords(t time.Time) string { return t.In(clock.London).Format("15:04") }

// dayWords is a day as people say it, seen from now.
func dayWords(now, t time.Time) string {
	now, t = now.In(clock.London), t.In(clock.London)
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	switch int(day(t).Sub(day(now)).Hours() / 24) {
	case 0:
		return "Today"
	case 1:
		return "Tomorrow"
	case -1:
		return "Yesterday"
	}
	if t.Year() != now.Year() {
		return t.Format("Monday 2 January 2006")
	}
	return t.Format("Monday 2 January")
}

// whenWords is when a session is: "Tomorrow, 19:30 to 20:30".
func whenWords(now time.Time, x Session) string {
	return dayWords(now, x.StartsAt) + ", " + clockWords(x.StartsAt) + " to " + clockWords(x.EndsAt())
}

// seconds says a wait in words.
func seconds(n int) string {
	if n < 120 {
		return ui.Count(n, "second", "seconds")
	}
	return ui.Count((n+59)/60, "minute", "minutes")
}

// hostWords names the hosts: "Bramble and Sorrel".
func hostWords(hosts []Host) string {
	names := make([]string, len(hosts))
	for i, host := range hosts {
		names[i] = host.Person.Handle
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func hereOf(x Session) (here []Host) {
	for _, host := range x.Hosts {
		if host.Here {
			here = append(here, host)
		}
	}
	return here
}

// meHere tells whether the viewer is a host who is checked in.
func meHere(ctx context.Context, x Session) bool {
	for _, host := range hereOf(x) {
		if ui.IsMe(ctx, host.MemberID) {
			return true
		}
	}
	return false
}

// tags are a state in two words and the colour of its tag.
var tags = map[State]struct{ words, class string }{
	Coming:  {"Coming", "tag--accent"},
	Soon:    {"Opens soon", "tag--accent"},
	Waiting: {"Waiting for the host", "tag--warn"},
	Open:    {"Open now", "tag--ok"},
	Over:    {"Over", "tag--plain"},
	Missed:  {"Did not happen", "tag--plain"},
	Off:     {"Cancelled", "tag--warn"},
}

// endings say how a session ended.
var endings = map[Ending]string{
	HostsLeft: "It closed five minutes after its host had left.",
	ByHost:    "A host closed it.",
}

func at(ctx context.Context, x Session, rest string) string {
	return ui.Path(ctx, "/live/"+x.ID.String()+rest)
}

// follow lets a piece of the page be brought up to date from path when
// something of these kinds happens in the session.
func follow(x Session, path string, kinds ...tenants.Kind) templ.Attributes {
	keys := make([]string, len(kinds))
	for i, kind := range kinds {
		keys[i] = kind.Key
	}
	return templ.Attributes{"data-live": strings.Join(keys, " "), "data-live-about": x.ID.String(), "data-live-get": path}
}

// afresh is the session's page at an address that differs each time: a link to
// the very address where one is would not load it again.
func afresh(ctx context.Context, x Session) string {
	return at(ctx, x, "?at="+strconv.FormatInt(ui.FrameOf(ctx).Now.Unix(), 10)+"#live-say")
}

func piece(from int) string { return "live-after-" + strconv.Itoa(from) }

func audienceOptions(all []tenants.Audience) []ui.Option {
	options := make([]ui.Option, len(all))
	for i, audience := range all {
		options[i] = ui.Option{Value: string(audience), Label: audience.Name()}
	}
	return options
}

func hostOptions(people []tenants.Person) []ui.Option {
	options := make([]ui.Option, len(people))
	for i, person := range people {
		options[i] = ui.Option{Value: person.HandleKey, Label: person.Handle, Own: true, Hint: person.Roles.Badge().Name()}
	}
	return options
}

func hostKeys(form Form) (keys []string) {
	for _, person := range form.People {
		for _, host := range form.Session.Hosts {
			if host.MemberID == person.ID {
				keys = append(keys, person.HandleKey)
			}
		}
	}
	return keys
}

func isNew(x Session) bool { return x.Version == 0 }

func formAction(ctx context.Context, x Session) string {
	if isNew(x) {
		return ui.Path(ctx, "/live")
	}
	return at(ctx, x, "/edit")
}

// stale tells whether the form came back because somebody else was faster.
func stale(ctx context.Context) bool {
	refused := web.Refused(ctx)
	return refused != nil && refused.Code == fault.Conflict
}

// groups are the questions as hosts go through them.
var groups = []struct {
	state       QuestionState
	title, none string
}{
	{Unpicked, "To choose from", "No question waits."},
	{Taken, "Taken", "You have not taken a question yet."},
	{Answered, "Answered", ""},
	{SetAside, "Set aside", ""},
}

// moves are what can be done about a question in a state.
var moves = map[QuestionState][]struct {
	to    QuestionState
	words string
}{
	Unpicked: {{Taken, "Take"}, {SetAside, "Set aside"}},
	Taken:    {{Answered, "Answered"}, {Unpicked, "Put back"}},
	Answered: {{Taken, "Take again"}},
	SetAside: {{Unpicked, "Put back"}},
}

// picked says to whoever asked what has become of their question.
var picked = map[QuestionState]struct{ words, class string }{
	Unpicked: {"With the hosts", "tag--plain"},
	Taken:    {"Will be answered", "tag--accent"},
	Answered: {"Answered", "tag--ok"},
	SetAside: {"Not this time", "tag--plain"},
}

// readableNow tells whether the page shows what was said.
func (p Shown) readableNow() bool {
	return p.State == Open || p.State == Over && (p.Transcript || p.Private)
}

// logRole lets a screen reader say what comes while the session is open.
func logRole(page Shown) templ.Attributes {
	if page.State != Open {
		return nil
	}
	return templ.Attributes{"role": "log", "aria-label": "Messages", "tabindex": "0"}
}

func isHost(x Session, m Message) bool {
	return slices.ContainsFunc(x.Hosts, func(h Host) bool { return h.MemberID == m.AuthorID })
}

func slowWords(page Shown) string {
	if page.SlowSeconds == 0 || page.Steers {
		return ""
	}
	return "Slow mode: one message every " + seconds(page.SlowSeconds) + "."
}

// sending lets the page stay where it is while a message is sent: the answer
// brings the log with it and the form anew.
func sending(ctx context.Context, x Session) templ.Attributes {
	return templ.Attributes{"hx-post": at(ctx, x, "/messages"), "hx-target": "#live-say", "hx-select": "#live-say > *", "hx-select-oob": "#live-log", "hx-swap": "innerHTML"}
}
