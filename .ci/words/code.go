package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

const hole = "{}"

func (t texts) ofCode(path string) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err == nil {
		code{t, path}.look(file)
	}
	return err
}

// code is Go that is read.
type code struct {
	texts texts
	path  string
}

// ofTeam is what is read in code that only the team or the platform's staff see.
func (c code) ofTeam() code { return code{c.texts, team + strings.TrimPrefix(c.path, team)} }

// piece reads what a template has of Go. If anything is wrong with it, templ says so.
func (c code) piece(text string) {
	if file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, parser.SkipObjectResolution); err == nil {
		c.look(file)
	}
}

// says is what an expression may say, with a hole for what only the page knows.
func (c code) says(text string) []string {
	expression, err := parser.ParseExpr(text)
	if err != nil {
		return []string{hole}
	}
	return c.ways(expression)
}

var verb = regexp.MustCompile(`%[-+# 0]*[0-9.]*[a-zA-Z]`)

func (c code) ways(e ast.Expr) []string {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return c.ways(x.X)
	case *ast.BasicLit:
		if text, ok := literal(x); ok {
			return []string{text}
		}
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			return joined(c.ways(x.X), c.ways(x.Y))
		}
	case *ast.CallExpr:
		if ways := c.built(x); ways != nil {
			return ways
		}
	}
	c.look(e)
	return []string{hole}
}

// built is what a call that puts words together may say; nil for any other call.
func (c code) built(call *ast.CallExpr) []string {
	_, name := called(call)
	if name != "Sprintf" && name != "Count" && name != "Word" {
		return nil
	}
	var words []string
	for _, arg := range call.Args {
		if text, ok := literal(arg); ok {
			words = append(words, text)
		} else {
			c.look(arg)
		}
	}
	switch {
	case len(words) == 0:
		return []string{hole}
	case name == "Count":
		return []string{hole + " " + words[0], hole + " " + words[len(words)-1]}
	case name == "Sprintf":
		return []string{strings.ReplaceAll(verb.ReplaceAllString(words[0], hole), "%%", "%")}
	}
	return words
}

// ofAll is what is read in code of the team that makes something for everybody's pages.
func (c code) ofAll() code {
	if strings.HasPrefix(c.path, "admin/") {
		return c // the console is nobody else's
	}
	return code{c.texts, all + strings.TrimPrefix(strings.TrimPrefix(c.path, all), team)}
}

// everybodys are the types of what rooms add to everybody's pages.
var everybodys = set("MeLink Room Link Class")

// made is the name of the type of which a literal makes one, or several.
func made(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.ArrayType:
		return made(t.Elt)
	case *ast.SelectorExpr:
		return t.Sel.Name
	}
	return ""
}

// look notes the texts in a piece of code.
func (c code) look(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.TypeSpec:
			if x.Name.Name == "Settings" {
				c.ofTeam().look(x.Type)
				return false
			}
		case *ast.ValueSpec:
			if theirs[x.Names[0].Name] {
				for _, value := range x.Values {
					c.ofTeam().look(value)
				}
				return false
			}
		case *ast.CaseClause:
			for _, statement := range x.Body {
				c.look(statement)
			}
			return false
		case *ast.Field:
			c.tag(x.Tag)
			c.look(x.Type)
			return false
		case *ast.KeyValueExpr:
			c.named(x)
			return false
		case *ast.CompositeLit:
			if m, ok := x.Type.(*ast.MapType); ok && isString(m.Value) && !isString(m.Key) {
				for _, one := range x.Elts {
					c.note(c.ways(one.(*ast.KeyValueExpr).Value), lettered)
				}
				return false
			}
			switch kind, _ := x.Type.(*ast.SelectorExpr); {
			case kind != nil && kind.Sel.Name == "Module":
				c.room(x)
				return false
			case kind != nil && kind.Sel.Name == "Subject": // what the desk is shown
				for _, one := range x.Elts {
					c.ofTeam().look(one)
				}
				return false
			case everybodys[made(x.Type)]:
				for _, one := range x.Elts {
					c.ofAll().look(one)
				}
				return false
			}
		case *ast.IndexExpr:
			c.look(x.X)
			return false
		case *ast.BinaryExpr:
			if x.Op == token.ADD {
				c.note(c.ways(x), reads)
			}
			return x.Op == token.LAND || x.Op == token.LOR
		case *ast.CallExpr:
			of, name := called(x)
			if quiet[name] || quiet[of+"."] {
				c.look(x.Fun)
				return false
			}
			if ways := c.built(x); ways != nil {
				c.note(ways, lettered)
				return false
			}
		case *ast.BasicLit:
			if text, ok := literal(x); ok {
				c.note([]string{text}, reads)
			}
		}
		return true
	})
}

