package main

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/workers"
)

// recorded is a file that ffmpeg makes.
func recorded(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append(append([]string{"-nostdin", "-v", "error", "-y"}, args...), path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v %s", err, out)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// phone is a film of two seconds as a phone makes it.
func phone(t *testing.T) []byte {
	return recorded(t, "in.mp4", "-f", "lavfi", "-i", "testsrc=size=854x480:rate=10:duration=2", "-f", "lavfi", "-i", "sine=duration=2", "-pix_fmt", "yuv420p", "-metadata", "title=canary-in-the-file")
}

const myVideo = "/willow/videos/mine/"

// begun is the id of a new video.
func (s *site) begun(v *visitor, title string) string {
	s.t.Helper()
	return field(s.t, s.sent(v, "/willow/videos", map[string]any{"title": title, "about": "A few seconds.", "audience": "service", "consent": true}), "id")
}

// tus sends a request of the protocol; header pairs follow.
func (v *visitor) tus(method, video string, body []byte, headers ...string) answer {
	v.site.t.Helper()
	request := v.request(method, myVideo+video+"/upload", bytes.NewReader(body))
	request.Header.Set("Tus-Resumable", "1.0.0")
	if method == http.MethodPatch {
		request.Header.Set("Content-Type", "application/offset+octet-stream")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return v.do(request)
}

// upload sends a whole file.
func (s *site) upload(v *visitor, video string, content []byte) {
	s.t.Helper()
	if got := v.tus(http.MethodPost, video, nil, "Upload-Length", strconv.Itoa(len(content))); got.status != http.StatusCreated {
		s.t.Fatalf("begin: %d %s", got.status, got.body)
	}
	if got := v.tus(http.MethodPatch, video, content, "Upload-Offset", "0"); got.status != http.StatusNoContent {
		s.t.Fatalf("send: %d %s", got.status, got.body)
	}
}

// film is a video as its sender sees it.
type aVideo struct {
	State, Problem, Captions string
	PostID                   string `json:"post_id"`
	Version, Seconds         int
	Files                    []struct {
		Name          string
		Width, Height int
	}
}

func (s *site) video(v *visitor, id string) (out aVideo) {
	s.t.Helper()
	if got := v.getJSON(myVideo+id, &out); got.status != http.StatusOK {
		s.t.Fatalf("video: %d %s", got.status, got.body)
	}
	return out
}

// worked has a worker at it until the video is in one of the states.
func (s *site) worked(v *visitor, id string, states ...string) aVideo {
	s.t.Helper()
	s.sql("UPDATE outbox SET due_at = ? WHERE due_at <= ? AND tenant_id = ?", s.clock.Now(), s.clock.Now().Add(10*time.Second), s.northmoor())
	ctx, stop := context.WithCancel(s.t.Context())
	var end sync.WaitGroup
	defer end.Wait()
	defer stop()
	end.Go(func() {
		if err := workers.Run(ctx, s.app.work(s.relay, nil)); err != nil {
			s.t.Error(err)
		}
	})
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		now := s.video(v, id)
		if strings.Contains(" "+strings.Join(states, " ")+" ", " "+now.State+" ") {
			return now
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("still %s: %s", now.State, now.Problem)
		}
	}
}

// keptOf lists what is kept of a video.
func (s *site) keptOf(id string) (keys []string) {
	s.t.Helper()
	root := strings.TrimPrefix(s.app.Files.String(), "in the folder ")
	_ = filepath.WalkDir(filepath.Join(root, "videos"), func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(path, id) {
			keys = append(keys, path)
		}
		return nil
	})
	return keys
}

const someCaptions = "WEBVTT\n\n0:00.5 --> 0:01.5\nHello <b>there</b>\n"

func TestAVideoGoesFromAFileToAPostAndIsGoneWhenItsSenderSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		id, content := s.begun(hazel, "Our kitchen"), phone(t)
		third := len(content) / 3
		if got := hazel.tus(http.MethodPost, id, nil, "Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", "mark "+base64.StdEncoding.EncodeToString([]byte("abc"))); got.status != http.StatusCreated || !strings.HasSuffix(got.location(), id+"/upload") || got.header.Get("Upload-Expires") == "" {
			t.Fatalf("begin: %d %v", got.status, got.header)
		}
		for _, from := range []int{0, third, 2 * third} {
			part := content[from:min(from+third, len(content))]
			if from == 2*third {
				part = content[from:]
			}
			if got := hazel.tus(http.MethodPatch, id, part, "Upload-Offset", strconv.Itoa(from)); got.status != http.StatusNoContent || got.header.Get("Upload-Offset") != strconv.Itoa(from+len(part)) {
				t.Fatalf("from %d: %d %s", from, got.status, got.body)
			}
			if from == 0 {
				if got := hazel.tus(http.MethodPatch, id, part, "Upload-Offset", "0"); got.status != http.StatusConflict {
					t.Errorf("the same again: %d", got.status)
				}
				if got := hazel.tus(http.MethodHead, id, nil); got.header.Get("Upload-Offset") != strconv.Itoa(third) || got.header.Get("Upload-Length") != strconv.Itoa(len(content)) {
					t.Errorf("how far: %v", got.header)
				}
			}
		}
		ready := s.worked(hazel, id, "ready", "failed")
		if ready.State != "ready" || len(ready.Files) != 3 || ready.Seconds != 2 || ready.Files[1].Height != 480 || ready.Files[0].Height != 360 {
			t.Fatalf("%+v", ready)
		}
		s.settle(1)
		for _, kept := range s.keptOf(id) {
			if raw, err := os.ReadFile(kept); err != nil || bytes.Contains(raw, []byte("canary-in-the-file")) || strings.Contains(kept, "original") {
				t.Errorf("%s is still there, with what the camera wrote: %v", kept, err)
			}
		}
		file := "/willow/videos/files/" + id + "/360p"
		if got := fern.getJSON(file, nil); got.status != http.StatusNotFound {
			t.Errorf("somebody else sees it before it is published: %d", got.status)
		}
		if got := hazel.sendJSON(myVideo+id+"/publish", nil); got.status != http.StatusConflict {
			t.Errorf("published without captions: %d", got.status)
		}
		s.sent(hazel, myVideo+id+"/captions", map[string]any{"captions": someCaptions, "version": ready.Version})
		path := field(t, s.sent(hazel, myVideo+id+"/publish", nil), "path")
		if again := field(t, s.sent(hazel, myVideo+id+"/publish", nil), "path"); again != path {
			t.Errorf("a second click made %s of %s", again, path)
		}
		if got := fern.getJSON(path, nil); got.status != http.StatusOK || !got.has("Our kitchen") {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := fern.getJSON("/willow", nil); !got.has("Our kitchen") {
			t.Error("it is not on the timeline")
		}
		request := fern.request(http.MethodGet, file, nil)
		request.Header.Set("Range", "bytes=4-11")
		if got := fern.do(request); got.status != http.StatusPartialContent || len(got.body) != 8 || !strings.HasPrefix(string(got.body), "ftyp") {
			t.Errorf("a range: %d %q", got.status, got.body)
		}
		if got := fern.getJSON("/willow/videos/files/"+id+"/captions", nil); !got.has("Hello there") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/vtt") {
			t.Errorf("captions: %v %s", got.header, got.body)
		}
		s.sent(fern, path+"/replies", says("Lovely light."))
		for _, stranger := range []*visitor{s.over("lead.harbour@northmoor"), s.over("lead.orchard@eastvale")} {
			if got := stranger.getJSON(file, nil); !refused(got.status) {
				t.Errorf("a stranger gets it: %d", got.status)
			}
		}
		for range 2 {
			s.sent(hazel, myVideo+id+"/withdraw", nil)
		}
		for _, gone := range []string{path, file, "/willow/videos/files/" + id + "/captions", myVideo + id} {
			if got := hazel.getJSON(gone, nil); got.status != http.StatusNotFound {
				t.Errorf("%s is still there: %d", gone, got.status)
			}
		}
		s.settle(1)
		if left := s.keptOf(id); len(left) > 0 {
			t.Errorf("files are left: %v", left)
		}
	})
}

