package chaos

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// A ledger is what members did and were told that it was done.
type ledger struct {
	*fleet
	trust   uuid.UUID
	threads []thread
	pages   []*page // open all the time

	mu   sync.Mutex
	done map[string]string // a reply's words to the id that its writer was given
}

// A thread is written in by those who follow it.
type thread struct {
	id     string
	circle []member
}

const (
	threads = 50
	members = 20
	circle  = 5 // members of each thread
)

// begin has the members start their threads, in peace.
func (f *fleet) begin() *ledger {
	f.Helper()
	l := &ledger{fleet: f, done: map[string]string{}}
	f.read(uuid.Nil, "SELECT id FROM trusts WHERE slug = 'trust-01'", &l.trust)
	people := make([]member, members)
	for i := range people {
		people[i] = f.member("trust-01", i+1)
	}
	for i := range threads {
		one := thread{}
		for n := range circle {
			one.circle = append(one.circle, people[(i+n*3)%members])
		}
		one.id = one.circle[0].thread(fmt.Sprintf("Thread %d", i))
		for _, m := range one.circle[1:] {
			m.follow(one.id)
		}
		l.threads = append(l.threads, one)
	}
	for i := range 4 {
		nodes := slices.Concat(f.web[i%len(f.web):], f.web[:i%len(f.web)])
		l.pages = append(l.pages, people[i].opens(nodes...))
	}
	return l
}

// act does the nth thing: a reply, sent until it is acknowledged, and then, now
// and then, once more.
func (l *ledger) act(n int) error {
	at := l.threads[n%threads]
	who := at.circle[n/threads%circle]
	words := fmt.Sprintf("Action %d.", n)
	for try := 0; ; try++ {
		id, err := who.reply(l.web[(n+try)%len(l.web)], at.id, fmt.Sprintf("chaos-%d", n), words)
		if err := l.Context().Err(); err != nil {
			return err
		}
		if err != nil {
			if !mayTryAgain(err) {
				return fmt.Errorf("%s %w", words, err)
			}
			pause()
			continue
		}
		l.mu.Lock()
		first, again := l.done[words]
		l.done[words] = id
		l.mu.Unlock()
		if again && first != id {
			return fmt.Errorf("%s was %s and the second time %s", words, first, id)
		}
		if again || n%10 > 0 {
			return nil
		}
	}
}

// reply, event and notice are rows as the ledger is checked against them.
type (
	reply struct {
		ID       uuid.UUID `bun:"id"`
		ParentID uuid.UUID `bun:"parent_id"`
		AuthorID uuid.UUID `bun:"author_id"`
		Body     string    `bun:"body"`
	}
	event struct {
		SubjectID uuid.UUID `bun:"subject_id"`
		Open      bool      `bun:"open"`
		Failed    bool      `bun:"failed"`
	}
	notice struct {
		SubjectID uuid.UUID `bun:"subject_id"`
		MemberID  uuid.UUID `bun:"member_id"`
	}
	follower struct {
		PostID   uuid.UUID `bun:"post_id"`
		MemberID uuid.UUID `bun:"member_id"`
	}
	counter struct {
		ID      uuid.UUID `bun:"id"`
		Replies int       `bun:"replies"`
	}
)

// ours are the threads of the ledger.
func (l *ledger) ours() any {
	ids := make([]string, len(l.threads))
	for i, one := range l.threads {
		ids[i] = one.id
	}
	return bun.List(ids)
}

// open counts what has happened to posts and is not done yet.
func (l *ledger) open() (n int) {
	l.read(l.trust, "SELECT count(*) FROM outbox WHERE tenant_id = ? AND kind LIKE 'posts.%' AND due_at IS NOT NULL", &n, l.trust)
	return n
}

// heard tells whether every page was told of every reply.
func (l *ledger) heard() bool {
	for _, p := range l.pages {
		for _, id := range l.done {
			if !p.has(id) {
				return false
			}
		}
	}
	return true
}

