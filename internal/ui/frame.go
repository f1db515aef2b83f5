// Package ui holds what every page is made of: the shell, form fields, avatars,
// times in words. It is given plain data and knows nothing of rooms or rules.
package ui

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// Frame is what the shell around a page shows: where we are and who looks.
type Frame struct {
	Trust     string
	Service   string // empty on the trust's own pages
	About     string
	Accent    string // six hexadecimal digits
	Home      string // path of the service, such as /willow
	Module    string // key of the room that the page belongs to
	Path      string
	Here      string // path and query of the page, escaped, for a link that leads back
	Host      string // whose pages these are, without port
	Rooms     []Room
	Viewer    *Viewer
	Session   string // tells drafts of one session from those of the next
	Signed    bool   // on error pages: somebody seems to be signed in
	ForAll    bool   // the same for everybody, so that a browser may keep it: it does not say who looks
	FormToken string
	Stream    string // path of the page's live events, with ?last= if it has any; empty for none
	Team      string // "The team is here until 5pm"
	TeamHere  bool
	Bars      []Bar
	App       *App  // how these pages are an app; nil where they are none
	Lock      *Lock // what shuts the page when nobody does anything; nil for nothing
	Now       time.Time
	May       func(permission string) bool
}

// Room is an entry of the navigation.
type Room struct {
	Key, Name, Icon, Path string
	Compose               string // path of the page where something new is written; may be empty
	Tab                   bool   // has a place of its own in the phone's bottom bar
	Corner                bool   // belongs to the person or the team, below the rooms
	Counted               bool   // shows how much is unread
	Search                bool   // has a box for words in the bar at the top, where there is room
	Bar                   bool   // on a phone also an icon in the bar at the top
	OfPost                *Offer // what it offers to do about somebody else's post; nil for nothing
}

// Bar is a line at the top of each page of somebody, with the way to where it is
// explained; Path is below the service.
type Bar struct{ Icon, Words, Link, Path string }

// App is how pages look on somebody's home screen.
type App struct {
	Name, Colour string // of the icon: six hexadecimal digits
	Badge        bool   // the icon says how much is unread
}

// Lock is what opens a page again that nobody has used for some time: a PIN, or
// else a passkey.
type Lock struct {
	PIN   bool
	After time.Duration
}

// Offer is something to do about a post, whose id completes the path.
type Offer struct{ Name, Icon, Path string }

// Viewer is who looks at the page.
type Viewer struct {
	ID          uuid.UUID
	Handle, Key string
	Avatar      int
}

type frameKey struct{}

// WithFrame gives a context its frame.
func WithFrame(ctx context.Context, frame *Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, frame)
}

var bare = &Frame{May: func(string) bool { return false }}

// FrameOf returns the page's frame, an empty one if there is none.
func FrameOf(ctx context.Context) *Frame {
	if frame, ok := ctx.Value(frameKey{}).(*Frame); ok {
		return frame
	}
	return bare
}

// SignedIn tells whether somebody looks who has signed in.
func (f *Frame) SignedIn() bool { return f.Session != "" || f.Signed }

// Path turns a path of the service into one of the trust: /forums to /willow/forums.
func Path(ctx context.Context, path string) string { return FrameOf(ctx).Home + path }

// May tells whether the viewer may do permission; use it to leave out buttons.
func May(ctx context.Context, permission string) bool { return FrameOf(ctx).May(permission) }

// Offers are what the rooms offer to do about somebody else's post.
func Offers(ctx context.Context) (offers []*Offer) {
	for _, room := range FrameOf(ctx).Rooms {
		if room.OfPost != nil {
			offers = append(offers, room.OfPost)
		}
	}
	return offers
}

// IsMe tells whether a member is the viewer.
func IsMe(ctx context.Context, member uuid.UUID) bool {
	viewer := FrameOf(ctx).Viewer
	return viewer != nil && viewer.ID == member
}

// When says a time as people do: "12 minutes ago", "Today, 03:12",
// "Yesterday, 21:40", "4 November, 09:15", "4 November 2025".
func When(ctx context.Context, t time.Time) string {
	now, t := FrameOf(ctx).Now.In(clock.London), t.In(clock.London)
	switch past := now.Sub(t); {
	case past < 0 || past >= 365*24*time.Hour:
		return t.Format("2 January 2006")
	case past < time.Minute:
		return "just now"
	case past < time.Hour:
		return Count(int(past.Minutes()), "minute", "minutes") + " ago"
	case sameDay(now, t):
		return "today, " + t.Format("15:04")
	case sameDay(now.AddDate(0, 0, -1), t):
		return "yesterday, " + t.Format("15:04")
	}
	return t.Format("2 January, 15:04")
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }

// Date is a day as we write it: 4 November 2026.
func Date(t time.Time) string { return t.In(clock.London).Format("2 January 2006") }

// At is a moment to come: Thursday 5 November 2026 at 09:00.
func At(t time.Time) string { return t.In(clock.London).Format("Monday 2 January 2006 at 15:04") }

// Count is a number with its word.
func Count(n int, one, many string) string { return strconv.Itoa(n) + " " + Word(n, one, many) }

// Word is the word for so many.
func Word(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
