package programmes

import (
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// Item is a piece of work as the schedule knows it: a task, or the gate at the end
// of a phase.
type Item struct {
	Key, Name string
	NotBefore Day      // when its phase begins
	Moved     Day      // when somebody wants it to begin; empty for nobody
	Days      int      // of work
	After     []string // keys of what must be done before
	Due       Day      // when it was to be done by the first plan
	Done      Day      // empty while it is open
	Gate      bool     // a decision: it takes its day at any pace
}

// Span is when an item is worked on, the last day included. Waits is the key of
// the item whose end it begins after; empty where it begins by the calendar.
type Span struct {
	From, To Day
	Waits    string
}

// lay gives each item its dates: not before its phase, not before it was moved to,
// and after all that it depends on. Invalid names the way round where items wait
// for each other.
func lay(items []Item, c Calendar) (map[string]Span, error) {
	ordered, err := order(items)
	if err != nil {
		return nil, err
	}
	spans := make(map[string]Span, len(items))
	for _, item := range ordered {
		span := Span{From: max(item.NotBefore, item.Moved)}
		for _, key := range item.After {
			if free := spans[key].To.Plus(1); free > span.From {
				span.From, span.Waits = free, key
			}
		}
		span.From = c.next(span.From)
		if span.To = c.add(span.From, item.Days); item.Done != "" {
			span = Span{From: min(span.From, item.Done), To: item.Done}
		}
		spans[item.Key] = span
	}
	return spans, nil
}

// order puts every item behind what it depends on.
func order(items []Item) ([]Item, error) {
	byKey := make(map[string]Item, len(items))
	for _, item := range items {
		byKey[item.Key] = item
	}
	ordered := make([]Item, 0, len(items))
	placed := map[string]bool{}
	var way []string
	var place func(item Item) error
	place = func(item Item) error {
		if placed[item.Key] {
			return nil
		}
		if at := slices.Index(way, item.Key); at >= 0 {
			var names []string
			for _, key := range append(way[at:], item.Key) {
				names = append(names, "“"+byKey[key].Name+"”")
			}
			return fault.Bad("after", "These wait for each other, so none could ever begin: "+strings.Join(names, ", which waits for ")+".")
		}
		way = append(way, item.Key)
		for _, key := range item.After {
			before, known := byKey[key]
			if !known {
				return fault.Bad("after", "There is no task “"+key+"” in this programme.")
			}
			if err := place(before); err != nil {
				return err
			}
		}
		way = way[:len(way)-1]
		placed[item.Key] = true
		ordered = append(ordered, item)
		return nil
	}
	for _, item := range items {
		if err := place(item); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}

// hull is from the first day of some items to their last.
func hull(spans map[string]Span, keys []string) (all Span) {
	for _, key := range keys {
		span, known := spans[key]
		if known && (all.From == "" || span.From < all.From) {
			all.From = span.From
		}
		all.To = max(all.To, span.To)
	}
	return all
}
