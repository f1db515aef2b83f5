package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // to read which trusts there are

	"github.com/sharon-nhs/sharon/internal/crypt"
)

// volume is how much data a site has.
type volume struct{ trusts, services, members, posts int } // members and posts of each trust

func (v volume) String() string {
	trusts := "1 trust"
	if v.trusts > 1 {
		trusts = fmt.Sprintf("%d trusts", v.trusts)
	}
	return fmt.Sprintf("%s × %s members × %s posts", trusts, thousands(v.members), thousands(v.trusts*v.posts))
}

// site is a database with data and the server in front of it.
type site struct {
	lab      *lab
	name     string
	volume   volume
	database string // DATABASE_URL
	secret   string
	mode     string // web or serve
	addr     string
	log      string
	server   *process
	made     time.Duration // how long the data took
	sessions []session
	client   *http.Client
}

// session is somebody who has signed in.
type session struct{ host, service, token string }

// newSite makes the data; start starts the server.
func (l *lab) newSite(name, database, mode string, v volume) (*site, error) {
	s := &site{lab: l, name: name, volume: v, database: database, mode: mode, secret: crypt.Token() + crypt.Token(), log: filepath.Join(l.dir, name+".log")}
	s.client = &http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
			},
			MaxIdleConnsPerHost: 4, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	l.say("making the data of %s: %s", name, v)
	began := time.Now()
	if err := l.command(s.environment(), l.sharon, "migrate", "up"); err != nil {
		return nil, err
	}
	err := l.command(s.environment(), l.sharon, "demo", "--trusts", strconv.Itoa(v.trusts), "--services", strconv.Itoa(v.services),
		"--members", strconv.Itoa(v.members), "--posts", strconv.Itoa(v.posts), "--seed", "1")
	s.made = time.Since(began)
	l.say("  %s", s.made.Round(100*time.Millisecond))
	return s, errors.Join(err, s.unhurried())
}

// unhurried has the services take no offence at how much a member writes: two
// hundred of them write what thousands would, and what is found by a rule of
// rates goes to the desk, which is another row's matter.
func (s *site) unhurried() error {
	const statement = `INSERT INTO service_modules (tenant_id, service_id, module, enabled, settings, version)
		SELECT tenant_id, id, 'safeguarding', TRUE, '{"posts_in_minutes":200}', 1 FROM services`
	path, lite := strings.CutPrefix(s.database, "sqlite://")
	if !lite {
		return s.lab.pg.exec(s.lab.ctx, s.name, statement)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(s.lab.ctx, statement)
	return errors.Join(err, db.Close())
}

func (s *site) environment() []string {
	return []string{"SHARON_DATA=" + filepath.Join(s.lab.dir, s.name), "DATABASE_URL=" + s.database, "SHARON_SECRET=" + s.secret}
}

// start starts the server and returns how long it took to be ready.
func (s *site) start() (time.Duration, error) {
	port, err := freePort(s.lab.ctx)
	if err != nil {
		return 0, err
	}
	s.addr = "127.0.0.1:" + strconv.Itoa(port)
	return s.begin()
}

// restart kills the server and starts it again at the same address.
func (s *site) restart() error {
	_ = s.server.cmd.Process.Kill()
	s.stop()
	_, err := s.begin()
	return err
}

func (s *site) begin() (time.Duration, error) {
	out, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { _ = out.Close() }()
	env := append(cleanEnvironment(), s.environment()...)
	s.server, err = s.lab.spawn("sharon "+s.mode, out, func(cmd *exec.Cmd) { cmd.Env = env }, s.lab.sharon, s.mode, "--addr", s.addr)
	if err != nil {
		return 0, err
	}
	err = s.lab.await(s.server, s.log, time.Minute, func() error {
		response, err := s.get("127.0.0.1", "/readyz", nil)
		if err == nil && response.status != http.StatusOK {
			err = fmt.Errorf("readyz says %d", response.status)
		}
		return err
	})
	return time.Since(s.server.began), err
}

func (s *site) stop() {
	s.lab.end(s.server)
	s.client.CloseIdleConnections()
}

func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// answer is what came back of one request that is not part of a load.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (s *site) get(host, path string, header map[string]string) (answer, error) {
	return s.ask(http.MethodGet, host, path, header, nil)
}

