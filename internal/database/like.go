package database

import "strings"

// literal takes from LIKE what its signs mean.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Having is the pattern of what has the words in it, in lower case, for
// "lower(…) LIKE ? ESCAPE '!'".
func Having(words string) string { return "%" + literal.Replace(strings.ToLower(words)) + "%" }
