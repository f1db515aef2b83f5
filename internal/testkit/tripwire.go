package testkit

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// Tripwire is a query hook that fails the test on any query of a tenant's table
// that does not say whose rows it means: a SELECT, UPDATE or DELETE whose
// tenant_id is not tied to one tenant (by itself, or by way of a table that it
// is joined to), and an INSERT that leaves tenant_id out. TenantTables lists
// the tables.
func Tripwire(t testing.TB, tables []string) bun.QueryHook {
	return tripwire{t, tables}
}

type tripwire struct {
	t      testing.TB
	tables []string
}

// BeforeQuery implements bun.QueryHook.
func (w tripwire) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery implements bun.QueryHook.
func (w tripwire) AfterQuery(_ context.Context, event *bun.QueryEvent) {
	for _, table := range astray(event.Query, w.tables) {
		w.t.Errorf("tripwire: this query touches %s without its tenant:\n%s", table, event.Query)
	}
}

// TenantTables lists the tables of the database that have a tenant_id.
func TenantTables(ctx context.Context, db bun.IDB) (tables []string, err error) {
	query := "SELECT m.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.name = 'tenant_id' ORDER BY 1"
	if db.Dialect().Name() == dialect.PG {
		query = "SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' " +
			"WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1"
	}
	err = db.NewRaw(query).Scan(ctx, &tables)
	return tables, err
}

// astray returns which of the tables a query touches without a tenant. It knows
// as much of SQL as our queries have, and where it is not sure it says astray.
func astray(query string, tables []string) (found []string) {
	r := &reading{tokens: tokens(query)}
	r.block(&block{tables: map[string]string{}})
	tied := map[column]bool{}
	for changed := true; changed; {
		changed = false
		for _, c := range r.conditions {
			restricts := c.restricts.resolved()
			if c.clause.sure() && !tied[restricts] && (c.by == nil || tied[c.by.resolved()]) {
				tied[restricts], changed = true, true
			}
		}
	}
	for _, b := range r.blocks {
		for alias, table := range b.tables {
			if slices.Contains(tables, table) && !tied[column{b, alias, "tenant_id"}] && (alias != b.into || !b.complete) {
				found = append(found, table)
			}
		}
	}
	slices.Sort(found)
	return found
}

// tokens are the words, literals and signs of a query. It reads every query of
// every test, so a regular expression would be too slow.
func tokens(query string) (all []string) {
	for at := 0; at < len(query); {
		end := at + 1
		switch c := query[at]; {
		case c == ' ' || c == '\n' || c == '\t':
			at = end
			continue
		case c == '\'' || c == '"':
			end = closing(query, at)
		case inWord(c):
			for end < len(query) && inWord(query[end]) {
				end++
			}
		case end < len(query) && slices.Contains(signs, query[at:end+1]):
			end++
		}
		all = append(all, query[at:end])
		at = end
	}
	return all
}

// signs are those of two characters.
var signs = []string{"<=", ">=", "<>", "!=", "::"}

// closing is where the literal or quoted name ends that begins at a quote,
// which is written twice within it.
func closing(query string, at int) int {
	quote := query[at]
	for at++; ; at += 2 {
		next := strings.IndexByte(query[at:], quote)
		if next < 0 {
			return len(query)
		}
		if at += next; at+1 == len(query) || query[at+1] != quote {
			return at + 1
		}
	}
}

func inWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isName says whether a token may name a table or a column.
func isName(token string) bool {
	return token != "" && (token[0] == '"' || inWord(token[0]) && token[0] > '9')
}

// isTenant says whether a token is the id of a tenant.
func isTenant(token string) bool {
	return len(token) == len(noTenant) && token != noTenant && token[0] == '\'' && uuid.Validate(token[1:len(token)-1]) == nil
}

const noTenant = "'00000000-0000-0000-0000-000000000000'"

// block is a SELECT, or the statement itself, with the tables that it names.
type block struct {
	outer    *block
	tables   map[string]string // by alias
	into     string            // alias of the table of an INSERT
	complete bool              // the INSERT has a tenant_id
}

// column is a column of a table of a block; without an alias, of its only table.
type column struct {
	in          *block
	alias, name string
}

// resolved is the column in the block that names its table: a subquery may
// speak of the tables around it, even before they are named.
func (c column) resolved() column {
	if c.alias == "" && len(c.in.tables) == 1 {
		for c.alias = range c.in.tables {
			return c
		}
	}
	for at := c.in; at != nil; at = at.outer {
		if _, here := at.tables[c.alias]; here {
			return column{at, c.alias, c.name}
		}
	}
	return c
}

// clause is what lies between two keywords, or in brackets within it.
type clause struct {
	around *clause
	or     bool   // or NOT: no condition in it is sure
	joined string // in the ON of a left join, the only table that it restricts
}

func (c *clause) sure() bool { return c == nil || !c.or && c.around.sure() }

