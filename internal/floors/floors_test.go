// Package floors holds the house to its floor plan: what may import what.
package floors

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sharon-nhs/sharon"

// kernels are what rooms share.
var kernels = []string{"modules/posts", "modules/safety"}

// above names, for each floor, the floors that it must not import.
var above = map[string][]string{
	"internal":   {"tenants", "modules", "admin", "workers", "migrations", "cmd"},
	"migrations": {"tenants", "modules", "admin", "workers", "cmd"},
	"tenants":    {"modules", "admin", "workers", "cmd"},
	"modules":    {"admin", "workers", "cmd"},
	"admin":      {"cmd"},
	"workers":    {"cmd"},
	"cmd":        {},
}

// libraries that stay in their rooms, and these rooms.
var kept = map[string][]string{
	"github.com/hibiken/asynq":    {"internal/jobs", "workers"},
	"github.com/gofiber/fiber":    {"internal/web", "cmd"},
	"github.com/stripe/stripe-go": {"admin"},
}

// wrong says why a package must not import another, and is empty if it may.
// Both are paths within the module, or a library's whole path.
func wrong(importer, imported string, inTest bool) string {
	for library, rooms := range kept {
		if within(imported, library) && !slices.ContainsFunc(rooms, func(room string) bool { return within(importer, room) }) {
			return "its types stay in " + strings.Join(rooms, " and ")
		}
	}
	if imported == "internal/testkit" && !inTest {
		return "testkit is for tests only"
	}
	floor := first(importer)
	if _, known := above[floor]; !known {
		return "there is no floor " + floor
	}
	if slices.Contains(above[floor], first(imported)) {
		return floor + " is below " + first(imported)
	}
	if floor == "modules" && first(imported) == "modules" && !within(importer, "modules/all") {
		own := strings.Join(strings.SplitN(importer, "/", 3)[:min(2, strings.Count(importer, "/")+1)], "/")
		if imported != "modules" && !slices.ContainsFunc(kernels, func(kernel string) bool { return within(imported, kernel) }) && (own == "modules" || !within(imported, own)) {
			return "no module imports another: use an event, or an interface that cmd wires"
		}
	}
	return ""
}

func first(path string) string { return strings.SplitN(path, "/", 2)[0] }

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// TestFloors reads the imports of every Go file of the module, whatever system
// it is for. It reads them itself, so that go test knows what its cached result
// stands on.
func TestFloors(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			name := entry.Name()
			ignored := filepath.Dir(path) == root && slices.Contains([]string{"bin", "data", "tmp"}, name) // as .gitignore has it
			if path != root && (ignored || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		files++
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		importer := filepath.ToSlash(folder)
		inTest := strings.HasSuffix(path, "_test.go") || within(importer, "internal/testkit")
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := wrong(importer, strings.TrimPrefix(imported, module+"/"), inTest); why != "" {
				t.Errorf("%s imports %s: %s", path, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 2 {
		t.Errorf("found %d Go files: this test looked at nothing", files)
	}
}

func TestWrong(t *testing.T) {
	for _, c := range []struct {
		importer, imported string
		test, ok           bool
	}{
		{"internal/web", "internal/clock", false, true},
		{"internal/web", "tenants", false, false},
		{"internal/web", "github.com/gofiber/fiber/v2", false, true},
		{"internal/jobs", "github.com/gofiber/fiber/v2", false, false},
		{"modules/forums", "github.com/hibiken/asynq", false, false},
		{"tenants/policy", "tenants", false, true},
		{"tenants", "modules", false, false},
		{"modules", "modules/posts", false, true},
		{"modules", "modules/forums", false, false},
		{"modules/forums", "modules", false, true},
		{"modules/forums", "modules/posts", false, true},
		{"modules/posts", "modules/safety", false, true},
		{"modules/forums", "modules/posts/search", false, true},
		{"modules/forums", "modules/forums/boards", false, true},
		{"modules/forums", "modules/walls", false, false},
		{"modules/forums", "modules/walls", true, false},
		{"modules/forums", "modules/forums", true, true},
		{"modules/posts", "modules/walls", false, false},
		{"modules/all", "modules/walls", false, true},
		{"modules/all", "workers", false, false},
		{"workers", "modules/all", false, true},
		{"workers", "cmd/sharon", false, false},
		{"cmd/sharon", "workers", false, true},
		{"modules/walls", "internal/testkit", true, true},
		{"modules/walls", "internal/testkit", false, false},
		{"helpers", "fmt", false, false},
	} {
		if why := wrong(c.importer, c.imported, c.test); (why == "") != c.ok {
			t.Errorf("%s importing %s (test: %v): want it allowed: %v, got %q", c.importer, c.imported, c.test, c.ok, why)
		}
	}
}
