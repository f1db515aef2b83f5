package web

import "testing"

func TestAPathIsFilledOnceAndNeverFromWithinAValue(t *testing.T) {
	fields := map[string][]string{"path": {"/willow/{path}"}, "next": {"/{next}"}, "id": {"a b/../c"}, "q": {"x&y=z"}}
	for template, want := range map[string]string{
		"{path}":                "/willow/{path}",
		"/sign-in?next={next}":  "/sign-in?next=%2F%7Bnext%7D",
		"/forums/threads/{id}":  "/forums/threads/a%20b%2F..%2Fc",
		"/find?name={q}":        "/find?name=x%26y%3Dz",
		"/{service}/x/{absent}": "/willow/x/",
	} {
		if got := fillPath(template, map[string]string{"service": "willow"}, fields); got != want {
			t.Errorf("%s: %s, want %s", template, got, want)
		}
	}
}
