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

// Settles is how long a decision can be undone before whom it concerns is told.
const Settles = time.Minute

// Recourse is what came with a decision, and what can be done about it.
type Recourse struct {
	// StrikeUntil is when the strike that came with it expires; zero for none.
	StrikeUntil time.Time `json:"strike_until,omitzero"`
	// AppealUntil is until when somebody else of the team can be asked to look again;
	// zero where that is not possible, or not any more.
	AppealUntil time.Time `json:"appeal_until,omitzero"`
	Appealed    bool      `json:"appealed"`
}

// Final tells whether an act is the answer to an appeal, after which there is no other.
func (a Act) Final() bool { return a == Uphold || a == Overturn }
