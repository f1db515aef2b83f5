package demo

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/gifts"
	"github.com/sharon-nhs/sharon/modules/messages"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/resources"
	"github.com/sharon-nhs/sharon/tenants"
)

// earlier is a row of what a post said before.
type earlier struct {
	bun.BaseModel `bun:"table:post_versions"`
	tenants.InService

	PostID    uuid.UUID        `bun:"post_id,pk,type:uuid"`
	Version   int              `bun:"version,pk"`
	Title     string           `bun:"title"`
	Body      string           `bun:"body"`
	Audience  tenants.Audience `bun:"audience"`
	State     posts.State      `bun:"state"`
	ChangedBy uuid.UUID        `bun:"changed_by,type:uuid"`
	ChangedAt time.Time        `bun:"changed_at"`
	Notes     posts.Notes      `bun:"notes"`
}

// readMark is a row of how far somebody has read a thread.
type readMark struct {
	bun.BaseModel `bun:"table:thread_reads"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	PostID   uuid.UUID `bun:"post_id,pk,type:uuid"`
	ReadAt   time.Time `bun:"read_at"`
}

// rows are one service's, to be written together.
type rows struct {
	places    []posts.Place
	posts     []posts.Post
	versions  []earlier
	reactions []posts.Reaction
	follows   []posts.Follower
	threads   []forums.Row
	marks     []readMark
	drafts    []posts.Saved
	written
	lives
	screen
	talks    []messages.Conversation
	parts    []messages.Participant
	messages []messages.Message
	moves    []messages.Move
	kinds    []gifts.Kind
	given    []gifts.Gift
	shelved  []resources.Resource
}

// write writes them, those that others point at first, and forgets them.
func (w *rows) write(ctx context.Context, s tenants.Scope) error {
	inOrder := slices.Clone(w.posts) // a quote points at the row where it is
	slices.SortStableFunc(inOrder, func(a, b posts.Post) int { return a.PublishedAt.Compare(b.PublishedAt) })
	for _, step := range []func() error{
		func() error { return insert(ctx, s, w.places) },
		func() error { return insert(ctx, s, inOrder) },
		func() error { return insert(ctx, s, w.versions) },
		func() error { return insert(ctx, s, w.reactions) },
		func() error { return insert(ctx, s, w.follows) },
		func() error { return insert(ctx, s, w.threads) },
		func() error { return insert(ctx, s, w.marks) },
		func() error { return insert(ctx, s, w.drafts) },
		func() error { return insert(ctx, s, w.entries) },
		func() error { return insert(ctx, s, w.kept) },
		func() error { return insert(ctx, s, w.sessions) },
		func() error { return insert(ctx, s, w.hosts) },
		func() error { return insert(ctx, s, w.questions) },
		func() error { return insert(ctx, s, w.said) },
		func() error { return insert(ctx, s, w.shows) },
		func() error { return insert(ctx, s, w.films) },
		func() error { return insert(ctx, s, w.talks) },
		func() error { return insert(ctx, s, w.parts) },
		func() error { return insert(ctx, s, w.messages) },
		func() error { return insert(ctx, s, w.moves) },
		func() error { return insert(ctx, s, w.kinds) },
		func() error { return insert(ctx, s, w.given) },
		func() error { return insert(ctx, s, w.shelved) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	*w = rows{}
	return nil
}

// batch is how many rows one statement writes.
const batch = 500

func insert[T any, P interface {
	*T
	tenants.Row
}](ctx context.Context, s tenants.Scope, rows []T) error {
	for some := range slices.Chunk(rows, batch) {
		if _, err := tenants.InsertAll[T, P](s, some).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
