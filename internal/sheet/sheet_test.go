package sheet_test

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/sheet"
)

func TestNoCellIsAFormulaAndAllComeBack(t *testing.T) {
	for cell, want := range map[string]string{"": "", "tea": "tea", "=1+1": "'=1+1", "@x": "'@x", "-x": "'-x", "+x": "'+x", "\tx": "'\tx", "'tis": "'tis", "'": "'"} {
		if got := sheet.Plain(cell); got != want {
			t.Errorf("%q is written as %q", cell, got)
		} else if back := sheet.Unplain(got); back != cell {
			t.Errorf("%q comes back as %q", cell, back)
		}
	}
}