func TestTheTusProtocolIsSpoken(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
	id := s.begun(hazel, "Small")
	if got := hazel.tus(http.MethodOptions, id, nil); got.status != http.StatusNoContent || got.header.Get("Tus-Version") != "1.0.0" || got.header.Get("Tus-Max-Size") != strconv.Itoa(2048<<20) || !strings.Contains(got.header.Get("Tus-Extension"), "checksum") {
		t.Errorf("abilities: %d %v", got.status, got.header)
	}
	if got := hazel.tus(http.MethodHead, id, nil); got.status != http.StatusNotFound {
		t.Errorf("an upload that was not begun: %d", got.status)
	}
	for name, try := range map[string]struct {
		status  int
		headers []string
	}{
		"another version":  {http.StatusPreconditionFailed, []string{"Upload-Length", "9", "Tus-Resumable", "0.2.2"}},
		"no length":        {http.StatusBadRequest, nil},
		"less than none":   {http.StatusBadRequest, []string{"Upload-Length", "-1"}},
		"no number":        {http.StatusBadRequest, []string{"Upload-Length", "9e9"}},
		"beyond counting":  {http.StatusBadRequest, []string{"Upload-Length", "99999999999999999999999"}},
		"too large":        {http.StatusRequestEntityTooLarge, []string{"Upload-Length", strconv.Itoa(2048<<20 + 1)}},
		"empty":            {http.StatusUnprocessableEntity, []string{"Upload-Length", "0"}},
		"metadata unread":  {http.StatusBadRequest, []string{"Upload-Length", "9", "Upload-Metadata", "mark not-base64!"}},
		"metadata twice":   {http.StatusBadRequest, []string{"Upload-Length", "9", "Upload-Metadata", "a YQ==,a YQ=="}},
		"metadata too big": {http.StatusBadRequest, []string{"Upload-Length", "9", "Upload-Metadata", "a " + strings.Repeat("YWFh", 2000)}},
		"control signs":    {http.StatusBadRequest, []string{"Upload-Length", "9", "Upload-Metadata", "a " + base64.StdEncoding.EncodeToString([]byte("\x00\x1b"))}},
	} {
		if got := hazel.tus(http.MethodPost, id, nil, try.headers...); got.status != try.status || got.header.Get("Tus-Resumable") != "1.0.0" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	hazel.tus(http.MethodPost, id, nil, "Upload-Length", "10")
	sum := sha1.Sum([]byte("12345"))
	good := "sha1 " + base64.StdEncoding.EncodeToString(sum[:])
	for _, try := range []struct {
		name, body string
		status     int
		headers    []string
	}{
		{"no offset", "12345", http.StatusBadRequest, nil},
		{"a gap", "12345", http.StatusConflict, []string{"Upload-Offset", "5"}},
		{"another type", "12345", http.StatusUnsupportedMediaType, []string{"Upload-Offset", "0", "Content-Type", "text/plain"}},
		{"an unknown sum", "12345", http.StatusBadRequest, []string{"Upload-Offset", "0", "Upload-Checksum", "crc32 MTIz"}},
		{"a wrong sum", "54321", 460, []string{"Upload-Offset", "0", "Upload-Checksum", good}},
		{"more than was said", "12345678901", http.StatusRequestEntityTooLarge, []string{"Upload-Offset", "0"}},
		{"the right sum", "12345", http.StatusNoContent, []string{"Upload-Offset", "0", "Upload-Checksum", good}},
		{"nothing", "", http.StatusNoContent, []string{"Upload-Offset", "5"}},
	} {
		if got := hazel.tus(http.MethodPatch, id, []byte(try.body), try.headers...); got.status != try.status {
			t.Errorf("%s: %d %s", try.name, got.status, got.body)
		}
	}
	if got := hazel.tus(http.MethodHead, id, nil); got.header.Get("Upload-Offset") != "5" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("how far: %v", got.header)
	}
	for _, method := range []string{http.MethodPost, http.MethodHead, http.MethodPatch, http.MethodDelete} {
		if got := fern.tus(method, id, []byte("67890"), "Upload-Offset", "5", "Upload-Length", "5"); got.status != http.StatusNotFound {
			t.Errorf("somebody else: %s %d", method, got.status)
		}
	}
	browser := s.as("hazel.willow@northmoor")
	if got := browser.tus(http.MethodPatch, id, []byte("67890"), "Upload-Offset", "5"); got.status != http.StatusForbidden {
		t.Errorf("a browser without the page's token: %d", got.status)
	}
	if got := browser.tus(http.MethodPatch, id, []byte("67890"), "Upload-Offset", "5", "X-Form-Token", browser.token(myVideo), "Sec-Fetch-Site", "cross-site"); got.status != http.StatusForbidden {
		t.Errorf("from another site: %d", got.status)
	}
	if got := hazel.tus(http.MethodDelete, id, nil); got.status != http.StatusNoContent {
		t.Errorf("end: %d", got.status)
	}
	if got := hazel.tus(http.MethodHead, id, nil); got.status != http.StatusNotFound || len(s.keptOf(id)) > 0 {
		t.Errorf("after its end: %d %v", got.status, s.keptOf(id))
	}
	hazel.tus(http.MethodPost, id, nil, "Upload-Length", "10")
	hazel.tus(http.MethodPatch, id, []byte("12345"), "Upload-Offset", "0")
	s.clock.Advance(49 * time.Hour)
	s.rounds()
	hazel = s.over("hazel.willow@northmoor")
	if got := hazel.tus(http.MethodHead, id, nil); got.status != http.StatusNotFound || len(s.keptOf(id)) > 0 {
		t.Errorf("after two days: %d %v", got.status, s.keptOf(id))
	}
}

