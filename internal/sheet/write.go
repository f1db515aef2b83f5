package sheet

import (
	"archive/zip"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Table is a table that is written as CSV, line by line. No cell is a formula.
type Table struct{ csv *csv.Writer }

// NewTable begins a table with its heading.
func NewTable(w io.Writer, heading ...string) Table {
	t := Table{csv.NewWriter(w)}
	t.Line(heading...)
	return t
}

// Line adds a line. What fails is told by Sent.
func (t Table) Line(cells ...string) {
	plain := make([]string, len(cells))
	for i, cell := range cells {
		plain[i] = Plain(cell)
	}
	_ = t.csv.Write(plain)
}

// Sent hands over what was written so far, and tells whether all of it arrived.
func (t Table) Sent() error {
	t.csv.Flush()
	return t.csv.Error()
}

// CSV writes lines of texts and numbers.
func CSV(w io.Writer, lines [][]any) error {
	out := csv.NewWriter(w)
	for _, line := range lines {
		cells := make([]string, len(line))
		for i, cell := range line {
			if number, ok := cell.(float64); ok {
				cells[i] = strconv.FormatFloat(number, 'f', -1, 64)
			} else {
				cells[i] = Plain(fmt.Sprint(cell))
			}
		}
		_ = out.Write(cells) // what fails is told by Error
	}
	out.Flush()
	return out.Error()
}

// The fixed parts of a workbook with one sheet (ECMA-376, parts 1 and 2).
var workbook = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Figures" sheetId="1" r:id="rId1"/></sheets></workbook>`},
}

// XLSX writes lines of texts and numbers as a workbook with one sheet. A text in it
// is never a formula, whatever it begins with.
func XLSX(w io.Writer, lines [][]any) error {
	book := zip.NewWriter(w)
	for _, part := range workbook {
		if err := entry(book, part[0], part[1]); err != nil {
			return err
		}
	}
	var rows strings.Builder
	rows.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for _, line := range lines {
		rows.WriteString("<row>")
		for _, cell := range line {
			if number, ok := cell.(float64); ok {
				fmt.Fprintf(&rows, "<c><v>%s</v></c>", strconv.FormatFloat(number, 'f', -1, 64))
				continue
			}
			rows.WriteString(`<c t="inlineStr"><is><t xml:space="preserve">`)
			if err := xml.EscapeText(&rows, []byte(fmt.Sprint(cell))); err != nil {
				return err
			}
			rows.WriteString("</t></is></c>")
		}
		rows.WriteString("</row>")
	}
	rows.WriteString("</sheetData></worksheet>")
	if err := entry(book, "xl/worksheets/sheet1.xml", rows.String()); err != nil {
		return err
	}
	return book.Close()
}

func entry(book *zip.Writer, name, text string) error {
	part, err := book.Create(name)
	if err == nil {
		_, err = io.WriteString(part, xml.Header+text)
	}
	return err
}
