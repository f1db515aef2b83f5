package usage

import (
	"maps"
	"net/url"
)

// none is what is written where nothing is known.
const none = "–"

// until is the last day that has been counted, as people write it.
func (v View) until() string {
	day, err := parse(v.Until)
	if err != nil {
		return v.Until
	}
	return day.Format("2 January 2006")
}

// file is the address of a chart's table.
func (v View) file(key, as string) string {
	q := url.Values{"chart": {key}, "as": {as}}
	if maps.Copy(q, v.query); !v.Safe {
		q.Set("by", string(v.Span))
	}
	return v.base + "/file?" + q.Encode()
}

func (l Line) words(n *float64) string {
	if n == nil {
		return none
	}
	return l.say(*n)
}

// words are the share of those who came so many months after joining.
func (t Tenure) words(after int) string {
	if after >= len(t.Share) {
		return none
	}
	return sayPercent(*t.Share[after])
}
