package recovery

import (
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// vault seals what members write here, so that whoever reads the database reads
// nothing of it.
type vault struct{ keys crypt.Keys }

// seal is a value as one text that opens only for the same row.
func (v vault) seal(value any, row uuid.UUID) (string, error) {
	return v.keys.SealValue(value, row.String())
}

// open reads what seal made.
func (v vault) open(sealed string, row uuid.UUID, into any) error {
	return v.keys.OpenValue(sealed, row.String(), into)
}

// owned refuses those who are no member of the service: they have nothing here.
func owned(s tenants.Scope) error {
	if s.Actor.Member == nil {
		return fault.New(fault.Forbidden, "You are not a member of this service, so you keep nothing in it.")
	}
	return nil
}

// ByID names something of the actor's.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Gone is the answer to a removal.
type Gone struct {
	Removed bool `json:"removed"`
}
