package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A member is signed in over the API.
type member struct {
	fleet *fleet
	host  string
	token string
}

// member signs in the nth member of a trust's service.
func (f *fleet) member(trust string, n int) member {
	f.Helper()
	return f.account(trust, fmt.Sprintf("m%d", n))
}

// account signs in somebody of a trust's service.
func (f *fleet) account(trust, login string) member {
	f.Helper()
	m := member{fleet: f, host: trust + ".localhost"}
	var out struct{ Token string }
	err := m.send(f.web[0], "/sign-in", "", map[string]string{
		"email": fmt.Sprintf("%s.willow@%s.example", login, trust), "password": "demo-sharon-2026",
	}, &out)
	if err != nil || out.Token == "" {
		f.Fatalf("sign in: %v", err)
	}
	m.token = out.Token
	return m
}

var client = &http.Client{
	Timeout:   20 * time.Second,
	Transport: &http.Transport{MaxIdleConnsPerHost: 32},
}

// refused is an answer that is not 200: one that trying again would not mend.
type refused struct {
	status int
	body   []byte
}

func (r refused) Error() string { return fmt.Sprintf("%d %s", r.status, r.body) }

// send gives a command to one of the nodes. The error is a refused, or there
// was no answer.
func (m member) send(n *node, path, key string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(m.fleet.Context(), http.MethodPost, "http://"+n.addr+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	return m.do(request, out)
}

func (m member) get(n *node, path string, out any) error {
	request, err := http.NewRequestWithContext(m.fleet.Context(), http.MethodGet, "http://"+n.addr+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	return m.do(request, out)
}

func (m member) do(request *http.Request, out any) error {
	request.Host = m.host
	request.Header.Set("Accept", "application/json")
	if m.token != "" {
		request.Header.Set("Authorization", "Bearer "+m.token)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return refused{response.StatusCode, text}
	}
	return json.Unmarshal(text, out)
}

// thread starts one and returns its id.
func (m member) thread(title string) string {
	m.fleet.Helper()
	var post struct{ ID string }
	if err := m.send(m.fleet.web[0], "/willow/forums/threads", "", map[string]string{"board": "start-here", "title": title, "body": "First words."}, &post); err != nil {
		m.fleet.Fatalf("a thread: %v", err)
	}
	return post.ID
}

// follow has the member told of replies.
func (m member) follow(thread string) {
	m.fleet.Helper()
	if err := m.send(m.fleet.web[0], "/willow/posts/"+thread+"/follow", "", map[string]bool{"follow": true}, &struct{}{}); err != nil {
		m.fleet.Fatalf("follow: %v", err)
	}
}

// reply answers a thread at a node and returns the reply's id.
func (m member) reply(at *node, thread, key, words string) (string, error) {
	var done struct{ Post struct{ ID string } }
	err := m.send(at, "/willow/posts/"+thread+"/replies", key, map[string]string{"body": words}, &done)
	return done.Post.ID, err
}

// page reads a thread and says how long that took.
func (m member) page(at *node, thread string) time.Duration {
	m.fleet.Helper()
	request, err := http.NewRequestWithContext(m.fleet.Context(), http.MethodGet, "http://"+at.addr+"/willow/forums/threads/"+thread, nil)
	if err != nil {
		m.fleet.Fatal(err)
	}
	began := time.Now()
	if err := m.do(request, &struct{}{}); err != nil {
		m.fleet.Fatalf("a page: %v", err)
	}
	return time.Since(began)
}
