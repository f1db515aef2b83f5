package exitkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sharon-nhs/sharon/internal/database"
)

// stamp is a time in the kit: UTC, as exact as either database keeps it.
const stamp = "2006-01-02T15:04:05.999999Z"

// fromDatabase turns what a driver returned into one value for both dialects.
func fromDatabase(kind database.Kind, value any) (any, error) {
	if text, ok := value.([]byte); ok {
		value = string(text)
	}
	switch v := value.(type) {
	case nil:
		return nil, nil
	case time.Time:
		if kind == database.Time {
			return v.UTC().Format(stamp), nil
		}
	case bool:
		if kind == database.Bool {
			return v, nil
		}
	case int64:
		switch kind {
		case database.Integer:
			return v, nil
		case database.Real:
			return float64(v), nil
		case database.Bool:
			return v != 0, nil
		}
	case float64:
		if kind == database.Real {
			return v, nil
		}
	case string:
		if kind == database.Text {
			return v, nil
		}
	}
	return nil, fmt.Errorf("a %T is no %s", value, kind)
}

// fromKit turns what a line says into what the database is given.
func fromKit(kind database.Kind, value any) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case bool:
		if kind == database.Bool {
			return v, nil
		}
	case json.Number:
		switch kind {
		case database.Integer:
			return v.Int64()
		case database.Real:
			return v.Float64()
		}
	case string:
		switch kind {
		case database.Text:
			return v, nil
		case database.Time:
			return time.Parse(stamp, v)
		}
	}
	return nil, fmt.Errorf("a %T is no %s", value, kind)
}

// line writes a row as JSON, its columns in the order of the table.
func (t table) line(row map[string]any) ([]byte, error) {
	var out bytes.Buffer
	for i, c := range t.columns {
		out.WriteByte("{,"[min(i, 1)])
		if err := encode(&out, c.Name); err != nil {
			return nil, err
		}
		out.WriteByte(':')
		if err := encode(&out, row[c.Name]); err != nil {
			return nil, err
		}
	}
	out.WriteString("}\n")
	return out.Bytes(), nil
}

// encode writes a value as people read it: < stays <.
func encode(out *bytes.Buffer, value any) error {
	to := json.NewEncoder(out)
	to.SetEscapeHTML(false)
	err := to.Encode(value)
	out.Truncate(out.Len() - 1) // the end of the line that Encode adds
	return err
}

// row reads a line; it must have exactly the columns of the table.
func (t table) row(line []byte) (map[string]any, error) {
	from := json.NewDecoder(bytes.NewReader(line))
	from.UseNumber()
	var said map[string]any
	if err := from.Decode(&said); err != nil {
		return nil, err
	}
	if len(said) != len(t.columns) {
		return nil, fmt.Errorf("%d columns, not %d", len(said), len(t.columns))
	}
	row := make(map[string]any, len(said))
	for _, c := range t.columns {
		value, there := said[c.Name]
		if !there {
			return nil, fmt.Errorf("there is no column %s", c.Name)
		}
		var err error
		if row[c.Name], err = fromKit(c.Kind, value); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return row, nil
}
