package audit

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

var columns = []string{"number", "hash", "at", "who", "action", "what", "service", "about", "reason", "before", "after", "address", "record", "account", "subject"}

// Export is the log, as far as the filter asks for it, as CSV. It is read and
// sent piece by piece, and that it was taken is in the log.
func (l Log) Export(_ context.Context, s tenants.Scope, in Filter) (web.Content, error) {
	if err := in.read(s); err != nil {
		return web.Content{}, err
	}
	s = s.Outlive()
	return web.Content{
		Type: "text/csv; charset=utf-8", Name: "audit-log-" + s.Now.Format(time.DateOnly) + ".csv",
		Write: func(ctx context.Context, w io.Writer) error {
			err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
				return s.Audit(ctx, "audit.export", tenants.Audited{After: in})
			})
			if err != nil {
				return err
			}
			return l.export(ctx, s, in, w)
		},
	}, nil
}

func (l Log) export(ctx context.Context, s tenants.Scope, f Filter, w io.Writer) error {
	out := sheet.NewTable(w, columns...)
	var last *tenants.Record
	for more := true; more; {
		err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
			entries, err := l.some(ctx, s, f, last)
			for _, e := range entries {
				out.Line(e.cells()...)
				last = &e.Record
			}
			more = len(entries) == inOne
			return err
		})
		if err != nil {
			return err
		}
		if err := out.Sent(); err != nil {
			return err
		}
	}
	return nil
}

func (l Log) some(ctx context.Context, s tenants.Scope, f Filter, after *tenants.Record) ([]Entry, error) {
	q, err := find(ctx, s, f)
	if err != nil {
		return nil, err
	}
	if after != nil {
		older(q, *after)
	}
	var records []tenants.Record
	if err := q.Limit(inOne).Scan(ctx, &records); err != nil {
		return nil, err
	}
	return l.entries(ctx, s, records)
}

func (e Entry) cells() []string {
	number := ""
	if e.Number > 0 {
		number = strconv.FormatInt(e.Number, 10)
	}
	return []string{number, e.hash, e.At.UTC().Format(time.RFC3339Nano), e.Who, e.Action, e.Words, e.Service, e.About, e.Reason, e.Before, e.After, e.Address, e.ID.String(), e.AccountID.String(), e.Subject.String()}
}
