package exitkit

import (
	"fmt"
	"time"
)

// Fetchable tells whether the kit's file can be fetched now.
func (k Kit) Fetchable(now time.Time) bool { return k.State == Ready && k.ExpiresAt.After(now) }

// UnderWay tells whether somebody works on the kit or will.
func (k Kit) UnderWay() bool { return k.State == Waiting || k.State == Making }

// standing is a kit's state in words, with the colour of its pill.
func (k Kit) standing(now time.Time) (words, colour string) {
	switch {
	case k.Fetchable(now):
		return "Ready", "g"
	case k.State == Waiting && k.Problem != "":
		return "Will be tried again", "a"
	case k.State == Waiting:
		return "Waits for its turn", "n"
	case k.State == Making:
		return "Being made", "a"
	case k.State == Failed:
		return "Could not be made", "r"
	case k.State == Removed:
		return "Thrown away", "n"
	}
	return "Its time is over", "n"
}

// size is a number of bytes as people say it.
func size(bytes int64) string {
	for _, unit := range []struct {
		name string
		of   float64
	}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}} {
		if float64(bytes) >= unit.of {
			return fmt.Sprintf("%.1f %s", float64(bytes)/unit.of, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// number is a count with commas.
func number(n int64) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
