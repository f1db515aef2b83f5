// Package audit is the trust's audit log: its chain of seals, by which a record
// that was changed, removed or put in afterwards shows, and the page and file
// in which its administrator reads it.
package audit

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Log is the part.
type Log struct {
	// Acts name the actions of all rooms and parts.
	Acts func() tenants.Acts
	Log  *slog.Logger
}

// New makes the part.
func New(l Log) tenants.Part {
	return tenants.Part{
		Grants: policy.Grants{"audit.read": {string(tenants.TrustAdmin)}},
		Routes: func(r *tenants.Router) {
			web.Get(r, "/trust/audit", "audit.read", "The trust’s audit log", l.List, listPage)
			web.Download(r, "/trust/audit/export", "audit.read", "The trust’s audit log as CSV", l.Export)
		},
		Rounds: []tenants.Round{{Key: "audit", Queue: jobs.Default, Every: time.Minute, Trust: true, Do: l.round}},
		Links: func(s tenants.Scope) []tenants.MeLink {
			if !s.May("audit.read") {
				return nil
			}
			return []tenants.MeLink{{Name: "Audit log", About: "Who did what in this trust, and when", Path: "/trust/audit"}}
		},
		Rights: map[string]string{"audit.read": "Read the audit log"},
		Acts:   tenants.Acts{"audit.export": "Took a copy of the audit log"},
	}
}

// round writes down what was tallied and seals what is new. Commands never wait for it.
func (l Log) round(ctx context.Context, s tenants.Scope) error {
	if err := s.Write(ctx, writeDown); err != nil {
		return err
	}
	sealed := 0
	var last Seal
	for more := true; more; {
		var some int
		var end Seal
		err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
			end, some, err = seal(ctx, s)
			return err
		})
		if errors.Is(err, errFaster) {
			break // what is left is for its next round
		}
		if err != nil {
			return err
		}
		more, sealed, last = some == inOne, sealed+some, end
	}
	if sealed > 0 { // the log leaves this machine, so it bears witness where the database was tampered with
		l.Log.InfoContext(ctx, "audit log sealed", slog.String("trust", s.Trust().Slug), slog.String("checkpoint", last.Checkpoint().String()))
	}
	return nil
}
