package notifications

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

const (
	pageSize = 20
	// mostGroups is where counting stops: a badge says 99+.
	mostGroups = 100
)

// Cursor is a place in the list of notices: the unread come first. Its text is opaque.
type Cursor struct {
	Unread bool
	ID     uuid.UUID
}

// MarshalText implements encoding.TextMarshaler.
func (c Cursor) MarshalText() ([]byte, error) {
	if c.ID == uuid.Nil {
		return nil, nil
	}
	return []byte(strconv.FormatBool(c.Unread)[:1] + c.ID.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Cursor) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	id, err := uuid.ParseBytes(text[1:])
	if err != nil || text[0] != 't' && text[0] != 'f' {
		return errors.New("not a place in the list")
	}
	*c = Cursor{text[0] == 't', id}
	return nil
}

// Lately asks for a page of notices.
type Lately struct {
	Before Cursor `json:"before,omitempty"`
}

// Entry is what the list shows as one: "Fern and 3 others replied in …".
type Entry struct {
	// ID is that of the latest notice in it.
	ID     uuid.UUID       `json:"id"`
	Kind   string          `json:"kind"`
	Says   string          `json:"says"`
	Actor  *tenants.Person `json:"actor,omitempty"` // the latest
	Count  int             `json:"count"`
	Unread bool            `json:"unread"`
	At     time.Time       `json:"at"`
}

// List is a page of notices.
type List struct {
	Entries []Entry `json:"notices"`
	// Unread is how many there are in all, 100 at the most.
	Unread int    `json:"unread"`
	Older  string `json:"older,omitempty"`
}

// List shows what is new to the actor and what was, as they may see it now.
func (n *Notifications) List(ctx context.Context, s tenants.Scope, in Lately) (List, error) {
	groups, err := n.groups(ctx, s, wanted{before: in.Before, limit: pageSize + 1})
	if err != nil {
		return List{}, err
	}
	out := List{}
	if len(groups) > pageSize {
		groups = groups[:pageSize]
		older, _ := Cursor{groups[pageSize-1].Unread, groups[pageSize-1].Latest}.MarshalText() // never fails
		out.Older = string(older)
	}
	if out.Entries, err = n.entries(ctx, s, groups); err != nil {
		return List{}, err
	}
	out.Unread, err = n.Unread(ctx, s)
	return out, err
}

// entries puts groups into words.
func (n *Notifications) entries(ctx context.Context, s tenants.Scope, groups []group) ([]Entry, error) {
	latest, about := make([]uuid.UUID, len(groups)), make([]uuid.UUID, len(groups))
	for i, g := range groups {
		latest[i], about[i] = g.Latest, g.AboutID
	}
	notices, err := noticesOf(ctx, s, latest)
	if err != nil {
		return nil, err
	}
	titles, err := n.posts.Titles(ctx, s, about)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(groups))
	for i, g := range groups {
		k, _ := kindOf(g.Kind)
		last := notices[g.Latest]
		entries[i] = Entry{ID: g.Latest, Kind: g.Kind, Actor: last.Actor, Count: g.Notices, Unread: g.Unread, At: last.CreatedAt,
			Says: k.says(who(last.Actor, g.Actors), titles[g.AboutID])}
	}
	return entries, nil
}

// who is "Fern", "Fern and 3 others", or "Somebody".
func who(last *tenants.Person, actors int) string {
	name := "Somebody"
	if last != nil {
		name = last.Handle
	}
	if actors > 1 {
		name += " and " + ui.Count(actors-1, "other", "others")
	}
	return name
}

// Unread counts what is new to the actor, as the page shows it; 100 at the most.
func (n *Notifications) Unread(ctx context.Context, s tenants.Scope) (int, error) {
	if s.Actor.Member == nil {
		return 0, nil
	}
	groups, err := n.groups(ctx, s, wanted{unread: true, limit: mostGroups})
	return len(groups), err
}

// ByID names a notice.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Opened is where a notice leads.
type Opened struct {
	Path string `json:"path"`
}

// Open marks as read what a notice is about, and leads there.
func (n *Notifications) Open(ctx context.Context, s tenants.Scope, in ByID) (Opened, error) {
	notice, err := noticeOf(ctx, s, in.ID)
	if err != nil {
		return Opened{}, err
	}
	return Opened{"/" + s.Service.Slug + notice.Path}, read(ctx, s, &notice.AboutID)
}

// Counted is how much is new.
type Counted struct {
	Unread int `json:"unread"`
}

// ReadAll marks everything as read.
func (n *Notifications) ReadAll(ctx context.Context, s tenants.Scope, _ web.None) (Counted, error) {
	return Counted{}, read(ctx, s, nil)
}

// read marks notices and has the actor's open pages count anew.
func read(ctx context.Context, s tenants.Scope, about *uuid.UUID) error {
	marked, err := markRead(ctx, s, about)
	if err != nil || marked == 0 {
		return err
	}
	return s.Emit(ctx, modules.Recount, tenants.Event{Subject: s.Actor.ID(), Readers: tenants.NewIDs(s.Actor.ID())})
}

// opened marks as read, once the page is sent, what the page shows.
func (n *Notifications) opened(ctx context.Context, s tenants.Scope, about uuid.UUID) error {
	if s.Actor.Member == nil {
		return nil
	}
	some, err := anyUnread(ctx, s, about)
	if some {
		s.After(func(ctx context.Context, s tenants.Scope) error { return read(ctx, s, &about) })
	}
	return err
}

// counted says groups as a digest does: "3 new replies, 1 message".
func counted(groups []group) string {
	var parts []string
	for _, k := range kinds {
		for _, g := range groups {
			if g.Kind == k.key {
				parts = append(parts, ui.Count(g.Notices, k.one, k.many))
			}
		}
	}
	return strings.Join(parts, ", ")
}