// condition says that one column is equal to another, or to a tenant if by is nil.
type condition struct {
	restricts column
	by        *column
	clause    *clause
}

// reading is the state of reading one query.
type reading struct {
	tokens     []string
	at         int
	blocks     []*block
	conditions []condition
}

func (r *reading) peek(ahead int) string {
	if i := r.at + ahead; i >= 0 && i < len(r.tokens) {
		return r.tokens[i]
	}
	return ""
}

// keyword is a token in capitals; empty for a quoted name or what is longer than
// any, which is none.
func keyword(token string) string {
	if len(token) > len("INTERSECT") || strings.HasPrefix(token, `"`) {
		return ""
	}
	return strings.ToUpper(token)
}

func bare(token string) string { return strings.Trim(token, `"`) }

// clauses are the words that begin a clause; none of them is an alias.
var clauses = []string{"SELECT", "FROM", "JOIN", "ON", "USING", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "SET", "VALUES", "RETURNING",
	"INTO", "UNION", "EXCEPT", "INTERSECT", "LEFT", "RIGHT", "INNER", "CROSS", "FULL", "FOR", "OFFSET", "DEFAULT"}

// block reads to the end of the brackets, or of the query.
func (r *reading) block(b *block) {
	r.blocks = append(r.blocks, b)
	now, word, joined := &clause{}, "", ""
	for ; r.at < len(r.tokens); r.at++ {
		key := keyword(r.peek(0))
		before := keyword(r.peek(-1))
		if key == "UNION" || key == "EXCEPT" || key == "INTERSECT" || key == "SELECT" && b.into != "" {
			b = &block{outer: b.outer, tables: map[string]string{}}
			r.blocks = append(r.blocks, b)
		}
		if slices.Contains(clauses, key) {
			now, word = &clause{}, key
		}
		switch {
		case key == ")":
			return
		case key == "(":
			r.brackets(b, now, word)
		case key == "OR":
			now.or = true
		case key == "=" && word != "SET":
			r.equal(b, now)
		case key == "UPDATE" && before != "FOR" && before != "DO", key == "FROM", key == "USING", key == "," && (word == "FROM" || word == "ON"):
			r.table(b)
		case key == "INTO":
			b.into = r.table(b)
		case key == "JOIN":
			if joined = r.table(b); before != "LEFT" && before != "OUTER" {
				joined = ""
			}
		case key == "ON":
			now.joined = joined
		}
	}
}

// brackets reads a subquery, a list of columns or a group of conditions.
func (r *reading) brackets(b *block, around *clause, word string) {
	inner := &clause{around: around, or: keyword(r.peek(-1)) == "NOT", joined: around.joined}
	r.at++
	if first := keyword(r.peek(0)); first == "SELECT" || first == "WITH" {
		r.block(&block{outer: b, tables: map[string]string{}})
		return
	}
	for ; r.at < len(r.tokens); r.at++ {
		switch key := keyword(r.peek(0)); {
		case key == ")":
			return
		case key == "(":
			r.brackets(b, inner, "")
		case key == "OR":
			inner.or = true
		case key == "=":
			r.equal(b, inner)
		case word == "INTO" && bare(r.peek(0)) == "tenant_id":
			b.complete = true
		}
	}
}

// table reads the name of a table, with its alias, and returns the alias.
func (r *reading) table(b *block) string {
	if !isName(r.peek(1)) {
		return "" // a subquery, which is read by itself
	}
	r.at++
	if r.peek(1) == "." {
		r.at += 2
	}
	table := bare(r.peek(0))
	alias := table
	if keyword(r.peek(1)) == "AS" {
		r.at++
	}
	if next := r.peek(1); isName(next) && !slices.Contains(clauses, keyword(next)) {
		r.at++
		alias = bare(next)
	}
	b.tables[alias] = table
	return alias
}

// equal notes the two sides of an equals sign.
func (r *reading) equal(b *block, in *clause) {
	left, leftIsColumn := r.side(b, -1)
	right, rightIsColumn := r.side(b, 1)
	note := func(restricts column, by *column) {
		if in.joined == "" || restricts.alias == in.joined {
			r.conditions = append(r.conditions, condition{restricts, by, in})
		}
	}
	switch {
	case leftIsColumn && rightIsColumn:
		note(left, &right)
		note(right, &left)
	case leftIsColumn && isTenant(r.peek(1)):
		note(left, nil)
	case rightIsColumn && isTenant(r.peek(-1)):
		note(right, nil)
	}
}

// side reads the column on one side of the token at hand.
func (r *reading) side(b *block, step int) (column, bool) {
	near, dot, far := r.peek(step), r.peek(2*step), r.peek(3*step)
	switch {
	case !isName(near):
		return column{}, false
	case dot != ".":
		return column{b, "", bare(near)}, true
	case step < 0:
		return column{b, bare(far), bare(near)}, true
	}
	return column{b, bare(near), bare(far)}, true
}
