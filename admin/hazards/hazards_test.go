package hazards_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/admin/hazards"
)

// A control that is software is worth what its test is: when the test goes, the
// hazard must be looked at again.
func TestEachSoftwareControlHasATestThatExists(t *testing.T) {
	there := map[string]bool{}
	files := token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			if fn, ok := declared.(*ast.FuncDecl); ok && fn.Recv == nil {
				there[fn.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	software := 0
	for _, h := range hazards.Log {
		for _, control := range h.Controls {
			for _, name := range control.Tests {
				if software++; !strings.HasPrefix(name, "Test") || !there[name] {
					t.Errorf("%s: %q is proved by %s, which does not exist", h.ID, control.Text, name)
				}
			}
		}
	}
	if software == 0 {
		t.Error("no control names a test")
	}
}

// As printed in the implementation guidance of DCB0129.
func TestTheMatrixIsThatOfTheStandard(t *testing.T) {
	for _, c := range []struct {
		likelihood, severity string
		score                int
	}{
		{"Very high", "Minor", 3}, {"Very high", "Significant", 4}, {"Very high", "Considerable", 4}, {"Very high", "Major", 5}, {"Very high", "Catastrophic", 5},
		{"High", "Minor", 2}, {"High", "Significant", 3}, {"High", "Considerable", 3}, {"High", "Major", 4}, {"High", "Catastrophic", 5},
		{"Medium", "Minor", 2}, {"Medium", "Significant", 2}, {"Medium", "Considerable", 3}, {"Medium", "Major", 3}, {"Medium", "Catastrophic", 4},
		{"Low", "Minor", 1}, {"Low", "Significant", 2}, {"Low", "Considerable", 2}, {"Low", "Major", 3}, {"Low", "Catastrophic", 4},
		{"Very low", "Minor", 1}, {"Very low", "Significant", 1}, {"Very low", "Considerable", 2}, {"Very low", "Major", 2}, {"Very low", "Catastrophic", 3},
	} {
		if got := (hazards.Risk{Severity: c.severity, Likelihood: c.likelihood}).Score(); got != c.score {
			t.Errorf("%s and %s: %d, not %d", c.likelihood, c.severity, got, c.score)
		}
	}
}

func TestALogThatIsNotRightIsRefused(t *testing.T) {
	const good = `
- id: H01
  hazard: h
  cause: c
  harm: x
  owner: o
  review: 2027-05-31
  initial: {severity: Major, likelihood: High}
  residual: {severity: Major, likelihood: Low}
  controls: [{text: t, who: w}]
`
	if _, err := hazards.Read(strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"it says no owner":             {"owner: o", "owner: ''"},
		"a risk is one of":             {"initial: {severity: Major", "initial: {severity: Bad"},
		"do not make a risk greater":   {"residual: {severity: Major, likelihood: Low}", "residual: {severity: Catastrophic, likelihood: High}"},
		"nothing controls it":          {"[{text: t, who: w}]", "[]"},
		"either tests that prove it":   {"who: w", "tests: []"},
		"write the day of its review":  {"2027-05-31", "May"},
		"field unknown not found":      {"cause: c", "cause: c\n  unknown: x"},
		"there are two of that number": {good, good + good},
	} {
		if _, err := hazards.Read(strings.NewReader(strings.Replace(good, change[0], change[1], 1))); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