// rounds has the round of videos come, and what follows from it.
func (s *site) rounds() {
	s.t.Helper()
	s.settle(1)
	var all []tenants.Scope
	for _, round := range s.app.work(s.relay, nil).Rounds {
		if round.Key != "videos.tidy" {
			continue
		}
		err := s.app.Directory.ReadAs(s.t.Context(), s.northmoor(), "", func(_ context.Context, scope tenants.Scope) error {
			all = scope.Scopes()
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, scope := range all {
			if err := round.Do(s.t.Context(), scope); err != nil {
				s.t.Error(err)
			}
		}
	}
	s.settle(1)
}

func TestOfTwoWhoSendTheSamePartOneCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		id := s.begun(hazel, "Twice")
		content := bytes.Repeat([]byte("0123456789"), 10_000) // which the server reads to its end, whatever it answers
		hazel.tus(http.MethodPost, id, nil, "Upload-Length", strconv.Itoa(2*len(content)))
		var both sync.WaitGroup
		counted := make(chan int, 4)
		for range 4 {
			both.Go(func() { counted <- hazel.tus(http.MethodPatch, id, content, "Upload-Offset", "0").status })
		}
		both.Wait()
		close(counted)
		yes := 0
		for status := range counted {
			switch status {
			case http.StatusNoContent:
				yes++
			case http.StatusConflict:
			default:
				t.Errorf("answered %d", status)
			}
		}
		if got := hazel.tus(http.MethodHead, id, nil); yes != 1 || got.header.Get("Upload-Offset") != strconv.Itoa(len(content)) || len(s.keptOf(id)) != 1 {
			t.Errorf("%d counted, %s bytes, files %v", yes, got.header.Get("Upload-Offset"), s.keptOf(id))
		}
	})
}

