package waiting

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/document"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Period is a pathway, or all, and a time. Without days it is the last 90.
type Period struct {
	Pathway string `json:"pathway,omitempty" validate:"omitempty,uuid" label:"a pathway"`
	From    string `json:"from,omitempty" validate:"omitempty,datetime=2006-01-02" label:"a day"`
	To      string `json:"to,omitempty" validate:"omitempty,datetime=2006-01-02" label:"a day"`
}

// Figures are those of a waiting list.
type Figures struct {
	Period
	Numbers
	Pathways []Pathway `json:"pathways"`
}

// longestPeriod is how many days figures can be of.
const longestPeriod = 3 * 366

func (in Period) filled(today Day) (Period, error) {
	if in.To == "" {
		in.To = string(today)
	}
	if in.From == "" {
		in.From = string(Day(in.To).Plus(-lookBack + 1))
	}
	switch {
	case in.From > in.To:
		return in, fault.Bad("to", "The last day is before the first.")
	case Day(in.From).Until(Day(in.To)) > longestPeriod:
		return in, fault.Bad("from", "Choose three years or less.")
	}
	return in, nil
}

// Figures counts the list as it is now, and what happened in the time.
func (w Waiting) Figures(ctx context.Context, s tenants.Scope, in Period) (Figures, error) {
	today := dayOf(s.Now)
	in, err := in.filled(today)
	if err != nil {
		return Figures{}, err
	}
	out := Figures{Period: in}
	if out.Pathways, err = pathways(ctx, s); err != nil {
		return out, err
	}
	ways := map[uuid.UUID]Pathway{}
	for _, way := range out.Pathways {
		ways[way.ID] = way
	}
	entries, said, err := counted(ctx, s, in)
	out.Numbers = reckon(entries, ways, said, today, Day(in.From), Day(in.To))
	return out, err
}

// counted reads what figures are made of: who waits or whose wait ended in the time,
// and what was said a day before it or later.
func counted(ctx context.Context, s tenants.Scope, in Period) (entries []Entry, said []Note, err error) {
	q := s.Select(&entries).Column("id", "pathway_id", "referred_on", "pauses", "target_weeks", "outcome", "outcome_on", "invited_at", "member_id", "said_at").
		Where("(entry.outcome = '' OR entry.outcome_on >= ?)", in.From)
	n := s.Select(&said).Column("kind", "at").Where("note.at >= ?", Day(in.From).Time().AddDate(0, 0, -1))
	if in.Pathway != "" {
		q = q.Where("entry.pathway_id = ?", in.Pathway)
		n = n.Where("note.entry_id IN (SELECT e.id FROM waiting_entries AS e WHERE e.tenant_id = note.tenant_id AND e.pathway_id = ?)", in.Pathway)
	}
	if err = q.Scan(ctx); err != nil {
		return nil, nil, err
	}
	return entries, said, n.Scan(ctx)
}

// query is the period as the end of an address.
func (in Period) query() string {
	return "?" + url.Values{"pathway": {in.Pathway}, "from": {in.From}, "to": {in.To}}.Encode()
}

// line is a figure as a line of a table or a file: a number, or some of all.
type line struct {
	name  string
	value any
}

// lines are all figures, in their order.
func (f Figures) lines() []line {
	all := []line{{"Waiting now", float64(f.Waiting)}}
	for _, band := range f.Bands {
		all = append(all, line{"Waiting now: " + band.Name, float64(band.People)})
	}
	of := func(o Of) string { return fmt.Sprintf("%d of %d", o.Part, o.All) }
	return append(all,
		line{"Half have waited no longer than, weeks", float64(f.Median)}, line{"92 of 100 have waited no longer than, weeks", float64(f.Most)},
		line{"Waiting within target", of(f.InTarget)}, line{"Invited", of(f.Invited)}, line{"Joined", of(f.Joined)}, line{"Checked in", of(f.CheckedIn)},
		line{"Began", float64(f.Began)}, line{"Half of these had waited no longer than, weeks", float64(f.BeganMedian)}, line{"Began within target", of(f.BeganInTarget)},
		line{"Check-ins", float64(f.CheckIns)}, line{"Check-ins that say worse", float64(f.Worse)}, line{"Changes found", float64(f.Changes)},
		line{"No longer needed", float64(f.NotNeeded)}, line{"Said outside 9 to 5, Monday to Friday", of(f.OutOfHours)},
	)
}

// FiguresCSV is the figures as a text.
func (w Waiting) FiguresCSV(ctx context.Context, s tenants.Scope, in Period) (web.Content, error) {
	return w.figuresFile(ctx, s, in, sheet.CSV, "text/csv; charset=utf-8", ".csv")
}

// FiguresXLSX is the figures as a workbook.
func (w Waiting) FiguresXLSX(ctx context.Context, s tenants.Scope, in Period) (web.Content, error) {
	return w.figuresFile(ctx, s, in, sheet.XLSX, document.Excel, ".xlsx")
}

func (w Waiting) figuresFile(ctx context.Context, s tenants.Scope, in Period, write func(io.Writer, [][]any) error, kind, ending string) (web.Content, error) {
	f, err := w.Figures(ctx, s, in)
	if err != nil {
		return web.Content{}, err
	}
	lines := [][]any{{"figure", "value", "from", "to", "pathway"}}
	for _, one := range f.lines() {
		lines = append(lines, []any{one.name, one.value, f.From, f.To, f.pathway()})
	}
	return web.Content{Type: kind, Name: "waiting-list-" + f.From + "-to-" + f.To + ending, Write: func(_ context.Context, w io.Writer) error { return write(w, lines) }}, nil
}

// pathway is the name of the one that the figures are of.
func (f Figures) pathway() string {
	for _, way := range f.Pathways {
		if way.ID.String() == f.Pathway {
			return way.Name
		}
	}
	return "All pathways"
}

// chart is how long people have waited.
func (f Figures) chart() ui.Chart {
	out := ui.Chart{ID: "bands", Title: "How long people have waited", Says: fmt.Sprintf("%d people wait. Half of them have waited no longer than %d weeks.", f.Waiting, f.Median), Of: "Wait"}
	values := make([]float64, len(f.Bands))
	for i, band := range f.Bands {
		out.Rows, values[i] = append(out.Rows, band.Name), float64(band.People)
	}
	out.Series = []ui.Series{{Name: "People", Colour: "first", Values: values}}
	return out
}
