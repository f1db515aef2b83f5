// Package all lists every room. A new room is a folder beside this one and a
// line here.
package all

import (
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/blogs"
	"github.com/sharon-nhs/sharon/modules/directory"
	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/gifts"
	"github.com/sharon-nhs/sharon/modules/live"
	"github.com/sharon-nhs/sharon/modules/messages"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/people"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/reports"
	"github.com/sharon-nhs/sharon/modules/resources"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/modules/search"
	"github.com/sharon-nhs/sharon/modules/switchboard"
	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/modules/timeline"
	"github.com/sharon-nhs/sharon/modules/videos"
	"github.com/sharon-nhs/sharon/modules/walls"
	"github.com/sharon-nhs/sharon/tenants"
)

// Preset are the rooms that a service of an area begins with.
func Preset(area tenants.Area) []string {
	if area == "eating_disorders" {
		return []string{"blogs", "forums", "walls"}
	}
	return []string{"forums", "walls"}
}

// Rooms makes them, in the order of the navigation; files keep what members
// send, outside is how they are reached who are not on a page, and offers are what
// can be done with a member outside the rooms.
func Rooms(files *storage.Files, outside *notifications.Outside, offers func(s tenants.Scope, person tenants.Person) []tenants.Link) []modules.Module {
	desk := safety.NewDesk()
	kernel := posts.NewKernel(files, desk)
	rooms := []modules.Module{
		timeline.New(kernel),
		walls.New(kernel),
		forums.New(kernel),
		blogs.New(kernel),
		messages.New(files),
		gifts.New(kernel, files),
		live.New(),
		resources.New(files),
		videos.New(kernel, files),
		directory.New(),
		kernel.Room(),
		terms.New(desk, kernel.Recent),
	}
	links := func(s tenants.Scope, person tenants.Person) []tenants.Link {
		return append(modules.Links(rooms)(s, person), offers(s, person)...)
	}
	rooms = append(rooms, people.New(links), reports.New(kernel))
	rooms = append(rooms, notifications.New(kernel, rooms, outside))
	return append(rooms, search.New(rooms), switchboard.New(rooms))
}
