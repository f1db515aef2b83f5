package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestEverySealedColumnCanBeSealedAnew(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	var found []struct{ Table, Column string }
	err := s.app.DB.Read(t.Context(), uuid.Nil, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw(`SELECT m.name AS "table", c.name AS "column" FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.name LIKE '%sealed%'`).Scan(ctx, &found)
	})
	if err != nil || len(found) < 5 {
		t.Fatalf("%v %v", found, err)
	}
	for _, one := range found {
		if !slices.ContainsFunc(slices.Concat(sealedColumns, ofPlatform), func(c sealed) bool { return c.table == one.Table && c.column == one.Column }) && !slices.Contains(shortLived, one.Table+"."+one.Column) {
			t.Errorf("sharon keys rotate does not know %s.%s", one.Table, one.Column)
		}
	}
}

func TestANewKeySealsAndThenTheOldOneCanGo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		old, fresh := []byte(strings.Repeat("o", 32)), []byte(strings.Repeat("n", 32))
		with := func(sealing ...[]byte) crypt.Keys {
			keys, err := crypt.NewKeys([]byte("a secret for tests that is long enough"), sealing...)
			if err != nil {
				t.Fatal(err)
			}
			return keys
		}
		s.joined(s.posted())
		s.app.Keys = with(old)
		first, err := s.app.reseal(t.Context())
		if err != nil || first < 20 {
			t.Fatalf("%d %v", first, err)
		}
		for _, round := range []struct {
			keys crypt.Keys
			want int
		}{{with(fresh, old), first}, {with(fresh, old), 0}, {with([]byte(strings.Repeat("x", 32)), fresh), first}} { // the last without the old one
			s.app.Keys = round.keys
			if done, err := s.app.reseal(t.Context()); done != round.want || err != nil {
				t.Errorf("%d sealed anew, not %d, %v", done, round.want, err)
			}
		}
	})
}
