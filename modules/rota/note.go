package rota

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Note is what one shift tells the next. Only the team reads it.
type Note struct {
	bun.BaseModel `bun:"table:rota_notes,alias:note"`
	tenants.InService

	ID       uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	AuthorID uuid.UUID `bun:"author_id,type:uuid" json:"-"`
	Words    string    `bun:"words" json:"words"`
	At       time.Time `bun:"at" json:"at"`

	Author *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:author_id=id" json:"author,omitempty"`
}

// Write is a note to leave.
type Write struct {
	Words string `json:"words" validate:"filled,max=1000" label:"the note"`
}

// Write leaves a hand-over note.
func (r Rota) Write(ctx context.Context, s tenants.Scope, in Write) (Note, error) {
	if s.Actor.Member == nil {
		return Note{}, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot write in it.")
	}
	row := Note{ID: uuid.Must(uuid.NewV7()), AuthorID: s.Actor.ID(), Words: strings.TrimSpace(in.Words), At: s.Now}
	_, err := s.Insert(&row).Exec(ctx)
	return row, err
}
