// Package sheet reads tables that people send from their spreadsheet programs, as
// CSV or XLSX, and writes such tables.
package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Shape is what a table must look like, and what to say where it does not.
type Shape struct {
	// Columns are the fields by what the heading of their column may be called, in
	// small letters. Other columns are passed by.
	Columns map[string]string
	// Needs is the field that there must be.
	Needs     string
	NoHeading string // where Needs is not there
	Most      int    // lines
	TooMany   string
	Empty     string // with nothing below the heading
}

// Row is a line of a table.
type Row struct {
	Number int               // in the file, the heading being 1
	Cells  map[string]string // by field, trimmed
	Wrong  string            // why the line cannot be read; empty if it can
}

const (
	notUTF8    = "This file is not in UTF-8. In your spreadsheet program choose “Save as”, then “CSV UTF-8”."
	unreadable = "The file could not be read. Choose it again."
	emptyFile  = "The file is empty."
	oldBook    = "This spreadsheet is of an old kind, or has a password. Save it as an Excel workbook (.xlsx) without one, or as “CSV UTF-8”."
)

// source is a table, line by line.
type source interface {
	// next is the next line that has anything in it; io.EOF after the last one, and
	// errQuotes, with the number, for a line that cannot be read.
	next() (number int, cells []string, err error)
}

var errQuotes = errors.New("the quotation marks do not match")

// Headings are the names of a table's columns, as they stand there. whole says what
// is wrong with all of it.
func Headings(from io.Reader) (names []string, whole string) {
	_, names, whole = begin(from)
	return names, whole
}

// begin reads a table's heading; there are no names where it cannot be read.
func begin(from io.Reader) (lines source, names []string, whole string) {
	in := bufio.NewReader(from)
	start, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return beginBook(in)
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return nil, nil, oldBook
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")), bytes.IndexByte(start, 0) >= 0:
		return nil, nil, notUTF8
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3)
	}
	heading, err := in.Peek(1000)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, unreadable
	}
	reader := csv.NewReader(in)
	reader.Comma, reader.FieldsPerRecord, reader.TrimLeadingSpace = separator(heading), -1, true
	names, err = reader.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil, emptyFile
	case err != nil && !utf8.Valid(heading):
		return nil, nil, notUTF8
	}
	return separated{reader}, names, ""
}

// separated is a table as CSV.
type separated struct{ *csv.Reader }

func (t separated) next() (int, []string, error) {
	for {
		cells, err := t.Read()
		var broken *csv.ParseError
		switch {
		case errors.As(err, &broken):
			return broken.StartLine, nil, errQuotes
		case err != nil:
			return 0, nil, err
		case !blank(cells):
			number, _ := t.FieldPos(0)
			return number, cells, nil
		}
	}
}

func blank(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) == "" }

// Read reads a table with a heading: CSV in UTF-8, separated by commas, semicolons or
// tabs, or the first sheet of an XLSX workbook. whole says what is wrong with all of
// it; then there are no rows.
func (s Shape) Read(from io.Reader) (rows []Row, whole string) {
	lines, names, whole := begin(from)
	if whole != "" {
		return nil, whole
	}
	fields, whole := s.headings(names)
	if whole != "" && !utf8.ValidString(strings.Join(names, "")) {
		whole = notUTF8
	}
	if whole != "" {
		return nil, whole
	}
	for {
		number, cells, err := lines.next()
		switch {
		case errors.Is(err, io.EOF) && len(rows) == 0:
			return nil, s.Empty
		case errors.Is(err, io.EOF):
			return rows, ""
		case errors.Is(err, errQuotes):
			rows = append(rows, Row{Number: number, Wrong: "The quotation marks in this line do not match."})
		case err != nil:
			return nil, unreadable
		default:
			rows = append(rows, readRow(number, cells, fields))
		}
		if len(rows) > s.Most {
			return nil, s.TooMany
		}
	}
}

// separator is what the heading's columns are separated by.
func separator(heading []byte) rune {
	line, _, _ := bytes.Cut(heading, []byte("\n"))
	best := ','
	for _, r := range []rune{';', '\t'} {
		if bytes.Count(line, []byte(string(r))) > bytes.Count(line, []byte(string(best))) {
			best = r
		}
	}
	return best
}

// headings says which field each column is; empty for one that is passed by.
func (s Shape) headings(names []string) (fields []string, whole string) {
	seen := map[string]bool{}
	for _, name := range names {
		field := s.Columns[strings.ToLower(strings.TrimSpace(name))]
		if field != "" && seen[field] {
			return nil, "Two columns have the same heading. Name each column once."
		}
		seen[field] = true
		fields = append(fields, field)
	}
	if !seen[s.Needs] {
		return nil, s.NoHeading
	}
	return fields, ""
}

func readRow(number int, record, fields []string) Row {
	row := Row{Number: number, Cells: map[string]string{}}
	if len(record) > len(fields) {
		row.Wrong = "This line has more columns than the heading."
		record = record[:len(fields)]
	}
	for i, value := range record {
		value = strings.TrimSpace(value)
		switch {
		case !utf8.ValidString(value):
			row.fail("This line is not in UTF-8. Save the file as “CSV UTF-8”.")
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u200b' || r == '\ufeff' }):
			row.fail("This line has characters that do not show. Type it again.")
		case fields[i] != "":
			row.Cells[fields[i]] = value
		}
	}
	return row
}

func (r *Row) fail(why string) {
	if r.Wrong == "" {
		r.Wrong = why
	}
}

// formulas begin with one of these.
const formulas = "=+-@\t\r\n"

// Plain keeps a spreadsheet from taking what is in a cell for a formula.
// Source: owasp.org/www-community/attacks/CSV_Injection.
func Plain(cell string) string {
	if cell != "" && strings.ContainsRune(formulas, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Unplain is what was in a cell before Plain.
func Unplain(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && Plain(rest) != rest {
		return rest
	}
	return cell
}
