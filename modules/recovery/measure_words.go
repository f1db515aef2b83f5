package recovery

import (
	_ "embed"
	"fmt"
	"strconv"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// sample shows how a definition file is written.
//
//go:embed measures/sample.yaml
var sample string

// choices are the options of an item.
func (d Definition) choices() (all []ui.Option) {
	for _, o := range d.Options {
		all = append(all, ui.Option{Value: strconv.Itoa(o.Value), Label: o.Text, Own: true})
	}
	return all
}

// says is a result in a sentence: what the score is and what it is called.
func (x Result) says(d Definition) string {
	if x.Score == nil {
		return "Too many questions were left out, so there is no score."
	}
	words := fmt.Sprintf("Score: %d of %d.", *x.Score, d.most())
	for _, band := range d.Bands {
		if band.Words == x.Band {
			words += fmt.Sprintf(" Its authors call %d to %d %s.", band.From, band.To, band.Words)
		}
	}
	return words
}

// rhythm is how often something is asked.
func (x Assignment) rhythm() string {
	switch x.EveryWeeks {
	case 0:
		return "once"
	case 1:
		return "every week"
	}
	return "every " + strconv.Itoa(x.EveryWeeks) + " weeks"
}

func (d Definition) origin() string {
	if d.Revision == 0 {
		return "comes with SHaRON"
	}
	return "loaded by the trust, revision " + strconv.Itoa(d.Revision)
}

func names(all []Definition) []ui.Option {
	options := []ui.Option{{Label: "Choose a questionnaire"}}
	for _, d := range all {
		options = append(options, ui.Option{Value: d.Key, Label: d.Name})
	}
	return options
}

// scoreCharts draw the scores of each measure that was scored more than once, the
// first score first.
func scoreCharts(all []Response) (charts []ui.Chart) {
	at := map[string]int{}
	for i := len(all) - 1; i >= 0; i-- {
		one := all[i]
		if one.Score == nil {
			continue
		}
		n, there := at[one.Measure]
		if !there {
			n = len(charts)
			at[one.Measure] = n
			charts = append(charts, ui.Chart{ID: "scores-" + one.Measure, Title: one.Name, Own: true, Says: "The score each time that it was filled in.", Of: "When", Top: float64(one.Most), Series: []ui.Series{{Name: "Score", Colour: "first", Line: true}}})
		}
		charts[n].Rows = append(charts[n].Rows, ui.Date(one.At))
		charts[n].Series[0].Values = append(charts[n].Series[0].Values, float64(*one.Score))
	}
	drawn := charts[:0]
	for _, chart := range charts {
		if len(chart.Rows) > 1 {
			drawn = append(drawn, chart)
		}
	}
	return drawn
}
