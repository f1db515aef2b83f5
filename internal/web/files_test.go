package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

type upload struct {
	Title   string     `json:"title" validate:"filled" label:"a title"`
	Picture web.File   `json:"picture" validate:"required" label:"a picture"`
	More    []web.File `json:"more" validate:"max=2" label:"more pictures"`
}

type note struct {
	Body    string   `json:"body" validate:"filled"`
	Picture web.File `json:"picture"`
}

type received struct {
	Title string   `json:"title"`
	Files []string `json:"files"`
}

func take(_ context.Context, _ string, in upload) (out received, err error) {
	out.Title = in.Title
	for _, file := range append([]web.File{in.Picture}, in.More...) {
		opened, err := file.Open()
		if err != nil {
			return out, err
		}
		words, err := io.ReadAll(opened)
		if err != nil || int64(len(words)) != file.Size {
			return out, fmt.Errorf("read %d bytes of %d: %w", len(words), file.Size, err)
		}
		out.Files = append(out.Files, fmt.Sprintf("%s %s %.9s", file.Name, file.Type, words))
	}
	return out, nil
}

// album is a server with files, over real connections.
type album struct {
	t    *testing.T
	base string
	door *door
	app  *web.App[string]
	open atomic.Int32 // files that are being read
	read atomic.Int32 // times a file was opened
	log  *bytes.Buffer
}

// shelf are the files that can be had.
var shelf = map[string]web.Content{
	"photo":  {Type: "image/jpeg", Name: "Fern’s \"day\"\r\n.jpg", Size: 10, Tag: "tenant/secret-key"},
	"page":   {Type: "text/html", Name: "page.html", Size: 4000, Tag: "page"},
	"words":  {Type: "text/vtt", Size: 4000, Tag: "words"},
	"film":   {Type: "video/mp4", Size: 60_000_000, Tag: "film"},
	"broken": {Type: "image/jpeg", Size: 10, Tag: "broken"},
	"list":   {Type: "text/csv", Name: "list.csv", Write: lines(100_000, nil)},
	"half":   {Type: "text/csv", Name: "list.csv", Write: lines(100_000, errors.New("the database is gone"))},
}

// lines writes so many, then ends with err.
func lines(many int, err error) func(context.Context, io.Writer) error {
	return func(_ context.Context, w io.Writer) error {
		for range many {
			if _, err := io.WriteString(w, "one,line\n"); err != nil {
				return err
			}
		}
		return err
	}
}

type counted struct {
	*bytes.Reader
	album *album
}

func (c counted) Close() error {
	c.album.open.Add(-1)
	return nil
}

func newAlbum(t *testing.T) *album {
	t.Helper()
	al := &album{t: t, door: &door{}, log: &bytes.Buffer{}}
	r := web.NewRouter[string]()
	web.Get(r, "/album", web.Public, "The album", echo[next], func(next) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			form := web.FormOf(ctx, "/album")
			if form == nil {
				return nil
			}
			_, err := fmt.Fprint(w, form.Values["title"], form.Errors)
			return err
		})
	})
	web.Post(r, "/album", "album.add", "Add pictures", take, web.Limit(1<<20), web.FormAt("/album"), web.SeeOther("/album"))
	web.Post(r, "/notes", "notes.add", "Write a note", func(_ context.Context, _ string, in note) (received, error) {
		return received{Title: in.Body, Files: []string{in.Picture.Name}}, nil
	})
	web.Download(r, "/files/{name}", "album.read", "A file", func(_ context.Context, _ string, in struct {
		Name string `path:"name" json:"-"`
	}) (web.Content, error) {
		content, found := shelf[in.Name]
		if !found {
			return content, fault.Missing()
		}
		content.Open = func(ctx context.Context) (io.ReadSeekCloser, error) {
			if err := ctx.Err(); err != nil || in.Name == "broken" {
				return nil, fault.Missing()
			}
			al.open.Add(1)
			al.read.Add(1)
			return counted{bytes.NewReader(bytes.Repeat([]byte("0123456789"), int(content.Size/10))), al}, nil
		}
		return content, nil
	})
	al.app = &web.App[string]{Options: web.Options{BodyLimit: 64 << 10, Timeout: time.Minute, Log: slog.New(slog.NewTextHandler(al.log, nil))}, Router: r, Gate: al.door}
	handler := al.app.Handler()
	server := web.Host(func(string) web.Handler { return handler }, al.app.Options)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Listener(listener) }()
	t.Cleanup(func() { _ = server.ShutdownWithTimeout(2 * time.Second) })
	al.base = "http://" + listener.Addr().String()
	return al
}

