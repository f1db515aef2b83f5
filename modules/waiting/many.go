package waiting

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// largest is what a file can be, in bytes, and mostLines how many lines it can have.
const (
	largest   = 8 << 20
	mostLines = 30_000
)

// table is what a file looks like to a service that never said otherwise.
var table = func() sheet.Shape {
	shape := sheet.Shape{
		Columns: map[string]string{}, Needs: "reference", NoHeading: "None of the columns is the reference. Say below which it is.",
		Most: mostLines, TooMany: "This file has more than 30,000 lines. Split it into smaller files.", Empty: "The file has a heading, but nobody below it.",
	}
	for _, f := range fields {
		for _, name := range append([]string{strings.ToLower(f.name), f.key}, f.called...) {
			shape.Columns[name] = f.key
		}
	}
	return shape
}()

// NewFile is a file of people who wait.
type NewFile struct {
	File web.File `json:"file" validate:"required" label:"a file"`
}

// File names one that can be looked through.
type File struct {
	ID uuid.UUID `json:"id"`
}

// Upload keeps a file, sealed, until somebody confirms it, for a day. Nobody is put
// on the list by it.
func (w Waiting) Upload(ctx context.Context, s tenants.Scope, in NewFile) (File, error) {
	opened, err := in.File.Open()
	if err != nil {
		return File{}, err
	}
	defer func() { _ = opened.Close() }()
	text, err := io.ReadAll(opened)
	if err != nil {
		return File{}, err
	}
	if _, complaint := sheet.Headings(strings.NewReader(string(text))); complaint != "" {
		return File{}, fault.Bad("file", complaint)
	}
	out := File{uuid.Must(uuid.NewV7())}
	sealed, err := w.keys.Seal(string(text), out.ID.String())
	if err != nil {
		return File{}, err
	}
	return out, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		return keepFile(ctx, s, file{AccountID: s.Actor.AccountID, ID: out.ID, Sealed: sealed, MadeAt: s.Now})
	})
}

// Looked is what a file would change.
type Looked struct {
	ID      uuid.UUID    `json:"id"`
	Columns []ColumnRead `json:"columns"`
	Whole   string       `json:"whole,omitempty"` // what is wrong with all of it
	Added   int          `json:"added"`
	Changed int          `json:"changed"`
	Same    int          `json:"same"`
	Refused int          `json:"refused"`
	// Wrong are the lines that are not right, the first hundred of them.
	Wrong []WrongLine `json:"wrong"`
	// Sum says which changes were looked at; taking the file asks for it.
	Sum   string `json:"sum"`
	lines []Line
}

// ColumnRead is a column of a file, and what it is read as; empty where it is passed by.
type ColumnRead struct {
	Heading string `json:"heading"`
	Field   string `json:"field"`
}

// WrongLine is what is wrong with a line, field by field.
type WrongLine struct {
	Line      int           `json:"line"`
	Reference string        `json:"reference"`
	Wrong     []fault.Field `json:"wrong"`
}

// mostShown is how many wrong lines a page has; the others are in a file.
const mostShown = 100

// Look looks through a file. Nothing is changed.
func (w Waiting) Look(ctx context.Context, s tenants.Scope, in ByID) (Looked, error) {
	out, err := w.look(ctx, s, in.ID, w.looking)
	for _, line := range out.lines {
		if line.What == refused && len(out.Wrong) < mostShown {
			out.Wrong = append(out.Wrong, WrongLine{line.Number, line.Reference, line.Wrong})
		}
	}
	return out, err
}

func (w Waiting) look(ctx context.Context, s tenants.Scope, id uuid.UUID, read func(context.Context, tenants.Scope) (reading, error)) (Looked, error) {
	out := Looked{ID: id, Wrong: []WrongLine{}}
	kept, err := fileOf(ctx, s, id)
	if err != nil {
		return out, err
	}
	text, err := w.keys.Open(kept.Sealed, kept.ID.String())
	if err != nil {
		return out, err
	}
	shape, err := shapeOf(ctx, s)
	if err != nil {
		return out, err
	}
	headings, _ := sheet.Headings(strings.NewReader(text)) // was looked at when it came
	for _, heading := range headings {
		out.Columns = append(out.Columns, ColumnRead{heading, shape.Columns[columnKey(heading)]})
	}
	rows, complaint := shape.Read(strings.NewReader(text))
	if out.Whole = complaint; complaint != "" {
		return out, nil
	}
	reading, err := read(ctx, s)
	if err != nil {
		return out, err
	}
	known, err := every(ctx, s)
	if err != nil {
		return out, err
	}
	all := make([]said, len(rows))
	for i, row := range rows {
		all[i] = said{row.Number, plain(row.Cells), row.Wrong}
	}
	out.lines = plan(reading, known, all)
	out.count()
	return out, nil
}

