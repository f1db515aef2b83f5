package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
	"github.com/sharon-nhs/sharon/tenants/usage"
)

// aYear is a year of many services, from one day in London until another.
type aYear struct {
	*testing.T
	app         *app
	from, until time.Time
	trusts      []tenants.Scope
	r           *rand.Rand
}

// londonAt is a time by the clock of London, worked out without the time zone's
// tables: in 2026 summer time is from 29 March until 25 October, 1:00 UTC.
func londonAt(t time.Time) time.Time {
	if !t.Before(time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)) && t.Before(time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)) {
		return t.UTC().Add(time.Hour)
	}
	return t.UTC()
}

func monthOf(t time.Time) string { return londonAt(t).Format("2006-01") + "-01" }

// newYear fills a database with 2026 in so many services.
func newYear(t *testing.T, address string, trusts, services int) *aYear {
	t.Helper()
	y := &aYear{T: t, from: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), r: rand.New(rand.NewPCG(7, 7))}
	var err error
	y.app, err = open(config{Data: t.TempDir(), DatabaseURL: address, LogLevel: "error", LogFormat: "text"}, webConfig{BaseURL: "http://localhost"}, testKeys, clock.NewFake(y.until.Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.app.DB.Close() })
	for i := range trusts {
		trust, err := y.app.Directory.CreateTrust(t.Context(), tenants.NewTrust{ODSCode: fmt.Sprintf("R%02d", i), Name: fmt.Sprintf("Trust %d", i), Slug: fmt.Sprintf("trust%d", i)})
		if err != nil {
			t.Fatal(err)
		}
		err = y.app.Directory.WriteAs(t.Context(), trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
			for n := range services {
				if err := y.service(ctx, s, n); err != nil {
					return err
				}
			}
			return s.Changed(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		y.trusts = append(y.trusts, y.at(trust.ID))
	}
	return y
}

func (y *aYear) at(trust uuid.UUID) (here tenants.Scope) {
	y.Helper()
	if err := y.app.Directory.ReadAs(y.Context(), trust, "", func(_ context.Context, s tenants.Scope) error {
		here = s.Outlive()
		return nil
	}); err != nil {
		y.Fatal(err)
	}
	return here
}

// some is a time of the year after another.
func (y *aYear) some(after time.Time) time.Time {
	return after.Add(time.Duration(y.r.Int64N(int64(y.until.Sub(after))))).Truncate(time.Microsecond)
}

// service is a small one: members who join, come, write and leave, and a team.
func (y *aYear) service(ctx context.Context, s tenants.Scope, n int) error {
	s.Service = &tenants.Service{ID: uuid.New(), Area: tenants.Area(areas.All[n%2].Key), Name: fmt.Sprintf("Service %d", n), Slug: fmt.Sprintf("service%d", n), Status: "active", CreatedAt: y.from}
	if _, err := s.Insert(s.Service).Exec(ctx); err != nil {
		return err
	}
	var accounts []tenants.Account
	var people []tenants.Person
	var visits []tenants.Visit
	for i := range 4 + y.r.IntN(14) {
		joined, role := y.some(y.from), tenants.ServiceUser
		if i == 0 {
			joined, role = y.from, tenants.Moderator
		}
		account := tenants.Account{ID: uuid.New(), EmailLookup: uuid.NewString(), Status: "active", CreatedAt: joined}
		who := tenants.Person{ID: uuid.New(), AccountID: account.ID, Avatar: 1, Roles: tenants.Roles{role}, Status: "active", JoinedAt: joined}
		who.Call("M" + strings.Repeat("o", i+1) + "n")
		accounts, people = append(accounts, account), append(people, who)
		came := map[string]bool{}
		for range y.r.IntN(25) * i {
			visit := tenants.VisitOn(who.ID, y.some(joined), usage.Devices[y.r.IntN(3)])
			if i > 0 && !came[visit.Day] {
				came[visit.Day] = true
				visits = append(visits, visit)
			}
		}
	}
	place := posts.Place{ID: uuid.New(), Module: "forums", Slug: "board", Name: "Board", Audience: tenants.AudienceService, WhoMayPost: posts.PostMembers, Version: 1, CreatedAt: y.from}
	var said []posts.Post
	for range 40 {
		author := people[y.r.IntN(len(people))]
		root := y.post(place, author, y.some(author.JoinedAt))
		said = append(said, root)
		for range y.r.IntN(3) {
			reply := y.post(place, people[y.r.IntN(len(people))], y.some(root.PublishedAt))
			reply.ParentID = &root.ID
			said = append(said, reply)
		}
	}
	slices.SortStableFunc(said, func(a, b posts.Post) int {
		return cmp.Compare(len(fmt.Sprint(a.ParentID)), len(fmt.Sprint(b.ParentID)))
	}) // the answered first
	for _, step := range []func() error{
		func() error { return inserted(ctx, s, accounts) }, func() error { return inserted(ctx, s, people) }, func() error { return inserted(ctx, s, visits) },
		func() error { return inserted(ctx, s, []posts.Place{place}) }, func() error { return inserted(ctx, s, said) },
		func() error { // one has left
			_, err := s.Update((*tenants.Person)(nil)).Set("status = 'left'").Set("left_at = ?", y.some(people[len(people)-1].JoinedAt)).Where("id = ?", people[len(people)-1].ID).Exec(ctx)
			return err
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (y *aYear) post(place posts.Place, by tenants.Person, at time.Time) posts.Post {
	module := "forums"
	if y.r.IntN(3) == 0 {
		module = "walls"
	}
	return posts.Post{ID: uuid.New(), Kind: "thread", Module: module, PlaceID: place.ID, AuthorID: by.ID, Audience: tenants.AudienceService, State: posts.Visible, Version: 1, PublishedAt: at}
}

func inserted[T any, P interface {
	*T
	tenants.Row
}](ctx context.Context, s tenants.Scope, rows []T) error {
	for some := range slices.Chunk(rows, 500) {
		if _, err := tenants.InsertAll[T, P](s, some).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// each runs in a unit of every trust.
func (y *aYear) each(fn func(ctx context.Context, s tenants.Scope) error) {
	y.Helper()
	for _, here := range y.trusts {
		if err := here.Read(y.Context(), fn); err != nil {
			y.Fatal(err)
		}
	}
}

// row is a line of a recount.
type row struct {
	ServiceID uuid.UUID `bun:"service_id,type:uuid"`
	Since     string    `bun:"since"`
	Part      string    `bun:"part"`
	N         int       `bun:"n"`
}

// kept are the numbers of a key as they were counted, by service, month and part.
func (y *aYear) kept(key, span string) map[row]int {
	all := map[row]int{}
	y.each(func(ctx context.Context, s tenants.Scope) error {
		var cells []usage.Cell
		if err := s.SelectAcross(&cells).Where("cell.key = ?", key).Where("cell.span = ?", span).Scan(ctx); err != nil {
			return err
		}
		for _, c := range cells {
			since, part := c.Since[:7]+"-01", c.Part
			if c.Outside {
				part += " out of hours"
			}
			if key == "active" {
				part = ""
			}
			if c.N > 0 {
				all[row{c.ServiceID, since, part, 0}] += c.N
			}
		}
		return nil
	})
	return all
}

// recount counts rows of a table by SQL.
func (y *aYear) recount(model any, columns, where string, group ...string) map[row]int {
	all := map[row]int{}
	y.each(func(ctx context.Context, s tenants.Scope) error {
		var rows []struct {
			ServiceID uuid.UUID `bun:"service_id,type:uuid"`
			At        time.Time `bun:"at"`
			Part      string    `bun:"part"`
			N         int       `bun:"n"`
		}
		if err := s.SelectAcross(model).ColumnExpr("?TableAlias.service_id, "+columns).Where(where).Group(group...).Scan(ctx, &rows); err != nil {
			return err
		}
		for _, one := range rows {
			at := row{one.ServiceID, monthOf(one.At), one.Part, 0}
			if local := londonAt(one.At); one.Part != "" && (local.Weekday()%6 == 0 || local.Hour() < 9 || local.Hour() >= 17) {
				at.Part += " out of hours"
			}
			all[at]++
		}
		return nil
	})
	return all
}

func (y *aYear) same(name string, got, want map[row]int) {
	y.Helper()
	wrong := 0
	for at, n := range want {
		if got[at] != n {
			wrong++
		}
	}
	if wrong > 0 || len(got) != len(want) || len(want) < 100 {
		y.Errorf("%s: of %d numbers %d are otherwise, and there are %d", name, len(want), wrong, len(got))
	}
}

// everything is all that was counted and published.
func (y *aYear) everything() (cells []usage.Cell, out []usage.Published) {
	y.each(func(ctx context.Context, s tenants.Scope) error {
		var some []usage.Cell
		err := s.SelectAcross(&some).Order("service_id", "span", "since", "key", "part", "outside").Scan(ctx)
		cells = append(cells, some...)
		return err
	})
	err := y.app.DB.Platform(y.Context(), func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&out).Order("service_id", "since", "key", "part", "outside").Scan(ctx)
	})
	if err != nil {
		y.Fatal(err)
	}
	return cells, out
}

// A year of 100 services: what is counted is what SQL counts, twice changes nothing,
// and counting a day at a time or all at once is the same.
func TestAYearOfAHundredServicesIsCounted(t *testing.T) {
	t.Parallel()
	for name, database := range dialects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newYear(t, database(t, prepare), 10, 10)
			for _, here := range y.trusts {
				if err := y.app.usage().Round(t.Context(), here); err != nil {
					t.Fatal(err)
				}
			}
			y.same("posts", y.kept("posts", "day"), y.recount((*posts.Post)(nil), "post.published_at AS at, post.module AS part", "1 = 1"))
			y.same("joined", y.kept("joined", "day"), y.recount((*tenants.Person)(nil), "person.joined_at AS at", "person.roles <> 'moderator'"))
			came := map[row]int{}
			y.each(func(ctx context.Context, s tenants.Scope) error {
				var rows []row
				err := s.SelectAcross((*tenants.Visit)(nil)).ColumnExpr("visit.service_id, substr(visit.day, 1, 7) AS since, COUNT(DISTINCT visit.member_id) AS n").GroupExpr("visit.service_id, substr(visit.day, 1, 7)").Scan(ctx, &rows)
				for _, one := range rows {
					came[row{one.ServiceID, one.Since + "-01", "", 0}] = one.N
				}
				return err
			})
			y.same("active in a month", y.kept("active", "month"), came)
			y.same("first answers", total(y.kept("answers", "day")), y.recount((*posts.Post)(nil), "MIN(post.published_at) AS at",
				"post.parent_id IS NOT NULL AND post.author_id <> (SELECT asked.author_id FROM posts AS asked WHERE asked.tenant_id = post.tenant_id AND asked.id = post.parent_id)", "post.service_id", "post.parent_id"))

			cells, out := y.everything()
			first := y.trusts[0]
			for range 2 {
				if err := y.app.usage().Round(t.Context(), first); err != nil {
					t.Fatal(err)
				}
			}
			if err := y.app.usage().Backfill(t.Context(), first.Scopes()[0], "2026-03-20", "2026-04-10"); err != nil {
				t.Fatal(err)
			}
			if again, outAgain := y.everything(); !slices.Equal(again, cells) || !slices.Equal(outAgain, out) {
				t.Errorf("counted again there are %d numbers, not %d, and %d published, not %d", len(again), len(cells), len(outAgain), len(out))
			}
			y.dayByDay(first.Scopes()[0])
			for _, one := range out {
				if one.N < 5 || one.N%5 != 0 {
					t.Errorf("%v left its trust", one)
				}
			}
			if len(out) < 100 {
				t.Errorf("only %d numbers were published", len(out))
			}
			y.compares()
		})
	}
}

func total(parts map[row]int) map[row]int {
	all := map[row]int{}
	for at, n := range parts {
		at.Part = ""
		all[at] += n
	}
	return all
}

// dayByDay counts a service anew, each night the day before, across both changes of
// the clocks, and compares.
func (y *aYear) dayByDay(s tenants.Scope) {
	y.Helper()
	read := func() (cells []usage.Cell) {
		if err := s.Read(y.Context(), func(ctx context.Context, s tenants.Scope) error {
			return s.Select(&cells).Order("span", "since", "key", "part", "outside").Scan(ctx)
		}); err != nil {
			y.Fatal(err)
		}
		return cells
	}
	before := read()
	if err := s.Write(y.Context(), func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Delete((*usage.Cell)(nil)).Where("1 = 1").Exec(ctx)
		return err
	}); err != nil {
		y.Fatal(err)
	}
	for night := y.from.Add(time.Hour); !night.After(y.until.Add(time.Hour)); night = night.Add(24 * time.Hour) {
		s.Now = night
		if _, err := y.app.usage().CatchUp(y.Context(), s); err != nil {
			y.Fatal(err)
		}
	}
	if after := read(); !slices.Equal(before, after) {
		y.Errorf("night by night there are %d numbers, at once %d", len(after), len(before))
	}
}

