package safety

import (
	"time"

	"github.com/google/uuid"
)

// Strike is a breach of a rule to be recorded with a member. It does not count
// where the deed that it came with was undone.
type Strike struct {
	Item, Deed uuid.UUID
	Rule       string // in words, as the member reads it
	Words      string // of the team, to the member
	Act        Act
	Expires    time.Time
}