// named is a field of a struct that is made; some fields are always words, others never.
func (c code) named(pair *ast.KeyValueExpr) {
	name, _ := pair.Key.(*ast.Ident)
	switch {
	case name != nil && never[name.Name]:
	case name != nil && theirs[name.Name]:
		c.ofTeam().look(pair.Value)
	case name != nil && always[name.Name]:
		c.note(c.ways(pair.Value), lettered)
	default:
		c.look(pair.Value)
	}
}

// room is a room's own description: what it is for is told to the service's lead.
func (c code) room(of *ast.CompositeLit) {
	for _, one := range of.Elts {
		pair, _ := one.(*ast.KeyValueExpr)
		if name, ok := pair.Key.(*ast.Ident); ok && name.Name == "About" {
			c.ofTeam().look(pair)
		} else {
			c.named(pair)
		}
	}
}

// tag notes what a form calls a field, also as a sentence begins with it.
func (c code) tag(tag *ast.BasicLit) {
	if tag == nil {
		return
	}
	text, _ := literal(tag)
	tags := reflect.StructTag(text)
	c.note([]string{tags.Get("hint"), tags.Get("label")}, lettered)
	bare := tags.Get("label")
	for _, article := range []string{"a ", "an ", "the ", "your "} {
		bare = strings.TrimPrefix(bare, article)
	}
	if bare != "" {
		c.note([]string{strings.ToUpper(bare[:1]) + bare[1:]}, lettered)
	}
}

// note adds texts that look like some.
func (c code) note(all []string, like *regexp.Regexp) {
	for _, text := range all {
		if utf8.ValidString(text) && like.MatchString(strings.TrimSpace(text)) && !technical.MatchString(text) {
			c.texts.add(blank.ReplaceAllString(text, hole), c.path)
		}
	}
}

var (
	lettered = regexp.MustCompile(`\p{L}`)
	// reads is what reads like a text: several words, or one that begins a sentence.
	reads = regexp.MustCompile(`\p{L}.* | .*\p{L}|^\p{Lu}[\p{Ll}’-]+[.,:?!…]?$`)
	// technical is an address, a class, a header, a layout of a time, SQL, a key or a line of a file.
	technical = regexp.MustCompile(`[^\pL\pM\pN\pP\pS\pZ]|^[/?#.]|^https?:|\n|\\|[a-z]--[a-z]|^btn|^[A-Z]\w*(-[A-Z]\w*)+$|2006|15:04|SELECT |\?TableAlias|[=>] \?|\bIS (NOT )?NULL|^[a-z]+[_.][a-z_.]+$|<[a-z/]|charset=|max-age|-src |no-store|nofollow|\(\),|^[a-z]+/[{a-z%]|[a-z] < |^ ?[A-Z]{2,3} ?$|^must be|LIKE '|KEY UPDATE|SKIP LOCKED|AND$|^ ?AND |IN \(\?|= '|^p, |-cache$`)
	// blank is what a text is filled in at by code.
	blank = regexp.MustCompile(`\{[a-zA-Z]+\}|%[dqsv]`)
)

// quiet are functions, and packages, that are given no texts of the interface.
var quiet = set("Where WhereOr Set Join JoinOn ColumnExpr Column TableExpr ModelTableExpr OrderExpr Order GroupExpr Group Having Returning On NewRaw Relation " +
	"Errorf Fprintf panic MustCompile Format Parse ErrorContext WarnContext InfoContext DebugContext Error Warn Info " +
	"strings. regexp. slog. errors. strconv. filepath. path. http. url. bytes. sql. xml. os. web.")

// always are fields that hold words, never are those that hold none, and theirs are
// those, and variables, that only the team sees.
var (
	theirs = set("Rights rights Acts acts Counts counts")
	always = set("Label Hint Title Legend About Words Says Intro Empty Ask one many")
	never  = set("Icon Path Key Type Autocomplete Attributes Colour Class Queue Kind Subject Module Permission Grants Layout")
)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		all[word] = true
	}
	return all
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// called is the name of a function, and of what it is selected from.
func called(call *ast.CallExpr) (of, name string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return "", f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			of = x.Name
		}
		return of, f.Sel.Name
	}
	return "", ""
}

func isString(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "string"
}
