package cases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// carryOut tries to reach everybody of a rung and keeps what became of it. Done
// again after a crash, nobody can tell: the pager knows the call by its id.
func (c Cases) carryOut(ctx context.Context, s tenants.Scope, call Call) error {
	path := "/cases/" + call.CaseID.String()
	var mu sync.Mutex
	var got []Attempt
	add := func(to uuid.UUID, attempts ...modules.Attempt) {
		mu.Lock()
		defer mu.Unlock()
		for _, one := range attempts {
			got = append(got, Attempt{to, one})
		}
	}
	failed := together(call.People, func(to uuid.UUID) error {
		attempts, err := c.pager.Page(ctx, s, modules.Call{Key: call.ID, To: to, Path: path})
		if err != nil {
			attempts = []modules.Attempt{{Channel: "call", At: s.Now, Result: "it could not be tried"}}
		}
		add(to, attempts...)
		return err
	})
	if call.Phone != "" {
		add(uuid.Nil, c.pager.PageNumber(ctx, s, call.ID, call.Phone, path))
	}
	return errors.Join(failed, c.keep(ctx, s, call, got))
}

// keep writes what became of a call into the case: each attempt, but once only
// that it went out, and that it cannot be tried.
func (c Cases) keep(ctx context.Context, s tenants.Scope, call Call, got []Attempt) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		var one safety.Case
		if err := s.Lock(&one).Where("?TableAlias.id = ?", call.CaseID).Scan(ctx); err != nil {
			return err
		}
		var row Call
		if err := s.Lock(&row).Where("call.id = ?", call.ID).Scan(ctx); err != nil {
			return err
		}
		slices.SortStableFunc(got, func(a, b Attempt) int { return a.At.Compare(b.At) })
		for _, attempt := range got {
			if (attempt.OK || !attempt.Tried) && slices.ContainsFunc(row.Attempts, attempt.same) {
				continue
			}
			then := s
			then.Now = attempt.At
			if err := one.Note(ctx, then, paged, attempt.words(row.Phone), attempt.To); err != nil {
				return err
			}
			if attempt.At.After(s.Now) {
				s.Now = attempt.At
			}
		}
		row.Attempts, row.TryAt = got, nil
		row.Reached = slices.ContainsFunc(got, func(a Attempt) bool { return a.OK })
		if !row.Reached && row.StoppedAt == nil {
			if err := row.fruitless(ctx, s, one); err != nil {
				return err
			}
		}
		_, err := s.Update(&row).Column("attempts", "reached", "try_at", "next_at").Where("id = ?", row.ID).Exec(ctx)
		return err
	})
}

// fruitless has a call that reached nobody tried again, and does not wait for it
// before the next rung is called.
func (k *Call) fruitless(ctx context.Context, s tenants.Scope, one safety.Case) error {
	if len(k.Attempts) > 0 {
		again := s.Now.Add(retry)
		k.TryAt = &again
	}
	if k.Tries > 1 {
		return nil
	}
	if soon := s.Now.Add(hopeless); !k.Last && soon.Before(k.NextAt) {
		k.NextAt = soon
	}
	if err := one.Note(ctx, s, unreached, k.Name, uuid.Nil); err != nil {
		return err
	}
	return tellLeads(ctx, s, one)
}

func (a Attempt) same(b Attempt) bool {
	return a.To == b.To && a.Channel == b.Channel && a.Result == b.Result
}

var channelNames = map[string]string{"push": "Push notice", "text": "Text", "email": "Email", "call": "Call"}

// words are the attempt in the timeline.
func (a Attempt) words(phone string) string {
	name := cmp.Or(channelNames[a.Channel], a.Channel)
	if a.To == uuid.Nil {
		name += " to " + phone
	}
	return name + ": " + a.Result
}

// together does something about all of them at once. What panics has failed.
func together[T any](all []T, do func(T) error) error {
	failed := make([]error, len(all))
	var group sync.WaitGroup
	for i, one := range all {
		group.Go(func() {
			defer func() {
				if cause := recover(); cause != nil {
					failed[i] = fmt.Errorf("panicked: %v", cause)
				}
			}()
			failed[i] = do(one)
		})
	}
	group.Wait()
	return errors.Join(failed...)
}
