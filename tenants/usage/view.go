package usage

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// invited is the key under which the invitations part counts: shown with who joined.
const invited = "invited"

// View is what a page of usage shows.
type View struct {
	Span   Span     `json:"span"`
	Until  string   `json:"until"` // the last day that is in it; empty if nothing has been counted
	Lines  []Line   `json:"compared"`
	Graphs []Graph  `json:"graphs"`
	Months []Tenure `json:"cohorts"` // by month of joining, the latest last
	Polls  []Poll   `json:"polls"`
	// Safe says that all numbers are multiples of five.
	Safe bool `json:"safe"`
	// Peers is how many services of the area the medians are of; 0 for too few.
	Peers int `json:"peers"`

	latest string // the month that is compared
	base   string // where the page is
	area   string
	query  url.Values
}

// Line compares a figure of the latest month with earlier ones and with the service's
// peers; nil for what is not known.
type Line struct {
	Key    string   `json:"key"`
	Name   string   `json:"name"`
	Now    *float64 `json:"now"`
	Before *float64 `json:"month_before"`
	Year   *float64 `json:"year_before"`
	Median *float64 `json:"area_median"`
	say    func(v float64) string
}

// Graph is a chart with what it means.
type Graph struct {
	Key    string   `json:"key"`
	Name   string   `json:"name"`
	About  string   `json:"about"`
	Rows   []string `json:"rows"`
	Series []Series `json:"series"`
	chart  ui.Chart
	cell   func(n float64) any // of a file
}

// Series are the values of one name, one a row; nil where there is none.
type Series struct {
	Name   string     `json:"name"`
	Values []*float64 `json:"values"`
}

// Tenure is who joined in a month, and what share of them came in that month and each after it.
type Tenure struct {
	Month  string     `json:"month"`
	Joined int        `json:"joined"`
	Share  []*float64 `json:"share_active"` // percent; nil for what is not known
}

// tenures is how many months after joining are shown.
const tenures = 12

// view makes one of some sheets: that of the periods which are shown, and that of the
// months which are compared.
type view struct {
	shown, months Sheet
	counts        []tenants.Count // with a name, of open rooms
	rooms         func(key string) (name string, open bool)
	peers         []Sheet // of the service's area, the service itself not left out
	safe          bool
}

func (v view) make() View {
	out := View{Span: v.shown.Span, Safe: v.safe, Graphs: []Graph{}, Lines: []Line{}, Months: []Tenure{}, Polls: []Poll{}}
	v.shown, v.months = v.shown.begun(), v.months.begun()
	if len(v.months.Periods) == 0 {
		return out
	}
	out.latest = v.months.Periods[len(v.months.Periods)-1]
	out.Lines, out.Peers = v.compare(out.latest)
	out.Months, out.Polls = v.tenures(), v.polls()
	out.Graphs = append(out.Graphs, v.coming(), v.active(), v.staying(out.Months))
	for _, c := range v.counts {
		switch {
		case c.Key == invited, len(c.Answers) > 0:
		case c.Waits:
			out.Graphs = append(out.Graphs, v.waits(c))
		default:
			out.Graphs = append(out.Graphs, v.things(c))
		}
	}
	out.Graphs = append(out.Graphs, v.hours())
	if v.shown.Span == Month {
		out.Graphs = append(out.Graphs, v.devices())
	}
	return out
}

// empty tells whether there is nothing to draw.
func (g Graph) empty() bool {
	return !slices.ContainsFunc(g.Series, func(s Series) bool {
		return slices.ContainsFunc(s.Values, func(n *float64) bool { return n != nil && *n != 0 })
	})
}

// drawn are the charts with something in them, and the names of the others.
func (v View) drawn() (some []Graph, others []string) {
	for _, g := range v.Graphs {
		if g.empty() {
			others = append(others, strings.ToLower(g.Name))
		} else {
			some = append(some, g)
		}
	}
	return some, others
}

// fewest is how many services a median is of at least.
const fewest = 5

