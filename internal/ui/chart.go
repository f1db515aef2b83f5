package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Chart is a picture of figures, with the same figures as a table beside it.
type Chart struct {
	ID     string // of its heading
	Title  string
	Own    bool     // the title is somebody's words: it is in no other ones
	Says   string   // what it shows, in a sentence, for those who do not see it
	Means  string   // what exactly is counted, for everybody; may be empty
	Of     string   // what a row is: "Day"
	Rows   []string // "Mon 2 November"
	Series []Series
	Beside bool // bars stand beside each other, not on top
	Total  bool // the table adds the series up
	Open   bool // the table is open at first: the rows have names that the picture does not show
	// Top is the value at the upper edge; 0 for the highest that there is.
	Top float64
	// Say is a value in words; nil for whole numbers.
	Say func(v float64) string
}

// Series are the values of one name, one a row; NaN where there is none.
type Series struct {
	Name   string
	Colour string // end of a chart__ class
	Line   bool   // or else bars
	Values []float64
}

// The size of a chart, in the units of its own view box.
const chartWidth, chartHeight = 720.0, 160.0

func (c Chart) viewBox() string { return fmt.Sprintf("0 0 %g %g", chartWidth, chartHeight) }

func (c Chart) say(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case c.Say != nil:
		return c.Say(v)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func (c Chart) total(row int) (sum float64) {
	for _, s := range c.Series {
		sum += known(s.Values[row])
	}
	return sum
}

func known(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// top is the value at the upper edge.
func (c Chart) top() float64 {
	if c.Top > 0 {
		return c.Top
	}
	top := 0.0
	for row := range c.Rows {
		stack := 0.0
		for _, s := range c.Series {
			v := known(s.Values[row])
			if !s.Line && !c.Beside {
				stack += v
			}
			top = max(top, v, stack)
		}
	}
	if top == 0 {
		return 1
	}
	return top
}

// bar is a rectangle of a series.
type bar struct{ x, y, width, height, colour string }

// bars are those of a row: the first series at the bottom, or on the left.
func (c Chart) bars(row int) (all []bar) {
	var series []Series
	for _, s := range c.Series {
		if !s.Line {
			series = append(series, s)
		}
	}
	step, top, floor := chartWidth/float64(len(c.Rows)), c.top(), chartHeight
	x, width := (float64(row)+.1)*step, .8*step
	if c.Beside {
		width /= float64(len(series))
	}
	for n, s := range series {
		height := chartHeight * known(s.Values[row]) / top
		if c.Beside {
			floor = chartHeight
		}
		if height > 0 {
			left := x
			if c.Beside {
				left += float64(n) * width
			}
			all = append(all, bar{points(left), points(floor - height), points(width), points(height), s.Colour})
		}
		floor -= height
	}
	return all
}

// line is the path of a series, with a gap where a value is missing. A value that
// stands alone is a dot.
func (c Chart) line(s Series) string {
	step, top := chartWidth/float64(len(c.Rows)), c.top()
	var path strings.Builder
	drawn := false
	for row, v := range s.Values {
		if math.IsNaN(v) {
			drawn = false
			continue
		}
		x, y := points((float64(row)+.5)*step), points(chartHeight*(1-v/top))
		if drawn {
			fmt.Fprintf(&path, "L%s %s", x, y)
		} else {
			fmt.Fprintf(&path, "M%s %sh0", x, y)
		}
		drawn = true
	}
	return path.String()
}

func points(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
