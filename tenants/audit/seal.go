package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// late is how far a record may be behind those that are sealed already. No unit
// of work of ours takes so long: what comes later was put there by somebody
// else, is never sealed, and Verify names it.
const late = time.Hour

// inOne is how many records one transaction seals or reads.
const inOne = 1000

// Seal is a link of the chain: one record, in its order.
type Seal struct {
	bun.BaseModel `bun:"table:audit_seals,alias:seal"`
	tenants.InTrust

	Number   int64     `bun:"number,pk"`
	RecordID uuid.UUID `bun:"record_id,type:uuid"`
	UpTo     time.Time `bun:"upto"` // how far in time the log is closed with it
	Hash     string    `bun:"hash"`
}

// beginning is what the first seal follows.
var beginning = Seal{UpTo: time.Unix(0, 0).UTC().Add(late)}

// over makes the seal's hash: of the hash before, the seal's place and all of the record.
func (s Seal) over(before string, r tenants.Record) (string, error) {
	content, err := json.Marshal([]any{
		before, s.Number, s.UpTo.UnixMicro(), r.TenantID, r.ID, r.At.UnixMicro(), r.Action, r.ServiceID, r.AccountID, r.Subject, r.Reason, r.Before, r.After, r.Address,
	})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), nil
}

// Checkpoint is what to keep elsewhere: who has it can tell later whether the
// log up to there is still the same, and still there.
type Checkpoint struct {
	Number int64
	Hash   string
}

// Checkpoint is that of the chain up to this seal.
func (s Seal) Checkpoint() Checkpoint { return Checkpoint{s.Number, s.Hash} }

// String is "12:ab34…", as ParseCheckpoint reads it.
func (c Checkpoint) String() string { return fmt.Sprintf("%d:%s", c.Number, c.Hash) }

// ParseCheckpoint reads one. Invalid if it is none.
func ParseCheckpoint(text string) (Checkpoint, error) {
	number, hash, ok := strings.Cut(strings.TrimSpace(text), ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if raw, bad := hex.DecodeString(hash); !ok || err != nil || bad != nil || n < 1 || len(raw) != sha256.Size {
		return Checkpoint{}, fault.Bad("checkpoint", "A checkpoint is a number, a colon and 64 letters and digits, as `sharon audit verify` prints it.")
	}
	return Checkpoint{n, hash}, nil
}

// errFaster undoes a unit of work: another worker has sealed the same records.
var errFaster = errors.New("another worker seals this log just now")

// seal adds the next records to the chain, in the order of their time. It
// returns the last seal and how many were new; errFaster if it came second.
func seal(ctx context.Context, s tenants.Scope) (Seal, int, error) {
	last, err := lastSeal(ctx, s)
	if err != nil {
		return last, 0, err
	}
	records, err := unsealed(ctx, s, last, inOne)
	if err != nil || len(records) == 0 {
		return last, 0, err
	}
	seals := make([]Seal, len(records))
	for i, r := range records {
		next := Seal{Number: last.Number + 1, RecordID: r.ID, UpTo: last.UpTo}
		if r.At.After(next.UpTo) {
			next.UpTo = r.At
		}
		if next.UpTo.After(s.Now) { // a clock ahead of ours must not make what follows late
			next.UpTo = s.Now
		}
		next.UpTo = next.UpTo.Truncate(time.Microsecond) // as both databases keep it
		if next.Hash, err = next.over(last.Hash, r); err != nil {
			return last, 0, err
		}
		seals[i], last = next, next
	}
	_, err = tenants.InsertAll(s, seals).Exec(ctx)
	if database.Taken(err) {
		return last, 0, errFaster
	}
	return last, len(seals), err
}

// writeDown turns tallies of some minutes ago into one record each.
func writeDown(ctx context.Context, s tenants.Scope) error {
	tallies, err := ripe(ctx, s, s.Now.Add(-tallied))
	if err != nil {
		return err
	}
	for _, t := range tallies {
		r, err := record(t)
		if err != nil {
			return err
		}
		if _, err := s.Insert(&r).Exec(ctx); err != nil {
			return err
		}
		if err := forget(ctx, s, t); err != nil {
			return err
		}
	}
	return nil
}

// tallied is how long what happens again and again is counted before it is written down.
const tallied = 5 * time.Minute

// Repeated is what a record says that stands for several times.
type Repeated struct {
	What  string    `json:"what,omitempty"`
	Times int       `json:"times"`
	Since time.Time `json:"since"`
}

func record(t tenants.Tally) (tenants.Record, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return tenants.Record{}, err
	}
	after, err := json.Marshal(Repeated{t.What, t.Times, t.FirstAt})
	return tenants.Record{ID: id, At: t.LastAt, Action: t.Action, ServiceID: t.ServiceID, AccountID: t.AccountID, Subject: t.Subject, After: string(after), Address: t.Address}, err
}
