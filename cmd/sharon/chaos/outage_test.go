package chaos

import (
	"slices"
	"testing"
	"time"
)

// While Redis is away pages and replies are as fast as before, and what follows
// from them comes once it is back.
func TestPagesAreAsFastWithoutRedis(t *testing.T) {
	f := onPostgres(t, 1, 1)
	l := f.begin()
	before := l.visits(0)
	f.redis.Kill()
	without := l.visits(visits)
	for what, usual := range before {
		if most := 3*usual + 50*time.Millisecond; without[what] > most {
			t.Errorf("%s took %v without Redis, and %v with it", what, without[what], usual)
		}
	}
	if l.open() < visits {
		t.Errorf("%d are open, though nobody could do them", l.open())
	}
	f.redis.Restart()
	healed := f.within(2*time.Minute, "not all is done", func() bool { return l.open() == 0 })
	t.Logf("before %v, without %v, all was done after %v", before, without, healed.Round(time.Second))
	l.check(2 * visits)
}

const visits = 50

// visits has members read and reply, from the nth action on; it returns how
// long the middle one of each took.
func (l *ledger) visits(from int) map[string]time.Duration {
	l.Helper()
	var pages, replies []time.Duration
	for n := range visits {
		at := l.threads[n]
		pages = append(pages, at.circle[0].page(l.web[0], at.id))
		began := time.Now()
		if err := l.act(from + n); err != nil {
			l.Fatal(err)
		}
		replies = append(replies, time.Since(began))
	}
	return map[string]time.Duration{"a page": middle(pages), "a reply": middle(replies)}
}

func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
