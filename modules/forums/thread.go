package forums

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Row is what a thread has beside its post.
type Row struct {
	bun.BaseModel `bun:"table:threads,alias:thread"`
	tenants.InService

	PostID   uuid.UUID `bun:"post_id,pk,type:uuid" json:"-"`
	PlaceID  uuid.UUID `bun:"place_id,type:uuid" json:"-"`
	Pinned   bool      `bun:"pinned" json:"pinned"`
	Locked   bool      `bun:"locked" json:"locked"`
	Answered bool      `bun:"answered" json:"answered"`
	ActiveAt time.Time `bun:"active_at" json:"active_at"`
	ActiveBy uuid.UUID `bun:"active_by,type:uuid" json:"-"`
	Version  int       `bun:"version" json:"version"`

	Post   *posts.Post `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:post_id=id" json:"post,omitempty"`
	ReadAt *time.Time  `bun:"read_at,scanonly" json:"read_at,omitempty"`
	Unread bool        `bun:"-" json:"unread"`
}

// CanReply tells why s may not reply; nil if they may. The team can still close
// a locked thread with a word.
func (r Row) CanReply(s tenants.Scope) error {
	if r.Locked && !s.Actor.Roles.Staff() {
		return fault.New(fault.Forbidden, "This thread was closed, so nobody can reply to it now. You can start a new one.")
	}
	return nil
}

// Opened is a thread as the actor sees it.
type Opened struct {
	posts.Thread
	Row Row `json:"thread"`
	// Shut says why the actor cannot reply; empty if they can.
	Shut string `json:"shut,omitempty"`
}

// Thread reads a thread and notes that it was read this far.
func (f Forums) Thread(ctx context.Context, s tenants.Scope, in posts.Asked) (Opened, error) {
	row, root, err := f.find(ctx, s, in.ID)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Row: row}
	if err := out.Row.CanReply(s); err != nil {
		out.Shut = "This thread is closed. You can read it, and start a new one."
	}
	if out.Thread, err = f.posts.Thread(ctx, s, root, in); err != nil {
		return Opened{}, err
	}
	if unread(s, out.Row) {
		seen := out.Row.ActiveAt
		if out.Later != "" {
			seen = out.Replies[len(out.Replies)-1].PublishedAt
		}
		s.After(func(ctx context.Context, s tenants.Scope) error { return markRead(ctx, s, root.ID, seen) })
	}
	return out, nil
}

// Start is a new thread.
type Start struct {
	Board string `json:"board" validate:"required,max=60" label:"a board"`
	Title string `json:"title" validate:"filled,max=150" label:"a title"`
	Body  string `json:"body" validate:"filled,max=10000" label:"your words"`
	posts.Extras
}

// Start begins a thread on a board.
func (f Forums) Start(ctx context.Context, s tenants.Scope, in Start) (posts.Post, error) {
	if err := mayStart(s); err != nil {
		return posts.Post{}, err
	}
	board, err := f.posts.Place(ctx, s, key, in.Board)
	if database.Missing(err) {
		return posts.Post{}, fault.Bad("board", "Choose one of the boards.")
	} else if err != nil {
		return posts.Post{}, err
	}
	post, err := f.posts.Publish(ctx, s, board, posts.Draft{Kind: kind, Module: key, Title: in.Title, Body: in.Body, Extras: in.Extras})
	if err != nil {
		return posts.Post{}, err
	}
	row := Row{PostID: post.ID, PlaceID: board.ID, ActiveAt: s.Now, ActiveBy: post.AuthorID, Version: 1}
	_, err = s.Insert(&row).Exec(ctx)
	return post, err
}

// Beginning is the form of a new thread.
type Beginning struct {
	Board  string        `json:"board,omitempty"`
	Boards []posts.Place `json:"boards"`
	Desk   posts.Desk    `json:"desk"`
}

