package invitations

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/letters"
)

// Joined is that somebody became a member by an invitation; the subject is the
// member, About the invitation.
var Joined = tenants.Kind{Key: "invitations.joined", Queue: jobs.Default}

// Guests invites people of a list that a room keeps.
type Guests struct{ Office letters.Office }

// Guest is somebody whom a room's list has.
type Guest struct{ Email, NHSNumber string }

// Answered is what became of an address: an invitation, or why there is none.
type Answered struct {
	ID     uuid.UUID
	Refuse string
	Member bool // they are a member already
}

// Invite invites whoever can be, each to the same role, and says of each in their
// order what became of it. Whoever acts must be allowed to invite.
func (g Guests) Invite(ctx context.Context, s tenants.Scope, role tenants.Role, list []Guest) ([]Answered, error) {
	if err := g.Office.Open(); err != nil {
		return nil, err
	}
	i, out := Invitations{office: g.Office, archive: identity.Archive{Keys: g.Office.Keys}}, make([]Answered, len(list))
	guests, at := []guest{}, map[string]int{}
	for n, in := range list {
		one := guest{email: in.Email, lookup: g.Office.Keys.Lookup(in.Email), role: role, who: identity.Identity{NHSNumber: in.NHSNumber}}
		why := one.check(s)
		if _, twice := at[one.lookup]; twice && why.words == "" {
			why = isWaiting
		}
		if out[n].Refuse = why.words; why.words != "" {
			continue
		}
		guests, at[one.lookup] = append(guests, one), n
	}
	if len(guests) == 0 {
		return out, nil
	}
	refused, err := known(ctx, s, guests)
	if err != nil {
		return nil, err
	}
	var asked []guest
	for _, one := range guests {
		if why, is := refused[one.lookup]; is {
			out[at[one.lookup]] = Answered{Refuse: why.words, Member: why == isMember}
			continue
		}
		asked = append(asked, one)
	}
	if len(asked) == 0 {
		return out, nil
	}
	rows, err := i.invite(ctx, s, asked)
	for _, row := range rows {
		out[at[row.EmailLookup]].ID = row.ID
	}
	return out, err
}
