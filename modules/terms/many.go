package terms

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// columns are those of a file, in its order, and what goes into them.
var columns = []struct{ name, about string }{
	{"term", "What to look for. Needed."},
	{"sort", "word, phrase or pattern. Left out: a word or a phrase, as it fits."},
	{"any ending", "yes takes any ending of the last word: overdos finds overdosing."},
	{"hold", "yes: nobody else reads it until the team has looked."},
	{"content note", "The content note that covers it, as this service calls it."},
	{"support", "yes: the writer is shown whom to turn to."},
	{"case", "crisis, red, amber or green opens a case."},
	{"active", "no retires it. Left out: yes."},
}

var table = sheet.Shape{
	Columns: map[string]string{
		"term": "term", "text": "term", "sort": "sort", "type": "sort", "any ending": "ending", "prefix": "ending", "hold": "hold",
		"content note": "topic", "cover": "topic", "support": "support", "case": "case", "level": "case", "active": "active",
	},
	Needs: "term", NoHeading: "The first line must name the columns, and one of them must be “term”.",
	Most: most, TooMany: fmt.Sprintf("This list has more than %d terms. That is more than one service can look for.", most),
	Empty: "The file has a heading, but no term below it.",
}

// Line is a line of a file of terms.
type Line struct {
	Number int `json:"line"` // in the file, the heading being 1
	Rule
	Active bool   `json:"active"`
	Wrong  string `json:"wrong,omitempty"` // why it cannot be taken
	What   string `json:"what,omitempty"`  // added, changed, retired or restored; empty for no change
}

// CheckMany is a file of terms.
type CheckMany struct {
	File web.File `json:"file" validate:"required" label:"a file"`
}

// ManyChecked is what a file would change.
type ManyChecked struct {
	Lines []Line `json:"lines"`
	Wrong int    `json:"wrong"` // lines that cannot be taken; then none is
	Same  int    `json:"same"`  // lines that change nothing
	// Draft names the file when it is to be taken; zero if it cannot be.
	Draft   uuid.UUID `json:"draft,omitzero"`
	service *tenants.Service
}

// CheckMany looks through a file. Nothing is changed; a file without a wrong line
// is kept until it is taken, or until the next.
func (t *Terms) CheckMany(ctx context.Context, s tenants.Scope, in CheckMany) (ManyChecked, error) {
	file, err := in.File.Open()
	if err != nil {
		return ManyChecked{}, err
	}
	defer func() { _ = file.Close() }()
	lines, whole := readLines(s.Service, file)
	if whole != "" {
		return ManyChecked{}, fault.Bad("file", whole)
	}
	out := ManyChecked{service: s.Service}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		steps, err := plan(ctx, s, lines)
		if err != nil {
			return err
		}
		out.Lines = lines
		for _, line := range lines {
			if line.Wrong != "" {
				out.Wrong++
			} else if line.What == "" {
				out.Same++
			}
		}
		if out.Wrong > 0 || len(steps) == 0 {
			return nil
		}
		out.Draft = uuid.Must(uuid.NewV7())
		return keepDraft(ctx, s, draft{AccountID: s.Actor.AccountID, ID: out.Draft, List: string(written(s.Service, lines))})
	})
	return out, err
}

// Many names a file that was looked through.
type Many struct {
	Draft uuid.UUID `json:"draft"`
	tenants.Why
}

// Taken counts what was changed.
type Taken struct {
	Changed int `json:"changed"`
}

// Many takes all terms of a file, or none: Invalid if a line is not right any more.
func (t *Terms) Many(ctx context.Context, s tenants.Scope, in Many) (Taken, error) {
	kept, err := takeDraft(ctx, s, in.Draft)
	if err != nil {
		return Taken{}, err
	}
	if err := alone(ctx, s); err != nil {
		return Taken{}, err
	}
	lines, whole := readLines(s.Service, strings.NewReader(kept.List))
	if whole != "" {
		return Taken{}, fault.Bad("draft", whole)
	}
	steps, err := plan(ctx, s, lines)
	if err != nil {
		return Taken{}, err
	}
	for _, line := range lines {
		if line.Wrong != "" {
			return Taken{}, fault.Bad("draft", fmt.Sprintf("Nothing was changed. Line %d: %s Choose the file again.", line.Number, line.Wrong))
		}
	}
	return Taken{len(steps)}, apply(ctx, s, "terms.imported", in.Reason, steps)
}

// plan says of each line what it would change, or why it cannot.
func plan(ctx context.Context, s tenants.Scope, lines []Line) (steps []step, err error) {
	rows, err := every(ctx, s)
	if err != nil {
		return nil, err
	}
	at := make(map[string]Term, len(rows))
	for _, row := range rows {
		at[row.Key] = row
	}
	then := map[uuid.UUID]*Line{}
	total := len(rows)
	for i := range lines {
		line := &lines[i]
		if line.Wrong != "" {
			continue
		}
		before := at[line.key()]
		after := before
		if before.ID == uuid.Nil {
			after = fresh(s, line.Rule)
			total++
		} else if before.Rule == line.Rule && before.Active == line.Active {
			continue
		} else {
			after.Rule, after.Version = line.Rule, before.Version+1
		}
		if total > most {
			line.Wrong = fmt.Sprintf("The list is full: it can have %d terms.", most)
			continue
		}
		after.Active, after.Listed = line.Active, false
		change := step{before, after}
		line.What = change.what()
		steps, then[after.ID] = append(steps, change), line
		at[after.Key] = after
	}
	for id, reason := range tooMany(rows, steps) {
		then[id].Wrong = reason
	}
	return steps, nil
}