// ask sends a request; headers come in pairs.
func (al *album) ask(method, path string, body io.Reader, headers ...string) (*http.Response, string) {
	al.t.Helper()
	request, err := http.NewRequestWithContext(al.t.Context(), method, al.base+path, body)
	if err != nil {
		al.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err.Error()
	}
	return response, string(answer)
}

// A field of a form; one with a file name is a file.
type part struct{ name, file, words string }

func formOf(t testing.TB, parts ...part) (kind string, body []byte) {
	t.Helper()
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	for _, p := range parts {
		header := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + p.name + `"`}}
		if p.file != "" {
			header.Set("Content-Disposition", `form-data; name="`+p.name+`"; filename="`+strings.TrimSpace(p.file)+`"`)
			header.Set("Content-Type", "image/png")
		}
		to, err := form.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(to, p.words)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return form.FormDataContentType(), out.Bytes()
}

// send posts a form; headers come in pairs.
func (al *album) send(path string, parts []part, headers ...string) (*http.Response, string) {
	al.t.Helper()
	kind, body := formOf(al.t, parts...)
	return al.ask("POST", path, bytes.NewReader(body), append(headers, "Content-Type", kind)...)
}

var title = part{"title", "", "my words"}

func TestFilesOfAFormReachTheUseCase(t *testing.T) {
	al := newAlbum(t)
	heavy := strings.Repeat("b", 1<<20-20)
	for name, streamed := range map[string]bool{"of known length": false, "in chunks": true} {
		kind, body := formOf(t, title, part{"picture", "a.png", "first"}, part{"more", "b.png", "second"}, part{"more", `C:\fakepath\c` + "\u202e" + `.png`, "third"})
		var reader io.Reader = bytes.NewReader(body)
		if streamed {
			reader = io.MultiReader(reader)
		}
		response, answer := al.ask("POST", "/album", reader, "Content-Type", kind, "Accept", "application/json")
		if want := `{"title":"my words","files":["a.png image/png first","b.png image/png second","c.png image/png third"]}`; answer != want {
			t.Errorf("%s: %v %s", name, response, answer)
		}
	}
	if response, answer := al.send("/album", []part{title, {"picture", "heavy.png", heavy}}); response == nil || response.StatusCode != 303 {
		t.Errorf("just below the limit: %s", answer)
	}
}

func TestAFormWithoutItsFileComesBack(t *testing.T) {
	al := newAlbum(t)
	for name, parts := range map[string][]part{
		"no field":       {title},
		"none chosen":    {title, {"picture", " ", ""}},
		"words instead":  {title, {"picture", "", "words"}},
		"another's name": {title, {"pictures", "a.png", "a"}},
	} {
		response, answer := al.send("/album", parts)
		if response == nil || response.StatusCode != 422 || answer != "[my words] [{picture Choose a picture.}]" {
			t.Errorf("%s: %v %s", name, response, answer)
		}
	}
	three := []part{title, {"picture", "a.png", "a"}, {"more", "a.png", "a"}, {"more", "a.png", "a"}, {"more", "a.png", "a"}}
	if response, answer := al.send("/album", three); response.StatusCode != 422 || !strings.Contains(answer, "2 choices or fewer") {
		t.Errorf("too many: %s", answer)
	}
}

func TestFilesAreNotJSON(t *testing.T) {
	al := newAlbum(t)
	for _, c := range []struct {
		path, body string
		status     int
		has        string
	}{
		{"/notes", `{"body":"x"}`, 200, `{"title":"x","files":[""]}`},
		{"/notes", `{"body":"x","picture":"aGVsbG8="}`, 400, `"#/picture","detail":"Send files as multipart/form-data."`},
		{"/notes", `{"body":"x","picture":{"Name":"a","Size":1}}`, 400, `"#/picture"`},
		{"/album", `{"title":"x"}`, 422, "Choose a picture."},
		{"/album", `{"title":"x","more":[{}]}`, 400, `"#/more"`},
	} {
		response, answer := al.ask("POST", c.path, strings.NewReader(c.body), "Content-Type", "application/json")
		if response == nil || response.StatusCode != c.status || !strings.Contains(answer, c.has) {
			t.Errorf("%s: %s", c.body, answer)
		}
	}
	if response, answer := al.ask("POST", "/notes", strings.NewReader("body=x&picture=y"), "Content-Type", form, "Accept", "application/json"); response.StatusCode != 200 {
		t.Errorf("a plain form: %s", answer)
	}
}

