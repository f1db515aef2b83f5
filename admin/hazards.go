package admin

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/admin/hazards"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Hazards is the clinical hazard log with what a reader needs to judge it.
type Hazards struct {
	Hazards []HazardLine `json:"hazards"`
	// Matrix counts hazards by residual likelihood and severity, as the lists of
	// package hazards order them.
	Matrix  [5][5]Cell `json:"matrix"`
	Overdue int        `json:"overdue"` // whose day of review has passed
}

// HazardLine is a hazard with its two risks, 1 to 5.
type HazardLine struct {
	hazards.Hazard
	Before  int  `json:"initial_risk"`
	After   int  `json:"residual_risk"`
	Overdue bool `json:"overdue"`
}

// Cell is one field of the matrix.
type Cell struct {
	Risk    int      `json:"risk"`
	Hazards []string `json:"hazards,omitempty"` // their numbers
}

// Hazards shows the log as it is in this version of the software.
func (c Console) Hazards(_ context.Context, s Scope, _ web.None) (Hazards, error) {
	var out Hazards
	for likelihood := range out.Matrix {
		for severity := range out.Matrix[likelihood] {
			out.Matrix[likelihood][severity].Risk = hazards.Score(likelihood, severity)
		}
	}
	for _, h := range hazards.Log {
		line := HazardLine{h, h.Initial.Score(), h.Residual.Score(), h.Overdue(s.Now)}
		if line.Overdue {
			out.Overdue++
		}
		cell := &out.Matrix[h.Residual.Row()][h.Residual.Column()]
		cell.Hazards = append(cell.Hazards, h.ID)
		out.Hazards = append(out.Hazards, line)
	}
	return out, nil
}

// reviewDay is the day of a hazard's review in words.
func (h HazardLine) reviewDay() string { return dayWords(h.Review) }

// dayWords is a day such as 2026-11-20 in words.
func dayWords(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 January 2006")
}
