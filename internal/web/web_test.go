package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// door lets everybody in and remembers the last request.
type door struct{ last *web.Request }

func (d *door) Enter(ctx context.Context, r *web.Request, fn func(context.Context, string) error) error {
	d.last = r
	return fn(ctx, "scope")
}
func (d *door) Page(ctx context.Context, _ *web.Request, _ string) context.Context { return ctx }
func (d *door) Outside(ctx context.Context, _ *web.Request) context.Context        { return ctx }
func (d *door) Problem(failed *fault.Error, kept []web.Kept) templ.Component {
	words := failed.Message
	for _, field := range kept {
		words += "|" + field.Label + "=" + field.Value
	}
	return text(words)
}

func text(words string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, words)
		return err
	})
}

// parcel has a field of every kind that a form or JSON can fill.
type parcel struct {
	ID       uuid.UUID       `path:"id" json:"-"`
	Title    string          `json:"title" validate:"filled,max=10" label:"a title"`
	Count    int             `json:"count,omitempty" validate:"lte=5"`
	Loud     bool            `json:"loud,omitempty"`
	Kind     string          `json:"kind,omitempty" validate:"omitempty,oneof=wall thread" label:"the kind"`
	To       *uuid.UUID      `json:"to,omitempty"`
	Tags     []string        `json:"tags,omitempty" validate:"max=2,dive,max=3"`
	Settings json.RawMessage `json:"settings,omitempty"`
}

type letter struct {
	Inner struct {
		Lines []struct {
			Text string `json:"text" validate:"max=3"`
		} `json:"lines" validate:"dive"`
	} `json:"inner"`
}

type next struct {
	Next string `json:"next"`
	Name string `json:"name,omitempty"`
}

type since struct {
	Name string `path:"name" json:"-"`
	Last string `json:"last,omitempty" validate:"max=20"`
}

type news struct {
	Lines []string `json:"lines"`
}

type key struct{}

func (key) Cookies() []web.Cookie {
	return []web.Cookie{{Name: "sharon", Value: "abc"}, {Name: "sharon-device", Value: "def", MaxAge: 60}, {Name: "old"}}
}

func echo[T any](_ context.Context, _ string, in T) (T, error) { return in, nil }

type server struct {
	*door
	app    *web.App[string]
	handle fasthttp.RequestHandler
}

func serve(change ...func(*web.App[string])) *server {
	r := web.NewRouter[string]()
	page := func(p parcel) templ.Component { return text("title " + p.Title) }
	web.Get(r, "/parcels/{id}", web.Public, "A parcel", echo[parcel], page)
	web.Post(r, "/parcels/{id}", "parcels.send", "Send a parcel", echo[parcel])
	web.Post(r, "/letters", web.Public, "Send a letter", echo[letter])
	web.Get(r, "/doors", web.Public, "A door", echo[next], func(n next) templ.Component { return text("next " + n.Next) })
	web.Post(r, "/doors", web.Public, "Go through", echo[next], web.SeeOther("{next}"))
	web.Post(r, "/doors/{name}", web.Public, "Go to a name", echo[next], web.SeeOther("/rooms/{name}?from={next}"))
	web.Post(r, "/locked", web.Public, "Try", func(context.Context, string, next) (web.None, error) {
		return web.None{}, fault.Bad("next", "No.")
	}, web.FormAt("/doors?next={next}"))
	web.Post(r, "/key", web.Public, "Get a key", func(context.Context, string, web.None) (key, error) { return key{}, nil })
	web.Post(r, "/broken", web.Public, "Break", func(context.Context, string, web.None) (web.None, error) { panic("secret cause") })
	web.Stream(r, "/news/{name}", "news.read", "What is new", func(context.Context, string, since) (web.Live[news], error) {
		return web.Live[news]{Missed: func(context.Context) (news, error) { return news{}, nil }}, nil
	})
	s := &server{door: &door{}}
	s.app = &web.App[string]{Options: web.Options{BodyLimit: 1 << 20, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)}, Router: r, Gate: s.door}
	for _, one := range change {
		one(s.app)
	}
	s.handle = s.app.Handler().Serve
	return s
}

// ask sends a request; headers come in pairs.
func (s *server) ask(method, uri, body string, headers ...string) *fasthttp.Response {
	var request fasthttp.Request
	request.Header.SetMethod(method)
	request.SetRequestURI(uri)
	request.Header.SetHost("northmoor.localhost:8080")
	request.SetBodyString(body)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	var c fasthttp.RequestCtx
	c.Init(&request, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 9), Port: 1}, nil)
	s.handle(&c)
	var response fasthttp.Response
	c.Response.CopyTo(&response)
	return &response
}

