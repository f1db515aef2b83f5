// Package exitkit makes the exit kit of a trust: all its data in one archive that
// only the trust can open, and restores one. The tables and their columns come
// from the database itself, so what a room adds is in the next kit.
package exitkit

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// Format is the version of the archive's layout. A kit of a newer one is refused.
const Format = 1

// House is a SHaRON that kits are made in and restored to.
type House struct {
	DB        *database.DB
	Files     *storage.Files
	Keys      crypt.Keys
	Clock     clock.Clock
	Directory *tenants.Directory
	Version   string   // of the software
	Schema    string   // the last migration: a kit fits the tables that it was taken from
	Sealed    []Sealed // every sealed column there is
	// Throwaway makes an empty database that a kit is restored into to check it.
	// drop removes it.
	Throwaway func(ctx context.Context) (db *database.DB, drop func() error, err error)
}

// Sealed is a column whose values are sealed, bound to another column of the row
// after some words.
type Sealed struct{ Table, Column, Bound, After string }

// Header begins a kit.
type Header struct {
	Format  int       `json:"format"`
	Version string    `json:"sharon"`
	Schema  string    `json:"schema"`
	MadeAt  time.Time `json:"made_at"`
	Trust   Trust     `json:"trust"`
	Tables  []string  `json:"tables"` // in the order in which they can be filled
	Opened  []string  `json:"opened"` // columns that are sealed in SHaRON and can be read here
	Left    []Left    `json:"left_out"`
}

// Trust names whose kit it is.
type Trust struct {
	ID      uuid.UUID `json:"id"`
	ODSCode string    `json:"ods_code"`
	Name    string    `json:"name"`
	Slug    string    `json:"slug"`
	Domain  *string   `json:"domain"`
	Status  string    `json:"status"`
}

// Left is a table that is not in the kit, and why.
type Left struct {
	Table string `json:"table"`
	Why   string `json:"why"`
}

// Manifest ends a kit: what must have come before it.
type Manifest struct {
	Tables  map[string]Sum `json:"tables"`
	Files   Sum            `json:"files"` // the sum is over the lines in sums/
	Bytes   int64          `json:"file_bytes"`
	Missing []string       `json:"missing_files"` // that rows speak of and storage does not have
}

// Sum is how many lines there are, and SHA-256 over all of them.
type Sum struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Rows are those of all tables.
func (m Manifest) Rows() (total int64) {
	for _, sum := range m.Tables {
		total += sum.Rows
	}
	return total
}

// fileSum is a line of sums/: a file of the trust.
type fileSum struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// The parts of the archive.
const (
	headerName   = "kit.json"
	readmeName   = "README.txt"
	filesPrefix  = "files/"
	sumsPrefix   = "sums/"
	tablesPrefix = "tables/"
	manifestName = "manifest.json"
)

// left are the tables that stay: what is bound to this house, to its keys or to a
// moment, and what a house makes anew by itself.
var left = []Left{
	{"ceremonies", "sign-ins that were under way"},
	{"data_exports", "copies that people asked for; they last a week and can be asked for again"},
	{"email_bounces", "addresses that the mail server refused; the next email shows it again"},
	{"phone_codes", "codes in text messages, which last minutes"},
	{"push_devices", "browsers that take notices; they belong to this house’s key and ask again"},
	{"receipts", "answers to clicks of the last day"},
	{"recovery_codes", "codes for lost telephones; they belong to this house’s key, so people make new ones"},
	{"search_entries", "the index of words, which is made anew"},
	{"sessions", "who is signed in; people sign in again"},
	{"throttles", "failed sign-ins of the last hours"},
	{"tickets", "links in emails; they belong to this house’s key"},
	{"waiting_carers", "links that people gave to those who care for them; they belong to this house’s key"},
	{"waiting_files", "files that somebody was looking through, which last a day"},
}

// ofPlatform are the platform's tables that go with a trust, by trust_id.
var ofPlatform = []string{"platform_registers", "platform_trusts"}

// platformStays are its other tables that speak of trusts.
var platformStays = []Left{
	{"platform_deals", "what the platform sold; its books are its own"},
	{"platform_invoices", "what the platform was owed"},
	{"platform_kits", "the kits that were made"},
	{"platform_log", "what the platform’s staff did; the trust’s audit log has it too"},
	{"platform_money_log", "what the platform’s staff did about money"},
	{"platform_money_told", "what programmes were told of money; the programmes have it"},
	{"platform_payers", "where the platform’s invoices went"},
	{"platform_programmes", "how programmes stand, which is said anew"},
	{"platform_services", "figures, which are counted anew"},
	{"platform_stripe_calls", "what Stripe was asked to do"},
}

// lookups are keyed hashes by which a sealed value is found, and what they are of.
// One that is of its value stays out of the kit and is made anew with the key of
// the next house. Another one, such as that of somebody who left, is taken along.
var lookups = []lookup{
	{"accounts", "email_lookup", "email_sealed", itself},
	{"administrator_invitations", "email_lookup", "email_sealed", itself},
	{"identities", "nhs_lookup", "sealed", nhsNumber},
	{"invitations", "email_lookup", "email_sealed", itself},
	{"programme_people", "email_lookup", "email_sealed", itself},
	{"waiting_entries", "email_lookup", "email_sealed", itself},
	{"waiting_entries", "nhs_lookup", "nhs_sealed", identity.Labelled},
}

type lookup struct {
	table, column, of string
	text              func(opened string) string
}

func itself(opened string) string { return opened }

func nhsNumber(opened string) string {
	var who identity.Identity
	if json.Unmarshal([]byte(opened), &who) != nil || who.NHSNumber == "" {
		return ""
	}
	return identity.Labelled(who.NHSNumber)
}