// What is a little too large brings the words back; what is far too large is
// hung up on; and no other route takes more than before.
func TestTooLargeIsSaidAndTheWordsAreKept(t *testing.T) {
	al := newAlbum(t)
	picture := func(bytes int) part { return part{"picture", "a.png", strings.Repeat("x", bytes)} }
	for name, c := range map[string]struct {
		path   string
		parts  []part
		status int
		answer string
	}{
		"a file":                     {"/album", []part{title, picture(1<<20 + 1)}, 413, "[my words] [{picture That is too large to send. Choose a file smaller than 1 MB.}]"},
		"files together":             {"/album", []part{title, picture(1 << 19), {"more", "b.png", strings.Repeat("x", 1<<19+1)}}, 413, "[my words] [{more That is too large"},
		"words":                      {"/album", []part{{"title", "", strings.Repeat("x", 65<<10)}, picture(1)}, 413, "xxxxx"},
		"a file where none is taken": {"/notes", []part{{"body", "", "words"}, picture(65 << 10)}, 413, "smaller than 64 KB"},
	} {
		response, answer := al.send(c.path, c.parts)
		if response == nil || response.StatusCode != c.status || !strings.Contains(answer, c.answer) {
			t.Errorf("%s: %v %.200s", name, response, answer)
		}
	}
	if _, answer := al.send("/album", []part{title, picture(1<<20 + 1)}, "Accept", "application/json"); !strings.Contains(answer, `"pointer":"#/picture"`) {
		t.Errorf("over the API: %s", answer)
	}
	for path, size := range map[string]int{"/album": 4 << 20, "/notes": 17 * 64 << 10, "/album/elsewhere": 17 * 64 << 10} {
		al.door.last = nil
		if response, answer := al.send(path, []part{title, picture(size)}); response != nil && response.StatusCode != 413 || al.door.last != nil {
			t.Errorf("%s took %d bytes: %.200s", path, size, answer)
		}
	}
	body := strings.NewReader(`{"title":"` + strings.Repeat("x", 17*64<<10) + `"}`)
	if response, answer := al.ask("POST", "/album", body, "Content-Type", "application/json"); response != nil && response.StatusCode != 413 {
		t.Errorf("JSON as large as a file: %.200s", answer)
	}
}

func TestAFormThatCannotBeReadIsToldSo(t *testing.T) {
	al := newAlbum(t)
	kind, body := formOf(t, title, part{"picture", "a.png", "content"})
	for name, broken := range map[string][]byte{"cut short": body[:len(body)-30], "nonsense": []byte("nonsense"), "nothing": nil} {
		response, answer := al.ask("POST", "/album", bytes.NewReader(broken), "Content-Type", kind)
		if response == nil || response.StatusCode != 400 || !strings.Contains(answer, "could not") {
			t.Errorf("%s: %v %s", name, response, answer)
		}
	}
}

func TestAPackedBodyIsRefused(t *testing.T) {
	al := newAlbum(t)
	kind, body := formOf(t, title)
	for _, kind := range []string{kind, "application/json", form} {
		if response, answer := al.ask("POST", "/album", bytes.NewReader(body), "Content-Type", kind, "Content-Encoding", "gzip"); response == nil || response.StatusCode != 415 {
			t.Errorf("%s: %v %s", kind, response, answer)
		}
	}
}

func TestTheSameFormWithAnotherFileIsAnotherCommand(t *testing.T) {
	al := newAlbum(t)
	fingerprint := func(parts ...part) string {
		al.send("/album", append(parts, title))
		return al.door.last.Fingerprint()
	}
	one := fingerprint(part{"picture", "a.png", "content"})
	if fingerprint(part{"picture", "a.png", "content"}) != one {
		t.Error("the same form again is taken for another")
	}
	for name, parts := range map[string][]part{
		"other content": {{"picture", "a.png", "CONTENT"}}, "another name": {{"picture", "b.png", "content"}}, "another field": {{"more", "a.png", "content"}},
		"one more": {{"picture", "a.png", "content"}, {"more", "a.png", "content"}}, "none": nil,
	} {
		if fingerprint(parts...) == one {
			t.Errorf("%s is taken for the same", name)
		}
	}
}

