// Package forums is the room of boards and threads. A board is a place of the
// kernel and a thread is a post; beside it this room keeps what only threads
// have: pinned, locked, answered, last activity, and how far somebody has read.
package forums

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const (
	key  = "forums"
	kind = "thread"
)

// Settings is what a service lead tunes.
type Settings struct {
	MembersMayStart bool `json:"members_may_start" label:"Members may start threads" hint:"If not, the team starts them and members reply."`
	MaxPinned       int  `json:"max_pinned" label:"Most pinned threads on a board" hint:"Between 1 and 10. Few pins are read, many are not." validate:"gte=1,lte=10"`
}

var defaults = Settings{MembersMayStart: true, MaxPinned: 3}

// Forums is the room.
type Forums struct{ posts *posts.Kernel }

// New makes the room.
func New(kernel *posts.Kernel) modules.Module {
	f := Forums{kernel}
	kernel.Register(posts.Kind{
		Key: kind, Module: key, Name: "thread",
		Path:     func(p posts.Post) string { return "/forums/threads/" + p.ID.String() },
		Where:    func(p posts.Post) string { return "Forum: " + p.Place.Name },
		Replying: replying, Unreplied: unreplied, Lock: lock, ReadBy: readBy,
		Unasked: "EXISTS (SELECT 1 FROM threads AS t WHERE t.tenant_id = post.tenant_id AND t.post_id = post.id AND t.locked)",
		Spot: func(context.Context, tenants.Scope, uuid.UUID) (posts.Spot, error) {
			return posts.Spot{Path: "/forums/new", Name: "A new thread"}, nil
		},
	})
	return modules.Module{
		Key: key, Name: "Forums", Searched: true, Icon: "messages-square", Settings: defaults,
		About: "Boards with threads, for questions and long conversations that others can find again.",
		Grants: policy.Grants{
			"forums.read": {"member"}, "forums.start": {"member"}, "forums.reply": {"member"},
			"forums.steer": {"peer_supporter"}, "forums.arrange": {"service_lead"},
		},
		Begin:  begin,
		Routes: f.routes,
		Counts: []tenants.Count{{Key: "reads", Of: opened}}, Data: data(),
		Rights: map[string]string{
			"forums.read":    "Read the forums",
			"forums.start":   "Start threads in the forums",
			"forums.reply":   "Reply in the forums",
			"forums.steer":   "Pin, lock and move threads",
			"forums.arrange": "Make boards and change them",
		},
		Acts: tenants.Acts{"boards.make": "Made a board", "boards.change": "Changed a board", "threads.steer": "Pinned, locked or moved a thread"},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("forums.read") {
				return nil
			}
			home := "/" + s.Service.Slug + "/forums"
			entry := ui.Room{Key: key, Name: "Forums", Icon: "messages-square", Path: home}
			if mayStart(s) == nil {
				entry.Compose = home + "/new"
			}
			return []ui.Room{entry}
		},
	}
}

