package assets_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/sharon-nhs/sharon/internal/ui/assets"
	"github.com/sharon-nhs/sharon/internal/ui/colour"
)

const root = "../../.." // the repository

// ours are the files that we wrote ourselves; every other one is vendored.
var ours = map[string]bool{"sharon.css": true, "sharon.js": true, "kinder.js": true, "live.js": true, "messages.js": true, "names.js": true, "offline.js": true, "player.js": true, "push.js": true, "account.js": true, "aloud.js": true, "app.js": true, "easyread.css": true, "lock.js": true, "desk.js": true, "videos.js": true, "worker.js": true, "favicon.svg": true}

type vendored struct {
	Name, Path, Version, Licence, Package, LicenceText, SHA256 string
}

func manifest(t *testing.T) []vendored {
	t.Helper()
	raw, err := os.ReadFile("manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vendored
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// names gives every embedded file by its name in files/.
func names(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir("files", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, strings.TrimPrefix(filepath.ToSlash(p), "files/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVendoredFilesAreWhatTheManifestSays(t *testing.T) {
	listed := map[string]bool{}
	for _, v := range manifest(t) {
		listed[v.Path] = true
		body := read(t, filepath.Join(root, v.Path))
		sum := sha256.Sum256(body)
		if got := hex.EncodeToString(sum[:]); got != v.SHA256 {
			t.Errorf("%s: sha256 %s, manifest says %s: run .ci/vendor-assets.sh", v.Path, got, v.SHA256)
		}
		for what, s := range map[string]string{"name": v.Name, "version": v.Version, "licence": v.Licence, "package": v.Package} {
			if s == "" {
				t.Errorf("%s has no %s in the manifest", v.Path, what)
			}
		}
		if text := read(t, filepath.Join(root, v.LicenceText)); len(text) < 200 {
			t.Errorf("%s: %s is too short to be a licence", v.Path, v.LicenceText)
		}
	}
	for _, name := range names(t) {
		if !ours[name] && !listed["internal/ui/assets/files/"+name] {
			t.Errorf("files/%s is neither ours nor in the manifest", name)
		}
	}
}

var remote = []*regexp.Regexp{
	regexp.MustCompile(`(?i)url\(\s*["']?\s*(https?:)?//`),
	regexp.MustCompile(`(?i)@import`),
	regexp.MustCompile(`(?i)@font-face`),
	regexp.MustCompile(`(?i)\s(src|href|xlink:href)\s*=\s*["']?\s*(https?:)?//`),
	regexp.MustCompile(`(?i)(fetch|import|importScripts|EventSource|WebSocket)\(\s*["'\x60](https?|wss?):`),
	regexp.MustCompile(`(?i)sourceMappingURL`),
	regexp.MustCompile(`(?i)<script|<foreignObject|\son[a-z]+="`),
}

func TestNothingRemoteIsLoaded(t *testing.T) {
	for _, name := range names(t) {
		body := read(t, filepath.Join("files", name))
		for _, re := range remote {
			if re.String() == remote[6].String() && !strings.HasSuffix(name, ".svg") {
				continue // a script may speak of scripts
			}
			if at := re.Find(body); at != nil {
				t.Errorf("files/%s has %q", name, at)
			}
		}
		if strings.HasSuffix(name, ".css") && bytes.Contains(body, []byte("http")) {
			t.Errorf("files/%s names a remote address", name)
		}
	}
}

func TestEveryFileIsServedUnderItsHash(t *testing.T) {
	seen := map[string]string{}
	for _, name := range names(t) {
		u := assets.URL(name)
		if name == "worker.js" {
			continue // see TestTheWorkerHasOneAddress
		}
		if !regexp.MustCompile(`^/assets/[a-z0-9./-]+\.[0-9a-f]{8}\.(css|js|svg|png)$`).MatchString(u) {
			t.Errorf("URL(%q) = %q", name, u)
		}
		if other, ok := seen[u]; ok {
			t.Errorf("%s and %s share %s", name, other, u)
		}
		seen[u] = name
		f, ok := assets.Lookup(u)
		if !ok {
			t.Errorf("Lookup(%q) finds nothing", u)
			continue
		}
		if !bytes.Equal(f.Body, read(t, filepath.Join("files", name))) {
			t.Errorf("%s has another body", name)
		}
		if f.Name != name || !strings.Contains(f.CacheControl, "immutable") || f.ContentType == "" || f.ETag == "" {
			t.Errorf("%s: %q %q %q %q", name, f.Name, f.ContentType, f.CacheControl, f.ETag)
		}
	}
}

func TestTheWorkerHasOneAddress(t *testing.T) {
	f, ok := assets.Lookup("/worker.js")
	if !ok || assets.URL("worker.js") != "/worker.js" || f.CacheControl != "no-cache" || !strings.HasPrefix(f.ContentType, "text/javascript") {
		t.Errorf("%+v", f)
	}
}

// What the worker keeps is served, changes with the build, and is no content.
func TestTheWorkerKnowsItsBuild(t *testing.T) {
	f, _ := assets.Lookup("/worker.js")
	first, script, _ := bytes.Cut(f.Body, []byte("\n"))
	found := regexp.MustCompile(`^const BUILD = "([0-9a-f]{8})", SHELL = (\[.+\]);$`).FindSubmatch(first)
	if found == nil || f.ETag != `"`+string(found[1])+`"` || !bytes.Equal(script, read(t, "files/worker.js")) {
		t.Fatalf("%s %s", first, f.ETag)
	}
	var shell []string
	if err := json.Unmarshal(found[2], &shell); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, path := range shell {
		file, ok := assets.Lookup(path)
		if !ok || !strings.Contains(file.CacheControl, "immutable") {
			t.Errorf("%s is kept for ever and may change", path)
			continue
		}
		total += max(len(file.Brotli()), len(file.Body)/4)
	}
	for _, name := range []string{"nhsuk.css", "sharon.css", "sharon.js", "app.js", "icons.svg", "favicon.svg"} {
		if !slices.Contains(shell, assets.URL(name)) {
			t.Errorf("%s is not kept", name)
		}
	}
	if total > 120<<10 {
		t.Errorf("the worker loads %d bytes", total)
	}
}

func TestLookupRefuses(t *testing.T) {
	for _, p := range []string{
		"", "/", "/assets/", "/assets/sharon.css", "/assets/sharon.00000000.css", "/assets/../assets.go",
		"/assets/manifest.json", "/assets/files/sharon.css", "/assets/accent-.css", "/assets/accent-fff.css",
		"/assets/accent-7C2855.css", "/assets/accent-7c285g.css", "/assets/accent-7c2855", "/assets/accent-7c2855.css.map",
		"/assets/accent-#7c2855.css", "/assets/accent-7c2855}body{.css", "/assets/accent-+c2855.css", "accent-7c2855.css",
	} {
		if f, ok := assets.Lookup(p); ok {
			t.Errorf("Lookup(%q) finds %s", p, f.Name)
		}
	}
}

func TestUnknownNamePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("URL of an unknown name did not panic")
		}
	}()
	assets.URL("no-such.css")
}

func TestCompressed(t *testing.T) {
	f, _ := assets.Lookup(assets.URL("sharon.css"))
	var wg sync.WaitGroup
	for range 8 { // the first use may come from many requests at once
		wg.Go(func() { f.Brotli(); f.Gzip() })
	}
	wg.Wait()
	br, err := io.ReadAll(brotli.NewReader(bytes.NewReader(f.Brotli())))
	if err != nil || !bytes.Equal(br, f.Body) {
		t.Errorf("brotli does not give the file back: %v", err)
	}
	zr, err := gzip.NewReader(bytes.NewReader(f.Gzip()))
	if err != nil {
		t.Fatal(err)
	}
	if gz, err := io.ReadAll(zr); err != nil || !bytes.Equal(gz, f.Body) {
		t.Errorf("gzip does not give the file back: %v", err)
	}
	small, _ := assets.Lookup(assets.URL("favicon.svg"))
	if small.Brotli() != nil || small.Gzip() != nil {
		t.Error("a file of a few hundred bytes was compressed")
	}
}

// A first visit's styles, scripts and icons, as sent. The budget is 60 KB.
func TestWeight(t *testing.T) {
	total := 0
	for _, name := range []string{"nhsuk.css", "sharon.css", "htmx.min.js", "sharon.js", "icons.svg"} {
		f, _ := assets.Lookup(assets.URL(name))
		total += len(f.Brotli())
	}
	if total == 0 || total > 60<<10 {
		t.Errorf("a first visit loads %d bytes of styles, scripts and icons", total)
	}
}

func TestAvatars(t *testing.T) {
	seen := map[string]bool{}
	for n := 1; n <= assets.Avatars; n++ {
		seen[assets.Avatar(n)] = true
		f, ok := assets.Lookup(assets.Avatar(n))
		if !ok || len(f.Body) > 1200 || bytes.Contains(f.Body, []byte("metadata")) || bytes.Contains(f.Body, []byte(" id=")) {
			t.Errorf("avatar %d is missing, too big, or carries metadata or ids", n)
		}
	}
	if len(seen) != assets.Avatars {
		t.Errorf("%d different avatars, want %d", len(seen), assets.Avatars)
	}
	for n, want := range map[int]int{0: 40, -1: 39, 41: 1, 80: 40} {
		if assets.Avatar(n) != assets.Avatar(want) {
			t.Errorf("Avatar(%d) = %s, want face %d", n, assets.Avatar(n), want)
		}
	}
}

func TestIcons(t *testing.T) {
	f, _ := assets.Lookup(assets.URL("icons.svg"))
	for _, id := range []string{
		"house", "messages-square", "notebook-pen", "sprout", "gift", "mail", "video", "calendar-heart", "library", "target",
		"plus", "user-round", "users-round", "heart", "message-circle", "ellipsis", "pin", "lock", "lock-open", "bell", "bell-off",
		"flag", "pencil", "trash-2", "quote", "link", "search", "settings", "log-out", "chevron-left", "chevron-right",
		"chevron-down", "circle-alert", "circle-check", "info", "phone", "message-square-text", "clock", "moon", "sun", "eye",
		"eye-off", "hand-heart", "sparkles", "life-buoy", "history", "corner-down-right", "arrow-right", "x", "check", "menu",
		"shield", "hourglass", "image", "send", "smile", "flower-2", "hand", "star-off", "list", "sliders-horizontal",
		"toggle-right", "building-2",
	} {
		if !bytes.Contains(f.Body, []byte(`<symbol id="`+id+`" `)) {
			t.Errorf("the sprite has no %s", id)
		}
	}
}

func TestCommonPasswords(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(string(read(t, filepath.Join(root, "tenants/passwords/common.txt"))), "\n"), "\n")
	if len(lines) < 10000 {
		t.Errorf("%d passwords, want at least 10000", len(lines))
	}
	for i, l := range lines {
		if len(l) < 8 || l != strings.ToLower(l) || i > 0 && lines[i-1] >= l {
			t.Fatalf("line %d: %q is short, not lower case, or out of order", i+1, l)
		}
	}
}

