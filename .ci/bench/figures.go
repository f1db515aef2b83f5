package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/posts"
)

// browserEncodings is what today's browsers say they understand.
const browserEncodings = "gzip, deflate, br, zstd"

func seconds(v float64) string {
	switch {
	case v < 1:
		return fmt.Sprintf("%.0f ms", v*1e3)
	case v < 10:
		return fmt.Sprintf("%.1f s", v)
	}
	return fmt.Sprintf("%.0f s", v)
}
func megabytes(v float64) string { return fmt.Sprintf("%.1f MB", v/1e6) }
func kilobytes(v float64) string { return fmt.Sprintf("%.1f KB", v/1e3) }
func times(v float64) string     { return fmt.Sprintf("%.2f ×", v) }

// starting measures how long the server takes to be ready with its data there,
// and what memory it has once it is and nothing happens.
func (s *site) starting(key, what string) ([]figure, error) {
	var took []time.Duration
	for range 5 {
		ready, err := s.start()
		if err != nil {
			return nil, err
		}
		took = append(took, ready)
		if len(took) < 5 {
			s.stop()
		}
	}
	time.Sleep(3 * time.Second) // the collector and the workers' first rounds are part of idling
	memory, err := residentMemory(s.server)
	return []figure{
		atMost("start-"+key, "start to ready with existing data, "+what, median(took, time.Duration.Seconds), 1, 0.2, seconds),
		atMost("memory-"+key, "idle memory, "+what, float64(memory), 80e6, 45e6, megabytes),
	}, err
}

// used is the memory after the load; there is no target for it.
func (s *site) used(key, what string) (figure, error) {
	memory, err := residentMemory(s.server)
	return atMost("memory-after-"+key, "memory after the load, "+what, float64(memory), 0, 0, megabytes), err
}

// growth is how much longer a page takes with all the data than with a small part of it.
func growth(many, one *row) figure {
	rounds := make([]float64, 0, len(many.rounds))
	for i := range min(len(many.rounds), len(one.rounds)) {
		m, o := many.rounds[i], one.rounds[i]
		rounds = append(rounds, (o.perSecond/o.base)/(m.perSecond/m.base))
	}
	return atMost("growth", "growth: time of the timeline, the first row against the second", median(rounds, func(v float64) float64 { return v }), 1.3, 1.1, times)
}

func (l *lab) binary() (figure, error) {
	info, err := os.Stat(l.sharon)
	if err != nil {
		return figure{}, err
	}
	return atMost("binary", "binary, as make builds it", float64(info.Size()), 70e6, 45e6, megabytes), nil
}

var (
	linked   = regexp.MustCompile(`(?:href|src)="(/assets/[^"#]+)`)
	imported = regexp.MustCompile(`(?:url\(["']?|from ?["']|import ?["'])(/assets/[^"')#]+)`)
)

// weight is what a browser loads for the timeline's first page, then for the
// next one, compressed as it asks; headers are not counted.
func (w *workload) weight() ([]figure, error) {
	who := w.first[0].who
	header := map[string]string{"Accept": "text/html", "Accept-Encoding": browserEncodings, "Cookie": "sharon=" + who.token}
	cached := map[string]bool{}
	var load func(path string) (int, error)
	load = func(path string) (int, error) {
		packed, err := w.site.get(who.host, path, header)
		if err != nil || packed.status != http.StatusOK {
			return 0, errors.Join(err, fmt.Errorf("%s: %d", path, packed.status))
		}
		plain, err := w.site.get(who.host, path, map[string]string{"Accept": "*/*", "Cookie": header["Cookie"]})
		if err != nil {
			return 0, err
		}
		total := len(packed.body)
		for _, found := range append(linked.FindAllSubmatch(plain.body, -1), imported.FindAllSubmatch(plain.body, -1)...) {
			asset := string(found[1])
			if cached[asset] {
				continue
			}
			cached[asset] = true
			size, err := load(asset)
			if err != nil {
				return 0, err
			}
			total += size
		}
		return total, nil
	}
	first, err := load(w.first[0].path)
	if err != nil {
		return nil, err
	}
	addresses, _, err := w.site.pages(who, 2)
	if err != nil || len(addresses) < 2 {
		return nil, errors.Join(err, errors.New("the timeline has one page only"))
	}
	later, err := load(addresses[1])
	return []figure{
		atMost("weight-first", "page weight compressed, first visit (HTML, CSS, JS, icons, avatars)", float64(first), 120e3, 80e3, kilobytes),
		atMost("weight-later", "page weight compressed, the next page (HTML, new avatars)", float64(later), 15e3, 8e3, kilobytes),
	}, err
}

// rendering is what templ takes for a timeline, without a server or a database.
func (w *workload) rendering(ctx context.Context) (figure, error) {
	var page posts.Page
	if err := w.site.api(w.first[0].who, http.MethodGet, w.first[0].path, nil, &page); err != nil {
		return figure{}, err
	}
	for i := range page.Posts {
		page.Posts[i].Write(page.Posts[i].Title, page.Posts[i].Body)
	}
	ctx = ui.WithFrame(ctx, &ui.Frame{
		Trust: "A trust", Service: "A service", About: "For those who need it", Accent: "005eb8", Home: "/service", Path: "/service",
		Now: time.Now(), Team: "The team is here until 5pm", FormToken: strings.Repeat("t", 56), May: func(string) bool { return true },
		Rooms: []ui.Room{{Name: "Home", Icon: "house", Path: "/service"}, {Key: "forums", Name: "Forums", Icon: "messages-square", Path: "/service/forums"}},
	})
	cards := templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		for _, post := range page.Posts {
			if err := posts.Card(post).Render(ctx, out); err != nil {
				return err
			}
		}
		return posts.Pager("older").Render(ctx, out)
	})
	size := 0
	timed := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			buffer := templ.GetBuffer()
			if err := ui.Page("Home").Render(templ.WithChildren(ctx, cards), buffer); err != nil {
				b.Fatal(err)
			}
			size = buffer.Len()
			templ.ReleaseBuffer(buffer)
		}
	})
	return atMost("render", fmt.Sprintf("render only: the timeline's %d posts with templ, %s", len(page.Posts), kilobytes(float64(size))), float64(timed.NsPerOp())/1e3, 0, 0,
		func(v float64) string { return fmt.Sprintf("%.0f µs", v) }), nil
}
