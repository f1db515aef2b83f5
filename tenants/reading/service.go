package reading

import (
	"cmp"
	"context"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/internal/words"
	"github.com/sharon-nhs/sharon/tenants"
)

// Beginning is how a service puts its interface to members who chose nothing.
type Beginning struct {
	Words words.Tag `json:"words"`
}

func begins(_ context.Context, s tenants.Scope, _ web.None) (Beginning, error) {
	return Beginning{cmp.Or(s.Service.Words, words.English)}, nil
}

// Begin is how it is to be from now on, and why. Was is what the lead saw.
type Begin struct {
	Words words.Tag `json:"words" validate:"required" label:"how words are shown"`
	Was   words.Tag `json:"was" validate:"required" label:"what it was"`
	tenants.Why
}

// begin changes it. Conflict if somebody else was faster.
func begin(ctx context.Context, s tenants.Scope, in Begin) (Beginning, error) {
	if !words.Known(in.Words) {
		return Beginning{}, unknown()
	}
	err := tenants.Fresh(s.Update((*tenants.Service)(nil)).Set("words = ?", in.Words).Where("id = ?", s.Service.ID).
		Where("COALESCE(NULLIF(words, ''), ?) = ?", words.English, in.Was).Exec(ctx))
	if err != nil {
		return Beginning{}, err
	}
	if err := s.Audit(ctx, "words.change", tenants.Audited{Subject: s.Service.ID, Reason: in.Reason, Before: Beginning{in.Was}, After: Beginning{in.Words}}); err != nil {
		return Beginning{}, err
	}
	return Beginning{in.Words}, s.Changed(ctx)
}
