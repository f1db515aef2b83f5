package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

type results struct {
	Found []struct {
		ID, Title, Path, Where string
		Text                   []struct {
			Text string
			Hit  bool
		}
		By struct{ Handle string }
	}
	Older int64
}

// looked is what somebody finds.
func (v *visitor) looked(service, query string) (found results) {
	v.site.t.Helper()
	if got := v.getJSON("/"+service+"/search?"+query, &found); got.status != http.StatusOK {
		v.site.t.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	return found
}

func (r results) ids() (ids []string) {
	for _, one := range r.Found {
		ids = append(ids, one.ID)
	}
	return ids
}

func q(words string) string { return "q=" + url.QueryEscape(words) }

func TestSearchFindsWordsInAllRoomsTheLatestFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		thread := threadBy(hazel, "sleep-and-feeding", "A slow zeppelin above the estuary")
		reply := replyBy(fern, thread, "We counted two **zeppelins** yesterday")
		post := wallPostBy(fern, "fern", "A slow day, no airship, only the estuary and a zeppelin")
		for words, want := range map[string][]string{
			"zeppelin":             {post, reply, thread},
			"ZEPPELINS":            {post, reply, thread},
			"zeppelin estuary":     {post, thread},
			`"slow zeppelin"`:      {thread},
			`"zeppelin slow"`:      nil,
			"zeppelin -yesterday":  {post, thread},
			"zeppelin hovercraft":  nil,
			"zeppelin' OR 1=1; --": nil,
			"-zeppelin":            nil,
			"":                     nil,
		} {
			if got := hazel.looked("willow", q(words)).ids(); !slices.Equal(got, want) {
				t.Errorf("%q found %v, want %v", words, got, want)
			}
		}
		for narrow, want := range map[string][]string{
			"&room=walls":       {post},
			"&room=forums":      {thread},
			"&by=fern":          {post, reply},
			"&from=2026-11-20":  {post, reply, thread},
			"&from=2026-11-21":  nil,
			"&to=2026-11-19":    nil,
			"&to=2026-11-20":    {post, reply, thread},
			"&by=fern&room=x":   nil,
			"&from=&to=&by=&x=": {post, reply, thread},
		} {
			got := hazel.looked("willow", q("zeppelin")+narrow).ids()
			if narrow == "&room=forums" && slices.Contains(got, reply) {
				want = []string{reply, thread}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s found %v, want %v", narrow, got, want)
			}
		}
		one := hazel.looked("willow", q("zeppelin -estuary")).Found[0]
		if one.Where != "Reply to “A slow zeppelin above the estuary”" || one.By.Handle != "Fern" || !one.Text[1].Hit || one.Text[1].Text != "zeppelins" {
			t.Errorf("%+v", one)
		}
		page := s.as("hazel.willow@northmoor").get("/willow/search?" + q("zeppelin"))
		if !page.has("<mark>zeppelins</mark>") || page.has("**") {
			t.Error(page.text())
		}
		for _, wrong := range []string{"by=nobodyhere", "from=yesterday", "to=2026-13-01", "before=-1", q(strings.Repeat("x", 201))} {
			if got := hazel.getJSON("/willow/search?"+wrong, nil); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
				t.Errorf("%s: %d", wrong, got.status)
			}
		}
	})
}

func TestSearchShowsOnlyWhatSomebodyMaySee(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const canary = "xylophonecanary"
		fern, hazel, moderator := s.over("fern.willow@northmoor"), s.over("hazel.willow@northmoor"), s.over("moderator.willow@northmoor")
		root := threadBy(fern, "sleep-and-feeding", "About the "+canary)
		reply := replyBy(fern, root, "again the "+canary)
		for _, other := range []struct{ account, service string }{{"lead.harbour@northmoor", "harbour"}, {"lead.orchard@eastvale", "orchard"}} {
			if got := s.over(other.account).looked(other.service, q(canary)); len(got.Found) != 0 {
				t.Errorf("%s found it in another service: %+v", other.account, got)
			}
		}
		for _, c := range []struct {
			change         string
			member, author []string
		}{
			{"state = 'visible'", []string{reply, root}, []string{reply, root}},
			{"state = 'hidden'", nil, nil},
			{"state = 'held'", nil, []string{reply, root}},
			{"state = 'removed'", nil, nil},
			{"state = 'visible', audience = 'staff'", nil, []string{reply, root}},
			{"state = 'visible', audience = 'service', body = 'other words', title = ''", nil, nil},
		} {
			s.sql("UPDATE posts SET "+c.change+" WHERE tenant_id = ? AND (id = ? OR id = ?)", s.northmoor(), root, reply)
			if got := hazel.looked("willow", q(canary)).ids(); !slices.Equal(got, c.member) {
				t.Errorf("%s: a member finds %v, want %v", c.change, got, c.member)
			}
			if got := fern.looked("willow", q(canary)).ids(); !slices.Equal(got, c.author) {
				t.Errorf("%s: its author finds %v, want %v", c.change, got, c.author)
			}
		}
		s.sql("UPDATE posts SET body = ? WHERE tenant_id = ? AND id = ?", canary, s.northmoor(), reply)
		if got := moderator.looked("willow", q(canary)).ids(); !slices.Equal(got, []string{reply}) {
			t.Errorf("changed words: %v", got)
		}
		s.sent(s.over("lead.willow@northmoor"), "/willow/settings/rooms/forums", map[string]any{"on": false, "version": json.Number(field(t, s.over("lead.willow@northmoor").getJSON("/willow/settings/rooms/forums", nil), "version"))})
		if got := hazel.looked("willow", q(canary)).ids(); got != nil {
			t.Errorf("in a room that is off: %v", got)
		}
	})
}

