package recovery

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/byhand"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Definitions are the measures that clinicians of the trust can choose from.
type Definitions struct {
	Definitions []Definition `json:"definitions"`
}

// Definitions lists them.
func (r Recovery) Definitions(ctx context.Context, s tenants.Scope, _ web.None) (out Definitions, err error) {
	out.Definitions, err = definitionsOf(ctx, s)
	return out, err
}

// Load is the text of a definition file.
type Load struct {
	File string `json:"file" validate:"filled,max=60000" label:"the text of the file"`
}

// mostWrong is how many mistakes of a file are told at once.
const mostWrong = 12

// Load takes a measure of the trust's own, or a new revision of one. Invalid with
// each line that is wrong; then nothing is taken.
func (r Recovery) Load(ctx context.Context, s tenants.Scope, in Load) (Definitions, error) {
	d, wrong := readDefinition(in.File)
	if _, ours := builtIn(d.Key); ours && len(wrong) == 0 {
		wrong = []byhand.Wrong{{Line: 1, Field: "key", Words: "SHaRON has a questionnaire of this key already. Choose another."}}
	}
	if len(wrong) > 0 {
		told := &fault.Error{Code: fault.Invalid, Message: "This file cannot be taken as it is. Nothing was changed."}
		for _, one := range wrong[:min(len(wrong), mostWrong)] {
			told.Fields = append(told.Fields, fault.Field{Name: "file", Message: one.String()})
		}
		return Definitions{}, told
	}
	row := loaded{Key: d.Key, Revision: 1, File: in.File, LoadedBy: s.Actor.AccountID, LoadedAt: s.Now}
	was, err := newestOf(ctx, s, d.Key)
	if err == nil {
		row.Revision = was.Revision + 1
	} else if !fault.Is(err, fault.Invalid) {
		return Definitions{}, err
	}
	if err := tenants.Fresh(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)); err != nil {
		return Definitions{}, err
	}
	if err := s.Audit(ctx, "recovery.load", tenants.Audited{Subject: s.Trust().ID, After: map[string]any{"key": row.Key, "revision": row.Revision}}); err != nil {
		return Definitions{}, err
	}
	return r.Definitions(ctx, s, web.None{})
}
