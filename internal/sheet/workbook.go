package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What a workbook can hold: bytes when it is unpacked, because a file of a few
// kilobytes can claim to be gigabytes, and columns that have something in them.
const (
	mostUnpacked = 64 << 20
	mostColumns  = 256
)

const brokenBook = "This spreadsheet could not be read. Save it again as an Excel workbook (.xlsx), or as “CSV UTF-8”."

var errBook = errors.New("sheet: not a workbook that we read")

// book is the first sheet of a workbook that is shown (ECMA-376, part 1, 18.2 to
// 18.4 and 18.8).
type book struct {
	rows  *xml.Decoder
	texts []rich
	days  []bool    // by style: whether a number in it is a day
	zero  time.Time // the day of the number 0
	row   int       // the number of the row that it stands in
	at    int       // the column after the last cell of it, from 0
}

// rich is a text, whole or in parts that look different.
type rich struct {
	Whole string   `xml:"t"`
	Parts []string `xml:"r>t"`
}

func (r rich) text() string { return r.Whole + strings.Join(r.Parts, "") }

// cell is one that stands in a sheet.
type cell struct {
	At    string `xml:"r,attr"` // "AB12"
	Kind  string `xml:"t,attr"`
	Style int    `xml:"s,attr"`
	Value string `xml:"v"`
	Text  rich   `xml:"is"`
}

func beginBook(from io.Reader) (lines source, names []string, whole string) {
	b, err := openBook(from)
	if err == nil {
		_, names, err = b.next()
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil, emptyFile
	case err != nil:
		return nil, nil, brokenBook
	}
	return b, names, ""
}

func openBook(from io.Reader) (*book, error) {
	data, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	parts, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	left := uint64(mostUnpacked)
	for _, part := range parts.File {
		if part.UncompressedSize64 > left { // package zip holds a part to the size that it claims
			return nil, errBook
		}
		left -= part.UncompressedSize64
	}
	b := &book{zero: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	name, err := b.contents(parts)
	if err != nil {
		return nil, err
	}
	if err := b.styles(parts); err != nil {
		return nil, err
	}
	var shared struct {
		All []rich `xml:"si"`
	}
	if err := read(parts, "xl/sharedStrings.xml", &shared); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	b.texts = shared.All
	rows, err := parts.Open(name)
	if err != nil {
		return nil, err
	}
	b.rows = xml.NewDecoder(rows)
	return b, nil
}

func read(parts *zip.Reader, name string, into any) error {
	part, err := parts.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = part.Close() }()
	return xml.NewDecoder(part).Decode(into)
}

// contents finds which part of the file the sheet is.
func (b *book) contents(parts *zip.Reader) (name string, err error) {
	var list struct {
		Properties struct {
			From1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			State string `xml:"state,attr"`
			Link  string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := errors.Join(read(parts, "xl/workbook.xml", &list), read(parts, "xl/_rels/workbook.xml.rels", &links)); err != nil {
		return "", err
	}
	if on, _ := strconv.ParseBool(list.Properties.From1904); on {
		b.zero = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, sheet := range list.Sheets {
		for _, link := range links.All {
			if link.ID != sheet.Link || sheet.State == "hidden" || sheet.State == "veryHidden" {
				continue
			}
			if target, whole := strings.CutPrefix(link.Target, "/"); whole {
				return target, nil
			}
			return path.Join("xl", link.Target), nil
		}
	}
	return "", errBook
}

// besides is what in a format is no part of a day: words, colours and single letters.
var besides = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|[\\_*].`)

// styles finds which of them show a number as a day.
func (b *book) styles(parts *zip.Reader) error {
	var all struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := read(parts, "xl/styles.xml", &all); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	days := map[int]bool{14: true, 15: true, 16: true, 17: true, 22: true} // those that every program knows (18.8.30)
	for _, format := range all.Formats {
		days[format.ID] = strings.ContainsAny(besides.ReplaceAllString(format.Code, ""), "dDyY")
	}
	for _, style := range all.Cells {
		b.days = append(b.days, days[style.Format])
	}
	return nil
}

func (b *book) next() (number int, cells []string, err error) {
	for {
		token, err := b.rows.Token()
		if err != nil {
			return 0, nil, err
		}
		switch tag := token.(type) {
		case xml.StartElement:
			switch tag.Name.Local {
			case "row":
				b.row, b.at, cells = rowNumber(tag, b.row), 0, nil
			case "c":
				if cells, err = b.with(cells, tag); err != nil {
					return 0, nil, err
				}
			}
		case xml.EndElement:
			if tag.Name.Local == "row" && !blank(cells) {
				return b.row, cells, nil
			}
		}
	}
}

// rowNumber is what a row says that it is, or the next after the last one.
func rowNumber(row xml.StartElement, last int) int {
	for _, attribute := range row.Attr {
		if attribute.Name.Local == "r" {
			if n, err := strconv.Atoi(attribute.Value); err == nil && n > last {
				return n
			}
		}
	}
	return last + 1
}

// with puts a cell where it belongs; empty ones take no place.
func (b *book) with(cells []string, start xml.StartElement) ([]string, error) {
	var c cell
	if err := b.rows.DecodeElement(&c, &start); err != nil {
		return nil, err
	}
	at, text := c.column(b.at), b.text(c)
	b.at = at + 1
	if text == "" {
		return cells, nil
	}
	if at >= mostColumns {
		return nil, errBook
	}
	for len(cells) <= at {
		cells = append(cells, "")
	}
	cells[at] = text
	return cells, nil
}

// column is where a cell stands, from 0; without an address, beside the last one.
func (c cell) column(next int) int {
	n := 0
	for _, r := range c.At {
		if r < 'A' || r > 'Z' || n > mostColumns {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 {
		return next
	}
	return n - 1
}

// text is what a cell shows, but that a day is always written 2026-11-04.
func (b *book) text(c cell) string {
	switch c.Kind {
	case "s":
		if n, err := strconv.Atoi(c.Value); err == nil && n >= 0 && n < len(b.texts) {
			return b.texts[n].text()
		}
		return ""
	case "inlineStr":
		return c.Text.text()
	case "d":
		day, _, _ := strings.Cut(c.Value, "T")
		return day
	case "", "n":
		return b.number(c)
	}
	return c.Value // of a formula, or yes or no, or what went wrong
}

// lastDay is 31 December 9999, after which no program goes.
const lastDay = 2_958_465

func (b *book) number(c cell) string {
	n, err := strconv.ParseFloat(c.Value, 64)
	switch {
	case err != nil:
		return c.Value
	case n >= 0 && n <= lastDay && c.Style >= 0 && c.Style < len(b.days) && b.days[c.Style]:
		return b.zero.AddDate(0, 0, int(n)).Format(time.DateOnly)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}
