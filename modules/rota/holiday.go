package rota

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

//go:embed holidays.csv
var holidayFile string

// Holiday is a day on which the service is closed by itself.
type Holiday struct {
	Day  string `json:"day"` // 2026-12-25
	Name string `json:"name"`
}

// Holidays are England's bank holidays, in order.
var Holidays = func() (all []Holiday) {
	file := csv.NewReader(strings.NewReader(holidayFile))
	file.Comment = '#'
	lines, err := file.ReadAll()
	if err != nil {
		panic("rota: holidays.csv: " + err.Error())
	}
	for _, line := range lines[1:] { // below the names of the columns
		all = append(all, Holiday{line[0], line[1]})
	}
	return all
}()

// Day is what the service says of a day: closed, or open though it is a bank holiday.
type Day struct {
	bun.BaseModel `bun:"table:rota_days,alias:closed"`
	tenants.InService

	Day  string `bun:"day,pk" json:"day"`
	Name string `bun:"name" json:"name"`
	Open bool   `bun:"open" json:"open"`
}

// closed are the days on which the service is closed: bank holidays, and what it
// says itself.
func closed(own []Day) map[string]string {
	days := map[string]string{}
	for _, holiday := range Holidays {
		days[holiday.Day] = holiday.Name
	}
	for _, day := range own {
		if days[day.Day] = day.Name; day.Open {
			delete(days, day.Day)
		}
	}
	return days
}

// days lists bank holidays and the service's own days between two dates, in order.
func days(own []Day, from, until string) (all []Day) {
	names := map[string]string{}
	for _, holiday := range Holidays {
		names[holiday.Day] = holiday.Name
		all = append(all, Day{Day: holiday.Day, Name: holiday.Name})
	}
	all = slices.DeleteFunc(all, func(d Day) bool {
		return slices.ContainsFunc(own, func(o Day) bool { return o.Day == d.Day })
	})
	for _, day := range own {
		if day.Name == "" {
			day.Name = names[day.Day]
		}
		all = append(all, day)
	}
	all = slices.DeleteFunc(all, func(d Day) bool { return d.Day < from || d.Day > until })
	slices.SortFunc(all, func(a, b Day) int { return strings.Compare(a.Day, b.Day) })
	return all
}
