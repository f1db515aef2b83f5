package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/figures"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

const weekOfFigures = "/figures?from=2026-11-09&to=2026-11-15"

// week fills the desk of a service of northmoor with a week of items as they may come, and one
// of another service that must not count.
func (s *site) week(service string, many int) {
	s.t.Helper()
	begins := time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)
	chance := rand.New(rand.NewPCG(1, 2)) // the same week each time
	var items []safety.Item
	var marks []safety.Mark
	for range many {
		at := begins.Add(time.Duration(chance.IntN(7*24*3600)) * time.Second)
		item := safety.Item{ID: uuid.New(), Sort: "post", SubjectID: uuid.New(), Level: safety.Levels[chance.IntN(4)], Held: chance.IntN(5) == 0,
			RaisedAt: at, DueAt: at.Add(time.Duration(1+chance.IntN(240)) * time.Minute), Version: 1}
		if chance.IntN(10) > 0 {
			responded := at.Add(time.Duration(chance.IntN(5*3600)) * time.Second)
			item.RespondedAt = &responded
			if chance.IntN(10) > 0 {
				decided := responded.Add(time.Duration(chance.IntN(3600)) * time.Second)
				item.DecidedAt, item.Act = &decided, safety.Approve
			}
		}
		for range 1 + chance.IntN(3) {
			marks = append(marks, safety.Mark{ID: uuid.New(), ItemID: item.ID, Source: safety.Sources[chance.IntN(len(safety.Sources))], Level: item.Level, At: at})
		}
		items = append(items, item)
	}
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), service, func(ctx context.Context, in tenants.Scope) error {
		for at := 0; at < len(items); at += 500 {
			if _, err := tenants.InsertAll(in, items[at:min(at+500, len(items))]).Exec(ctx); err != nil {
				return err
			}
		}
		for at := 0; at < len(marks); at += 500 {
			if _, err := tenants.InsertAll(in, marks[at:min(at+500, len(marks))]).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func figuresOf(t *testing.T, v *visitor) (out figures.Figures) {
	t.Helper()
	got := v.get("/harbour" + weekOfFigures)
	if err := json.Unmarshal(got.body, &out); got.status != http.StatusOK || err != nil {
		t.Fatalf("the figures: %d %v %s", got.status, err, got.body)
	}
	return out
}

func TestTheFiguresOfAWeekEqualARecount(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		before := figuresOf(t, s.over("lead.harbour@northmoor"))
		if before.Items != 0 {
			t.Fatalf("the week is not empty: %d", before.Items)
		}
		s.week("harbour", 10_000)
		s.week("willow", 100) // is another’s
		got := figuresOf(t, s.over("lead.harbour@northmoor"))

		const real = ` FROM desk_items AS i WHERE i.tenant_id = ? AND i.service_id = (SELECT id FROM services AS s WHERE s.tenant_id = i.tenant_id AND s.slug = 'harbour') AND i.raised_at >= '2026-11-09' AND i.raised_at < '2026-11-16'
			AND NOT EXISTS (SELECT 1 FROM desk_marks AS m WHERE m.tenant_id = i.tenant_id AND m.item_id = i.id AND m.source = 'drill')`
		err := s.app.DB.Read(t.Context(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
			count := func(query string, args ...any) (n int) {
				if err := db.NewRaw("SELECT "+query, args...).Scan(ctx, &n); err != nil {
					t.Fatalf("%s: %v", query, err)
				}
				return n
			}
			seconds, hour, weekday := "unixepoch(%) - unixepoch(i.raised_at)", "CAST(strftime('%H', i.raised_at) AS integer)", "CAST(strftime('%w', i.raised_at) AS integer)"
			if db.Dialect().Name() == dialect.PG {
				seconds, hour, weekday = "EXTRACT(EPOCH FROM % - i.raised_at)::int", "EXTRACT(HOUR FROM i.raised_at AT TIME ZONE 'Europe/London')", "EXTRACT(DOW FROM i.raised_at AT TIME ZONE 'Europe/London')"
			}
			tenant := s.northmoor()
			same := func(what string, figure, recount int) {
				if figure != recount || recount == 0 {
					t.Errorf("%s: %d, recounted %d", what, figure, recount)
				}
			}
			same("items", got.Items, count("count(*)"+real, tenant))
			same("waiting", got.Waiting, count("count(*)"+real+" AND i.decided_at IS NULL", tenant))
			appeal := real + " AND EXISTS (SELECT 1 FROM desk_marks AS m WHERE m.tenant_id = i.tenant_id AND m.item_id = i.id AND m.source = 'appeal')"
			same("appeals", got.Appeals.Made, count("count(*)"+appeal, tenant))
			same("answered", got.Appeals.Decided, count("count(i.decided_at)"+appeal, tenant))
			same("the median answer", got.Appeals.Answer.Median, count(strings.ReplaceAll(seconds, "%", "i.decided_at")+appeal+" AND i.decided_at IS NOT NULL ORDER BY 1 LIMIT 1 OFFSET ?", tenant, int(math.Ceil(.5*float64(got.Appeals.Decided)))-1))
			same("held", got.Held.Items, count("count(*)"+real+" AND i.held", tenant))
			same("out of hours", got.OutOfHours.Part, count("count(*)"+real+" AND ("+hour+" < 9 OR "+hour+" >= 17 OR "+weekday+" IN (0, 6))", tenant))
			for _, source := range got.Sources {
				same(source.Name, source.Items, count("count(*)"+real+" AND EXISTS (SELECT 1 FROM desk_marks AS m WHERE m.tenant_id = i.tenant_id AND m.item_id = i.id AND m.source = ?)", tenant, source.Source))
			}
			for _, line := range got.Levels {
				level, met := real+" AND i.level = ?", "i.decided_at"
				if line.Level.Urgent() {
					met = "i.responded_at"
				}
				same(line.Level.Name(), line.Items, count("count(*)"+level, tenant, line.Level))
				same(line.Level.Name()+" in time", line.InTime.Part, count("count(*)"+level+" AND "+met+" <= i.due_at", tenant, line.Level))
				same(line.Level.Name()+" overdue", line.Overdue, count("count(*)"+level+" AND "+met+" IS NULL", tenant, line.Level))
				for column, times := range map[string]safety.Times{"i.responded_at": line.Response, "i.decided_at": line.Decision} {
					if column == met {
						same(column+" used", line.Used.Count, times.Count)
					}
					took := strings.ReplaceAll(seconds, "%", column)
					same(column, times.Count, count("count("+column+")"+level, tenant, line.Level))
					for share, figure := range map[float64]int{.5: times.Median, .9: times.P90, 1: times.Worst} {
						at := int(math.Ceil(share*float64(times.Count))) - 1
						same(column, figure, count(took+level+" AND "+column+" IS NOT NULL ORDER BY 1 LIMIT 1 OFFSET ?", tenant, line.Level, at))
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		total, held, unanswered, within, outside := 0, 0, 0, 0, 0
		for _, day := range got.Days {
			for _, n := range day.Counts {
				total += n
			}
			held, unanswered = held+day.Held, unanswered+day.Unanswered
		}
		for _, hour := range got.Hours {
			within, outside = within+hour.Within, outside+hour.Outside
		}
		if len(got.Days) != 7 || total != got.Items || held != got.Held.Items || unanswered != got.Unanswered {
			t.Errorf("%d days with %d items of %d, %d held of %d, %d unanswered of %d", len(got.Days), total, got.Items, held, got.Held.Items, unanswered, got.Unanswered)
		}
		if len(got.Hours) != 24 || outside != got.OutOfHours.Part || within+outside != got.Items {
			t.Errorf("%d hours with %d within and %d outside: %+v", len(got.Hours), within, outside, got.OutOfHours)
		}
		rows, err := csv.NewReader(bytes.NewReader(s.over("lead.harbour@northmoor").get("/harbour/figures.csv?from=2026-11-09&to=2026-11-15").body)).ReadAll()
		if err != nil || len(rows) != got.Items+1 {
			t.Errorf("the CSV has %d lines for %d items: %v", len(rows), got.Items, err)
		}
	})
}

func TestTheFiguresAreForLeadsAndClinicians(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for account, status := range map[string]int{"lead.willow@northmoor": 200, "clinician.willow@northmoor": 200, "hazel.willow@northmoor": 403} {
		if got := s.over(account).get("/willow/figures"); got.status != status {
			t.Errorf("%s: %d", account, got.status)
		}
	}
	for _, wrong := range []string{"?from=yesterday", "?from=2026-11-20&to=2026-11-19", "?from=2024-01-01&to=2026-11-19", "?to=2026-13-40"} {
		if got := s.over("lead.willow@northmoor").get("/willow/figures" + wrong); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", wrong, got.status)
		}
	}
}