func TestWhatCameBeforeTheCutCounts(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.over("hazel.willow@northmoor")
	id := s.begun(hazel, "Cut")
	hazel.tus(http.MethodPost, id, nil, "Upload-Length", "9000000")
	conn, err := net.Dial("tcp", "127.0.0.1:"+s.port)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "PATCH %s%s/upload HTTP/1.1\r\nHost: northmoor.localhost:%s\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 9000000\r\n\r\n", myVideo, id, s.port, hazel.bearer)
	if _, err := conn.Write(bytes.Repeat([]byte("x"), 5_000_000)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	_ = conn.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		offset := hazel.tus(http.MethodHead, id, nil).header.Get("Upload-Offset")
		if offset == "5000000" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s bytes are counted", offset)
		}
	}
}

func TestPoisonIsAnsweredInPlainWordsAndLeaksNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.over("hazel.willow@northmoor")
	secret := filepath.Join(t.TempDir(), "secret.mp4")
	if err := os.WriteFile(secret, phone(t), 0o644); err != nil {
		t.Fatal(err)
	}
	whole := phone(t)
	for name, try := range map[string]struct {
		content []byte
		says    string
	}{
		"a playlist":    {[]byte("#EXTM3U\n#EXTINF:10,\nfile://" + secret + "\n"), "not a video"},
		"a script":      {[]byte("ffconcat version 1.0\nfile '" + secret + "'\n"), "not a video"},
		"half a film":   {whole[:len(whole)/2], "damaged"},
		"noise":         {append([]byte("\x1a\x45\xdf\xa3"), bytes.Repeat([]byte("\xff\x00\x1a"), 5000)...), "damaged"},
		"sound alone":   {recorded(t, "a.mp4", "-f", "lavfi", "-i", "sine=duration=1"), "no pictures"},
		"a huge frame":  {recorded(t, "a.mkv", "-f", "lavfi", "-i", "color=size=9000x16:duration=0.1", "-c:v", "mjpeg"), "too large"},
		"far too long":  {recorded(t, "a.mkv", "-f", "lavfi", "-i", "color=size=16x16:rate=1:duration=960", "-c:v", "libx264", "-preset", "ultrafast"), "longer than 15 minutes"},
		"a web archive": {[]byte("PK\x03\x04 not a film at all"), "not a video"},
	} {
		id := s.begun(hazel, name)
		s.upload(hazel, id, try.content)
		if got := s.worked(hazel, id, "ready", "failed"); got.State != "failed" || !strings.Contains(got.Problem, try.says) || strings.Contains(got.Problem, secret) || len(got.Files) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
		s.sent(hazel, myVideo+id+"/withdraw", nil)
	}
	id := s.begun(hazel, "Again")
	s.upload(hazel, id, whole[:len(whole)/2])
	s.worked(hazel, id, "failed")
	s.sent(hazel, myVideo+id+"/retry", nil)
	if got := s.video(hazel, id); got.State != "waiting" {
		t.Errorf("after another try: %+v", got)
	}
	s.worked(hazel, id, "failed")
	s.clock.Advance(73 * time.Hour)
	s.rounds()
	hazel = s.over("hazel.willow@northmoor")
	if left := s.keptOf(id); len(left) > 0 {
		t.Errorf("after three days: %v", left)
	}
	s.sent(hazel, myVideo+id+"/retry", nil)
	if got := s.video(hazel, id); got.State != "failed" {
		t.Errorf("tried again without its file: %+v", got)
	}
	s.upload(hazel, id, whole)
	if got := s.worked(hazel, id, "ready", "failed"); got.State != "ready" {
		t.Errorf("another file: %+v", got)
	}
}

