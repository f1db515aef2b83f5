package standing

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Strike is a recorded breach of a rule. It counts until it expires, unless what it
// came with was taken back.
type Strike struct {
	bun.BaseModel `bun:"table:strikes,alias:strike"`
	tenants.InService

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID  uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	ItemID    uuid.UUID  `bun:"item_id,type:uuid" json:"-"`
	DeedID    uuid.UUID  `bun:"deed_id,type:uuid" json:"decision"`
	Rule      string     `bun:"rule" json:"rule"`
	Words     string     `bun:"words" json:"words,omitempty"`
	Act       safety.Act `bun:"act" json:"act"`
	GivenAt   time.Time  `bun:"given_at" json:"given_at"`
	ExpiresAt time.Time  `bun:"expires_at" json:"expires_at"`

	// Deed is what it came with; nil once that is no longer kept.
	Deed *safety.Deed `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:deed_id=id" json:"-"`
	// Counts says whether it counts now.
	Counts bool `bun:"-" json:"counts"`
	// AppealUntil is until when another look can be asked for; zero if not.
	AppealUntil time.Time `bun:"-" json:"appeal_until,omitzero"`
}

// undone tells whether what it came with was taken back.
func (x Strike) undone() bool { return x.Deed != nil && x.Deed.UndoneAt != nil }

// strike gives a member a strike. Where they have as many as the service says, the
// team is asked to look, and only where the service says so are they suspended.
func (x Standing) strike(ctx context.Context, s tenants.Scope, member uuid.UUID, in safety.Strike) error {
	var person tenants.Person
	if err := s.Lock(&person).Where("person.id = ?", member).Scan(ctx); err != nil { // two strikes in one instant are counted one after the other
		return err
	}
	if person.Roles.Staff() {
		return fault.Bad("strike_days", "Somebody of the team gets no strikes. Talk with them, or with the service lead.")
	}
	row := Strike{ID: uuid.Must(uuid.NewV7()), MemberID: member, ItemID: in.Item, DeedID: in.Deed, Rule: in.Rule, Words: in.Words, Act: in.Act, GivenAt: s.Now, ExpiresAt: in.Expires}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return err
	}
	if err := s.Audit(ctx, "standing.strike", tenants.Audited{Subject: member, After: map[string]any{"rule": row.Rule, "until": row.ExpiresAt}}); err != nil {
		return err
	}
	many, err := counting(ctx, s, member)
	if most := settings(s).Strikes; err != nil || most == 0 || many < most {
		return err
	}
	if _, err := x.desk.Raise(ctx, s, safety.About{Sort: strikesSort, Subject: member, Author: member},
		safety.Finding{Source: safety.ByStrikes, Detail: fmt.Sprintf("%d of them count now", many), Level: safety.Amber}); err != nil {
		return err
	}
	days := settings(s).SuspendDays
	if days == 0 || person.Suspended(s.Now) {
		return nil
	}
	return begin(ctx, s, person, Suspension{Rule: in.Rule, Reason: fmt.Sprintf("%d strikes count at one time, as the service’s rule says.", many), Words: strikesWords, UntilAt: s.Now.AddDate(0, 0, days)})
}

// strikesWords are what somebody reads whom strikes alone have suspended.
const strikesWords = "Several strikes count at the same time, so there is a pause in which you cannot write to others. You can read, and write to the team at any time."

// strikesSort is a member with many strikes on the desk; the subject is the member.
const strikesSort = "strikes"

func (x Standing) strikes() safety.Sort {
	return safety.Sort{
		Key: strikesSort, Name: "how somebody stands",
		Show: func(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
			if !s.Actor.Roles.Staff() {
				return safety.Subject{}, fault.Missing()
			}
			rows, err := strikesOf(ctx, s, id)
			if err != nil || len(rows) == 0 {
				return safety.Subject{}, missing(err)
			}
			var person tenants.Person
			if err := tenants.Face(s.Select(&person)).Where("person.id = ?", id).Scan(ctx); err != nil {
				return safety.Subject{}, err
			}
			out := safety.Subject{Title: "Several strikes at one time", Where: "where they stand", Author: &person, At: rows[0].GivenAt, Path: "/standing/of/" + person.HandleKey}
			for _, row := range rows {
				if row.Counts {
					out.Body += "- **" + row.Rule + "**: " + done[row.Act] + ", counts until " + ui.Date(row.ExpiresAt) + "\n"
				}
			}
			out.HTML = markdown.HTML(out.Body)
			return out, nil
		},
		Acts: map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{
			safety.Approve: func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error { return nil }, // somebody has looked
		},
		Undo: func(context.Context, tenants.Scope, uuid.UUID, safety.Deed) error { return nil },
	}
}

// missing is err, or else that there is nothing.
func missing(err error) error {
	if err == nil {
		err = fault.Missing()
	}
	return err
}

// done is what was done, as its author and the team read it.
var done = map[safety.Act]string{
	safety.AskEdit: "you were asked to change it", safety.Cover: "a content note was put on it", safety.Hide: "it was taken out of sight",
	safety.Remove: "it was taken down", safety.Lock: "it was closed to replies",
}
