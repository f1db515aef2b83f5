// Package all lists every room. A new room is a folder beside this one and a
// line here.
package all

import (
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/live"
	"github.com/sharon-nhs/sharon/modules/messages"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/people"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/reports"
	"github.com/sharon-nhs/sharon/modules/switchboard"
	"github.com/sharon-nhs/sharon/modules/timeline"
	"github.com/sharon-nhs/sharon/modules/walls"
)

// Rooms makes them, in the order of the navigation; files keep what members
// send, outside is how they are reached who are not on a page.
func Rooms(files *storage.Files, outside *notifications.Outside) []modules.Module {
	kernel := posts.NewKernel()
	rooms := []modules.Module{
		timeline.New(kernel),
		walls.New(kernel),
		forums.New(kernel),
		messages.New(files),
		live.New(),
		kernel.Room(),
	}
	rooms = append(rooms, people.New(rooms), reports.New(kernel))
	rooms = append(rooms, notifications.New(kernel, rooms, outside))
	return append(rooms, switchboard.New(rooms))
}
