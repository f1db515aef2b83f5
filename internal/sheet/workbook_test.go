package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/sheet"
)

// aBook is a workbook of parts, as another program writes it.
func aBook(t *testing.T, parts map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	book := zip.NewWriter(&out)
	for name, text := range parts {
		part, err := book.Create(name)
		if err == nil {
			_, err = part.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// usual are the parts of a workbook whose first sheet is hidden and whose second has rows.
func usual(rows string) map[string]string {
	const main, rel = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`, `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	return map[string]string{
		"xl/workbook.xml":            `<workbook ` + main + ` ` + rel + `><sheets><sheet name="Old" sheetId="1" state="hidden" r:id="rId9"/><sheet name="List" sheetId="2" r:id="rId3"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId9" Target="worksheets/sheet1.xml"/><Relationship Id="rId3" Target="/xl/worksheets/sheet7.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet ` + main + `><sheetData><row><c t="str"><v>hidden</v></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet7.xml":   `<worksheet ` + main + `><sheetData>` + rows + `</sheetData></worksheet>`,
		"xl/sharedStrings.xml":       `<sst ` + main + `><si><t>Reference</t></si><si><t>Referral date</t></si><si><r><t>NHS </t></r><r><rPr><b/></rPr><t>number</t></r><rPh><t>no</t></rPh></si><si><t>EV &amp; 1</t></si></sst>`,
		"xl/styles.xml":              `<styleSheet ` + main + `><numFmts><numFmt numFmtId="164" formatCode="dd\-mmm\-yyyy"/><numFmt numFmtId="165" formatCode="0&quot; days&quot;;[Red]0"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
	}
}

const bookHeading = `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="D2" t="s"><v>2</v></c></row>`

var ofList = sheet.Shape{Columns: map[string]string{"reference": "reference", "referral date": "day", "nhs number": "nhs"}, Needs: "reference", NoHeading: "no heading", Most: 5, TooMany: "too many", Empty: "nobody"}

func TestAWorkbookIsReadAsItShows(t *testing.T) {
	rows, whole := ofList.Read(strings.NewReader(aBook(t, usual(bookHeading+
		`<row r="4"><c r="A4" t="s"><v>3</v></c><c r="B4" s="1"><v>46266</v></c><c r="D4"><v>9998765439</v></c></row>`+
		`<row r="5" spans="1:4"><c r="A5" s="3"/></row>`+
		`<row r="9"><c r="A9" t="inlineStr"><is><t> EV-2 </t></is></c><c r="B9" s="2"><v>46266.75</v></c><c r="D9"><v>9.998765439E9</v></c><c r="XFD9" s="1"/></row>`+
		`<row><c t="str"><f>A1</f><v>EV-3</v></c><c t="d"><v>2026-09-01T00:00:00</v></c><c/><c s="3"><v>7</v></c></row>`))))
	if whole != "" || len(rows) != 3 {
		t.Fatalf("%q %+v", whole, rows)
	}
	for i, want := range []sheet.Row{
		{Number: 4, Cells: map[string]string{"reference": "EV & 1", "day": "2026-09-01", "nhs": "9998765439"}},
		{Number: 9, Cells: map[string]string{"reference": "EV-2", "day": "2026-09-01", "nhs": "9998765439"}},
		{Number: 10, Cells: map[string]string{"reference": "EV-3", "day": "2026-09-01", "nhs": "7"}},
	} {
		if fmt.Sprint(rows[i]) != fmt.Sprint(want) {
			t.Errorf("row %d is %+v, not %+v", i, rows[i], want)
		}
	}
	if names, _ := sheet.Headings(strings.NewReader(aBook(t, usual(bookHeading)))); fmt.Sprint(names) != "[Reference Referral date  NHS number]" {
		t.Errorf("headings: %q", names)
	}
}

func TestWhatWeWriteWeRead(t *testing.T) {
	var out bytes.Buffer
	if err := sheet.XLSX(&out, [][]any{{"Reference", "Other", "NHS number"}, {"=1+1", "", 12.5}, {"", "", ""}, {"EV-2", "x", "y"}}); err != nil {
		t.Fatal(err)
	}
	rows, whole := ofList.Read(&out)
	if whole != "" || len(rows) != 2 || rows[0].Cells["reference"] != "=1+1" || rows[0].Cells["nhs"] != "12.5" || rows[1].Number != 4 || rows[1].Cells["nhs"] != "y" {
		t.Errorf("%q %+v", whole, rows)
	}
}

func TestALongWorkbookTakesLittle(t *testing.T) {
	lines := [][]any{{"Reference", "Referral date", "NHS number"}}
	for n := range 20_000 {
		lines = append(lines, []any{fmt.Sprintf("EV-%05d", n), "2026-09-01", "9998765439"})
	}
	var out bytes.Buffer
	if err := sheet.XLSX(&out, lines); err != nil {
		t.Fatal(err)
	}
	long := ofList
	long.Most = len(lines)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rows, whole := long.Read(&out)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; whole != "" || len(rows) != 20_000 || took > 200<<20 {
		t.Errorf("%q, %d rows, %d MB allocated", whole, len(rows), took>>20)
	}
}

func TestAWorkbookFrom1904HasItsDays(t *testing.T) {
	parts := usual(bookHeading + `<row><c t="s"><v>3</v></c><c s="1"><v>44804</v></c></row>`)
	parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	if rows, whole := ofList.Read(strings.NewReader(aBook(t, parts))); whole != "" || rows[0].Cells["day"] != "2026-09-01" {
		t.Errorf("%q %+v", whole, rows)
	}
}

func TestAWorkbookThatWillNotDoIsToldWhy(t *testing.T) {
	row := func(cells string) string { return aBook(t, usual(bookHeading+"<row>"+cells+"</row>")) }
	without := func(name string) string {
		parts := usual(bookHeading)
		delete(parts, name)
		return aBook(t, parts)
	}
	whole := row(`<c t="s"><v>3</v></c>`)
	for name, c := range map[string]struct{ text, want string }{
		"half of it":          {whole[:len(whole)/2], "could not be read"},
		"no workbook":         {without("xl/workbook.xml"), "could not be read"},
		"no sheet":            {without("xl/worksheets/sheet7.xml"), "could not be read"},
		"another zip":         {aBook(t, map[string]string{"a.txt": "a"}), "could not be read"},
		"nothing in it":       {aBook(t, usual("")), "empty"},
		"a heading only":      {aBook(t, usual(bookHeading)), "nobody"},
		"no such heading":     {aBook(t, usual(`<row><c t="str"><v>Name</v></c></row>`)), "no heading"},
		"more than it can be": {aBook(t, usual(bookHeading+strings.Repeat(`<row><c t="s"><v>3</v></c></row>`, 6))), "too many"},
		"cells without end":   {row(`<c r="XFD1" t="s"><v>3</v></c>`), "could not be read"},
		"half a tag":          {row(`<c t="s"><v>3`), "could not be read"},
		"an entity of its own": {aBook(t, func() map[string]string {
			parts := usual("")
			parts["xl/worksheets/sheet7.xml"] = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>`
			return parts
		}()), "could not be read"},
		"gigabytes in a few kilobytes": {aBook(t, map[string]string{"xl/workbook.xml": strings.Repeat(" ", 65<<20)}), "could not be read"},
		"an old one, or a password":    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of an old kind"},
	} {
		if rows, got := ofList.Read(strings.NewReader(c.text)); len(rows) > 0 || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, not %q; %d rows", name, got, c.want, len(rows))
		}
	}
	// What a shared text does not have is an empty cell, not another's.
	if rows, _ := ofList.Read(strings.NewReader(row(`<c t="s"><v>3</v></c><c t="s"><v>99</v></c>`))); len(rows) != 1 || rows[0].Cells["day"] != "" {
		t.Errorf("%+v", rows)
	}
}
