package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func FuzzUploadHeaders(f *testing.F) {
	for _, seed := range []string{"", "mark YWJj", "a YQ==,b", "a  YQ==", ",,,", "a YQ==,a YQ==", "sha1 AAAA", "sha256 " + base64.StdEncoding.EncodeToString(make([]byte, 32))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		found, err := uploadMetadata(header)
		if err == nil && len(found) > 20 {
			t.Errorf("%q has %d entries", header, len(found))
		}
		for key, value := range found {
			if !plainText(key) || !plainText(value) || !strings.Contains(header, key) {
				t.Errorf("%q brings %q = %q", header, key, value)
			}
		}
		body, err := checked(strings.NewReader("abc"), header)
		if err != nil {
			return
		}
		read, err := io.ReadAll(body)
		if right := strings.NewReplacer("\r", "", "\n", "").Replace(header) == "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="; right != (err == nil) || right && string(read) != "abc" {
			t.Errorf("%q: %q %v", header, read, err)
		}
	})
}

func TestAWrongSumIsNeverTakenForTheEnd(t *testing.T) {
	content := bytes.Repeat([]byte("x"), 1000)
	for name, body := range map[string]io.Reader{"at once": bytes.NewReader(content), "byte by byte": iotest.OneByteReader(bytes.NewReader(content)), "with its end": iotest.DataErrReader(bytes.NewReader(content))} {
		sent, err := checked(body, "sha1 "+base64.StdEncoding.EncodeToString(make([]byte, 20)))
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{1, 999, 1000, 1001} {
			block, err := make([]byte, size), error(nil)
			for err == nil {
				_, err = io.ReadFull(sent, block)
			}
			if !errors.Is(err, ErrChecksum) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
