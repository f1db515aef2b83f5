package messages

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// blocked is that somebody wants nothing to do with somebody else.
type blocked struct {
	bun.BaseModel `bun:"table:blocks,alias:block"`
	tenants.InService

	BlockerID uuid.UUID `bun:"blocker_id,pk,type:uuid"`
	BlockedID uuid.UUID `bun:"blocked_id,pk,type:uuid"`
	CreatedAt time.Time `bun:"created_at"`

	Blocked *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:blocked_id=id"`
}

// blocks stand between the actor and some others: those that the actor made, and
// those that either made. Only the first may be told.
type blocks struct{ mine, any map[uuid.UUID]bool }

func blocksOf(ctx context.Context, s tenants.Scope, others []Participant) (blocks, error) {
	ids := make([]uuid.UUID, len(others))
	for i, p := range others {
		ids[i] = p.MemberID
	}
	return blocksWith(ctx, s, ids)
}

func blocksWith(ctx context.Context, s tenants.Scope, others []uuid.UUID) (blocks, error) {
	found := blocks{map[uuid.UUID]bool{}, map[uuid.UUID]bool{}}
	me := s.Actor.ID()
	if len(others) == 0 {
		return found, nil
	}
	var rows []blocked
	err := s.Select(&rows).Where("(block.blocker_id = ? AND block.blocked_id IN (?) OR block.blocked_id = ? AND block.blocker_id IN (?))",
		me, bun.List(others), me, bun.List(others)).Scan(ctx)
	for _, row := range rows {
		if row.BlockerID == me {
			found.mine[row.BlockedID], found.any[row.BlockedID] = true, true
		} else {
			found.any[row.BlockerID] = true
		}
	}
	return found, err
}

// Block says whether the actor wants to see no new messages of somebody, and
// them none of the actor's. Nobody is told.
type Block struct {
	Handle string `json:"handle" validate:"required,max=60" label:"a handle"`
	Block  bool   `json:"block"`
}

// Blocked is what stands now, and where a browser goes.
type Blocked struct {
	Handle string `json:"handle"`
	Block  bool   `json:"block"`
	Path   string `json:"path"`
}

// Block blocks or unblocks; saying the same twice changes nothing. Messages that
// were sent while somebody was blocked stay unseen. The team cannot be blocked.
func (m Messages) Block(ctx context.Context, s tenants.Scope, in Block) (Blocked, error) {
	out := Blocked{in.Handle, in.Block, "/" + s.Service.Slug + "/messages/choices#blocked"}
	person, err := s.PersonByHandle(ctx, in.Handle)
	switch {
	case err != nil:
		return Blocked{}, err
	case s.Actor.Member == nil:
		return Blocked{}, fault.Missing()
	case person.ID == s.Actor.ID():
		return Blocked{}, fault.Bad("handle", "You cannot block yourself.")
	case !in.Block:
		_, err = s.Delete((*blocked)(nil)).Where("blocker_id = ?", s.Actor.ID()).Where("blocked_id = ?", person.ID).Exec(ctx)
		return out, err
	case person.Roles.Staff():
		return Blocked{}, fault.Bad("handle", "The team cannot be blocked, so that they can reach you when it matters. You can mute the conversation.")
	}
	row := blocked{BlockerID: s.Actor.ID(), BlockedID: person.ID, CreatedAt: s.Now}
	_, err = s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	return out, err
}