func TestConsentEndsOnItsDay(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	fern, aspen := s.over("fern.willow@northmoor"), s.over("aspen.willow@northmoor")
	var gallery struct {
		Videos []struct {
			Video struct{ ID string }
			Post  struct{ ID, Title string }
		}
	}
	fern.getJSON("/willow/videos", &gallery)
	shown := map[string]string{}
	for _, one := range gallery.Videos {
		shown[one.Post.Title] = one.Video.ID
	}
	id := shown["A year on"]
	if id == "" || len(shown) != 2 {
		t.Fatalf("the demonstration shows %v", shown)
	}
	for _, bad := range []string{"tomorrow", "2026-11-20", "2020-01-01", "2026-02-30"} {
		if got := aspen.sendJSON(myVideo+id+"/consent", map[string]any{"withdraw_on": bad}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, got.status)
		}
	}
	if got := fern.sendJSON(myVideo+id+"/consent", map[string]any{"withdraw_on": "2026-11-23"}); got.status != http.StatusNotFound {
		t.Errorf("somebody else's consent: %d", got.status)
	}
	s.sent(aspen, myVideo+id+"/consent", map[string]any{"withdraw_on": "2026-11-23"})
	file := "/willow/videos/files/" + id + "/360p"
	if got := fern.getJSON(file, nil); got.status != http.StatusOK {
		t.Fatalf("before its day: %d", got.status)
	}
	s.clock.Advance(62 * time.Hour)
	fern = s.over("fern.willow@northmoor")
	for _, path := range []string{file, "/willow/videos/files/" + id + "/captions"} {
		if got := fern.getJSON(path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s on its day, before anybody came round: %d", path, got.status)
		}
	}
	if got := fern.getJSON("/willow/videos", nil); got.has("A year on") {
		t.Error("it is still listed")
	}
	// Consent ends where the room is closed, too.
	s.sent(s.over("lead.willow@northmoor"), "/willow/settings/rooms/videos", map[string]any{"on": false, "version": 1})
	s.rounds()
	s.sent(s.over("lead.willow@northmoor"), "/willow/settings/rooms/videos", map[string]any{"on": true, "version": 2})
	if got := fern.getJSON("/willow", nil); got.has("A year on") {
		t.Error("its post is still there")
	}
	var state, title string
	s.scan([]any{&state, &title}, "SELECT state, title FROM videos WHERE tenant_id = ? AND id = ?", s.northmoor(), id)
	if state != "withdrawn" || title != "" {
		t.Errorf("the row is %s, %q", state, title)
	}
}