// tooMany says which changed terms cannot be looked for with all the others.
func tooMany(rows []Term, steps []step) map[uuid.UUID]string {
	changed := make(map[uuid.UUID]bool, len(steps))
	for _, step := range steps {
		changed[step.after.ID] = true
	}
	var all []watch.Term
	add := func(row Term) {
		if !row.Active {
			return
		}
		term := row.term()
		term.ID = row.ID
		all = append(all, term)
	}
	for _, row := range rows {
		if !changed[row.ID] {
			add(row)
		}
	}
	for _, step := range steps {
		add(step.after)
	}
	wrong := map[uuid.UUID]string{}
	if _, err := watch.Compile(all); err != nil {
		for _, one := range refused(err) {
			if changed[one.ID] {
				wrong[one.ID] = one.Reason
			}
		}
	}
	return wrong
}

// readLines reads a file of terms of a service.
func readLines(service *tenants.Service, from io.Reader) (lines []Line, whole string) {
	rows, whole := table.Read(from)
	seen := map[string]int{}
	for _, row := range rows {
		line := readLine(service, row)
		if line.Wrong == "" {
			if before, twice := seen[line.key()]; twice {
				line.Wrong = fmt.Sprintf("This term is in line %d already.", before)
			}
			seen[line.key()] = cmp.Or(seen[line.key()], line.Number)
		}
		lines = append(lines, line)
	}
	return lines, whole
}

var yes = map[string]bool{"yes": true, "y": true, "true": true, "1": true, "x": true, "": false, "no": false, "n": false, "false": false, "0": false}

func readLine(service *tenants.Service, row sheet.Row) Line {
	line := Line{Number: row.Number, Wrong: row.Wrong, Active: true}
	cell := func(field string) string { return sheet.Unplain(row.Cells[field]) }
	ticked := func(field string) bool {
		value, known := yes[strings.ToLower(cell(field))]
		if !known {
			line.Wrong = cmp.Or(line.Wrong, fmt.Sprintf("“%s” is neither yes nor no.", cell(field)))
		}
		return value
	}
	line.Text, line.Sort = cell("term"), watch.Sort(strings.ToLower(cell("sort")))
	line.Prefix, line.Hold, line.Support = ticked("ending"), ticked("hold"), ticked("support")
	if cell("active") != "" {
		line.Active = ticked("active")
	}
	if name := cell("topic"); name != "" {
		topics := service.Topics()
		i := slices.IndexFunc(topics, func(t tenants.Topic) bool { return strings.EqualFold(name, t.Name) || strings.EqualFold(name, t.Key) })
		if i < 0 {
			line.Wrong = cmp.Or(line.Wrong, fmt.Sprintf("This service has no content note “%s”.", name))
		} else {
			line.Topic = topics[i].Key
		}
	}
	if level := safety.Level(strings.ToLower(cell("case"))); level != "" && level != "no" {
		if line.Case = level; !slices.Contains(safety.Levels, level) {
			line.Wrong = cmp.Or(line.Wrong, "A case is crisis, red, amber or green.")
		}
	}
	if line.Sort == "" {
		if line.Sort = watch.Phrase; line.oneWord() {
			line.Sort = watch.Word
		}
	}
	if line.Wrong == "" {
		tidy, err := line.fit()
		if err != nil {
			line.Wrong = tidy.wrong()
		}
		line.Rule = tidy
	}
	return line
}

// written is a file of lines as readLines reads it.
func written(service *tenants.Service, lines []Line) []byte {
	var out bytes.Buffer
	heading := make([]string, len(columns))
	for i, column := range columns {
		heading[i] = column.name
	}
	to := sheet.NewTable(&out, heading...)
	word := map[bool]string{true: "yes", false: "no"}
	for _, line := range lines {
		topic := line.Topic
		if known, ok := service.Topic(topic); ok {
			topic = known.Name
		}
		to.Line(line.Text, string(line.Sort), word[line.Prefix], word[line.Hold], topic, word[line.Support], string(line.Case), word[line.Active])
	}
	_ = to.Sent() // a buffer takes everything
	return out.Bytes()
}

// File is the list as CSV, with what is retired.
func (t *Terms) File(ctx context.Context, s tenants.Scope, _ web.None) (web.Content, error) {
	rows, err := every(ctx, s)
	lines := make([]Line, len(rows))
	for i, row := range rows {
		lines[i] = Line{Rule: row.Rule, Active: row.Active}
	}
	text := written(s.Service, lines)
	return web.Content{
		Type: "text/csv; charset=utf-8", Name: "watched-terms-" + s.Service.Slug + "-" + s.Now.Format(time.DateOnly) + ".csv",
		Write: func(_ context.Context, w io.Writer) error {
			_, err := w.Write(text)
			return err
		},
	}, err
}
