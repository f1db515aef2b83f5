package programmes

import (
	"context"
	"io"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Kinds are those of the register, with their names.
var Kinds = []struct{ Key, Name, Many string }{
	{"risk", "Risk", "Risks"}, {"issue", "Issue", "Issues"}, {"decision", "Decision", "Decisions"}, {"assumption", "Assumption", "Assumptions"},
}

// AddEntry is a line of the register.
type AddEntry struct {
	Place
	Kind     string `json:"kind" validate:"required,oneof=risk issue decision assumption" label:"what kind it is"`
	Words    string `json:"words" validate:"required,max=2000" label:"what it is"`
	Response string `json:"response" validate:"max=2000"`
	Weight   string `json:"weight" validate:"omitempty,oneof=low medium high" label:"how grave it is"`
}

// AddEntry enters it.
func (p Programmes) AddEntry(ctx context.Context, s tenants.Scope, by By, in AddEntry) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	if in.Weight == "" && (in.Kind == "risk" || in.Kind == "issue") {
		return "", fault.Bad("weight", "Say how grave it is.")
	}
	row := Entry{ID: newID(), ProgrammeID: w.ID, Kind: in.Kind, Words: in.Words, Response: in.Response, Weight: in.Weight, ByName: w.by(by).Name, CreatedAt: s.Now, Version: 1}
	if err := add(ctx, s, &row); err != nil {
		return "", err
	}
	return "/register", note(ctx, s, by, "programme.entry", row.ID, nil, in.Kind)
}

// CloseEntry closes a line. Version is the one that was read.
type CloseEntry struct {
	Place
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
}

// CloseEntry notes that a line of the register is settled.
func (p Programmes) CloseEntry(ctx context.Context, s tenants.Scope, by By, in CloseEntry) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := find(w.Entries, func(e Entry) bool { return e.ID == in.ID })
	if err != nil {
		return "", err
	}
	if row.ClosedAt != nil {
		return "/register", nil
	}
	row.ClosedAt, row.Version = &s.Now, in.Version+1
	if err := put(ctx, s, &row, row.ID, in.Version, "closed_at"); err != nil {
		return "", err
	}
	return "/register", note(ctx, s, by, "programme.entry", row.ID, nil, "closed")
}

// RegisterCSV is the register as a table.
func (p Programmes) RegisterCSV(ctx context.Context, s tenants.Scope, _ By, _ Place) (web.Content, error) {
	w, err := load(ctx, s)
	if err != nil {
		return web.Content{}, err
	}
	return web.Content{Type: "text/csv; charset=utf-8", Name: "register.csv", Write: func(_ context.Context, to io.Writer) error {
		out := sheet.NewTable(to, "kind", "entered", "by", "what", "weight", "response", "closed")
		for _, e := range w.Entries {
			closed := ""
			if e.ClosedAt != nil {
				closed = string(DayOf(*e.ClosedAt))
			}
			out.Line(e.Kind, string(DayOf(e.CreatedAt)), e.ByName, e.Words, e.Weight, e.Response, closed)
		}
		return out.Sent()
	}}, nil
}