func (s *site) ask(method, host, path string, header map[string]string, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(s.lab.ctx, method, "http://"+host+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, read}, err
}

// api is a request of an API client; into takes the answer.
func (s *site) api(who session, method, path string, in, into any) error {
	header := map[string]string{"Accept": "application/json"}
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
		header["Content-Type"] = "application/json"
	}
	if who.token != "" {
		header["Authorization"] = "Bearer " + who.token
	}
	got, err := s.ask(method, who.host, path, header, body)
	if err != nil {
		return err
	}
	if got.status != http.StatusOK {
		return fmt.Errorf("%s %s of %s answers %d: %s", method, path, who.host, got.status, last(got.body))
	}
	return json.Unmarshal(got.body, into)
}

// signIn opens sessions of count members, spread over all trusts and services.
func (s *site) signIn(count int) error {
	places, err := s.places()
	if err != nil {
		return err
	}
	for i := range count {
		who, err := s.enter(places[i%len(places)], 1+i/len(places))
		if err != nil {
			return err
		}
		s.sessions = append(s.sessions, who)
	}
	return nil
}

// enter signs in the nth member of a service.
func (s *site) enter(at place, n int) (session, error) {
	who := session{host: at.trust + ".localhost", service: at.service}
	var out struct {
		Token string `json:"token"`
	}
	err := s.api(who, http.MethodPost, "/sign-in", map[string]string{
		"email": fmt.Sprintf("m%d.%s@%s.example", n, at.service, at.trust), "password": "demo-sharon-2026",
	}, &out)
	if err != nil {
		return session{}, fmt.Errorf("signing in: %w", err)
	}
	who.token = out.Token
	return who, nil
}

type place struct{ trust, service string }

// places lists every service, one of each trust first. Services that have no
// more than a few posts (the demonstration has an empty one) are left out.
func (s *site) places() ([]place, error) {
	const statement = `SELECT t.slug, v.slug FROM services AS v JOIN trusts AS t ON t.id = v.tenant_id
		WHERE (SELECT count(*) FROM (SELECT 1 FROM posts AS p WHERE p.tenant_id = v.tenant_id AND p.service_id = v.id AND p.parent_id IS NULL LIMIT 21) AS few) = 21
		ORDER BY row_number() OVER (PARTITION BY v.tenant_id ORDER BY v.slug), t.slug`
	var found []place
	if path, lite := strings.CutPrefix(s.database, "sqlite://"); lite {
		db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
		if err != nil {
			return nil, err
		}
		defer func() { _ = db.Close() }()
		rows, err := db.QueryContext(s.lab.ctx, statement)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var one place
			if err := rows.Scan(&one.trust, &one.service); err != nil {
				return nil, err
			}
			found = append(found, one)
		}
		return found, errors.Join(rows.Err(), some(found))
	}
	err := s.lab.pg.with(s.lab.ctx, s.name, func(conn *pgx.Conn) error {
		rows, err := conn.Query(s.lab.ctx, statement)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (one place, err error) {
			return one, row.Scan(&one.trust, &one.service)
		})
		return err
	})
	return found, errors.Join(err, some(found))
}

func some(found []place) error {
	if len(found) == 0 {
		return errors.New("no service has more than a page of posts: did `sharon demo` make any?")
	}
	return nil
}

// listed is what the benchmark reads of a timeline over JSON.
type listed struct {
	Posts []struct {
		ID      string `json:"id"`
		Kind    string `json:"kind"`
		Path    string `json:"path"`
		Replies int    `json:"replies"`
	} `json:"posts"`
	Older string `json:"older"`
}

// pages are the addresses of a session's first pages of the timeline, and the
// threads that stand on them.
func (s *site) pages(who session, most int) (addresses, threads []string, err error) {
	address := "/" + who.service
	for range most {
		var page listed
		if err := s.api(who, http.MethodGet, address, nil, &page); err != nil {
			return nil, nil, err
		}
		addresses = append(addresses, address)
		for _, post := range page.Posts {
			if strings.HasPrefix(post.Path, "/forums/threads/") {
				threads = append(threads, "/"+who.service+post.Path)
			}
		}
		if page.Older == "" {
			break
		}
		address = "/" + who.service + "?before=" + page.Older
	}
	return addresses, threads, nil
}
