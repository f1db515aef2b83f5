package live

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// admits tells whether the actor may come to the session.
func (x Session) admits(s tenants.Scope) bool {
	return s.May("live.read") && slices.Contains(s.Actor.Roles.Audiences(), x.Audience)
}

// Lately asks for a page of past sessions.
type Lately struct {
	Before posts.Cursor `json:"before,omitempty"`
}

// Listed are the sessions that the actor may come to.
type Listed struct {
	Now    []Session `json:"now"`
	Coming []Session `json:"coming"` // the soonest first, also those that were cancelled
	Past   []Session `json:"past"`   // the latest first
	Older  string    `json:"older,omitempty"`
}

// List lists sessions: those that go on, those to come and a page of the past.
func (l Live) List(ctx context.Context, s tenants.Scope, in Lately) (Listed, error) {
	var out Listed
	if in.Before.Zero() {
		ahead, err := going(ctx, s)
		if err != nil {
			return Listed{}, err
		}
		for _, x := range ahead {
			if x.State == Coming || x.State == Off {
				out.Coming = append(out.Coming, x)
			} else {
				out.Now = append(out.Now, x)
			}
		}
	}
	q := mine(s, s.Select(&out.Past)).Where("NOT "+ahead, s.Now, s.Now).Order("live.starts_at DESC", "live.id DESC").Limit(posts.PageSize + 1)
	if !in.Before.Zero() {
		q.Where("(live.starts_at, live.id) < (?, ?)", in.Before.At, in.Before.ID)
	}
	if err := q.Scan(ctx); err != nil {
		return Listed{}, err
	}
	if len(out.Past) > posts.PageSize {
		out.Past = out.Past[:posts.PageSize]
		last := out.Past[posts.PageSize-1]
		out.Older = posts.Cursor{At: last.StartsAt, ID: last.ID}.String()
	}
	if err := dress(ctx, s, out.Past); err != nil {
		return Listed{}, err
	}
	var all []*Session
	for _, some := range [][]Session{out.Now, out.Coming, out.Past} {
		for i := range some {
			all = append(all, &some[i])
		}
	}
	return out, veil(ctx, s, all...)
}

// pageSize is how many messages a page has.
const pageSize = 100

// Look asks for a session and a page of what was said: the latest of an open
// one and the first of a past one, those before a message, or those after it.
type Look struct {
	ID     uuid.UUID `path:"id"`
	After  int       `json:"after,omitempty" validate:"gte=0"`
	Before int       `json:"before,omitempty" validate:"gte=0"`
}

// Talk is a page of what was said.
type Talk struct {
	Messages []Message `json:"messages"`
	Earlier  int       `json:"earlier,omitempty"` // there is more before this message
	Later    int       `json:"later,omitempty"`   // there is more after this one
	from     int       // what the page follows
	newest   bool      // nothing was said after it
}

// upTo is the number of the last message of the page.
func (t Talk) upTo() int {
	if len(t.Messages) == 0 {
		return t.from
	}
	return t.Messages[len(t.Messages)-1].Seq
}

// Shown is a session as the actor sees it.
type Shown struct {
	Session
	Talk
	Pinned *Message   `json:"pinned,omitempty"`
	Picked []Question `json:"picked"` // questions that the hosts are answering
	// Shut says why the actor cannot write; empty if they can.
	Shut  string           `json:"shut,omitempty"`
	Muted []tenants.Person `json:"muted,omitempty"` // for hosts and the team
	// Private says that only the team reads what was said.
	Private    bool `json:"private,omitempty"`
	Hosting    bool `json:"hosting"` // the actor is a host
	Steers     bool `json:"steers"`  // and has the host's tools
	MayChange  bool `json:"may_change"`
	Reminded   bool `json:"reminded"`
	Remindable bool `json:"remindable"`
}

