package posts

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Cursor is a place in a list ordered by time and id. Its text is opaque.
type Cursor struct {
	At time.Time
	ID uuid.UUID
}

// CursorOf is the place of a post.
func CursorOf(p Post) Cursor { return Cursor{p.PublishedAt, p.ID} }

// Zero tells whether it is no place at all.
func (c Cursor) Zero() bool { return c.ID == uuid.Nil }

// MarshalText implements encoding.TextMarshaler.
func (c Cursor) MarshalText() ([]byte, error) {
	if c.Zero() {
		return nil, nil
	}
	raw := binary.BigEndian.AppendUint64(nil, uint64(c.At.UnixMicro()))
	return base64.RawURLEncoding.AppendEncode(nil, append(raw, c.ID[:]...)), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Cursor) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	raw, err := base64.RawURLEncoding.AppendDecode(nil, text)
	if err != nil || len(raw) != 8+16 {
		return errors.New("not a place in a list")
	}
	c.At = time.UnixMicro(int64(binary.BigEndian.Uint64(raw))).UTC() //nolint:gosec // any bits make a time
	if c.At.Year() < 1970 || c.At.Year() > 9999 {
		return errors.New("not a place in a list")
	}
	copy(c.ID[:], raw[8:])
	return nil
}

func (c Cursor) String() string {
	text, _ := c.MarshalText()
	return string(text)
}
