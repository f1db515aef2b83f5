package identity

import (
	"context"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Mine is what somebody sees of their own identity: which parts of it are known,
// not what they say. A page left open tells nobody a name.
type Mine struct {
	Known []string `json:"known"`
	Looks []Look   `json:"looks"` // the latest first
}

// somebody is who looked, where it is not known who that was.
const somebody = "Somebody of the team"

// Look is that somebody of a team looked up who this is.
type Look struct {
	At time.Time `json:"at"`
	By string    `json:"by"` // a handle
}

// Mine shows what is known of whoever asks, and who of the teams has looked at it.
func (i Identities) Mine(ctx context.Context, s tenants.Scope, _ web.None) (Mine, error) {
	_, who, err := i.archive.seen(ctx, s, s.Actor.AccountID)
	if err != nil {
		return Mine{}, err
	}
	out := Mine{Known: who.known()}
	records, err := looksAt(ctx, s, s.Actor.AccountID)
	if err != nil {
		return Mine{}, err
	}
	people, err := lookers(ctx, s, records)
	for _, record := range records {
		look := Look{At: record.At, By: somebody}
		if at := slices.IndexFunc(people, func(p tenants.Person) bool {
			return p.AccountID == record.AccountID && p.ServiceID == record.ServiceID
		}); at >= 0 {
			look.By = people[at].Handle
		}
		out.Looks = append(out.Looks, look)
	}
	return out, err
}

// known names the parts that are not empty.
func (i Identity) known() (names []string) {
	for _, part := range []struct{ name, value string }{
		{"your name", i.Name}, {"your date of birth", i.BornOn}, {"your NHS number", i.NHSNumber}, {"a phone number", i.Phone},
	} {
		if part.value != "" {
			names = append(names, part.name)
		}
	}
	return names
}

// Correct puts right what is known of whoever asks. What is left empty stays.
func (i Identities) Correct(ctx context.Context, s tenants.Scope, in Given) (web.None, error) {
	who, err := in.Read(s.Now)
	if err != nil {
		return web.None{}, err
	}
	if err := i.archive.Add(ctx, s, s.Actor.AccountID, who); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "identity.corrected", tenants.Audited{Subject: s.Actor.AccountID, After: who.known()})
}
