package web_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/web"
)

// document is the OpenAPI of the test server's table, as a client reads it.
func document(t *testing.T) map[string]any {
	t.Helper()
	raw, err := json.Marshal(web.OpenAPI("SHaRON", "1", serve().app.Router.Routes()))
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(raw, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// at goes down by keys.
func at(value any, keys ...string) any {
	for _, key := range keys {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	return value
}

func TestEveryRouteIsDescribed(t *testing.T) {
	read, names := document(t), []string{}
	for _, route := range serve().app.Router.Routes() {
		op := at(read, "paths", route.Path, strings.ToLower(route.Method))
		if at(op, "summary") != route.Summary || at(op, "x-permission") != route.Permission {
			t.Errorf("%s %s: %v", route.Method, route.Path, op)
		}
		names = append(names, at(op, "operationId").(string))
		if (at(op, "requestBody") != nil) != route.Command() {
			t.Errorf("%s %s: request body %v", route.Method, route.Path, at(op, "requestBody"))
		}
		if open := len(at(op, "security").([]any)) == 0; open != (route.Permission == web.Public) {
			t.Errorf("%s %s: security %v", route.Method, route.Path, at(op, "security"))
		}
		var declared []string
		for _, parameter := range at(op, "parameters").([]any) {
			if at(parameter, "in") == "path" {
				declared = append(declared, at(parameter, "name").(string))
			}
		}
		for _, found := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(route.Path, -1) {
			if !slices.Contains(declared, found[1]) {
				t.Errorf("%s %s does not declare %s", route.Method, route.Path, found[1])
			}
		}
	}
	if slices.Sort(names); len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("an operationId twice: %v", names)
	}
}

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	read := document(t)
	found := 0
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if ref, ok := value["$ref"].(string); ok {
				found++
				if at(read, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...) == nil {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for _, inner := range value {
				walk(inner)
			}
		case []any:
			for _, inner := range value {
				walk(inner)
			}
		}
	}
	if walk(read); found == 0 {
		t.Error("no reference found: this test looked at nothing")
	}
}

func TestInputsAreDescribedAsTheyAreChecked(t *testing.T) {
	body := at(document(t), "paths", "/parcels/{id}", "post", "requestBody", "content", "application/json", "schema")
	got, _ := json.Marshal(body)
	const want = `{"additionalProperties":false,"properties":{` +
		`"count":{"maximum":5,"type":"integer"},` +
		`"kind":{"enum":["wall","thread",""],"type":"string"},` +
		`"loud":{"type":"boolean"},` +
		`"settings":{},` +
		`"tags":{"items":{"type":"string"},"maxItems":2,"type":["array","null"]},` +
		`"title":{"maxLength":10,"minLength":1,"type":"string"},` +
		`"to":{"anyOf":[{"format":"uuid","type":"string"},{"type":"null"}]}},` +
		`"required":["title"],"type":"object"}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
