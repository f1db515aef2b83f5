package clock

import (
	_ "embed"
	"encoding/csv"
	"strings"
)

//go:embed holidays.csv
var holidayFile string

// Holiday is a bank holiday.
type Holiday struct {
	Day  string // 2026-12-25
	Name string
}

// Holidays are England's bank holidays, in order.
var Holidays = func() (all []Holiday) {
	file := csv.NewReader(strings.NewReader(holidayFile))
	file.Comment = '#'
	lines, err := file.ReadAll()
	if err != nil {
		panic("clock: holidays.csv: " + err.Error())
	}
	for _, line := range lines[1:] { // below the names of the columns
		all = append(all, Holiday{line[0], line[1]})
	}
	return all
}()