const (
	anID = "/parcels/0193a1f0-0000-7000-8000-00000000000e"
	form = "application/x-www-form-urlencoded"
)

// problem reads problem details as "status pointer: detail; pointer: detail".
func problem(t *testing.T, response *fasthttp.Response) string {
	t.Helper()
	if kind := string(response.Header.ContentType()); kind != "application/problem+json" {
		t.Fatalf("an answer of type %q: %s", kind, response.Body())
	}
	var p web.Problem
	if err := json.Unmarshal(response.Body(), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != response.StatusCode() || p.Title == "" || p.Code == "" || p.ID == "" || p.Type != "about:blank" {
		t.Errorf("incomplete problem details: %s", response.Body())
	}
	words := make([]string, len(p.Errors))
	for i, field := range p.Errors {
		words[i] = field.Pointer + ": " + field.Detail
	}
	return strings.Join(words, "; ")
}

func TestJSONThatFits(t *testing.T) {
	s := serve()
	got := s.ask("POST", anID, `{"title":"Hello\r\nyou","count":5,"loud":true,"kind":"wall","to":"0193a1f0-0000-7000-8000-000000000001","tags":["a","b"],"settings":{"x":1}}`, "Content-Type", "application/json")
	want := `{"title":"Hello\nyou","count":5,"loud":true,"kind":"wall","to":"0193a1f0-0000-7000-8000-000000000001","tags":["a","b"],"settings":{"x":1}}`
	if got.StatusCode() != 200 || string(got.Body()) != want {
		t.Errorf("%d %s", got.StatusCode(), got.Body())
	}
}

func TestJSONThatDoesNotFit(t *testing.T) {
	for body, want := range map[string]struct {
		status int
		errors string
	}{
		``:                                  {422, "#/title: Enter a title."},
		`{}`:                                {422, "#/title: Enter a title."},
		`null`:                              {422, "#/title: Enter a title."},
		`{"title":"  \n"}`:                  {422, "#/title: Enter a title."},
		`{"title":"12345678901"}`:           {422, "#/title: Title must be 10 characters or fewer."},
		`{"title":"äöüäöüäöü"}`:             {200, ""},
		`{"title":"a","count":6}`:           {422, "#/count: Count must be 5 or less."},
		`{"title":"a","kind":"x"}`:          {422, "#/kind: Choose one of the answers for the kind."},
		`{"title":"a","tags":["a","long"]}`: {422, "#/tags/1: Tags must be 3 characters or fewer."},
		`{"title":"a","tags":["","",""]}`:   {422, "#/tags: Tags must be 2 choices or fewer."},
		`{"title":"","count":9}`:            {422, "#/title: Enter a title.; #/count: Count must be 5 or less."},
		`{"title":1}`:                       {400, "#/title: Expected text, got number."},
		`{"title":"a","count":"1"}`:         {400, "#/count: Expected a whole number, got string."},
		`{"title":"a","count":1.5}`:         {400, "#/count: Expected a whole number, got number 1.5."},
		`{"title":"a","count":1e99}`:        {400, "#/count: Expected a whole number, got number 1e99."},
		`{"title":"a","loud":"yes"}`:        {400, "#/loud: Expected true or false, got string."},
		`{"title":"a","tags":"x"}`:          {400, "#/tags: Expected a list, got string."},
		`[]`:                                {400, "#: Expected an object, got array."},
		`{"title":"a","subject":1}`:         {400, "#/subject: There is no field of this name."},
		`{"title":"a","id":"x"}`:            {400, "#/id: There is no field of this name."},
		`{"title":"a\u0000b"}`:              {400, "#/title: Remove characters that do not show, then try again."},
		`{"title":"a\u001b[2J"}`:            {400, "#/title: Remove characters that do not show, then try again."},
		`{"title":"a","tags":["x\u0007"]}`:  {400, "#/tags/0: Remove characters that do not show, then try again."},
		"{\"title\":\"a\xff\"}":             {400, "#: must be UTF-8"},
		`{"title":"a"} {}`:                  {400, "#: There is more after the end of the JSON value."},
		`{"title":"a"}]`:                    {400, "#: There is more after the end of the JSON value."},
		`{"title":"a"`:                      {400, "#: The JSON ends too early."},
		`{"title":"a",}`:                    {400, "#: The JSON breaks off at byte 14."},
		`{'title':'a'}`:                     {400, "#: The JSON breaks off at byte 2."},
		`{"title":"a","settings":` + strings.Repeat("[", 20000) + `1` + strings.Repeat("]", 20000) + `}`: {400, "#: The JSON breaks off at byte 10024."},
	} {
		got := serve().ask("POST", anID, body, "Content-Type", "application/json; charset=utf-8")
		said := ""
		if got.StatusCode() != 200 {
			said = problem(t, got)
		}
		if got.StatusCode() != want.status || said != want.errors {
			t.Errorf("%.60s\n got %d %s\nwant %d %s", body, got.StatusCode(), said, want.status, want.errors)
		}
	}
}

func TestBadIDInJSONIsPointedAt(t *testing.T) {
	got := serve().ask("POST", anID, `{"title":"a","to":"nobody"}`, "Content-Type", "application/json")
	if said := problem(t, got); got.StatusCode() != 400 || !strings.HasPrefix(said, "#/to: ") {
		t.Errorf("%d %s", got.StatusCode(), said)
	}
}

func TestNestedFieldsArePointedAt(t *testing.T) {
	for body, want := range map[string]string{
		`{"inner":{"lines":[{"text":"abc"},{"text":"abcd"}]}}`: "#/inner/lines/1/text: ",
		`{"inner":{"lines":[{"text":"\u0000"}]}}`:              "#/inner/lines/0/text: ",
	} {
		if said := problem(t, serve().ask("POST", "/letters", body, "Content-Type", "application/json")); !strings.HasPrefix(said, want) {
			t.Errorf("%s: %s", body, said)
		}
	}
}

func TestForms(t *testing.T) {
	for body, want := range map[string]struct {
		status int
		answer string
	}{
		"title=Hello&count=3&loud=on&kind=&to=&tags=a&tags=b": {200, `{"title":"Hello","count":3,"loud":true,"tags":["a","b"],"settings":{}}`},
		"title=first&title=last":                              {200, `{"title":"last","settings":{}}`},
		"title=a&settings/length=3&settings/open=":            {200, `{"title":"a","settings":{"length":"3","open":""}}`},
		"title=a&unknown=1&_csrf=x&_once=y":                   {200, `{"title":"a","settings":{}}`},
		"title=a%0D%0Ab":                                      {200, `{"title":"a\nb","settings":{}}`},
		"title=a&count=many":                                  {422, "#/count: Enter a whole number."},
		"title=a&count=99999999999999999999":                  {422, "#/count: Enter a whole number."},
		"title=a&to=nobody":                                   {422, "#/to: This value is not one that we can use."},
		"title=a%00b":                                         {400, "#/title: Remove characters that do not show, then try again."},
		"title=a%FFb":                                         {400, "#/title: Remove characters that do not show, then try again."},
		"title=a%0Db":                                         {400, "#/title: Remove characters that do not show, then try again."},
		"%ZZ=%&&&=;;":                                         {422, "#/title: Enter a title."},
		"title=a&_once=" + strings.Repeat("k", 101):           {400, "#: The idempotency key must be 100 characters or fewer."},
	} {
		got := serve().ask("POST", anID, body, "Content-Type", form, "Accept", "application/json")
		said := string(got.Body())
		if got.StatusCode() != 200 {
			said = problem(t, got)
		}
		if got.StatusCode() != want.status || said != want.answer {
			t.Errorf("%.60s\n got %d %s\nwant %d %s", body, got.StatusCode(), said, want.status, want.answer)
		}
	}
}

func TestMultipartFormIsReadLikeAnyOther(t *testing.T) {
	const body = "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHello\r\n--x--\r\n"
	s := serve()
	got := s.ask("POST", anID, body, "Content-Type", "multipart/form-data; boundary=x", "Accept", "application/json")
	if string(got.Body()) != `{"title":"Hello","settings":{}}` {
		t.Errorf("%d %s", got.StatusCode(), got.Body())
	}
	if got := s.ask("POST", anID, body[:60], "Content-Type", "multipart/form-data; boundary=x", "Accept", "application/json"); got.StatusCode() != 400 {
		t.Errorf("cut short: %d %s", got.StatusCode(), got.Body())
	}
}

func TestOtherContentTypesAreRefused(t *testing.T) {
	for _, kind := range []string{"text/plain", "application/xml", "application/jsonp", "nonsense"} {
		if got := serve().ask("POST", anID, `{"title":"a"}`, "Content-Type", kind); got.StatusCode() != 415 {
			t.Errorf("%s: %d", kind, got.StatusCode())
		}
	}
}

func TestQueries(t *testing.T) {
	s := serve()
	if got := s.ask("GET", anID+"?title=caf%C3%A9&count=2", "", "Accept", "application/json"); string(got.Body()) != `{"title":"café","count":2,"settings":{}}` {
		t.Errorf("%d %s", got.StatusCode(), got.Body())
	}
	if got := s.ask("GET", anID+"?title=a&count=x", "", "Accept", "application/json"); got.StatusCode() != 422 {
		t.Errorf("%d %s", got.StatusCode(), got.Body())
	}
	if got := s.ask("GET", anID+"?title=a", ""); string(got.Body()) != "title a" || string(got.Header.ContentType()) != "text/html; charset=utf-8" {
		t.Errorf("a browser got %s", got.Body())
	}
}

func TestPathThatNamesNothingIsNotFound(t *testing.T) {
	for _, path := range []string{"/parcels/1", "/parcels/%00", "/parcels/%FF", "/parcels/..%2f..", "/parcels", "/parcels/", "/PARCELS/" + anID[9:], "/nowhere"} {
		if got := serve().ask("GET", path+"?title=a", ""); got.StatusCode() != 404 {
			t.Errorf("%s: %d %s", path, got.StatusCode(), got.Body())
		}
	}
}

func TestRejectedValueIsNeverRepeated(t *testing.T) {
	for _, body := range []string{`{"title":"hunter2-hunter2"}`, `{"title":"a","count":"hunter2"}`, `{"title":"a","kind":"hunter2"}`, `{"title":"a","to":"hunter2"}`, `{"title":"hunter2\u0000"}`} {
		if got := serve().ask("POST", anID, body, "Content-Type", "application/json"); strings.Contains(string(got.Body()), "hunter2") {
			t.Errorf("%s: %s", body, got.Body())
		}
	}
}

func TestPanicTellsNothing(t *testing.T) {
	var log bytes.Buffer
	s := serve(func(a *web.App[string]) { a.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	got := s.ask("POST", "/broken", "", "Accept", "application/json")
	if got.StatusCode() != 500 || strings.Contains(string(got.Body()), "secret") {
		t.Errorf("%d %s", got.StatusCode(), got.Body())
	}
	if id := string(got.Header.Peek("X-Request-Id")); id == "" || !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "secret cause") {
		t.Errorf("the log does not tell what happened in %s: %s", id, log.String())
	}
}

func TestCommandsOfOtherSitesAreRefused(t *testing.T) {
	for _, c := range []struct {
		headers []string
		status  int
	}{
		{[]string{"Sec-Fetch-Site", "same-origin"}, 303},
		{[]string{"Sec-Fetch-Site", "none"}, 303},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403}, // another trust is another site to us
		{[]string{"Sec-Fetch-Site", "cross-site", "Origin", "http://northmoor.localhost:8080"}, 403},
		{[]string{"Origin", "http://northmoor.localhost:8080"}, 303},
		{[]string{"Origin", "https://evil.example"}, 403},
		{[]string{"Origin", "http://northmoor.localhost.evil.example"}, 403},
		{[]string{"Origin", "http://northmoor.localhost@evil.example"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site", "Authorization", "Bearer token"}, 200},
		{[]string{"Sec-Fetch-Site", "cross-site", "Authorization", "Bearer "}, 403},
		{nil, 303},
	} {
		if got := serve().ask("POST", "/doors", "next=/", append(c.headers, "Content-Type", form)...); got.StatusCode() != c.status {
			t.Errorf("%v: %d, not %d", c.headers, got.StatusCode(), c.status)
		}
	}
	if got := serve().ask("GET", "/doors", "", "Sec-Fetch-Site", "cross-site"); got.StatusCode() != 200 {
		t.Errorf("a link from elsewhere: %d", got.StatusCode())
	}
}

func TestRedirectsStayHere(t *testing.T) {
	for next, want := range map[string]string{
		"/willow?a=1&b=2": "/willow?a=1&b=2",
		"//evil.example":  "/", `/\evil.example`: "/", `\\evil.example`: "/", "https://evil.example": "/", "javascript:alert(1)": "/",
		"/\t/evil.example": "/", "/\n/evil.example": "/", "evil.example": "/", "": "/", " //evil.example": "/",
		"/{": "/{", "/{next}": "/{next}", "/a{name}b}": "/a{name}b}",
	} {
		body, _ := json.Marshal(map[string]string{"next": next})
		got := serve().ask("POST", "/doors", string(body), "Content-Type", "application/json")
		if location := string(got.Header.Peek("Location")); location != want {
			t.Errorf("%q leads to %q, not %q", next, location, want)
		}
	}
}

func TestNamesInARedirectAreEscaped(t *testing.T) {
	got := serve().ask("POST", "/doors/a%3Fb%23c%20d", `{"next":"x y"}`, "Content-Type", "application/json")
	if location := string(got.Header.Peek("Location")); location != "/rooms/a%3Fb%23c%20d?from=x+y" {
		t.Errorf("%d leads to %q", got.StatusCode(), location)
	}
}

func TestRefusedFormComesBackWithItsPage(t *testing.T) {
	for _, next := range []string{"/willow?a=1&b=2+3", "/{next}", "/{", "plain"} {
		body := "next=" + strings.NewReplacer("&", "%26", "+", "%2B").Replace(next)
		got := serve().ask("POST", "/locked", body, "Content-Type", form)
		if got.StatusCode() != 422 || string(got.Body()) != "next "+next {
			t.Errorf("%d %s, not %q", got.StatusCode(), got.Body(), next)
		}
	}
}

func TestWordsOfAnErrorPageAreKept(t *testing.T) {
	s := serve()
	got := s.ask("POST", anID, "title=words+that+took+a+long+time&password=not+to+be+shown+again+ever", "Content-Type", form)
	if got.StatusCode() != 422 || !strings.Contains(string(got.Body()), "|a title=words that took a long time") || strings.Contains(string(got.Body()), "ever") {
		t.Errorf("%d %s", got.StatusCode(), got.Body())
	}
}

func TestClientAddressIsReadFromTheRight(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		proxies []netip.Prefix
		lines   []string
		want    string
	}{
		{nil, []string{"1.2.3.4"}, "10.0.0.9"}, // nobody is believed
		{proxies, nil, "10.0.0.9"},
		{proxies, []string{"1.2.3.4"}, "1.2.3.4"},
		{proxies, []string{"6.6.6.6, 1.2.3.4"}, "1.2.3.4"},
		{proxies, []string{"6.6.6.6, 1.2.3.4, 10.1.1.1"}, "1.2.3.4"},
		{proxies, []string{"6.6.6.6", "1.2.3.4"}, "1.2.3.4"}, // the proxy's own line is the last
		{proxies, []string{"6.6.6.6, ::ffff:1.2.3.4, fd00::1"}, "1.2.3.4"},
		{proxies, []string{"2001:db8::1"}, "2001:db8::1"},
		{proxies, []string{"1.2.3.4, nonsense"}, "10.0.0.9"},
		{proxies, []string{"10.1.1.1"}, "10.1.1.1"},
	} {
		s := serve(func(a *web.App[string]) { a.Proxies = c.proxies })
		var headers []string
		for _, line := range c.lines {
			headers = append(headers, "X-Forwarded-For", line)
		}
		s.ask("GET", "/doors", "", headers...)
		if got := s.last.Address.String(); got != c.want {
			t.Errorf("%v behind %v is %s, not %s", c.lines, c.proxies, got, c.want)
		}
	}
}

func TestCookies(t *testing.T) {
	for secure, prefix := range map[bool]string{true: "__Host-", false: ""} {
		s := serve(func(a *web.App[string]) { a.Secure = secure })
		got := s.ask("POST", "/key", "")
		seen := map[string]string{}
		for name, value := range got.Header.Cookies() {
			seen[string(name)] = string(value)
		}
		if len(seen) != 3 {
			t.Fatalf("cookies %v", seen)
		}
		for name, want := range map[string]string{"sharon": "", "sharon-device": "max-age=60", "old": "max-age=0"} {
			line := seen[prefix+name]
			for _, part := range []string{want, "path=/", "HttpOnly", "SameSite=Lax"} {
				if !strings.Contains(line, part) {
					t.Errorf("the cookie %q lacks %q", line, part)
				}
			}
			if strings.Contains(line, "secure") != secure || strings.Contains(strings.ToLower(line), "domain") {
				t.Errorf("the cookie %q", line)
			}
		}
		s.ask("GET", "/doors", "", "Cookie", "sharon=plain; __Host-sharon=hosted")
		if want := map[bool]string{true: "hosted", false: "plain"}[secure]; s.last.Cookie("sharon") != want {
			t.Errorf("secure %v reads the cookie %q", secure, s.last.Cookie("sharon"))
		}
		if got := s.ask("POST", "/key", "{}", "Content-Type", "application/json"); got.Header.Peek("Set-Cookie") != nil {
			t.Error("an API client was given a cookie")
		}
	}
}

func TestRequestOutlivesTheServersBuffers(t *testing.T) {
	s := serve()
	s.ask("POST", anID, "title=mine", "Content-Type", form, "Cookie", "sharon=mine", "Authorization", "Bearer mine")
	kept := s.last
	for range 50 {
		s.ask("POST", "/parcels/0193a1f0-0000-7000-8000-0000000000ff", "title=ours", "Content-Type", form, "Cookie", "sharon=ours", "Authorization", "Bearer ours")
	}
	if kept.Values["title"][0] != "mine" || kept.Cookies["sharon"] != "mine" || kept.Bearer != "mine" || kept.Path != anID || "/parcels/"+kept.Params["id"] != anID {
		t.Errorf("another request wrote over %+v", kept)
	}
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	for _, uri := range []string{"/doors", "/nowhere", "/parcels/1", "/assets/none.css"} {
		got := serve(func(a *web.App[string]) { a.Secure = true }).ask("GET", uri, "")
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "Strict-Transport-Security": "max-age", "X-Request-Id": "-",
		} {
			if value := string(got.Header.Peek(name)); !strings.Contains(value, want) {
				t.Errorf("%s: %s is %q", uri, name, value)
			}
		}
	}
}

func TestAnotherMethodIsToldWhatIsAllowed(t *testing.T) {
	for _, test := range []struct {
		method, uri string
		status      int
		allow       string
	}{
		{"DELETE", anID, 405, "GET, HEAD, POST"}, {"POST", "/news/a", 405, "GET, HEAD"}, {"GET", "/letters", 405, "POST"},
		{"DELETE", "/nowhere", 404, ""}, {"POST", "/parcels", 404, ""},
	} {
		got := serve().ask(test.method, test.uri, "", "Accept", "application/json")
		if allow := string(got.Header.Peek("Allow")); got.StatusCode() != test.status || allow != test.allow {
			t.Errorf("%s %s: %d, allowed %q", test.method, test.uri, got.StatusCode(), allow)
		}
		problem(t, got)
	}
}

func TestRoutesNeedAPermissionAndOneAddress(t *testing.T) {
	for name, bind := range map[string]func(r *web.Router[string]){
		"no permission": func(r *web.Router[string]) { web.Post(r, "/a", "", "A", echo[next]) },
		"bound twice": func(r *web.Router[string]) {
			web.Post(r, "/a", web.Public, "A", echo[next])
			web.Post(r.In("/a", ""), "/", web.Public, "A", echo[next])
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: bound", name)
				}
			}()
			bind(web.NewRouter[string]())
		}()
	}
}

