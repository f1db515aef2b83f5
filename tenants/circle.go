package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Bond is what stands between two members, as one of them has it.
type Bond string

// The bonds. Muting and blocking are nobody's business but of whoever does it.
const (
	Friend    Bond = "friend"
	Asking    Bond = "asking" // to be a friend; stays when the other says no, who is not given away
	AskedBy   Bond = "asked_by"
	Muting    Bond = "muting"
	MutedBy   Bond = "muted_by"
	Blocking  Bond = "blocking"
	BlockedBy Bond = "blocked_by"
)

// across is the same bond as the other has it.
var across = map[Bond]Bond{
	Friend: Friend, Asking: AskedBy, AskedBy: Asking, Muting: MutedBy, MutedBy: Muting, Blocking: BlockedBy, BlockedBy: Blocking,
}

// Tie is one side of a bond; the other side is a row of its own.
type Tie struct {
	bun.BaseModel `bun:"table:ties,alias:tie"`
	InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	OtherID  uuid.UUID `bun:"other_id,pk,type:uuid"`
	Bond     Bond      `bun:"kind,pk"`
	Since    time.Time `bun:"since"`

	Other *Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:other_id=id"`
}

// Tie makes bonds between the actor and somebody; one that is there stays as it is.
func (s Scope) Tie(ctx context.Context, other uuid.UUID, bonds ...Bond) error {
	var rows []Tie
	for _, bond := range bonds {
		rows = append(rows, Tie{MemberID: s.Actor.ID(), OtherID: other, Bond: bond, Since: s.Now}, Tie{MemberID: other, OtherID: s.Actor.ID(), Bond: across[bond], Since: s.Now})
	}
	_, err := InsertAll(s, rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// Untie ends bonds between the actor and somebody, on both sides.
func (s Scope) Untie(ctx context.Context, other uuid.UUID, bonds ...Bond) error {
	me := s.Actor.ID()
	for _, bond := range bonds {
		if _, err := s.Delete((*Tie)(nil)).Where("(member_id = ? AND other_id = ? AND kind = ? OR member_id = ? AND other_id = ? AND kind = ?)",
			me, other, bond, other, me, across[bond]).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Forget takes a bond off the actor's side only: the other's stays as it was.
func (s Scope) Forget(ctx context.Context, other uuid.UUID, bond Bond) error {
	_, err := s.Delete((*Tie)(nil)).Where("member_id = ?", s.Actor.ID()).Where("other_id = ?", other).Where("kind = ?", bond).Exec(ctx)
	return err
}

// Ties lists the actor's bonds of some kinds with people who are still here, the
// latest first.
func (s Scope) Ties(ctx context.Context, bonds ...Bond) (ties []Tie, err error) {
	if !s.Actor.Tied() {
		return nil, nil
	}
	err = s.Select(&ties).Relation("Other", Face).Where("tie.member_id = ?", s.Actor.ID()).Where("tie.kind IN (?)", bun.List(bonds)).
		Where("other.status = 'active'").Order("tie.since DESC", "tie.other_id").Scan(ctx)
	return ties, err
}

// TiesOf lists all bonds of a member, whoever asks; for what is kept of them.
func (s Scope) TiesOf(ctx context.Context, member uuid.UUID) (ties []Tie, err error) {
	err = s.Select(&ties).Relation("Other", Face).Where("tie.member_id = ?", member).Order("tie.since", "tie.other_id").Scan(ctx)
	return ties, err
}

// Sever ends all bonds of a member who leaves, on both sides.
func (s Scope) Sever(ctx context.Context, member uuid.UUID) error {
	_, err := s.Delete((*Tie)(nil)).Where("(member_id = ? OR other_id = ?)", member, member).Exec(ctx)
	return err
}

// Between are the actor's bonds with some people.
func (s Scope) Between(ctx context.Context, others ...uuid.UUID) (Bonds, error) {
	found := Bonds{}
	if !s.Actor.Tied() || len(others) == 0 {
		return found, nil
	}
	var rows []Tie
	err := s.Select(&rows).Where("tie.member_id = ?", s.Actor.ID()).Where("tie.other_id IN (?)", bun.List(others)).
		Where("(tie.kind NOT IN (?) OR "+peer("tie", "other_id")+" AND "+peer("tie", "member_id")+")", bun.List(silencing)).Scan(ctx)
	for _, row := range rows {
		found[row.OtherID] = append(found[row.OtherID], row.Bond)
	}
	return found, err
}

// Bonds are somebody's with others.
type Bonds map[uuid.UUID][]Bond

// Has tells whether one of the bonds is there.
func (b Bonds) Has(other uuid.UUID, bonds ...Bond) bool {
	for _, bond := range b[other] {
		for _, asked := range bonds {
			if bond == asked {
				return true
			}
		}
	}
	return false
}

// Unheard tells whether the actor is spared what somebody writes.
func (b Bonds) Unheard(other uuid.UUID) bool { return b.Has(other, unheard...) }

// Apart tells whether one of the two blocked the other.
func (b Bonds) Apart(other uuid.UUID) bool { return b.Has(other, Blocking, BlockedBy) }

var (
	// unseen are bonds for which two do not exist for each other.
	unseen = []Bond{Blocking, BlockedBy}
	// unheard are bonds for which a member is spared what the other writes, and
	// deaf the same from the writer's side.
	unheard = []Bond{Blocking, BlockedBy, Muting}
	deaf    = []Bond{Blocking, BlockedBy, MutedBy}
	// silencing are all these; they mean nothing where one of the two is of the team.
	silencing = []Bond{Blocking, BlockedBy, Muting, MutedBy}
)

// Sees is a condition on rows whose column names a member: that neither has
// blocked the other. Empty where it holds of all. The team sees everybody and
// everybody sees the team.
func (s Scope) Sees(column string) (string, []any) { return s.without(column, unseen) }

// Hears is Sees, without those whom the actor muted.
func (s Scope) Hears(column string) (string, []any) { return s.without(column, unheard) }

func (s Scope) without(column string, bonds []Bond) (string, []any) {
	if !s.Actor.Tied() || s.Actor.Roles.Staff() {
		return "", nil
	}
	return "NOT EXISTS (SELECT 1 FROM ties AS t WHERE t.tenant_id = ? AND t.member_id = ? AND t.other_id = " + column + " AND t.kind IN (?) AND " + peer("t", "other_id") + ")",
		[]any{s.Estate.Trust.ID, s.Actor.ID(), bun.List(bonds)}
}

// Where adds a condition such as Sees makes, if it is one.
func Where(q bun.QueryBuilder, condition string, args []any) bun.QueryBuilder {
	if condition == "" {
		return q
	}
	return q.Where(condition, args...)
}

// Seeing narrows a query to rows whose column names somebody whom the actor Sees.
func (s Scope) Seeing(column string) func(bun.QueryBuilder) bun.QueryBuilder {
	return func(q bun.QueryBuilder) bun.QueryBuilder {
		condition, args := s.Sees(column)
		return Where(q, condition, args)
	}
}

// Hearing is Seeing, without those whom the actor muted.
func (s Scope) Hearing(column string) func(bun.QueryBuilder) bun.QueryBuilder {
	return func(q bun.QueryBuilder) bun.QueryBuilder {
		condition, args := s.Hears(column)
		return Where(q, condition, args)
	}
}

// InCircle is a condition on rows whose column names a member: that it is the
// actor or a friend of theirs.
func (s Scope) InCircle(column string) (string, []any) {
	if !s.Actor.Tied() {
		return column + " = ?", []any{s.Actor.ID()}
	}
	return "(" + column + " = ? OR EXISTS (SELECT 1 FROM ties AS t WHERE t.tenant_id = ? AND t.member_id = ? AND t.other_id = " + column + " AND t.kind = ?))",
		[]any{s.Actor.ID(), s.Estate.Trust.ID, s.Actor.ID(), Friend}
}

// peer is the condition that a member is not of the team.
func peer(table, column string) string {
	return "NOT EXISTS (SELECT 1 FROM members AS m WHERE m.tenant_id = " + table + ".tenant_id AND m.id = " + table + "." + column +
		" AND " + StaffIn("m.roles") + ")"
}

// Deaf are those who are not told of what somebody does: one has blocked the
// other, or they muted them. Nobody is deaf to the team, nor is anybody of it.
func (s Scope) Deaf(ctx context.Context, by uuid.UUID) (IDs, error) {
	if by == uuid.Nil || by == s.Actor.ID() && (!s.Actor.Tied() || s.Actor.Roles.Staff()) {
		return nil, nil
	}
	var ids []uuid.UUID
	err := s.Select((*Tie)(nil)).Column("other_id").Where("tie.member_id = ?", by).Where("tie.kind IN (?)", bun.List(deaf)).
		Where(peer("tie", "other_id")).Where(peer("tie", "member_id")).Scan(ctx, &ids)
	return NewIDs(ids...), err
}

// Near are all who have a bond with one of some members.
func (s Scope) Near(ctx context.Context, members ...uuid.UUID) (IDs, error) {
	var ids []uuid.UUID
	err := s.Select((*Tie)(nil)).Column("other_id").Where("tie.member_id IN (?)", bun.List(members)).Scan(ctx, &ids)
	return NewIDs(ids...), err
}

// Friends are somebody's friends.
func (s Scope) Friends(ctx context.Context, of uuid.UUID) (ids []uuid.UUID, err error) {
	err = s.Select((*Tie)(nil)).Column("other_id").Where("tie.member_id = ?", of).Where("tie.kind = ?", Friend).Scan(ctx, &ids)
	return ids, err
}
