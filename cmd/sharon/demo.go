package main

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
)

type demoCmd struct {
	config
	Trusts   int    `help:"How many trusts to make: trust-01, trust-02 and so on." default:"2"`
	Services int    `help:"Services in each trust." default:"3"`
	Members  int    `help:"Members of each trust; its services share them." default:"200"`
	Posts    int    `help:"Posts of each trust: threads, wall posts and replies." default:"2000"`
	Seed     uint64 `help:"The same seed makes the same data, on the same day." default:"1"`
}

// Help says who can sign in afterwards.
func (demoCmd) Help() string {
	return "The first service of each trust is willow, then harbour, kin, orchard, lantern, bridge, meadow, willow-2 and so on. " +
		"Who can sign in, for instance at trust-01.localhost:8080:\n\n" +
		"  m1.willow@trust-01.example, m2.willow@… and on: members\n\n" +
		"  lead.willow@…, clinician.willow@…, moderator.willow@…, peer.willow@…: the team\n\n" +
		"  admin@trust-01.example: the trust's administrator\n\n" +
		"Every password is " + demo.Password + ". Never do this to a database that real people use."
}

// Run fills the database.
func (cmd demoCmd) Run(ctx context.Context) error {
	took := clock.Stopwatch()
	if err := migrated(ctx, cmd.config, true); err != nil {
		return err
	}
	a, err := cmd.open(ctx, "http://localhost:8080")
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	size := demo.Size{Trusts: cmd.Trusts, Services: cmd.Services, Members: cmd.Members, Posts: cmd.Posts, Seed: cmd.Seed}
	show := progress(cmd.Trusts * cmd.Posts)
	if err := demo.Fill(ctx, demo.Deps{Directory: a.Directory, Keys: a.Keys, Clock: a.Clock}, size, show); err != nil {
		return err
	}
	if err := database.Analyze(ctx, cmd.database()); err != nil {
		return err
	}
	fmt.Printf("Made %d trusts with %d members and %d posts in %s. Try m1.willow@trust-01.example with the password %s.\n",
		cmd.Trusts, cmd.Trusts*cmd.Members, cmd.Trusts*cmd.Posts, took().Round(100*time.Millisecond), demo.Password)
	return nil
}

// progress shows a bar on a terminal, and elsewhere a line for each tenth.
func progress(all int) func(posts int) {
	all = max(all, 1)
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		bar := progressbar.NewOptions(all, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("posts"),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("posts"),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		return func(posts int) { _ = bar.Add(posts) }
	}
	var done atomic.Int64
	return func(posts int) {
		now := done.Add(int64(posts))
		if tenth := now * 10 / int64(all); tenth > (now-int64(posts))*10/int64(all) {
			fmt.Fprintf(os.Stderr, "%d of %d posts\n", now, all)
		}
	}
}
