package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/workers"
)

// everyRole is an account of each role, of both trusts.
var everyRole = []string{
	"hazel.willow@northmoor", "peer.willow@northmoor", "moderator.willow@northmoor", "clinician.willow@northmoor",
	"lead.willow@northmoor", "carer.kin@northmoor", "admin@northmoor", "waiting.bridge@eastvale", "admin@eastvale",
}

// ids are what the parameters of an address can be.
type ids map[string]string

// idsOf are things of a service that its lead can see: a thread, a board, a handle, a room.
func (s *site) idsOf(trust, service string) ids {
	s.t.Helper()
	lead := s.over("lead." + service + "@" + trust)
	var timeline struct{ Posts []struct{ ID, Kind string } }
	lead.getJSON("/"+service, &timeline)
	found := ids{"service": service, "room": "walls", "topic": "suicide", "id": uuid.Nil.String(), "file": "360p", "reference": "W-1",
		"handle": strings.ToLower(field(s.t, lead.getJSON("/"+service+"/me", nil), "person", "handle")), "board": s.boardOf("lead."+service+"@"+trust, service)}
	for _, post := range timeline.Posts {
		if post.Kind == "thread" {
			found["id"] = post.ID
		}
	}
	return found
}

func (i ids) fill(path string) string {
	for name, value := range i {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	return path
}

// call sends the route a request with good input.
func call(v *visitor, route *web.Route, at ids) answer {
	if route.Resumable {
		request := v.request(route.Method, at.fill(route.Path), nil)
		for name, value := range map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"} {
			request.Header.Set(name, value)
		}
		return v.do(request)
	}
	if fields := filesOf(route.Input); len(fields) > 0 {
		return v.sendFiles(at.fill(route.Path), example(route.Input), fields)
	}
	if route.Command() {
		return v.sendBy(route.Method, at.fill(route.Path), example(route.Input))
	}
	return v.getJSON(at.fill(route.Path), nil)
}

// filesOf names the fields of an input that are files.
func filesOf(input reflect.Type) (names []string) {
	for _, f := range reflect.VisibleFields(input) {
		if f.Type == reflect.TypeFor[web.File]() || f.Type == reflect.TypeFor[[]web.File]() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

// example makes an input that passes the checks of its `validate` tags.
func example(input reflect.Type) map[string]any {
	object := map[string]any{}
	for _, f := range reflect.VisibleFields(input) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		rules := f.Tag.Get("validate")
		if name == "" || f.Anonymous {
			continue
		}
		switch {
		case strings.Contains(rules, "oneof="):
			_, choices, _ := strings.Cut(rules, "oneof=")
			choices, _, _ = strings.Cut(choices, ",")
			object[name] = strings.Fields(choices)[0]
		case strings.Contains(rules, "email"):
			object[name] = "somebody@example.com"
		case f.Type.Kind() == reflect.String:
			object[name] = "something"
		case f.Type.Kind() == reflect.Int:
			object[name] = least(rules)
		case f.Type.Kind() == reflect.Bool:
			object[name] = true
		case f.Type == reflect.TypeFor[json.RawMessage]():
			object[name] = map[string]any{}
		}
	}
	return object
}

// least is the smallest number that a rule allows, from 1 up.
func least(rules string) int {
	for _, rule := range strings.Split(rules, ",") {
		if n, err := strconv.Atoi(strings.TrimPrefix(rule, "gte=")); err == nil {
			return max(1, n)
		}
	}
	return 1
}

func refused(status int) bool {
	return status == http.StatusNotFound || status == http.StatusForbidden
}

// Every route × every role: what belongs to the other trust, to another service
// or to nobody is refused, whoever asks; and without a session nothing opens.
func TestNobodyReachesAnotherTrustOrServiceThroughAnyRoute(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		homes := map[string]string{"northmoor": "willow", "eastvale": "orchard"}
		others := map[string]ids{"northmoor": s.idsOf("eastvale", "orchard"), "eastvale": s.idsOf("northmoor", "willow")}
		strangers := map[string]string{"northmoor": "harbour", "eastvale": "lantern"}
		for _, account := range everyRole {
			v := s.over(account)
			_, trust, _ := strings.Cut(account, "@")
			for _, route := range s.app.table.Routes() {
				if !strings.Contains(route.Path, "{service}") {
					continue
				}
				// The other trust's service, as it is called there.
				if got := call(v, route, others[trust]); !refused(got.status) {
					t.Errorf("%s: %s %s of the other trust: %d %s", account, route.Method, route.Path, got.status, got.body)
				}
				// A service of the same trust that this member is not in.
				if account != "admin@"+trust && !strings.Contains(account, strangers[trust]) {
					if got := call(v, route, ids{"service": strangers[trust], "id": others[trust]["id"], "handle": "x", "board": "x", "room": "walls", "file": "360p"}); !refused(got.status) {
						t.Errorf("%s: %s %s of another service: %d %s", account, route.Method, route.Path, got.status, got.body)
					}
				}
				// The other trust's ids inside the own service.
				if strings.Contains(route.Path, "{id}") {
					mixed := ids{"service": homes[trust], "id": others[trust]["id"], "handle": "x", "board": "x", "room": "walls", "file": "360p"}
					if got := call(v, route, mixed); !refused(got.status) {
						t.Errorf("%s: %s %s with the other trust's id: %d %s", account, route.Method, route.Path, got.status, got.body)
					}
				}
			}
		}
		stranger := s.visit("northmoor")
		for _, route := range s.app.table.Routes() {
			if route.Permission == web.Public {
				continue
			}
			if got := call(stranger, route, s.ownIDs()); got.status != http.StatusUnauthorized {
				t.Errorf("%s %s without a session: %d", route.Method, route.Path, got.status)
			}
		}
	})
}

