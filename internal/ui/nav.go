package ui

import (
	"context"
	"slices"

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

// bottomBar picks five of the rooms: home, two rooms with "Post" between them, me. The others are listed under "Me".
func bottomBar(frame *Frame) []Room {
	if len(frame.Rooms) == 0 {
		return nil
	}
	var open, me []Room
	compose := ""
	for _, room := range frame.Rooms[1:] {
		switch {
		case room.Key == "me":
			me = append(me, room)
		case !room.Corner:
			open = append(open, room)
			if compose == "" {
				compose = room.Compose
			}
		}
	}
	bar := []Room{frame.Rooms[0]}
	bar = append(bar, open[:min(1, len(open))]...)
	if compose != "" {
		bar = append(bar, Room{Name: "Post", Icon: "plus", Path: compose})
	}
	if len(open) > 1 {
		rest := open[1:]
		bar = append(bar, rest[max(0, slices.IndexFunc(rest, func(room Room) bool { return room.Tab }))])
	}
	return slices.Concat(bar, me)
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
