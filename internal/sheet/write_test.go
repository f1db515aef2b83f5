package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/sheet"
)

var lines = [][]any{{"Month", "Posts"}, {"=1+1", 12.0}, {"a <b> & \"c\"", ""}, {}, {"Each post."}}

func TestATableIsWrittenAsCSV(t *testing.T) {
	var out bytes.Buffer
	if err := sheet.CSV(&out, lines); err != nil || out.String() != "Month,Posts\n'=1+1,12\n\"a <b> & \"\"c\"\"\",\n\nEach post.\n" {
		t.Errorf("%v %q", err, out.String())
	}
}

func TestAWorkbookIsWholeAndHasNoFormula(t *testing.T) {
	var out bytes.Buffer
	if err := sheet.XLSX(&out, lines); err != nil {
		t.Fatal(err)
	}
	book, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range book.File {
		part, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(text, new(struct {
			XMLName xml.Name
		})); err != nil {
			t.Errorf("%s: %v", file.Name, err)
		}
		if strings.HasSuffix(file.Name, "sheet1.xml") && (!strings.Contains(string(text), "<c><v>12</v></c>") || !strings.Contains(string(text), "=1+1</t>") || strings.Contains(string(text), "<f>") || !strings.Contains(string(text), "a &lt;b&gt; &amp;")) {
			t.Errorf("%s", text)
		}
	}
	if len(book.File) != 5 {
		t.Errorf("there are %d parts", len(book.File))
	}
}
