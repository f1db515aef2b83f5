package main

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
)

// contract is /openapi.json as a client reads it.
type contract struct {
	doc     map[string]any
	schemas *jsonschema.Compiler
}

func readContract(t *testing.T, v *visitor) contract {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(v.getJSON("/openapi.json", nil).body))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("http://sharon/openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return contract{doc.(map[string]any), compiler}
}

// check holds an answer to what the document promises for its status.
func (c contract) check(t *testing.T, path, method string, got answer) {
	t.Helper()
	operation := c.operation(path, method)
	status := strconv.Itoa(got.status)
	if _, promised := operation["responses"].(map[string]any)[status]; !promised {
		t.Errorf("%s %s answers %s, which the document does not know: %s", method, path, status, got.body)
		return
	}
	if len(got.body) == 0 {
		return // it is all in the headers
	}
	pointer := "/components/responses/Problem/content/application~1problem+json/schema"
	if got.status == http.StatusOK {
		promised := operation["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)
		if _, file := promised["*/*"]; file {
			return // whatever it is, it has no schema
		}
		pointer = fmt.Sprintf("/paths/%s/%s/responses/200/content/application~1json/schema", strings.ReplaceAll(path, "/", "~1"), method)
	}
	schema, err := c.schemas.Compile("http://sharon/openapi.json#" + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer))
	if err != nil {
		t.Errorf("%s %s: %v", method, path, err)
		return
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(got.body))
	if err != nil {
		t.Errorf("%s %s: %s is no JSON: %v", method, path, got.body, err)
		return
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s %s: %s\n%v", method, path, got.body, err)
	}
}

func (c contract) operation(path, method string) map[string]any {
	return c.doc["paths"].(map[string]any)[path].(map[string]any)[method].(map[string]any)
}

// The document is complete (every route is in it) and true (every answer, to
// good input and to garbage, is one that it promises).
func TestTheAPIDoesWhatItsDocumentSays(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	at := s.idsOf("northmoor", "willow")
	lead := s.over("lead.willow@northmoor")
	s.sent(lead, "/willow/settings/rooms/waiting", map[string]any{"on": true, "version": 0})
	s.keepsItsWord(lead, s.visit("northmoor"), s.app.table.Routes(), at)
}

func TestTheConsolesAPIDoesWhatItsDocumentSays(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.keepsItsWord(s.over("platform@sharon"), s.visit("console"), s.app.console.Routes(), atConsole)
}

// keepsItsWord holds every answer to the document: to somebody who may do most,
// and to a stranger.
func (s *site) keepsItsWord(lead, stranger *visitor, routes []*web.Route, at ids) {
	t := s.t
	c := readContract(t, lead)
	// Signing out ends the session that the others need.
	slices.SortStableFunc(routes, func(a, b *web.Route) int { return strings.Compare(last(a.Path), last(b.Path)) })
	for _, route := range routes {
		method := strings.ToLower(route.Method)
		path := at.fill(route.Path)
		c.check(t, route.Path, method, call(lead, route, at))
		if route.Resumable {
			continue // what it makes of garbage, its own test says
		}
		if !route.Command() {
			c.check(t, route.Path, method, lead.getJSON(path+"?before=garbage&quote=garbage&name="+strings.Repeat("x", 900), nil))
			continue
		}
		for name, garbage := range garbage {
			got := lead.sendBy(route.Method, path, garbage)
			if got.status < 400 || got.status >= 500 {
				t.Errorf("%s with %s: %d %s", route.Path, name, got.status, got.body)
			}
			c.check(t, route.Path, method, got)
		}
		got := lead.sendBy(route.Method, path, []byte("x=1"), "Content-Type", "text/csv")
		if got.status != http.StatusUnsupportedMediaType {
			t.Errorf("%s with CSV: %d", route.Path, got.status)
		}
		c.check(t, route.Path, method, got)
	}
	for _, route := range routes {
		c.check(t, route.Path, strings.ToLower(route.Method), call(stranger, route, at))
	}
}

// garbage is what no command takes.
var garbage = map[string][]byte{
	"half an object":     []byte(`{"`),
	"a list":             []byte(`[]`),
	"a number":           []byte(`7`),
	"an unknown field":   []byte(`{"no_such_field":1}`),
	"broken UTF-8":       []byte("{\"x\":\"\xc3\x28\"}"),
	"nesting":            []byte(strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5000)),
	"the wrong kinds":    []byte(`{"body":[],"kind":{},"version":"x","on":"maybe","follow":7,"email":null,"password":[],"title":1,"name":[]}`),
	"a number too large": []byte(`{"version":99999999999999999999999}`),
	"two objects":        []byte(`{}{}`),
}

func last(path string) string {
	if path == "/sign-out" || path == "/sign-in" || path == "/account/devices/sign-out" {
		return "~" + path
	}
	if strings.HasSuffix(path, "/remove") {
		return "|" + path
	}
	return path
}
