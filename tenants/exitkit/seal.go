package exitkit

import "fmt"

// open makes a row's sealed values readable, and takes out what follows from them
// and this house's key.
func (h House) open(t table, row map[string]any) error {
	for _, c := range h.Sealed {
		sealed, _ := row[c.Column].(string)
		if c.Table != t.Name || sealed == "" {
			continue
		}
		text, err := h.Keys.Open(sealed, c.After+fmt.Sprint(row[c.Bound]))
		if err != nil {
			return fmt.Errorf("%s.%s: %w", c.Table, c.Column, err)
		}
		row[c.Column] = text
	}
	for _, l := range lookups {
		if text, _ := row[l.of].(string); l.table == t.Name && row[l.column] == h.lookup(l.text(text)) {
			row[l.column] = nil
		}
	}
	return nil
}

// seal is the way back, with the keys of this house.
func (h House) seal(t table, trust string, row map[string]any) error {
	for _, l := range lookups {
		if l.table == t.Name && row[l.column] == nil {
			text, _ := row[l.of].(string)
			row[l.column] = h.lookup(l.text(text))
		}
	}
	for _, c := range h.Sealed {
		text, _ := row[c.Column].(string)
		if c.Table != t.Name || text == "" {
			continue
		}
		bound := trust // for the platform's tables, whose scope is what they are bound to
		if c.Bound != t.scope {
			bound = fmt.Sprint(row[c.Bound])
		}
		var err error
		if row[c.Column], err = h.Keys.Seal(text, c.After+bound); err != nil {
			return err
		}
	}
	return nil
}

func (h House) lookup(text string) any {
	if text == "" {
		return ""
	}
	return h.Keys.Lookup(text)
}
