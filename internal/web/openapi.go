package web

import (
	"cmp"
	"net/http"
	"reflect"
	"strings"
)

// OpenAPI describes the table as an OpenAPI 3.1 document: every route with its
// input, output, errors and permission.
func OpenAPI(title, version string, routes []*Route) map[string]any {
	schemas := newSchemas()
	paths := map[string]map[string]any{}
	for _, route := range routes {
		if paths[route.Path] == nil {
			paths[route.Path] = map[string]any{}
		}
		paths[route.Path][strings.ToLower(route.Method)] = operation(route, schemas)
	}
	schemas.of(reflect.TypeFor[Problem]())
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": title, "version": version,
			"description": "Whatever a person can do on a page, a client can do here, by the same rules. Sign in with POST /sign-in, then send the token as a bearer. Send Idempotency-Key with a command and it happens once, however often you send it.",
		},
		"paths": paths,
		"components": map[string]any{
			"schemas":         schemas.defs,
			"securitySchemes": map[string]any{"bearer": map[string]any{"type": "http", "scheme": "bearer"}},
			"responses": map[string]any{"Problem": map[string]any{
				"description": "Problem details (RFC 9457)",
				"content":     map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}}},
			}},
		},
	}
}

func operation(route *Route, schemas *schemas) map[string]any {
	op := map[string]any{
		"summary":      route.Summary,
		"operationId":  operationID(route),
		"x-permission": route.Permission,
		"parameters":   parameters(route, schemas),
		"responses":    responses(route, schemas),
		"security":     []any{map[string]any{"bearer": []any{}}},
	}
	if route.Permission == Public {
		op["security"] = []any{}
	}
	if route.Module != "" {
		op["tags"] = []string{route.Module}
	}
	if route.Resumable {
		op["description"] = "The tus protocol, version 1.0.0 (https://tus.io), with " + tusExtensions + "."
		if route.Method == http.MethodPatch {
			op["requestBody"] = map[string]any{"required": true, "content": map[string]any{tusContent: map[string]any{}}}
		}
	} else if route.Command() {
		op["requestBody"] = map[string]any{"required": true, "content": bodies(route, schemas)}
	}
	return op
}

// bodies are the forms in which a command can be sent: JSON wherever it needs no
// file, and a form of the kind that can carry what it takes.
func bodies(route *Route, schemas *schemas) map[string]any {
	if route.Input == deliveries {
		return map[string]any{"application/json": map[string]any{"schema": map[string]any{"type": "object"}}}
	}
	inBody := func(f reflect.StructField) bool { return f.Tag.Get("path") == "" }
	form := schemas.object(route.Input, inBody)
	delete(form, "additionalProperties") // a page's own forms carry more than the fields
	content, kind := map[string]any{}, "application/x-www-form-urlencoded"
	needed := false
	for _, field := range reflect.VisibleFields(route.Input) {
		if anyFiles[field.Type] {
			kind = "multipart/form-data"
			needed = needed || hasRule(field, "required")
		}
	}
	content[kind] = map[string]any{"schema": form}
	if !needed {
		words := schemas.object(route.Input, func(f reflect.StructField) bool { return inBody(f) && !anyFiles[f.Type] })
		content["application/json"] = map[string]any{"schema": words}
	}
	return content
}

func operationID(route *Route) string {
	verb := strings.ToLower(route.Method)
	words := strings.FieldsFunc(route.Path, func(r rune) bool { return strings.ContainsRune("/{}-.", r) })
	return strings.Join(append([]string{verb}, words...), "_")
}

func parameters(route *Route, schemas *schemas) []any {
	list := []any{}
	seen := map[string]bool{}
	for _, field := range reflect.VisibleFields(route.Input) {
		if name := field.Tag.Get("path"); name != "" {
			if seen[name] = true; !strings.Contains(route.Path, "{"+name+"}") {
				continue // of another face, on which the same input says more
			}
			list = append(list, map[string]any{"name": name, "in": "path", "required": true, "schema": schemas.field(field)})
		} else if name := jsonName(field); name != "" && !route.Command() && !field.Anonymous {
			list = append(list, map[string]any{"name": name, "in": "query", "required": hasRule(field, "required"), "schema": schemas.field(field)})
		}
	}
	for _, part := range strings.Split(route.Path, "/") {
		if name := strings.Trim(part, "{}"); strings.HasPrefix(part, "{") && !seen[name] {
			list = append(list, map[string]any{"name": name, "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
		}
	}
	if route.Stream {
		list = append(list, map[string]any{"name": lastEventID, "in": "header", "required": false, "description": "The id of the last event that was seen.",
			"schema": map[string]any{"type": "string"}})
	}
	if route.Resumable {
		for _, name := range tusHeaders[route.Method] {
			list = append(list, map[string]any{"name": name, "in": "header", "required": name == "Tus-Resumable", "schema": map[string]any{"type": "string"}})
		}
	} else if route.Command() && route.Permission != Public {
		list = append(list, map[string]any{"name": "Idempotency-Key", "in": "header", "required": false,
			"schema": map[string]any{"type": "string", "maxLength": 100}})
	}
	return list
}

func responses(route *Route, schemas *schemas) map[string]any {
	problem := map[string]any{"$ref": "#/components/responses/Problem"}
	content := map[string]any{"application/json": map[string]any{"schema": schemas.of(route.Output)}}
	if route.Stream {
		content[eventStream] = map[string]any{"schema": map[string]any{"type": "string", "description": "Server-sent events, until somebody ends them"}}
	}
	out := map[string]any{
		"404": problem, "422": problem, "423": problem, "429": problem, "500": problem, "503": problem,
	}
	if route.Resumable {
		for _, status := range []string{"400", "409", "412", "413", "415", "460"} {
			out[status] = problem
		}
		done := map[string]string{http.MethodPost: "201", http.MethodHead: "200"}
		out[cmp.Or(done[route.Method], "204")] = map[string]any{"description": "Done; the headers say how far the upload is"}
	} else if route.Output == contents {
		file := map[string]any{"*/*": map[string]any{"schema": map[string]any{"type": "string", "contentMediaType": "application/octet-stream"}}}
		out["200"] = map[string]any{"description": "The file", "content": file}
		out["206"] = map[string]any{"description": "The part of it that Range asked for", "content": file}
		out["304"] = map[string]any{"description": "If-None-Match names it: it has not changed"}
		out["416"] = map[string]any{"description": "It does not reach as far as Range asked"}
	} else {
		out["200"] = map[string]any{"description": "Done", "content": content}
	}
	if route.Permission != Public {
		out["401"], out["403"] = problem, problem
	}
	if route.Method == http.MethodPost || route.Method == http.MethodPut {
		for _, status := range []string{"400", "401", "403", "409", "413", "415"} {
			out[status] = problem
		}
	}
	return out
}
