package notifications

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Notice is one thing that one member is told. It has no words: a title is
// looked up when somebody looks, as they may see it then.
type Notice struct {
	bun.BaseModel `bun:"table:notices,alias:notice"`
	tenants.InService

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	MemberID  uuid.UUID `bun:"member_id,type:uuid"`
	Kind      string    `bun:"kind"`
	Module    string    `bun:"module"` // the room that must be open; empty for none
	SubjectID uuid.UUID `bun:"subject_id,type:uuid"`
	AboutID   uuid.UUID `bun:"about_id,type:uuid"` // what is shown as one
	ActorID   uuid.UUID `bun:"actor_id,type:uuid"` // zero for nobody
	Path      string    `bun:"path"`               // below the service
	// InApp says that it stands on the page, InDigest that it waits for a digest.
	InApp     bool       `bun:"in_app"`
	InDigest  bool       `bun:"in_digest"`
	CreatedAt time.Time  `bun:"created_at"`
	ReadAt    *time.Time `bun:"read_at"`

	Actor *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:actor_id=id"`
}

// handlers make notices of what the rooms tell.
func (n *Notifications) handlers(tells []modules.Tell) (all []tenants.Handler) {
	for _, tell := range tells {
		all = append(all, tenants.Handler{Kind: tell.Kind, Do: func(ctx context.Context, s tenants.Scope, e tenants.Event) error {
			notices, err := tell.Notices(ctx, s, e)
			if err != nil {
				return err
			}
			for _, notice := range notices {
				if err := n.tell(ctx, s, e, notice); err != nil {
					return err
				}
			}
			return nil
		}})
	}
	return all
}

const (
	atOnce  = 500 // members told by one statement
	readers = 200 // members asked by one event to count anew
)

// tell makes a notice for each of its members, by what they chose.
func (n *Notifications) tell(ctx context.Context, s tenants.Scope, e tenants.Event, what modules.Notice) error {
	k, ok := kindOf(what.Kind)
	if !ok {
		return fmt.Errorf("there is no kind of notice %q", what.Kind)
	}
	about := what.About
	if about == uuid.Nil {
		about = what.Subject
	}
	like := Notice{Kind: k.key, Module: e.Module, SubjectID: what.Subject, AboutID: about, ActorID: e.ActorID, Path: what.Path, CreatedAt: s.Now}
	if !k.always {
		deaf, err := s.Deaf(ctx, e.ActorID)
		if err != nil {
			return err
		}
		what.To = slices.DeleteFunc(slices.Clone(what.To), deaf.Has)
	}
	var changed []uuid.UUID
	for members := range slices.Chunk(what.To, atOnce) {
		told, err := n.tellSome(ctx, s, k, like, members)
		if err != nil {
			return err
		}
		changed = append(changed, told...)
	}
	return recount(ctx, s, changed)
}

// tellSome returns those for whom there is something new in the app.
func (n *Notifications) tellSome(ctx context.Context, s tenants.Scope, k kind, like Notice, members []uuid.UUID) ([]uuid.UUID, error) {
	settings, err := settingsOfMany(ctx, s, members)
	if err == nil && !k.always {
		members, err = notAway(ctx, s, members)
	}
	if err != nil {
		return nil, err
	}
	waiting, err := unreadOf(ctx, s, like.AboutID, members)
	if err != nil {
		return nil, err
	}
	var notices []Notice
	var fresh []Settings
	for _, member := range members {
		mine, known := settings[member]
		if !known {
			mine = usually(s, member)
		}
		notice := like
		notice.ID, notice.MemberID = uuid.Must(uuid.NewV7()), member
		notice.InApp, notice.InDigest = mine.When(k, App) == Now, mine.When(k, Email) == Digest
		if !notice.InApp && !notice.InDigest && mine.When(k, Email) == Off && mine.When(k, Push) == Off {
			continue
		}
		notices = append(notices, notice)
		if !known {
			settings[member] = mine
			if notice.InDigest {
				fresh = append(fresh, mine)
			}
		}
	}
	// Somebody who never chose has a digest from the first thing that waits for it.
	if err := begin(ctx, s, fresh); err != nil {
		return nil, err
	}
	told, err := insert(ctx, s, notices)
	if err != nil {
		return nil, err
	}
	var changed, reach []uuid.UUID
	for _, notice := range notices {
		if !told[notice.MemberID] {
			continue // the same, told before
		}
		if notice.InApp {
			changed = append(changed, notice.MemberID)
		}
		if k.always || !waiting[notice.MemberID] { // one call for a thread is enough until they have been there
			reach = append(reach, notice.MemberID)
		}
	}
	return changed, n.reach(ctx, s, k, like, reach, settings)
}

// recount has the open pages of members look at their counts again.
func recount(ctx context.Context, s tenants.Scope, members []uuid.UUID) error {
	var events []tenants.Event
	for some := range slices.Chunk(members, readers) {
		events = append(events, tenants.Event{Subject: some[0], Readers: tenants.NewIDs(some...)})
	}
	return s.EmitAll(ctx, modules.Recount, events)
}