var property = regexp.MustCompile(`--([a-z-]+):\s*#([0-9a-f]{3,6})\b`)

func properties(t *testing.T, css string) map[string]colour.RGB {
	t.Helper()
	out := map[string]colour.RGB{}
	for _, m := range property.FindAllStringSubmatch(css, -1) {
		h := m[2]
		if len(h) == 3 {
			h = string([]byte{h[0], h[0], h[1], h[1], h[2], h[2]})
		}
		c, err := colour.Parse(h)
		if err != nil {
			t.Fatal(err)
		}
		out[m[1]] = c
	}
	return out
}

// schemes gives the custom properties of both colour schemes of a sheet.
func schemes(t *testing.T, css string) (light, dark map[string]colour.RGB) {
	t.Helper()
	before, after, ok := strings.Cut(css, "@media (prefers-color-scheme")
	if !ok {
		t.Fatal("no dark scheme")
	}
	block, _, _ := strings.Cut(after, "}")
	light, dark = properties(t, before), properties(t, before)
	for k, v := range properties(t, block) {
		dark[k] = v
	}
	return light, dark
}

// pairs are text on its ground (4.5:1) and the edges of controls (3:1).
var pairs = []struct {
	fore, back string
	ratio      float64
}{
	{"ink", "paper", 7}, {"ink", "wash", 7}, {"ink", "sunk", 7}, {"ink", "hover", 4.5}, {"ink", "accent-wash", 4.5},
	{"ink-soft", "paper", 4.5}, {"ink-soft", "wash", 4.5}, {"ink-soft", "sunk", 4.5}, {"ink-soft", "field", 4.5},
	{"link", "paper", 4.5}, {"link", "wash", 4.5}, {"link-visited", "paper", 4.5}, {"link-hover", "paper", 4.5}, {"link-hover", "wash", 4.5},
	{"care-ink", "care-wash", 4.5}, {"peer-ink", "peer-wash", 4.5}, {"ok-ink", "ok-wash", 4.5}, {"warn-ink", "warn-wash", 4.5},
	{"danger-ink", "danger-wash", 4.5}, {"danger-ink", "paper", 4.5}, {"danger-ink", "wash", 4.5}, {"focus-ink", "focus", 7},
	{"field-line", "field", 3}, {"field-line", "paper", 3}, {"ok", "paper", 3},
	{"accent", "paper", 4.5}, {"on-accent", "accent", 4.5}, {"on-accent", "accent-deep", 4.5},
	{"accent-ink", "accent-wash", 4.5}, {"accent-ink", "wash", 4.5}, {"accent-ink", "paper", 4.5},
}

