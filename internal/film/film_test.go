package film_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/film"
)

func TestMain(m *testing.M) {
	film.Jailed()
	os.Exit(m.Run())
}

func tools(t *testing.T) film.Tools {
	t.Helper()
	found, err := film.Find()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// record has ffmpeg make a file to send.
func record(t *testing.T, name string, args ...string) film.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append(append([]string{"-nostdin", "-v", "error", "-y"}, args...), path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return sent(t, path)
}

// sent is a file as its first bytes say.
func sent(t *testing.T, path string) film.Source {
	t.Helper()
	head := make([]byte, film.HeadBytes)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := file.Read(head)
	_ = file.Close()
	format, err := film.Sniff(head[:n])
	if err != nil {
		t.Fatal(err)
	}
	return film.Source{Path: path, Format: format}
}

func picture(size, length string) []string {
	return []string{"-f", "lavfi", "-i", "testsrc=size=" + size + ":rate=10:duration=" + length}
}

var sound = []string{"-f", "lavfi", "-i", "sine=duration=2"}

// tagsOf are all tags of a file and its streams, as ffprobe sees them.
func tagsOf(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags:chapter:stream=codec_name,codec_type,height", "-of", "json", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestAFilmIsMadeAnewWithoutWhatTheCameraAdded(t *testing.T) {
	tool := tools(t)
	chapters := filepath.Join(t.TempDir(), "chapters")
	captions := filepath.Join(t.TempDir(), "s.srt")
	for name, words := range map[string]string{
		chapters: ";FFMETADATA1\ntitle=Hazel Ward at home\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=My street\n",
		captions: "1\n00:00:00,000 --> 00:00:01,000\nMy name is Hazel Ward\n",
	} {
		if err := os.WriteFile(name, []byte(words), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := append(picture("960x540", "2"), sound...)
	args = append(args, "-i", chapters, "-i", captions, "-map", "0", "-map", "1", "-map", "3", "-map_metadata", "2", "-c:s", "mov_text",
		"-metadata", "location=+51.5-000.1/", "-metadata:s:v:0", "handler_name=Hazel’s phone", "-pix_fmt", "yuv420p")
	source := record(t, "in.mp4", args...)
	facts, err := tool.Probe(t.Context(), source)
	if err != nil || facts.Width != 960 || facts.Height != 540 || !facts.Sound || facts.Seconds < 1.9 || facts.Seconds > 2.3 {
		t.Fatalf("%+v %v", facts, err)
	}
	to, most := filepath.Join(filepath.Dir(source.Path), "out.mp4"), 0.0
	made, err := tool.Convert(t.Context(), source, film.Make{To: to, Short: 360, Facts: facts, Progress: func(f float64) { most = max(most, f) }})
	if err != nil || made.Height != 360 || made.Width != 640 || !made.Sound {
		t.Fatalf("%+v %v", made, err)
	}
	if most < 0.8 {
		t.Errorf("progress only came to %.2f", most)
	}
	said := tagsOf(t, to)
	for _, leak := range []string{"Hazel", "51.5", "My street", "mov_text", "subtitle", "title"} {
		if strings.Contains(said, leak) {
			t.Errorf("%q came along: %s", leak, said)
		}
	}
	var kinds struct {
		Streams []struct {
			Codec string `json:"codec_name"`
		}
		Chapters []any
	}
	if err := json.Unmarshal([]byte(said), &kinds); err != nil || len(kinds.Streams) != 2 || kinds.Streams[0].Codec != "h264" || kinds.Streams[1].Codec != "aac" || len(kinds.Chapters) > 0 {
		t.Errorf("%s %v", said, err)
	}
	poster := filepath.Join(filepath.Dir(to), "poster.jpg")
	if err := tool.Poster(t.Context(), to, poster, made); err != nil {
		t.Fatal(err)
	}
	if shot, err := os.ReadFile(poster); err != nil || !strings.HasPrefix(string(shot), "\xff\xd8\xff") {
		t.Errorf("no JPEG: %v", err)
	}
}

func TestEveryKindOfFilmIsTakenTheRightWayUpAndNeverMadeLarger(t *testing.T) {
	tool := tools(t)
	for name, try := range map[string]struct {
		file          string
		args          []string
		width, height int
	}{
		"webm without sound":  {"a.webm", append(picture("320x240", "1"), "-c:v", "libvpx"), 320, 240},
		"matroska":            {"a.mkv", append(picture("640x480", "1"), "-c:v", "libx264"), 480, 360},
		"quicktime, upright":  {"a.mov", append(picture("480x854", "1"), "-c:v", "libx264", "-pix_fmt", "yuv420p"), 360, 640},
		"mpeg4, odd size":     {"a.mp4", append(picture("641x361", "1"), "-c:v", "mpeg4"), 640, 360},
		"small, not enlarged": {"a.mp4", append(picture("160x120", "1"), "-c:v", "libx264"), 160, 120},
	} {
		t.Run(name, func(t *testing.T) {
			source := record(t, try.file, try.args...)
			facts, err := tool.Probe(t.Context(), source)
			if err != nil {
				t.Fatal(err)
			}
			made, err := tool.Convert(t.Context(), source, film.Make{To: filepath.Join(filepath.Dir(source.Path), "out.mp4"), Short: 360, Facts: facts})
			if err != nil || max(made.Width-try.width, try.width-made.Width) > 2 || made.Height != try.height {
				t.Errorf("%+v %v", made, err)
			}
		})
	}
}

// What poses as a film is refused by its first bytes, and what begins like one
// is never asked what else it might be.
func TestPoisonIsRefusedInPlainWords(t *testing.T) {
	tool := tools(t)
	secret := filepath.Join(t.TempDir(), "secret.mp4")
	whole, err := os.ReadFile(record(t, "whole.mp4", append(picture("64x64", "1"), "-pix_fmt", "yuv420p")...).Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secret, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	playlist := "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://" + secret + "\n#EXT-X-ENDLIST\n"
	concat := "ffconcat version 1.0\nfile '" + secret + "'\n"
	for name, content := range map[string]string{
		"nothing at all": "", "a playlist": playlist, "a script": concat, "a picture": "\x89PNG\r\n\x1a\n0000", "a page": "<html>", "sound": "ID3\x03000000",
	} {
		if format, err := film.Sniff([]byte(content)[:min(len(content), film.HeadBytes)]); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s is %q, %v", name, format, err)
		}
	}
	mov, mkv := "\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "\x1a\x45\xdf\xa3"
	for name, content := range map[string]string{
		"a playlist behind a film's head": mov + playlist, "a script behind another's": mkv + concat,
		"a head and nothing": mov, "half a film": string(whole[:len(whole)/2]), "noise": mkv + strings.Repeat("\x00\xff\x1a", 9999),
	} {
		path := filepath.Join(t.TempDir(), "in")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if facts, err := tool.Probe(t.Context(), sent(t, path)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v %v", name, facts, err)
		}
	}
	only := record(t, "only.mp4", sound...)
	if _, err := tool.Probe(t.Context(), only); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error()+fieldOf(err), "sound but no pictures") {
		t.Errorf("sound only: %v", err)
	}
	huge := record(t, "huge.mkv", append(picture("9000x16", "0.1"), "-c:v", "mjpeg")...)
	if _, err := tool.Probe(t.Context(), huge); !fault.Is(err, fault.Invalid) {
		t.Errorf("too wide: %v", err)
	}
}

func fieldOf(err error) string {
	raw, _ := json.Marshal(err)
	return string(raw)
}

// A film that names another file inside itself gets no more than its own bytes.
func TestTheJailKeepsWhatItRunsInItsFolder(t *testing.T) {
	files, network, err := tools(t).Walls(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const createRuleset, version = 444, 1
	abi, _, _ := syscall.Syscall(createRuleset, 0, 0, version)
	if landlocked := int(abi) > 0; files != landlocked {
		t.Errorf("kept from other files: %t, where the system can: %t", files, landlocked)
	}
	if could := exec.CommandContext(t.Context(), "unshare", "--user", "--net", "true").Run() == nil; network != could {
		t.Errorf("kept from the network: %t, where the system can: %t", network, could)
	}
}

func TestAConversionEndsWithWhoeverWaitsForIt(t *testing.T) {
	tool := tools(t)
	source := record(t, "long.mkv", append(picture("1280x720", "60"), "-c:v", "libx264", "-preset", "ultrafast")...)
	facts, err := tool.Probe(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began := time.Now()
	_, err = tool.Convert(ctx, source, film.Make{To: filepath.Join(filepath.Dir(source.Path), "out.mp4"), Short: 720, Facts: facts})
	if err == nil || fault.Is(err, fault.Invalid) || time.Since(began) > 30*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}
