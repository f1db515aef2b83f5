package tenants

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
)

// Labels are a few short words or keys, kept in one column, each between commas,
// so that a query can ask for one: LIKE '%,tea,%'.
type Labels []string

// Has tells whether a word is among them.
func (l Labels) Has(word string) bool { return slices.Contains(l, word) }

// With are these and the others, sorted.
func (l Labels) With(others Labels) Labels {
	all := slices.Concat(l, others)
	slices.Sort(all)
	return slices.Compact(all)
}

// Value implements driver.Valuer.
func (l Labels) Value() (driver.Value, error) {
	if len(l) == 0 {
		return "", nil
	}
	return "," + strings.Join(l, ",") + ",", nil
}

// Scan implements sql.Scanner.
func (l *Labels) Scan(from any) (err error) {
	if *l, err = listed(from); err != nil {
		return fmt.Errorf("labels %w", err)
	}
	return nil
}

// listed takes apart a column that keeps a list, comma-separated.
func listed(from any) ([]string, error) {
	var text string
	switch from := from.(type) {
	case nil:
	case string:
		text = from
	case []byte:
		text = string(from)
	default:
		return nil, fmt.Errorf("from a %T", from)
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' }), nil
}
