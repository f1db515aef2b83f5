package demo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Size is how much Fill makes: members and posts are those of each trust, and
// its services share them.
type Size struct {
	Trusts, Services, Members, Posts int
	Seed                             uint64 // the same seed makes the same data, on the same day
}

// check says what is wrong with a size.
func (n Size) check() error {
	switch {
	case n.Trusts < 1 || n.Trusts > 1000:
		return fault.Bad("trusts", "Ask for 1 to 1,000 trusts.")
	case n.Services < 1 || n.Services > 50:
		return fault.Bad("services", "Ask for 1 to 50 services in each trust.")
	case n.Members < len(team)*n.Services+n.Services:
		return fault.Bad("members", fmt.Sprintf("Each service has a team of %d, so ask for at least %d members.", len(team), (len(team)+1)*n.Services))
	case n.Posts < 0:
		return fault.Bad("posts", "Ask for 0 posts or more.")
	}
	return nil
}

// atOnce is how many trusts are written at the same time, where the database
// has more than one writer.
const atOnce = 3

// Fill makes trusts trust-01, trust-02 and so on, full of plausible people and
// words. Each is one transaction (besides the trust's own row), so a Fill that
// was stopped leaves whole trusts. wrote is told of posts as they are written,
// from several goroutines. Conflict if one of the trusts is there already.
func Fill(ctx context.Context, d Deps, size Size, wrote func(posts int)) error {
	if err := size.check(); err != nil {
		return err
	}
	there, err := d.Directory.Trusts(ctx)
	if err != nil {
		return err
	}
	for _, trust := range there {
		if n, err := strconv.Atoi(strings.TrimPrefix(trust.Slug, "trust-")); err == nil && trust.Slug == slugOf(n) && n <= size.Trusts {
			return fault.New(fault.Conflict, "There is a trust "+trust.Slug+" already, from an earlier `sharon demo`. Use an empty database.")
		}
	}
	hash, err := crypt.HashPassword(ctx, Password)
	if err != nil {
		return err
	}
	f := filling{Deps: d, size: size, hash: hash, wrote: wrote, voice: newVoice(newIDs(size.Seed, 0), min(8000, size.Posts))}

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	numbers := make(chan int)
	failed := make(chan error, atOnce)
	var workers sync.WaitGroup
	for range f.writers() {
		workers.Go(func() {
			for n := range numbers {
				if err := f.trust(ctx, n); err != nil {
					failed <- fmt.Errorf("trust %s: %w", slugOf(n), err)
					stop() // the others' work is in vain
					return
				}
			}
		})
	}
	func() {
		defer close(numbers)
		for n := range size.Trusts {
			select {
			case numbers <- n + 1:
			case <-ctx.Done():
				return
			}
		}
	}()
	workers.Wait()
	close(failed)
	if err, ok := <-failed; ok {
		return err // the first; others fail because of it
	}
	return ctx.Err()
}

// filling is what the trusts share.
type filling struct {
	Deps
	size  Size
	hash  string
	voice voice
	wrote func(posts int)
}

func (f filling) writers() int {
	if f.Directory.DB.Postgres() {
		return min(atOnce, f.size.Trusts)
	}
	return 1
}

func slugOf(n int) string { return fmt.Sprintf("trust-%02d", n) }

// trust writes one trust, the n-th, counted from 1.
func (f filling) trust(ctx context.Context, n int) error {
	r := newIDs(f.size.Seed, uint64(n)) //nolint:gosec // counted from 1
	now := f.Clock.Now()
	begun := day(now, -history).UTC()
	places := lines("places")
	name := places[(n-1)%len(places)]
	if round := (n - 1) / len(places); round > 0 {
		name += " " + places[(n-1+round)%len(places)]
	}
	trust := tenants.Trust{ID: r.at(begun), ODSCode: fmt.Sprintf("Z%04d", n),
		Name: name + " NHS Foundation Trust", Slug: slugOf(n), Status: "active", ConfigVersion: 1, CreatedAt: begun}
	err := f.Directory.DB.Platform(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(&trust).Exec(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return f.Directory.WriteAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
		admin, err := f.account(r, begun, adminEmail(trust.Slug))
		if err != nil {
			return err
		}
		admin.TrustRoles = tenants.Roles{tenants.TrustAdmin}
		if err := insert(ctx, s, []tenants.Account{admin}); err != nil {
			return err
		}
		for i := range f.size.Services {
			if err := f.service(ctx, s, r, i); err != nil {
				return err
			}
		}
		return s.Changed(ctx)
	})
}
