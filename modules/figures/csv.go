package figures

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

var columns = []string{"raised", "level", "found by", "held", "target", "first response (seconds)", "decision (seconds)", "decided"}

// Export lists the items of a period, one a line, without whom they concern or
// what was said. That it was taken is in the audit log.
func Export(_ context.Context, s tenants.Scope, in Period) (web.Content, error) {
	from, until, err := in.bounds(s.Now)
	if err != nil {
		return web.Content{}, err
	}
	s = s.Outlive()
	return web.Content{
		Type: "text/csv; charset=utf-8", Name: "safety-figures-" + in.From + "-to-" + in.To + ".csv",
		Write: func(ctx context.Context, w io.Writer) error {
			var items []safety.Item
			err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
				if items, err = raised(ctx, s, from, until); err != nil {
					return err
				}
				return s.Audit(ctx, "figures.export", tenants.Audited{After: in})
			})
			if err != nil {
				return err
			}
			out := sheet.NewTable(w, columns...)
			for _, item := range items {
				out.Line(cells(item)...)
			}
			return out.Sent()
		},
	}, nil
}

func cells(i safety.Item) []string {
	sources := make([]string, len(i.Marks))
	for n, mark := range i.Marks {
		sources[n] = mark.Source.Name()
	}
	return []string{
		i.RaisedAt.In(clock.London).Format(time.RFC3339), i.Level.Name(), strings.Join(sources, "; "), strconv.FormatBool(i.Held),
		i.DueAt.In(clock.London).Format(time.RFC3339), number(safety.Took(i.RaisedAt, i.RespondedAt)), number(safety.Took(i.RaisedAt, i.DecidedAt)), string(i.Act),
	}
}

// number is empty for what has not happened.
func number(seconds *int) string {
	if seconds == nil {
		return ""
	}
	return strconv.Itoa(*seconds)
}
