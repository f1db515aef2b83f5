package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
)

// workload is what members of a site do: the same at every run.
type workload struct {
	site    *site
	first   []spot               // the first page of every session's timeline
	pages   []spot               // first and older pages, as they are asked for
	threads []thread             // 20 replies each; nobody replies to them any more
	open    []thread             // where the replies of the load go
	readers map[string][]session // who has a thread on their timeline, by its path
	run     string               // tells this run's idempotency keys from another's
}

type spot struct {
	who  session
	path string
}

type thread struct {
	who  session
	path string
}

const (
	pagesEach    = 3  // pages of the timeline that a session reads
	threadLength = 20 // replies in a thread that is read
)

// prepare signs members in and finds out what they can read.
func (s *site) prepare(sessions, threads int) (*workload, error) {
	if err := s.signIn(sessions); err != nil {
		return nil, err
	}
	w := &workload{site: s, readers: map[string][]session{}, run: strconv.FormatUint(rand.Uint64(), 36)}
	taken := map[string]bool{}
	for _, who := range s.sessions {
		addresses, found, err := s.pages(who, pagesEach)
		if err != nil {
			return nil, err
		}
		w.first = append(w.first, spot{who, addresses[0]})
		// Most look at what is new, some read on.
		for _, path := range append([]string{addresses[0], addresses[0]}, addresses...) {
			w.pages = append(w.pages, spot{who, path})
		}
		for _, path := range found {
			w.readers[path] = append(w.readers[path], who)
		}
		for _, path := range found {
			if taken[path] {
				continue
			}
			taken[path] = true
			open, err := s.fill(thread{who, path}, len(w.threads) < threads)
			switch {
			case err != nil:
				return nil, err
			case !open:
			case len(w.threads) < threads:
				w.threads = append(w.threads, thread{who, path})
			default:
				w.open = append(w.open, thread{who, path})
			}
			if len(w.open) >= 5*len(w.first) {
				break
			}
		}
	}
	if len(w.threads) == 0 || len(w.open) == 0 {
		return nil, fmt.Errorf("%s: there are no threads on the timelines", s.name)
	}
	mix := rand.New(rand.NewPCG(1, 1)) // the same order at every run
	mix.Shuffle(len(w.pages), func(i, j int) { w.pages[i], w.pages[j] = w.pages[j], w.pages[i] })
	mix.Shuffle(len(w.open), func(i, j int) { w.open[i], w.open[j] = w.open[j], w.open[i] })
	return w, nil
}

// fill writes replies to a thread until a page of it is full; false if it is
// closed to replies. Without up it only looks.
func (s *site) fill(t thread, up bool) (bool, error) {
	var now struct {
		Root struct {
			Replies int `json:"replies"`
		} `json:"root"`
		Shut string `json:"shut"`
	}
	if err := s.api(t.who, http.MethodGet, t.path, nil, &now); err != nil || now.Shut != "" {
		return false, err
	}
	for have := now.Root.Replies; up && have < threadLength; have++ {
		if err := s.api(t.who, http.MethodPost, t.path+"/replies", map[string]string{"body": words}, &struct{}{}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// words are a reply of usual length.
const words = "Thank you for writing this. I was awake at that hour too, and it helped to know that I was not the only one. " +
	"What got me through was a cup of tea and *ten minutes* outside. Be kind to yourself today."

func (w *workload) timelineHTML(encoding string) (*load, error) {
	requests := make([][]byte, 0, len(w.pages))
	for _, page := range w.pages {
		requests = append(requests, browserGet(page.who, page.path, encoding))
	}
	return over(w.site.addr, requests), nil
}

func (w *workload) timelineJSON() (*load, error) {
	requests := make([][]byte, 0, len(w.pages))
	for _, page := range w.pages {
		requests = append(requests, apiGet(page.who, page.path))
	}
	return over(w.site.addr, requests), nil
}

// looked is what members look for: often words that are everywhere, sometimes
// several, a phrase, or what nobody has written.
var looked = []string{"night", "sleep", "tea", "morning", "tired today", "letter", "garden walk", "“cup of tea”", "appointment", "hippopotamus"}

func (w *workload) searches() (*load, error) {
	requests := make([][]byte, 0, len(w.first)*len(looked))
	for _, words := range looked {
		for _, page := range w.first {
			requests = append(requests, browserGet(page.who, page.path+"/search?q="+url.QueryEscape(words), ""))
		}
	}
	return over(w.site.addr, requests), nil
}

func (w *workload) threadHTML() (*load, error) {
	requests := make([][]byte, 0, len(w.threads))
	for _, t := range w.threads {
		requests = append(requests, browserGet(t.who, t.path, ""))
	}
	return over(w.site.addr, requests), nil
}

// replies are all different commands: each has an idempotency key of its own.
func (w *workload) replies() (*load, error) {
	body, err := json.Marshal(map[string]string{"body": words})
	if err != nil {
		return nil, err
	}
	if len(w.open) < connections {
		return nil, errors.New("too few threads to reply to")
	}
	var heads [][]byte
	for _, t := range w.open {
		for _, who := range w.readers[t.path] {
			heads = append(heads, []byte("POST "+t.path+"/replies HTTP/1.1\r\nHost: "+who.host+"\r\nAuthorization: Bearer "+who.token+
				"\r\nContent-Type: application/json\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\nIdempotency-Key: bench-"+w.run+"-"))
		}
	}
	rand.New(rand.NewPCG(2, 2)).Shuffle(len(heads), func(i, j int) { heads[i], heads[j] = heads[j], heads[i] })
	end := append([]byte("\r\n\r\n"), body...)
	return &load{addr: w.site.addr, next: func(buffer []byte, n int) []byte {
		buffer = append(buffer, heads[n%len(heads)]...)
		buffer = strconv.AppendInt(buffer, int64(n), 10)
		return append(buffer, end...)
	}}, nil
}