func TestDownloads(t *testing.T) {
	al := newAlbum(t)
	whole, answer := al.ask("GET", "/files/photo", nil)
	tag := whole.Header.Get("ETag")
	if whole.StatusCode != 200 || answer != "0123456789" || len(tag) < 20 || strings.Contains(tag, "secret") {
		t.Fatalf("%v %s", whole, answer)
	}
	for _, c := range []struct {
		headers []string
		status  int
		answer  string
		reach   string
	}{
		{nil, 200, "0123456789", ""},
		{[]string{"Range", "bytes=0-0"}, 206, "0", "bytes 0-0/10"},
		{[]string{"Range", "bytes=2-4"}, 206, "234", "bytes 2-4/10"},
		{[]string{"Range", "bytes=7-"}, 206, "789", "bytes 7-9/10"},
		{[]string{"Range", "bytes=-3"}, 206, "789", "bytes 7-9/10"},
		{[]string{"Range", "bytes=-99"}, 206, "0123456789", "bytes 0-9/10"},
		{[]string{"Range", "bytes=5-99"}, 206, "56789", "bytes 5-9/10"},
		{[]string{"Range", "bytes=10-"}, 416, "Requested Range Not Satisfiable", "bytes */10"},
		{[]string{"Range", "bytes=99999999999999999999-"}, 416, "Requested Range Not Satisfiable", "bytes */10"},
		{[]string{"Range", "bytes=-0"}, 416, "Requested Range Not Satisfiable", "bytes */10"},
		{[]string{"Range", "bytes=4-2"}, 416, "Requested Range Not Satisfiable", "bytes */10"},
		{[]string{"Range", "bytes=0-1,4-5"}, 200, "0123456789", ""},
		{[]string{"Range", "lines=1-2"}, 200, "0123456789", ""},
		{[]string{"Range", "bytes=2-4", "If-Range", tag}, 206, "234", "bytes 2-4/10"},
		{[]string{"Range", "bytes=2-4", "If-Range", `"other"`}, 200, "0123456789", ""},
		{[]string{"If-None-Match", tag}, 304, "", ""},
		{[]string{"If-None-Match", `"other", W/` + tag}, 304, "", ""},
		{[]string{"If-None-Match", `"other"`}, 200, "0123456789", ""},
		{[]string{"If-None-Match", tag, "Range", "bytes=2-4"}, 304, "", ""},
		{[]string{"Accept", "application/json"}, 200, "0123456789", ""},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			response, answer := al.ask(method, "/files/photo", nil, c.headers...)
			want := c.answer
			if method == "HEAD" {
				want = ""
			}
			if response == nil || response.StatusCode != c.status || answer != want || response.Header.Get("Content-Range") != c.reach {
				t.Errorf("%s %v: %v %q", method, c.headers, response, answer)
				continue
			}
			if c.status < 300 && response.ContentLength != int64(len(c.answer)) {
				t.Errorf("%s %v says %d bytes", method, c.headers, response.ContentLength)
			}
		}
	}
}

func TestADownloadCanDoNothingInABrowser(t *testing.T) {
	al := newAlbum(t)
	for name, place := range map[string]string{
		"photo": `inline; filename*=utf-8''Fern%E2%80%99s%20%22day%22%0D%0A.jpg`, "page": "attachment; filename=page.html", "words": "attachment", "film": "inline",
	} {
		response, answer := al.ask("GET", "/files/"+name, nil, "Accept-Encoding", "gzip, br", "Range", "bytes=0-3999")
		for header, want := range map[string]string{
			"Content-Disposition": place, "Content-Type": shelf[name].Type, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox", "Content-Encoding": "", "Accept-Ranges": "bytes",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := response.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, not %q", name, header, got, want)
			}
		}
		if len(answer) != int(min(4000, shelf[name].Size)) {
			t.Errorf("%s came as %d bytes", name, len(answer))
		}
	}
	for _, path := range []string{"/files/none", "/files/broken"} {
		response, answer := al.ask("GET", path, nil)
		if response.StatusCode != 404 || response.Header.Get("Content-Disposition") != "" || response.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(answer, "could not find") {
			t.Errorf("%s: %v %s", path, response, answer)
		}
	}
}

func TestWhatIsMadeWhileItIsSentComesWholeOrNotAtAll(t *testing.T) {
	al := newAlbum(t)
	response, answer := al.ask("GET", "/files/list", nil, "Accept-Encoding", "gzip", "Range", "bytes=0-8")
	if response == nil || response.StatusCode != 200 || len(answer) != 900_000 {
		t.Fatalf("%v, %d bytes", response, len(answer))
	}
	for header, want := range map[string]string{"Content-Disposition": "attachment; filename=list.csv", "Content-Type": "text/csv", "Accept-Ranges": "", "ETag": "", "Content-Encoding": ""} {
		if got := response.Header.Get(header); got != want {
			t.Errorf("%s is %q, not %q", header, got, want)
		}
	}
	if response, answer := al.ask("GET", "/files/half", nil); response != nil {
		t.Errorf("half a file looks like a whole one: %d bytes", len(answer))
	}
	if response, answer := al.ask("HEAD", "/files/list", nil); response.StatusCode != 200 || answer != "" {
		t.Errorf("its head: %v", response)
	}
}

