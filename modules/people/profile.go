package people

import (
	"context"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui/assets"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// mostInterests keeps a profile short.
const mostInterests = 8

// Mine is how others see the actor.
type Mine struct {
	Person tenants.Person `json:"person"`
	// Listed says that they are in the members' directory, where there is one.
	Listed bool `json:"listed"`
	// Waits are words about themselves that the team looks at before others see them.
	Waits string `json:"waits,omitempty"`
}

// Editing reads how others see the actor.
func (p People) Editing(ctx context.Context, s tenants.Scope, _ web.None) (Mine, error) {
	if s.Actor.Member == nil {
		return Mine{}, fault.New(fault.Forbidden, "You are not a member of this service, so you have no profile in it.")
	}
	var me tenants.Person
	err := s.Select(&me).Where("person.id = ?", s.Actor.ID()).Scan(ctx)
	return Mine{me, !me.Unlisted, unseenOf(&me)}, err
}

// Edit is how the actor wants to be seen. Interests are separated by commas.
type Edit struct {
	Avatar    int    `json:"avatar"`
	About     string `json:"about,omitempty" validate:"max=300" label:"a few words"`
	Pronouns  string `json:"pronouns,omitempty" validate:"max=40" label:"your pronouns"`
	Interests string `json:"interests,omitempty" validate:"max=200" label:"your interests"`
	Listed    bool   `json:"listed"`
}

// Edited is the profile, and where it is seen.
type Edited struct {
	Mine
	Path string `json:"path"`
}

// Edit changes the actor's profile.
func (p People) Edit(ctx context.Context, s tenants.Scope, in Edit) (Edited, error) {
	now, err := p.Editing(ctx, s, web.None{})
	if err != nil {
		return Edited{}, err
	}
	if in.Avatar < 1 || in.Avatar > assets.Avatars {
		return Edited{}, fault.Bad("avatar", "Choose one of the pictures.")
	}
	me, was := &now.Person, now.Person.About
	if me.Interests, err = interests(in.Interests); err != nil {
		return Edited{}, err
	}
	me.Avatar, me.About, me.Pronouns, me.Unlisted = in.Avatar, strings.TrimSpace(in.About), strings.TrimSpace(in.Pronouns), !in.Listed
	if now.Waits, err = p.screen(ctx, s, me, was); err != nil {
		return Edited{}, err
	}
	now.Listed = in.Listed
	err = tenants.Touched(s.Update(me).Column("avatar", "about", "pronouns", "interests", "unlisted").Where("person.id = ?", me.ID).Exec(ctx))
	return Edited{now, "/" + s.Service.Slug + "/people/" + me.HandleKey}, err
}

// interests takes apart what somebody typed: each once, in their own order.
func interests(typed string) (all tenants.Labels, err error) {
	for _, one := range strings.Split(typed, ",") {
		one = strings.Join(strings.Fields(one), " ")
		if one != "" && !slices.ContainsFunc(all, func(had string) bool { return strings.EqualFold(had, one) }) {
			all = append(all, one)
		}
	}
	if len(all) > mostInterests {
		return nil, fault.Bad("interests", "Choose 8 interests at the most.")
	}
	return all, nil
}
