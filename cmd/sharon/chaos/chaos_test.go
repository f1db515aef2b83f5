package chaos

import (
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A storm is how a fleet is treated while its members are busy.
type storm struct {
	actions int
	every   time.Duration // an action
	calm    time.Duration // the longest time between two kills
	heals   time.Duration // how long all may take to be done after the last one
	victims func(f *fleet) map[string]func()
	last    string // who is killed last; empty for anybody
}

// weather are storms by name. Healing takes as long as a hand-over is trusted
// (tenants.patience: half a minute, then twice that). Where Redis lives on, it
// takes as long as asynq lets it have a dead worker's task: one minute or two.
var weather = map[string]struct {
	fleet func(t *testing.T) *fleet
	storm
}{
	"PostgreSQL and Redis": {
		func(t *testing.T) *fleet { return onPostgres(t, 2, 2) },
		storm{actions: 2000, every: 20 * time.Millisecond, calm: 1500 * time.Millisecond, heals: 2 * time.Minute, victims: (*fleet).everything, last: "redis"},
	},
	"workers only": {
		func(t *testing.T) *fleet { return onPostgres(t, 1, 2) },
		storm{actions: 300, every: 20 * time.Millisecond, calm: time.Second, heals: 150 * time.Second, victims: (*fleet).workers},
	},
	"SQLite": {
		onSQLite,
		storm{actions: 300, every: 60 * time.Millisecond, calm: 2 * time.Second, heals: 90 * time.Second, victims: (*fleet).everything},
	},
}

// The seed says who is killed when; SHARON_CHAOS_SEED repeats an earlier one.
// What the machine makes of it is never quite the same.
func TestNothingIsLostWhateverDies(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("SHARON_CHAOS_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("SHARON_CHAOS_SEED=%d", seed)
	for name, one := range weather {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one.rage(one.fleet(t).begin(), rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

func (s storm) rage(l *ledger, chance *rand.Rand) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		l.acts(s.actions, s.every)
	}()
	killed := map[string]int{}
	victims := s.victims(l.fleet)
	for busy := true; busy; {
		name := pick(chance, victims)
		victims[name]()
		killed[name]++
		select {
		case <-over:
			busy = false
		case <-time.After(time.Duration(chance.Int64N(int64(s.calm)))):
		}
	}
	if s.last != "" {
		victims[s.last]()
	}
	l.within(2*time.Minute, "pages were not told of all replies", l.heard)
	healed := l.within(s.heals, "not all is done", func() bool { return l.open() == 0 })
	l.Logf("killed %v; all was done %v after the last", killed, healed.Round(time.Second))
	l.check(s.actions)
}

// burst is how many actions come at once, so that whoever is killed has much to do.
const burst = 50

// acts has the actions done by many clients, one every so often on average.
func (l *ledger) acts(actions int, every time.Duration) {
	waiting := make(chan int)
	var clients sync.WaitGroup
	for range 16 {
		clients.Go(func() {
			for n := range waiting {
				if err := l.act(n); err != nil {
					l.Error(err)
				}
			}
		})
	}
	for n := range actions {
		waiting <- n
		if n%burst == burst-1 {
			time.Sleep(burst * every)
		}
	}
	close(waiting)
	clients.Wait()
}

// mayTryAgain tells whether a client tries again: it got no answer, or was told
// to come back. Nothing else may happen to it, whatever dies.
func mayTryAgain(err error) bool {
	var no refused
	return !errors.As(err, &no) || no.status == http.StatusServiceUnavailable
}

func pause() { time.Sleep(100 * time.Millisecond) }

// everything that can be killed, and how.
func (f *fleet) everything() map[string]func() {
	all := map[string]func(){}
	for _, n := range f.nodes {
		all[n.name] = n.kill
	}
	if f.redis != nil {
		all["redis"] = func() {
			f.redis.Kill()
			time.Sleep(500 * time.Millisecond)
			f.redis.Restart()
		}
	}
	return all
}

func (f *fleet) workers() map[string]func() {
	all := f.everything()
	delete(all, "redis")
	for _, n := range f.web {
		delete(all, n.name)
	}
	return all
}

// pick takes one of them; the same with the same chance.
func pick(chance *rand.Rand, all map[string]func()) string {
	names := slices.Sorted(maps.Keys(all))
	return names[chance.IntN(len(names))]
}
