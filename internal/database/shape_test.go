package database

import (
	"fmt"
	"strings"
	"testing"
)

func TestShapeTakesTextsOutAndNothingElse(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT "a" FROM "t" WHERE ("x" = 'one') AND (y IN ('two', 'th''ree'))`:   `SELECT "a" FROM "t" WHERE ("x" = $1) AND (y IN ($2, $3)) [one two th'ree]`,
		`INSERT INTO "t" ("a", "b") VALUES ('it''s; -- $1 /* ? */ \', 7)`:         `INSERT INTO "t" ("a", "b") VALUES ($1, 7) [it's; -- $1 /* ? */ \]`,
		`SELECT "it's" FROM t WHERE (a, b) < ('x', 'y')`:                          `SELECT "it's" FROM t WHERE (a, b) < ($1, $2) [x y]`,
		`UPDATE t SET a = CASE WHEN a < 'x' THEN 'y' ELSE a END`:                  `UPDATE t SET a = CASE WHEN a < $1 THEN $2 ELSE a END [x y]`,
		`INSERT INTO t VALUES (X'0aff', '')`:                                      `INSERT INTO t VALUES (X'0aff', $1) []`,
		`SELECT 1`:                                                                `SELECT 1 []`,
		`SELECT E'a\'b', 'c'`:                                                     "as it is",
		`SELECT 'a' -- it's`:                                                      "as it is",
		`SELECT /* it's */ 1`:                                                     "as it is",
		`SELECT 1; SELECT 'a'`:                                                    "as it is",
		`SELECT $1`:                                                               "as it is",
		`BEGIN; SELECT set_config('app.tenant_id', 'x', true)`:                    "as it is",
		`SELECT 'never ends`:                                                      "as it is",
		`INSERT INTO t VALUES (` + strings.Repeat(`'a', `, mostTexts) + `'b')`:    "as it is",
		`INSERT INTO t VALUES ('` + strings.Repeat(`long`, longestShape/4) + `')`: "as it is",
	} {
		got := "as it is"
		if shaped, texts, ok := shape(query, dollarMark); ok {
			got = fmt.Sprint(shaped, " ", texts)
		}
		if got != want {
			t.Errorf("%.80s\n  got  %.120s\n  want %.120s", query, got, want)
		}
	}
}

// Whatever somebody writes, it comes out of the statement as it went in and
// cannot reach into the statement.
func FuzzShape(f *testing.F) {
	for _, text := range []string{"", "'", "''", `\`, `\'`, "--", "$1", "?", `"`, ";", "E'", "a\nb", "’"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
		query := `UPDATE "posts" SET "body" = ` + quote(a) + ` WHERE ("id" = ` + quote(b) + `)`
		if len(query) > longestShape {
			return
		}
		shaped, texts, ok := shape(query, dollarMark)
		if !ok || shaped != `UPDATE "posts" SET "body" = $1 WHERE ("id" = $2)` || texts[0] != a || texts[1] != b {
			t.Errorf("%q: %q %q %v", query, shaped, texts, ok)
		}
	})
}