// Chosen is the board that a new thread is meant for.
type Chosen struct {
	Board string `json:"board,omitempty" validate:"max=60"`
	posts.Written
}

// Beginning lists the boards on which the actor may start a thread.
func (f Forums) Beginning(ctx context.Context, s tenants.Scope, in Chosen) (Beginning, error) {
	if err := mayStart(s); err != nil {
		return Beginning{}, err
	}
	out := Beginning{Board: in.Board}
	var err error
	if out.Desk, err = f.posts.Desk(ctx, s, kind, uuid.Nil, in.Written); err != nil {
		return Beginning{}, err
	}
	boards, err := readable(ctx, s)
	for _, board := range boards {
		if board.CanPost(s) == nil {
			out.Boards = append(out.Boards, board.Place)
		}
	}
	return out, err
}

// Steer is what a peer supporter or the team does about a thread.
type Steer struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=0"`
	Pinned  bool      `json:"pinned"`
	Locked  bool      `json:"locked"`
	Board   string    `json:"board" validate:"required,max=60" label:"a board"`
}

// Steered is the thread after it.
type Steered struct {
	ID     uuid.UUID     `json:"id"`
	Row    Row           `json:"thread"`
	Post   posts.Post    `json:"post"`
	Boards []posts.Place `json:"boards"`
}

// ByID names a thread.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Steering reads a thread for whoever may steer it.
func (f Forums) Steering(ctx context.Context, s tenants.Scope, in ByID) (Steered, error) {
	row, post, err := f.find(ctx, s, in.ID)
	if err != nil {
		return Steered{}, err
	}
	boards, err := readable(ctx, s)
	out := Steered{ID: post.ID, Row: row, Post: post}
	for _, board := range boards {
		// A move never makes words visible to people who could not read them
		// before, nor does it go where one may not write.
		if board.Audience == post.Audience && (board.CanPost(s) == nil || board.ID == row.PlaceID) {
			out.Boards = append(out.Boards, board.Place)
		}
	}
	return out, err
}

// Steer pins, locks or moves a thread; saying the same twice changes nothing.
func (f Forums) Steer(ctx context.Context, s tenants.Scope, in Steer) (Steered, error) {
	if err := f.posts.Alone(ctx, s, in.ID); err != nil {
		return Steered{}, err
	}
	now, err := f.Steering(ctx, s, ByID{in.ID})
	if err != nil {
		return Steered{}, err
	}
	if now.Row.Version != in.Version {
		return Steered{}, fault.Stale()
	}
	at := slices.IndexFunc(now.Boards, func(board posts.Place) bool { return board.Slug == in.Board })
	if at < 0 {
		return Steered{}, fault.Bad("board", "Choose a board that the same people can read and that you can write on.")
	}
	to := now.Boards[at]
	if err := pinnable(ctx, s, now.Row, in, to); err != nil {
		return Steered{}, err
	}
	err = tenants.Touched(s.Update((*Row)(nil)).Set("pinned = ?", in.Pinned).Set("locked = ?", in.Locked).
		Set("place_id = ?", to.ID).Set("version = version + 1").Where("post_id = ?", in.ID).Exec(ctx))
	if err != nil {
		return Steered{}, err
	}
	if to.ID != now.Row.PlaceID {
		if err := f.posts.Move(ctx, s, now.Post, to); err != nil {
			return Steered{}, err
		}
	}
	before, after := steering{now.Row.Pinned, now.Row.Locked, boardOf(now)}, steering{in.Pinned, in.Locked, to.Slug}
	if before != after {
		if err := s.Audit(ctx, "threads.steer", tenants.Audited{Subject: in.ID, Before: before, After: after}); err != nil {
			return Steered{}, err
		}
	}
	return f.Steering(ctx, s, ByID{in.ID})
}

// steering is how a thread stands, for the audit log.
type steering struct {
	Pinned bool   `json:"pinned"`
	Locked bool   `json:"locked"`
	Board  string `json:"board"`
}
