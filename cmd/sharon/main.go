// Command sharon is the whole platform in one binary: web, workers, migrations,
// demo data and the tools of whoever runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/film"
)

// version is set when a release is built.
var version = "dev"

type cli struct {
	Serve   serveCmd   `cmd:"" help:"Run everything in one process: web, workers and, without REDIS_URL, the queue. To try SHaRON, or for a small trust."`
	Web     webCmd     `cmd:"" help:"Run the web pages and the API. Run as many as you need behind a load balancer."`
	Worker  workerCmd  `cmd:"" help:"Run the workers. Run as many as you need."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's tables up to date, take the last change back, or look."`
	Demo    demoCmd    `cmd:"" help:"Fill the database with a large amount of invented, plausible data, for demonstrations and benchmarks."`
	Doctor  doctorCmd  `cmd:"" help:"Say what is configured, what answers, what is unsafe for production, and how to mend it."`
	Trust   trustCmd   `cmd:"" help:"Make a trust and its first service, or take a trust with you: its exit kit."`
	Presets presetsCmd `cmd:"" help:"Look through what services of each area begin with."`
	Staff   staffCmd   `cmd:"" help:"Make an account for a member of staff."`
	Usage   usageCmd   `cmd:"" help:"Count anew how a trust's services were used."`
	Audit   auditCmd   `cmd:"" help:"Prove that a trust's audit log is whole."`
	Backup  backupCmd  `cmd:"" help:"Back up SQLite and its files into a file that only your key opens, check it, or restore it."`
	Keys    keysCmd    `cmd:"" help:"Make a key that seals identities, or seal everything anew with the first one."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

type versionCmd struct{}

func (versionCmd) Run() error {
	_, err := fmt.Println("sharon", version)
	return err
}

func main() {
	film.Jailed()
	boundGarbage()
	go giveBack()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	args := cli{}
	parser := kong.Parse(&args,
		kong.Name("sharon"),
		kong.Description("SHaRON: peer support online for NHS services.\n\nTo try it: sharon serve --demo\n\nEvery flag can be set in the environment as SHARON_FLAG_NAME."),
		kong.DefaultEnvars("SHARON"),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := parser.Run(); err != nil {
		explain(err)
		stop()
		os.Exit(1)
	}
}

// explain prints an error for whoever typed the command.
func explain(err error) {
	var failed *fault.Error
	if !errors.As(err, &failed) {
		fmt.Fprintln(os.Stderr, "sharon:", err)
		return
	}
	fmt.Fprintln(os.Stderr, "sharon:", failed.Message)
	for _, field := range failed.Fields {
		fmt.Fprintf(os.Stderr, "  %s: %s\n", field.Name, field.Message)
	}
	if failed.Cause != nil {
		fmt.Fprintln(os.Stderr, "  because:", failed.Cause)
	}
}
