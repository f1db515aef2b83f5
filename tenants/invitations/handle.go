package invitations

import (
	"context"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/handles"
)

// between is how long somebody keeps a handle before they can take another.
const between = 30 * 24 * time.Hour

// Naming is how the actor is called, and when that can change.
type Naming struct {
	Handle string   `json:"handle"`
	Ideas  []string `json:"ideas,omitempty"`
	// From is when they can take another handle; nil for now.
	From *time.Time `json:"from,omitempty"`
}

// Naming reads it.
func (i Invitations) Naming(ctx context.Context, s tenants.Scope, _ web.None) (Naming, error) {
	if s.Actor.Member == nil {
		return Naming{}, fault.New(fault.Forbidden, "You are not a member of this service, so you have no name in it.")
	}
	out := Naming{Handle: s.Actor.Member.Handle}
	last, err := s.RenamedAt(ctx)
	if from := last.Add(between); !last.IsZero() && from.After(s.Now) {
		out.From = &from
	}
	if err == nil && out.From == nil {
		out.Ideas, err = ideas(ctx, s, s.Actor.ID().String())
	}
	return out, err
}

// Rename is the handle that the actor wants.
type Rename struct {
	Handle string `json:"handle" validate:"max=60" label:"a name"`
}

// Renamed is where the actor is found from now on.
type Renamed struct {
	Handle string `json:"handle"`
	Path   string `json:"path"`
}

// Rename gives the actor another handle, by the rules of joining. The record of it
// names neither: a record stays when its person leaves.
func (i Invitations) Rename(ctx context.Context, s tenants.Scope, in Rename) (Renamed, error) {
	now, err := i.Naming(ctx, s, web.None{})
	if err != nil {
		return Renamed{}, err
	}
	if now.From != nil {
		return Renamed{}, fault.Bad("handle", "You can change it again from "+ui.Date(*now.From)+".")
	}
	if in.Handle = strings.Join(strings.Fields(in.Handle), " "); in.Handle == now.Handle {
		return Renamed{}, fault.Bad("handle", "This is your name now. Choose another.")
	}
	who, err := i.archive.Of(ctx, s, s.Actor.AccountID)
	if err != nil {
		return Renamed{}, err
	}
	complaint, err := unfit(ctx, s, in.Handle, who.Name)
	if complaint != "" {
		err = fault.Bad("handle", complaint)
	}
	if err != nil {
		return Renamed{}, err
	}
	me, err := s.Rename(ctx, in.Handle)
	if err != nil {
		return Renamed{}, err
	}
	return Renamed{me.Handle, "/" + s.Service.Slug + "/people/" + me.HandleKey}, s.Audit(ctx, "member.renamed", tenants.Audited{Subject: me.ID})
}

// unfit tells why a handle will not do for the actor, with some that would; empty
// if it will. real is their own name as far as it is known.
func unfit(ctx context.Context, s tenants.Scope, handle, real string) (complaint string, err error) {
	if complaint = handles.Check(handle, s.Service.Name, real); complaint == "" {
		free, err := s.FreeHandle(ctx, handle)
		if free || err != nil {
			return "", err
		}
		complaint = "Somebody here has this name, or one that looks like it."
	}
	offered, err := ideas(ctx, s, handle)
	if len(offered) > 0 {
		complaint += " How about " + listed(offered) + "?"
	}
	return complaint, err
}

// ideas are handles that are free; the same for the same seed, until they are taken.
func ideas(ctx context.Context, s tenants.Scope, seed string) (offered []string, err error) {
	offered = handles.Suggest(seed, func(handle string) bool {
		free, failed := s.FreeHandle(ctx, handle)
		if failed != nil {
			err = failed
		}
		return free || failed != nil // an error ends the search
	})
	return offered, err
}

func listed(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
