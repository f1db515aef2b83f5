package demo

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
)

func TestFill(t *testing.T) {
	size := Size{Trusts: 4, Services: 2, Members: 31, Posts: 103, Seed: 7}
	onBoth(t, func(t *testing.T, fresh func() world) {
		one, two := fresh(), fresh()
		var told atomic.Int64
		for _, b := range []world{one, two} {
			if err := Fill(t.Context(), b.deps, size, func(n int) { told.Add(int64(n)) }); err != nil {
				t.Fatal(err)
			}
		}
		if got := told.Load(); got != int64(2*size.Trusts*size.Posts) {
			t.Errorf("told of %d posts", got)
		}
		for query, rows := range map[string]int{
			"SELECT tenant_id, id, place_id, author_id, parent_id, quotes_id, length(body), published_at, hug, replies FROM posts ORDER BY id": size.Trusts * size.Posts,
			"SELECT tenant_id, service_id, id, account_id, handle, roles, joined_at FROM members ORDER BY id":                                  size.Trusts * size.Members,
			"SELECT id, slug, name, ods_code FROM trusts ORDER BY id":                                                                          size.Trusts,
			"SELECT tenant_id, id, email_lookup FROM accounts ORDER BY id":                                                                     size.Trusts * (size.Members + 1),
			"SELECT tenant_id, id, slug, name, area FROM services ORDER BY id":                                                                 size.Trusts * size.Services,
			"SELECT tenant_id, post_id, member_id, kind FROM reactions ORDER BY post_id, member_id":                                            -1,
			"SELECT tenant_id, post_id, member_id, followed_at FROM follows ORDER BY post_id, member_id":                                       -1,
			"SELECT tenant_id, post_id, place_id, answered, active_at FROM threads ORDER BY post_id":                                           -1,
			"SELECT tenant_id, post_id, member_id, read_at FROM thread_reads ORDER BY post_id, member_id":                                      -1,
			"SELECT tenant_id, id, service_id, module, slug, owner_id FROM places ORDER BY id":                                                 -1,
		} {
			first, second := one.rows(t, query), two.rows(t, query)
			if first != second {
				t.Errorf("the same seed made different rows: %s", query)
			}
			if lines := strings.Count(first, "\n"); rows >= 0 && lines != rows || lines == 0 {
				t.Errorf("%d rows instead of %d: %s", lines, rows, query)
			}
		}
		one.addUp(t)
		if err := Fill(t.Context(), one.deps, size, func(int) {}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second Fill said %v", err)
		}
	})
}

func TestFillRefuses(t *testing.T) {
	for name, size := range map[string]Size{
		"trusts": {0, 1, 10, 10, 1}, "services": {1, 0, 10, 10, 1}, "members": {1, 3, 10, 10, 1}, "posts": {1, 1, 10, -1, 1},
	} {
		if err := Fill(t.Context(), Deps{}, size, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestVoice looks at what Fill's people say and are called.
func TestVoice(t *testing.T) {
	r := newIDs(1, 1)
	v := newVoice(r, 200)
	for _, p := range append(v.roots, v.replies...) {
		if p.Body == "" || p.BodyHTML != markdown.HTML(p.Body) || p.RenderedBy != markdown.Version || strings.Contains(p.Body, "%!") {
			t.Errorf("a text went wrong: %q", p.Body)
		}
	}
	for _, title := range v.titles {
		if strings.Contains(title, "%") || len(title) > 150 {
			t.Errorf("a title went wrong: %q", title)
		}
	}
	h := newHandles(r)
	seen := map[string]bool{}
	for i := range 2*len(h.adjectives)*len(h.nouns) + 10 {
		if name := h.name(i); seen[name] {
			t.Fatalf("%q twice", name)
		} else {
			seen[name] = true
		}
	}
}
