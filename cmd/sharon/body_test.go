package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// What is sent without a length, or not to its end, has the same limits and
// becomes no command.
func TestBodiesThatAreTooLargeOrBreakOffAreNotTaken(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.over("hazel.willow@northmoor")
	const boundary = "--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n"
	for name, try := range map[string]struct {
		kind, framing, body string
		status              int // 0 for no answer at all
	}{
		"chunks without end":     {"application/json", "Transfer-Encoding: chunked", strings.Repeat("8000\r\n"+strings.Repeat(" ", 0x8000)+"\r\n", 200), http.StatusBadRequest},
		"a form without end":     {"multipart/form-data; boundary=x", "Transfer-Encoding: chunked", strings.Repeat("8000\r\n"+strings.Repeat("y", 0x8000)+"\r\n", 200), http.StatusRequestEntityTooLarge},
		"far more than allowed":  {"application/json", "Content-Length: 99999999", strings.Repeat(" ", 10_000), http.StatusRequestEntityTooLarge},
		"a form beyond all":      {"multipart/form-data; boundary=x", "Content-Length: 99999999", boundary + strings.Repeat("y", 10_000), http.StatusRequestEntityTooLarge},
		"JSON that breaks off":   {"application/json", "Content-Length: 400", `{"body":"canary"}`, 0},
		"a form that breaks off": {"multipart/form-data; boundary=x", "Content-Length: 400", boundary + "canary\r\n", 0},
		"a form's chunks":        {"multipart/form-data; boundary=x", "Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%scanary\r\n\r\n", len(boundary)+8, boundary), 0},
		"chunks that break off":  {"application/json", "Transfer-Encoding: chunked", "11\r\n{\"body\":\"canary\"}\r\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", "127.0.0.1:"+s.port)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			_ = conn.SetDeadline(time.Now().Add(time.Minute))
			fmt.Fprintf(conn, "POST /willow/walls/hazel HTTP/1.1\r\nHost: northmoor.localhost:%s\r\nAuthorization: Bearer %s\r\nAccept: application/json\r\nContent-Type: %s\r\n%s\r\n\r\n", s.port, hazel.bearer, try.kind, try.framing)
			_, _ = conn.Write([]byte(try.body)) // the server may have hung up
			if try.status == 0 {
				_ = conn.(*net.TCPConn).CloseWrite()
			}
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err == nil {
				_ = response.Body.Close()
			}
			switch {
			case try.status == 0 && err == nil && response.StatusCode < 400:
				t.Errorf("answered %s", response.Status)
			case try.status != 0 && (err != nil || response.StatusCode != try.status):
				t.Errorf("%v %v", response, err)
			}
		})
	}
	if got := hazel.getJSON("/willow/walls/hazel", nil); got.has("canary") {
		t.Error("half a command was carried out")
	}
}