// compares sees that a median is of the other services of the area, and only of five.
func (y *aYear) compares() {
	y.Helper()
	if err := y.app.Directory.WriteAs(y.Context(), y.trusts[0].Trust().ID, "", posts.Activity.Count); err != nil {
		y.Fatal(err)
	}
	s := y.trusts[0].Scopes()[0]
	view := func() (v usage.View) {
		if err := s.Read(y.Context(), func(ctx context.Context, s tenants.Scope) (err error) {
			v, err = y.app.usage().Show(ctx, s, usage.Asked{})
			return err
		}); err != nil {
			y.Fatal(err)
		}
		return v
	}
	if v := view(); v.Peers != 5 || v.Lines[0].Median == nil {
		y.Errorf("there are %d peers", v.Peers)
	}
	if err := y.app.DB.Platform(y.Context(), func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewDelete().Table("platform_services").Where("service_id = ?", s.Service.ID).Exec(ctx)
		return err
	}); err != nil {
		y.Fatal(err)
	}
	if v := view(); v.Peers != 0 || v.Lines[0].Median != nil {
		y.Errorf("of four services there is a median")
	}
}

// Who comes is noted once a day, with the kind of device and nothing else; the team is
// not, and nor is an open page that only listens.
func TestAVisitIsNotedOnceADay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		visits := func() int {
			return s.count("SELECT count(*) FROM visits WHERE tenant_id = ? AND day = '2026-11-20' AND at = ?", s.northmoor(), time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
		}
		before := visits()
		tansy, lead := s.over("tansy.willow@northmoor"), s.over("lead.willow@northmoor")
		for range 3 {
			tansy.getJSON("/willow", nil)
			lead.getJSON("/willow", nil)
		}
		if n := visits() - before; n != 1 {
			t.Errorf("%d visits were noted", n)
		}
		s.clock.Advance(14 * time.Hour) // past midnight
		before = s.count("SELECT count(*) FROM visits WHERE tenant_id = ?", s.northmoor())
		s.over("tansy.willow@northmoor").getJSON("/willow/forums", nil)
		if n := s.count("SELECT count(*) FROM visits WHERE tenant_id = ?", s.northmoor()) - before; n != 1 {
			t.Errorf("the next day %d visits were noted", n)
		}
	})
}

