package ui

import (
	"maps"
	"slices"
	"strconv"
)

func sortedKeys(fields map[string]string) []string { return slices.Sorted(maps.Keys(fields)) }

// optionID gives the first radio the field's own id, so that the error summary's link finds it.
func optionID(f Field, i int) string {
	if i == 0 {
		return f.id()
	}
	return f.id() + "-" + strconv.Itoa(i)
}
