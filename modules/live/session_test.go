package live

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

var start = time.Date(2026, 11, 20, 19, 30, 0, 0, time.UTC)

func minutes(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

func TestTheStateFollowsFromTheRowAndTheTime(t *testing.T) {
	opened := minutes(-4)
	unopened := Session{StartsAt: start, ClosesAt: minutes(15)}
	open := Session{StartsAt: start, OpenedAt: &opened, ClosesAt: minutes(25)}
	closed := minutes(20)
	for name, try := range map[string]struct {
		x    Session
		at   time.Time
		want State
	}{
		"the day before":                          {unopened, minutes(-24 * 60), Coming},
		"just before the door":                    {unopened, minutes(-10).Add(-time.Microsecond), Coming},
		"the door":                                {unopened, minutes(-10), Soon},
		"just before the start":                   {unopened, start.Add(-time.Microsecond), Soon},
		"the start without a host":                {unopened, start, Waiting},
		"just before we give up":                  {unopened, minutes(15).Add(-time.Microsecond), Waiting},
		"nobody came":                             {unopened, minutes(15), Missed},
		"nobody came, and the round wrote it":     {Session{StartsAt: start, ClosesAt: minutes(15), ClosedAt: &closed, Ended: NoHost}, minutes(60), Missed},
		"opened early":                            {open, minutes(-3), Open},
		"open":                                    {open, minutes(10), Open},
		"just before the deadline":                {open, minutes(25).Add(-time.Microsecond), Open},
		"the deadline, before the round":          {open, minutes(25), Over},
		"closed early":                            {Session{StartsAt: start, OpenedAt: &opened, ClosesAt: minutes(25), ClosedAt: &closed, Ended: ByHost}, minutes(21), Over},
		"cancelled":                               {Session{StartsAt: start, ClosesAt: minutes(15), ClosedAt: &opened, Ended: Cancelled}, minutes(-3), Off},
		"cancelled, later":                        {Session{StartsAt: start, ClosesAt: minutes(15), ClosedAt: &opened, Ended: Cancelled}, minutes(300), Off},
		"open beyond its length, the host stayed": {Session{StartsAt: start, Minutes: 10, OpenedAt: &opened, ClosesAt: minutes(65)}, minutes(64), Open},
	} {
		if got := try.x.At(try.at); got != try.want {
			t.Errorf("%s: %s, want %s", name, got, try.want)
		}
	}
}

func TestAHostIsHereForAWhileAfterEachSign(t *testing.T) {
	seen, left := start, start.Add(time.Minute)
	for name, try := range map[string]struct {
		host Host
		at   time.Time
		want bool
	}{
		"never came":        {Host{}, start, false},
		"just came":         {Host{SeenAt: &seen}, start, true},
		"a while ago":       {Host{SeenAt: &seen}, start.Add(hereFor - time.Second), true},
		"too long ago":      {Host{SeenAt: &seen}, start.Add(hereFor), false},
		"said that they go": {Host{SeenAt: &seen, LeftAt: &left}, start.Add(time.Minute), false},
	} {
		if got := try.host.here(try.at); got != try.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAReminderHoldsForTheTimeThatItWasMadeFor(t *testing.T) {
	id := uuid.New()
	x := Session{StartsAt: start, ClosesAt: minutes(15), ReminderID: id}
	closed := minutes(-60)
	off := x
	off.ClosedAt, off.Ended = &closed, Cancelled
	for name, try := range map[string]struct {
		x    Session
		id   uuid.UUID
		at   time.Time
		want bool
	}{
		"in time":        {x, id, minutes(-30), true},
		"late, still on": {x, id, minutes(5), true},
		"far too late":   {x, id, minutes(15), false},
		"moved since":    {x, uuid.New(), minutes(-30), false},
		"cancelled":      {off, id, minutes(-30), false},
	} {
		if got := try.x.reminds(try.id, try.at); got != try.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
