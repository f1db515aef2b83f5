package rota

import (
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
)

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
	for _, holiday := range clock.Holidays {
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
	for _, holiday := range clock.Holidays {
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
