package waiting

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

// mostInvited is how many people one click invites.
const mostInvited = 500

// Invite is whom to invite: one entry or, without an ID, all of a pathway who can be.
type Invite struct {
	ID      uuid.UUID `json:"id,omitzero"`
	Pathway uuid.UUID `json:"pathway,omitzero"`
}

// Invited counts what became of it.
type Invited struct {
	Invited int `json:"invited"`
	// Joined are those who were members already, and have their page now.
	Joined  int `json:"joined"`
	Refused int `json:"refused"`
	Left    int `json:"left"` // who can still be invited
	// ID is the entry, where it was one.
	ID uuid.UUID `json:"id,omitzero"`
}

// Invite invites people who wait and have an email address, those who wait longest
// first. Whoever has an invitation is passed by.
func (w Waiting) Invite(ctx context.Context, s tenants.Scope, in Invite) (Invited, error) {
	if _, err := w.alone(ctx, s); err != nil {
		return Invited{}, err
	}
	rows, err := guests(ctx, s, in, mostInvited)
	if err != nil {
		return Invited{}, err
	}
	if len(rows) == 0 {
		return Invited{}, fault.New(fault.Conflict, "There is nobody to invite: who waits has an invitation, has joined or has no email address.")
	}
	list := make([]invitations.Guest, len(rows))
	for i, row := range rows {
		if list[i].Email, err = row.email(w.keys); err != nil {
			return Invited{}, err
		}
		if row.NHSSealed != "" {
			if list[i].NHSNumber, err = w.keys.Open(row.NHSSealed, nhsOf+row.ID.String()); err != nil {
				return Invited{}, err
			}
		}
	}
	asked, err := w.guests.Invite(ctx, s, tenants.Waiting, list)
	if err != nil {
		return Invited{}, err
	}
	out := Invited{ID: in.ID}
	for i, one := range asked {
		if err := w.invited(ctx, s, &rows[i], one, &out); err != nil {
			return Invited{}, err
		}
	}
	if in.ID != uuid.Nil && out.Refused > 0 {
		return Invited{}, fault.New(fault.Conflict, asked[0].Refuse)
	}
	if out.Left, err = invitable(ctx, s, in); err != nil {
		return Invited{}, err
	}
	if err := s.Audit(ctx, "waiting.invite", tenants.Audited{Subject: in.ID, After: out}); err != nil {
		return Invited{}, err
	}
	return out, s.Emit(ctx, Changed, tenants.Event{Module: key, Subject: in.ID, Audience: tenants.AudienceStaff})
}

// invited writes what became of one.
func (w Waiting) invited(ctx context.Context, s tenants.Scope, row *Entry, one invitations.Answered, out *Invited) error {
	row.InvitedAt = &s.Now
	if one.ID != uuid.Nil {
		row.InvitationID = &one.ID
		out.Invited++
		return put(ctx, s, row)
	}
	if one.Member {
		member, err := memberOf(ctx, s, row.EmailLookup)
		if err == nil {
			out.Joined++
			return w.join(ctx, s, row, member)
		}
		if !database.Missing(err) {
			return err
		}
	}
	out.Refused++
	return put(ctx, s, row) // so that the next click is for others
}

// memberOf finds the member of the service with an email who waits by their role.
func memberOf(ctx context.Context, s tenants.Scope, lookup string) (person tenants.Person, err error) {
	return person, s.Select(&person).Where("person.status = 'active'").Where(tenants.Holds("person.roles", tenants.Waiting)).
		Where("person.account_id IN (SELECT a.id FROM accounts AS a WHERE a.tenant_id = person.tenant_id AND a.email_lookup = ?)", lookup).
		Where("person.id NOT IN (SELECT e.member_id FROM waiting_entries AS e WHERE e.tenant_id = person.tenant_id AND e.member_id IS NOT NULL AND e.outcome = '')").Scan(ctx)
}

// join gives a member their page.
func (w Waiting) join(ctx context.Context, s tenants.Scope, row *Entry, member tenants.Person) error {
	way, err := pathwayOf(ctx, s, row.PathwayID)
	if err != nil {
		return err
	}
	next := s.Now.Add(time.Duration(way.Cadence) * 24 * time.Hour)
	row.MemberID, row.JoinedAt, row.AskAt = &member.ID, &member.JoinedAt, &next
	if err := put(ctx, s, row); err != nil {
		return err
	}
	return s.Emit(ctx, Changed, tenants.Event{Module: key, Subject: row.ID, Audience: tenants.AudienceStaff, Readers: tenants.NewIDs(member.ID)})
}

// joined gives somebody who came by an invitation from the list their page.
func (w Waiting) joined(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var row Entry
	err := s.Lock(&row).Where("entry.invitation_id = ?", e.About).Where("entry.outcome = ''").Where("entry.member_id IS NULL").Scan(ctx)
	if database.Missing(err) {
		return nil // another invitation, or one that came to an end
	}
	if err != nil {
		return err
	}
	var member tenants.Person
	if err := s.Select(&member).Where("person.id = ?", e.Subject).Where("person.status = 'active'").Scan(ctx); database.Missing(err) {
		return nil
	} else if err != nil {
		return err
	}
	return w.join(ctx, s, &row, member)
}

// guests are those whom an invitation can go to.
func guests(ctx context.Context, s tenants.Scope, in Invite, most int64) (rows []Entry, err error) {
	q := s.Lock(&rows)
	return rows, narrowed(q, in).Order("entry.referred_on", "entry.id").Limit(most).Scan(ctx)
}

// invitable counts them.
func invitable(ctx context.Context, s tenants.Scope, in Invite) (int, error) {
	n, err := narrowed(s.Select((*Entry)(nil)), in).Count(ctx)
	return int(n), err
}

// narrowed leaves those whom nobody has tried to invite yet, or the one who is named.
func narrowed(q *bun.SelectQuery, in Invite) *bun.SelectQuery {
	q = q.Where("entry.outcome = ''").Where("entry.member_id IS NULL").Where("entry.email_lookup <> ''")
	if in.ID != uuid.Nil {
		return q.Where("entry.id = ?", in.ID)
	}
	if q = q.Where("entry.invited_at IS NULL"); in.Pathway != uuid.Nil {
		q = q.Where("entry.pathway_id = ?", in.Pathway)
	}
	return q
}
