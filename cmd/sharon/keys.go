package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
)

type keysCmd struct {
	New    keysNew    `cmd:"" help:"Print a new key. Put it first in SHARON_SEAL_KEYS, before those that are there, on every node."`
	Rotate keysRotate `cmd:"" help:"Seal everything anew with the first key. Then the other keys can go."`
}

type keysNew struct{}

// Run prints a key.
func (keysNew) Run() error {
	key := make([]byte, crypt.SealingKey)
	_, _ = rand.Read(key) // never fails since Go 1.24
	_, err := fmt.Println(base64.StdEncoding.EncodeToString(key))
	return err
}

type keysRotate struct{ config }

// Help says how keys are changed while people go on.
func (keysRotate) Help() string {
	return "To change the key that seals names, emails and other things that nobody may read:\n\n" +
		"  1. sharon keys new makes a key. Set SHARON_SEAL_KEYS=new on every node (new,old if there was one) and restart them: what is written from now on is sealed with it, and the old key still opens.\n\n" +
		"  2. sharon keys rotate seals all the rest anew. It can be interrupted and run again.\n\n" +
		"  3. Once it says that nothing is left, take the old key out. What is in backups stays sealed with it, so keep it where you keep them. The key that follows from SHARON_SECRET always opens.\n\n" +
		"The secret itself is not changed by this: look-ups and signatures rest on it."
}

// Run seals everything anew.
func (cmd keysRotate) Run(ctx context.Context) error {
	a, err := cmd.open(ctx, "http://localhost:8080")
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	done, err := a.reseal(ctx)
	if err == nil {
		fmt.Printf("%d values were sealed anew. Nothing is left that another key sealed.\n", done)
	}
	return err
}

// sealed is a column with sealed values: by which column its rows are known, and
// which one the values are bound to, after some words.
type sealed struct{ table, column, key, bound, after string }

// sealedColumns are all there are; a test compares them with the tables.
var sealedColumns = []sealed{
	{"access_contacts", "contact_sealed", "id", "id", ""},
	{"access_records", "needs_sealed", "id", "id", ""},
	{"accounts", "email_sealed", "id", "id", ""},
	{"accounts", "pin_sealed", "id", "id", "PIN of "},
	{"accounts", "totp_sealed", "id", "id", "second factor of "},
	{"administrator_invitations", "email_sealed", "id", "id", ""},
	{"identities", "sealed", "account_id", "account_id", ""},
	{"invitations", "email_sealed", "id", "id", ""},
	{"invitations", "identity_sealed", "id", "id", ""},
	{"programme_people", "email_sealed", "id", "id", ""},
	{"push_devices", "sealed", "id", "endpoint_hash", ""},
	{"providers", "secret_sealed", "id", "id", ""},
	{"recovery_check_ins", "words_sealed", "id", "id", ""},
	{"recovery_course_answers", "answer_sealed", "id", "id", ""},
	{"recovery_entries", "entry_sealed", "id", "id", ""},
	{"recovery_goals", "goal_sealed", "id", "id", ""},
	{"recovery_responses", "response_sealed", "id", "id", ""},
	{"recovery_plans", "plan_sealed", "id", "id", ""},
	{"survey_boxes", "words_sealed", "survey_id", "survey_id", ""},
	{"tickets", "sealed", "id", "id", ""},
	{"waiting_carers", "carer_sealed", "id", "id", ""},
	{"waiting_entries", "email_sealed", "id", "id", ""},
	{"waiting_entries", "nhs_sealed", "id", "id", "NHS number of "},
}

// ofPlatform are those that belong to no trust.
var ofPlatform = []sealed{
	{"platform_payers", "billing_sealed", "trust_id", "trust_id", "billing of "},
	{"platform_staff", "email_sealed", "id", "id", ""},
	{"platform_staff", "totp_sealed", "id", "id", "second factor of "},
	{"platform_trusts", "contacts_sealed", "trust_id", "trust_id", "contacts of "},
}

// shortLived are sealed for a day at most: what they are of ends before a key goes.
var shortLived = []string{"ceremonies.sealed", "phone_codes.sealed", "waiting_files.sealed"}

// atOnce is how many values one unit of work seals anew.
const atOnce = 500

// reseal seals anew what another than the first key sealed, a few rows at a time,
// and returns how many. What somebody changes meanwhile is left to them.
func (a *app) reseal(ctx context.Context) (done int, err error) {
	write := func(trust uuid.UUID, column sealed) error {
		for after := ""; ; {
			many, last := 0, ""
			err := a.DB.Write(ctx, trust, func(ctx context.Context, db bun.IDB) (err error) {
				many, last, err = column.reseal(ctx, db, a.Keys, trust, after)
				return err
			})
			done += many
			if err != nil || last == "" {
				return err
			}
			after = last
		}
	}
	trusts, err := a.Directory.AllTrusts(ctx) // what is in the archive must be read one day
	if err != nil {
		return 0, err
	}
	for _, trust := range trusts {
		for _, column := range sealedColumns {
			if err := write(trust.ID, column); err != nil {
				return done, fmt.Errorf("%s of %s: %w", column.table, trust.Slug, err)
			}
		}
	}
	for _, column := range ofPlatform {
		if err := write(uuid.Nil, column); err != nil {
			return done, fmt.Errorf("%s: %w", column.table, err)
		}
	}
	return done, nil
}

// reseal does the next rows after one; last is empty when there are no more.
func (c sealed) reseal(ctx context.Context, db bun.IDB, keys crypt.Keys, trust uuid.UUID, after string) (done int, last string, err error) {
	var rows []struct{ Key, Bound, Sealed string }
	of := func(q bun.QueryBuilder) bun.QueryBuilder {
		if trust == uuid.Nil {
			return q
		}
		return q.Where("tenant_id = ?", trust)
	}
	q := db.NewSelect().TableExpr("?", bun.Ident(c.table)).ColumnExpr("? AS key, ? AS bound, ? AS sealed", bun.Ident(c.key), bun.Ident(c.bound), bun.Ident(c.column)).ApplyQueryBuilder(of)
	if after != "" {
		q = q.Where("? > ?", bun.Ident(c.key), after)
	}
	if err := q.OrderExpr("?", bun.Ident(c.key)).Limit(atOnce).Scan(ctx, &rows); err != nil {
		return 0, "", err
	}
	for _, row := range rows {
		if last = row.Key; row.Sealed == "" || keys.Current(row.Sealed) {
			continue
		}
		text, err := keys.Open(row.Sealed, c.after+row.Bound)
		if err != nil {
			return done, "", err
		}
		fresh, err := keys.Seal(text, c.after+row.Bound)
		if err != nil {
			return done, "", err
		}
		_, err = db.NewUpdate().TableExpr("?", bun.Ident(c.table)).Set("? = ?", bun.Ident(c.column), fresh).ApplyQueryBuilder(of).
			Where("? = ?", bun.Ident(c.key), row.Key).Where("? = ?", bun.Ident(c.column), row.Sealed).Exec(ctx)
		if err != nil {
			return done, "", err
		}
		done++
	}
	if len(rows) < atOnce {
		last = ""
	}
	return done, last, nil
}
