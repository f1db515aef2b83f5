package workers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/tenants"
)

// consequences carries out events by the handlers of their kinds.
type consequences struct {
	Deps
	handlers map[string][]tenants.Handler
}

// newerWorker is how long an event waits for a worker that knows its kind.
const newerWorker = 5 * time.Minute

func newConsequences(d Deps) consequences {
	c := consequences{d, map[string][]tenants.Handler{}}
	for _, h := range d.On {
		known := c.handlers[h.Kind.Key]
		if len(known) > 0 && known[0].OwnUnits != h.OwnUnits {
			panic("handlers of " + h.Kind.Key + " differ in OwnUnits: when one fails, the others would be done again")
		}
		c.handlers[h.Kind.Key] = append(known, h)
	}
	return c
}

// ProcessTask implements asynq.Handler. What it returns is kept in Redis, so it
// says no more than that it failed: why is in the log and, in the end, in the outbox.
func (c consequences) ProcessTask(ctx context.Context, t *asynq.Task) error {
	var ref task
	if err := json.Unmarshal(t.Payload(), &ref); err != nil || ref.V != 1 {
		return fmt.Errorf("a task of another version: %w", asynq.SkipRetry)
	}
	took := clock.Stopwatch()
	err := c.carryOut(ctx, ref)
	level, cause := slog.LevelInfo, slog.Attr{}
	if err != nil {
		level, cause = slog.LevelWarn, slog.Any("cause", err)
	}
	c.Log.LogAttrs(ctx, level, "consequence", slog.String("kind", t.Type()), slog.String("event", ref.Event.String()), slog.Duration("took", took()), cause)
	if err == nil {
		return nil
	}
	if lastTry(ctx) || final(err) {
		return c.giveUp(ctx, ref, err) // the outbox keeps it and the queue is done with it
	}
	return fmt.Errorf("failed: %s", codeOf(err))
}

func lastTry(ctx context.Context) bool {
	tried, ok := asynq.GetRetryCount(ctx)
	most, known := asynq.GetMaxRetry(ctx)
	return ok && known && tried >= most
}

// final tells whether trying again cannot help.
func final(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound)
}

func codeOf(err error) fault.Code {
	for _, code := range []fault.Code{fault.Unavailable, fault.Conflict, fault.Limited} {
		if fault.Is(err, code) {
			return code
		}
	}
	return fault.Internal
}

// errTaken says that an event has been carried out before.
var errTaken = errors.New("carried out already")

// carryOut does what follows from an event, once: whoever comes second finds it done.
func (c consequences) carryOut(ctx context.Context, ref task) error {
	var outside func(context.Context) error
	err := c.Directory.WriteAs(ctx, ref.Trust, "", func(ctx context.Context, s tenants.Scope) error {
		outbox := tenants.Outbox{Scope: s}
		event, err := outbox.Take(ctx, ref.Event)
		if database.Missing(err) {
			return errTaken
		}
		if err != nil {
			return err
		}
		handlers := c.handlers[event.Kind]
		if len(handlers) == 0 || event.Version > handlers[0].Kind.Version {
			return outbox.Postpone(ctx, event.ID, s.Now.Add(newerWorker))
		}
		s, on := inside(s, event)
		if on && handlers[0].OwnUnits {
			outside = func(ctx context.Context) error { return c.outside(ctx, s, event, handlers) }
			return nil
		}
		if on {
			if err := all(ctx, s, event, handlers); err != nil {
				return err
			}
		}
		return outbox.Done(ctx, event.ID)
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	if err != nil || outside == nil {
		return err
	}
	return outside(ctx)
}

// inside is the scope of the event's service; false where that, or the room,
// has been switched off since: then nothing follows.
func inside(s tenants.Scope, e tenants.Event) (tenants.Scope, bool) {
	if e.ServiceID == uuid.Nil {
		return s, true
	}
	s, ok := s.Within(e.ServiceID)
	return s, ok && (e.Module == "" || s.Service.Open(e.Module))
}

func all(ctx context.Context, s tenants.Scope, e tenants.Event, handlers []tenants.Handler) error {
	for _, h := range handlers {
		if err := h.Do(ctx, s, e); err != nil {
			return err
		}
	}
	return nil
}

// outside runs handlers that wait for somebody else, without a transaction.
func (c consequences) outside(ctx context.Context, s tenants.Scope, e tenants.Event, handlers []tenants.Handler) error {
	if err := all(ctx, s, e, handlers); err != nil {
		return err
	}
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		return tenants.Outbox{Scope: s}.Done(ctx, e.ID)
	})
}

func (c consequences) giveUp(ctx context.Context, ref task, why error) error {
	return c.Directory.WriteAs(context.WithoutCancel(ctx), ref.Trust, "", func(ctx context.Context, s tenants.Scope) error {
		return tenants.Outbox{Scope: s}.Fail(ctx, ref.Event, jobs.Guarded(why.Error()))
	})
}
