package database

import (
	"strconv"
	"strings"
)

// Longer statements, and those with more texts, are bulk inserts: each is sent
// once only, so preparing it would be work for nothing.
const (
	longestShape = 8 << 10
	mostTexts    = 60
)

// shape takes out of a statement the texts that bun wrote into it, so that
// statements which differ in their texts alone are one prepared statement:
// planning one anew costs PostgreSQL more than running it. mark writes the nth
// placeholder. ok is false for what is better sent as it is.
func shape(query string, mark func(into *strings.Builder, n int)) (shaped string, texts []string, ok bool) {
	if len(query) > longestShape || !preparable(query) {
		return "", nil, false
	}
	var out strings.Builder
	out.Grow(len(query))
	copied := 0
	for i := 0; i < len(query); {
		switch query[i] {
		case '"':
			end := strings.IndexByte(query[i+1:], '"')
			if end < 0 {
				return "", nil, false
			}
			i += end + 2
		case '\'':
			end := textEnd(query, i)
			if end < 0 || len(texts) == mostTexts {
				return "", nil, false
			}
			if isValue(query[:i]) {
				out.WriteString(query[copied:i])
				texts = append(texts, strings.ReplaceAll(query[i+1:end-1], "''", "'"))
				mark(&out, len(texts))
				copied = end
			} else if i > 0 && query[i-1] != 'X' && query[i-1] != ' ' {
				return "", nil, false // E'…' has rules of its own
			}
			i = end
		case '$', ';', '?', '\\':
			return "", nil, false // placeholders, several statements, what bun does not write
		case '-', '/':
			if i+1 < len(query) && (query[i+1] == '-' || query[i+1] == '*') {
				return "", nil, false // a comment may hold a single quote
			}
			i++
		default:
			i++
		}
	}
	out.WriteString(query[copied:])
	return out.String(), texts, true
}

func preparable(query string) bool {
	verb, _, _ := strings.Cut(query, " ")
	return verb == "SELECT" || verb == "INSERT" || verb == "UPDATE" || verb == "DELETE"
}

// textEnd is where the text that begins at the quote at start has ended; -1 if
// it never does. Two quotes in it stand for one.
func textEnd(query string, start int) int {
	for i := start + 1; i < len(query); i++ {
		if query[i] != '\'' {
			continue
		}
		if i+1 < len(query) && query[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
	}
	return -1
}

// isValue tells by what stands before it whether a text is a value, and not
// part of a type's name or of another notation.
func isValue(before string) bool {
	before = strings.TrimRight(before, " ")
	return before != "" && strings.IndexByte("=(,<>", before[len(before)-1]) >= 0 || strings.HasSuffix(before, " THEN")
}

func dollarMark(into *strings.Builder, n int) {
	into.WriteByte('$')
	into.WriteString(strconv.Itoa(n))
}

func questionMark(into *strings.Builder, _ int) { into.WriteByte('?') }