func checkPairs(t *testing.T, scheme string, p map[string]colour.RGB) {
	t.Helper()
	for _, pair := range pairs {
		f, ok1 := p[pair.fore]
		b, ok2 := p[pair.back]
		if !ok1 || !ok2 {
			t.Errorf("%s: --%s or --%s is not a plain colour", scheme, pair.fore, pair.back)
			continue
		}
		if got := colour.Contrast(f, b); got < pair.ratio {
			t.Errorf("%s: --%s %s on --%s %s is %.2f, want %.1f", scheme, pair.fore, f, pair.back, b, got, pair.ratio)
		}
	}
	if got := colour.Contrast(colour.White, p["danger"]); got < colour.AA {
		t.Errorf("%s: white on --danger is %.2f", scheme, got)
	}
}

func TestContrastInBothSchemes(t *testing.T) {
	light, dark := schemes(t, string(read(t, "files/sharon.css")))
	checkPairs(t, "light", light)
	checkPairs(t, "dark", dark)

	// Any accent a service may choose keeps every pair readable.
	for _, hex := range []string{
		assets.DefaultAccent, "7c2855", "330072", "007f3b", "d5281b", "00a499", "ed8b00", "ffeb3b", "ffffff", "000000", "768692",
		"ff00ff", "00ff00", "0000ff", "41b6e6", "78be20", "8a1538", "fae100", "ae2573", "003087",
	} {
		f, ok := assets.Lookup(assets.Accent(hex))
		if !ok {
			t.Errorf("no accent sheet for %s", hex)
			continue
		}
		accentLight, accentDark := schemes(t, string(f.Body))
		l, d := map[string]colour.RGB{}, map[string]colour.RGB{}
		for k, v := range light {
			l[k] = v
		}
		for k, v := range dark {
			d[k] = v
		}
		for k, v := range accentLight {
			l[k] = v
		}
		for k, v := range accentDark {
			d[k] = v
		}
		checkPairs(t, "light with "+hex, l)
		checkPairs(t, "dark with "+hex, d)
	}
}