func FuzzBind(f *testing.F) {
	s := serve()
	for _, body := range []string{`{"title":"a","count":1,"tags":["x"],"settings":{"a":1}}`, `title=a&count=1&tags=x&settings/a=1&to=`, `{"inner":{"lines":[{"text":"a"}]}}`, "%00=%FF&title=\x00"} {
		f.Add(body, body)
	}
	f.Fuzz(func(t *testing.T, body, query string) {
		for _, kind := range []string{"application/json", form} {
			for _, uri := range []string{anID, "/letters", "/doors", "/locked"} {
				got := s.ask("POST", uri, body, "Content-Type", kind, "Accept", "application/json")
				if got.StatusCode() >= 500 || got.StatusCode() == 200 && !json.Valid(got.Body()) {
					t.Errorf("%s %s %q: %d %s", uri, kind, body, got.StatusCode(), got.Body())
				}
				got = s.ask("POST", uri, body, "Content-Type", kind, "Accept", "text/html")
				if location := string(got.Header.Peek("Location")); location != "" && (location[0] != '/' || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\t\n\r")) {
					t.Errorf("%s %q leads to %q", uri, body, location)
				}
			}
		}
		if got := s.ask("GET", anID+"?"+query, "", "Accept", "application/json"); got.StatusCode() >= 500 {
			t.Errorf("%q: %d %s", query, got.StatusCode(), got.Body())
		}
	})
}
