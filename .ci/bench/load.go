package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// connections is how many clients ask at once, each the next thing as soon as it has its answer.
const connections = 16

// load is something to ask a server for again and again.
type load struct {
	addr string
	// next appends the nth request to an empty buffer, or returns one that is ready.
	next func(buffer []byte, n int) []byte
	sent atomic.Int64 // goes on from round to round, so that no request comes twice
}

// measured is what one round of a load came to.
type measured struct {
	perSecond float64
	p50, p99  time.Duration
}

// over is a load of ready requests, taken in turn.
func over(addr string, requests [][]byte) *load {
	return &load{addr: addr, next: func(_ []byte, n int) []byte { return requests[n%len(requests)] }}
}

// run asks for the given time and counts what was answered in it. Any answer
// but 200 is an error: a server that refuses is fast.
func (l *load) run(ctx context.Context, warmUp, took time.Duration) (measured, error) {
	began := time.Now()
	from, until := began.Add(warmUp), began.Add(warmUp+took)
	latencies := make([][]time.Duration, connections)
	errs := make([]error, connections)
	var clients sync.WaitGroup
	for i := range connections {
		clients.Go(func() { latencies[i], errs[i] = l.client(ctx, from, until) })
	}
	clients.Wait()
	for _, err := range errs {
		if err != nil {
			return measured{}, err
		}
	}
	all := slices.Concat(latencies...)
	if len(all) == 0 {
		return measured{}, fmt.Errorf("nothing was answered within %s", took)
	}
	slices.Sort(all)
	return measured{float64(len(all)) / took.Seconds(), all[len(all)/2], all[len(all)*99/100]}, nil
}

// client is one connection. It does no more than it must, so that the server
// has the machine: requests are ready, answers are counted and thrown away.
func (l *load) client(ctx context.Context, from, until time.Time) ([]time.Duration, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", l.addr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(until.Add(30 * time.Second)); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, 64<<10)
	latencies := make([]time.Duration, 0, 64<<10)
	var buffer []byte
	for ctx.Err() == nil {
		began := time.Now()
		if !began.Before(until) {
			return latencies, nil
		}
		buffer = l.next(buffer[:0], int(l.sent.Add(1)-1))
		if _, err := conn.Write(buffer); err != nil {
			return nil, err
		}
		if err := discard(in); err != nil {
			return nil, fmt.Errorf("%s: %w", bytes.SplitN(buffer, []byte(" HTTP/"), 2)[0], err)
		}
		if ended := time.Now(); !began.Before(from) && !ended.After(until) {
			latencies = append(latencies, ended.Sub(began))
		}
	}
	return nil, ctx.Err()
}

var contentLength = []byte("content-length:")

// discard reads one answer and throws it away.
func discard(in *bufio.Reader) error {
	status, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200")) {
		return fmt.Errorf("answered %q", bytes.TrimSpace(status))
	}
	length := -1
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if len(line) > len(contentLength) && bytes.EqualFold(line[:len(contentLength)], contentLength) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("answered without a length")
	}
	_, err = in.Discard(length)
	return err
}

// browserGet is a page as a browser asks for it, but for the compression, which
// has a row of its own.
func browserGet(who session, path, encoding string) []byte {
	text := "GET " + path + " HTTP/1.1\r\nHost: " + who.host + "\r\nAccept: text/html\r\nCookie: sharon=" + who.token + "\r\n"
	if encoding != "" {
		text += "Accept-Encoding: " + encoding + "\r\n"
	}
	return []byte(text + "\r\n")
}

func apiGet(who session, path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + who.host + "\r\nAccept: application/json\r\nAuthorization: Bearer " + who.token + "\r\n\r\n")
}
