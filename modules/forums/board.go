package forums

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// Board is a place with what the list of boards says of it.
type Board struct {
	bun.BaseModel `bun:"table:places,alias:place"`
	posts.Place
	ActiveAt *time.Time `bun:"active_at,scanonly" json:"active_at,omitempty"`
	PinnedAt *time.Time `bun:"pinned_at,scanonly" json:"-"`
}

// Boards are those that the actor may enter.
type Boards struct {
	Boards []Board `json:"boards"`
}

// Boards lists the boards.
func (f Forums) Boards(ctx context.Context, s tenants.Scope, _ web.None) (Boards, error) {
	boards, err := readable(ctx, s)
	return Boards{boards}, err
}

// OnBoard asks for a page of a board.
type OnBoard struct {
	Board  string       `path:"board"`
	Before posts.Cursor `json:"before,omitempty"`
}

// Threads is a page of threads.
type Threads struct {
	Board   *posts.Place `json:"board,omitempty"`
	Threads []Row        `json:"threads"`
	Older   string       `json:"older,omitempty"`
	// MayStart tells whether the actor may start one here.
	MayStart bool `json:"may_start"`
}

// Board lists a board's threads: the pinned first, then those with the latest word.
func (f Forums) Board(ctx context.Context, s tenants.Scope, in OnBoard) (Threads, error) {
	board, err := f.posts.Place(ctx, s, key, in.Board)
	if err != nil {
		return Threads{}, err
	}
	page, err := f.list(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("thread.place_id = ?", board.ID)
		if !in.Before.Zero() {
			return q.Where("thread.pinned = ?", false)
		}
		return q.Order("thread.pinned DESC")
	})
	page.Board, page.MayStart = &board, mayStart(s) == nil && board.CanPost(s) == nil
	return page, err
}

// Lately asks for a page of a list.
type Lately struct {
	Before posts.Cursor `json:"before,omitempty"`
}

// Unanswered lists threads that nobody but their writer has replied to.
func (f Forums) Unanswered(ctx context.Context, s tenants.Scope, in Lately) (Threads, error) {
	return f.list(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("NOT thread.answered").Where("NOT thread.locked")
	})
}

// Following lists the threads that the actor follows.
func (f Forums) Following(ctx context.Context, s tenants.Scope, in Lately) (Threads, error) {
	return f.list(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("EXISTS (SELECT 1 FROM follows AS fo WHERE fo.tenant_id = thread.tenant_id AND fo.post_id = thread.post_id AND fo.member_id = ?)", s.Actor.ID())
	})
}

// BoardForm is a board to make or to change.
type BoardForm struct {
	Board posts.Place `json:"board"`
}

// NewBoard is the form of a board that is not there yet.
func (f Forums) NewBoard(context.Context, tenants.Scope, web.None) (BoardForm, error) {
	return BoardForm{posts.Place{Audience: tenants.AudienceService, WhoMayPost: posts.PostMembers}}, nil
}

// Words of a board that a service lead chooses.
type Words struct {
	Name       string           `json:"name" validate:"filled,max=60" label:"a name"`
	About      string           `json:"about" validate:"max=200" label:"what it is for"`
	WhoMayPost posts.WhoMayPost `json:"who_may_post" validate:"required,oneof=members staff" label:"who may start threads"`
	Position   int              `json:"position" validate:"gte=0,lte=1000" label:"a position"`
}

// MakeBoard is a new board. Who may read it is settled for good when it is made.
type MakeBoard struct {
	Words
	Audience tenants.Audience `json:"audience" validate:"required,oneof=service peers carers staff" label:"who can read it"`
	tenants.Why
}

// MakeBoard makes a board.
func (f Forums) MakeBoard(ctx context.Context, s tenants.Scope, in MakeBoard) (posts.Place, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return posts.Place{}, err
	}
	board := posts.Place{ID: id, Module: key, Slug: slugOf(in.Name), Audience: in.Audience, Version: 1, CreatedAt: s.Now}
	in.apply(&board)
	if !web.IsSlug(board.Slug) {
		return posts.Place{}, fault.Bad("name", "Use at least one letter or number in the name.")
	}
	if _, err := s.Insert(&board).Exec(ctx); database.Taken(err) {
		return posts.Place{}, fault.Bad("name", "There is a board of this name already. Choose another name.")
	} else if err != nil {
		return posts.Place{}, err
	}
	return board, s.Audit(ctx, "boards.make", tenants.Audited{Subject: board.ID, Reason: in.Reason, After: wordsOf(board)})
}

// begin makes the boards that the area's services begin with.
func begin(ctx context.Context, s tenants.Scope, preset areas.Area) error {
	if len(preset.Boards) == 0 {
		return nil
	}
	boards := make([]posts.Place, len(preset.Boards))
	for i, b := range preset.Boards {
		boards[i] = posts.Place{ID: uuid.Must(uuid.NewV7()), Module: key, Slug: b.Slug, Name: b.Name, About: b.About,
			Audience: tenants.AudienceService, WhoMayPost: posts.PostMembers, Position: i + 1, Version: 1, CreatedAt: s.Now}
		if b.Staff {
			boards[i].WhoMayPost = posts.PostStaff
		}
	}
	_, err := tenants.InsertAll(s, boards).Exec(ctx)
	return err
}

// ByBoard names a board.
type ByBoard struct {
	Board string `path:"board"`
}

// EditingBoard reads a board to change.
func (f Forums) EditingBoard(ctx context.Context, s tenants.Scope, in ByBoard) (BoardForm, error) {
	board, err := f.posts.Place(ctx, s, key, in.Board)
	return BoardForm{board}, err
}

// EditBoard is a change of a board's words.
type EditBoard struct {
	Board   string `path:"board"`
	Version int    `json:"version" validate:"required" label:"the version"`
	Words
	tenants.Why
}

// EditBoard changes a board. Its address stays, so that links keep working.
func (f Forums) EditBoard(ctx context.Context, s tenants.Scope, in EditBoard) (posts.Place, error) {
	board, err := f.posts.Place(ctx, s, key, in.Board)
	if err != nil {
		return posts.Place{}, err
	}
	before := wordsOf(board)
	in.apply(&board)
	board.Version = in.Version + 1
	err = tenants.Fresh(s.Update(&board).Column("name", "about", "who_may_post", "position", "version").
		Where("place.id = ?", board.ID).Where("place.version = ?", in.Version).Exec(ctx))
	if err != nil {
		return posts.Place{}, err
	}
	return board, s.Audit(ctx, "boards.change", tenants.Audited{Subject: board.ID, Reason: in.Reason, Before: before, After: wordsOf(board)})
}

func wordsOf(board posts.Place) Words {
	return Words{Name: board.Name, About: board.About, WhoMayPost: board.WhoMayPost, Position: board.Position}
}

func (w Words) apply(board *posts.Place) {
	board.Name, board.About = strings.TrimSpace(w.Name), strings.TrimSpace(w.About)
	board.WhoMayPost, board.Position = w.WhoMayPost, w.Position
}

// slugOf makes an address of a name: "Sleep & feeding" to sleep-feeding.
func slugOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}
