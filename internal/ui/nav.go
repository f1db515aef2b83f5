package ui

import (
	"context"
	"slices"
)

func homeOf(frame *Frame) string {
	if frame.Home == "" {
		return "/"
	}
	return frame.Home
}

// current is the value of aria-current for a room's link.
func current(frame *Frame, room Room) string {
	switch {
	case frame.Path == room.Path:
		return "page"
	case room.Key != "" && room.Key == frame.Module:
		return "true"
	}
	return "false"
}

// bottomBar picks five of the rooms: home, two rooms with "Post" between them, me.
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
		bar = append(bar, open[1])
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
