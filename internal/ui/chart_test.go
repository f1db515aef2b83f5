package ui

import (
	"math"
	"strings"
	"testing"
)

func TestAChartDrawsWhatItsTableSays(t *testing.T) {
	t.Parallel()
	chart := Chart{ID: "c", Title: "Sheep & goats", Says: "Most on Monday.", Of: "Day", Rows: []string{"Mon", "Tue", "Wed"}, Total: true, Series: []Series{
		{Name: "Sheep", Colour: "first", Values: []float64{3, 1, 0}},
		{Name: "Goats", Colour: "second", Values: []float64{1, 0, 0}},
		{Name: "Wolves", Colour: "third", Line: true, Values: []float64{2, math.NaN(), 4}},
	}}
	if top := chart.top(); top != 4 {
		t.Errorf("the top is %g", top)
	}
	scaled := chart
	scaled.Top = 8
	if line := scaled.line(chart.Series[2]); line != "M120.0 120.0h0M600.0 80.0h0" {
		t.Errorf("below a top of its own: %s", line)
	}
	bars := chart.bars(0)
	if len(bars) != 2 || bars[0].height != "120.0" || bars[0].y != "40.0" || bars[1].height != "40.0" || bars[1].y != "0.0" {
		t.Errorf("Monday: %+v", bars)
	}
	if bars := chart.bars(2); len(bars) != 0 {
		t.Errorf("nothing is drawn as %+v", bars)
	}
	if line := chart.line(chart.Series[2]); line != "M120.0 80.0h0M600.0 0.0h0" {
		t.Errorf("a line with a gap: %s", line)
	}
	chart.Beside = true
	if bars := chart.bars(0); bars[1].y != "120.0" || bars[0].x == bars[1].x {
		t.Errorf("beside each other: %+v", bars)
	}
	var page strings.Builder
	if err := chart.Show().Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"<title id=\"c-name\">Sheep &amp; goats</title>", "Most on Monday.", `<th scope="row">Tue</th><td class="num">1</td><td class="num">0</td><td class="num">–</td>`} {
		if !strings.Contains(page.String(), part) {
			t.Errorf("no %s in %s", part, page.String())
		}
	}
}

func TestAChartOfNothingIsAChart(t *testing.T) {
	t.Parallel()
	chart := Chart{Rows: []string{"Mon"}, Series: []Series{{Values: []float64{0}}, {Line: true, Values: []float64{math.NaN()}}}}
	if chart.top() != 1 || len(chart.bars(0)) != 0 || chart.line(chart.Series[1]) != "" {
		t.Errorf("%g %v %q", chart.top(), chart.bars(0), chart.line(chart.Series[1]))
	}
}