func TestUsageIsForWhoLeadsTheServiceAndShowsOpenRoomsOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.willow@northmoor")
		for who, status := range map[string]int{"lead.willow@northmoor": http.StatusOK, "admin@northmoor": http.StatusOK, "clinician.willow@northmoor": http.StatusForbidden, "hazel.willow@northmoor": http.StatusForbidden, "lead.meadow@eastvale": http.StatusNotFound} {
			want(t, who, s.over(who).getJSON("/willow/usage", nil), status)
			want(t, who, s.over(who).getJSON("/willow/usage/file?chart=posts&as=csv", nil), status)
		}
		var v usage.View
		if lead.getJSON("/willow/usage", &v); v.Graphs == nil || v.Safe || v.Until != "2026-11-19" {
			t.Errorf("the figures: %+v", v)
		}
		has := func(key string) bool {
			return slices.ContainsFunc(v.Graphs, func(g usage.Graph) bool { return g.Key == key })
		}
		for _, key := range []string{"people", "active", "staying", "posts", "reads", "answers", "responses", "messages", "gifts", "sessions", "attendance", "hours", "devices"} {
			if !has(key) {
				t.Errorf("there is no chart of %s", key)
			}
		}
		s.sent(lead, "/willow/settings/rooms/gifts", map[string]any{"on": false, "version": 1})
		if lead.getJSON("/willow/usage", &v); has("gifts") || !has("messages") {
			t.Error("what a closed room counted is shown")
		}
		want(t, "its file", lead.getJSON("/willow/usage/file?chart=gifts&as=csv", nil), http.StatusNotFound)
		want(t, "a period that is none", lead.getJSON("/willow/usage?by=year", nil), http.StatusUnprocessableEntity)
		want(t, "a file that is none", lead.getJSON("/willow/usage/file?chart=posts&as=pdf", nil), http.StatusUnprocessableEntity)

		file := lead.getJSON("/willow/usage/file?chart=posts&as=csv&by=day", nil)
		if lines := strings.Split(string(file.body), "\n"); len(lines) < 30 || !strings.HasPrefix(lines[0], "Day,") {
			t.Errorf("the file: %q", file.body)
		}
		if book := lead.getJSON("/willow/usage/file?chart=posts&as=xlsx", nil); book.status != http.StatusOK || !strings.HasPrefix(string(book.body), "PK") {
			t.Errorf("the workbook: %d", book.status)
		}
	})
}

