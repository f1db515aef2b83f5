package testkit_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// witness is a test that only takes down what it is told.
type witness struct {
	testing.TB
	said []string
}

func (w *witness) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

const ours = `'0193a1f0-1111-7000-8000-000000000001'`

func trips(query string) bool {
	w := &witness{}
	hook := testkit.Tripwire(w, []string{"posts", "members"})
	query = strings.ReplaceAll(query, "OURS", ours)
	hook.AfterQuery(context.Background(), &bun.QueryEvent{Query: query})
	return len(w.said) > 0
}

func TestTripwireFindsQueriesWithoutATenant(t *testing.T) {
	for _, query := range []string{
		`SELECT * FROM posts`,
		`SELECT * FROM "posts" AS "post" WHERE ("post"."id" = OURS)`,
		`SELECT tenant_id FROM posts`,
		`SELECT * FROM posts AS p WHERE p.tenant_id = '00000000-0000-0000-0000-000000000000'`,
		`SELECT * FROM posts AS p WHERE p.tenant_id = p.tenant_id`,
		`SELECT * FROM posts AS p WHERE p.tenant_id <> OURS`,
		`SELECT * FROM posts AS p WHERE p.tenant_id = OURS OR p.id = OURS`,
		`SELECT * FROM posts AS p WHERE NOT (p.tenant_id = OURS)`,
		`SELECT * FROM posts AS p WHERE (p.tenant_id = OURS OR p.kind = 'wall') AND p.id = OURS`,
		`SELECT * FROM posts AS p WHERE p.body = 'tenant_id = OURS'`,
		`SELECT * FROM posts AS p WHERE p.body = 'it''s ' AND p.title = ' AND p.tenant_id = OURS AND '`,
		`SELECT * FROM posts AS p WHERE p.body = 'it''s AND p.tenant_id = OURS`,
		`SELECT * FROM posts p JOIN members m ON m.id = p.author_id WHERE p.tenant_id = OURS`,
		`SELECT * FROM posts p, members m WHERE p.tenant_id = OURS`,
		`SELECT * FROM posts p LEFT JOIN members m ON m.tenant_id = OURS AND p.tenant_id = m.tenant_id`,
		`SELECT * FROM posts p LEFT JOIN members m ON (m.tenant_id = OURS) AND (p.tenant_id = m.tenant_id)`,
		`SELECT (SELECT count(*) FROM posts r WHERE r.parent_id = p.id) FROM posts p WHERE p.tenant_id = OURS`,
		`SELECT 1 FROM posts p WHERE p.tenant_id = OURS AND EXISTS (SELECT 1 FROM members m WHERE m.id = p.author_id)`,
		`SELECT id FROM posts WHERE tenant_id = OURS UNION SELECT id FROM posts`,
		`WITH latest AS (SELECT * FROM posts) SELECT * FROM latest`,
		`UPDATE posts SET tenant_id = OURS`,
		`UPDATE "posts" AS "post" SET "title" = 'x' WHERE ("post"."id" = OURS)`,
		`WITH d AS (SELECT 1) UPDATE posts SET title = 'x' WHERE id = OURS`,
		`DELETE FROM public.posts WHERE id = OURS`,
		`INSERT INTO posts (id, title) VALUES (OURS, 'tenant_id')`,
		`INSERT INTO posts (tenant_id, id) SELECT tenant_id, id FROM posts`,
	} {
		if !trips(query) {
			t.Errorf("passed: %s", query)
		}
	}
}

func TestTripwireLetsQueriesOfOneTenantPass(t *testing.T) {
	for _, query := range []string{
		`SELECT * FROM trusts WHERE id = OURS`,
		`SELECT count(*) FROM "posts" AS "post" WHERE ("post".tenant_id = OURS) AND ("post".id = 'x' OR "post".kind = 'y')`,
		`SELECT * FROM posts WHERE tenant_id = OURS FOR UPDATE`,
		`SELECT * FROM "posts" AS "post" LEFT JOIN "members" AS "author" ON ("author"."tenant_id" = "post"."tenant_id") AND ("author"."id" = "post"."author_id") WHERE ("post".tenant_id = OURS)`,
		`SELECT * FROM trusts AS t LEFT JOIN members AS m ON m.tenant_id = t.id AND m.id = OURS WHERE t.id = OURS`,
		`SELECT post.id, (SELECT r.kind FROM posts AS r WHERE r.tenant_id = post.tenant_id AND r.post_id = post.id) AS mine FROM posts AS post WHERE post.tenant_id = OURS`,
		`UPDATE "posts" AS "post" SET title = 'a = b OR c' WHERE ("post".tenant_id = OURS) AND (id = 'x')`,
		`DELETE FROM "posts" AS "post" WHERE ("post".tenant_id = OURS) AND (seen_at < 'x' OR created_at < 'y')`,
		`INSERT INTO "posts" AS "post" ("tenant_id", "id") VALUES (OURS, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET title = EXCLUDED.title RETURNING id`,
		`BEGIN; SELECT set_config('app.tenant_id', OURS, true)`,
	} {
		if trips(query) {
			t.Errorf("tripped: %s", query)
		}
	}
}
