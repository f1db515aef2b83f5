package ui

import (
	"context"
	"slices"

	"github.com/sharon-nhs/sharon/internal/words"
)

// Easy tells whether the page is in Easy Read: it asks for one thing at a time and
// shows few choices, each with a picture.
func Easy(ctx context.Context) bool { return words.Of(ctx) == words.EasyRead }

// easyBar is the bar at the bottom in Easy Read: where everything begins, to write,
// and what is one's own.
func easyBar(frame *Frame) (bar []Room) {
	if frame.Home == "" {
		return nil
	}
	bar = []Room{{Name: "Home", Icon: "house", Path: frame.Home}}
	if at := slices.IndexFunc(frame.Rooms, func(room Room) bool { return room.Compose != "" }); at >= 0 {
		bar = append(bar, Room{Name: "Write something", Icon: "pencil", Path: frame.Rooms[at].Compose})
	}
	return append(bar, Room{Name: "Me", Icon: "user-round", Path: frame.Home + "/me", Key: "me"})
}

// barOf are the rooms that may show in the bar at the top: none in Easy Read.
func barOf(ctx context.Context) []Room {
	if Easy(ctx) {
		return nil
	}
	return FrameOf(ctx).Rooms
}

// mostChoices is how much somebody chooses from at once.
const mostChoices = 6

// choices are what Easy Read offers at first, and what it keeps folded away: rooms
// of one's own or the team's, and tools.
func choices(frame *Frame) (few, more []Room) {
	for _, room := range frame.Rooms {
		switch {
		case room.Path == frame.Home || room.Key == "me":
		case room.Corner || room.Bar || len(few) == mostChoices:
			more = append(more, room)
		default:
			few = append(few, room)
		}
	}
	return few, more
}