func (v view) compare(latest string) (lines []Line, peers int) {
	at := slices.Index(v.months.Periods, latest)
	for _, m := range measures(v.counts) {
		line := Line{Key: m.Key, Name: m.Name, say: m.say, Now: value(m.of(v.months, latest))}
		if line.say == nil {
			line.say = v.number
		}
		if at > 0 {
			line.Before = value(m.of(v.months, v.months.Periods[at-1]))
		}
		if at >= 12 {
			line.Year = value(m.of(v.months, v.months.Periods[at-12]))
		}
		var theirs []float64
		for _, peer := range v.peers {
			if n, known := m.of(peer, latest); known {
				theirs = append(theirs, n)
			}
		}
		if len(theirs) >= fewest {
			slices.Sort(theirs)
			line.Median, peers = value(theirs[(len(theirs)-1)/2], true), max(peers, len(theirs))
		}
		lines = append(lines, line)
	}
	return lines, peers
}

func value(n float64, known bool) *float64 {
	if !known {
		return nil
	}
	return &n
}

// graph completes a chart.
func (v view) graph(key, about string, chart ui.Chart) Graph {
	chart.ID, chart.Of = "usage-"+key, map[Span]string{Day: "Day", Week: "Week", Month: "Month"}[v.shown.Span]
	if chart.Rows == nil {
		for _, since := range v.shown.Periods {
			chart.Rows = append(chart.Rows, name(v.shown.Span, since))
		}
	} else {
		chart.Of = "Months after joining"
	}
	say := chart.Say
	cell := func(n float64) any { return n }
	switch {
	case say == nil && v.safe:
		cell = func(n float64) any {
			if n == 0 {
				return v.number(n)
			}
			return n
		}
		fallthrough
	case say == nil:
		chart.Say = v.number
	default:
		cell = func(n float64) any { return say(n) }
	}
	chart.Says, chart.Means = "For each "+strings.ToLower(chart.Of)+": "+names(chart.Series)+".", about
	g := Graph{Key: key, Name: chart.Title, About: about, Rows: chart.Rows, chart: chart, cell: cell}
	for _, s := range chart.Series {
		series := Series{Name: s.Name}
		for _, n := range s.Values {
			series.Values = append(series.Values, value(n, !math.IsNaN(n)))
		}
		g.Series = append(g.Series, series)
	}
	return g
}

// names are those of some series, in a sentence.
func names(series []ui.Series) string {
	var all []string
	for _, s := range series {
		all = append(all, strings.ToLower(s.Name))
	}
	return strings.Join(all, ", ")
}

// each are the values of the shown periods.
func (v view) each(of func(since string) float64) (all []float64) {
	for _, since := range v.shown.Periods {
		all = append(all, of(since))
	}
	return all
}

// colours begin with two that no service’s accent is close to both of.
var colours = []string{"first", "fourth", "sixth", "third", "second", "fifth"}

func (v view) coming() Graph {
	of := func(key string) []float64 {
		return v.each(func(since string) float64 { return float64(v.shown.of(since, key)) })
	}
	return v.graph("people", "Invited are people who were sent an invitation, joined those who became members, left those who closed their account. The team is not counted.",
		ui.Chart{Title: "Invited, joined and left", Beside: true, Series: []ui.Series{
			{Name: "Invited", Colour: colours[1], Values: of(invited)}, {Name: "Joined", Colour: colours[0], Values: of(joined)}, {Name: "Left", Colour: colours[2], Values: of(left)},
		}})
}

func (v view) active() Graph {
	return v.graph(active, "Members are those who had joined and not left by the end of that time. Active are those who came at least once in it, whether they wrote or only read. The team is not counted.",
		ui.Chart{Title: "Members, and those who were active", Series: []ui.Series{
			{Name: "Active", Colour: "first", Values: v.each(func(since string) float64 { return float64(v.shown.of(since, active)) })},
			{Name: "Members", Colour: colours[1], Line: true, Values: v.each(func(since string) float64 { return float64(v.shown.members(since)) })},
		}})
}

// tenures are who joined in each of the months.
func (v view) tenures() []Tenure {
	all := []Tenure{}
	for i, month := range v.months.Periods {
		t := Tenure{Month: month, Joined: v.months.of(month, joined)}
		if t.Joined == 0 {
			continue
		}
		for _, since := range v.months.Periods[i:min(i+tenures, len(v.months.Periods))] {
			came, of := v.months.cohort(month, since)
			share := min(100, 100*float64(came)/float64(of))
			t.Share = append(t.Share, &share)
		}
		all = append(all, t)
	}
	return all
}

