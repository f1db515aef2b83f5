package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDoctorLooksAtWhereFilesAre(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "private")
	exposed := filepath.Join(dir, "exposed")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Mkdir(exposed, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		media, database string
		states, says    string
	}{
		{"", "", "good", "which the first start makes"},
		{dir, "", "good", "kept in the folder " + dir},
		{dir, "postgres://localhost/x", "warning good", "other nodes may not have the same one"},
		{exposed, "", "warning good", "others on this machine can look into"},
		{"/dev/null", "", "warning broken", "/dev/null"},
		{"s3://key:hush@127.0.0.1:1/files?region=x&tls=off", "", "broken", "cannot be kept at s3://key:xxxxx@127.0.0.1:1/files"},
		{"s3://key:hush@127.0.0.1:1", "", "broken", "lacks a host or a bucket"},
		{"ftp://key:hush@host/files", "", "broken", "write s3://"},
	} {
		cmd := doctorCmd{config: config{Data: filepath.Join(dir, "data"), Media: c.media, DatabaseURL: c.database}}
		var states []string
		words := ""
		for _, f := range cmd.files(t.Context()) {
			states = append(states, f.state)
			words += f.what + "\n"
		}
		if got := strings.Join(states, " "); got != c.states || !strings.Contains(words, c.says) || strings.Contains(words, "hush") {
			t.Errorf("%q: %s: %s", c.media, got, words)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
		t.Error("the doctor made the folder, perhaps as another user than the server's")
	}
}

func TestAStartMakesThePlaceForFiles(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	c := config{Data: data}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	a, err := open(c, webConfig{BaseURL: "http://localhost"}, testKeys, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.DB.Close() }()
	if info, err := os.Stat(filepath.Join(data, "media")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info, err)
	}
	if err := a.Files.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTheDoctorLooksAtFfmpeg(t *testing.T) {
	if got := (doctorCmd{}).films(t.Context()); len(got) != 1 || !strings.Contains(got[0].what, "ffmpeg") || strings.Contains(got[0].what, "not installed") {
		t.Errorf("%v", got)
	}
	t.Setenv("PATH", "/nowhere")
	if got := (doctorCmd{}).films(t.Context()); len(got) != 1 || got[0].state != "warning" || !strings.Contains(got[0].mend, "apt-get install ffmpeg") {
		t.Errorf("%v", got)
	}
}