func TestEveryByteGoesThroughTheGate(t *testing.T) {
	al := newAlbum(t)
	whole, _ := al.ask("GET", "/files/photo", nil)
	read := al.read.Load()
	al.app.Gate = shut{al.door}
	for _, headers := range [][]string{nil, {"Range", "bytes=0-1"}, {"If-None-Match", whole.Header.Get("ETag")}} {
		for _, method := range []string{"GET", "HEAD"} {
			response, answer := al.ask(method, "/files/photo", nil, headers...)
			if response.StatusCode != 403 || response.Header.Get("ETag") != "" || strings.Contains(answer, "0123") {
				t.Errorf("%s %v: %v %s", method, headers, response, answer)
			}
		}
	}
	if al.read.Load() != read {
		t.Error("a file was opened for somebody who may not have it")
	}
}

// shut lets nobody in.
type shut struct{ *door }

func (shut) Enter(context.Context, *web.Request, func(context.Context, string) error) error {
	return fault.New(fault.Forbidden, "No.")
}

func TestEveryFileThatIsOpenedIsClosed(t *testing.T) {
	al := newAlbum(t)
	for range 5 {
		al.ask("GET", "/files/film", nil, "Range", "bytes=0-99")
		al.ask("HEAD", "/files/film", nil)
	}
	// Somebody who leaves in the middle.
	request, _ := http.NewRequestWithContext(t.Context(), "GET", al.base+"/files/film", nil)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.CopyN(io.Discard, response.Body, 100)
	_ = response.Body.Close()
	for deadline := time.Now().Add(time.Minute); al.open.Load() != 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d files are still open", al.open.Load())
		}
	}
	if _, answer := al.ask("GET", "/files/film", nil); len(answer) != 60_000_000 {
		t.Errorf("the whole film is %d bytes", len(answer))
	}
}

func TestTheDocumentTellsOfFiles(t *testing.T) {
	al := newAlbum(t)
	raw, err := json.Marshal(web.OpenAPI("Album", "1", al.app.Router.Routes()))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]struct {
					Schema struct{ Properties map[string]any }
				}
			}
			Responses map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	needed, optional := doc.Paths["/album"]["post"].RequestBody.Content, doc.Paths["/notes"]["post"].RequestBody.Content
	if len(needed) != 1 || len(needed["multipart/form-data"].Schema.Properties) != 3 {
		t.Errorf("a file that is needed: %v", needed)
	}
	if len(optional) != 2 || optional["multipart/form-data"].Schema.Properties["picture"] == nil || optional["application/json"].Schema.Properties["picture"] != nil {
		t.Errorf("a file that may be left out: %v", optional)
	}
	file := doc.Paths["/files/{name}"]["get"].Responses
	for _, status := range []string{"200", "206", "304", "403", "404", "416"} {
		if _, told := file[status]; !told {
			t.Errorf("a download does not tell of %s", status)
		}
	}
	if file["200"].Content["application/json"] != nil {
		t.Error("a download is told to be JSON")
	}
}

func FuzzMultipart(f *testing.F) {
	s := serve(func(a *web.App[string]) {
		web.Post(a.Router, "/album", web.Public, "Add", take, web.Limit(1<<20))
	})
	kind, body := formOf(f, title, part{"picture", "a.png", "words"}, part{"more", "b.png", ""})
	f.Add(kind, body)
	f.Add("multipart/form-data", body)
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"../../a\\\\b\x00\"\r\n\r\nx\r\n--x--"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		got := s.ask("POST", "/album", string(body), "Content-Type", "multipart/form-data; "+kind, "Accept", "application/json")
		if got.StatusCode() >= 500 || got.StatusCode() == 200 && !json.Valid(got.Body()) {
			t.Errorf("%q %q: %d %s", kind, body, got.StatusCode(), got.Body())
		}
		for _, files := range s.last.Files {
			for _, file := range files {
				if strings.ContainsAny(file.Name, "/\\\x00\n") || len([]rune(file.Name)) > 200 {
					t.Errorf("a file called %q", file.Name)
				}
			}
		}
	})
}
