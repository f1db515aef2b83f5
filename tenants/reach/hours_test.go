package reach

import (
	"errors"
	"fmt"
	"testing"

	"github.com/sharon-nhs/sharon/internal/fault"
)

func TestHoursAreReadAsPeopleWriteThem(t *testing.T) {
	for written, want := range map[string]string{
		"":                                 "",
		"9am to 5pm":                       "09:00-17:00",
		"9 - 17":                           "09:00-17:00",
		" 9.00–12.30 , 1:30pm until 5PM":   "09:00-12:30 13:30-17:00",
		"09:00 to noon and 13:30 to 17:00": "09:00-12:00 13:30-17:00",
		"22:00 to 6:00":                    "22:00-06:00",
		"noon to midnight":                 "12:00-00:00",
		"12am to 12pm":                     "00:00-12:00",
	} {
		spans, complaint := spansOf(written)
		var got string
		for i, span := range spans {
			got += map[bool]string{true: " "}[i > 0] + span.From + "-" + span.To
		}
		if complaint != "" || got != want {
			t.Errorf("%q is %q %q", written, got, complaint)
		}
	}
}

func TestHoursThatCannotBeAreToldByTheirDay(t *testing.T) {
	for _, written := range []string{"all day", "9 to", "to 5", "9 to 25", "9:60 to 10", "13pm to 14", "0am to 3", "9 to 12 and 11 to 17", "9 to 12 to 17", "22 to 6 and 9 to 12", "22 to 6 and 23 to 5"} {
		_, err := Week{Thu: written}.hours()
		var failed *fault.Error
		if !errors.As(err, &failed) || len(failed.Fields) != 1 || failed.Fields[0].Name != "thu" {
			t.Errorf("%q: %v", written, err)
		}
	}
}

func TestAWeekComesBackAsItWasWritten(t *testing.T) {
	week := Week{Mon: "09:00 to 12:30 and 13:30 to 17:00", Tue: "09:00 to 12:30", Fri: "09:00 to 12:30 and 13:30 to 17:00", Sun: "22:00 to 06:00"}
	staffed, err := week.hours()
	if err != nil || weekOf(staffed) != week {
		t.Fatalf("%v %+v", err, weekOf(staffed))
	}
	if got := fmt.Sprint(staffed); got != "[{[mon tue fri] 09:00 12:30} {[mon fri] 13:30 17:00} {[sun] 22:00 06:00}]" {
		t.Errorf("kept as %s", got)
	}
}
