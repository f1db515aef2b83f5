package database

import "context"

// Analyze has PostgreSQL count what its tables hold, so that its plans are good
// at once after a great many rows were written. It signs in with the address as
// it is: the application's own role may not. On SQLite it does nothing, because
// plans do not go by counts there.
func Analyze(ctx context.Context, rawURL string) error {
	opened, err := Open(rawURL)
	if err != nil {
		return err
	}
	postgres := opened.postgres
	if err := opened.Close(); err != nil || !postgres {
		return err
	}
	pool, err := postgresPool(rawURL, false)
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	_, err = pool.ExecContext(ctx, "SET statement_timeout = 0; ANALYZE")
	return mapError(err)
}