func (f Forums) routes(r *modules.Router) {
	web.Get(r, "/forums", "forums.read", "The boards", f.Boards, boardsPage)
	web.Get(r, "/forums/boards/{board}", "forums.read", "A board's threads", f.Board, boardPage)
	web.Get(r, "/forums/unanswered", "forums.read", "Threads without a reply", f.Unanswered, unansweredPage)
	web.Get(r, "/forums/following", "forums.read", "Threads that I follow", f.Following, followingPage)
	web.Get(r, "/forums/new", "forums.start", "What a new thread needs", f.Beginning, newPage)
	web.Post(r, "/forums/threads", "forums.start", "Start a thread", f.Start, web.SeeOther("/forums/threads/{id}"), web.FormAt("/forums/new?board={board}"))
	web.Get(r, "/forums/threads/{id}", "forums.read", "A thread with its replies", f.Thread, threadPage)
	web.Post(r, "/forums/threads/{id}/replies", "forums.reply", "Reply in a thread", f.posts.Reply, web.SeeOther("{path}"), web.FormAt("/forums/threads/{id}?quote={quotes}"))
	web.Get(r, "/forums/threads/{id}/steer", "forums.steer", "What can be done about a thread", f.Steering, steerPage)
	web.Post(r, "/forums/threads/{id}/steer", "forums.steer", "Pin, lock or move a thread", f.Steer, web.SeeOther("/forums/threads/{id}"), web.FormAt("/forums/threads/{id}/steer"))
	web.Get(r, "/forums/boards-new", "forums.arrange", "What a new board needs", f.NewBoard, boardFormPage)
	web.Post(r, "/forums/boards", "forums.arrange", "Make a board", f.MakeBoard, web.SeeOther("/forums/boards/{slug}"), web.FormAt("/forums/boards-new"))
	web.Get(r, "/forums/boards/{board}/edit", "forums.arrange", "A board, to change", f.EditingBoard, boardFormPage)
	web.Post(r, "/forums/boards/{board}/edit", "forums.arrange", "Change a board", f.EditBoard, web.SeeOther("/forums/boards/{slug}"), web.FormAt("/forums/boards/{board}/edit"))
}

// mayStart tells why the actor may not start threads at all; nil if they may.
func mayStart(s tenants.Scope) error {
	switch {
	case s.Actor.Member == nil:
		return fault.New(fault.Forbidden, "You are not a member of this service, so you cannot write in it.")
	case !s.May("forums.start"), !modules.Tune(s, key, defaults).MembersMayStart && !s.Actor.Roles.Staff():
		return fault.New(fault.Forbidden, "In this service the team starts the threads. You can reply to them.")
	}
	return nil
}

// replying keeps the thread's own row true, which also says whether it is closed.
func replying(ctx context.Context, s tenants.Scope, root posts.Post) error {
	// Asked here too, because a reply can also come by the post's permanent address.
	if !s.May("forums.reply") {
		return fault.New(fault.Forbidden, "Your role here does not allow this.")
	}
	var thread Row
	q := s.Update(&thread).Where("post_id = ?", root.ID).Returning("locked").
		Set("active_at = CASE WHEN active_at < ? THEN ? ELSE active_at END", s.Now, s.Now).
		Set("active_by = CASE WHEN active_at < ? THEN ? ELSE active_by END", s.Now, s.Actor.ID())
	if s.Actor.ID() != root.AuthorID {
		q.Set("answered = ?", true)
	}
	if err := q.Scan(ctx); err != nil {
		return err
	}
	return thread.CanReply(s)
}

// lock closes a thread to replies, or opens it again.
func lock(ctx context.Context, s tenants.Scope, root posts.Post, shut bool) (bool, error) {
	result, err := s.Update((*Row)(nil)).Set("locked = ?", shut).Set("version = version + 1").Where("post_id = ?", root.ID).Where("locked = ?", !shut).Exec(ctx)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	if err != nil || rows == 0 {
		return false, err
	}
	return true, s.Audit(ctx, "threads.steer", tenants.Audited{Subject: root.ID, Before: map[string]bool{"locked": !shut}, After: map[string]bool{"locked": shut}})
}

// unreplied works out anew what the thread's row says, after a reply went.
func unreplied(ctx context.Context, s tenants.Scope, root posts.Post) error {
	const others = "FROM posts AS p WHERE p.tenant_id = thread.tenant_id AND p.parent_id = thread.post_id AND p.state = ?"
	return tenants.Touched(s.Update((*Row)(nil)).
		Set("active_at = COALESCE((SELECT max(p.published_at) "+others+"), ?)", posts.Visible, root.PublishedAt).
		Set("active_by = COALESCE((SELECT p.author_id "+others+" ORDER BY p.published_at DESC, p.id DESC LIMIT 1), ?)", posts.Visible, root.AuthorID).
		Set("answered = EXISTS (SELECT 1 "+others+" AND p.author_id <> ?)", posts.Visible, root.AuthorID).
		Where("post_id = ?", root.ID).Exec(ctx))
}
