package figures

import (
	"fmt"
	"strconv"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// took says a wait as briefly as a table wants it: "9 min", "1 h 40 min", "2 days".
func took(seconds int) string {
	minutes := (seconds + 30) / 60
	switch {
	case seconds < 60:
		return strconv.Itoa(seconds) + " s"
	case minutes < 60:
		return strconv.Itoa(minutes) + " min"
	case minutes < 48*60 && minutes%60 > 0:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	case minutes < 48*60:
		return strconv.Itoa(minutes/60) + " h"
	}
	return ui.Count(minutes/60/24, "day", "days")
}

// waitWords are the three waits of a line, "–" where there was none.
func waitWords(t safety.Times) [3]string {
	if t.Count == 0 {
		return [3]string{"–", "–", "–"}
	}
	return [3]string{took(t.Median), took(t.P90), took(t.Worst)}
}

// shareWords are a share with its base: "98.6% of 71".
func shareWords(x safety.Share) string {
	if x.Of == 0 {
		return x.Percent()
	}
	return x.Percent() + " of " + strconv.Itoa(x.Of)
}

// urgent is the line of all urgent levels together, for the head of the page.
func (f Figures) urgentInTime() (all safety.Share) {
	for _, line := range f.Levels {
		if line.Level.Urgent() {
			all.Part += line.InTime.Part
			all.Of += line.InTime.Of
		}
	}
	return all
}

func (f Figures) inTime() (all safety.Share) {
	for _, line := range f.Levels {
		all.Part += line.InTime.Part
		all.Of += line.InTime.Of
	}
	return all
}

func (f Figures) overdue() (n int) {
	for _, line := range f.Levels {
		n += line.Overdue
	}
	return n
}

// target says what is asked for at a level.
func target(level safety.Level, x safety.Settings) string {
	switch level {
	case safety.Crisis:
		return "taken within " + ui.Count(x.CrisisMinutes, "minute", "minutes")
	case safety.Red:
		return "taken within " + ui.Count(x.RedMinutes, "minute", "minutes")
	case safety.Amber:
		return "decided within " + ui.Count(x.AmberHours, "staffed hour", "staffed hours")
	}
	return "decided within " + ui.Count(x.GreenHours, "staffed hour", "staffed hours")
}

// date is the day as people write it.
func (d Day) date() string {
	day, err := time.ParseInLocation(time.DateOnly, d.Day, clock.London)
	if err != nil {
		return d.Day
	}
	return day.Format("Mon 2 January")
}
