package figures

import (
	"fmt"
	"math"
	"strconv"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// byLevel shows each day's items, the gravest at the bottom.
func (f Figures) byLevel() ui.Chart {
	chart := ui.Chart{ID: "days", Title: "Items by day", Of: "Day", Rows: f.dates(), Total: true}
	for n, level := range safety.Levels {
		values := f.each(func(day Day) int { return day.Counts[n] })
		chart.Series = append(chart.Series, ui.Series{Name: level.Name(), Colour: string(level), Values: values})
	}
	most := 0.0
	for row := range chart.Rows {
		sum := 0.0
		for _, s := range chart.Series {
			sum += s.Values[row]
		}
		most = max(most, sum)
	}
	chart.Says = fmt.Sprintf("A column for each day, with its items by level: at most %.0f a day.", most)
	return chart
}

// againstTarget shows how much of its time each level used.
func (f Figures) againstTarget() ui.Chart {
	chart := ui.Chart{ID: "targets", Title: "How soon, against the target", Of: "Level", Beside: true,
		Says: "For each level how much of the time until its target was used, where the target is 100%. A crisis and a red item have to be taken by then, the others decided.",
		Say:  func(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) + "%" },
	}
	var median, p90, target []float64
	for _, line := range f.Levels {
		chart.Rows = append(chart.Rows, line.Level.Name())
		if target = append(target, 100); line.Used.Count == 0 {
			median, p90 = append(median, math.NaN()), append(p90, math.NaN())
			continue
		}
		median, p90 = append(median, float64(line.Used.Median)), append(p90, float64(line.Used.P90))
	}
	chart.Series = []ui.Series{{Name: "Median", Colour: "first", Values: median}, {Name: "9 of 10", Colour: "second", Values: p90}, {Name: "Target", Colour: "limit", Line: true, Values: target}}
	return chart
}

// outOfHours shows at what hour items were raised.
func (f Figures) outOfHours() ui.Chart {
	chart := ui.Chart{ID: "hours", Title: "At what hour they were raised", Of: "Hour", Total: true,
		Says: f.OutOfHours.Percent() + " of all were raised outside 9 to 5, Monday to Friday."}
	var within, outside []float64
	for hour, count := range f.Hours {
		chart.Rows = append(chart.Rows, fmt.Sprintf("%02d:00", hour))
		within, outside = append(within, float64(count.Within)), append(outside, float64(count.Outside))
	}
	chart.Series = []ui.Series{{Name: "9 to 5, Monday to Friday", Colour: "first", Values: within}, {Name: "Outside these hours", Colour: "second", Values: outside}}
	return chart
}

// heldAndUnanswered shows both of each day.
func (f Figures) heldAndUnanswered() ui.Chart {
	return ui.Chart{ID: "waited", Title: "Held and unanswered by day", Of: "Day", Rows: f.dates(),
		Says: fmt.Sprintf("A line for what was held until it was decided, %d in all, and one for posts that nobody had answered, %d in all.", f.Held.Items, f.Unanswered),
		Series: []ui.Series{
			{Name: "Held until decided", Colour: "first", Line: true, Values: f.each(func(day Day) int { return day.Held })},
			{Name: "Unanswered", Colour: "second", Line: true, Values: f.each(func(day Day) int { return day.Unanswered })},
		}}
}

func (f Figures) dates() []string {
	dates := make([]string, len(f.Days))
	for i, day := range f.Days {
		dates[i] = day.date()
	}
	return dates
}

func (f Figures) each(of func(Day) int) []float64 {
	values := make([]float64, len(f.Days))
	for i, day := range f.Days {
		values[i] = float64(of(day))
	}
	return values
}