// plain takes away what keeps a spreadsheet from taking a cell for a formula.
func plain(cells map[string]string) Cells {
	for field, text := range cells {
		cells[field] = sheet.Unplain(text)
	}
	return cells
}

func (l *Looked) count() {
	sum := sha256.New()
	for _, line := range l.lines {
		switch line.What {
		case added:
			l.Added++
		case changed:
			l.Changed++
		case same:
			l.Same++
		case refused:
			l.Refused++
		}
		_, _ = fmt.Fprintln(sum, line.Number, line.What, line.before.ID, line.before.Version)
	}
	l.Sum = hex.EncodeToString(sum.Sum(nil)[:8])
}

// news is how many entries would be added or changed.
func (l Looked) news() int { return l.Added + l.Changed }

func columnKey(heading string) string { return strings.ToLower(strings.TrimSpace(heading)) }

// shapeOf is what files of the service look like, as somebody said last.
func shapeOf(ctx context.Context, s tenants.Scope) (sheet.Shape, error) {
	shape := table
	rows, err := columns(ctx, s)
	if len(rows) > 0 {
		shape.Columns = maps.Clone(table.Columns)
		for _, row := range rows {
			shape.Columns[row.Heading] = row.Field
		}
	}
	return shape, err
}

// Columns say what each column of a file is, in their order.
type Columns struct {
	ID     uuid.UUID `path:"id"`
	Fields []string  `json:"fields" validate:"max=200"`
}

// Columns keeps what the columns are, for this file and those that come.
func (w Waiting) Columns(ctx context.Context, s tenants.Scope, in Columns) (File, error) {
	looked, err := w.Look(ctx, s, ByID{in.ID})
	if err != nil {
		return File{}, err
	}
	if len(in.Fields) != len(looked.Columns) {
		return File{}, fault.Bad("fields", "Say of each column what it is.")
	}
	var rows []column
	used := map[string]bool{}
	for i, field := range in.Fields {
		if field != "" && !slices.ContainsFunc(fields, keyed(field)) || used[field] && field != "" {
			return File{}, fault.Bad("fields", "Choose another one for each column.")
		}
		used[field] = true
		if key := columnKey(looked.Columns[i].Heading); key != "" {
			rows = append(rows, column{Heading: key, Field: field})
		}
	}
	return File{in.ID}, keepColumns(ctx, s, rows)
}

// Take is a file to take, and the changes that were looked at.
type Take struct {
	ID  uuid.UUID `path:"id"`
	Sum string    `json:"sum" validate:"required,max=32"`
}

// Taken counts what was changed.
type Taken struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Refused int `json:"refused"`
}

// Take puts everybody on the list whose line is right, in one go. Conflict if the
// list changed since somebody looked.
func (w Waiting) Take(ctx context.Context, s tenants.Scope, in Take) (Taken, error) {
	looked, err := w.look(ctx, s, in.ID, w.alone)
	if err != nil {
		return Taken{}, err
	}
	if looked.Sum != in.Sum || looked.Whole != "" {
		return Taken{}, fault.New(fault.Conflict, "The list changed since you looked through the file. Look again: nothing was taken.")
	}
	if err := w.store(ctx, s, looked.lines); err != nil {
		return Taken{}, err
	}
	if err := dropFiles(ctx, s, s.Actor.AccountID); err != nil {
		return Taken{}, err
	}
	out := Taken{looked.Added, looked.Changed, looked.Refused}
	if err := s.Audit(ctx, "waiting.import", tenants.Audited{Subject: in.ID, After: out}); err != nil {
		return Taken{}, err
	}
	return out, s.Emit(ctx, Changed, tenants.Event{Module: key, Audience: tenants.AudienceStaff})
}

// WrongFile lists the lines of a file that are not right, one for each field.
func (w Waiting) WrongFile(ctx context.Context, s tenants.Scope, in ByID) (web.Content, error) {
	looked, err := w.look(ctx, s, in.ID, w.looking)
	if err != nil {
		return web.Content{}, err
	}
	text := strings.Builder{}
	to := csv.NewWriter(&text)
	_ = to.Write([]string{"line", "reference", "field", "what is wrong"}) // a builder takes everything
	for _, line := range looked.lines {
		for _, wrong := range line.Wrong {
			_ = to.Write([]string{strconv.Itoa(line.Number), sheet.Plain(line.Reference), fieldName(wrong.Name), wrong.Message})
		}
	}
	to.Flush()
	return web.Text("text/csv", "lines-to-mend.csv", text.String()), to.Error()
}

// Sample is an empty list, to begin a file with.
func (w Waiting) Sample(context.Context, tenants.Scope, web.None) (web.Content, error) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return web.Text("text/csv", "waiting-list.csv", strings.Join(names, ",")+"\r\n"), nil
}

func keyed(key string) func(field) bool { return func(f field) bool { return f.key == key } }

func fieldName(key string) string {
	if at := slices.IndexFunc(fields, keyed(key)); at >= 0 {
		return fields[at].name
	}
	return key
}