// Show reads a session with what is to be seen of it now.
func (l Live) Show(ctx context.Context, s tenants.Scope, in Look) (Shown, error) {
	x, err := find(ctx, s, in.ID)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Session: x, Hosting: x.host(s) != nil, Steers: x.steers(s), MayChange: x.canChange(s) == nil && s.May("live.host"), Remindable: x.remindable(s.Now)}
	out.Private = x.State == Over && !x.Transcript && s.Actor.Roles.Staff()
	if out.Reminded, err = reminded(ctx, s, x); err != nil {
		return Shown{}, err
	}
	all, err := questions(ctx, s, x)
	if err != nil {
		return Shown{}, err
	}
	out.Picked = pickedOf(x, all)
	if !x.readable(s) {
		return out, veil(ctx, s, &out.Session)
	}
	muted, err := isMuted(ctx, s, x)
	if err != nil {
		return Shown{}, err
	}
	out.Shut = shut(s, x, muted)
	if out.Steers {
		if out.Muted, err = mutedIn(ctx, s, x); err != nil {
			return Shown{}, err
		}
	}
	if out.Pinned, err = pinned(ctx, s, x); err != nil {
		return Shown{}, err
	}
	if out.Talk, err = talk(ctx, s, x, in); err != nil {
		return Shown{}, err
	}
	return out, veil(ctx, s, &out.Session)
}

// readable tells whether what was said can be read now: while it is open, and
// afterwards if a transcript is kept or by the team.
func (x Session) readable(s tenants.Scope) bool {
	return x.State == Open || x.State == Over && (x.Transcript || s.Actor.Roles.Staff())
}

// pickedOf are the questions to show with what is said: those being answered,
// and afterwards those that were.
func pickedOf(x Session, all []Question) []Question {
	if x.State == Over {
		return only(all, Taken, Answered)
	}
	return only(all, Taken)
}

func pinned(ctx context.Context, s tenants.Scope, x Session) (*Message, error) {
	if x.PinnedSeq == 0 || x.State != Open {
		return nil, nil
	}
	var found []Message
	err := shown(s, &found, x).Where("message.seq = ?", x.PinnedSeq).Where("message.removed_at IS NULL").Scan(ctx)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// talk reads a page of what was said.
func talk(ctx context.Context, s tenants.Scope, x Session, at Look) (Talk, error) {
	out := Talk{from: at.After}
	latest := at.Before > 0 || at.After == 0 && x.State == Open
	q := shown(s, &out.Messages, x).Limit(pageSize + 1)
	if latest {
		q.Order("message.seq DESC")
		if at.Before > 0 {
			q.Where("message.seq < ?", at.Before)
		}
	} else {
		q.Order("message.seq").Where("message.seq > ?", at.After)
	}
	if err := q.Scan(ctx); err != nil {
		return Talk{}, err
	}
	more := len(out.Messages) > pageSize
	out.newest = at.Before == 0 && (latest || !more)
	if more {
		out.Messages = out.Messages[:pageSize]
	}
	if latest {
		slices.Reverse(out.Messages)
	}
	switch {
	case latest && more:
		out.Earlier = out.Messages[0].Seq
	case !latest && more:
		out.Later = out.upTo()
	}
	return out, nil
}

// Since is what was said after a message, for a page that is open.
type Since struct {
	Session Session `json:"session"`
	Steers  bool    `json:"steers"`
	Talk
}

// Since reads what was said after a message; nothing if it cannot be read (any more).
func (l Live) Since(ctx context.Context, s tenants.Scope, in Asked) (Since, error) {
	x, err := find(ctx, s, in.ID)
	if err != nil {
		return Since{}, err
	}
	out := Since{Session: x, Steers: x.steers(s), Talk: Talk{from: in.After}}
	if x.readable(s) {
		err = shown(s, &out.Messages, x).Where("message.seq > ?", in.After).Order("message.seq").Limit(pageSize).Scan(ctx)
	}
	if err != nil {
		return Since{}, err
	}
	return out, veil(ctx, s, &out.Session)
}

// Asked says after which message.
type Asked struct {
	ID    uuid.UUID `path:"id"`
	After int       `json:"after,omitempty" validate:"gte=0"`
}
