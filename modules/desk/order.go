package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
)

// used is which share of its time an item has had: 0 when it was raised, 1 when
// it is due, more when it is late.
func used(item safety.Item, now time.Time) float64 {
	if whole := item.DueAt.Sub(item.RaisedAt); whole > 0 {
		return float64(now.Sub(item.RaisedAt)) / float64(whole)
	}
	return 1
}

// inOrder sorts what waits. Crisis and red stand on top, whoever of them is due
// first. Below stands what has had the greatest share of its time, so that the
// late ones come first and none is passed by for being less grave: an amber item
// after three of its four hours stands above a fresh one, and a green one that is
// late above both. Of equals the graver comes first, then the older.
func inOrder(items []safety.Item, now time.Time) {
	slices.SortStableFunc(items, func(a, b safety.Item) int {
		if by := cmp.Compare(below(a), below(b)); by != 0 {
			return by
		}
		if a.Level.Urgent() {
			return cmp.Or(a.DueAt.Compare(b.DueAt), byGravity(a, b), a.RaisedAt.Compare(b.RaisedAt))
		}
		return cmp.Or(cmp.Compare(used(b, now), used(a, now)), byGravity(a, b), a.RaisedAt.Compare(b.RaisedAt))
	})
}

func below(item safety.Item) int {
	if item.Level.Urgent() {
		return 0
	}
	return 1
}

func byGravity(a, b safety.Item) int {
	return slices.Index(safety.Levels, a.Level) - slices.Index(safety.Levels, b.Level)
}
