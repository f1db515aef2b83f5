// Package assets holds the files that every page loads: style sheets, scripts,
// icons and avatars. They are embedded, named by their content, compressed once
// and never change under a name, so that a browser may keep them for ever.
//
// Third-party files are vendored by .ci/vendor-assets.sh and listed, with
// licence and sha256, in manifest.json. The package reads no settings, knows no
// tenant and does no HTTP: internal/web serves what Lookup finds.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Prefix is the path under which the files are served.
const Prefix = "/assets/"

// HTMXConfig is the content of <meta name="htmx-config">, which must stand in
// the head before htmx's script: no address bar or storage of htmx's own making,
// no style sheet put in by script, same-origin requests only, one extension
// (the one in sharon.js that refuses to evaluate code).
const HTMXConfig = `{"history":false,"includeIndicatorCSS":false,"mode":"same-origin","extensions":"sharon","defaultTimeout":20000}`

const (
	immutable = "public, max-age=31536000, immutable"
	short     = "public, max-age=3600"
	asking    = "no-cache" // kept, and asked for anew each time

	// smallest is the size under which compressing saves less than a packet.
	smallest = 860
)

// Worker is the path of the service worker: one that stays the same, for browsers
// look there for a newer one, and at the top, for it may act on the pages below.
const Worker = "/worker.js"

//go:embed files
var embedded embed.FS

// everything is read once: the files are part of the binary, so a mistake in
// them is a mistake in the programme and found by any test.
var everything = mustLoad(embedded)

type catalogue struct {
	urls   map[string]string // "sharon.css" → "/assets/sharon.1a2b3c4d.css"
	byPath map[string]*File  // "/assets/sharon.1a2b3c4d.css" → the file
}

// File is one file as it is served.
type File struct {
	// Name is the name in the source tree, such as "avatars/01.svg".
	Name string
	// ContentType is the value of the header of that name.
	ContentType string
	// CacheControl is the value of the header of that name.
	CacheControl string
	// ETag is a strong validator, with its quotes. A compressed form needs
	// another: see web.
	ETag string
	// Body is the file, not compressed. It must not be changed.
	Body []byte

	once         sync.Once
	brotli, gzip []byte
}

// URL gives the path at which the named file is served: its name with eight
// digits of its content's hash, but for the Worker. An unknown name is a mistake in the programme
// and panics.
func URL(name string) string {
	u, ok := everything.urls[name]
	if !ok {
		panic("assets: no file named " + name)
	}
	return u
}

// Icon gives the address of one symbol of the icon sprite, for <use href>.
func Icon(id string) string { return URL("icons.svg") + "#" + id }

// Avatars is how many faces there are: avatars/01.svg and up.
const Avatars = 40

// Avatar gives the address of face n, counted from 1. Any other number gets the
// face it falls on when counting round, so that a stored number always has one.
func Avatar(n int) string {
	n = (n - 1) % Avatars
	if n < 0 {
		n += Avatars
	}
	return URL(fmt.Sprintf("avatars/%02d.svg", n+1))
}

// Lookup finds the file served at a path.
func Lookup(urlPath string) (*File, bool) {
	if f, ok := everything.byPath[urlPath]; ok {
		return f, true
	}
	return lookupAccent(urlPath)
}

// Brotli gives the file compressed with brotli, or nil where that is not worth
// it. It is compressed on first use, once.
func (f *File) Brotli() []byte {
	f.once.Do(f.compress)
	return f.brotli
}

// Gzip gives the file compressed with gzip, or nil where that is not worth it.
func (f *File) Gzip() []byte {
	f.once.Do(f.compress)
	return f.gzip
}

func (f *File) compress() {
	if len(f.Body) < smallest || !compressible(f.ContentType) {
		return
	}
	var b bytes.Buffer
	bw := brotli.NewWriterLevel(&b, brotli.BestCompression)
	_, err := bw.Write(f.Body)
	if err == nil {
		err = bw.Close()
	}
	if err == nil && b.Len() < len(f.Body) {
		f.brotli = b.Bytes()
	}

	var g bytes.Buffer
	gw, err := gzip.NewWriterLevel(&g, gzip.BestCompression)
	if err != nil {
		return
	}
	if _, err = gw.Write(f.Body); err != nil {
		return
	}
	if gw.Close() == nil && g.Len() < len(f.Body) {
		f.gzip = g.Bytes()
	}
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.HasPrefix(contentType, "image/svg+xml")
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
}

func mustLoad(from fs.FS) catalogue {
	c, err := load(from)
	if err != nil {
		panic("assets: " + err.Error())
	}
	return c
}

func load(from fs.FS) (catalogue, error) {
	c := catalogue{urls: map[string]string{}, byPath: map[string]*File{}}
	err := fs.WalkDir(from, "files", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(from, p)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(p, "files/")
		ext := path.Ext(name)
		typ, ok := contentTypes[ext]
		if !ok {
			return fmt.Errorf("%s: no content type for %q", p, ext)
		}
		sum := sha256.Sum256(body)
		hash := hex.EncodeToString(sum[:4])
		u := Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext
		c.urls[name] = u
		c.byPath[u] = &File{Name: name, ContentType: typ, CacheControl: immutable, ETag: `"` + hash + `"`, Body: body}
		return nil
	})
	if err == nil {
		err = c.addWorker()
	}
	return c, err
}

// large are files that few pages need: the worker does not keep them.
var large = map[string]bool{"tus.min.js": true}

// addWorker puts before the worker what it keeps: the files that a page's shell is
// made of, and the build that they are of. A browser sees by that that it is another.
func (c catalogue) addWorker() error {
	name := strings.TrimPrefix(Worker, "/")
	script := c.byPath[c.urls[name]]
	delete(c.byPath, c.urls[name])
	c.urls[name] = Worker
	build, shell := sha256.New(), []string{}
	for _, file := range slices.Sorted(maps.Keys(c.urls)) {
		fmt.Fprintln(build, c.urls[file])
		if file != name && !strings.Contains(file, "/") && !large[file] {
			shell = append(shell, c.urls[file])
		}
	}
	build.Write(script.Body)
	kept, err := json.Marshal(shell)
	if err != nil {
		return err
	}
	hash := hex.EncodeToString(build.Sum(nil)[:4])
	script.Body = fmt.Appendf(nil, "const BUILD = %q, SHELL = %s;\n%s", hash, kept, script.Body)
	script.CacheControl, script.ETag = asking, `"`+hash+`"`
	c.byPath[Worker] = script
	return nil
}