// staying pools the cohorts.
func (v view) staying(cohorts []Tenure) Graph {
	rows, values := []string{}, []float64{}
	for after := range tenures {
		came, of := 0.0, 0
		for _, t := range cohorts {
			if after < len(t.Share) {
				came, of = came+*t.Share[after]*float64(t.Joined)/100, of+t.Joined
			}
		}
		if of == 0 {
			break // nobody has been here for so long
		}
		rows, values = append(rows, strconv.Itoa(after)), append(values, 100*came/float64(of))
	}
	return v.graph("staying", "Of those who joined in the last year, the share that was active in the month of joining (0), a month later (1), and so on. Only those who joined long enough ago are in each.",
		ui.Chart{Title: "Who stays", Rows: rows, Say: sayPercent, Series: []ui.Series{{Name: "Active", Colour: "first", Values: values}}})
}

// things are shown by part where there are several.
func (v view) things(c tenants.Count) Graph {
	chart := ui.Chart{Title: c.Name}
	for _, part := range v.shown.parts(c.Key) {
		title := c.Name
		if c.Rooms {
			room, open := v.rooms(part)
			if !open {
				continue
			}
			title = room
		}
		if chart.Total = c.Rooms; len(chart.Series) == len(colours) {
			last := &chart.Series[len(colours)-1]
			last.Name = "Others"
			for i, since := range v.shown.Periods {
				last.Values[i] += float64(v.shown.part(since, c.Key, part))
			}
			continue
		}
		chart.Series = append(chart.Series, ui.Series{Name: title, Colour: colours[len(chart.Series)], Values: v.each(func(since string) float64 { return float64(v.shown.part(since, c.Key, part)) })})
	}
	if len(chart.Series) == 0 {
		chart.Series = []ui.Series{{Name: c.Name, Colour: "first", Values: v.each(func(string) float64 { return 0 })}}
	}
	return v.graph(c.Key, c.About, chart)
}

func (v view) waits(c tenants.Count) Graph {
	of := func(share float64) []float64 {
		return v.each(func(since string) float64 {
			if step, known := v.shown.within(since, c.Key, share); known {
				return float64(step)
			}
			return math.NaN()
		})
	}
	return v.graph(c.Key, c.About+" Half of them took no longer than the first bar says, nine of ten no longer than the second, to the next step of 5, 15 and 30 minutes, 1, 2, 4, 8, 12 and 24 hours, 2 and 7 days.",
		ui.Chart{Title: c.Name, Say: sayStep, Beside: true, Series: []ui.Series{{Name: "Half within", Colour: colours[0], Values: of(.5)}, {Name: "Nine of ten within", Colour: colours[1], Values: of(.9)}}})
}

func (v view) hours() Graph {
	return v.graph("hours", "The share of posts, messages and gifts that was written or given outside 9 to 5, Monday to Friday.",
		ui.Chart{Title: "Outside 9 to 5", Say: sayPercent, Series: []ui.Series{{Name: "Outside 9 to 5, Monday to Friday", Colour: "first", Line: true, Values: v.each(func(since string) float64 {
			if percent, known := v.shown.outside(since, v.counts); known {
				return percent
			}
			return math.NaN()
		})}}})
}

func (v view) devices() Graph {
	chart := ui.Chart{Title: "Devices", Total: true}
	for i, device := range Devices {
		chart.Series = append(chart.Series, ui.Series{Name: map[string]string{"phone": "Phone", "tablet": "Tablet", "computer": "Computer", "other": "Not known"}[device], Colour: colours[i],
			Values: v.each(func(since string) float64 { return float64(v.shown.part(since, devices, device)) })})
	}
	return v.graph("devices", "Active members by the kind of device that they used on most days of the month. Which browser or model it was is not kept.", chart)
}

// number is a count in words.
func (v view) number(n float64) string {
	if v.safe && n == 0 {
		return "under " + strconv.Itoa(disclosure.Base)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

func sayPercent(n float64) string { return strconv.FormatFloat(n, 'f', 0, 64) + "%" }

// sayStep is a step of waiting in words, the first being 1.
func sayStep(n float64) string {
	if at := int(n) - 1; at >= 0 && at < len(steps) {
		return steps[at].name
	}
	return none
}
