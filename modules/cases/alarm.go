package cases

import (
	"context"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// alarms are the urgent cases that nobody has although they were called, and those
// that nobody could be called for.
func (c Cases) alarms(ctx context.Context, s tenants.Scope) ([]safety.Alarm, error) {
	if !s.May("cases.work") {
		return nil, nil
	}
	var cases []safety.Case
	q, err := c.mine(ctx, s, s.Select(&cases))
	if err == nil {
		err = q.Where("?TableAlias.closed_at IS NULL").Where("?TableAlias.acked_at IS NULL").Where("NOT ?TableAlias.drill").Order("opened_at").Scan(ctx)
	}
	if err != nil {
		return nil, err
	}
	cases = slices.DeleteFunc(cases, func(one safety.Case) bool { return !one.Calling() })
	var out []safety.Alarm
	for _, one := range cases {
		ladder, err := running(ctx, s, ofCase(one.ID))
		if err != nil {
			return nil, err
		}
		if words := alarm(s.Now, one, ladder); words != "" {
			out = append(out, safety.Alarm{CaseID: one.ID, Level: one.Level, Since: one.OpenedAt, Words: words})
		}
	}
	return out, nil
}

// alarm says what is wrong with how a case is called; empty if nothing is.
func alarm(now time.Time, one safety.Case, ladder []Call) string {
	reached := slices.ContainsFunc(ladder, func(call Call) bool { return call.Reached })
	tried := slices.ContainsFunc(ladder, func(call Call) bool { return call.Tries > 0 && (len(call.Attempts) > 0 || call.TryAt == nil) })
	switch {
	case !one.Calling():
		return ""
	case tried && !reached:
		return "Nobody could be reached by push, text or email. SHaRON keeps trying."
	case slices.ContainsFunc(ladder, func(call Call) bool { return call.Again }):
		return "Nobody has answered. Everybody was called, and is called again."
	case !one.DueAt.After(now):
		return "Nobody has taken it on in time."
	}
	return ""
}
