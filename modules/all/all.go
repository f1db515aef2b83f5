// Package all lists every room. A new room is a folder beside this one and a
// line here.
package all

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/access"
	"github.com/sharon-nhs/sharon/modules/blogs"
	"github.com/sharon-nhs/sharon/modules/cases"
	"github.com/sharon-nhs/sharon/modules/catch"
	queue "github.com/sharon-nhs/sharon/modules/desk"
	"github.com/sharon-nhs/sharon/modules/directory"
	"github.com/sharon-nhs/sharon/modules/figures"
	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/gifts"
	"github.com/sharon-nhs/sharon/modules/live"
	"github.com/sharon-nhs/sharon/modules/messages"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/people"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/recovery"
	"github.com/sharon-nhs/sharon/modules/reports"
	"github.com/sharon-nhs/sharon/modules/resources"
	"github.com/sharon-nhs/sharon/modules/rota"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/modules/search"
	"github.com/sharon-nhs/sharon/modules/standing"
	"github.com/sharon-nhs/sharon/modules/surveys"
	"github.com/sharon-nhs/sharon/modules/switchboard"
	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/modules/timeline"
	"github.com/sharon-nhs/sharon/modules/videos"
	"github.com/sharon-nhs/sharon/modules/waiting"
	"github.com/sharon-nhs/sharon/modules/walls"
	"github.com/sharon-nhs/sharon/modules/wings"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

// Rooms makes them, in the order of the navigation; desk is the safeguarding
// kernel, files keep what members send, outside is how they are reached who are
// not on a page, guests let people in who are on a list, and offers are what can be
// done with a member outside the rooms.
func Rooms(desk *safety.Desk, files *storage.Files, outside *notifications.Outside, guests invitations.Guests, offers func(s tenants.Scope, person tenants.Person) []tenants.Link) []modules.Module {
	kernel := posts.NewKernel(files, desk)
	notices := notifications.New(kernel, outside)
	rooms := []modules.Module{
		timeline.New(kernel, messages.ToTeam),
		waiting.New(desk, outside.Keys, guests, recovery.Asking{}),
		walls.New(kernel),
		forums.New(kernel),
		blogs.New(kernel),
		messages.New(desk, files),
		gifts.New(desk, kernel, files),
		live.New(desk),
		recovery.New(desk, outside.Keys, videos.NewFilms(kernel)),
		surveys.New(desk, outside.Keys),
		access.New(desk, outside.Keys),
		resources.New(files),
		videos.New(kernel, files),
		directory.New(),
		kernel.Room(),
		rota.New(desk, func(t tenants.Trust) string { return outside.Address(t) }),
		queue.New(desk),
		terms.New(desk, kernel.Recent),
		standing.New(desk),
	}
	rooms = append(rooms, wings.New(identity.Archive{Keys: outside.Keys}, recovery.Carry, rooms))
	rooms = append(rooms, catch.New(desk, kernel, rooms))
	links := func(s tenants.Scope, person tenants.Person) []tenants.Link {
		return append(modules.Links(rooms)(s, person), offers(s, person)...)
	}
	rooms = append(rooms, people.New(desk, links), reports.New(desk, kernel), figures.New())
	rooms = append(rooms, cases.New(desk, notices, messages.Writing(desk)))
	rooms = append(rooms, notices.Room(rooms))
	differ := func(ctx context.Context, s tenants.Scope) (tenants.Drift, error) { return DriftOf(ctx, s, rooms) }
	return append(rooms, search.New(rooms), switchboard.New(rooms, differ))
}
