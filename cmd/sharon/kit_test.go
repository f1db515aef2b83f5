package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
)

// stays are the tables of a trust that a kit leaves behind.
var stays = []string{"ceremonies", "data_exports", "email_bounces", "phone_codes", "push_devices", "receipts", "recovery_codes", "search_entries", "sessions", "throttles", "tickets"}

// pair is a trust's pair of keys.
func pair(t *testing.T) *age.X25519Identity {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// kitOf writes the exit kit of northmoor, which checks it by restoring it.
func (s *site) kitOf(key *age.X25519Identity) (string, exitkit.Made) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "kit.age")
	made, err := s.app.export(s.t.Context(), s.trustAt("northmoor"), key.Recipient(), path, key.Recipient().String())
	if err != nil {
		s.t.Fatal(err)
	}
	return path, made
}

// empties are a SHaRON without trusts, of each dialect.
var empties = map[string]func(t *testing.T) string{
	"sqlite": func(t *testing.T) string {
		address := "sqlite://" + filepath.Join(t.TempDir(), "empty.db")
		if err := testkit.Migrated(migrations.Files)(address); err != nil {
			t.Fatal(err)
		}
		return address
	},
	"postgres": func(t *testing.T) string {
		address := testkit.Postgres(t, prepare)
		db, err := sql.Open("pgx", address)
		if err == nil {
			_, err = db.ExecContext(t.Context(), "TRUNCATE trusts, search_entries CASCADE")
			err = errors.Join(err, db.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		return address
	},
}

// otherHouse is an empty SHaRON, whose keys are others.
func otherHouse(t *testing.T, dialect string) *site {
	t.Helper()
	keys, err := crypt.NewKeys([]byte("the secret of another house, long enough"))
	if err != nil {
		t.Fatal(err)
	}
	s := newSiteWith(t, empties[dialect](t), webConfig{OneFactor: true}, keys)
	if trusts, err := s.app.Directory.AllTrusts(t.Context()); err != nil || len(trusts) != 0 {
		t.Fatalf("it is not empty: %v %v", trusts, err)
	}
	return s
}

// restored puts a kit into a house.
func (s *site) restored(kit io.Reader, key age.Identity) (exitkit.Restored, error) {
	s.t.Helper()
	out, err := s.app.house().Restore(s.t.Context(), kit, key)
	if _, err := s.app.Directory.AllTrusts(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return out, err
}

// counts are the rows of a trust in every table.
func (s *site) counts(trust uuid.UUID) map[string]int {
	s.t.Helper()
	all := map[string]int{}
	err := s.app.DB.Read(s.t.Context(), trust, func(ctx context.Context, db bun.IDB) error {
		tables, err := testkit.TenantTables(ctx, db)
		if err != nil {
			return err
		}
		for _, table := range tables {
			var n int
			if err := db.NewRaw("SELECT count(*) FROM ? AS counted WHERE counted.tenant_id = ?", bun.Ident(table), trust).Scan(ctx, &n); err != nil {
				return err
			}
			all[table] = n
		}
		for _, table := range []string{"platform_trusts", "platform_registers"} {
			var n int
			if err := db.NewRaw("SELECT count(*) FROM ? WHERE trust_id = ?", bun.Ident(table), trust).Scan(ctx, &n); err != nil {
				return err
			}
			all[table] = n
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// unpacked are the files of a kit, in order.
func unpacked(t *testing.T, path string, key age.Identity) (names []string, files map[string][]byte) {
	t.Helper()
	kit, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kit.Close() }()
	plain, err := age.Decrypt(kit, key)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := gzip.NewReader(plain)
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for from := tar.NewReader(packed); ; {
		head, err := from.Next()
		if errors.Is(err, io.EOF) {
			return names, files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		names, files[head.Name] = append(names, head.Name), content
	}
}

// A kit of either database restores into either, in a house with other keys: the
// same counts, a whole audit log, people sign in, what was sealed opens.
func TestATrustGoesOnInAnotherHouse(t *testing.T) {
	t.Parallel()
	for from, database := range dialects {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, database(t, prepare))
			s.joined(s.posted())
			north := s.trustAt("northmoor")
			want(t, "the key", s.over("admin@northmoor").sendJSON("/trust/exit-kit", map[string]any{"recipient": pair(t).Recipient().String()}), 200)
			s.comesRound("audit")
			key := pair(t)
			path, made := s.kitOf(key)
			if made.Audit.Sealed == 0 || len(made.Audit.Problems) > 0 || made.Manifest.Files.Rows != 5 || len(made.Manifest.Missing) > 0 || made.Manifest.Rows() < 4000 {
				t.Fatalf("made: %+v", made)
			}
			before := s.counts(north.ID)
			for to := range empties {
				t.Run("to "+to, func(t *testing.T) {
					there := otherHouse(t, to)
					kit, err := os.Open(path)
					if err != nil {
						t.Fatal(err)
					}
					defer func() { _ = kit.Close() }()
					got, err := there.restored(kit, key)
					if err != nil || got.Audit.Sealed != made.Audit.Sealed || len(got.Audit.Problems) > 0 || got.Audit.Last != made.Audit.Last {
						t.Fatalf("restored: %+v %v", got.Audit, err)
					}
					there.goesOn(s, north, before, made.Manifest)
				})
			}
		})
	}
}

// goesOn holds a trust in its new house to what it was in the old one.
func (s *site) goesOn(old *site, north tenants.Trust, before map[string]int, made exitkit.Manifest) {
	t := s.t
	after := s.counts(north.ID)
	if before["platform_trusts"] == 0 || before["platform_registers"] == 0 || before["kit_keys"] == 0 {
		t.Error("there is nothing of the platform's, or no key")
	}
	if len(before) < 80 || after["audit_log"] != before["audit_log"]+1 { // that it was restored
		t.Errorf("%d tables; %d records of the log and then %d", len(before), before["audit_log"], after["audit_log"])
	}
	for _, table := range slices.Sorted(maps.Keys(before)) {
		leaves := slices.Contains(stays, table)
		switch {
		case table == "audit_log":
		case table == "search_entries" && after[table] != before[table], !leaves && after[table] != before[table]:
			t.Errorf("%s had %d rows and has %d", table, before[table], after[table])
		case leaves && table != "search_entries" && after[table] != 0:
			t.Errorf("%s was to stay, and %d rows came", table, after[table])
		case !leaves && made.Tables[table].Rows != int64(before[table]):
			t.Errorf("the manifest says %d rows of %s, not %d", made.Tables[table].Rows, table, before[table])
		}
	}
	if err := s.app.verify(t.Context(), s.trustAt("northmoor"), nil); err != nil {
		t.Error(err)
	}
	closed := s.visit("northmoor").sendJSON("/sign-in", map[string]string{"email": "hazel.willow@northmoor.example", "password": "demo-sharon-2026"})
	if closed.status != 423 {
		t.Errorf("before it is opened: %d", closed.status)
	}
	if err := s.app.Directory.SetStatus(t.Context(), north.ID, tenants.Suspended, tenants.Active, "moved here", tenants.By{}); err != nil {
		t.Fatal(err)
	}
	hazel, was := s.over("hazel.willow@northmoor"), old.over("hazel.willow@northmoor")
	for _, page := range []string{"/willow/forums", "/willow/messages", "/willow/videos", "/willow/search?q=sleep"} {
		if now, then := hazel.getJSON(page, nil), was.getJSON(page, nil); now.status != 200 || !bytes.Equal(now.body, then.body) {
			t.Errorf("%s: %d %s\nand in the old house\n%s", page, now.status, now.body, then.body)
		}
	}
	clinician := s.over("clinician.willow@northmoor")
	for path, in := range map[string]map[string]any{
		"/willow/people/quiet-kettle/identity": {"reason": "to call them"},
		"/willow/identities":                   {"known": "999 111 2227", "reason": "to call them"},
	} {
		if got := clinician.sendJSON(path, in); got.status != 200 || !got.has("Quiet kettle") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	for i := range 4 {
		var file string
		s.scan([]any{&file}, "SELECT file FROM video_files WHERE tenant_id = ? GROUP BY file ORDER BY file LIMIT 1 OFFSET ?", north.ID, i)
		if now, then := s.bytesOf(file), old.bytesOf(file); len(now) == 0 || !bytes.Equal(now, then) {
			t.Errorf("%s has %d bytes, not %d", file, len(now), len(then))
		}
	}
}

// bytesOf are the bytes of a file.
func (s *site) bytesOf(key string) []byte {
	s.t.Helper()
	file, err := s.app.Files.Open(s.t.Context(), key)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(file)
	if err != nil {
		s.t.Error(err)
	}
	return content
}

// Nothing of another trust is in a kit, and nothing of it can be read without the key.
func TestAKitHasOneTrustAndIsLocked(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.joined(s.posted())
		key, east := pair(t), s.trustAt("eastvale")
		path, _ := s.kitOf(key)
		locked, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, files := unpacked(t, path, key)
		all := bytes.Join(slices.Collect(maps.Values(files)), nil)
		for _, words := range []string{"hazel.willow@northmoor.example", "Kanari Vogelsang", "9991112227", s.northmoor().String()} {
			if !bytes.Contains(all, []byte(words)) || bytes.Contains(locked, []byte(words)) {
				t.Errorf("%s is not in the kit, or can be read without the key", words)
			}
		}
		strangers := []string{east.ID.String(), east.Name, "@eastvale"}
		for _, of := range []string{"members.id", "accounts.id", "posts.id", "posts.title"} {
			ours, theirs := s.valuesOf(s.northmoor(), of), s.valuesOf(east.ID, of)
			strangers = append(strangers, slices.DeleteFunc(theirs, func(one string) bool { return len(one) < 16 || slices.Contains(ours, one) })...)
		}
		if len(strangers) < 20 {
			t.Fatalf("this test looks for too little: %v", strangers)
		}
		for _, words := range strangers {
			if bytes.Contains(all, []byte(words)) {
				t.Errorf("%s of another trust is in the kit", words)
			}
		}
		if err := s.app.verify(t.Context(), s.trustAt("northmoor"), nil); err != nil {
			t.Error(err)
		}
		if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = 'kit.written'", s.northmoor()); n != 1 {
			t.Errorf("%d records of it", n)
		}
	})
}

// valuesOf are those of a column, "table.column", in a trust.
func (s *site) valuesOf(trust uuid.UUID, of string) (all []string) {
	s.t.Helper()
	table, column, _ := strings.Cut(of, ".")
	err := s.app.DB.Read(s.t.Context(), trust, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT ? FROM ? WHERE tenant_id = ?", bun.Ident(column), bun.Ident(table), trust).Scan(ctx, &all)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// packed is a kit made anew of changed files.
func packed(t *testing.T, names []string, files map[string][]byte, to age.Recipient) []byte {
	t.Helper()
	var out bytes.Buffer
	sealed, err := age.Encrypt(&out, to)
	if err != nil {
		t.Fatal(err)
	}
	zipped := gzip.NewWriter(sealed)
	into := tar.NewWriter(zipped)
	for _, name := range names {
		content, there := files[name]
		if !there {
			continue
		}
		if err := into.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := into.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	for _, layer := range []io.Closer{into, zipped, sealed} {
		if err := layer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// explained is an error with what it says of each field.
func explained(err error) string {
	all := err.Error()
	var failed *fault.Error
	if errors.As(err, &failed) {
		for _, field := range failed.Fields {
			all += " " + field.Message
		}
	}
	return all
}

// What is not as it was made is refused, says where, and leaves nothing.
func TestADamagedOrChangedKitLeavesNothing(t *testing.T) {
	t.Parallel()
	s, there, key := newSite(t, testkit.SQLite(t, prepare)), otherHouse(t, "sqlite"), pair(t)
	path, _ := s.kitOf(key)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	north := s.northmoor()
	names, files := unpacked(t, path, key)
	film := names[slices.IndexFunc(names, func(name string) bool { return strings.HasSuffix(name, ".mp4") })]
	changed := func(name, from, to string) []byte {
		now := maps.Clone(files)
		now[name] = bytes.Replace(files[name], []byte(from), []byte(to), 1)
		if bytes.Equal(now[name], files[name]) {
			t.Fatalf("%s has no %q", name, from)
		}
		return packed(t, names, now, key.Recipient())
	}
	without := func(name string) []byte {
		now := maps.Clone(files)
		delete(now, name)
		return packed(t, names, now, key.Recipient())
	}
	flipped := func(at int) []byte {
		now := bytes.Clone(whole)
		now[at] ^= 1
		return now
	}
	moved := func(to string) []byte {
		now, order := maps.Clone(files), slices.Clone(names)
		now[to] = files[film]
		order[slices.Index(order, film)] = to
		return packed(t, order, now, key.Recipient())
	}
	posts, members, reactions := "tables/posts/000001.jsonl", "tables/members/000001.jsonl", "tables/reactions/000001.jsonl"
	for name, c := range map[string]struct {
		kit  []byte
		key  age.Identity
		says string
	}{
		"another key":           {whole, pair(t), "does not open"},
		"no kit":                {[]byte("Dear controller,"), key, "not an exit kit"},
		"nothing":               {nil, key, "not an exit kit"},
		"cut in the beginning":  {whole[:100], key, "not an exit kit"},
		"cut in the files":      {whole[:70_000], key, film[:13]},
		"cut in the tables":     {whole[:len(whole)-30_000], key, "tables/"},
		"without its last byte": {whole[:len(whole)-1], key, "damaged"},
		"a bit in the files":    {flipped(80_000), key, "files/"},
		"a bit in the tables":   {flipped(len(whole) - 20_000), key, "tables/"},
		"other words":           {changed(posts, "sleep", "sheep"), key, "tables/posts"},
		"a row less":            {changed(reactions, "\n", ""), key, "tables/reactions"},
		"a table less":          {without(posts), key, "table"},
		"another film":          {changed(film, "mdat", "mdaT"), key, film},
		"a film less":           {without(film), key, film},
		"a manifest less":       {without("manifest.json"), key, "manifest"},
		"another count":         {changed("manifest.json", `"rows": `, `"rows": 1`), key, "tables/"},
		"a newer format":        {changed("kit.json", `"format": 1`, `"format": 2`), key, "newer"},
		"other migrations":      {changed("kit.json", migrations.Last(), "099_tomorrow"), key, "099_tomorrow"},
		"a strange column":      {changed(members, `"handle"`, `"hand_e"`), key, "tables/members"},
		"a film elsewhere":      {moved("files/videos/" + uuid.NewString() + "/a.mp4"), key, "videos/"},
		"a film far away":       {moved("files/../secret"), key, "damaged"},
	} {
		got, err := there.restored(bytes.NewReader(c.kit), c.key)
		if err == nil || !strings.Contains(explained(err), c.says) {
			t.Errorf("%s: %v, which does not speak of %q", name, err, c.says)
		}
		if trusts, err := there.app.Directory.AllTrusts(t.Context()); err != nil || len(trusts) > 0 {
			t.Fatalf("%s: %v came, %v (%+v)", name, trusts, err, got.Audit)
		}
		for table, n := range there.counts(north) {
			if n > 0 {
				t.Fatalf("%s: %d rows of %s stay", name, n, table)
			}
		}
		if _, err := there.app.Files.Open(t.Context(), strings.TrimPrefix(film, "files/")); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: a film stays: %v", name, err)
		}
	}
	if _, err := there.restored(bytes.NewReader(whole), key); err != nil {
		t.Fatalf("the whole one: %v", err)
	}
	if _, err := there.restored(bytes.NewReader(whole), key); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "already") {
		t.Errorf("a second time: %v", err)
	}
	if len(there.bytesOf(strings.TrimPrefix(film, "files/"))) == 0 {
		t.Error("the second time took the films of the first")
	}
}

// A trust whose name for something is taken is refused with what clashes.
func TestAKitDoesNotTakeAnothersPlace(t *testing.T) {
	t.Parallel()
	s, key := newSite(t, testkit.SQLite(t, prepare)), pair(t)
	path, _ := s.kitOf(key)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for says, other := range map[string]tenants.NewTrust{
		"ODS code RNM9Z":    {ODSCode: "RNM9Z", Name: "Another", Slug: "another"},
		"address northmoor": {ODSCode: "RSM9Z", Name: "Another", Slug: "northmoor"},
	} {
		there := otherHouse(t, "sqlite")
		if _, err := there.app.Directory.CreateTrust(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		if _, err := there.restored(bytes.NewReader(whole), key); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}

// Every column with a look-up that rests on the house's key is known to the kit.
func TestTheKitKnowsEveryLookUp(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	var found []string
	s.scan([]any{&found}, `SELECT m.name || '.' || c.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND (c.name LIKE '%lookup%' OR c.name LIKE '%\_hash' ESCAPE '\')`)
	slices.Sort(found)
	want := []string{"accounts.email_lookup", "accounts.password_hash", "administrator_invitations.email_lookup", "ceremonies.ask_hash", "email_bounces.email_lookup", "identities.nhs_lookup", "invitations.email_lookup",
		"platform_recovery_codes.code_hash", "platform_sessions.token_hash", "platform_staff.email_lookup", "platform_staff.password_hash", "programme_people.email_lookup", "push_devices.endpoint_hash", "recovery_codes.code_hash",
		"rota_feeds.token_hash", "sessions.token_hash", "tickets.email_lookup", "waiting_entries.email_lookup", "waiting_entries.nhs_lookup"}
	if !slices.Equal(found, want) {
		t.Errorf("decide in tenants/exitkit what becomes of a new one:\n%v\nnot\n%v", found, want)
	}
	var of []string
	s.scan([]any{&of}, `SELECT m.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.name = 'trust_id' ORDER BY 1`)
	if !slices.Equal(of, []string{"platform_deals", "platform_invoices", "platform_kits", "platform_log", "platform_money_log", "platform_money_told", "platform_payers", "platform_programmes",
		"platform_registers", "platform_services", "platform_stripe_calls", "platform_trusts", "platform_usage"}) {
		t.Errorf("decide there which of the platform's tables go with a trust: %v", of)
	}
}
