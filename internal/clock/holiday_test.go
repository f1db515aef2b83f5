package clock

import (
	"testing"
	"time"
)

func TestTheHolidaysAreWholeAndInOrder(t *testing.T) {
	years := map[string]int{}
	for i, holiday := range Holidays {
		day, err := time.Parse(time.DateOnly, holiday.Day)
		if err != nil || holiday.Name == "" || day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || i > 0 && holiday.Day <= Holidays[i-1].Day {
			t.Errorf("%v", holiday)
		}
		years[holiday.Day[:4]]++
	}
	for _, year := range []string{"2026", "2027", "2028"} {
		if years[year] != 8 {
			t.Errorf("%s has %d bank holidays", year, years[year])
		}
	}
}