// What the console shows are multiples of five, of a trust's own numbers none.
func TestTheConsoleShowsOnlyWhatIsSafe(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		joan := s.over("onboarding@sharon")
		var all struct {
			usage.View
			Services []struct{ Members, Active, Posts *int }
		}
		if joan.getJSON("/usage", &all); !all.Safe || len(all.Services) != 7 {
			t.Fatalf("all services: %+v", all)
		}
		var one usage.View
		if joan.getJSON("/usage/northmoor/willow", &one); len(one.Graphs) == 0 {
			t.Fatal("there is nothing of willow")
		}
		for _, v := range []usage.View{all.View, one} {
			for _, g := range v.Graphs {
				for _, series := range g.Series {
					for _, n := range series.Values {
						if percent := g.Key == "staying" || g.Key == "hours" || g.Key == "answers" || g.Key == "responses"; n != nil && !percent && int(*n)%5 != 0 {
							t.Errorf("%s: %v", g.Key, *n)
						}
					}
				}
			}
		}
		want(t, "another trust's name", joan.getJSON("/usage/eastvale/willow", nil), http.StatusNotFound)
		want(t, "no trust", joan.getJSON("/usage/nowhere/willow", nil), http.StatusNotFound)
		want(t, "a member at the console", s.over("hazel.willow@northmoor").getJSON("/usage", nil), http.StatusNotFound)
		if file := joan.getJSON("/usage/file?chart=active&as=csv&area=perinatal", nil); file.status != http.StatusOK || !file.has("Active") {
			t.Errorf("the file: %d %s", file.status, file.body)
		}
	})
}