func (s *site) ownIDs() ids {
	return ids{"service": "willow", "id": uuid.NewString(), "handle": "hazel", "board": "sleep-and-feeding", "room": "walls", "file": "360p"}
}

func TestARoomSwitchedOffAnswersNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	at := s.idsOf("northmoor", "willow")
	lead := s.over("lead.willow@northmoor")
	for _, room := range []string{"walls", "forums", "messages", "gifts", "live", "resources", "videos", "blogs", "directory", "recovery", "surveys"} {
		if got := lead.sendJSON("/willow/settings/rooms/"+room, map[string]any{"on": false, "version": 1}); got.status != 200 {
			t.Fatalf("switch off %s: %d %s", room, got.status, got.body)
		}
	}
	for _, account := range everyRole[:5] {
		v := s.over(account)
		for _, route := range s.app.table.Routes() {
			if route.Module == "" {
				continue
			}
			if got := call(v, route, at); got.status != http.StatusNotFound {
				t.Errorf("%s: %s %s of a closed room: %d", account, route.Method, route.Path, got.status)
			}
		}
		if got := v.getJSON("/willow/posts/"+at["id"], nil); got.status != http.StatusNotFound {
			t.Errorf("%s reads a thread of the closed forums by its permanent link: %d", account, got.status)
		}
	}
}

// Each role can do what its permissions say and is told so where they do not.
func TestEachRoleDoesWhatItsPermissionsSay(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	at := s.idsOf("northmoor", "willow")
	s.sent(s.over("lead.willow@northmoor"), "/willow/settings/rooms/waiting", map[string]any{"on": true, "version": 0})
	for _, account := range everyRole[:5] {
		v := s.over(account)
		role := map[string]string{"hazel": "service_user", "peer": "peer_supporter", "moderator": "moderator", "clinician": "clinician", "lead": "service_lead"}[account[:strings.Index(account, ".")]]
		for _, route := range s.app.table.Routes() {
			if route.Permission == web.Public || route.Permission == web.SignedIn || route.Permission == web.Arriving || route.Permission == web.Locked {
				continue
			}
			estate := s.app.Directory.Remembered("northmoor.localhost")
			may := estate.Policy.Decide(role, estate.Service("willow").ID.String(), route.Permission).Allowed
			got := call(v, route, at)
			if !may && got.status != http.StatusForbidden {
				t.Errorf("%s may not %s, but %s %s answers %d", role, route.Permission, route.Method, route.Path, got.status)
			}
			if may && got.status == http.StatusUnauthorized || got.status >= 500 {
				t.Errorf("%s: %s %s: %d %s", role, route.Method, route.Path, got.status, got.body)
			}
		}
	}
}

// With the race detector this finds what requests, and a worker beside them, share by
// mistake.
func TestEverybodyAsksForEverythingAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	at := s.idsOf("northmoor", "willow")
	ctx, stop := context.WithCancel(t.Context())
	var worker, askers sync.WaitGroup
	worker.Go(func() {
		if err := workers.Run(ctx, s.app.work(s.relay, nil)); err != nil {
			t.Error(err)
		}
	})
	for seed, account := range everyRole {
		v, routes := s.over(account), slices.Clone(s.app.table.Routes())
		rand.New(rand.NewPCG(uint64(seed), 0)).Shuffle(len(routes), func(i, j int) { routes[i], routes[j] = routes[j], routes[i] })
		askers.Go(func() {
			for _, route := range routes {
				if own := []string{web.Public, web.SignedIn, web.Arriving, web.Locked}; route.Command() && slices.Contains(own, route.Permission) {
					continue // some of these end the session
				}
				if got := call(v, route, at); got.status == http.StatusUnauthorized || got.status >= 500 {
					t.Errorf("%s: %s %s: %d %s", account, route.Method, route.Path, got.status, got.body)
				}
			}
		})
	}
	askers.Wait()
	stop()
	worker.Wait()
}