func TestSearchFindsResourcesOfTheServiceAndOfTheTrust(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel := s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor")
		s.sent(s.over("lead.harbour@northmoor"), "/harbour/settings/rooms/resources", map[string]any{"on": true, "version": 0})
		entries := func() int {
			return s.count("SELECT count(*) FROM search_entries WHERE tenant_id = ? AND kind = 'resource'", s.northmoor())
		}
		before := entries()
		link := map[string]any{"kind": "link", "title": "A bagpipe helpline", "summary": "They answer at night.", "url": "https://example.org/"}
		own := field(t, s.sent(lead, "/willow/resources", link), "id")
		link["shared"], link["title"] = true, "The bagpipe trust"
		shared := field(t, s.sent(lead, "/willow/resources", link), "id")
		if got := hazel.looked("willow", q("bagpipes")).ids(); !slices.Equal(got, []string{shared, own}) {
			t.Errorf("found %v", got)
		}
		if got := s.over("lead.harbour@northmoor").looked("harbour", q("bagpipe")).ids(); !slices.Equal(got, []string{shared}) {
			t.Errorf("another service of the trust found %v", got)
		}
		if got := s.over("lead.orchard@eastvale").looked("orchard", q("bagpipe")).ids(); got != nil {
			t.Errorf("another trust found %v", got)
		}
		s.sent(lead, "/willow/resources/"+own+"/archive", map[string]any{"archived": true})
		if got := hazel.looked("willow", q("bagpipe")).ids(); !slices.Equal(got, []string{shared}) {
			t.Errorf("out of the library: %v", got)
		}
		s.sql("DELETE FROM resources WHERE tenant_id = ? AND id = ?", s.northmoor(), shared)
		if got := entries(); got != before+1 {
			t.Errorf("%d entries, %d before there was one more item", got, before)
		}
	})
}

// What is older than the latest thousand is found another way.
func TestSearchFindsWhatIsFarBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		ordinary := wallPostBy(hazel, "hazel", "nothing in particular")
		var want []string
		err := s.app.Directory.WriteAs(t.Context(), s.northmoor(), "willow", func(ctx context.Context, sc tenants.Scope) error {
			var like posts.Post
			if err := sc.Select(&like).Where("post.id = ?", ordinary).Scan(ctx); err != nil {
				return err
			}
			rows := make([]posts.Post, 1_200)
			for i := range rows {
				rows[i] = like
				rows[i].ID = uuid.Must(uuid.NewV7())
			}
			for _, i := range []int{1_190, 100, 99, 0} {
				rows[i].Write("", "a lateword far back")
				want = append(want, rows[i].ID.String())
			}
			for some := range slices.Chunk(rows, 100) {
				if _, err := tenants.InsertAll(sc, some).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want = append([]string{wallPostBy(hazel, "hazel", "a lateword at last")}, want...)
		if got := hazel.looked("willow", "q=lateword").ids(); !slices.Equal(got, want) {
			t.Errorf("found %v, want %v", got, want)
		}
	})
}

func TestSearchGoesOnFurtherBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		var want []string
		for range 45 {
			want = append(want, wallPostBy(hazel, "hazel", "a marathonword"))
		}
		slices.Reverse(want)
		var got []string
		for page, before := 1, ""; ; page++ {
			found := hazel.looked("willow", "q=marathonword"+before)
			got = append(got, found.ids()...)
			if found.Older == 0 || page > 5 {
				break
			}
			before = "&before=" + strconv.FormatInt(found.Older, 10)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d found, want %d in order", len(got), len(want))
		}
	})
}
