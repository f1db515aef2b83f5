package ui

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"
)

func homeOf(frame *Frame) string {
	if frame.Home == "" {
		return "/"
	}
	return frame.Home
}

// current marks the link of the room that the page belongs to.
func current(frame *Frame, room Room) templ.Attributes {
	switch {
	case frame.Path == room.Path:
		return templ.Attributes{"aria-current": "page"}
	case room.Key != "" && room.Key == frame.Module:
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

// places are those of a phone's bottom bar.
const places = 5

// bottomBar deals the rooms out to a phone's bottom bar and to what its last place
// opens: home, a room, "Post", another room, and more. Where there is a place for
// all of them, more is empty. What stands in the bar at the top is left out.
func bottomBar(frame *Frame) (bar, more []Room) {
	rooms := slices.DeleteFunc(slices.Clone(frame.Rooms), func(room Room) bool { return room.Bar })
	var post []Room
	if at := slices.IndexFunc(rooms, func(room Room) bool { return room.Compose != "" }); at >= 0 {
		post = []Room{{Name: "Post", Icon: "plus", Path: rooms[at].Compose}}
	}
	if len(rooms)+len(post) > places {
		shown := places - 1 - len(post)
		if at := slices.IndexFunc(rooms, func(room Room) bool { return room.Tab }); at >= shown {
			tab := rooms[at]
			rooms = slices.Insert(slices.Delete(rooms, at, at+1), shown-1, tab)
		}
		rooms, more = slices.Clip(rooms[:shown]), rooms[shown:]
	}
	return slices.Insert(rooms, min(2, len(rooms)), post...), more
}

// counted are the keys of those of the rooms that show how much is unread.
func counted(rooms []Room) string {
	var keys []string
	for _, room := range rooms {
		if room.Counted {
			keys = append(keys, room.Key)
		}
	}
	return strings.Join(keys, " ")
}

// amongMore marks what opens the room that the page belongs to.
func amongMore(frame *Frame, more []Room) templ.Attributes {
	if slices.ContainsFunc(more, func(room Room) bool { return current(frame, room) != nil }) {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

// Compose is where something new is written in this service; empty if nowhere.
func Compose(ctx context.Context) string {
	for _, room := range FrameOf(ctx).Rooms {
		if room.Compose != "" {
			return room.Compose
		}
	}
	return ""
}
