package audit

import (
	"context"
	"fmt"

	"github.com/sharon-nhs/sharon/tenants"
)

// Verdict is what recomputing the chain found.
type Verdict struct {
	Sealed   int64
	Waiting  int // records that the next round seals
	Last     Checkpoint
	Problems []string // what is wrong, one sentence each; none if all is well
}

// Verify recomputes a trust's chain, in one unit of work, and holds it to the
// checkpoints, which alone can show that its end was cut off.
func Verify(ctx context.Context, s tenants.Scope, checkpoints []Checkpoint) (Verdict, error) {
	v := verifying{last: beginning, kept: map[int64]string{}}
	for _, c := range checkpoints {
		v.kept[c.Number] = c.Hash
	}
	for {
		seals, err := sealsAfter(ctx, s, v.last.Number)
		if err != nil {
			return v.Verdict, err
		}
		if len(seals) == 0 {
			break
		}
		records, err := sealedBy(ctx, s, seals)
		if err != nil {
			return v.Verdict, err
		}
		for _, seal := range seals {
			r, there := records[seal.RecordID]
			if err := v.next(seal, r, there); err != nil {
				return v.Verdict, err
			}
		}
	}
	for number := range v.kept {
		v.say("The log ends with number %d, but the checkpoint %d was taken of it: its end has been cut off.", v.last.Number, number)
	}
	v.Last = v.last.Checkpoint()
	strangers, err := tooLate(ctx, s, v.last)
	if err != nil {
		return v.Verdict, err
	}
	for _, r := range strangers {
		v.say("The record %s (%s, %s) is in no place of the log: it was put in after that time had been sealed.", r.ID, r.Action, r.At.UTC().Format(stamp))
	}
	v.Waiting, err = waiting(ctx, s, v.last)
	return v.Verdict, err
}

// stamp is how a finding writes a time.
const stamp = "2006-01-02 15:04:05 UTC"

type verifying struct {
	Verdict
	last Seal
	kept map[int64]string // checkpoints that are still to come, by number
}

func (v *verifying) say(format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
}

// next holds the next link of the chain to what it should be.
func (v *verifying) next(seal Seal, r tenants.Record, there bool) error {
	before := v.last
	v.last, v.Sealed = seal, v.Sealed+1
	if hash, kept := v.kept[seal.Number]; kept && hash != seal.Hash {
		v.say("Number %d is not what it was when the checkpoint was taken: the log up to there has been written anew.", seal.Number)
	}
	delete(v.kept, seal.Number)
	if seal.Number != before.Number+1 {
		v.say("Missing from the chain: number %d to %d.", before.Number+1, seal.Number-1)
		if !there {
			v.say("Number %d, the record %s, is gone.", seal.Number, seal.RecordID)
		}
		return nil // what it follows is not known any more
	}
	if !there {
		v.say("Number %d, the record %s, is gone.", seal.Number, seal.RecordID)
		return nil
	}
	hash, err := seal.over(before.Hash, r)
	if err == nil && hash != seal.Hash {
		v.say("Number %d, the record %s (%s, %s), is not what was sealed: it, or its place in the log, was changed.", seal.Number, r.ID, r.Action, r.At.UTC().Format(stamp))
	}
	return err
}
