package database

import (
	"context"
	"database/sql/driver"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// preparing makes a PostgreSQL connection run statements by their shape, which
// pgx prepares once for the connection and keeps.
type preparing struct{ driver.Connector }

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparingConn{conn.(*stdlib.Conn)}, nil
}

type preparingConn struct{ *stdlib.Conn }

func (c *preparingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	query, args = asPrepared(query, args)
	return c.Conn.QueryContext(ctx, query, args)
}

func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	query, args = asPrepared(query, args)
	return c.Conn.ExecContext(ctx, query, args)
}

func asPrepared(query string, args []driver.NamedValue) (string, []driver.NamedValue) {
	if len(args) > 0 {
		return query, args
	}
	shaped, texts, ok := shape(query, dollarMark)
	if !ok {
		return query, args
	}
	mode := driver.NamedValue{Value: pgx.QueryExecModeCacheStatement}
	return shaped, append([]driver.NamedValue{mode}, named(texts)...)
}

func named(texts []string) []driver.NamedValue {
	values := make([]driver.NamedValue, len(texts))
	for i, text := range texts {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: text}
	}
	return values
}

// preparingLite does the same for SQLite, whose driver keeps no statements itself.
type preparingLite struct {
	driver driver.Driver
	name   string
}

func (p preparingLite) Driver() driver.Driver { return p.driver }

func (p preparingLite) Connect(context.Context) (driver.Conn, error) {
	conn, err := p.driver.Open(p.name)
	if err != nil {
		return nil, err
	}
	return &liteConn{sqliteConn: conn.(sqliteConn), kept: map[string]driver.Stmt{}}, nil
}

// sqliteConn is what database/sql looks for in a connection.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type liteConn struct {
	sqliteConn
	kept map[string]driver.Stmt
}

// keptStatements bounds a connection's memory: our code has some two hundred
// shapes, and more would mean that something makes them without end.
const keptStatements = 500

func (c *liteConn) Close() error {
	for _, statement := range c.kept {
		_ = statement.Close()
	}
	return c.sqliteConn.Close()
}

// statement returns the prepared statement for a query and its values; nil for
// one that is better sent as it is.
func (c *liteConn) statement(ctx context.Context, query string) (driver.Stmt, []driver.NamedValue, error) {
	shaped, texts, ok := shape(query, questionMark)
	if !ok {
		return nil, nil, nil
	}
	statement := c.kept[shaped]
	if statement == nil {
		if len(c.kept) == keptStatements {
			return nil, nil, nil
		}
		var err error
		if statement, err = c.PrepareContext(ctx, shaped); err != nil {
			return nil, nil, err
		}
		c.kept[shaped] = statement
	}
	return statement, named(texts), nil
}

func (c *liteConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		statement, values, err := c.statement(ctx, query)
		if err != nil {
			return nil, err
		}
		if statement != nil {
			return statement.(driver.StmtQueryContext).QueryContext(ctx, values)
		}
	}
	return c.sqliteConn.QueryContext(ctx, query, args)
}

func (c *liteConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		statement, values, err := c.statement(ctx, query)
		if err != nil {
			return nil, err
		}
		if statement != nil {
			return statement.(driver.StmtExecContext).ExecContext(ctx, values)
		}
	}
	return c.sqliteConn.ExecContext(ctx, query, args)
}
