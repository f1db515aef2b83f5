// Package usage counts how a service is used: who joins and comes, what is written,
// how soon people are answered. Rooms and parts say what there is to count
// (tenants.Count); here it is summed up by day, week and month, kept, and shown to
// whoever leads the service. What leaves the trust is counts by month, made safe by
// internal/disclosure.
package usage

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Usage is what there is to count.
type Usage struct {
	Counts func() []tenants.Count
	Rooms  func() map[string]Room // by key
}

// Room is a room whose name parts of a Count have.
type Room struct {
	Name   string
	Always bool // it cannot be switched off
}

// New makes the part.
func New(u Usage) tenants.Part {
	return tenants.Part{
		Grants: policy.Grants{"usage.read": {string(tenants.ServiceLead), string(tenants.TrustAdmin)}},
		Rights: map[string]string{"usage.read": "See how much a service is used"},
		Routes: func(r *tenants.Router) {
			web.Get(r, "/{service}/usage", "usage.read", "How this service is used", u.Show, page, web.Asks)
			web.Download(r, "/{service}/usage/file", "usage.read", "The figures of one chart as CSV or for a spreadsheet", u.File)
		},
		Rounds: []tenants.Round{
			{Key: "usage", Queue: jobs.Bulk, Every: time.Hour, Trust: true, Do: u.Round},
		},
		Links: func(s tenants.Scope) []tenants.MeLink {
			if s.Service == nil || !s.May("usage.read") {
				return nil
			}
			return []tenants.MeLink{{Name: "Usage", About: "Who comes to this service, and what happens in it", Path: "/" + s.Service.Slug + "/usage"}}
		},
		Data: data(),
	}
}

// Round counts what has not been counted in each open service of the trust, and
// publishes what has changed by it.
func (u Usage) Round(ctx context.Context, s tenants.Scope) error {
	var failed error
	changed := false
	for _, at := range s.Scopes() {
		fresh, err := u.CatchUp(ctx, at)
		changed, failed = changed || fresh, errors.Join(failed, err)
	}
	if !changed {
		return failed // what an earlier round could not publish, the next night’s does
	}
	return errors.Join(failed, Publish(ctx, s))
}

// Asked is how somebody looks at the figures.
type Asked struct {
	By Span `json:"by" validate:"omitempty,oneof=day week month" label:"how long a period is"`
}

// AskedFile asks for the figures of a chart.
type AskedFile struct {
	Asked
	Wanted
}

// Wanted is a chart as a file.
type Wanted struct {
	Chart string `json:"chart" validate:"required,max=40" label:"a chart"`
	As    string `json:"as" validate:"required,oneof=csv xlsx" label:"a kind of file"`
}

// shown is how many periods a page has.
var shown = map[Span]int{Day: 30, Week: 26, Month: 13}

// compared is how many months are read for comparing.
const compared = 13

// Show shows the figures of the service.
func (u Usage) Show(ctx context.Context, s tenants.Scope, in Asked) (View, error) {
	if in.By == "" {
		in.By = Month
	}
	made := view{counts: u.open(s), rooms: func(key string) (string, bool) {
		room := u.Rooms()[key]
		return room.Name, room.Always || s.Service.Open(key)
	}}
	last, err := counting(ctx, s)
	if err != nil || last == "" {
		return View{Span: in.By, Graphs: []Graph{}, Lines: []Line{}, Months: []Tenure{}, Polls: []Poll{}, base: base(s)}, err
	}
	day, err := parse(last)
	if err != nil {
		return View{}, err
	}
	until := day.next(Day)
	cells, err := byMonth(ctx, s, "", until.first(Month).String())
	if err != nil {
		return View{}, err
	}
	made.months = newSheet(Month, periods(Month, compared, until), map[string]int{})
	for _, c := range cells {
		made.months.add(c)
	}
	if made.shown = made.months; in.By != Month {
		if made.shown, err = finer(ctx, s, in.By, until); err != nil {
			return View{}, err
		}
	}
	peers, err := peersOf(ctx, s, s.Service.Area, made.months.Periods[compared-1])
	if err != nil {
		return View{}, err
	}
	made.peers = lively(peers)
	out := made.make()
	out.Until, out.base, out.area = last, base(s), s.Service.Area.Name()
	return out, nil
}

func base(s tenants.Scope) string { return "/" + s.Service.Slug + "/usage" }

// finer is a sheet of days or weeks.
func finer(ctx context.Context, s tenants.Scope, span Span, until date) (Sheet, error) {
	all := periods(span, shown[span], until)
	before, err := earlier(ctx, s, all[0])
	if err != nil {
		return Sheet{}, err
	}
	out := newSheet(span, all, before)
	cells, err := byDay(ctx, s, all[0], until.first(span).String())
	for _, c := range cells {
		out.add(c)
	}
	return out, err
}

// open are the counts of the rooms that are open, each once.
func (u Usage) open(s tenants.Scope) (all []tenants.Count) {
	for _, c := range u.Counts() {
		if c.Name != "" && (c.Room == "" || s.Service.Open(c.Room)) {
			all = append(all, c)
		}
	}
	return all
}

// File is one chart's table.
func (u Usage) File(ctx context.Context, s tenants.Scope, in AskedFile) (web.Content, error) {
	made, err := u.Show(ctx, s, in.Asked)
	if err != nil {
		return web.Content{}, err
	}
	return made.File(in.Wanted)
}

// File is the table of one of the charts. NotFound if there is none of this key.
func (v View) File(in Wanted) (web.Content, error) {
	for _, g := range v.Graphs {
		if g.Key == in.Chart {
			return File("usage-"+g.Key+"-"+v.Until, in.As, g.table())
		}
	}
	return web.Content{}, fault.Missing()
}

// table is the graph as lines of a file, its definition below.
func (g Graph) table() [][]any {
	head := []any{g.chart.Of}
	for _, s := range g.Series {
		head = append(head, s.Name)
	}
	lines := [][]any{head}
	for i, row := range g.Rows {
		line := []any{row}
		for _, s := range g.Series {
			if n := s.Values[i]; n == nil {
				line = append(line, "")
			} else {
				line = append(line, g.cell(*n))
			}
		}
		lines = append(lines, line)
	}
	return append(lines, []any{}, []any{g.About})
}

// File makes a table into a file: csv or xlsx.
func File(name, as string, lines [][]any) (web.Content, error) {
	write, kind := sheet.CSV, "text/csv; charset=utf-8"
	if as == "xlsx" {
		write, kind = sheet.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return web.Content{Type: kind, Name: name + "." + as, Write: func(_ context.Context, w io.Writer) error { return write(w, lines) }}, nil
}
