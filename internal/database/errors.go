package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// mapError turns what a driver says into the one error type, by code and never
// by text. Errors that already are of that type pass.
func mapError(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return &fault.Error{Code: fault.NotFound, Message: fault.Missing().Message, Cause: err}
	}
	code := fault.Internal
	var pg *pgconn.PgError
	var lite *sqlite.Error
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &pg):
		code = postgresCodes[pg.Code]
	case errors.As(err, &lite):
		if code = sqliteCodes[lite.Code()]; code == "" {
			code = sqliteCodes[lite.Code()&0xff] // the plain code of an extended one
		}
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, sql.ErrConnDone), errors.Is(err, driver.ErrBadConn), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		code = fault.Unavailable
	}
	switch code {
	case fault.Conflict:
		return fault.Wrap(code, "Somebody was faster. Look at the page again, then try once more.", err)
	case fault.Unavailable:
		return fault.Wrap(code, "SHaRON is busy or being mended. Please try again in a minute.", err)
	}
	return err
}

// Missing tells whether a look-up found no row.
func Missing(err error) bool {
	return errors.Is(err, sql.ErrNoRows) || fault.Is(err, fault.NotFound)
}

// Taken tells whether a row broke a unique key.
func Taken(err error) bool { return fault.Is(mapError(err), fault.Conflict) }

// https://www.postgresql.org/docs/current/errcodes-appendix.html
var postgresCodes = map[string]fault.Code{
	"23505": fault.Conflict,    // unique_violation
	"40001": fault.Conflict,    // serialization_failure
	"40P01": fault.Conflict,    // deadlock_detected
	"55P03": fault.Unavailable, // lock_not_available
	"57014": fault.Unavailable, // query_canceled (statement timeout)
	"57P01": fault.Unavailable, // admin_shutdown
	"57P03": fault.Unavailable, // cannot_connect_now
	"53300": fault.Unavailable, // too_many_connections
}

// https://www.sqlite.org/rescode.html
var sqliteCodes = map[int]fault.Code{
	sqlite3.SQLITE_CONSTRAINT_UNIQUE:     fault.Conflict,
	sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: fault.Conflict,
	sqlite3.SQLITE_BUSY:                  fault.Unavailable,
	sqlite3.SQLITE_LOCKED:                fault.Unavailable,
}