func TestAccent(t *testing.T) {
	for in, want := range map[string]string{
		"7c2855": "/assets/accent-7c2855.css", "#7C2855": "/assets/accent-7c2855.css",
		"": "/assets/accent-005eb8.css", "red": "/assets/accent-005eb8.css", "fff": "/assets/accent-005eb8.css",
		"7c2855;}": "/assets/accent-005eb8.css",
	} {
		if got := assets.Accent(in); got != want {
			t.Errorf("Accent(%q) = %q, want %q", in, got, want)
		}
	}
	f, ok := assets.Lookup(assets.Accent("7c2855"))
	if !ok {
		t.Fatal("no sheet")
	}
	css := string(f.Body)
	if !strings.HasPrefix(css, ":root{--accent:#7c2855;") || strings.Count(css, "--accent-wash:") != 3 || strings.Contains(f.CacheControl, "immutable") {
		t.Errorf("accent sheet: %s\n%s", f.CacheControl, css)
	}
}

// The sheet for DefaultAccent and the fall-back in sharon.css are one colour.
func TestAccentGroundsAreThoseOfTheSheet(t *testing.T) {
	light, dark := schemes(t, string(read(t, "files/sharon.css")))
	for what, got := range map[string]string{
		"light wash f0f4f5": light["wash"].Hex(), "dark paper 1b252c": dark["paper"].Hex(), "dark wash 11181d": dark["wash"].Hex(),
		"light accent " + assets.DefaultAccent: light["accent"].Hex(),
	} {
		if !strings.HasSuffix(what, got) {
			t.Errorf("%s in accent.go, %s in sharon.css", what, got)
		}
	}
}

func TestHTMXConfig(t *testing.T) {
	var c struct {
		History             bool
		IncludeIndicatorCSS bool
		Mode, Extensions    string
	}
	if err := json.Unmarshal([]byte(assets.HTMXConfig), &c); err != nil {
		t.Fatal(err)
	}
	if c.History || c.IncludeIndicatorCSS || c.Mode != "same-origin" || c.Extensions != "sharon" || strings.Contains(assets.HTMXConfig, "'") {
		t.Errorf("htmx is not configured safely: %s", assets.HTMXConfig)
	}
}

func BenchmarkURL(b *testing.B) {
	for b.Loop() {
		assets.URL("sharon.css")
	}
}
