package walls

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// home is a member's wall.
func home(s tenants.Scope, owner tenants.Person) posts.Place {
	return posts.Home(s, key, owner, posts.PostMembers)
}

// canWrite tells why the actor may not write on a wall; nil if they may.
func canWrite(s tenants.Scope, wall posts.Place) error {
	mine := wall.OwnerID != nil && *wall.OwnerID == s.Actor.ID()
	switch {
	case s.Silence() != nil:
		return s.Silence()
	case !s.May("walls.post"):
		return fault.New(fault.Forbidden, "Your role here does not allow writing on walls.")
	case !mine && !modules.Tune(s, key, defaults).OthersMayPost:
		return fault.New(fault.Forbidden, "In this service people write on their own walls only. You can reply to what is here.")
	}
	return wall.CanPost(s)
}

// audiencesOn are those that the actor may write for on somebody's wall: its
// owner is always among the readers.
func audiencesOn(ctx context.Context, s tenants.Scope, owner tenants.Person) ([]tenants.Audience, error) {
	offers := s.Actor.Roles.Offers()
	if owner.ID == s.Actor.ID() {
		return offers, nil
	}
	bonds, err := s.Between(ctx, owner.ID)
	return slices.DeleteFunc(offers, func(a tenants.Audience) bool {
		if a == tenants.AudienceFriends {
			return !bonds.Has(owner.ID, tenants.Friend)
		}
		return !slices.Contains(owner.Roles.Audiences(), a)
	}), err
}

func notYours() error {
	return fault.New(fault.Forbidden, "Only its owner can say who may write on a wall.")
}

// fits holds a post to the length that the service chose.
func fits(s tenants.Scope, body string) error {
	if most := modules.Tune(s, key, defaults).MaxLength; utf8.RuneCountInString(body) > most {
		return fault.Bad("body", fmt.Sprintf("Your words must be %d characters or fewer.", most))
	}
	return nil
}