func TestWithoutFfmpegVideosWaitAndTheLeadIsTold(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel, lead := s.over("hazel.willow@northmoor"), s.as("lead.willow@northmoor")
	id := s.begun(hazel, "Waits")
	s.upload(hazel, id, phone(t))
	path := os.Getenv("PATH")
	t.Setenv("PATH", "/nowhere")
	s.settle(1)
	t.Setenv("PATH", path)
	if got := s.video(hazel, id); got.State != "waiting" || !strings.Contains(got.Problem, "installed") {
		t.Errorf("%+v", got)
	}
	if got := lead.get("/willow/videos"); !got.has("sharon doctor") {
		t.Error("the lead is not told")
	}
	if got := s.as("hazel.willow@northmoor").get("/willow/videos"); got.has("ffmpeg") {
		t.Error("a member is told of programs")
	}
	s.clock.Advance(11 * time.Minute)
	if got := s.worked(hazel, id, "ready", "failed"); got.State != "ready" {
		t.Errorf("%+v", got)
	}
	if got := lead.get("/willow/videos"); got.has("sharon doctor") {
		t.Error("the lead is still told")
	}
}

func TestASmallVideoNeedsNoScript(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	tab := testkit.Browser(t, testkit.NoScript(), testkit.Viewport(390, 844))
	s.enter(tab, "hazel.willow@northmoor")
	tab.Goto(s.address("hazel.willow@northmoor") + "/willow/videos/new")
	tab.Fill("#title", "From my phone")
	tab.Fill("#about", "A minute of rain.")
	tab.Click("main button[type=submit]")
	tab.WaitText(".nhsuk-error-summary", "Tick this if you agree")
	if got := tab.Value("#about"); got != "A minute of rain." {
		t.Errorf("the words became %q", got)
	}
	tab.Click("#consent")
	tab.Click("main button[type=submit]")
	tab.Click("#send button[type=submit]")
	tab.WaitText(".nhsuk-error-summary", "problem")
	path := filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(path, phone(t), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Upload("#file", path)
	tab.Click("#send button[type=submit]")
	tab.WaitText("#bench", "In line")
	address, _ := url.Parse(tab.URL())
	id := address.Path[strings.LastIndex(address.Path, "/")+1:]
	s.worked(s.over("hazel.willow@northmoor"), id, "ready")
	tab.Reload()
	tab.Click("text=Write them")
	tab.Fill("#captions", "0:00.0 --> 0:09.0\nRain.")
	tab.Click("main form[action$='/captions'] button[type=submit]")
	tab.WaitText(".nhsuk-error-summary", "but the video is over at 0:02")
	tab.Fill("#captions", "0:00.0 --> 0:01.5\nRain.")
	tab.Click("main form[action$='/captions'] button[type=submit]")
	tab.Click("text=Publish")
	tab.WaitText("h1", "From my phone")
	if tab.Count("video track[kind=captions]") != 1 || tab.Count("video source") != 2 {
		t.Error("the player lacks captions or a size")
	}
}

// What becomes of a video is shown on its page as it happens.
func TestTheSenderSeesTheVideoBeingMadeReady(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.over("hazel.willow@northmoor")
	id := s.begun(hazel, "While you wait")
	s.upload(hazel, id, recorded(t, "in.mp4", "-f", "lavfi", "-i", "testsrc=size=1280x720:rate=25:duration=12", "-pix_fmt", "yuv420p"))
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, "hazel.willow@northmoor")
	tab.Goto(s.address("hazel.willow@northmoor") + myVideo + id)
	tab.WaitText("#bench", "In line")
	tab.Eval(`window.stages = new Set(); new MutationObserver(() => { stages.add(document.querySelector('#bench .tag').textContent.trim()); const p = document.querySelector('#bench progress'); if (p) stages.add(p.value); }).observe(document.querySelector('main'), { childList: true, subtree: true })`, nil)
	s.worked(hazel, id, "ready")
	tab.WaitText("#bench", "Now the words that are said")
	var stages []any
	tab.Eval("[...stages]", &stages)
	if said := fmt.Sprint(stages...); !strings.Contains(said, "Being made ready") || len(stages) < 4 {
		t.Errorf("the page went through %v", stages)
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}

// videoPages are those of the room, in each state of a video.
func videoPages(s *site) []aPage {
	hazel := s.over("hazel.willow@northmoor")
	var gallery struct {
		Videos []struct{ Post struct{ ID string } }
	}
	hazel.getJSON("/willow/videos", &gallery)
	var shelf struct{ Videos []struct{ ID string } }
	hazel.getJSON("/willow/videos/mine", &shelf)
	ready := myVideo + shelf.Videos[0].ID
	s.sent(s.over("lead.meadow@eastvale"), "/meadow/settings/rooms/videos", map[string]any{"on": true, "version": 0})
	empty, sending, failed, waiting := s.begun(hazel, "Our hallway"), s.begun(hazel, "The long way home, with all its stops and a title that goes on and on"), s.begun(hazel, "Rain"), s.begun(hazel, "Tea")
	hazel.tus(http.MethodPost, sending, nil, "Upload-Length", "90000000")
	hazel.tus(http.MethodPatch, sending, make([]byte, 5<<20), "Upload-Offset", "0")
	s.upload(hazel, failed, []byte("#EXTM3U and nothing else"))
	s.worked(hazel, failed, "failed")
	s.upload(hazel, waiting, []byte("in line"))
	lost := s.over("lead.willow@northmoor")
	stuck := s.begun(lost, "Without programs")
	s.sql("UPDATE videos SET state = 'waiting', problem = 'It waits until the programs that make videos ready are installed. The team has been told.' WHERE tenant_id = ? AND id = ?", s.northmoor(), stuck)
	bare := s.begun(s.over("fern.willow@northmoor"), "Nothing said yet")
	s.sql("UPDATE videos SET state = 'ready', seconds = 9 WHERE tenant_id = ? AND id = ?", s.northmoor(), bare)
	s.sql(`INSERT INTO video_files (tenant_id, service_id, video_id, name, file, type, bytes, width, height)
		SELECT tenant_id, service_id, ?, name, file, type, bytes, width, height FROM video_files WHERE tenant_id = ? AND video_id = ?`, bare, s.northmoor(), shelf.Videos[0].ID)
	return []aPage{
		{"videos", "hazel.willow@northmoor", "/willow/videos", nil},
		{"videos-lead", "lead.willow@northmoor", "/willow/videos", nil},
		{"videos-empty", "lead.meadow@eastvale", "/meadow/videos", nil},
		{"videos-mine", "hazel.willow@northmoor", "/willow/videos/mine", nil},
		{"videos-mine-empty", "tansy.willow@northmoor", "/willow/videos/mine", nil},
		{"video", "hazel.willow@northmoor", "/willow/videos/" + gallery.Videos[1].Post.ID, nil},
		{"video-new", "hazel.willow@northmoor", "/willow/videos/new", nil},
		{"video-new-error", "tansy.willow@northmoor", "/willow/videos/new", func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }},
		{"video-no-file", "hazel.willow@northmoor", myVideo + empty, nil},
		{"video-sending", "hazel.willow@northmoor", myVideo + sending, nil},
		{"video-failed", "hazel.willow@northmoor", myVideo + failed, nil},
		{"video-in-line", "hazel.willow@northmoor", myVideo + waiting, nil},
		{"video-without-programs", "lead.willow@northmoor", myVideo + stuck, nil},
		{"video-without-captions", "fern.willow@northmoor", myVideo + bare, nil},
		{"video-ready", "hazel.willow@northmoor", ready, nil},
		{"video-captions", "hazel.willow@northmoor", ready + "/captions", nil},
		{"video-captions-error", "hazel.willow@northmoor", ready + "/captions", func(tab *testkit.Tab) {
			tab.Fill("#captions", "Hello")
			tab.Click("main form[action$='/captions'] button[type=submit]")
		}},
		{"video-withdraw", "hazel.willow@northmoor", ready + "/withdraw", nil},
	}
}