// check holds the database to the ledger: each action is there once with all
// that follows from it, and nothing else is.
func (l *ledger) check(actions int) {
	l.Helper()
	var replies []reply
	var events []event
	var notices []notice
	var followers []follower
	var counters []counter
	l.read(l.trust, "SELECT id, parent_id, author_id, body FROM posts WHERE tenant_id = ? AND parent_id IN (?)", &replies, l.trust, l.ours())
	l.read(l.trust, "SELECT subject_id, due_at IS NOT NULL AS open, failed_at IS NOT NULL AS failed FROM outbox WHERE tenant_id = ? AND kind = 'posts.replied'", &events, l.trust)
	l.read(l.trust, "SELECT subject_id, member_id FROM notices WHERE tenant_id = ? AND kind = 'reply'", &notices, l.trust)
	l.read(l.trust, "SELECT post_id, member_id FROM follows WHERE tenant_id = ? AND post_id IN (?)", &followers, l.trust, l.ours())
	l.read(l.trust, "SELECT id, replies FROM posts WHERE tenant_id = ? AND id IN (?)", &counters, l.trust, l.ours())

	if len(l.done) != actions || len(replies) != actions {
		l.Errorf("%d actions were acknowledged and %d replies are there, of %d", len(l.done), len(replies), actions)
	}
	written, inThread := map[string]int{}, map[uuid.UUID]int{}
	for _, r := range replies {
		written[r.Body]++
		inThread[r.ParentID]++
		if given := l.done[r.Body]; given != r.ID.String() {
			l.Errorf("%s is %s and its writer was given %q", r.Body, r.ID, given)
		}
	}
	for words := range l.done {
		if written[words] != 1 {
			l.Errorf("%s is there %d times", words, written[words])
		}
	}
	for _, c := range counters {
		if c.Replies != inThread[c.ID] {
			l.Errorf("thread %s counts %d replies and has %d", c.ID, c.Replies, inThread[c.ID])
		}
	}
	l.same("events", counted(events, func(e event) string {
		return fmt.Sprintf("%s open %t failed %t", e.SubjectID, e.Open, e.Failed)
	}), counted(replies, func(r reply) string { return r.ID.String() + " open false failed false" }))

	circles := map[uuid.UUID][]uuid.UUID{}
	for _, f := range followers {
		circles[f.PostID] = append(circles[f.PostID], f.MemberID)
	}
	told := map[string]int{}
	for _, r := range replies {
		if len(circles[r.ParentID]) != circle {
			l.Errorf("%d follow thread %s", len(circles[r.ParentID]), r.ParentID)
		}
		for _, member := range circles[r.ParentID] {
			if member != r.AuthorID {
				told[r.ID.String()+" to "+member.String()]++
			}
		}
	}
	l.same("notices", counted(notices, func(n notice) string { return n.SubjectID.String() + " to " + n.MemberID.String() }), told)
}

func counted[T any](all []T, as func(T) string) map[string]int {
	counts := map[string]int{}
	for _, one := range all {
		counts[as(one)]++
	}
	return counts
}

// same tells what is there and should not be, and the other way round.
func (l *ledger) same(what string, have, want map[string]int) {
	l.Helper()
	var wrong []string
	for one, n := range want {
		if have[one] != n {
			wrong = append(wrong, fmt.Sprintf("%s: %d, want %d", one, have[one], n))
		}
	}
	for one, n := range have {
		if want[one] == 0 {
			wrong = append(wrong, fmt.Sprintf("%s: %d, want none", one, n))
		}
	}
	if len(wrong) > 0 {
		l.Errorf("%d %s are wrong:\n%s", len(wrong), what, strings.Join(wrong[:min(len(wrong), 10)], "\n"))
	}
}

// read asks the database as the tenant.
func (f *fleet) read(trust uuid.UUID, query string, into any, args ...any) {
	f.Helper()
	err := f.db.Read(f.Context(), trust, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw(query, args...).Scan(ctx, into)
	})
	if err != nil {
		f.Fatalf("%s: %v", query, err)
	}
}
